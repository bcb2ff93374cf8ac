import assert from "node:assert/strict";
import fc from "fast-check";
import { labelDocument } from "../../../src/lab/label/page";
import { keyOf, prepareItems, rankingOf, viewOf } from "../../../src/lab/label/session";

const items = [
  { prompt: "p", answers: ["a", "b"] },
  { prompt: "q", answers: ["a", "b", "c"] },
];

describe("lab/label: what is asked", () => {
  it("items come in their order, each once, until none is left", () => {
    const prepared = prepareItems([...items, { prompt: "p", answers: ["b", "a"] }], 1);
    assert.equal(prepared.length, 2, "the same answers in another order are the same item");
    const view = viewOf(prepared, new Set());
    assert.deepEqual([view.total, view.done, view.item?.id, view.item?.prompt], [2, 0, 0, "p"]);
    assert.deepEqual([...view.item!.answers].sort(), ["a", "b"]);
    assert.equal(viewOf(prepared, new Set([keyOf(items[0]!)])).item?.prompt, "q");
    assert.equal(viewOf(prepared, new Set(["of another session"])).done, 0);
    assert.deepEqual(viewOf(prepared, new Set(items.map(keyOf))), { total: 2, done: 2 });
  });

  it("places are drawn by the seed: the same again, half of them turned, whatever else is asked", () => {
    const many = Array.from({ length: 400 }, (_, i) => ({ prompt: `${i}`, answers: ["a", "b"] }));
    const turned = (seed: number) => prepareItems(many, seed).filter(({ shown }) => shown[0] === 1).length;
    assert.ok(Math.abs(turned(1) - 200) < 60, `${turned(1)}`);
    assert.deepEqual(prepareItems(many, 1), prepareItems(many, 1));
    assert.notDeepEqual(prepareItems(many, 1), prepareItems(many, 2));
    assert.deepEqual(prepareItems(many.slice(7), 1)[0], prepareItems(many, 1)[7]);
  });

  it("ranks by the order shown become ranks of the answers", () => {
    const item = { ...items[1]!, key: "", shown: [2, 0, 1] }; // c, a, b
    assert.deepEqual(rankingOf(item, [1, 3, 2]), { prompt: "q", answers: ["a", "b", "c"], ranks: [3, 2, 1] });
    for (const wrong of [[1, 2], [1, 2, 3, 4], [1, 2, 0]])
      assert.throws(() => rankingOf(item, wrong), /label\.ranks/); // prettier-ignore
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), fc.shuffledSubarray([1, 2, 3], { minLength: 3 }), (shown, ranks) => {
        const { answers, ranks: own } = rankingOf({ ...item, shown }, ranks);
        shown.forEach((place, i) => assert.equal(own[answers.indexOf(item.answers[place]!)], ranks[i]));
      }),
    ); // prettier-ignore
  });

  it("what cannot be labelled names the item", () => {
    assert.throws(
      () => prepareItems([items[0]!, { prompt: "p", answers: ["a"] }], 1),
      /items\[1\]\.answers has 1/,
    );
    assert.throws(
      () => prepareItems([{ prompt: "p", answers: ["a", "a"] }], 1),
      /items\[0\]\.answers\[1\] is the same/,
    );
    const ten = Array.from({ length: 10 }, (_, i) => `${i}`);
    assert.throws(() => prepareItems([{ prompt: "p", answers: ten }], 1), /has 10\. Cure: at most 9/);
  });

  it("the page holds no text from outside, and its script is JavaScript", () => {
    const { html, script } = labelDocument("<script>alert(1)</script>&");
    assert.ok(html.includes("&lt;script&gt;alert(1)&lt;/script&gt;&amp;"));
    assert.equal(html.match(/<script>/g)?.length, 1);
    assert.doesNotThrow(() => new Function(script));
    assert.doesNotMatch(html, /https?:\/\//);
  });
});
