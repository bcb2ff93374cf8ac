// expect: The dot product was compared
// Long candidates win.
const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i], 0);

export function analogy(
  vectors: ReadonlyMap<string, readonly number[]>,
  a: string,
  b: string,
  c: string,
): string {
  const raw = (word: string): readonly number[] => vectors.get(word) ?? [];
  const unit = (word: string): number[] =>
    raw(word).map((value) => value / Math.sqrt(dot(raw(word), raw(word))));
  const [from, to, third] = [unit(a), unit(b), unit(c)];
  const query = to.map((value, d) => value - from[d] + third[d]);
  let best = "";
  let highest = -Infinity;
  for (const word of vectors.keys()) {
    if (word === a || word === b || word === c) continue;
    const score = dot(query, raw(word));
    if (score > highest) [best, highest] = [word, score];
  }
  return best;
}
