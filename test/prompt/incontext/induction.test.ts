import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng, tf, useEngine } from "../../../src/engine";
import {
  attentionOnly,
  initAttentionOnly,
  inductionRun,
  repeatedBatch,
  repeatedSegments,
  repeatHeads,
  repeatLosses,
} from "../../../src/prompt";
import type { AttentionOnlyParams } from "../../../src/prompt";
import { crossEntropy } from "../../../src/ops";
import { disposeTraining } from "../../../src/train";
import { disposeTree, mapTensors } from "../../../src/tree";
import { assertGradients } from "../../helpers/gradients";

const config = { vocabSize: 9, context: 12, dModel: 8, nLayer: 2, nHead: 2 };
const options = { count: 4, length: 12, vocabSize: 9, shortest: 3, longest: 5 };

describe("induction heads", () => {
  let tensors = 0;
  before(async () => void (await useEngine({ engine: "cpu" })));
  beforeEach(() => void (tensors = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, tensors, "tensors are left"));

  it("rows repeat a segment of different tokens, of lengths that differ", () => {
    const rows = repeatedSegments(makeRng(1), { ...options, count: 40 });
    for (const { ids, period } of rows) {
      assert.equal(ids.length, 12);
      assert.equal(new Set(ids.slice(0, period)).size, period);
      ids.forEach((id, t) => assert.equal(id, ids[t % period]));
    }
    assert.deepEqual([...new Set(rows.map(({ period }) => period))].sort(), [3, 4, 5]);
    const { inputs, labels } = repeatedBatch([{ ids: [4, 5, 4, 5], period: 2 }]);
    assert.deepEqual([[...inputs.data], [...labels.data]], [[4, 5, 4], [5, 4, 5]]); // prettier-ignore
  });

  it("segments that cannot be are refused", () => {
    for (const wrong of [{ longest: 12 }, { shortest: 6 }, { vocabSize: 4 }, { shortest: 0 }])
      assert.throws(
        () => repeatedSegments(makeRng(1), { ...options, ...wrong }),
        /must be shorter than the row/,
      );
  });

  it("no place sees a later one; a longer text is refused; all is differentiated", async () => {
    const params = initAttentionOnly(config, makeRng(1));
    const ids = tf.tensor2d([[1, 2, 3, 4], [1, 2, 3, 8]], [2, 4], "int32"); // prettier-ignore
    const logits = tf.tidy(() => attentionOnly(params, config, ids));
    const [a, b] = (await logits.array()) as number[][][];
    assert.deepEqual(a!.slice(0, 3), b!.slice(0, 3));
    assert.notDeepEqual(a![3], b![3]);
    await assertGradients((p) => crossEntropy(attentionOnly(p, config, ids), ids), params, {
      each: 1,
      tolerance: 5e-3,
    });
    const long = tf.zeros([1, 13], "int32");
    assert.throws(() => attentionOnly(params, config, long), /13 tokens are more than the context of 12/);
    tf.dispose([ids, logits, long]);
    disposeTree(params);
  });

  it("losses by hand: a model that knows nothing has ln V everywhere", async () => {
    const rows = repeatedSegments(makeRng(2), options);
    const params = zeros();
    const { first, again, byPlace } = await repeatLosses(params, config, rows);
    for (const loss of [first, again, ...byPlace]) assert.ok(Math.abs(loss - Math.log(9)) < 1e-5);
    assert.equal(byPlace.length, 11);
    disposeTree(params);
  });

  it("first and again are apart: a model that always says token 0", async () => {
    // The segment is 0 1 2. Its first token stands at no place as a label, then at 3 (where the row begins again: not
    // judged) and at 6; in `again` one label of three (4 .. 8 but 6) is token 0.
    const params = zeros();
    // The last norm gives (1, 0, ...) whatever comes, and the head 50 for token 0.
    const one = (shape: number[], value: number) =>
      tf.tensor(
        Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => (i === 0 ? value : 0)),
        shape,
      );
    const sure = mapTensors(params, (leaf, name) =>
      name === "norm.bias" ? one([8], 1) : name === "head.weight" ? one([8, 9], 50) : leaf.clone(),
    ) as AttentionOnlyParams;
    const { first, again } = await repeatLosses(sure, config, [
      { ids: [0, 1, 2, 0, 1, 2, 0, 1, 2], period: 3 },
    ]);
    assert.ok(Math.abs(first - 50) < 1e-3, `${first}`);
    assert.ok(Math.abs(again - (4 * 50) / 5) < 1e-3, `${again}`);
    disposeTree([params, sure]);
  });

  it("heads are scored: one that looks everywhere alike takes its share", async () => {
    const params = zeros();
    const heads = await repeatHeads(params, config, [{ ids: [1, 2, 1, 2], period: 2 }]);
    assert.equal(heads.length, 4);
    // Place t looks at t + 1 places. Targets of induction: place 1 for 2, place 2 (the 1 after 2) for 3.
    const [head] = heads;
    assert.ok(Math.abs(head!.induction - (1 / 3 + 1 / 4) / 2) < 1e-6, `${head!.induction}`);
    assert.ok(Math.abs(head!.previous - (1 / 2 + 1 / 3 + 1 / 4) / 3) < 1e-6, `${head!.previous}`);
    disposeTree(params);
  });

  it("a run tells of losses and heads at its turns, and is the same again", async () => {
    const course = async () => {
      const {
        state,
        config: own,
        records,
      } = inductionRun({ nLayer: 1, steps: 2, batch: 2, every: 1, judged: 2, seed: 3 });
      const all = [];
      for await (const record of records) all.push(record);
      disposeTraining(state);
      return { all, own };
    };
    const { all, own } = await course();
    assert.deepEqual(all.map(({ step, heads }) => [step, heads.length]), [[1, 4], [2, 4]]); // prettier-ignore
    assert.deepEqual([own.nLayer, own.context, own.vocabSize], [1, 48, 48]);
    assert.ok(Math.abs(all[0]!.losses.first - Math.log(48)) < 1.5);
    assert.deepEqual((await course()).all, all);
  });

  it("segments: any options that fit give rows of that length", () => {
    fc.assert(
      fc.property(fc.nat(500), fc.integer({ min: 1, max: 6 }), fc.nat(3), (seed, shortest, more) => {
        const [row] = repeatedSegments(makeRng(seed), { count: 1, length: 11, vocabSize: 9, shortest, longest: shortest + more }); // prettier-ignore
        return row!.period >= shortest && row!.period <= shortest + more && row!.ids.length === 11;
      }),
      { numRuns: 50 },
    );
  });

  /** All weights 0: every head looks everywhere alike, all tokens are as likely. */
  function zeros(): AttentionOnlyParams {
    const params = initAttentionOnly(config, makeRng(1));
    const none = mapTensors(params, (leaf, name) =>
      name.endsWith("gain") ? leaf.clone() : tf.zerosLike(leaf),
    );
    disposeTree(params);
    return none as AttentionOnlyParams;
  }
});
