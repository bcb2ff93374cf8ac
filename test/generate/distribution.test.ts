import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../src/engine";
import { argmax, entropy, logProbability, logSumExp, sampleFrom, softmax } from "../../src/generate";

const near = (got: number, wanted: number, tolerance = 1e-6): void =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${got}, wanted ${wanted}`);

describe("generate/distribution", () => {
  it("softmax by hand, with a banned token, and of scores that overflow exp", () => {
    const by = (...scores: number[]): number[] => [...softmax(Float32Array.from(scores))];
    by(0, Math.log(3)).forEach((p, i) => near(p, [0.25, 0.75][i]!));
    assert.deepEqual(by(1, -Infinity, 1), [0.5, 0, 0.5]);
    assert.deepEqual(by(3e38, 3e38, -3e38), [0.5, 0.5, 0]);
    assert.deepEqual(by(-1000), [1]);
  });

  it("softmax: sums to 1, keeps order, does not change its input, is the same for shifted scores", () => {
    const scores = fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(scores, fc.integer({ min: -100, max: 100 }), (list, shift) => {
        const logits = Float32Array.from(list);
        const probabilities = softmax(logits);
        assert.deepEqual(logits, Float32Array.from(list));
        near(probabilities.reduce((a, b) => a + b, 0), 1, 1e-5); // prettier-ignore
        assert.deepEqual(softmax(logits.map((x) => x + shift)), probabilities);
        list.forEach((x, i) => near(Math.log(probabilities[i]!), x - logSumExp(logits), 1e-4));
      }),
    );
  });

  it("argmax: the lowest id of a tie", () => {
    assert.equal(argmax(Float32Array.of(1, 3, 2, 3)), 1);
    assert.equal(argmax(Float32Array.of(-Infinity, -5)), 1);
  });

  it("entropy and log probability in nats", () => {
    near(entropy(Float32Array.of(0.25, 0.25, 0.25, 0.25)), Math.log(4));
    assert.equal(entropy(Float32Array.of(0, 1, 0)), 0);
    near(logProbability(Float32Array.of(0, Math.log(3)), 1), Math.log(0.75));
    assert.equal(logProbability(Float32Array.of(0, -Infinity), 1), -Infinity);
  });

  it("what is no distribution is an error that says so", () => {
    for (const fn of [softmax, argmax, logSumExp]) {
      assert.throws(() => fn(new Float32Array(3).fill(-Infinity)), /Every token is banned: all 3 scores/);
      assert.throws(() => fn(Float32Array.of(0, 1, NaN)), /The score of token 2 is NaN.*Cure/);
      assert.throws(() => fn(Float32Array.of(0, Infinity)), /The score of token 1 is Infinity/);
      assert.throws(() => fn(new Float32Array(0)), /There are no scores/);
    }
    assert.throws(() => logProbability(Float32Array.of(0), 1), /Token 1 is outside 0 to 0/);
    assert.throws(() => sampleFrom([0, 0], 0.5), /Every token has probability 0/);
    assert.throws(() => sampleFrom([0.5, -0.1], 0.5), /The probability of token 1 is -0.1/);
    assert.throws(() => sampleFrom([0.5, NaN], 0.5), /token 1 is NaN/);
    for (const u of [1, -0.1, NaN]) assert.throws(() => sampleFrom([1], u), /u must be from \[0, 1\)/);
  });

  it("sampleFrom: the inverse of the distribution function, in id order, never a token of probability 0", () => {
    const at = (u: number): number => sampleFrom([0, 0.25, 0, 0.5, 0.25, 0], u);
    assert.deepEqual([0, 0.2499, 0.25, 0.7499, 0.75, 1 - 2 ** -53].map(at), [1, 1, 3, 3, 4, 4]);
    const weights = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1e3, noNaN: true })), { minLength: 1 }); // prettier-ignore
    const anyU = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(weights, anyU, (list, u) => {
        fc.pre(list.some((w) => w > 0));
        const id = sampleFrom(list, u);
        assert.ok(list[id]! > 0);
        const total = list.reduce((a, b) => a + b, 0);
        const sum = (end: number): number => list.slice(0, end).reduce((a, b) => a + b, 0);
        assert.ok(sum(id) <= u * total && sum(id + 1) >= u * total);
      }),
    );
  });

  it("sampleFrom takes one number of a generator", () => {
    const [a, b] = [makeRng(1), makeRng(1)];
    const counts = [0, 0, 0];
    for (let i = 0; i < 3000; i++) counts[sampleFrom([0.5, 0.3, 0.2], a)]!++;
    assert.equal(a.drawn, 6000, "two words a number");
    assert.equal(sampleFrom([0.5, 0.3, 0.2], b), sampleFrom([0.5, 0.3, 0.2], makeRng(1)));
    const chi2 = counts.reduce(
      (sum, n, i) => sum + (n - [1500, 900, 600][i]!) ** 2 / [1500, 900, 600][i]!,
      0,
    );
    assert.ok(chi2 < 13.8, `chi-square ${chi2} of ${counts.join(", ")}: above 13.8 once in a thousand`);
  });
});
