import assert from "node:assert/strict";
import { assertNoLeaks, fork, makeRng, normal, useEngine } from "../../../src/engine";
import {
  encodeRows,
  nearestDemonstrations,
  scoreCandidates,
  trainRetriever,
} from "../../../src/prompt/demonstrations";

/**
 * A made-up language model: vectors have six numbers of topic, large, and two of what the answer depends on, small. A
 * demonstration helps as far as the small ones agree, so the nearest by cosine are not the best.
 */
const made = (n: number, seed: number): number[][] =>
  Array.from({ length: n }, (_, i) => {
    const rng = fork(makeRng(seed), i);
    return Array.from({ length: 8 }, (_, d) => (d < 6 ? 1 : 0.4) * normal(rng));
  });
const help = (a: readonly number[], b: readonly number[]): number =>
  -Math.hypot(a[6]! - b[6]!, a[7]! - b[7]!);

const pool = made(80, 1);
const score = async (query: number, candidates: readonly number[]): Promise<number[]> =>
  candidates.map((place) => help(pool[query]!, pool[place]!));

describe("prompt/demonstrations: learned retriever", () => {
  before(async () => void (await useEngine({ engine: "cpu" })));

  it("positives and negatives by hand: of the nearest three, the best first and the worst first", async () => {
    const points = [[1, 0], [1, 0.1], [1, 0.2], [1, 0.3], [-1, 0]]; // prettier-ignore
    const asked: number[][] = [];
    const scored = await scoreCandidates(
      points,
      async (query, candidates) => {
        asked.push([query, ...candidates]);
        return candidates.map((place) => [-3, -1, -2, -5, 0][place]!);
      },
      { shortlist: 3, keep: 1 },
    );
    assert.deepEqual(asked[0], [0, 1, 2, 3]);
    assert.deepEqual(scored[0], { query: 0, positives: [1], negatives: [3] });
    assert.deepEqual(scored[3], { query: 3, positives: [1], negatives: [0] });
    assert.ok(asked.every(([query, ...rest]) => !rest.includes(query!)));
    const two = await scoreCandidates(pool, score, { shortlist: 10, keep: 2 });
    for (const { query, positives, negatives } of two) {
      const [a, b, c, d] = [...positives, ...[...negatives].reverse()].map((place) =>
        help(pool[query]!, pool[place]!),
      );
      assert.ok(a! >= b! && b! >= c! && c! >= d!);
    }
  });

  it("finds what helps where the nearest neighbour does not; the loss falls; nothing leaks; the seed decides", async () => {
    const examples = await scoreCandidates(pool, score, { shortlist: 30, keep: 4 });
    const losses: number[] = [];
    const config = { examples, steps: 120, batch: 16, learningRate: 0.02, temperature: 0.1 };
    let retriever = await trainRetriever(pool, { ...config, steps: 0 });
    const identity = Float32Array.from({ length: 64 }, (_, i) => (i % 9 === 0 ? 1 : 0));
    assert.deepEqual(retriever, { query: identity, demonstration: identity });
    await assertNoLeaks(async () => {
      retriever = await trainRetriever(pool, { ...config, progress: (_, loss) => void losses.push(loss) });
    });
    assert.equal(losses.length, 120);
    const mean = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0) / list.length;
    assert.ok(mean(losses.slice(-10)) < 0.8 * mean(losses.slice(0, 10)), losses.join(" "));

    // Questions that were not trained on.
    const questions = made(60, 2);
    const found = (
      queries: readonly ArrayLike<number>[],
      demonstrations: readonly ArrayLike<number>[],
    ): number =>
      mean(
        queries.map((query, i) =>
          mean(
            nearestDemonstrations(query, demonstrations, 3).map(({ index }) =>
              help(questions[i]!, pool[index]!),
            ),
          ),
        ),
      );
    const nearest = found(questions, pool);
    const learned = found(encodeRows(questions, retriever.query), encodeRows(pool, retriever.demonstration));
    assert.ok(learned > 0.75 * nearest, `distance ${-learned}, nearest neighbour ${-nearest}`);

    const again = (seed: number) => trainRetriever(pool, { ...config, steps: 3, seed });
    assert.deepEqual(await again(1), await again(1));
    assert.notDeepEqual(await again(1), await again(2));
  });

  it("encodeRows is a product from the right", () => {
    const matrix = Float32Array.of(1, 2, 3, 4);
    assert.deepEqual(encodeRows([[1, 0], [0, 1], [2, -1]], matrix).map((row) => [...row]), [[1, 2], [3, 4], [-1, 0]]); // prettier-ignore
    assert.throws(() => encodeRows([[1, 2], [1]], matrix), /row 1 has 1 numbers and the retriever takes 2/);
  });

  it("bad input names the cure", async () => {
    await assert.rejects(
      scoreCandidates(pool, score, { shortlist: 9, keep: 5 }),
      /keep must be from 1 to half/,
    );
    await assert.rejects(
      scoreCandidates(pool.slice(0, 20), score),
      /shortlist of 20 needs a larger pool than the 20/,
    );
    await assert.rejects(scoreCandidates([], score), /larger pool than the 0/);
    await assert.rejects(
      scoreCandidates(pool, async () => [0]),
      /a log-probability was expected for each of the 20/,
    );
    await assert.rejects(
      scoreCandidates(pool, async (_, all) => all.map(() => NaN)),
      /candidates of example 0/,
    );
    const one = { query: 0, positives: [1], negatives: [2] };
    await assert.rejects(trainRetriever(pool, { examples: [one] }), /1 examples do not fill a batch of 16/);
    const bad = (example: object) => trainRetriever(pool, { examples: [{ ...one, ...example }], batch: 1 });
    await assert.rejects(bad({ positives: [] }), /example 0 needs positives and negatives/);
    await assert.rejects(bad({ negatives: [80] }), /places in the pool of 80/);
    await assert.rejects(
      trainRetriever([[1, 2], [1]], { examples: [one], batch: 1 }),
      /vector 1 has 1 numbers/,
    );
  });
});
