import assert from "node:assert/strict";
import * as e from "../../src/embeddings";
import golden from "../golden/embeddings.json";

// king = royal + male and so on, with a third direction for dogs.
const toy = e.wordVectors(
  ["king", "queen", "man", "woman", "dog", "nothing"],
  [3, 1, 0, 3, -1, 0, 0.2, 1, 0, 0.2, -1, 0, 0, 0.1, 2, 0, 0, 0],
  3,
);

describe("vectors", () => {
  it("look-up, selection and errors", () => {
    assert.deepEqual(
      [...e.vectorOf(toy, "dog")].map((v) => Math.round(v * 10)),
      [0, 1, 20],
    );
    assert.deepEqual(e.selectWords(toy, ["man", "king"]).values.slice(3), e.vectorOf(toy, "king"));
    assert.throws(() => e.vectorOf(toy, "cat"), /no vector for "cat"/);
    assert.throws(() => e.wordVectors(["a", "a"], [1, 2], 1), /"a" stands twice/);
    assert.throws(() => e.wordVectors(["a"], [1, 2], 1), /need 1 numbers, got 2/);
    assert.throws(() => e.wordVectors(["a", "b"], [1, NaN], 1), /"b" holds NaN/);
  });
  it("normalized: length 1, zeros stay, the old ones are left alone", () => {
    const unit = e.normalized(toy);
    assert.ok(Math.abs(Math.hypot(...e.vectorOf(unit, "queen")) - 1) < 1e-6);
    assert.deepEqual([...e.vectorOf(unit, "nothing")], [0, 0, 0]);
    assert.equal(e.vectorOf(toy, "king")[0], 3);
  });
});

describe("similarity", () => {
  it("cosine and angle by hand", () => {
    assert.equal(e.cosine([3, 4], [4, 3]), 24 / 25);
    assert.equal(e.cosine([1, 0], [0, 0]), 0);
    assert.equal(e.cosine([3e-90, 0], [2e-90, 0]), 1, "the product of the squares would be 0");
    assert.ok(Math.abs(e.angle([1, 0], [1, 1]) - 45) < 1e-9);
    assert.equal(e.angle([2, 0], [-1, 0]), 180);
    assert.throws(() => e.cosine([1], [1, 2]), /do not compare/);
  });
  it("nearest: best first, not itself, not what is excluded", () => {
    assert.deepEqual(
      e.nearest(toy, "king", 2).map(({ word }) => word),
      ["queen", "man"],
    );
    assert.equal(e.nearest(toy, "king", 1, ["queen"])[0].word, "man");
    assert.equal(e.nearest(toy, [0, 0, 1], 1)[0].word, "dog");
  });
  it("analogy leaves the question's words out", () => {
    assert.equal(e.analogy(toy, ["man", "king", "woman"])[0].word, "queen");
    assert.ok(
      e
        .analogy(toy, ["man", "king", "woman"], 9)
        .every(({ word }) => !["man", "king", "woman"].includes(word)),
    );
    assert.equal(e.analogy(toy, ["dog", "king", "dog"], 1, { keepQuestion: true })[0].word, "king");
  });
});

describe("tests with human answers", () => {
  it("Spearman beside numpy, with ties", () => {
    const { a, b, rho } = golden.spearman;
    assert.ok(Math.abs(e.spearman(a, b) - rho) < 1e-9);
    assert.equal(e.spearman([1, 2, 3], [9, 5, 1]), -1);
    assert.ok(Number.isNaN(e.spearman([1, 1], [1, 2])));
    assert.deepEqual([...e.ranks([5, 1, 5, 0])], [3.5, 2, 3.5, 1]);
  });
  it("word similarity counts pairs with unknown words and leaves them out", () => {
    const pairs = e.parseSimilarity("king\tqueen\t9\nking dog 1\nman\tking\t5\ncat dog 8\n");
    assert.deepEqual(e.wordSimilarity(toy, pairs), { spearman: 1, used: 3, total: 4 });
    assert.throws(() => e.parseSimilarity("king queen 1\nking queen"), /line 2/);
  });
  it("analogy accuracy, the same as `analogy` question by question", () => {
    const groups = e.parseAnalogies(
      ": family\nman king woman queen\nMan King woman dog\nman king cat queen\n",
    );
    const questions = groups.get("family") ?? [];
    assert.deepEqual(e.analogyAccuracy(toy, questions), { right: 1, used: 2, total: 3 });
    for (const keepQuestion of [true, false]) {
      const right = questions
        .slice(0, 2)
        .filter(([a, b, c, d]) => e.analogy(toy, [a, b, c], 1, { keepQuestion })[0].word === d).length;
      assert.equal(e.analogyAccuracy(toy, questions, { keepQuestion }).right, right);
    }
    assert.throws(() => e.parseAnalogies("a b c d"), /line 1/);
  });
});
