import assert from "node:assert/strict";
import fc from "fast-check";
import { checkSchedule, learningRateAt, type Schedule } from "../../src/train";
import { golden } from "../helpers/corpora";

const torch = golden<{
  peak: number;
  final: number;
  warmup: number;
  steps: number;
  schedules: Record<"constant" | "linear" | "cosine" | "inverseSqrt", number[]>;
}>("training");

describe("schedules", () => {
  for (const [kind, expected] of Object.entries(torch.schedules))
    it(`${kind}: 25 learning rates as PyTorch's schedulers give them`, () => {
      const { peak, final, warmup, steps } = torch;
      const schedule = { kind, peak, warmup, final, steps } as Schedule;
      assert.equal(expected.length, 25);
      expected.forEach((rate, step) => {
        const got = learningRateAt(schedule, step);
        assert.ok(Math.abs(got - rate) < 1e-12, `step ${step}: ${got}, PyTorch ${rate}`);
      });
    });

  it("closed forms: the first step, the end of the warm-up, the middle and the end", () => {
    const own = { peak: 1e-3, warmup: 100, steps: 2000, final: 1e-4 };
    for (const kind of ["linear", "cosine"] as const) {
      const at = (step: number) => learningRateAt({ kind, ...own }, step);
      // nanoGPT: learning_rate * (it + 1) / (warmup_iters + 1)
      assert.ok(Math.abs(at(0) - 1e-3 / 101) < 1e-15 && Math.abs(at(49) - (1e-3 * 50) / 101) < 1e-15);
      assert.equal(at(100), 1e-3);
      assert.ok(Math.abs(at(1050) - 5.5e-4) < 1e-15, `${at(1050)}`);
      assert.deepEqual([at(2000), at(5000)], [1e-4, 1e-4]);
    }
    // Vaswani et al. 2017, equation 3: d^-1/2 min(t^-1/2, t warmup^-3/2), with t from 1.
    const [d, w] = [512, 4000];
    const original: Schedule = { kind: "inverseSqrt", peak: (d * w) ** -0.5, warmup: w - 1 };
    for (const t of [1, 10, 3999, 4000, 4001, 100_000])
      assert.ok(
        Math.abs(learningRateAt(original, t - 1) - d ** -0.5 * Math.min(t ** -0.5, t * w ** -1.5)) < 1e-12,
      );
  });

  it("never above the peak, never below the final rate after the warm-up, and never up again", () => {
    const kinds = fc.constantFrom("constant", "linear", "cosine", "inverseSqrt");
    const given = fc.tuple(kinds, fc.nat(50), fc.integer({ min: 51, max: 300 }), fc.nat(400), fc.double({ min: 0, max: 1, noNaN: true })); // prettier-ignore
    fc.assert(
      fc.property(given, ([kind, warmup, steps, step, part]) => {
        const schedule = { kind, warmup, steps, peak: 0.5, final: part * 0.5 } as Schedule;
        const [now, next] = [learningRateAt(schedule, step), learningRateAt(schedule, step + 1)];
        assert.ok(now >= 0);
        assert.ok(now <= 0.5 + 1e-12);
        if (step < warmup) assert.ok(next > now);
        else assert.ok(next <= now + 1e-12 && (kind === "inverseSqrt" || now >= part * 0.5 - 1e-12));
      }),
    );
  });

  it("wrong fields are named, with what they must be", () => {
    const wrong: [object, RegExp][] = [
      [{ kind: "cosin", peak: 1 }, /kind must be constant, linear, cosine or inverseSqrt, got cosin/],
      [{ kind: "constant", peak: 0 }, /peak must be a number above 0, got 0/],
      [{ kind: "constant", peak: NaN }, /peak must be/],
      [{ kind: "constant", peak: 1, warmup: 1.5 }, /warmup must be a whole number from 0, got 1\.5/],
      [{ kind: "cosine", peak: 1, warmup: 10, steps: 10 }, /steps must be a whole number above the warm-up's 10, got 10/],
      [{ kind: "linear", peak: 1, steps: 10, final: 2 }, /final must be from 0 to the peak 1, got 2/],
    ]; // prettier-ignore
    for (const [schedule, message] of wrong)
      assert.throws(() => checkSchedule(schedule as Schedule), message);
    assert.throws(
      () => learningRateAt({ kind: "constant", peak: 1 }, -1),
      /step must be a whole number from 0/,
    );
  });
});
