import assert from "node:assert/strict";
import fc from "fast-check";
import { groupByPrompt } from "../../src/data";
import type { JudgedPair, Vote } from "../../src/data";
import { loadPreferences } from "../../src/data/node";
import {
  cohenKappa,
  comparedByMajority,
  fleissKappa,
  majorityLabel,
  rawAgreement,
  softLabel,
  votesOf,
} from "../../src/align/agreement";

const near = (got: number, wanted: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${got}, wanted ${wanted}`);

/** Numbers of raters per category, the usual worked example of Fleiss' kappa: ten items, fourteen raters. */
const table = ["0 0 0 0 14", "0 2 6 4 2", "0 0 3 5 6", "0 3 9 2 0", "2 2 8 1 1", "7 7 0 0 0", "3 2 6 3 0", "2 5 3 2 2", "6 5 2 1 0", "0 2 2 3 7"]; // prettier-ignore
const worked = table.map((line) =>
  line.split(" ").flatMap((count, category) => new Array<number>(Number(count)).fill(category)),
);

describe("align/agreement", () => {
  it("majority: more than half, or none", () => {
    assert.equal(majorityLabel([1, 1, 2]), 1);
    assert.equal(majorityLabel([0, 2, 0]), 0);
    assert.equal(majorityLabel([0, 1, 2]), undefined);
    assert.equal(majorityLabel([1, 2]), undefined);
    assert.equal(majorityLabel([1, 1, 2, 0]), undefined, "half is not more than half");
    assert.equal(majorityLabel([]), undefined);
  });

  it("soft label: the share of votes for the first, a tie as half", () => {
    near(softLabel([1, 1, 2]), 2 / 3);
    near(softLabel([1, 0, 2]), 1 / 2);
    near(softLabel([2, 2, 0]), 1 / 6);
    assert.throws(() => softLabel([]), /no votes/);
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Vote[]>(0, 1, 2), { minLength: 1 }), (votes) => {
        const turned = votes.map((vote): Vote => (vote === 0 ? 0 : vote === 1 ? 2 : 1));
        near(softLabel(votes) + softLabel(turned), 1);
      }),
    );
  });

  it("Fleiss' kappa of the worked example, and Cohen's of two readers of 50 proposals", () => {
    near(rawAgreement(worked), 0.378, 5e-4);
    near(fleissKappa(worked), 0.21, 5e-4);
    const cells: [string, string, number][] = [["yes", "yes", 20], ["yes", "no", 5], ["no", "yes", 10], ["no", "no", 15]]; // prettier-ignore
    const reader = (which: 0 | 1): string[] => cells.flatMap((cell) => new Array<string>(cell[2]).fill(cell[which])); // prettier-ignore
    near(cohenKappa(reader(0), reader(1)), 0.4);
  });

  it("full agreement is 1, labels of one kind have no kappa, and order and names do not matter", () => {
    assert.equal(fleissKappa([[1, 1, 1], [2, 2, 2]]), 1); // prettier-ignore
    assert.equal(cohenKappa([1, 2, 0], [1, 2, 0]), 1);
    assert.equal(cohenKappa([1, 2], [2, 1]), -1);
    assert.ok(Number.isNaN(fleissKappa([[1, 1], [1, 1]]))); // prettier-ignore
    assert.ok(Number.isNaN(cohenKappa([1, 1], [1, 1])));
    assert.equal(rawAgreement([[1, 1], [1, 2, 3]]), 1 / 2, "numbers of labels may differ"); // prettier-ignore
    const items = fc.array(fc.array(fc.nat(2), { minLength: 3, maxLength: 3 }), { minLength: 2 });
    fc.assert(
      fc.property(items, (labels) => {
        const kappa = fleissKappa(labels);
        const renamed = [...labels].reverse().map((each) => [...each].reverse().map((label) => "cab"[label]));
        if (Number.isNaN(kappa)) assert.ok(Number.isNaN(fleissKappa(renamed)));
        else near(fleissKappa(renamed), kappa, 1e-9);
        assert.ok(Number.isNaN(kappa) || kappa <= 1);
      }),
    );
  });

  it("PandaLM's annotators agree as its authors say: Cohen's kappa 0.85, 0.88 and 0.86, 105, 422 and 472 labels", () => {
    const pairs = loadPreferences();
    const kappa = (a: number, b: number): string =>
      cohenKappa(votesOf(pairs, a), votesOf(pairs, b)).toFixed(2);
    assert.deepEqual([kappa(0, 1), kappa(0, 2), kappa(1, 2)], ["0.85", "0.88", "0.86"]);
    const labels = pairs.map(({ votes }) => majorityLabel(votes));
    assert.deepEqual(
      [0, 1, 2, undefined].map((wanted) => labels.filter((label) => label === wanted).length),
      [105, 422, 472, 0],
    );
    near(fleissKappa(pairs.map(({ votes }) => votes)), 0.864, 5e-4);
    near(rawAgreement(pairs.map(({ votes }) => votes)), 0.9199, 5e-5);
    assert.throws(() => votesOf(pairs, 3), /pair 0 has no vote of person 3/);
  });

  it("comparisons are what the majority prefers; ties and quarrels are left out", () => {
    const pair = (answers: [string, string], votes: Vote[], instruction = "p"): JudgedPair => ({
      instruction,
      input: "i",
      answers,
      models: ["x", "y"],
      votes,
    });
    const groups = groupByPrompt([
      pair(["a", "b"], [2, 2, 1]),
      pair(["b", "c"], [1, 1, 1]),
      pair(["a", "c"], [0, 0, 1]),
      pair(["a", "b"], [0, 1, 2], "q"),
    ]);
    assert.deepEqual(comparedByMajority(groups), [
      { prompt: "p\n\ni", answers: ["a", "b", "c"], comparisons: [[1, 0], [1, 2]] }, // prettier-ignore
    ]);
  });

  it("bad input names what is wrong", () => {
    assert.throws(() => rawAgreement([]), /rawAgreement: there are no items/);
    assert.throws(() => fleissKappa([[1, 2], [1]]), /item 1 has 1 labels/);
    assert.throws(() => fleissKappa([[1, 2], [1, 1, 1]]), /item 1 has 3 labels and item 0 has 2/); // prettier-ignore
    assert.throws(() => cohenKappa([], []), RangeError);
    assert.throws(() => cohenKappa([1], [1, 2]), /1 and 2 labels/);
  });
});
