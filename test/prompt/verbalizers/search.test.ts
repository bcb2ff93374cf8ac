import assert from "node:assert/strict";
import fc from "fast-check";
import { candidateWords, searchVerbalizer } from "../../../src/prompt/verbalizers/search";
import type { Candidate, SearchOptions } from "../../../src/prompt/verbalizers/search";
import { loadGpt2, loadMiniLM } from "../../../src/text/node";

/** ln softmax of scores. */
function logSoftmax(scores: readonly number[]): number[] {
  const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0));
  return scores.map((score) => score - total);
}

describe("prompt/verbalizers/search", () => {
  // The numbers of test below were computed by AutomaticVerbalizerSearch of timoschick/pet's petal.py on this matrix.
  const words = [..."abcdefghijkl"].map((letter, id): Candidate => ({ id, word: `w${letter}` }));
  const labels = ["a", "b", "a", "c", "a", "b", "c"];
  const logProbs = labels.map((_, n) => logSoftmax(words.map((_, v) => 3 * Math.sin(1 + 7.3 * n + 1.7 * v * v)))); // prettier-ignore
  const search = (options: SearchOptions): [string, [string, number][]][] =>
    Object.entries(searchVerbalizer(logProbs, labels, words, options).words).map(([label, list]) => [
      label,
      list.map(({ word, score }) => [word, Number(score.toFixed(6))]),
    ]);

  it("finds the words that petal.py finds, with its scores", () => {
    const perLabel = 1;
    assert.deepEqual(search({ perLabel }), [
      ["a", [["wl", 0.532232]]],
      ["b", [["wc", 0.942032]]],
      ["c", [["wd", 0.823382]]],
    ]);
    assert.deepEqual(search({ perLabel, balanced: false }), [
      ["a", [["wl", 5.988975]]],
      ["b", [["wk", 13.37828]]],
      ["c", [["wd", 14.606318]]],
    ]);
    assert.deepEqual(search({ perLabel: 2, score: "crossEntropy" }), [
      ["a", [["wf", -4.049215], ["wg", -4.071215]]],
      ["b", [["wc", -3.09019], ["wk", -3.122958]]],
      ["c", [["wi", -3.671509], ["we", -3.672217]]],
    ]); // prettier-ignore
    assert.deepEqual(search({ perLabel, score: "crossEntropy", balanced: false }), [
      ["a", [["wf", -12.222686]]],
      ["b", [["wc", -6.60448]]],
      ["c", [["wb", -7.604344]]],
    ]);
    // Only among the likeliest for the label itself: "wl" and "wg" are no longer candidates of c.
    assert.deepEqual(search({ perLabel: 4, candidates: 5 }), [
      ["a", [["wl", 0.532232], ["wg", 0.529754], ["wf", 0.483706], ["wj", -0.270851]]],
      ["b", [["wc", 0.942032], ["wk", 0.926139], ["wa", 0.81427], ["wh", 0.527724]]],
      ["c", [["wd", 0.823382], ["we", 0.486211], ["wi", 0.448061], ["wb", 0.323885]]],
    ]); // prettier-ignore
  });

  it("a word that two labels want goes to the one it serves better", () => {
    // petal.py gives "wl" and "wg" to both: a 0.53 and 0.53, c 0.74 and 0.73.
    assert.deepEqual(search({ perLabel: 2 }), [
      ["a", [["wg", 0.529754], ["wf", 0.483706]]],
      ["b", [["wc", 0.942032], ["wk", 0.926139]]],
      ["c", [["wd", 0.823382], ["wl", 0.738481]]],
    ]); // prettier-ignore
    const { verbalizer } = searchVerbalizer(logProbs, labels, words, { perLabel: 2 });
    assert.deepEqual(verbalizer, {
      labels: ["a", "b", "c"],
      words: { a: ["wg", "wf"], b: ["wc", "wk"], c: ["wd", "wl"] },
    });
  });

  it("the likelihood ratio by hand: two labels, an example each", () => {
    const q = [[0.8, 0.1, 0.1], [0.2, 0.5, 0.3]]; // prettier-ignore
    const found = searchVerbalizer(q.map((row) => row.map(Math.log)), ["x", "y"], words.slice(0, 3), { perLabel: 1 }); // prettier-ignore
    const odds = (p: number): number => Math.log(p / (1 - p));
    assert.equal(found.words.x![0]!.word, "wa");
    assert.ok(Math.abs(found.words.x![0]!.score - (odds(0.8) - odds(0.2))) < 1e-12);
    assert.equal(found.words.y![0]!.word, "wb");
    assert.ok(Math.abs(found.words.y![0]!.score - (odds(0.5) - odds(0.1))) < 1e-12);
  });

  it("finds words planted for labels, whatever the order of the examples, and leaves ids alone", () => {
    const size = 60;
    fc.assert(
      fc.property(fc.shuffledSubarray([...Array(12).keys()], { minLength: 12 }), fc.integer({ min: 0, max: 1000 }), (order, seed) => {
        const planted: Record<string, number[]> = { x: [7, 30], y: [11, 59], z: [2, 3] };
        const names = order.map((n) => "xyz"[n % 3]!);
        const rows = names.map((label, n) =>
          logSoftmax(Array.from({ length: size }, (_, v) => Math.sin(seed + v * 3.7 + n * v) + (planted[label]!.includes(v) ? 5 : 0))), // prettier-ignore
        );
        const list = Array.from({ length: size }, (_, v): Candidate => ({ id: v, word: `w${String.fromCodePoint(0x4e00 + v)}` })).reverse(); // prettier-ignore
        const { words: found } = searchVerbalizer(rows, names, list, { perLabel: 2 });
        for (const label of "xyz")
          assert.deepEqual(found[label]!.map(({ id }) => id).sort((a, b) => a - b), planted[label]); // prettier-ignore
      }),
      { numRuns: 30 },
    ); // prettier-ignore
  });

  it("certain and impossible words have finite scores", () => {
    const found = searchVerbalizer([[0, -Infinity], [-Infinity, 0]], ["x", "y"], words.slice(0, 2), { perLabel: 1 }); // prettier-ignore
    assert.deepEqual([found.verbalizer.words.x, found.verbalizer.words.y], [["wa"], ["wb"]]);
    assert.ok(Number.isFinite(found.words.x![0]!.score));
  });

  it("says what is missing", () => {
    const two = [[-1, -1], [-1, -1]]; // prettier-ignore
    const wrong: [() => unknown, RegExp][] = [
      [() => searchVerbalizer(two, ["x"], words, {}), /2 examples, but 1 labels/],
      [() => searchVerbalizer(two, ["x", "x"], words, {}), /at least two labels are needed, got 1/],
      [() => searchVerbalizer([], [], words, {}), /at least two labels are needed, got 0/],
      [() => searchVerbalizer(two, ["x", "y"], words.slice(0, 2)), /2 labels with 10 words each, but only 2 words/],
      [() => searchVerbalizer(two, ["x", "y"], words, { perLabel: 1 }), /for example 0 the word "wc" has undefined/],
      [() => searchVerbalizer([[-1, NaN], [-1, -1]], ["x", "y"], words.slice(0, 2), { perLabel: 1 }), /for example 0 the word "wb" has NaN/],
      [() => searchVerbalizer([[1, 2], [-1, -1]], ["x", "y"], words.slice(0, 2), { perLabel: 1 }), /the word "wa" has 1, no log-probability/],
      [() => searchVerbalizer(two, ["x", "y"], words, { perLabel: 0 }), /perLabel is 0/],
      [() => searchVerbalizer(two, ["x", "y"], words, { candidates: 1.5 }), /candidates is 1.5/],
      [() => searchVerbalizer(two, ["x", "y"], words.slice(0, 2), { perLabel: 1, candidates: 1 }), /other labels took the words of "y": 0 of 1 are left of its 1 candidates\. Cure/],
    ]; // prettier-ignore
    for (const [call, message] of wrong)
      assert.throws(call, (error) => error instanceof RangeError && message.test(error.message), String(message)); // prettier-ignore
  });

  it("candidates are whole words of one token: with a space before them, or none to mind", () => {
    const gpt2 = loadGpt2();
    const all = candidateWords(gpt2);
    assert.ok(all.length > 20_000 && all.length < 50_000, String(all.length));
    for (const { id, word } of all.slice(0, 2000)) assert.deepEqual(gpt2.encode(` ${word}`), [id]);
    assert.ok(all.some(({ word }) => word === "great") && !all.some(({ word }) => word === "a"));
    const bare = new Set(candidateWords(gpt2, { lead: "" }).map(({ word }) => word));
    assert.ok(bare.has("great") && !bare.has("unbelievable"));
    const minilm = loadMiniLM();
    const pieces = candidateWords(minilm);
    assert.ok(pieces.some(({ word }) => word === "terrible"));
    assert.ok(pieces.every(({ word }) => !word.includes("#") && !word.includes("[")));
  });

  it("of texts only the words that stand there, the most frequent first", () => {
    const texts = ["Good food, good service.", "service was bad, food bad, bad"];
    const names = (options: object): string[] => candidateWords(loadMiniLM(), { texts, ...options }).map(({ word }) => word); // prettier-ignore
    assert.deepEqual(names({ most: 1 }), ["bad"]);
    assert.deepEqual(names({}).sort(), ["bad", "food", "good", "service", "was"]);
    assert.equal(names({}).at(-1), "was");
    const spaced = candidateWords(loadGpt2(), { texts: ["Good food", "food (good)"] }).map(
      ({ word }) => word,
    );
    assert.deepEqual(spaced, ["food", "Good"]); // "good" stands behind a bracket, where it is another token
  });
});
