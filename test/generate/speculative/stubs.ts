import type { Drafter, Reader } from "../../../src/generate";

/** A model of one text whose scores are a function of all it has read; it writes down what is asked of it. */
export interface StubReader extends Reader {
  /** "read 3 1 4" and "rewind 2", in order. */
  readonly log: string[];
}

export function stubReader(
  vocabSize: number,
  scores: (text: readonly number[]) => ArrayLike<number>,
): StubReader {
  let text: number[] = [];
  const log: string[] = [];
  return {
    vocabSize,
    batch: 1,
    log,
    get length() {
      return text.length;
    },
    read(rows, every = false) {
      const row = rows[0]!;
      log.push(`read ${row.join(" ")}`);
      const after = row.map((id) => {
        text.push(id);
        return Float32Array.from(scores(text));
      });
      return Promise.resolve([every ? after : after.slice(-1)]);
    },
    rewind(length) {
      if (length > text.length) throw new RangeError(`rewind: ${length} of ${text.length}`);
      if (length < text.length) log.push(`rewind ${length}`);
      text = text.slice(0, length);
    },
    reorder() {
      throw new Error("a stub has one text");
    },
    dispose() {
      log.push("dispose");
    },
  };
}

/** Scores whose softmax is these probabilities. */
export const logOf = (probabilities: readonly number[]): number[] => probabilities.map((p) => Math.log(p));

/** A drafter that proposes what a function gives, and is certain of it. */
export const certain = (propose: (text: readonly number[], count: number) => number[]): Drafter => ({
  propose: (text, count) => ({ ids: propose(text, count) }),
  dispose() {},
});

/**
 * How far counts are from what is expected, in deviations of a normal number: chi-square by the cube root of Wilson and
 * Hilferty (1931). Right distributions give about 0, and more than 4 once in 30,000.
 */
export function chiSquareZ(counts: readonly number[], probabilities: readonly number[]): number {
  const total = counts.reduce((sum, n) => sum + n, 0);
  let [chi2, cells] = [0, 0];
  counts.forEach((n, i) => {
    const expected = total * probabilities[i]!;
    if (expected === 0) {
      if (n > 0) chi2 = Infinity;
      return;
    }
    cells++;
    chi2 += (n - expected) ** 2 / expected;
  });
  const k = cells - 1;
  if (k === 0) return chi2;
  return (Math.cbrt(chi2 / k) - (1 - 2 / (9 * k))) / Math.sqrt(2 / (9 * k));
}
