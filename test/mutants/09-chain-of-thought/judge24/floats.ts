// expect: In floating point it is
// Compares a float.
type Verdict24 = "solved" | "unreadable" | "wrong numbers" | "not 24";

export function judge24(numbers: readonly number[], solution: string): Verdict24 {
  const tokens = solution.match(/\d+|\S/g) ?? [];
  const used: number[] = [];
  let at = 0;
  let readable = true;
  const product = (): number => {
    let value = single();
    while (tokens[at] === "*" || tokens[at] === "/")
      value = tokens[at++] === "*" ? value * single() : value / single();
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (tokens[at] === "+" || tokens[at] === "-")
      value = tokens[at++] === "+" ? value + product() : value - product();
    return value;
  };
  function single(): number {
    const token = tokens[at++] ?? "";
    if (token === "(") {
      const value = sum();
      if (tokens[at++] !== ")") readable = false;
      return value;
    }
    if (!/^\d+$/.test(token)) readable = false;
    used.push(Number(token));
    return Number(token);
  }
  const value = sum();
  if (!readable || at < tokens.length) return "unreadable";
  const ordered = (list: readonly number[]): string => [...list].sort((a, b) => a - b).join();
  if (ordered(used) !== ordered(numbers)) return "wrong numbers";
  return value === 24 ? "solved" : "not 24";
}
