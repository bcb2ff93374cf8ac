import assert from "node:assert/strict";
import fc from "fast-check";
import { fork, makeRng, normal, uniform } from "../../src/engine";
import {
  accuracy,
  accuracyInterval,
  bootstrapMean,
  mcNemar,
  meanInterval,
  pairedBootstrap,
} from "../../src/prompt/statistics";
import { normalCdf, normalQuantile, studentCdf, studentQuantile } from "../../src/prompt/quantiles";

const near = (got: number, wanted: number, tolerance: number): void =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${got}, wanted ${wanted}`);

describe("prompt/statistics: quantiles", () => {
  it("are those of printed tables", () => {
    near(normalQuantile(0.975), 1.959963984540054, 1e-12);
    near(normalQuantile(0.995), 2.5758293035489004, 1e-12);
    near(normalQuantile(0.0001), -3.719016485455709, 1e-9);
    near(normalCdf(-1), 0.15865525393145707, 1e-14);
    const table = [[1, 12.7062], [2, 4.3027], [3, 3.1824], [4, 2.7764], [5, 2.5706], [9, 2.2622], [10, 2.2281], [29, 2.0452], [30, 2.0423], [120, 1.9799]]; // prettier-ignore
    for (const [freedom, t] of table) near(studentQuantile(0.975, freedom!), t!, 5e-5);
    near(studentQuantile(0.95, 7), 1.8946, 5e-5);
    near(studentQuantile(0.995, 4), 4.6041, 5e-5);
  });

  it("undo the distribution functions; the closed forms for 1 and 2 degrees; many degrees are normal", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.001, max: 0.999, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (p, n) => {
          near(normalCdf(normalQuantile(p)), p, 1e-12);
          near(studentCdf(studentQuantile(p, n), n), p, 1e-12);
          near(
            studentQuantile(p, 1),
            Math.tan(Math.PI * (p - 0.5)),
            1e-9 * (1 + Math.tan(Math.PI * (p - 0.5)) ** 2),
          );
          near(studentQuantile(p, 2), (2 * p - 1) / Math.sqrt(2 * p * (1 - p)), 1e-9);
          near(studentQuantile(p, 100_001), normalQuantile(p), 1e-3);
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe("prompt/statistics: accuracy", () => {
  it("Newcombe 1998, table I: Wilson's intervals", () => {
    const table = [[81, 263, 0.2553, 0.3662], [15, 148, 0.0624, 0.1605], [0, 20, 0, 0.1611], [1, 29, 0.0061, 0.1718]]; // prettier-ignore
    for (const [correct, total, low, high] of table) {
      const interval = accuracyInterval(correct!, total!);
      near(interval.estimate, correct! / total!, 1e-15);
      near(interval.low, low!, 5e-5);
      near(interval.high, high!, 5e-5);
    }
  });

  it("solves |p - estimate| = z sqrt(p (1 - p) / n), keeps within 0 and 1, mirrors, narrows with items", () => {
    const pair = fc
      .integer({ min: 1, max: 5000 })
      .chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)));
    fc.assert(
      fc.property(pair, ([k, n]) => {
        const { estimate, low, high } = accuracyInterval(k, n);
        assert.ok(0 <= low && low <= estimate && estimate <= high && high <= 1);
        for (const p of [low, high])
          near((p - estimate) ** 2, (1.959963984540054 ** 2 * p * (1 - p)) / n, 1e-12);
        const mirror = accuracyInterval(n - k, n);
        near(mirror.low, 1 - high, 1e-12);
        near(mirror.high, 1 - low, 1e-12);
        const more = accuracyInterval(4 * k, 4 * n);
        assert.ok(more.high - more.low < high - low);
        const surer = accuracyInterval(k, n, { confidence: 0.99 });
        assert.ok(surer.low <= low && surer.high >= high && surer.high - surer.low > high - low);
      }),
    );
  });

  it("holds the true share about as often as it says", () => {
    const rng = makeRng(7);
    let held = 0;
    for (let run = 0; run < 1000; run++) {
      let k = 0;
      for (let i = 0; i < 40; i++) k += uniform(rng) < 0.85 ? 1 : 0;
      const { low, high } = accuracyInterval(k, 40);
      if (low <= 0.85 && 0.85 <= high) held++;
    }
    assert.ok(held > 920 && held < 980, `${held} of 1000 intervals`);
  });

  it("counts labels that agree", () => {
    assert.equal(accuracy(["a", "b", "a"], ["a", "a", "a"]).estimate, 2 / 3);
    assert.throws(() => accuracy(["a"], ["a", "b"]), /1 and 2 items do not pair/);
    assert.throws(() => accuracy([], []), /no items/);
  });

  it("bad input names the field", () => {
    assert.throws(() => accuracyInterval(0, 0), /total must be a whole number from 1, got 0/);
    assert.throws(() => accuracyInterval(3, 2), /correct must be a whole number from 0 to 2, got 3/);
    assert.throws(() => accuracyInterval(0.5, 2), /correct/);
    for (const confidence of [0, 1, NaN])
      assert.throws(() => accuracyInterval(1, 2, { confidence }), /confidence/);
  });
});

describe("prompt/statistics: means over seeds", () => {
  it("Student's interval by hand: 1, 2, 3, 4, 5 is 3 +- 2.7764 sqrt(2.5 / 5)", () => {
    const { estimate, low, high } = meanInterval([1, 2, 3, 4, 5]);
    assert.equal(estimate, 3);
    near(high - 3, 1.96324, 1e-4);
    near(3 - low, 1.96324, 1e-4);
    assert.deepEqual(meanInterval([0.75, 0.75, 0.75]), { estimate: 0.75, low: 0.75, high: 0.75 });
  });

  it("Student's interval of five normal values holds the mean 95 times of 100; the bootstrap's is too narrow there", () => {
    const rng = makeRng(3);
    let [student, bootstrap] = [0, 0];
    for (let run = 0; run < 400; run++) {
      const values = Array.from({ length: 5 }, () => normal(rng));
      const t = meanInterval(values);
      const b = bootstrapMean(values, { rng: fork(rng, run), resamples: 200 });
      if (t.low <= 0 && 0 <= t.high) student++;
      if (b.low <= 0 && 0 <= b.high) bootstrap++;
    }
    assert.ok(student > 365 && student < 393, `${student} of 400`);
    assert.ok(bootstrap < 360, `${bootstrap} of 400`);
  });

  it("the bootstrap of many values is near Student's; the same seed gives the same numbers", () => {
    const rng = makeRng(1);
    const values = Array.from({ length: 400 }, () => normal(rng) + 2);
    const [t, b] = [meanInterval(values), bootstrapMean(values, { rng: makeRng(5) })];
    near(b.estimate, t.estimate, 1e-12);
    near(b.low, t.low, 0.02);
    near(b.high, t.high, 0.02);
    assert.deepEqual(bootstrapMean(values, { rng: makeRng(5) }), b);
    assert.notDeepEqual(bootstrapMean(values, { rng: makeRng(6) }), b);
    assert.deepEqual(bootstrapMean([4], { rng: makeRng(0) }), { estimate: 4, low: 4, high: 4 });
  });

  it("bad input names the field and the cure", () => {
    assert.throws(() => meanInterval([0.5]), /1 values are too few. Cure: give 2 or more/);
    assert.throws(() => meanInterval([1, NaN]), /value 1 is NaN/);
    assert.throws(() => bootstrapMean([], { rng: makeRng(0) }), /too few/);
    assert.throws(() => bootstrapMean([1], { rng: makeRng(0), resamples: 0 }), /resamples/);
    assert.throws(() => meanInterval([1, 2], { confidence: 2 }), /confidence/);
  });
});

describe("prompt/statistics: two classifiers on the same items", () => {
  const pairs = (both: number, first: number, second: number, none: number): [boolean[], boolean[]] => {
    const rights = [
      ...Array.from({ length: both }, () => [true, true]),
      ...Array.from({ length: first }, () => [true, false]),
      ...Array.from({ length: second }, () => [false, true]),
      ...Array.from({ length: none }, () => [false, false]),
    ];
    return [rights.map(([a]) => a!), rights.map(([, b]) => b!)];
  };

  it("McNemar by hand: 9 against 1 is 2 (1 + 10) / 1024; items on which both agree do not matter", () => {
    assert.deepEqual(
      { ...mcNemar(...pairs(50, 9, 1, 3)), pValue: 0 },
      { onlyFirst: 9, onlySecond: 1, pValue: 0 },
    );
    for (const agree of [0, 1, 700]) near(mcNemar(...pairs(agree, 9, 1, agree + 1)).pValue, 22 / 1024, 1e-12);
    near(mcNemar(...pairs(0, 0, 6, 0)).pValue, 2 / 64, 1e-12);
    assert.equal(mcNemar(...pairs(5, 4, 4, 5)).pValue, 1);
    assert.equal(mcNemar(...pairs(5, 0, 0, 5)).pValue, 1);
  });

  it("McNemar: symmetric, at most 1, and the normal approximation for many items", () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), (a, b) => {
        const { pValue } = mcNemar(...pairs(1, a, b, 0));
        assert.ok(pValue > 0 && pValue <= 1);
        near(mcNemar(...pairs(1, b, a, 0)).pValue, pValue, 1e-12);
      }),
    );
    const { pValue } = mcNemar(...pairs(0, 1050, 950, 0)); // with Yates' correction z = 99 / sqrt(2000)
    near(pValue, 2 * normalCdf(-99 / Math.sqrt(2000)), 1e-4);
  });

  it("the paired bootstrap: the difference, opposite when exchanged, narrower than two samples apart", () => {
    const [first, second] = pairs(150, 20, 5, 25);
    const difference = pairedBootstrap(first, second, { rng: makeRng(2) });
    near(difference.estimate, 15 / 200, 1e-12);
    assert.ok(difference.low > 0, "20 against 5 is no chance");
    const back = pairedBootstrap(second, first, { rng: makeRng(2) });
    near(back.low, -difference.high, 1e-12);
    near(back.high, -difference.low, 1e-12);
    const apart = Math.hypot(
      ...[first, second].map((rights) => {
        const { low, high } = accuracyInterval(rights.filter(Boolean).length, 200);
        return high - low;
      }),
    );
    assert.ok(difference.high - difference.low < 0.75 * apart);
    // Of n differences d with mean m the standard error is sqrt(mean d^2 - m^2) / sqrt(n).
    near(
      difference.high - difference.low,
      (2 * 1.96 * Math.sqrt(25 / 200 - 0.075 ** 2)) / Math.sqrt(200),
      0.008,
    );
    assert.throws(() => pairedBootstrap([1], [1, 2], { rng: makeRng(0) }), /do not pair/);
    assert.throws(() => mcNemar([], []), /no items/);
  });
});
