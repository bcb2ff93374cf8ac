import assert from "node:assert/strict";
import fc from "fast-check";
import { fork, makeRng, tf, useEngine } from "../../src/engine";
import { comparedScores, comparisonsOf, fewerAnswers, headScores, initReward, pairAccuracy, rankedAnswers, rankingBatch, rewardCalibration, rewardJudge, shiftReward, splitPairs, trainReward, trainRewardHead, writtenBatch, writtenRows } from "../../src/align"; // prettier-ignore
import type { ComparedAnswers } from "../../src/align";
import { gptDecoder, initGpt, initLlama } from "../../src/models";
import type { Decoder, GptConfig, GptParams } from "../../src/models";
import { disposeTraining, startTraining } from "../../src/train";
import { disposeTree } from "../../src/tree";

const config: GptConfig = { vocabSize: 9, context: 12, dModel: 16, nLayer: 1, nHead: 2, order: "pre" };

/** Answers of which the one with more tokens 5 is better. */
function fives(count: number, seed: number): ComparedAnswers[] {
  const rng = makeRng(seed);
  return Array.from({ length: count }, (_, n) => {
    const answers = [0, 1, 2, 3].map((fives) => {
      const own = fork(fork(rng, n), fives);
      const place = own.key[0] % 4;
      return Array.from({ length: 4 }, (_, t) => ((t + place) % 4 < fives ? 5 : 1 + ((own.key[1] + t) % 4)));
    });
    return rankedAnswers([(n % 4) + 1, 8], answers, [4, 3, 2, 1]);
  });
}

describe("rows of prompts and answers", () => {
  const texts = [{ prompt: [7, 8], answer: [1, 2, 3] }, { prompt: [7], answer: [4] }]; // prettier-ignore

  it("rows are filled up at their ends; the mask stands before each token of the answer", () => {
    const { ids, last, mask } = writtenRows(texts, 6);
    assert.deepEqual([...ids.data], [7, 8, 1, 2, 3, 0, 7, 4, 0, 0, 0, 0]);
    assert.deepEqual([...last.data], [4, 1]);
    assert.deepEqual([...mask.data], [0, 1, 1, 1, 0, 1, 0, 0, 0, 0]);
  });

  it("a batch judges the answers, or all; what does not fit is named", () => {
    assert.deepEqual([...writtenBatch(texts, 4).labels.data], [-100, 1, 2, 3, 4, -100, -100, -100]);
    assert.deepEqual([...writtenBatch(texts, 4, "all").labels.data], [8, 1, 2, 3, 4, -100, -100, -100]);
    assert.throws(() => writtenRows(texts, 4), /text 0: 5 tokens, a row has 4/);
    assert.throws(() => writtenRows([{ prompt: [1], answer: [] }]), /text 0: a prompt of 1 tokens, an answer of 0/); // prettier-ignore
  });
});

describe("the reward model", () => {
  before(async () => void (await useEngine({})));
  let before_ = 0;
  beforeEach(() => void (before_ = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, before_, "tensors are left"));

  it("learns in one pass what is preferred, and its zero can be shifted", async () => {
    const sft = initGpt(config, makeRng(1));
    const model = gptDecoder(sft, config) as Decoder<GptParams>;
    const state = startTraining(initReward(sft, 16, makeRng(2)), 3);
    const judge = rewardJudge(model, { length: 6, batch: 16 });
    const test = fives(20, 9);
    const accuracy = async (): Promise<number> => {
      const { right, pairs } = pairAccuracy(test, await comparedScores(judge, state.params, test));
      assert.equal(pairs, 120);
      return right / pairs;
    };
    const untrained = await accuracy();
    const losses: number[] = [];
    for await (const { loss } of trainReward({ model, state, compared: fives(320, 4), answers: 4, length: 6, batch: 8, peak: 1e-2 })) losses.push(loss); // prettier-ignore
    assert.equal(losses.length, 40, "one epoch");
    assert.ok(Math.abs(losses[0]! - Math.log(2)) < 0.4);
    const trained = await accuracy();
    assert.ok(trained > 0.95 && untrained < 0.8, `${untrained} to ${trained}`);

    const texts = test.map(({ prompt, answers }) => ({ prompt, answer: answers[0]! }));
    const scores = await judge.judge(state.params, texts);
    const shifted = shiftReward(state.params, 2.5);
    const moved = await judge.judge(shifted, texts);
    moved.forEach((each, i) => assert.ok(Math.abs(each - scores[i]! + 2.5) < 1e-5));
    // A text's reward does not depend on its neighbours in a batch, nor on the padding.
    const [alone] = await judge.judge(state.params, [texts[7]!]);
    assert.ok(Math.abs(alone! - scores[7]!) < 1e-5);
    disposeTree([shifted.head.bias, sft]);
    disposeTraining(state);
    judge.dispose();
  });

  it("has no unembedding: an untied head is left out, a tied table of tokens stays", () => {
    const untied = initLlama({ vocabSize: 5, context: 4, dModel: 4, nLayer: 1, nHead: 1, dFfn: 4, tied: false }, makeRng(1)); // prettier-ignore
    const reward = initReward(untied, 4, makeRng(2));
    assert.ok(!("head" in reward.trunk) && "tokens" in reward.trunk && "head" in untied);
    assert.deepEqual(reward.head.weight.shape, [4, 1]);
    disposeTree([untied, reward]);
  });

  it("a batch holds the wins of each prompt, and says what does not fit", () => {
    const [own] = fives(1, 1) as [ComparedAnswers];
    const batch = rankingBatch([own, { ...own, answers: own.answers.slice(0, 2), comparisons: [[0, 1], [0, 1], [1, 0]] }], 4, 6); // prettier-ignore
    const wins = batch.wins as tf.Tensor;
    const values = wins.arraySync() as number[][][];
    assert.deepEqual(values[0], [[0, 0, 0, 0], [1, 0, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0]]); // prettier-ignore
    assert.deepEqual(values[1]!.slice(0, 2), [[0, 2, 0, 0], [1, 0, 0, 0]]); // prettier-ignore
    wins.dispose();
    assert.throws(() => rankingBatch([own], 3, 6), /prompt 0: 4 answers; it must be 2 to 3/);
  });

  it("pairs split keep each comparison once; fewer answers keep the comparisons of those that stay", () => {
    const compared = fives(5, 2);
    const split = splitPairs(compared, makeRng(1));
    assert.equal(split.length, 30);
    const key = (winner: readonly number[], loser: readonly number[]): string => `${winner.join()}>${loser.join()}`; // prettier-ignore
    const all = compared.flatMap(({ answers, comparisons }) => comparisons.map(([w, l]) => key(answers[w]!, answers[l]!))); // prettier-ignore
    assert.deepEqual(split.map(({ answers: [w, l] }) => key(w!, l!)).sort(), [...all].sort());
    for (const [n, { answers, comparisons }] of fewerAnswers(compared, 3, makeRng(2)).entries()) {
      assert.equal(answers.length, 3);
      assert.equal(comparisons.length, 3);
      for (const [w, l] of comparisons)
        assert.ok(all.slice(6 * n, 6 * n + 6).includes(key(answers[w]!, answers[l]!)));
    }
  });

  it("a head on states finds the direction, whatever the scale of the states", async () => {
    const rng = makeRng(5);
    const entry = (n: number) => {
      const states = [0, 1, 2].map((k) => {
        const own = fork(fork(rng, n), k);
        const numbers = [0, 1, 2].map((i) => ((own.key[i % 2]! >>> (5 * i)) % 1000) / 1000);
        return [numbers[0]! * 100 + 500, numbers[1]!, numbers[2]! / 100];
      });
      return { states, comparisons: comparisonsOf(states.map(([, second]) => 1 + states.filter((o) => o[1]! > second!).length)) }; // prettier-ignore
    };
    const head = await trainRewardHead(
      Array.from({ length: 60 }, (_, n) => entry(n)),
      { weightDecay: 0 },
    );
    const test = Array.from({ length: 30 }, (_, n) => entry(1000 + n));
    const scores = [];
    for (const { states } of test) scores.push(await headScores(head, states));
    const { right, pairs } = pairAccuracy(test, scores);
    assert.ok(right / pairs > 0.9, `${right} of ${pairs}`);
    disposeTree(head);
    await assert.rejects(trainRewardHead([{ states: [[1]], comparisons: [] }]), /no comparisons/);
  });
});

describe("what scores are worth", () => {
  it("accuracy counts pairs, a draw as half", () => {
    const compared = [{ comparisons: [[0, 1], [0, 2], [1, 2]] as const }]; // prettier-ignore
    assert.deepEqual(pairAccuracy(compared, [[2, 1, 1]]), { right: 2.5, pairs: 3 });
  });

  it("calibration: who is right as often as the lead says lies on the diagonal", () => {
    const lead = Math.log(3); // three of four
    const compared = Array.from({ length: 400 }, (_, i) => ({ comparisons: [i % 4 === 0 ? ([1, 0] as const) : ([0, 1] as const)] })); // prettier-ignore
    const [bin, ...rest] = rewardCalibration(compared, compared.map(() => [lead, 0])); // prettier-ignore
    assert.equal(rest.length, 0);
    assert.equal(bin!.pairs, 400);
    assert.ok(Math.abs(bin!.predicted - 0.75) < 1e-9 && Math.abs(bin!.observed - 0.75) < 1e-9);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 30 }),
        (leads) => {
          const bins = rewardCalibration(leads.map(() => ({ comparisons: [[0, 1] as const] })), leads.map((x) => [x, 0])); // prettier-ignore
          assert.equal(
            bins.reduce((sum, each) => sum + each.pairs, 0),
            leads.length,
          );
          for (const each of bins) assert.ok(each.predicted >= 0.5 && each.predicted <= 1);
        },
      ),
    );
  });
});
