import assert from "node:assert/strict";
import vm from "node:vm";
import fc from "fast-check";
import {
  draftFigure,
  nextTokenFigure,
  thoughtTreeFigure,
  tokenTreeFigure,
  type ThoughtBox,
  type TreeToken,
} from "../../../src/lab/browser";
import { cutScript, cutTokens, type NextTokenKnobs } from "../../../src/lab/figures/nextTokenCut";

const free: NextTokenKnobs = { temperature: 1, topK: 0, topP: 1, minP: 0 };
const close = (a: number, b: number, by = 1e-9): void => assert.ok(Math.abs(a - b) <= by, `${a} and ${b}`);

describe("the next token, cut", () => {
  const ranked = { logits: [0, Math.log(0.5), Math.log(0.25), Math.log(0.125)], counts: [1, 1, 1, 2] }; // 8 4 2 1 1 of 16

  it("by hand: each cut, and what is left", () => {
    const whole = cutTokens(ranked, free);
    assert.equal(whole.kept, 5);
    [0.5, 0.25, 0.125, 0.0625].forEach((p, i) => close(whole.after[i]!, p));
    close(whole.entropy, (0.5 * 1 + 0.25 * 2 + 0.125 * 3 + 2 * 0.0625 * 4) * Math.LN2);
    const two = cutTokens(ranked, { ...free, topK: 2 });
    assert.deepEqual([two.kept, two.share], [2, 0.75]);
    assert.deepEqual(two.after.slice(2), [0, 0]);
    close(two.after[0]!, 2 / 3);
    assert.equal(cutTokens(ranked, { ...free, topP: 0.75 }).kept, 2, "reached exactly");
    assert.equal(cutTokens(ranked, { ...free, topP: 0.76 }).kept, 3);
    assert.equal(cutTokens(ranked, { ...free, topP: 0.9 }).kept, 4, "one of a group of two");
    assert.equal(cutTokens(ranked, { ...free, minP: 0.2 }).kept, 3);
    assert.equal(cutTokens(ranked, { ...free, topP: 0.01 }).kept, 1, "one token always stays");
    close(cutTokens(ranked, { ...free, temperature: 0.5 }).before[0]!, 64 / (64 + 16 + 4 + 1 + 1));
    // top-p looks at what top-k has left: 8 of 12 are more than 0.6
    assert.equal(cutTokens(ranked, { ...free, topK: 2, topP: 0.6 }).kept, 1);
  });

  it("the browser's script computes the same, wherever the sliders stand", () => {
    const inBrowser = vm.runInNewContext(`${cutScript};cutTokens`) as typeof cutTokens;
    const knobs = fc.record({
      temperature: fc.double({ min: 0.1, max: 2, noNaN: true }),
      topK: fc.integer({ min: 0, max: 12 }),
      topP: fc.double({ min: 0.05, max: 1, noNaN: true }),
      minP: fc.double({ min: 0, max: 0.5, noNaN: true }),
    });
    const entries = fc.array(
      fc.tuple(fc.double({ min: -12, max: 0, noNaN: true }), fc.integer({ min: 1, max: 9 })),
      {
        minLength: 1,
        maxLength: 12,
      },
    );
    fc.assert(
      fc.property(knobs, entries, (set, list) => {
        const sorted = [...list].sort((a, b) => b[0] - a[0]);
        const given = { logits: sorted.map(([logit]) => logit), counts: sorted.map(([, count]) => count) };
        const cut = cutTokens(given, set);
        assert.deepEqual(structuredClone(inBrowser(given, set)), structuredClone(cut));
        assert.ok(cut.kept >= 1 && cut.share <= 1 + 1e-9 && cut.entropy >= -1e-9);
      }),
    );
  });

  it("the groups behind the 200 likeliest tokens keep mass and entropy of 49,152", () => {
    const logits = Float32Array.from(
      { length: 49_152 },
      (_, i) => 9 * Math.sin(i * 1.37) + 4 * Math.cos(i * 0.11),
    );
    for (const temperature of [0.5, 1, 1.6]) {
      const { text } = nextTokenFigure(logits, { token: String, start: { temperature } });
      const weights = Array.from(logits, (logit) => Math.exp((logit - 13) / temperature));
      const total = weights.reduce((a, b) => a + b);
      const entropy = weights.reduce((sum, w) => sum - (w / total) * Math.log(w / total), 0);
      close(Number(/Entropy ([\d.]+) nats/.exec(text)![1]), entropy, 0.012);
      const top = (100 * Math.max(...weights)) / total;
      close(Number(/ ([\d.]+) %/.exec(text)![1]), top, top < 0.1 ? 6e-4 : 0.06);
    }
  });

  it("shows blanks, marks what is cut, and refuses what is no distribution", () => {
    const { html, text } = nextTokenFigure([2, 1, -Infinity], {
      token: (id) => ` ${id}`,
      start: { topK: 1 },
    });
    assert.match(html!, />·0<[\s\S]*100\.0 %<[\s\S]*>·1<[\s\S]*26\.9 % cut</);
    assert.match(text, /1 of 2 tokens can come, with 73\.1 % of the mass before the cut/);
    const token = String;
    assert.throws(() => nextTokenFigure([1, NaN], { token }), /the logit of id 1 is NaN/);
    assert.throws(() => nextTokenFigure([Infinity], { token }), /id 0 is Infinity/);
    assert.throws(() => nextTokenFigure([-Infinity], { token }), /no token can come/);
    assert.throws(() => nextTokenFigure([1], { token, start: { temperature: 0 } }), /temperature of 0/);
  });
});

describe("a tree of guesses", () => {
  const node = (token: string, parent: number, accepted = true): TreeToken => ({ token, parent, accepted });
  const nodes = [node("a", -1), node("b", 0), node("c", 0, false), node("d", 2)];

  it("three pages a round, with signs; a token that holds behind one that does not is not taken", () => {
    const { html, text } = tokenTreeFigure([{ read: "x", nodes, path: [0, 1] }]);
    assert.equal(html!.match(/class="tl-step"/g)?.length, 3);
    assert.match(text, /1\. Round 1: 4 tokens guessed/);
    assert.match(text, /3 of 4 hold/);
    assert.match(text, /is taken: 2 tokens, a b$/);
  });

  it("refuses what is no tree and no path", () => {
    const draw = (list: TreeToken[], path: number[]) => () =>
      tokenTreeFigure([{ read: "", nodes: list, path }]);
    assert.throws(draw([node("a", 0)], []), /round 1: the parent of node 0 must come before it, got 0/);
    assert.throws(draw(nodes, [0, 3]), /\[0, 3\] is no path/);
    assert.throws(draw(nodes, [1]), /is no path/);
    assert.throws(
      draw(
        Array.from({ length: 65 }, (_, i) => node("a", i - 1)),
        [],
      ),
      /65 nodes, at most 64/,
    );
  });
});

describe("a tree of thoughts", () => {
  const root: ThoughtBox = { label: "4 6 9", parent: -1, kept: true };
  const box = (label: string, parent: number, rest: Partial<ThoughtBox> = {}): ThoughtBox => ({ label, parent, kept: true, ...rest }); // prettier-ignore

  it("two pages a depth and one for the way: scores, what is kept, what is solved", () => {
    const { html, text } = thoughtTreeFigure([
      root,
      box("10 9", 0, { move: "4 + 6 = 10", score: 0.25, kept: false }),
      box("24 9", 0, { move: "4 * 6 = 24", score: 0.5 }),
      box("33", 2, { move: "24 + 9 = 33", score: 0, kept: false, solved: true }),
    ]);
    assert.equal(html!.match(/class="tl-step"/g)?.length, 5);
    assert.match(
      text,
      /1\. Depth 1: the proposer gives 2 states\.\n2\. Depth 1: the verifier scores 2 states; 1 kept/,
    );
    assert.match(
      text,
      /4\. Depth 2: the verifier scores 1 state; 1 solved\.\n5\. Solved: 4 \* 6 = 24, then 24 \+ 9 = 33\.$/,
    );
    assert.match(html!, /0\.25/);
    assert.match(thoughtTreeFigure([root, box("10 9", 0)]).text, /No state is a solution/);
  });

  it("refuses what is no tree", () => {
    assert.throws(() => thoughtTreeFigure([box("a", 0)]), /the parent of node 0 must be -1, got 0/);
    assert.throws(
      () => thoughtTreeFigure([root, root]),
      /the parent of node 1 must be a node before it, got -1/,
    );
    const many = Array.from({ length: 65 }, (_, i) => box("a", i - 1));
    assert.throws(() => thoughtTreeFigure(many), /65 nodes, at most 64/);
  });
});

describe("drafts", () => {
  it("counts what was drafted, accepted and written, and tells corrections from bonuses", () => {
    const { text } = draftFigure([
      { drafted: ["a", "b"], accepted: 1, next: "c" },
      { drafted: ["d"], accepted: 1, next: "e" },
    ]);
    assert.match(text, /Round 1: accepted a; refused b; corrected to c\nRound 2: accepted d; bonus e\n/);
    assert.match(text, /2 rounds, 4 tokens: 2 of 3 drafted ones accepted, one a round/);
    assert.throws(() => draftFigure([{ drafted: ["a"], accepted: 2, next: "" }]), /round 1: 2 of 1 accepted/);
  });
});
