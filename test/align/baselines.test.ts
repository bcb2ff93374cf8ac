import assert from "node:assert/strict";
import type { JudgedPair, Vote } from "../../src/data";
import { loadPreferences } from "../../src/data/node";
import { makeRng } from "../../src/engine";
import { accuracyInterval } from "../../src/prompt";
import {
  accuracyByPrompt,
  coinWins,
  decidedPairs,
  humanCeiling,
  longerWins,
  ruleAccuracy,
  shorterWins,
} from "../../src/align/baselines";

const pair = (first: string, second: string, votes: Vote[], instruction = "p"): JudgedPair => ({
  instruction,
  input: "",
  answers: [first, second],
  models: ["x", "y"],
  votes,
});

const some = [
  pair("long", "s", [1, 1, 2]),
  pair("s", "long", [1, 1, 1]),
  pair("same", "size", [2, 2, 2], "q"),
  pair("a", "bb", [2, 0, 2], "q"),
  pair("a", "bb", [0, 0, 2], "r"),
  pair("a", "bb", [0, 1, 2], "r"),
];

describe("align/baselines", () => {
  it("by hand: two of four decided pairs are won by the longer answer, one by the shorter; no answer is wrong", () => {
    assert.deepEqual(decidedPairs(some).map(({ gold }) => gold), [1, 1, 2, 2]); // prettier-ignore
    assert.deepEqual(ruleAccuracy(some, longerWins()), accuracyInterval(2, 4));
    assert.deepEqual(ruleAccuracy(some, shorterWins()), accuracyInterval(1, 4));
    // By words all are as long.
    assert.equal(
      ruleAccuracy(
        some,
        longerWins((text) => text.split(" ").length),
      ).estimate,
      0,
    );
    assert.throws(() => ruleAccuracy(some.slice(4), longerWins()), RangeError);
  });

  it("a coin follows its seed and is right half the time", () => {
    const pairs = loadPreferences();
    const coin = (seed: number) => ruleAccuracy(pairs, coinWins(makeRng(seed)));
    assert.deepEqual(coin(1), coin(1));
    assert.notDeepEqual(coin(1), coin(2));
    const mean = [1, 2, 3, 4, 5].reduce((sum, seed) => sum + coin(seed).estimate, 0) / 5;
    assert.ok(Math.abs(mean - 0.5) < 0.03, `${mean}`);
  });

  it("on real pairs length says much, people say far more, and prompts make the interval wider", () => {
    const pairs = loadPreferences();
    const longer = ruleAccuracy(pairs, longerWins());
    assert.deepEqual(longer, accuracyInterval(599, 894));
    const wide = accuracyByPrompt(pairs, longerWins(), { rng: makeRng(1), resamples: 2000 });
    assert.equal(wide.estimate, longer.estimate);
    assert.ok(wide.high - wide.low > 1.4 * (longer.high - longer.low), JSON.stringify([wide, longer]));
    assert.ok(wide.low > 0.5);
    const people = humanCeiling(pairs, longerWins());
    assert.equal(people.length, 3);
    assert.ok(people.every(({ agrees, rule }) => agrees.low > 0.9 && rule!.high < 0.75));
  });

  it("an interval over prompts is Wilson's where every prompt has one pair, and none wide where all are right", () => {
    const single = Array.from({ length: 200 }, (_, i) => pair("long", "s", i % 4 === 0 ? [2, 2, 2] : [1, 1, 1], `${i}`)); // prettier-ignore
    const options = { rng: makeRng(3), resamples: 4000 };
    const [byPrompt, wilson] = [accuracyByPrompt(single, longerWins(), options), ruleAccuracy(single, longerWins())]; // prettier-ignore
    assert.ok(Math.abs(byPrompt.low - wilson.low) < 0.01 && Math.abs(byPrompt.high - wilson.high) < 0.01);
    const right = accuracyByPrompt(some, (_, i) => ([1, 1, 2, 2] as const)[i]!, options);
    assert.deepEqual(right, { estimate: 1, low: 1, high: 1 });
  });

  it("ceiling by hand: a person's own vote is not in what it is held against", () => {
    const votes: Vote[][] = [[1, 2, 2], [1, 1, 1], [0, 1, 1], [2, 0, 0]]; // prettier-ignore
    const [first, second] = humanCeiling(votes.map((each, i) => pair("a", "b", each, `${i}`)));
    // The other two agree on an answer in the first three pairs, and the first person with them in one.
    assert.deepEqual(first!.agrees, accuracyInterval(1, 3));
    // Persons 1 and 3 agree in the second pair only.
    assert.deepEqual(second!.agrees, accuracyInterval(1, 1));
    assert.equal(first!.rule, undefined);
    assert.deepEqual(humanCeiling([]), []);
  });
});
