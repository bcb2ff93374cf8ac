import assert from "node:assert/strict";
import fc from "fast-check";
import { fork, makeRng, shuffle } from "../../src/engine";
import { bestOfN, bestOfNKl, fitBestOfNLaw, fitRlLaw, labelRanks, winRate } from "../../src/align";

const close = (got: number, want: number, tolerance = 1e-9): void =>
  assert.ok(Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want)), `${got}, wanted ${want}`);

describe("best of n", () => {
  it("KL: the papers' numbers", () => {
    assert.equal(bestOfNKl(1), 0);
    close(bestOfNKl(16), 1.8351, 1e-4);
    close(bestOfNKl(256), 4.5491, 1e-4);
    assert.throws(() => bestOfNKl(0), /whole number from 1/);
  });

  it("the expectation is the mean over all ways to draw n, counted one by one", () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(
        fc.uniqueArray(number, { minLength: 2, maxLength: 7 }),
        fc.integer({ min: 1, max: 7 }),
        (proxy, n) => {
          if (n > proxy.length) return;
          const gold = proxy.map((each, i) => (each * 7 + i * 13) % 50);
          const bests: number[] = [];
          for (let set = 0; set < 2 ** proxy.length; set++) {
            const chosen = proxy.map((_, i) => i).filter((i) => (set >> i) % 2 === 1);
            if (chosen.length === n) bests.push(gold[chosen.reduce((best, i) => (proxy[i]! > proxy[best]! ? i : best))]!); // prettier-ignore
          }
          close(bestOfN(proxy, gold, n), bests.reduce((sum, each) => sum + each, 0) / bests.length);
        },
      ),
    );
  });

  it("n = 1 is the mean, n = N the best; large samples do not overflow", () => {
    const values = shuffle(
      makeRng(1),
      Array.from({ length: 2000 }, (_, i) => i),
    );
    close(bestOfN(values, values, 1), 999.5);
    assert.equal(bestOfN(values, values, 2000), 1999);
    close(bestOfN(values, values, 1000), (1000 * 2001) / 1001 - 1, 1e-9); // E[max] = n (N + 1) / (n + 1), from 1 on
    assert.throws(() => bestOfN([1], [1, 2], 1), /1 proxies and 2 values/);
    assert.throws(() => bestOfN([1], [1], 2), /from 1 to 1/);
  });
});

describe("laws of over-optimisation", () => {
  const distances = [0.5, 1, 2, 3, 5, 7];

  it("points on a law give it back, and where it turns over", () => {
    const bon = fitBestOfNLaw(distances.map((d) => ({ kl: d * d, gain: d * (1.2 - 0.15 * d) })));
    close(bon.alpha, 1.2, 1e-6);
    close(bon.beta, 0.15, 1e-6);
    close(bon.peak, 4, 1e-6);
    close(bon.r2, 1, 1e-9);
    const rl = fitRlLaw(distances.map((d) => ({ kl: d * d, gain: d * (0.9 - 0.4 * Math.log(d)) })));
    close(rl.alpha, 0.9, 1e-6);
    close(rl.beta, 0.4, 1e-6);
    assert.ok(rl.at(rl.peak) > rl.at(rl.peak * 1.01) && rl.at(rl.peak) > rl.at(rl.peak * 0.99));
    assert.equal(rl.at(0), 0);
  });

  it("what never turns says so; too few points are refused", () => {
    assert.equal(fitBestOfNLaw(distances.map((d) => ({ kl: d * d, gain: d + d * d }))).peak, Infinity);
    assert.throws(() => fitRlLaw([{ kl: 0, gain: 0 }, { kl: 1, gain: 1 }, { kl: 4, gain: 1 }]), /three points/); // prettier-ignore
    assert.throws(() => fitRlLaw([1, 1, 1].map((kl) => ({ kl, gain: 1 }))), /different distances/);
  });
});

describe("simulated labellers", () => {
  it("without noise they rank by utility, with ties; with it the better one wins as Bradley and Terry say", () => {
    assert.deepEqual(labelRanks([1, 3, 3, 0], 0, makeRng(1)), [3, 1, 1, 4]);
    let wins = 0;
    for (let i = 0; i < 4000; i++) {
      const [first, second] = labelRanks([0.5, 0], 0.5, fork(makeRng(2), i)) as [number, number];
      assert.deepEqual([first, second].sort(), [1, 2]);
      if (first === 1) wins++;
    }
    close(wins / 4000, 1 / (1 + Math.exp(-1)), 0.03);
    assert.throws(() => labelRanks([1], -1, makeRng(1)), /temperature must be 0 or more/);
  });
});

describe("win rates", () => {
  it("a draw is half a win", () => {
    const { wins, ties, losses, rate } = winRate([1, 2, 3, 4], [0, 2, 5, 1]);
    assert.deepEqual([wins, ties, losses, rate.estimate], [2, 1, 1, 0.625]);
    assert.ok(rate.low < 0.625 && rate.high > 0.625);
    assert.throws(() => winRate([1], []), /1 scores against 0/);
  });
});
