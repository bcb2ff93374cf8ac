// expect: threw Error: no such pair
// Throws where it should go on.
type Merge = readonly [string, string];

export function encodeBpe(word: string, merges: readonly Merge[]): string[] {
  const symbols = [...word];
  const pair = merges.find(([left, right]) => symbols[0] === left && symbols[1] === right);
  if (pair === undefined) throw new Error("no such pair");
  return symbols;
}
