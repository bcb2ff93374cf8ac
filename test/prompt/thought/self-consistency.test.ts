import assert from "node:assert/strict";
import fc from "fast-check";
import { fork, makeRng, uniform } from "../../../src/engine";
import { selfConsistency, vote, votesCurve } from "../../../src/prompt/thought";

describe("a vote over chains", () => {
  it("by hand: 18, 26, 18, none", () => {
    assert.deepEqual(vote([18, 26, 18, undefined]), {
      answer: 18,
      tally: [
        { answer: 18, count: 2, weight: 2 },
        { answer: 26, count: 1, weight: 1 },
      ],
      silent: 1,
      share: 2 / 3,
    });
  });

  it("weights may turn it round; a tie goes to the first, or is drawn with a seed", () => {
    assert.equal(vote(["a", "b", "b"], { weights: [0.9, 0.2, 0.3] }).answer, "a");
    assert.equal(vote(["b", "a", "a", "b"]).answer, "b");
    const drawn = Array.from(
      { length: 200 },
      (_, i) => vote(["b", "a", "a", "b"], { ties: makeRng(i) }).answer,
    );
    assert.deepEqual(drawn, Array.from({ length: 200 }, (_, i) => vote(["b", "a", "a", "b"], { ties: makeRng(i) }).answer)); // prettier-ignore
    const share = drawn.filter((answer) => answer === "a").length / 200;
    assert.ok(share > 0.35 && share < 0.65, `${share}`);
  });

  it("nobody who votes: no answer", () => {
    assert.deepEqual(vote<number>([]), { answer: undefined, tally: [], silent: 0, share: 0 });
    assert.deepEqual(vote<number>([undefined]), { answer: undefined, tally: [], silent: 1, share: 0 });
  });

  it("wrong weights are named", () => {
    assert.throws(() => vote([1, 2], { weights: [1] }), /1 weights for 2 answers/);
    assert.throws(() => vote([1, 2], { weights: [1, -1] }), /weight 1 must be finite and at least 0, got -1/);
    assert.throws(() => vote([1], { weights: [NaN] }), /weight 0 .* got NaN/);
  });

  it("no answer has more votes than the winner, and all chains are counted", () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(4), { nil: undefined })), fc.nat(99), (answers, seed) => {
        for (const ties of ["first", makeRng(seed)] as const) {
          const { answer, tally, silent, share } = vote(answers, { ties });
          const most = Math.max(0, ...tally.map(({ count }) => count));
          const counted = tally.reduce((sum, { count }) => sum + count, silent);
          assert.equal(counted, answers.length);
          assert.equal(answers.filter((each) => each !== undefined && each === answer).length, most);
          assert.equal(share, answers.length === silent ? 0 : most / (answers.length - silent));
        }
      }),
    );
  });

  it("chains are sampled in one call, and their answers vote", async () => {
    const write = async (prompt: string, options?: { count?: number; temperature?: number }) => {
      assert.deepEqual([prompt, options], ["Q", { temperature: 0.7, count: 3 }]);
      return ["so 4", "so 5", "hence 5"];
    };
    const answerOf = (text: string): number => Number(text.split(" ")[1]);
    const { texts, answers, votes } = await selfConsistency(write, "Q", { count: 3, answerOf, write: { temperature: 0.7 } }); // prettier-ignore
    assert.deepEqual([texts.length, answers, votes.answer], [3, [4, 5, 5], 5]);
  });
});

describe("accuracy against samples, from the same chains", () => {
  /** Forty questions; each chain is right with chance p, else one of many wrong numbers. */
  const sampled = (p: number, count: number) =>
    Array.from({ length: 40 }, (_, q) => {
      const rng = fork(makeRng(3), q);
      return { gold: 0, answers: Array.from({ length: count }, () => (uniform(rng) < p ? 0 : 1 + Math.floor(uniform(rng) * 50))) }; // prettier-ignore
    });

  it("one sample is the mean accuracy of a chain; all of them is the vote; more help when errors differ", () => {
    const items = sampled(0.4, 20);
    const [one, five, all] = votesCurve(items, { sizes: [1, 5, 20], resamples: 400, rng: makeRng(1) });
    const share = items.flatMap(({ answers }) => answers).filter((answer) => answer === 0).length / 800;
    assert.ok(Math.abs((one?.accuracy as number) - share) < 0.02, `${one?.accuracy} ${share}`);
    assert.ok(Math.abs((one?.anyRight as number) - share) < 1e-12);
    const voted = items.filter(({ answers }) => vote(answers).tally[0]?.answer === 0).length / 40;
    assert.ok(Math.abs((all?.accuracy as number) - voted) < 0.03, "all samples, up to ties");
    assert.ok((five?.accuracy as number) > (one?.accuracy as number) + 0.1);
    assert.ok((all?.accuracy as number) > 0.9);
  });

  it("the chance of any right sample, by hand: 2 of 4 right, 2 drawn: 1 - 1/6", () => {
    const [point] = votesCurve([{ gold: 1, answers: [1, 1, 2, undefined] }], { sizes: [2], rng: makeRng(1) });
    assert.ok(Math.abs((point?.anyRight as number) - 5 / 6) < 1e-12);
    const [sure] = votesCurve([{ gold: 1, answers: [1, 1, 1, 2] }], { sizes: [4], rng: makeRng(1) });
    assert.deepEqual(sure, { samples: 4, accuracy: 1, deviation: 0, anyRight: 1 });
  });

  it("no vote is above the chance of any right sample", () => {
    for (const point of votesCurve(sampled(0.2, 10), {
      sizes: [1, 2, 3, 5, 10],
      resamples: 300,
      rng: makeRng(2),
    }))
      assert.ok(point.accuracy <= point.anyRight + 0.02, JSON.stringify(point));
  });

  it("the same generator, the same curve; it is not advanced", () => {
    const rng = makeRng(4);
    const curve = () => votesCurve(sampled(0.4, 6), { sizes: [3], resamples: 7, rng });
    assert.deepEqual(curve(), curve());
    assert.equal(rng.drawn, 0);
  });

  it("too few answers, no questions, no size: named", () => {
    const items = [{ gold: 1, answers: [1, 2, 3] }, { gold: 1, answers: [1] }]; // prettier-ignore
    const draw = (sizes: number[]) => votesCurve(items, { sizes, rng: makeRng(1) });
    assert.throws(() => draw([2]), /question 1 has 1 answers, a size asks for 2\. Cure:/);
    assert.throws(() => draw([0]), /each of sizes must be a whole number from 1, got 0/);
    assert.throws(() => votesCurve([], { sizes: [1], rng: makeRng(1) }), /there are no questions/);
  });
});
