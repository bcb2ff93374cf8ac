import type { Random } from "../random";

/** As in labs/01-tokenization.ts: a word cut into symbols, and how often it occurs. */
export interface Word {
  readonly symbols: readonly string[];
  readonly count: number;
}
export type Merge = readonly [left: string, right: string];

export const word = (symbols: string, count = 1): Word => ({ symbols: symbols.split(" "), count });

/** A small random corpus over few letters, so that pairs repeat and overlap. */
export function randomWords(random: Random, letters = "abc", most = 6): Word[] {
  return Array.from({ length: random.int(1, most) }, () => ({
    symbols: Array.from({ length: random.int(1, 7) }, () => random.pick([...letters])),
    count: random.int(1, 9),
  }));
}

/** Count of every neighbouring pair. The options are the classic mistakes. */
export function pairCounts(
  words: readonly Word[],
  { weighted = true, overlapping = true, oncePerWord = false } = {},
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    const keys: string[] = [];
    for (let i = 1; i < symbols.length; i++) {
      const key = `${symbols[i - 1]} ${symbols[i]}`;
      const overlaps = i > 1 && keys[i - 2] === key && symbols[i - 2] === symbols[i];
      keys.push(!overlapping && overlaps ? "" : key);
    }
    for (const key of oncePerWord ? new Set(keys) : keys) {
      if (key !== "") counts.set(key, (counts.get(key) ?? 0) + (weighted ? count : 1));
    }
  }
  return counts;
}

/** Joins a pair from left to right (or, as a mistake, from right to left). */
export function merged(symbols: readonly string[], left: string, right: string, backwards = false): string[] {
  const taken = new Set<number>();
  const places = symbols.map((_, i) => i).slice(0, -1);
  for (const i of backwards ? places.reverse() : places) {
    const free = !taken.has(i) && !taken.has(i + 1);
    if (free && symbols[i] === left && symbols[i + 1] === right) taken.add(i).add(i + 1);
  }
  const out: string[] = [];
  for (let i = 0; i < symbols.length; i++) {
    if (taken.has(i)) out.push(`${symbols[i]}${symbols[++i]}`);
    else out.push(symbols[i]!);
  }
  return out;
}

/** Which of two equally common pairs is taken: "smallest" is the rule of the lab. */
export type Ties = "smallest" | "greatest" | "first" | "last" | "dictionary" | "right";

/** "dictionary" is `localeCompare`, which puts "a" before "Z"; "right" looks at the right symbols first. */
const orders: Partial<Record<Ties, (a: string, b: string) => number>> = {
  smallest: (a, b) => (a < b ? -1 : 1),
  greatest: (a, b) => (a < b ? 1 : -1),
  dictionary: (a, b) => a.localeCompare(b, "en"),
  right: (a, b) => (turned(a) < turned(b) ? -1 : 1),
};
const turned = (key: string): string => key.split(" ").reverse().join(" ");

/** BPE training by counting everything anew each time. */
export function learnedMerges(
  words: readonly Word[],
  merges: number,
  { ties = "smallest" as Ties, weighted = true, recount = true, least = 1 } = {},
): Merge[] {
  const learned: Merge[] = [];
  const used = new Set<string>();
  let current = words;
  while (learned.length < merges) {
    const counts = [...pairCounts(recount ? current : words, { weighted })].filter(([key]) => !used.has(key));
    const most = Math.max(...counts.map(([, count]) => count));
    const best = counts.filter(([, count]) => count === most).map(([key]) => key);
    if (orders[ties] !== undefined) best.sort(orders[ties]);
    const key = ties === "last" ? best.at(-1) : best[0];
    if (key === undefined || most < least) break;
    if (!recount) used.add(key);
    const [left = "", right = ""] = key.split(" ");
    learned.push([left, right]);
    current = current.map(({ symbols, count }) => ({ symbols: merged(symbols, left, right), count }));
  }
  return learned;
}
