import assert from "node:assert/strict";
import fc from "fast-check";
import { fork, makeRng } from "../../../src/engine";
import {
  bagOfWords,
  confidence,
  decided,
  drawLabelled,
  generationSizes,
  growSet,
  naiveBayes,
  oneHot,
  softLabels,
  teachers,
  trainNaiveBayes,
} from "../../../src/prompt";

const near = (got: readonly number[], wanted: readonly number[], tolerance = 1e-9): void => {
  assert.equal(got.length, wanted.length);
  got.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]!) <= tolerance, `${i}: ${value}, wanted ${wanted[i]}`)); // prettier-ignore
};

describe("prompt/pet: labels that are drawn", () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ text: `t${i}`, label: i % 4 === 0 ? "a" : "b" }));

  it("labels come in equal numbers, the rest stays, and the seed alone decides", () => {
    const draw = (seed: number, count = 7) => drawLabelled(rows, ["a", "b"], count, makeRng(seed));
    const { labelled, unlabelled } = draw(1);
    assert.deepEqual(["a", "b"].map((label) => labelled.filter((row) => row.label === label).length), [4, 3]); // prettier-ignore
    assert.deepEqual([...labelled, ...unlabelled].map(({ text }) => text).sort(), rows.map(({ text }) => text).sort()); // prettier-ignore
    assert.deepEqual(draw(1), { labelled, unlabelled });
    assert.notDeepEqual(draw(2).labelled, labelled);
    assert.deepEqual(draw(1, 0).labelled, []);
  });

  it("names the label with too few rows, and a count that is none", () => {
    assert.throws(
      () => drawLabelled(rows, ["a", "b"], 24, makeRng(1)),
      /label "a" has 2 rows too few\. Cure/,
    );
    assert.throws(
      () => drawLabelled(rows, ["a"], -1, makeRng(1)),
      /count must be a whole number from 0, got -1/,
    );
    assert.deepEqual(oneHot(["a", "b"], "b"), [0, 1]);
    assert.throws(() => oneHot(["a", "b"], "c"), /no label "c"\. There are: a, b/);
  });
});

describe("prompt/pet: ensembles", () => {
  it("scores are averaged by weight, and softened by temperature 2: by hand", () => {
    // Weights 3 and 1: (3 * 2 + 1 * -2) / 4 = 1 against 0; softmax of [0.5, 0] is 1 / (1 + e^-0.5).
    const p = 1 / (1 + Math.exp(-0.5));
    near(softLabels([[[2, 0]], [[-2, 0]]], { weights: [3, 1] })[0]!, [p, 1 - p]); // prettier-ignore
    near(softLabels([[[2, 0]], [[-2, 0]]])[0]!, [0.5, 0.5]); // prettier-ignore
    const q = 1 / (1 + Math.exp(-2));
    near(softLabels([[[2, 0]]], { temperature: 1 })[0]!, [q, 1 - q]);
  });

  it("are distributions, less sure the higher the temperature; only the weights' shares count", () => {
    const score = fc.integer({ min: -5, max: 5 });
    const texts = fc.array(fc.tuple(score, score, score), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(texts, (first) => {
        const all = [first, first.map(([a, b, c]) => [b, c, a])];
        const cold = softLabels(all, { temperature: 1 });
        for (const row of cold) near([row.reduce((sum, p) => sum + p, 0)], [1]);
        assert.ok(confidence(softLabels(all, { temperature: 3 })) <= confidence(cold) + 1e-12);
        near(softLabels(all, { weights: [0.2, 0.6] }).flat(), softLabels(all, { weights: [1, 3] }).flat());
        // Cooling changes no decision, where there is one.
        const labels = ["x", "y", "z"];
        const wins = cold.map((row) => [...row].sort((a, b) => b - a)).map(([a, b]) => a! - b! > 1e-9);
        const sure = (which: readonly string[]) => which.filter((_, i) => wins[i]);
        assert.deepEqual(sure(decided(cold, labels)), sure(decided(softLabels(all), labels)));
      }),
    );
  });

  it("refuses what cannot be averaged", () => {
    const one = [[[1, 2]]];
    assert.throws(() => softLabels([]), /there are no patterns/);
    assert.throws(() => softLabels(one, { weights: [1, 1] }), /2 weights for 1 patterns/);
    assert.throws(() => softLabels(one, { weights: [-1] }), /must not be negative/);
    assert.throws(() => softLabels(one, { weights: [0] }), /all weights are 0\. Cure: uniform/);
    assert.throws(() => softLabels(one, { temperature: 0 }), /temperature must be above 0/);
    assert.throws(() => softLabels([[[1, 2]], []]), /different numbers of texts/);
  });
});

describe("prompt/pet: generations", () => {
  it("sizes grow by the factor; a pattern is never its own teacher", () => {
    assert.deepEqual(generationSizes(10, 5, 3), [50, 250, 1250]);
    for (let seed = 0; seed < 20; seed++) {
      const chosen = teachers(1, 5, 0.25, makeRng(seed));
      assert.equal(chosen.length, 1);
      assert.ok(!chosen.includes(1));
    }
    assert.equal(teachers(0, 5, 0.5, makeRng(1)).length, 2);
    assert.throws(() => teachers(0, 1, 0.25, makeRng(1)), /nobody to learn from/);
    assert.throws(() => generationSizes(10, 1, 2), /no growing sets/);
  });

  it("sets have the labels in equal numbers, each text once with its likeliest label", () => {
    const scores = Array.from({ length: 30 }, (_, i) => (i < 20 ? [i / 10, 0] : [0, i / 10]));
    const grown = growSet(scores, 5, makeRng(4));
    assert.deepEqual([0, 1].map((k) => grown.filter(({ label }) => label === k).length), [5, 5]); // prettier-ignore
    assert.equal(new Set(grown.map(({ index }) => index)).size, 10);
    for (const { index, label } of grown) assert.equal(label, index < 20 ? 0 : 1);
    assert.equal(growSet(scores, 15, makeRng(4)).length, 25, "there are only 10 of the second label");
  });

  it("sure texts come more often: twice the chance, about twice as often", () => {
    // Of two texts of one label one is drawn: with confidences 0.9 and 0.6 the first in 60 % of all draws.
    const scores = [[Math.log(0.9), Math.log(0.1)], [Math.log(0.6), Math.log(0.4)]]; // prettier-ignore
    const runs = 4000;
    let first = 0;
    for (let seed = 0; seed < runs; seed++)
      if (growSet(scores, 1, fork(makeRng(5), seed))[0]!.index === 0) first++;
    assert.ok(Math.abs(first / runs - 0.6) < 0.03, `${first / runs}`);
  });
});

describe("prompt/pet: naive Bayes", () => {
  const rows = [
    { text: "Good, good film", label: "positive" },
    { text: "bad film", label: "negative" },
  ];

  it("by hand: one word that each label has, one that both have", () => {
    const model = trainNaiveBayes(rows, ["negative", "positive"]);
    assert.deepEqual([...model.idf.keys()].sort(), ["bad", "film", "good"]);
    // idf of a word in one of two texts: ln(3/2) + 1; in both: ln(3/3) + 1 = 1.
    const rare = Math.log(1.5) + 1;
    near([model.idf.get("film")!, model.idf.get("good")!], [1, rare]);
    const [long, short] = [Math.hypot(2 * rare, 1), Math.hypot(rare, 1)]; // lengths of the two texts
    const weights = {
      negative: [1, 1 + rare / short, 1 + 1 / short], // good, bad, film, each with 1 more
      positive: [1 + (2 * rare) / long, 1, 1 + 1 / long],
    };
    const total = (label: "negative" | "positive"): number => weights[label].reduce((a, b) => a + b, 0);
    // "good" alone has weight 1 after scaling.
    const odds = (weights.positive[0]! / total("positive")) / (weights.negative[0]! / total("negative")); // prettier-ignore
    near(naiveBayes(model, "GOOD!"), [1 / (1 + odds), odds / (1 + odds)]);
    near(naiveBayes(model, "nothing known"), [0.5, 0.5]);
  });

  it("words are letters, digits and apostrophes in lower case", () => {
    assert.deepEqual(bagOfWords("Don't pay £5, café-owner!"), ["don't", "pay", "5", "café", "owner"]);
    assert.throws(() => trainNaiveBayes([], ["a"]), /there are no rows/);
    assert.throws(() => trainNaiveBayes(rows, ["negative", "mixed"]), /label "mixed" has no row/);
  });
});
