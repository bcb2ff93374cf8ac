import type { Reader } from "../../src/generate";

/** A model of fixed scores: after a token the given ones can come, and `rest` is the score of all others. */
export function stubReader(
  vocabSize: number,
  next: (id: number, row: number) => Record<number, number>,
  { batch = 1, rest = -20 }: { batch?: number; rest?: number } = {},
): Reader {
  let length = 0;
  return {
    vocabSize,
    batch,
    get length() {
      return length;
    },
    read(rows) {
      length += rows[0]!.length;
      return Promise.resolve(
        rows.map((ids, row) => {
          const scores = new Float32Array(vocabSize).fill(rest);
          for (const [id, score] of Object.entries(next(ids.at(-1)!, row))) scores[Number(id)] = score;
          return [scores];
        }),
      );
    },
    rewind: (to) => void (length = to),
    reorder: () => undefined,
    dispose: () => undefined,
  };
}
