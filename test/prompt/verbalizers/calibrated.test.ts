import assert from "node:assert/strict";
import fc from "fast-check";
import { calibrated, labelProbabilities } from "../../../src/prompt/verbalizers/calibrated";
import type { Combine } from "../../../src/prompt/verbalizers/calibrated";

const ln = Math.log;
const close = (got: readonly number[], wanted: readonly number[], tolerance = 1e-12): void => {
  assert.equal(got.length, wanted.length);
  got.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]!) <= tolerance, `[${got.join()}], wanted [${wanted.join()}]`)); // prettier-ignore
};

describe("prompt/verbalizers/calibrated", () => {
  it("divides by what the model says without content, by hand", () => {
    // 0.6 / 0.8 = 0.75 and 0.4 / 0.2 = 2, of sum 2.75: the answer turns.
    close(calibrated([0.6, 0.4], [[0.8, 0.2]]), [3 / 11, 8 / 11]);
    // Several inputs: their mean is [0.8, 0.2] again, and not the mean of the quotients.
    close(calibrated([0.6, 0.4], [[0.9, 0.1], [0.7, 0.3]]), [3 / 11, 8 / 11]); // prettier-ignore
    close(calibrated([0, 1], [[0.5, 0.5]]), [0, 1]);
  });

  it("several words a label: mean, largest and geometric mean, by hand", () => {
    // Words 0.1 and 0.4 against 0.3 and 0.2 of one distribution: as they are all there is, normalising changes nothing.
    const scores = [[ln(0.1), ln(0.4)], [ln(0.3), ln(0.2)]]; // prettier-ignore
    close(labelProbabilities(scores), [0.5, 0.5]);
    close(labelProbabilities(scores, { combine: "max" }), [4 / 7, 3 / 7]);
    const [a, b] = [Math.sqrt(0.04), Math.sqrt(0.06)];
    close(labelProbabilities(scores, { combine: "geometric" }), [a / (a + b), b / (a + b)]);
    // Different numbers of words: a label gains nothing by having more.
    close(labelProbabilities([[ln(0.2), ln(0.2), ln(0.2)], [ln(0.4)]]), [1 / 3, 2 / 3]);
  });

  it("calibrates words, then combines them, by hand", () => {
    const scores = [[ln(0.1), ln(0.4)], [ln(0.5)]];
    const contentFree = [[[ln(0.1), ln(0.8)], [ln(0.1)]]]; // quotients 1, 0.5, 5: words 2/13, 1/13, 10/13
    close(labelProbabilities(scores, { contentFree }), [1.5 / 11.5, 10 / 11.5]);
    close(labelProbabilities(scores, { contentFree, combine: "max" }), [2 / 12, 10 / 12]);
  });

  const anyScores = fc.array(fc.array(fc.double({ min: -200, max: 0, noNaN: true }), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 }); // prettier-ignore
  const anyCombine = fc.constantFrom<Combine>("mean", "max", "geometric");

  it("gives a distribution that does not change when all scores grow alike, and orders single words as they are", () => {
    fc.assert(
      fc.property(anyScores, anyCombine, fc.integer({ min: -500, max: 0 }), (scores, combine, shift) => {
        const got = labelProbabilities(scores, { combine });
        assert.ok(Math.abs(got.reduce((a, b) => a + b) - 1) < 1e-9 && got.every((p) => p >= 0 && p <= 1));
        close(labelProbabilities(scores.map((label) => label.map((s) => s + shift)), { combine }), got, 1e-9); // prettier-ignore
        const single = scores.map((label) => [label[0]!]);
        const p = labelProbabilities(single, { combine });
        for (let i = 1; i < p.length; i++)
          if (single[i]![0]! > single[i - 1]![0]!) assert.ok(p[i]! >= p[i - 1]!);
      }),
    );
  });

  it("an input as empty as the content-free one says nothing: all labels alike", () => {
    // As many words for each label, so that none has more weight.
    const square = fc.array(fc.tuple(fc.double({ min: -30, max: 0, noNaN: true }), fc.double({ min: -30, max: 0, noNaN: true })), { minLength: 1, maxLength: 5 }); // prettier-ignore
    fc.assert(
      fc.property(square, anyCombine, (scores, combine) =>
        close(
          labelProbabilities(scores, { combine, contentFree: [scores, scores] }),
          scores.map(() => 1 / scores.length),
          1e-9,
        ),
      ),
    );
  });

  it("says what is no probability", () => {
    const wrong: [() => unknown, RegExp][] = [
      [() => calibrated([0.5, 0.5], []), /no content-free input/],
      [() => calibrated([0.5, 0.5], [[1]]), /2 answers, but a content-free input has probabilities of 1/],
      [() => calibrated([0.5, 0.5], [[1, 0]]), /content-free probability of answer 1 is 0/],
      [() => calibrated([0, 0], [[0.5, 0.5]]), /sum 0 cannot be normalised/],
      [() => labelProbabilities([[0], [NaN]]), /score of label word 1 is NaN/],
      [() => labelProbabilities([[0], [Infinity]]), /is Infinity, no log-probability/],
      [() => labelProbabilities([[-Infinity], [-Infinity]]), /Every label word has probability 0/],
      [() => labelProbabilities([[0], []]), /Label 1 has no word/],
      [() => labelProbabilities([]), /Every label word has probability 0/],
    ];
    for (const [call, message] of wrong)
      assert.throws(call, (error) => error instanceof RangeError && message.test(error.message), String(message)); // prettier-ignore
    close(labelProbabilities([[-Infinity], [-3]]), [0, 1]);
  });
});
