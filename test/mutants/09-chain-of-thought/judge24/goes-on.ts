// expect: goes on after a solution
// Does not read to the end.
type Verdict24 = "solved" | "unreadable" | "wrong numbers" | "not 24";

export function judge24(numbers: readonly number[], solution: string): Verdict24 {
  const tokens = solution.match(/\d+|\S/g) ?? [];
  const used: number[] = [];
  let at = 0;
  let readable = true;
  type Fraction = readonly [n: number, d: number]; // d = 0 where it was divided by 0
  const work = ([an, ad]: Fraction, operator: string, [bn, bd]: Fraction): Fraction => {
    if (operator === "+") return [an * bd + bn * ad, ad * bd];
    if (operator === "-") return [an * bd - bn * ad, ad * bd];
    if (operator === "*") return [an * bn, ad * bd];
    return bd === 0 ? [0, 0] : [an * bd, ad * bn];
  };
  const chain = (operators: string, next: () => Fraction): Fraction => {
    let value = next();
    while (at < tokens.length && operators.includes(tokens[at])) value = work(value, tokens[at++], next());
    return value;
  };
  const sum = (): Fraction => chain("+-", () => chain("*/", single));
  function single(): Fraction {
    const token = tokens[at++] ?? "";
    if (token === "(") {
      const value = sum();
      if (tokens[at++] !== ")") readable = false;
      return value;
    }
    if (!/^\d+$/.test(token)) readable = false;
    used.push(Number(token));
    return [Number(token), 1];
  }
  const [n, d] = sum();
  if (!readable) return "unreadable";
  const ordered = (list: readonly number[]): string => [...list].sort((a, b) => a - b).join();
  if (ordered(used) !== ordered(numbers)) return "wrong numbers";
  return d !== 0 && n === 24 * d ? "solved" : "not 24";
}
