import assert from "node:assert/strict";
import fc from "fast-check";
import {
  acceptanceRates,
  bestGamma,
  expectedPerRound,
  overlap,
  shareOfDrafted,
  speculativeSpeedup,
} from "../../../src/generate";

const rate = fc.double({ min: 0, max: 1, noNaN: true });
const gammas = fc.integer({ min: 1, max: 12 });
const near = (got: number, wanted: number, tolerance: number): void =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${got}, wanted ${wanted}`);

describe("generate/speculative/theory", () => {
  it("tokens a round: the numbers that are known, all kept, none kept, nothing drafted", () => {
    for (const [a, gamma, tokens] of [
      [0.7, 2, 2.19],
      [0.7, 4, 2.77],
      [0.7, 7, 3.14],
      [0.8, 4, 3.36],
    ] as const)
      // prettier-ignore
      near(expectedPerRound(a, gamma), tokens, 0.005);
    assert.equal(expectedPerRound(1, 5), 6);
    assert.equal(expectedPerRound(0, 5), 1);
    assert.equal(expectedPerRound(0.6, 0), 1);
  });

  it("tokens a round and the kept share are sums over the places of a round", () => {
    fc.assert(
      fc.property(rate, gammas, (a, gamma) => {
        let sum = 0;
        for (let i = 1; i <= gamma; i++) sum += a ** i;
        near(expectedPerRound(a, gamma), 1 + sum, 1e-9);
        near(shareOfDrafted(a, gamma), sum / gamma, 1e-9);
        if (a < 0.999) near(expectedPerRound(a, gamma), (1 - a ** (gamma + 1)) / (1 - a), 1e-9);
        assert.ok(shareOfDrafted(a, gamma) <= a + 1e-9);
      }),
    );
  });

  it("overlap is 1 - half the sum of |p - q|", () => {
    const weights = fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 });
    const normalised = (x: number[]): number[] => x.map((v) => v / x.reduce((s, each) => s + each, 0));
    fc.assert(
      fc.property(weights, weights, (x, y) => {
        const [p, q] = [normalised(x), normalised(y)];
        near(overlap(p, q), 1 - p.reduce((sum, v, i) => sum + Math.abs(v - q[i]!) / 2, 0), 1e-12);
      }),
    );
    assert.throws(() => overlap([1], [0.5, 0.5]), /over 1 and 2 tokens/);
  });

  it("speed-up: theorem 3.8, with the paper's own numbers, and less where a check costs more", () => {
    // Leviathan et al. 2023, table 1: speeds for a free draft, c = 0.
    for (const [a, gamma, speed] of [
      [0.6, 2, 1.96],
      [0.7, 3, 2.53],
      [0.8, 2, 2.44],
      [0.8, 5, 3.69],
      [0.9, 2, 2.71],
      [0.9, 10, 6.86],
    ] as const)
      // prettier-ignore
      near(speculativeSpeedup(a, gamma, 0), speed, 0.006);
    near(speculativeSpeedup(0.8, 4, 0.1), 3.3616 / 1.4, 1e-9);
    near(speculativeSpeedup(0.8, 4, 0.1, 2), 3.3616 / 2.4, 1e-9);
    assert.ok(speculativeSpeedup(0.2, 4, 0.1, 2) < 1);
  });

  it("best gamma: 0 just where a <= c; else at least (1 + a) / (1 + c), and no other gamma is faster (corollary 3.9)", () => {
    fc.assert(
      fc.property(rate, rate, (a, c) => {
        const { gamma, speedup } = bestGamma(a, c);
        if (a <= c) assert.ok(speedup <= 1 + 1e-12);
        if (a > c + 1e-9) {
          assert.ok(gamma >= 1);
          assert.ok(speedup >= (1 + a) / (1 + c) - 1e-9);
        }
        for (let other = 1; other <= 16; other++)
          assert.ok(speculativeSpeedup(a, other, c) <= speedup + 1e-9);
      }),
    );
    for (const [a, c] of [
      [0, 0],
      [0.3, 0.3],
      [0.2, 0.5],
      [1, 1],
    ] as const)
      // prettier-ignore
      assert.deepEqual(bestGamma(a, c), { gamma: 0, speedup: 1 });
    assert.equal(bestGamma(1, 0, 9).gamma, 9);
  });

  it("rates by hand: of the tokens looked at, and of all drafted", () => {
    const rounds = [
      { drafted: [1, 2, 3, 4], accepted: 4 }, // 4 looked at
      { drafted: [1, 2, 3, 4], accepted: 1 }, // 2 looked at
      { drafted: [1, 2], accepted: 0 }, // 1 looked at
      { drafted: [], accepted: 0 },
    ];
    assert.deepEqual(acceptanceRates(rounds), { perToken: 5 / 7, ofDrafted: 5 / 10, tokensPerRound: 9 / 4 });
    const none = acceptanceRates([{ drafted: [], accepted: 0 }]);
    assert.ok(Number.isNaN(none.perToken) && Number.isNaN(none.ofDrafted));
    assert.equal(none.tokensPerRound, 1);
  });

  it("says what is no rate, no gamma, no cost", () => {
    assert.throws(() => expectedPerRound(1.1, 2), /from 0 to 1, got 1.1/);
    assert.throws(() => expectedPerRound(NaN, 2), /from 0 to 1, got NaN/);
    assert.throws(() => expectedPerRound(0.5, 1.5), /0 or more: got 1.5/);
    assert.throws(() => shareOfDrafted(0.5, 0), /nothing is drafted/);
    assert.throws(() => speculativeSpeedup(0.5, 2, -1), /cost ratio c .* got -1/);
    assert.throws(() => speculativeSpeedup(0.5, 2, 0, 0), /verification .* got 0/);
  });
});
