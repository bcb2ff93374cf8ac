import assert from "node:assert/strict";
import { makeRng, normalTensor, tf } from "../../../src/engine";
import { headLosses, initMedusa, medusaLogits, medusaLoss, trainMedusa } from "../../../src/generate";
import type { MedusaHeads } from "../../../src/generate";
import { gptDecoder, initGpt, initLlama, llamaDecoder } from "../../../src/models";
import type { Decoder } from "../../../src/models";
import { disposeTraining, startTraining } from "../../../src/train";
import type { TrainRecord } from "../../../src/train";
import { countParams, disposeTree, mapTensors, namedTensors } from "../../../src/tree";
import { eachEngine, skipOnEmulatedCard } from "../../helpers/engines";
import { assertGradients } from "../../helpers/gradients";
import { compiledSuite } from "../../helpers/jitted";

const V = 11;
const C = 8;
const gptConfig = { vocabSize: V, context: 24, dModel: C, nLayer: 1, nHead: 2, order: "pre" } as const;
/** A model with weights as large as a trained one's, so that its scores tell tokens apart. */
function small(): Decoder {
  const first = initGpt(gptConfig, makeRng(1));
  const params = tf.tidy(() => mapTensors(first, (leaf) => leaf.mul(leaf.rank > 1 ? 20 : 1)) as never);
  disposeTree(first);
  return gptDecoder(params, gptConfig) as Decoder;
}

/** Heads that are no longer zero. */
function someHeads(heads: number, own?: tf.Tensor, seed = 3): MedusaHeads {
  return tf.tidy(() => {
    const first = initMedusa({ heads, dModel: C, ...(own ? { own } : {}) });
    const rng = makeRng(seed);
    return mapTensors(first, (leaf) => leaf.add(normalTensor(rng, leaf.shape, 0.3))) as never;
  });
}

const text = (rows: number, length: number, seed = 5): tf.Tensor =>
  tf.tidy(() =>
    tf
      .floor(tf.abs(normalTensor(makeRng(seed), [rows, length], 40)))
      .mod(V)
      .cast("int32"),
  );

eachEngine("generate/medusa/heads", (engine) => {
  it("heads begin as the model's own prediction, with a shared unembedding or their own", async () => {
    const llamaConfig = { vocabSize: V, context: 24, dModel: C, nLayer: 1, nHead: 2, dFfn: 12, tied: false };
    const llama = llamaDecoder(initLlama(llamaConfig, makeRng(2)), llamaConfig) as Decoder;
    const gpt = small();
    const table = (gpt.params as { tokens: tf.Tensor }).tokens;
    for (const [decoder, own] of [[gpt, undefined], [gpt, table], [llama, undefined]] as const) {
      const heads = initMedusa({ heads: 3, dModel: C, ...(own ? { own } : {}) });
      const [logits, wanted] = tf.tidy(() => {
        const states = decoder.states(decoder.params, text(2, 5), {});
        const model = decoder.head(decoder.params, states);
        return [medusaLogits(heads, decoder, states), tf.stack([model, model, model])];
      });
      assert.deepEqual(logits!.shape, wanted!.shape);
      const model = await wanted!.data();
      (await logits!.data()).forEach((value, i) => assert.ok(Math.abs(value - model[i]!) < 1e-5));
      tf.dispose([logits!, wanted!]);
      assert.equal(countParams(heads), 3 * (C * C + C + (own ? V * C : 0)));
      disposeTree(heads);
    }
    disposeTree([gpt.params, llama.params]);
    assert.throws(() => initMedusa({ heads: 0, dModel: C }), /0 heads/);
  }); // prettier-ignore

  it("a head is W2 (h + silu(W1 h + b)): by hand", async () => {
    const decoder = { ...small(), head: (_: unknown, states: tf.Tensor) => states } as Decoder;
    const weight = tf.tidy(() => tf.eye(C).mul(2) as tf.Tensor);
    const bias = tf.fill([C], -1);
    const states = tf.fill([1, 1, C], 0.75);
    const logits = medusaLogits({ heads: [{ block: { weight, bias } }] }, decoder, states);
    const inner = 2 * 0.75 - 1;
    for (const value of await logits.data())
      assert.ok(Math.abs(value - (0.75 + inner / (1 + Math.exp(-inner)))) < 1e-6);
    tf.dispose([weight, bias, states, logits]);
    disposeTree(decoder.params);
  });

  it("head k is to say token t + 1 + k: its loss is the cross entropy of that token alone", async () => {
    // A model whose state is the token itself, so that the heads can be written down: W2 maps a token to the next two.
    const follow = tf.tidy(() => tf.oneHot(tf.tensor1d([1, 2, 3, 4, 5, 6, 7, 0], "int32"), C).cast("float32")) as tf.Tensor; // prettier-ignore
    const decoder = {
      vocabSize: C,
      context: 24,
      params: {},
      states: (_: unknown, ids: tf.Tensor) => tf.oneHot(ids.cast("int32"), C).cast("float32"),
      head: (_: unknown, states: tf.Tensor) => states,
    } as unknown as Decoder;
    const zero = { weight: tf.zeros([C, C]), bias: tf.fill([C], -30) }; // silu(-30) is 0
    const jump = (times: number): tf.Tensor =>
      tf.tidy(() => {
        let table = tf.eye(C) as tf.Tensor;
        for (let i = 0; i < times; i++) table = tf.matMul(table, follow);
        return table.transpose().mul(50) as tf.Tensor;
      });
    const heads = { heads: [2, 3].map((times) => ({ block: zero, tokens: jump(times) })) };
    const counting = tf.tensor2d([[0, 1, 2, 3, 4, 5, 6, 7, 0], [5, 6, 7, 0, 1, 2, 3, 4, 5]], [2, 9], "int32"); // prettier-ignore
    const losses = tf.tidy(() => headLosses(heads, decoder, counting));
    for (const loss of losses) assert.ok((await loss.data())[0]! < 1e-6);
    const swapped = { heads: [...heads.heads].reverse() };
    const wrong = tf.tidy(() => headLosses(swapped, decoder, counting));
    for (const loss of wrong) assert.ok((await loss.data())[0]! > 10);
    tf.dispose([...losses, ...wrong, counting, follow]);
    disposeTree(heads);
  });

  it("its gradient is right, and the loss weighs head k by lambda^k", async function () {
    skipOnEmulatedCard(this, engine);
    const decoder = small();
    const own = tf.tidy(() => (decoder.params as { tokens: tf.Tensor }).tokens.mul(1.5)) as tf.Tensor;
    const heads = someHeads(2, own);
    const ids = text(2, 9);
    await assertGradients((params) => medusaLoss(params, decoder, ids), heads);
    const shared = someHeads(2);
    await assertGradients((params) => medusaLoss(params, decoder, ids), shared);
    const parts = tf.tidy(() => headLosses(heads, decoder, ids));
    const all = medusaLoss(heads, decoder, ids, 0.5);
    const [a, b, sum] = await Promise.all([...parts, all].map(async (each) => (await each.data())[0]!));
    assert.ok(Math.abs(0.5 * a! + 0.25 * b! - sum!) < 1e-5);
    assert.throws(() => tf.tidy(() => medusaLoss(heads, decoder, ids.slice([0, 0], [2, 3]))), /too short for 2 heads/); // prettier-ignore
    tf.dispose([...parts, all, ids, own]);
    disposeTree([heads, shared, decoder.params]);
  });
});

compiledSuite("generate/medusa/train", () => {
  // A text with an order: each token is followed by one of two.
  const stream = Int32Array.from({ length: 600 }, (_, i) => (i * 3 + (i % 5 === 0 ? 1 : 0)) % V);
  const run = async (decoder: Decoder, seed: number) => {
    const state = startTraining(initMedusa({ heads: 2, dModel: C }), seed);
    const records: TrainRecord[] = [];
    const config = { state, decoder, stream, batch: 8, length: 12, steps: 40, schedule: 0.02, clip: 1 };
    for await (const record of trainMedusa(config)) records.push(record);
    const values = [...namedTensors(state.params).values()].map((each) => Array.from(each.dataSync()));
    disposeTraining(state);
    return { losses: records.map(({ loss }) => loss), values };
  };

  it("lowers the loss, and gives the same numbers for the same seed", async () => {
    const decoder = small();
    const first = await run(decoder, 1);
    const again = await run(decoder, 1);
    const other = await run(decoder, 2);
    assert.deepEqual(first, again);
    assert.notDeepEqual(first.losses, other.losses);
    const mean = (some: number[]) => some.reduce((a, b) => a + b) / some.length;
    assert.ok(mean(first.losses.slice(-5)) < 0.9 * mean(first.losses.slice(0, 5)), `${first.losses}`);
    disposeTree(decoder.params);
  });

  it("touches the heads only", async () => {
    const decoder = small();
    const values = () =>
      [...namedTensors(decoder.params).values()].map((each) => Array.from(each.dataSync()));
    const before = values();
    const { values: heads } = await run(decoder, 1);
    assert.deepEqual(values(), before);
    for (const each of heads)
      assert.ok(
        each.some((x) => x !== 0),
        "each of the heads' tensors has moved",
      );
    disposeTree(decoder.params);
  });
});
