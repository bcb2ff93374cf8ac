// expect: Keys came back
// Gives keys instead of pairs.

interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

type Merge = readonly [left: string, right: string];

const pairKey = (left: string, right: string): string => `${left} ${right}`;

function countPairs(words: readonly Word[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = pairKey(symbols[i], symbols[i + 1]);
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return counts;
}

function mergePair(symbols: readonly string[], left: string, right: string): string[] {
  const merged: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) {
      merged.push(left + right);
      i++; // the right half is used up
    } else {
      merged.push(symbols[i]);
    }
  }
  return merged;
}

export function trainBpe(words: readonly Word[], merges: number): Merge[] {
  const learned: Merge[] = [];
  let current = words;
  while (learned.length < merges) {
    let best: string | undefined;
    let most = 0;
    for (const [key, count] of countPairs(current)) {
      if (count > most || (count === most && best !== undefined && key < best)) {
        best = key;
        most = count;
      }
    }
    if (best === undefined) break;
    const [left, right] = best.split(" ") as [string, string];
    learned.push(best as unknown as Merge);
    current = current.map(({ symbols, count }) => ({ symbols: mergePair(symbols, left, right), count }));
  }
  return learned;
}
