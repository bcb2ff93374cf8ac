/** Whether someone wants an answer to end: asked between two steps. */
export const isStopped = (interrupt: AbortSignal | (() => boolean) | undefined): boolean =>
  typeof interrupt === "function" ? interrupt() : (interrupt?.aborted ?? false);

/** Lets the rest of the process through: a plot, the stop button. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) =>
    typeof setImmediate === "function" ? setImmediate(resolve) : setTimeout(resolve, 0),
  );
}
