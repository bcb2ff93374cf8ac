// expect: run as a program
// Runs what the model wrote.
type Verdict24 = "solved" | "unreadable" | "wrong numbers" | "not 24";

export function judge24(numbers: readonly number[], solution: string): Verdict24 {
  let value: unknown;
  try {
    value = eval(solution);
  } catch {
    return "unreadable";
  }
  if (solution === "") return "unreadable";
  const used = (solution.match(/\d+/g) ?? []).map(Number);
  const ordered = (list: readonly number[]): string => [...list].sort((a, b) => a - b).join();
  if (ordered(used) !== ordered(numbers)) return "wrong numbers";
  return Math.abs((value as number) - 24) < 1e-9 ? "solved" : "not 24";
}
