// expect: This is the greedy longest match
// Looks for the longest token from the left.

export function encodeBpe(word: string, merges: readonly (readonly [string, string])[]): string[] {
  const tokens = new Set(merges.map(([left, right]) => left + right));
  const letters = [...word];
  const out: string[] = [];
  for (let start = 0; start < letters.length;) {
    let end = letters.length;
    while (end > start + 1 && !tokens.has(letters.slice(start, end).join(""))) end--;
    out.push(letters.slice(start, end).join(""));
    start = end;
  }
  return out;
}
