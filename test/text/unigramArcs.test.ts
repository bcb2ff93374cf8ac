import assert from "node:assert/strict";
import { unigramTokenizer, wordArcs, type UnigramModel } from "../../src/text";

const model: UnigramModel = {
  kind: "unigram",
  version: 1,
  tokens: ["<unk>", "▁", "h", "u", "g", "s", "▁hug", "ug", "ugs"],
  scores: [0, -4, -3, -3, -3, -2, -2, -2.5, -6],
  special: ["<unk>"],
  unknown: "<unk>",
  byteFallback: false,
  dummyPrefix: true,
  removeExtraSpaces: true,
};

describe("wordArcs", () => {
  const tokenizer = unigramTokenizer(model);

  it("finds every piece that stands in the word, with its place and score", () => {
    const { text, arcs } = wordArcs(tokenizer, "hugs");
    assert.equal(text, "▁hugs");
    assert.deepEqual(
      arcs.map(({ piece, start, end }) => [piece, start, end]),
      [
        ["▁", 0, 1],
        ["▁hug", 0, 4],
        ["h", 1, 2],
        ["u", 2, 3],
        ["ug", 2, 4],
        ["ugs", 2, 5],
        ["g", 3, 4],
        ["s", 4, 5],
      ],
    );
    for (const { piece, score } of arcs) assert.equal(score, model.scores[model.tokens.indexOf(piece)]);
  });

  it("marks the best cut: its scores sum to the score of the one best", () => {
    const { arcs, path } = wordArcs(tokenizer, "hugs");
    assert.deepEqual(
      path.map((arc) => arcs[arc].piece),
      ["▁hug", "s"],
    );
    const sum = path.reduce((total, arc) => total + arcs[arc].score, 0);
    assert.ok(Math.abs(sum - tokenizer.nBest("hugs", 1)[0].score) < 1e-6);
  });

  it("has no arc for an unknown character and for nothing", () => {
    assert.deepEqual(wordArcs(tokenizer, "").arcs, []);
    const { arcs, path } = wordArcs(tokenizer, "x");
    assert.deepEqual(
      arcs.map(({ piece }) => piece),
      ["▁"],
    );
    assert.equal(path.length, 1);
  });
});
