import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addK,
  countNgrams,
  fitJelinekMercer,
  jelinekMercer,
  kneserNey,
  nextDistribution,
  sequenceLoss,
  uniformModel,
} from "../../src/models";
import type { NextProbability } from "../../src/models";

const V = 4;
const texts = fc.array(fc.integer({ min: 0, max: V - 1 }), { minLength: 2, maxLength: 60 });

/** How often a run occurs, by looking everywhere. */
function occurs(text: readonly number[], run: readonly number[]): number {
  let count = 0;
  for (let i = 0; i + run.length <= text.length; i++) if (run.every((id, k) => text[i + k] === id)) count++;
  return count;
}

const ids = [0, 1, 2, 3];

/** Kneser-Ney as the equations have it (Chen and Goodman 1999, equations 23 and 26), from the text itself. */
function plainKneserNey(text: readonly number[], order: number): (context: number[], id: number) => number {
  const count = (run: number[]): number =>
    run.length === order
      ? occurs(text, run)
      : ids.filter((before) => occurs(text, [before, ...run]) > 0).length;
  const allRuns = (length: number): number[][] =>
    length === 0 ? [[]] : allRuns(length - 1).flatMap((run) => ids.map((id) => [...run, id]));
  const discounts = Array.from({ length: order }, (_, m) => {
    const counts = allRuns(m + 1).map(count);
    const [n1, n2] = [1, 2].map((n) => counts.filter((each) => each === n).length) as [number, number];
    return n1 > 0 && n2 > 0 ? n1 / (n1 + 2 * n2) : 0.5;
  });
  const p = (context: number[], id: number): number => {
    const lower = context.length === 0 ? 1 / V : p(context.slice(1), id);
    const total = ids.reduce((sum, w) => sum + count([...context, w]), 0);
    if (total === 0) return lower;
    const types = ids.filter((w) => count([...context, w]) > 0).length;
    const d = discounts[context.length]!;
    return (Math.max(count([...context, id]) - d, 0) + d * types * lower) / total;
  };
  return p;
}

describe("n-grams", () => {
  it("counts every run of up to n ids", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const { runs } = countNgrams(text, 3, V);
        for (const a of ids)
          for (const b of ids) {
            assert.equal(runs[1]!.get(a * V + b) ?? 0, occurs(text, [a, b]));
            for (const c of ids)
              assert.equal(runs[2]!.get((a * V + b) * V + c) ?? 0, occurs(text, [a, b, c]));
          }
      }),
      { numRuns: 30 },
    );
  });

  it("add-k by hand", () => {
    // a b a b a c: after a come b, b, c.
    const bigrams = countNgrams([0, 1, 0, 1, 0, 2], 2, V);
    assert.equal(addK(bigrams, 0)([0], 1, 1), 2 / 3);
    assert.equal(addK(bigrams, 1)([0], 1, 1), (2 + 1) / (3 + 4));
    assert.equal(addK(bigrams, 1)([0], 1, 3), 1 / 7);
    assert.equal(addK(bigrams, 0)([3], 1, 1), 1 / 4, "nothing follows d");
    assert.equal(sequenceLoss(addK(bigrams, 0), [0, 3]), Infinity);
    assert.throws(() => addK(bigrams, -1), /k must be/);
  });

  it("every model's probabilities sum to 1 after any history, and none is negative", () => {
    fc.assert(
      fc.property(texts, texts, fc.integer({ min: 1, max: 4 }), (text, history, order) => {
        const counts = countNgrams(text, order, V);
        const models: NextProbability[] = [
          uniformModel(V),
          addK(counts, 0),
          addK(counts, 0.3),
          jelinekMercer(
            counts,
            Array.from({ length: order }, (_, i) => 0.2 + 0.2 * i),
          ),
          kneserNey(counts),
        ];
        models.forEach((model, i) => {
          const p = nextDistribution(model, history, V);
          assert.ok(
            p.every((each) => each >= 0) && Math.abs(p.reduce((a, b) => a + b, 0) - 1) < 1e-12,
            `${i}: ${p}`,
          );
        });
      }),
      { numRuns: 60 },
    );
  });

  it("Kneser-Ney is the equations, from the text itself", () => {
    fc.assert(
      fc.property(
        texts,
        fc.array(fc.constantFrom(...ids), { minLength: 3, maxLength: 3 }),
        (text, context) => {
          for (const order of [1, 2, 3]) {
            const model = kneserNey(countNgrams(text, order, V));
            const plain = plainKneserNey(text, order);
            for (const id of ids) {
              const wanted = plain(context.slice(3 - (order - 1)), id);
              assert.ok(Math.abs(model(context, 3, id) - wanted) < 1e-12);
            }
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it("a word that follows one word only is unlikely elsewhere, however frequent (San Francisco)", () => {
    // 3 occurs most, but always after 2; 1 occurs after many.
    const text = [2, 3, 2, 3, 2, 3, 2, 3, 0, 1, 1, 2, 1, 0, 1, 2, 3, 1, 0];
    const counts = countNgrams(text, 2, V);
    const lambdas = [0.9, 0.6];
    assert.ok(jelinekMercer(counts, lambdas)([0], 1, 3) > kneserNey(counts)([0], 1, 3));
  });

  it("fitted lambdas are the best there are for the held-out text", () => {
    const wave = Array.from({ length: 400 }, (_, i) => (i * i + (i % 7)) % V);
    const counts = countNgrams(wave.slice(0, 300), 3, V);
    const heldOut = wave.slice(300);
    const best = fitJelinekMercer(counts, heldOut, 60);
    const loss = (lambdas: number[]): number => {
      let sum = 0;
      heldOut.forEach((id, end) => (sum -= Math.log(jelinekMercer(counts, lambdas)(heldOut, end, id))));
      return sum;
    };
    // The last one was fitted with the others fixed.
    for (const step of [-0.02, 0.02]) {
      const moved = [...best.slice(0, -1), Math.min(1, Math.max(0, best.at(-1)! + step))];
      assert.ok(loss(best) <= loss(moved) + 1e-6);
    }
    assert.throws(() => jelinekMercer(counts, [0.5]), /3 lambdas/);
  });

  it("the uniform model's loss is log V", () => {
    assert.ok(Math.abs(sequenceLoss(uniformModel(65), [1, 2, 3]) - Math.log(65)) < 1e-12);
    assert.throws(() => sequenceLoss(uniformModel(65), [1]), /nothing to predict/);
  });

  it("refuses ids outside the vocabulary and runs without a number", () => {
    assert.throws(() => countNgrams([0, 7], 2, V), /id 7 at place 1/);
    assert.throws(() => countNgrams([0], 5, 50_257), /lower order/);
  });
});
