/** A function of a solutions file without its markers; undefined if it is not there. */
export function solutionText(solutions: string, fn: string): string | undefined {
  const lines = solutions.split(/\r?\n/);
  const at = lines.findIndex((line) => line.startsWith(`export function ${fn}(`));
  if (at < 0) return undefined;
  return lines
    .slice(at, lines.indexOf("}", at) + 1)
    .filter((line) => !/^\s*\/\/ (BEGIN|END) SOLUTION/.test(line))
    .join("\n");
}
