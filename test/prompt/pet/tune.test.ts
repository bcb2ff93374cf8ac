import assert from "node:assert/strict";
import { makeRng, tf, useEngine } from "../../../src/engine";
import { textRows } from "../../../src/data";
import { wordVectors } from "../../../src/embeddings";
import { bert, bertMlm, initBert } from "../../../src/models";
import type { BertConfig } from "../../../src/models";
import {
  clozeRows,
  decided,
  frozenStates,
  linearReadout,
  lstmScores,
  manual,
  pattern,
  plainRows,
  stateReader,
  takeRows,
  tuner,
  wordReadout,
} from "../../../src/prompt";
import type { MaskedModel, MaskedPlace } from "../../../src/prompt";
import { bertModel, wordPieceTokenizer } from "../../../src/text";
import { disposeTree, mapTensors, namedTensors } from "../../../src/tree";

const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "it", "was", ".", "good", "bad", "fine", "poor", "film", "food"]; // prettier-ignore
const tokenizer = wordPieceTokenizer(bertModel(vocabulary));
const [CLS, SEP, MASK] = [2, 3, 4];
const config: BertConfig = { vocabSize: vocabulary.length, context: 16, dModel: 8, nLayer: 3, nHead: 2 };
const model: MaskedModel = { config, params: undefined as never, mask: MASK };
const length = 10;

/** Texts whose first word tells the label, and the label's distribution. */
const texts = ["fine film", "poor film", "fine food", "poor food"];
const targets = [[0, 1], [1, 0], [0, 1], [1, 0]]; // prettier-ignore
const cloze = pattern<string>("{text:shorten} it was {mask}.", manual({ negative: "bad", positive: "good" }), (text) => ({ text })); // prettier-ignore
const words = [[9], [8]];

describe("prompt/pet: training", function () {
  this.timeout(300_000);
  before(async () => {
    await useEngine({ engine: "cpu" });
    const small = initBert(config, makeRng(2));
    // Larger weights than BERT's first ones, so that there is something to learn from at once.
    const scaled = mapTensors(small, (each, name) => (/gain|bias/.test(name) ? each.clone() : each.mul(10)));
    disposeTree(small);
    Object.assign(model, { params: scaled });
  });
  after(() => disposeTree(model.params));

  const rows = (): MaskedPlace[] => clozeRows(cloze, tokenizer, texts, length);

  it("examples become rows with the pattern around them, or [CLS] text [SEP]", () => {
    const [first] = clozeRows(cloze, tokenizer, ["fine film"], length);
    assert.deepEqual(first, { ids: [CLS, 10, 12, 5, 6, MASK, 7, SEP], at: 5 });
    const [cut] = clozeRows(cloze, tokenizer, ["fine film film film film"], 8);
    assert.deepEqual(cut!.ids, [CLS, 10, 12, 5, 6, MASK, 7, SEP], "the pattern is never cut");
    assert.deepEqual(plainRows(tokenizer, ["fine film film"], 4), [{ ids: [CLS, 10, 12, SEP], at: 0 }]);
  });

  it("before training a pattern's scores are the whole model's for the label words, wherever it is cut", async () => {
    const { params } = model;
    for (const from of [0, 2, 3]) {
      const states = frozenStates(model, rows(), { from, length, batch: 3 });
      const own = tuner(model, wordReadout(model, [[9], [8, 10]]), from);
      const untuned = own.untuned();
      const got = await own.logits(untuned, states);
      for (const [i, { ids, at }] of rows().entries()) {
        const logits = tf.tidy(() => bertMlm(params, config, bert(params, config, tf.tensor2d([[...ids]], undefined, "int32"))).squeeze([0])); // prettier-ignore
        const all = ((await logits.array()) as number[][])[at]!;
        logits.dispose();
        const wanted = [all[9]!, (all[8]! + all[10]!) / 2]; // of several words the mean
        wanted.forEach((value, k) =>
          assert.ok(Math.abs(got[i]![k]! - value) < 1e-4, `from ${from}, text ${i}`),
        );
      }
      own.dispose();
      disposeTree([states, untuned]);
    }
  });

  it("learns a few texts with either head, changes nothing of the model, and the seed decides", async () => {
    const first = await namedTensors(model.params).get("blocks.2.ffn.up.weight")!.data();
    const states = frozenStates(model, rows(), { from: 2, length });
    const plain = frozenStates(model, plainRows(tokenizer, texts, length), { from: 2, length });
    const heads = [
      [tuner(model, wordReadout(model, words), 2), states],
      [tuner(model, linearReadout(model, 2, "cls"), 2), plain],
      [tuner(model, linearReadout(model, 2, "mean"), 2), plain],
    ] as const;
    for (const [head, own] of heads) {
      const losses: number[] = [];
      const train = (seed: number) =>
        head.tune(own, targets, {
          steps: 20,
          learningRate: 0.02,
          seed,
          progress: (_, loss) => losses.push(loss),
        });
      const tuned = await train(1);
      const scores = await head.logits(tuned as never, own);
      assert.deepEqual(decided(scores, ["negative", "positive"]), ["positive", "negative", "positive", "negative"]); // prettier-ignore
      assert.ok(losses.at(-1)! < 0.9 * losses[0]!, losses.join(" "));
      if (own === states) {
        const again = await train(1);
        assert.deepEqual(await head.logits(again as never, own), scores);
        disposeTree(again);
      }
      disposeTree(tuned);
      head.dispose();
    }
    assert.deepEqual(await namedTensors(model.params).get("blocks.2.ffn.up.weight")!.data(), first);
    disposeTree([states, plain]);
  });

  it("soft labels are learned as they are: the loss ends at their entropy", async () => {
    // All blocks are frozen: only the head learns.
    const states = frozenStates(model, rows().slice(0, 2), { from: 3, length });
    const own = tuner(model, wordReadout(model, words), 3);
    const soft = [[0.3, 0.7], [0.8, 0.2]]; // prettier-ignore
    let last = Infinity;
    const tuned = await own.tune(states, soft, {
      steps: 80,
      learningRate: 0.02,
      progress: (_, loss) => (last = loss),
    });
    const entropy = -soft.flat().reduce((sum, p) => sum + p * Math.log(p), 0) / 2;
    assert.ok(last >= entropy - 1e-4 && last < entropy + 0.02, `${last}, entropy ${entropy}`);
    own.dispose();
    disposeTree([states, tuned]);
  });

  it("L = (1 - alpha) L_CE + alpha L_MLM: the loss of a step lies between both", async () => {
    const states = frozenStates(model, rows(), { from: 2, length });
    const mlm = {
      rows: textRows(tokenizer, ["fine film it was good.", "poor food it was bad."], { length, before: [CLS], after: [SEP] }),
      batch: 2,
      length,
      most: 2,
      special: [0, CLS, SEP],
    }; // prettier-ignore
    const lossAt = async (alpha: number): Promise<number> => {
      const own = tuner(model, wordReadout(model, words), 2, { ...mlm, alpha });
      let loss = NaN;
      disposeTree(await own.tune(states, targets, { steps: 1, learningRate: 1e-9, seed: 3, progress: (_, value) => (loss = value) })); // prettier-ignore
      own.dispose();
      return loss;
    };
    const [ce, both, other] = [await lossAt(0), await lossAt(0.25), await lossAt(1)];
    assert.ok(Math.abs(both - (0.75 * ce + 0.25 * other)) < 1e-5, `${ce} ${both} ${other}`);
    assert.ok(other > 1, `${other}`);
    const linear = tuner(model, linearReadout(model, 2, "cls"), 2, { ...mlm, alpha: 0.5 });
    await assert.rejects(linear.tune(states, targets, { steps: 1, learningRate: 1 }), /only a wordReadout has a head/); // prettier-ignore
    linear.dispose();
    disposeTree(states);
  });

  it("frees all it makes, and names what does not fit", async () => {
    const before = tf.memory().numTensors;
    const reader = stateReader(model, { from: 2, length });
    const states = reader.read(rows());
    const part = takeRows(states, [2, 0]);
    assert.deepEqual(part.states.shape, [2, length, 8]);
    const own = tuner(model, wordReadout(model, words), 2);
    disposeTree(await own.tune(part, targets.slice(0, 2), { steps: 2, learningRate: 0.01 }));
    await assert.rejects(own.tune(states, targets.slice(1), { steps: 1, learningRate: 1 }), /4 texts, but targets for 3/); // prettier-ignore
    const other = tuner(model, wordReadout(model, words), 1);
    await assert.rejects(other.tune(states, targets, { steps: 1, learningRate: 1 }), /been through 2 blocks, and 1 are frozen here\. Cure/); // prettier-ignore
    assert.throws(() => reader.read([]), /there are no rows/);
    assert.throws(() => stateReader(model, { from: 4, length }), /from must be 0 to 3 blocks, got 4/);
    assert.throws(() => wordReadout(model, [[8], []]), /label 1 has no word/);
    const { tokens, positions, segments, norm, blocks } = model.params;
    assert.throws(
      () => wordReadout({ ...model, params: { tokens, positions, segments, norm, blocks } }, words),
      /no head for words \(mlm\)\. Cure/,
    );
    for (const each of [reader, own, other]) each.dispose();
    disposeTree([states, part]);
    assert.equal(tf.memory().numTensors, before);
  });

  it("an LSTM on word vectors learns which word tells", async () => {
    const known = wordVectors(
      ["fine", "poor", "film", "food"],
      [1, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
      4,
    );
    const labelled = texts.map((text, i) => ({ text, label: i % 2 === 0 ? "positive" : "negative" }));
    const options = { steps: 40, learningRate: 0.03, size: 6, length: 4 };
    const before = tf.memory().numTensors;
    const scores = await lstmScores(
      known,
      labelled,
      [...texts, "unknown words"],
      ["negative", "positive"],
      options,
    );
    assert.equal(tf.memory().numTensors, before);
    assert.deepEqual(decided(scores.slice(0, 4), ["negative", "positive"]), labelled.map(({ label }) => label)); // prettier-ignore
    await assert.rejects(lstmScores(known, [], texts, ["a"], options), /no rows to learn from/);
  });
});
