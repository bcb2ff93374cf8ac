/** Random inputs for checks: the same seed gives the same inputs. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in lo .. hi, both included. */
  int(lo: number, hi: number): number;
  pick<T>(items: readonly T[]): T;
  /** `count` picks, joined. */
  text(letters: readonly string[], count: number): string;
}

/** Mulberry32 (Tommy Ettinger, 2017): 32 bits of state, good enough for test inputs. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x = (x + Math.imul(x ^ (x >>> 7), x | 61)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
  const int = (lo: number, hi: number): number => lo + Math.floor(next() * (hi - lo + 1));
  const pick = <T>(items: readonly T[]): T => {
    if (items.length === 0) throw new RangeError("pick needs at least one item");
    return items[int(0, items.length - 1)] as T;
  };
  const text = (letters: readonly string[], count: number): string =>
    Array.from({ length: count }, () => pick(letters)).join("");
  return { next, int, pick, text };
}
