import assert from "node:assert/strict";
import { makeRng } from "../../src/engine";
import { IGNORE, layoutBatch, layoutTokens, objectives, questionLayout, stackLayouts } from "../../src/data";

const tokens = layoutTokens(66);
const stream = Int32Array.from({ length: 500 }, (_, i) => i % 66);
const window = Int32Array.from({ length: 20 }, (_, i) => i);
const span = { start: 8, end: 11 };

describe("layouts: five objectives for one network", () => {
  for (const objective of objectives) {
    it(`${objective}: rows of one length, ids and places inside their tables`, () => {
      const rng = makeRng(1);
      for (let i = 0; i < 40; i++) {
        const made = layoutBatch(objective, stream, { batch: 4, length: 64 }, tokens, rng);
        for (const field of ["inputs", "labels", "positions", "blockPositions"] as const)
          assert.deepEqual(made[field].shape, [4, 64], field);
        assert.deepEqual(made.partA.shape, [4]);
        assert.ok(made.inputs.data.every((id) => id >= 0 && id < tokens.vocabSize));
        assert.ok(made.labels.data.every((id) => id === IGNORE || (id >= 0 && id < tokens.vocabSize)));
        assert.ok(made.positions.data.every((at) => at >= 0 && at < 64));
        assert.ok(made.labels.data.some((label) => label !== IGNORE));
      }
    });

    it(`${objective}: a question asks for just the span, and its ids are not to be seen`, () => {
      const row = questionLayout(objective, window, span, tokens);
      assert.deepEqual([...row.labels].filter((label) => label !== IGNORE), [8, 9, 10]); // prettier-ignore
      assert.equal(row.labels.length, row.inputs.length);
      // What a place may see: the front, and what is before it.
      row.labels.forEach((label, at) => {
        if (label === IGNORE) return;
        const seen = [...row.inputs].filter((_, i) => i < row.partA || i <= at);
        assert.ok(!seen.includes(label), `${label} at ${at}: ${seen}`);
        const right = objective === "causal" || objective === "prefix";
        assert.equal(seen.includes(15), !right);
        assert.ok(seen.includes(7));
      });
      assert.deepEqual(stackLayouts([row], 64).inputs.shape, [1, 64]);
    });
  }

  it("text is asked for everywhere by a causal model, in 15 % by the others", () => {
    const share = (name: (typeof objectives)[number]): number => {
      const { labels } = layoutBatch(name, stream, { batch: 200, length: 64 }, tokens, makeRng(2));
      return labels.data.filter((label) => label >= 0 && label < 66).length / labels.data.length;
    };
    assert.equal(share("causal"), 1);
    assert.ok(Math.abs(share("prefix") - 0.5) < 0.06);
    for (const name of ["masked", "spans", "blanks"] as const) assert.ok(Math.abs(share(name) - 0.14) < 0.04, `${share(name)}`); // prettier-ignore
  });
});
