import { kernel } from "./kernel";

/**
 * Stopping a long loop with the notebook's stop button.
 *
 * JavaScript cannot be stopped from outside once it has awaited something, so a loop must ask. It also has to
 * give way now and then (`await nextTurn()`), or the kernel cannot hear the button:
 *
 *     const stop = stopFlag();
 *     for (let step = 0; step < steps && !stop(); step++) {
 *       trainStep();
 *       await nextTurn();
 *     }
 *
 * Library code never listens to SIGINT itself: only the kernel does.
 */
export function stopFlag(): () => boolean {
  const before = kernel.labInterrupts ?? 0;
  return () => (kernel.labInterrupts ?? 0) > before;
}

/** Was the stop button pressed since the running cell started? Always false outside a notebook. */
export function interrupted(): boolean {
  return (kernel.labInterrupts ?? 0) > (kernel.labInterruptsAtStart ?? 0);
}

/** Lets timers, messages and interrupts through: a whole turn of the event loop, not only of the promises. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) =>
    typeof setImmediate === "function" ? setImmediate(resolve) : setTimeout(resolve, 0),
  );
}
