import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng, tf, useEngine } from "../../src/engine";
import { bert, bertMlm, initBert } from "../../src/models";
import type { BertConfig } from "../../src/models";
import { cachedScorer, maskedScorer, maskLogProbs, memoryStore } from "../../src/prompt";
import type { MaskedModel } from "../../src/prompt";
import { disposeTree } from "../../src/tree";
import { eachEngine } from "../helpers/engines";
import { skipLoudly } from "../helpers/skip";

const MASK = 1;
const config: BertConfig = { vocabSize: 17, context: 24, dModel: 8, nLayer: 2, nHead: 2, rate: 0.1 };

/** Larger weights than BERT's first ones, so that what a text says changes the scores. */
function tinyModel(): MaskedModel {
  const small = initBert(config, makeRng(3));
  const params = { ...small, tokens: tf.tidy(() => small.tokens.mul(40)) };
  small.tokens.dispose();
  return { config, params, mask: MASK };
}

/** ln q of every token at a place, by the whole model on this one text. */
async function plainly({ params }: MaskedModel, ids: readonly number[], at: number): Promise<number[]> {
  const logits = tf.tidy(() => {
    const states = bert(params, config, tf.tensor2d([[...ids]], undefined, "int32")); // [1, T, C]
    return tf.logSoftmax(bertMlm(params, config, states).squeeze([0])); // [T, V]
  });
  const rows = (await logits.array()) as number[][];
  logits.dispose();
  return rows[at]!;
}

const near = (got: number, wanted: number, what = ""): void =>
  assert.ok(Math.abs(got - wanted) < 2e-4, `${what}: ${got}, wanted ${wanted}`);

eachEngine("prompt/masked", (engine) => {
  it("one-token answers have the probability of the token in the place of the mask", async function () {
    if (engine === "webgpu")
      skipLoudly(this, "the software adapter is slow, and the causal scorer's tests cover it");
    const model = tinyModel();
    const scorer = maskedScorer(model, { batch: 3, widths: [8, 16] });
    const requests = [
      { prompt: [2, 5, MASK, 3], answers: [[7], [8]] },
      { prompt: [2, MASK, 5, 6, 7, 8, 9, 10, 11, 3], answers: [[4]] },
      { prompt: [2, 5, MASK, 3], answers: [[8], [16]] },
      { prompt: [MASK], answers: [[0]] },
      { prompt: [2, 9, 9, MASK], answers: [[9], [9]] },
    ];
    const got = await scorer.score(requests);
    for (const [i, { prompt, answers }] of requests.entries()) {
      const row = await plainly(model, prompt, prompt.indexOf(MASK));
      answers.forEach(([id], k) => near(got[i]![k]!, row[id!]!, `request ${i}, answer ${k}`));
    }
    assert.equal(scorer.read, 4, "equal prompts are read once");
    scorer.dispose();
    disposeTree(model.params);
  });
});

describe("prompt/masked", () => {
  before(() => useEngine({ engine: "cpu" }));
  let model: MaskedModel;
  beforeEach(() => void (model = tinyModel()));
  afterEach(() => disposeTree(model.params));

  it("an answer of several tokens has as many masks, and the surest token is put in first", async () => {
    const prompt = [2, 5, MASK, 6, 3];
    for (const answer of [
      [7, 8],
      [8, 7],
      [9, 4, 12],
    ]) {
      // By hand: ask for all places, put in the surest, and again.
      const text = [2, 5, ...answer.map(() => MASK), 6, 3];
      let left = answer.map((token, k) => ({ token, at: 2 + k }));
      let sum = 0;
      while (left.length > 0) {
        const scored = await Promise.all(left.map(async (each) => ({ ...each, lnQ: (await plainly(model, text, each.at))[each.token]! }))); // prettier-ignore
        const best = scored.reduce((a, b) => (b.lnQ > a.lnQ ? b : a));
        sum += best.lnQ;
        text[best.at] = best.token;
        left = left.filter(({ at }) => at !== best.at);
      }
      const scorer = maskedScorer(model);
      const [[got]] = (await scorer.score([{ prompt, answers: [answer] }])) as [[number]];
      near(got, sum, answer.join(" "));
      scorer.dispose();
    }
  });

  it("batch, widths and the other requests change nothing", async () => {
    const arbitrary = fc.array(
      fc.record({
        before: fc.array(fc.integer({ min: 2, max: 16 }), { maxLength: 8 }),
        after: fc.array(fc.integer({ min: 2, max: 16 }), { maxLength: 8 }),
        answers: fc.array(fc.array(fc.integer({ min: 2, max: 16 }), { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }), // prettier-ignore
      }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(arbitrary, async (texts) => {
        const requests = texts.map(({ before, after, answers }) => ({ prompt: [...before, MASK, ...after], answers })); // prettier-ignore
        const [one, many] = [maskedScorer(model, { batch: 1, widths: [] }), maskedScorer(model, { batch: 4, widths: [4, 12] })]; // prettier-ignore
        const wanted: number[][] = [];
        for (const request of requests) wanted.push(...(await one.score([request])));
        (await many.score(requests)).forEach((row, i) =>
          row.forEach((value, k) => near(value, wanted[i]![k]!)),
        );
      }),
      { numRuns: 10 },
    );
  });

  it("probabilities of all words sum to 1, and agree with the scorer's; what was asked is kept", async () => {
    const prompts = [[2, 5, MASK, 3], [MASK, 9, 3]]; // prettier-ignore
    const rows = await maskLogProbs(model, prompts);
    for (const row of rows)
      near(
        row.reduce((sum, lnQ) => sum + Math.exp(lnQ), 0),
        1,
      );
    const scorer = maskedScorer(model);
    const cached = cachedScorer(scorer, memoryStore(), {
      model: "tiny",
      weights: "f32",
      version: "masked 1",
    });
    const requests = prompts.map((prompt) => ({ prompt, answers: [[4], [7]] }));
    for (let i = 0; i < 2; i++)
      (await cached.score(requests)).forEach((row, p) =>
        row.forEach((value, k) => near(value, rows[p]![[4, 7][k]!]!)),
      );
    assert.equal(scorer.read, 2, "the second time nothing is read");
    scorer.dispose();
  });

  it("tells of its progress and leaves no tensors", async () => {
    const before = tf.memory().numTensors;
    const scorer = maskedScorer(model);
    const told: [number, number][] = [];
    await scorer.score(
      [{ prompt: [2, MASK], answers: [[4]] }, { prompt: [3, MASK], answers: [[4, 5]] }], // prettier-ignore
      (done, all) => told.push([done, all]),
    );
    scorer.dispose();
    assert.deepEqual(told, [[1, 2], [2, 2]]); // prettier-ignore
    assert.equal(tf.memory().numTensors, before);
  });

  it("names the request without a mask, with two, or with too many tokens", async () => {
    const scorer = maskedScorer(model);
    const ask = (prompt: number[], answer = [4]) => scorer.score([{ prompt: [2, MASK], answers: [[4]] }, { prompt, answers: [answer] }]); // prettier-ignore
    await assert.rejects(
      ask([2, 5]),
      /Request 1: its prompt has no mask \(id 1\)\. Cure: \{mask\} in the template/,
    );
    await assert.rejects(ask([MASK, 2, MASK]), /Request 1: its prompt has more than one mask/);
    await assert.rejects(
      ask([MASK, ...Array<number>(24).fill(2)]),
      /Request 1: .*more than the context of 24/,
    );
    await assert.rejects(ask([2, MASK], [17]), /Request 1: its answer 0 has id 17/);
    await assert.rejects(maskLogProbs(model, [[2, MASK], [2]]), /Prompt 1 has no mask/);
    scorer.dispose();
  });
});
