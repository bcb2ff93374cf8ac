import assert from "node:assert/strict";
import fc from "fast-check";
import {
  checkRanking,
  comparedFrom,
  comparedOf,
  comparisonsOf,
  pairsOf,
  rankingsFrom,
} from "../../src/align/ranking";
import type { PreferencePair, Ranking } from "../../src/align/ranking";

const pair = (chosen: string, rejected: string, prompt = "p"): PreferencePair => ({
  prompt,
  chosen,
  rejected,
});

const rankings = fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 6 }).chain((answers) =>
  fc.record({
    prompt: fc.string(),
    answers: fc.constant(answers),
    ranks: fc.array(fc.integer({ min: 1, max: 4 }), {
      minLength: answers.length,
      maxLength: answers.length,
    }),
  }),
);

const keysOf = (pairs: readonly PreferencePair[]): string[] =>
  [...new Set(pairs.map((each) => JSON.stringify([each.prompt, each.chosen, each.rejected])))].sort();

describe("align/ranking", () => {
  it("an order of four answers with a tie decides five of the six pairs", () => {
    const ranking: Ranking = { prompt: "p", answers: ["a", "b", "c", "d"], ranks: [2, 1, 2, 3] };
    assert.deepEqual(comparisonsOf(ranking.ranks), [
      [1, 0],
      [1, 2],
      [1, 3],
      [0, 3],
      [2, 3],
    ]);
    assert.deepEqual(pairsOf(ranking)[0], pair("b", "a"));
    assert.deepEqual(comparedOf(ranking).comparisons, comparisonsOf(ranking.ranks));
    assert.deepEqual(pairsOf({ prompt: "p", answers: ["a", "b"], ranks: [1, 1] }), []);
  });

  it("K answers without a tie decide C(K, 2) pairs", () => {
    for (const k of [2, 4, 9])
      assert.equal(comparisonsOf(Array.from({ length: k }, (_, i) => k - i)).length, (k * (k - 1)) / 2);
  });

  it("pairs become one ranking where they are an order, and single pairs where they are not", () => {
    const order = [pair("b", "a"), pair("b", "c"), pair("b", "d"), pair("a", "d"), pair("c", "d")];
    assert.deepEqual(rankingsFrom(order), [
      { prompt: "p", answers: ["b", "a", "c", "d"], ranks: [1, 2, 2, 3] },
    ]);
    const circle = [pair("a", "b"), pair("b", "c"), pair("c", "a")];
    assert.deepEqual(
      rankingsFrom(circle).map(({ answers }) => answers.join(">")),
      ["a>b", "b>c", "c>a"],
    );
    // Nobody compared a with c, and one ranking would say that a is better.
    assert.equal(rankingsFrom([pair("a", "b"), pair("b", "c")]).length, 2);
    assert.equal(rankingsFrom([pair("a", "b"), pair("a", "b")]).length, 1);
    assert.deepEqual(rankingsFrom([]), []);
  });

  it("pairs are gathered by prompt, and labellers who contradict one another both stand", () => {
    assert.deepEqual(
      comparedFrom([pair("a", "b"), pair("x", "y", "q"), pair("b", "a"), pair("c", "a"), pair("c", "a")]),
      [
        { prompt: "p", answers: ["a", "b", "c"], comparisons: [[0, 1], [1, 0], [2, 0], [2, 0]] }, // prettier-ignore
        { prompt: "q", answers: ["x", "y"], comparisons: [[0, 1]] },
      ],
    );
  });

  it("rankings to pairs and back say the same", () => {
    fc.assert(
      fc.property(fc.array(rankings, { maxLength: 5 }), (some) => {
        const pairs = some.flatMap((each) => pairsOf(each));
        assert.deepEqual(keysOf(rankingsFrom(pairs).flatMap((each) => pairsOf(each))), keysOf(pairs));
      }),
    );
    fc.assert(
      fc.property(rankings, (ranking) => {
        const pairs = pairsOf(ranking);
        if (pairs.length > 0) assert.equal(rankingsFrom(pairs).length, 1);
      }),
    );
  });

  it("any pairs come back from rankings and from entries", () => {
    const text = fc.constantFrom("a", "b", "c", "d");
    const pairs = fc.array(
      fc.record({ prompt: fc.constantFrom("p", "q"), chosen: text, rejected: text }).filter((each) => each.chosen !== each.rejected), // prettier-ignore
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(pairs, (some) => {
        assert.deepEqual(keysOf(rankingsFrom(some).flatMap((each) => pairsOf(each))), keysOf(some));
        const back = comparedFrom(some).flatMap(({ prompt, answers, comparisons }) =>
          comparisons.map(([winner, loser]) =>
            pair(answers[winner] as string, answers[loser] as string, prompt),
          ),
        );
        assert.equal(back.length, some.length);
        assert.deepEqual(keysOf(back), keysOf(some));
      }),
    );
  });

  it("says what is wrong with a ranking or a pair", () => {
    const good: Ranking = { prompt: "p", answers: ["a", "b"], ranks: [1, 2] };
    const wrong = (change: Partial<Ranking>, message: RegExp): void =>
      assert.throws(() => checkRanking({ ...good, ...change }, "rankings[3]"), message);
    wrong({ prompt: 5 as unknown as string }, /rankings\[3\]\.prompt must be a text/);
    wrong({ answers: ["a"] }, /answers has 1\. Cure/);
    wrong({ answers: ["a", "a"] }, /answers\[1\] is the same text as answers\[0\]/);
    wrong({ ranks: [1] }, /ranks has 1 for 2 answers/);
    wrong({ ranks: [1, 0] }, /ranks\[1\] is 0/);
    wrong({ ranks: [1, 1.5] }, /ranks\[1\] is 1\.5/);
    assert.throws(() => pairsOf({ ...good, ranks: [] }), RangeError);
    assert.throws(() => comparedFrom([pair("a", "b"), pair("a", "a")]), /pairs\[1\] has the same text/);
  });
});
