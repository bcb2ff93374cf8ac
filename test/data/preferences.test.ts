import assert from "node:assert/strict";
import { makeRng } from "../../src/engine";
import { groupByPrompt, parsePreferences, preferenceText, splitByPrompt } from "../../src/data";
import { loadPreferences } from "../../src/data/node";

const row = {
  ...{ instruction: "Add.", input: "1 1", response1: "2", response2: "3", cmp_key: "a-7b_b-6.9b" },
  ...{ annotator1: 1, annotator2: 1, annotator3: 0 },
};
const parse = (...changes: object[]) =>
  parsePreferences(JSON.stringify(changes.map((each) => ({ ...row, ...each }))));

describe("data: preferences", () => {
  it("999 pairs of 170 prompts by five models, three people each", () => {
    const pairs = loadPreferences();
    assert.equal(pairs.length, 999);
    assert.deepEqual([...new Set(pairs.flatMap(({ models }) => models))].sort(), [
      "bloom-7b",
      "cerebras-gpt-6.7B",
      "llama-7b",
      "opt-7b",
      "pythia-6.9b",
    ]);
    const count = (person: number, wanted: number): number =>
      pairs.filter(({ votes }) => votes[person] === wanted).length;
    assert.deepEqual(
      [0, 1, 2].map((person) => [0, 1, 2].map((vote) => count(person, vote))),
      [
        [97, 427, 475],
        [116, 417, 466],
        [113, 411, 475],
      ],
    );
    const groups = groupByPrompt(pairs);
    assert.equal(groups.length, 170);
    assert.equal(
      groups.reduce((sum, group) => sum + group.pairs.length, 0),
      999,
    );
    assert.ok(groups.every(({ answers }) => answers.length >= 2 && new Set(answers).size === answers.length));
    assert.equal(groups.filter(({ answers }) => answers.length >= 4).length, 131);
  });

  it("by hand: answers of a prompt stand once, pairs name their places, votes stay with their pair", () => {
    const pairs = parse(
      {},
      { response1: "3", response2: "4", annotator1: 2, cmp_key: "b_c" },
      { input: "", response1: true, response2: false },
    );
    assert.deepEqual(pairs[0], {
      instruction: "Add.",
      input: "1 1",
      answers: ["2", "3"],
      models: ["a-7b", "b-6.9b"],
      votes: [1, 1, 0],
    });
    assert.deepEqual(groupByPrompt(pairs), [
      {
        instruction: "Add.",
        input: "1 1",
        answers: ["2", "3", "4"],
        pairs: [
          { places: [0, 1], votes: [1, 1, 0] },
          { places: [1, 2], votes: [2, 1, 0] },
        ],
      },
      { instruction: "Add.", input: "", answers: ["True", "False"], pairs: [{ places: [0, 1], votes: [1, 1, 0] }] }, // prettier-ignore
    ]);
    assert.deepEqual(pairs.map(preferenceText), ["Add.\n\n1 1", "Add.\n\n1 1", "Add."]);
  });

  it("the split shares no prompt, takes every pair once, meets the share, and follows its seed", () => {
    const pairs = loadPreferences();
    const { train, test } = splitByPrompt(pairs, 0.3, makeRng(1));
    const prompts = new Set(train.map(preferenceText));
    assert.equal(test.filter((pair) => prompts.has(preferenceText(pair))).length, 0);
    assert.deepEqual(new Set([...train, ...test]), new Set(pairs));
    assert.ok(Math.abs(test.length / 999 - 0.3) < 0.01, `${test.length}`);
    assert.deepEqual(splitByPrompt(pairs, 0.3, makeRng(1)), { train, test });
    assert.notDeepEqual(splitByPrompt(pairs, 0.3, makeRng(2)).test, test);
    assert.throws(() => splitByPrompt(pairs, 0, makeRng(1)), RangeError);
  });

  it("what is wrong names the pair and the field", () => {
    assert.throws(() => parsePreferences("["), /no JSON/);
    assert.throws(() => parsePreferences("{}"), /a list of pairs/);
    assert.throws(() => parsePreferences("[3]"), /pair 1: .*object/);
    assert.throws(() => parse({}, { annotator2: 3 }), /pair 2, annotator2/);
    assert.throws(() => parse({ response1: null }), /pair 1, response1/);
    assert.throws(() => parse({ cmp_key: "one" }), /pair 1, cmp_key: two models/);
    assert.throws(() => parse({ instruction: "" }), /pair 1, instruction/);
  });
});
