/** The first Ctrl-C asks for an end after the step; the second one ends the process as always. */
export function stopOnInterrupt(): { asked: () => boolean; end: () => void } {
  let asked = false;
  const hear = (): void => {
    asked = true;
    process.removeListener("SIGINT", hear);
    console.error("\nStopping after this step ... (Ctrl-C again: at once)");
  };
  process.on("SIGINT", hear);
  return { asked: () => asked, end: () => process.removeListener("SIGINT", hear) };
}
