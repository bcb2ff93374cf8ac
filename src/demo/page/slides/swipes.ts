/** Shorter than this, in pixels, is a tap. */
const LEAST = 60;

/** Calls back for a swipe of one finger, unless it began on something that slides itself. */
export function onSwipe(swiped: (direction: "left" | "right") => void): void {
  let from: Touch | undefined;
  document.addEventListener("touchstart", (event) => (from = event.touches.length === 1 ? event.touches[0] : undefined), { passive: true }); // prettier-ignore
  document.addEventListener("touchend", (event) => {
    const to = event.changedTouches[0];
    if (!from || !to || (event.target as Element).closest("input, .wide, .tl")) return;
    const [x, y] = [to.clientX - from.clientX, to.clientY - from.clientY];
    if (Math.abs(x) > LEAST && Math.abs(x) > 2 * Math.abs(y)) swiped(x < 0 ? "left" : "right");
  });
}
