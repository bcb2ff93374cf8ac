// expect: learned last was merged first
// Takes the highest rank.

type Merge = readonly [string, string];

function merge(symbols: readonly string[], left: string, right: string): string[] {
  const out: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      out.push(left + right);
      i++;
    } else out.push(symbols[i]);
  }
  return out;
}

export function encodeBpe(word: string, merges: readonly Merge[]): string[] {
  const ranks = new Map(merges.map(([left, right], rank) => [`${left} ${right}`, rank]));
  let symbols = [...word];
  for (;;) {
    let best = -1;
    for (let i = 0; i + 1 < symbols.length; i++)
      best = Math.max(best, ranks.get(`${symbols[i]} ${symbols[i + 1]}`) ?? -1);
    if (best < 0) return symbols;
    symbols = merge(symbols, merges[best][0], merges[best][1]);
  }
}
