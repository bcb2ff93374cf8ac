import assert from "node:assert/strict";
import { assertNoLeaks, fork, jit, makeRng, tf } from "../../src/engine";
import { bertNames, fromTree } from "../../src/checkpoints";
import { bert, bertMlm, bertNsp, bertPooled, initBert, sentenceEmbedding } from "../../src/models";
import type { BertConfig, BertInput, BertParams } from "../../src/models";
import { crossEntropy } from "../../src/ops";
import { mapTensors, namedTensors } from "../../src/tree";
import { eachEngine, skipOnEmulatedCard } from "../helpers/engines";
import { assertGradients } from "../helpers/gradients";
import { assertClose, golden, tinyCheckpoint } from "../helpers/tiny";

interface Golden {
  readonly ids: number[][];
  readonly mask: number[][];
  readonly segments: number[][];
  readonly states: number[];
  readonly pooled: number[];
  readonly mlm: number[];
  readonly nsp: number[];
  readonly embedding: number[];
  readonly statesOfIdsAlone: number[];
}
const wanted = golden<{ bert: Golden }>("encoders").bert;

/** That of test/golden/tiny-bert. */
const config: BertConfig = { vocabSize: 40, context: 12, dModel: 16, nLayer: 2, nHead: 4, dFfn: 24 };
const small: BertConfig = { vocabSize: 11, context: 6, dModel: 8, nLayer: 2, nHead: 2, dFfn: 12 };

const ints = (rows: number[][]): tf.Tensor => tf.tensor2d(rows, undefined, "int32");
const bools = (rows: number[][]): tf.Tensor => tf.tensor2d(rows, undefined, "bool");
const given = (): Required<BertInput> => ({ segments: ints(wanted.segments), mask: bools(wanted.mask) });
const load = (): Promise<BertParams> => tinyCheckpoint<BertParams>("tiny-bert", bertNames(config));

eachEngine("BERT", (engine) => {
  const tolerance = engine === "webgpu" ? 1e-4 : 1e-5;

  it("a checkpoint of transformers: states, both heads, the pooled state and the sentence's vector", async () => {
    const params = await load();
    const ids = ints(wanted.ids);
    const input = given();
    const run = (p: BertParams, x: tf.Tensor, segments: tf.Tensor, mask: tf.Tensor): tf.Tensor[] => {
      const states = bert(p, config, x, {}, { segments, mask });
      const heads = [bertPooled(p, states), bertMlm(p, config, states), bertNsp(p, states)];
      return [states, ...heads, sentenceEmbedding(states, mask)];
    };
    const names = ["states", "pooled", "mlm", "nsp", "embedding"] as const;
    const compiled = jit(run, { name: "bert" });
    for (const f of [run, compiled]) {
      const results = f(params, ids, input.segments, input.mask);
      for (const [i, name] of names.entries()) await assertClose(results[i]!, wanted[name], tolerance, name);
    }
    compiled.dispose();
    await assertClose(bert(params, config, ids), wanted.statesOfIdsAlone, tolerance, "of ids alone");
  });

  it("our parameters under their names are the file again", async () => {
    const params = await load();
    const again = fromTree(params, bertNames(config));
    assert.equal(again["cls.predictions.bias"]!.size, 40);
    assert.deepEqual(again["bert.encoder.layer.1.intermediate.dense.weight"]!.shape, [24, 16]);
    assert.equal(Object.keys(again).length, namedTensors(params).size);
  });

  it("padding changes nothing, whatever stands there and however long it is", async () => {
    const params = initBert(small, makeRng(1));
    const text = [1, 5, 2, 9];
    const alone = bert(params, small, ints([text]));
    for (const padding of [[0], [0, 0], [7, 3]]) {
      const mask = bools([[1, 1, 1, 1, ...padding.map(() => 0)]]);
      const padded = bert(params, small, ints([[...text, ...padding]]), {}, { mask });
      await assertClose(padded.slice([0, 0, 0], [1, 4, 8]), alone, tolerance, "states");
      await assertClose(sentenceEmbedding(padded, mask), sentenceEmbedding(alone), tolerance, "the vector");
      const seen = bert(params, small, ints([[...text, ...padding]])).slice([0, 0, 0], [1, 4, 8]);
      assert.ok((await seen.sub(alone).abs().max().data())[0]! > 1e-4, "without the mask it does");
    }
    const none = sentenceEmbedding(alone, bools([[0, 0, 0, 0]]));
    assert.deepEqual(Array.from(await none.data()), new Array(8).fill(0));
  });

  it("every token looks both ways, and sentences A and B differ", async () => {
    const params = initBert(small, makeRng(1));
    const states = bert(params, small, ints([[1, 5, 2, 9]]));
    const other = bert(params, small, ints([[1, 5, 2, 8]]));
    const first = (x: tf.Tensor): tf.Tensor => x.slice([0, 0, 0], [1, 1, 8]);
    assert.ok(
      (await first(states).sub(first(other)).abs().max().data())[0]! > 1e-4,
      "the last changes the first",
    );
    const second = bert(params, small, ints([[1, 5, 2, 9]]), {}, { segments: ints([[0, 0, 1, 1]]) });
    assert.ok((await second.sub(states).abs().max().data())[0]! > 1e-4, "segments count");
  });

  it("gradients of every parameter, by both objectives together, equal differences", async function () {
    skipOnEmulatedCard(this, engine);
    const params = initBert(small, makeRng(1));
    const grown = mapTensors(params, (tensor, name) => (/norm|bias/.test(name) ? tensor : tensor.mul(10)));
    const segments = ints([[0, 0, 1, 1, 1]]);
    const mask = bools([[1, 1, 1, 1, 0]]);
    const loss = (p: BertParams): tf.Scalar => {
      const states = bert(p, small, ints([[1, 5, 2, 9, 0]]), {}, { segments, mask });
      const hidden = crossEntropy(bertMlm(p, small, states), ints([[-100, 4, -100, 7, -100]]));
      const next = crossEntropy(bertNsp(p, states), tf.tensor1d([1], "int32"));
      const vector = sentenceEmbedding(states, mask)
        .mul(tf.linspace(-1, 1, 8))
        .sum();
      return hidden.add(next).add(vector) as tf.Scalar;
    };
    await assertGradients(loss, grown as BertParams, {
      each: 1,
      tolerance: engine === "webgpu" ? 1e-2 : 3e-3,
    });
  });

  it("leaves no tensors, names what it shows, and drops by its key", async () => {
    const params = initBert(small, makeRng(1));
    const ids = ints([[1, 5, 2, 9]]);
    assertNoLeaks(() => tf.tidy(() => void bertNsp(params, bert(params, small, ids))));
    const seen: Record<string, string> = {};
    const ctx = { tap: (name: string, x: tf.Tensor) => ((seen[name] = x.shape.join()), x) };
    bertNsp(params, bert(params, small, ids, ctx), ctx);
    const parts = [
      "pre",
      "attn.q",
      "attn.scores",
      "attn.pattern",
      "norm1",
      "mid",
      "ffn.hidden",
      "norm2",
      "post",
    ];
    for (const name of [
      "embed",
      "segments",
      "positions",
      ...parts.map((part) => `blocks.1.${part}`),
      "pooled",
    ])
      assert.ok(name in seen, name);
    assert.equal(seen["blocks.0.attn.pattern"], "1,2,4,4");
    assert.equal(seen["blocks.0.post"], "1,4,8");
    const dropping = { ...small, rate: 0.3 };
    const run = async (step: number): Promise<number[]> =>
      Array.from(await bert(params, dropping, ids, { rng: fork(makeRng(5), step) }).data());
    assert.deepEqual(await run(1), await run(1));
    assert.notDeepEqual(await run(1), await run(2));
  });

  it("what does not fit is an error that says what, where and how much", () => {
    const params = initBert(small, makeRng(1));
    const ids = ints([[1, 5, 2, 9]]);
    const run = (input: BertInput): tf.Tensor => bert(params, small, ids, {}, input);
    assert.throws(() => bert(params, small, ints([[1, 11]])), /ids\[0, 1\] is 11, outside 0 to 10/);
    assert.throws(() => bert(params, small, ids.reshape([4])), /bert: ids must be \[B, T\], got \[4\]/);
    assert.throws(() => bert(params, small, ids.cast("float32")), /bert: ids must be int32, got float32/);
    assert.throws(
      () => bert(params, small, tf.zeros([1, 7], "int32")),
      /7 tokens are more than the context of 6/,
    );
    assert.throws(() => run({ segments: ints([[0, 0, 2, 0]]) }), /ids\[0, 2\] is 2, outside 0 to 1/);
    assert.throws(
      () => run({ segments: ints([[0, 0, 1]]) }),
      /bert: axis 1 of segments must be 4 \(axis 1 of ids\), got 3: \[1, 3\]/,
    );
    assert.throws(() => run({ mask: ints([[1, 1, 1, 1]]) }), /bert: mask must be bool, got int32/);
    assert.throws(
      () => run({ mask: tf.ones([2, 4], "bool") }),
      /bert: axis 0 of mask must be 1 \(axis 0 of ids\), got 2: \[2, 4\]/,
    );
    assert.throws(() => run({ mask: tf.ones([4], "bool") }), /bert: mask must be \[B, T\], got \[4\]/);
    const { tokens, positions, segments, norm, blocks } = params;
    const bare: BertParams = { tokens, positions, segments, norm, blocks };
    assert.throws(() => bertMlm(bare, small, bert(bare, small, ids)), /these parameters have no mlm/);
    assert.throws(() => bertNsp(bare, bert(bare, small, ids)), /these parameters have no nsp/);
  });
});
