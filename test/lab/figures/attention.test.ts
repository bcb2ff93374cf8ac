import assert from "node:assert/strict";
import vm from "node:vm";
import * as lab from "../../../src/lab/browser";
import { attentionStages, stagesScript } from "../../../src/lab/figures/attentionStages";

const tokens = ["a", "b", "c"];
const q = [[1, 0], [0, 2], [2, 1]]; // prettier-ignore
const k = [[1, 0], [0, 1], [-1, 1]]; // prettier-ignore
const v = [[1, 0], [0, 1], [4, 4]]; // prettier-ignore

describe("attention, stage by stage", () => {
  it("by hand: the second token sees two", () => {
    const { scores, scaled, masked, pattern, mixed } = attentionStages(q, k, v, true, true);
    assert.deepEqual(scores[1], [0, 2, 2]);
    assert.deepEqual(scaled[1], [0, 2 / Math.sqrt(2), 2 / Math.sqrt(2)]);
    assert.deepEqual(masked[1], [0, 2 / Math.sqrt(2), -Infinity]);
    const second = Math.exp(Math.SQRT2) / (1 + Math.exp(Math.SQRT2));
    assert.ok(Math.abs(pattern[1]![1]! - second) < 1e-12);
    assert.equal(pattern[1]![2], 0);
    assert.ok(Math.abs(mixed[1]![1]! - second) < 1e-12);
    assert.deepEqual(mixed[0], [1, 0]);
  });

  it("the browser's script computes the same, with both switches on and off", () => {
    const inBrowser = vm.runInNewContext(`${stagesScript};stages`) as typeof attentionStages;
    for (const scale of [true, false])
      for (const causal of [true, false])
        assert.deepEqual(
          structuredClone(inBrowser(q, k, v, scale, causal)),
          structuredClone(attentionStages(q, k, v, scale, causal)),
        );
  });

  it("all stages stand in the text and in the plain tables; a later token is hidden", () => {
    const { text, html } = lab.attentionFigure({ tokens, q, k, v });
    for (const stage of ["scores", "scale", "mask", "softmax", "mix"])
      assert.match(text, new RegExp(`· ${stage}`));
    assert.match(text, /a +0\.71 +−∞ +−∞/);
    assert.equal(html!.match(/<table/g)?.length, 5);
    assert.equal(html!.match(/>−∞</g)?.length, 3);
  });

  const faults: [string, Partial<lab.AttentionSpec>, RegExp][] = [
    ["no tokens", { tokens: [], q: [], k: [], v: [] }, /1 to 10 tokens, got 0/],
    ["rows that are missing", { q: [[1, 0]] }, /q has 1 rows for 3 tokens/],
    ["rows of unequal length", { v: [[1], [1, 2], [1]] }, /row 1 of v must be 1 finite numbers/],
    ["what is no number", { k: [[1, 0], [NaN, 0], [0, 1]] }, /row 1 of k/], // prettier-ignore
    ["queries longer than keys", { q: [[1], [1], [1]] }, /equally long/],
    ["a row that is not there", { row: 3 }, /there is no token 3/],
  ];
  for (const [what, part, message] of faults)
    it(`refuses ${what}`, () =>
      assert.throws(() => lab.attentionFigure({ tokens, q, k, v, title: "T", ...part }), message));
});
