// expect: Words were counted once each
// Counts each word once.

interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}

type Merge = [string, string];

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

function count(words: readonly Word[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { symbols } of words)
    for (let i = 0; i + 1 < symbols.length; i++) {
      const key = `${symbols[i]} ${symbols[i + 1]}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  return counts;
}

export function trainBpe(words: readonly Word[], merges: number): Merge[] {
  const learned: Merge[] = [];
  let current: readonly Word[] = words;
  while (learned.length < merges) {
    let best: string | undefined;
    let most = 0;
    for (const [key, n] of count(current)) {
      if (n > most || (n === most && best !== undefined && key < best)) [best, most] = [key, n];
    }
    if (best === undefined) break;
    const [left, right] = best.split(" ") as Merge;
    learned.push([left, right]);
    current = current.map(({ symbols, count }) => ({ symbols: merge(symbols, left, right), count }));
  }
  return learned;
}
