// expect: One merge too many
// Off by one.
interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}
type Merge = readonly [string, string];

function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      merged.push(left + right);
      i++;
    } else merged.push(symbols[i]);
  }
  return merged;
}

function countPairs(words: readonly Word[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = `${symbols[i]} ${symbols[i + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return counts;
}

export function trainBpe(words: readonly Word[], merges: number): Merge[] {
  const learned: Merge[] = [];
  let current = words;
  while (learned.length <= merges) {
    let best: string | undefined;
    let most = 0;
    for (const [key, count] of countPairs(current)) {
      if (count > most || (count === most && key < best!)) {
        best = key;
        most = count;
      }
    }
    if (best === undefined) break;
    const [left, right] = best.split(" ");
    learned.push([left, right]);
    current = current.map(({ symbols, count }) => ({ symbols: mergePair(symbols, left, right), count }));
  }
  return learned;
}
