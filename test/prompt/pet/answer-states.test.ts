import assert from "node:assert/strict";
import { makeRng, tf, useEngine } from "../../../src/engine";
import { initLlama, llama } from "../../../src/models";
import {
  answerStates,
  causalPatterns,
  causalPool,
  causalSettings,
  linearScores,
  wordRows,
} from "../../../src/prompt";
import { disposeTree } from "../../../src/tree";

const config = { vocabSize: 19, context: 16, dModel: 8, nLayer: 2, nHead: 2, dFfn: 12, tied: true };
const prompts = [[3, 1, 4, 1, 5], [9, 2], [6, 5, 3], [5, 8, 9, 7, 9, 3, 2]]; // prettier-ignore

describe("states of answers", () => {
  before(() => useEngine({}));

  it("times the rows of words they are the model's own scores, whatever a call is filled up to", async () => {
    const params = initLlama(config, makeRng(1));
    const tensors = tf.memory().numTensors;
    const states = await answerStates({ config, params }, prompts, { batch: 3, widths: [4, 8] });
    const rows = await wordRows({ config, params }, [[7], [2, 11]]); // prettier-ignore
    const scores = linearScores({ weight: rows, bias: [0, 0] }, states as Float32Array[]);
    for (const [n, prompt] of prompts.entries()) {
      const logits = tf.tidy(() => llama(params, config, tf.tensor2d([prompt], undefined, "int32"))); // [1, T, V]
      const last = ((await logits.array()) as number[][][])[0]!.at(-1)!;
      logits.dispose();
      const own = [last[7]!, (last[2]! + last[11]!) / 2];
      own.forEach((score, k) => assert.ok(Math.abs(score - scores[n]![k]!) < 1e-5, `prompt ${n}`));
    }
    assert.equal(tf.memory().numTensors, tensors, "no tensor is left behind");
    disposeTree(params);
  });

  it("end where they are told to, after a whole call", async () => {
    const params = initLlama(config, makeRng(1));
    const seen: number[] = [];
    const each = (index: number): boolean => seen.push(index) < 2;
    const states = await answerStates({ config, params }, prompts, { batch: 2, widths: [8], each });
    assert.deepEqual(seen, [1, 2]);
    assert.deepEqual(states.map((state) => state?.length), [undefined, 8, 8, undefined]); // prettier-ignore
    disposeTree(params);
  });

  it("refuse prompts that are empty or too long, and a head of its own", async () => {
    const params = initLlama(config, makeRng(1));
    const model = { config, params };
    await assert.rejects(answerStates(model, [[1], []]), /prompt 1 has 0 tokens/);
    await assert.rejects(answerStates(model, [[1, 2, 3]], { widths: [2] }), /prompt 0 has 3 tokens, 1 to 2/);
    await assert.rejects(answerStates({ params, config: { ...config, tied: false } }, [[1]]), /tied/);
    disposeTree(params);
  });
});

describe("the lab's patterns for a causal model", () => {
  it("have the mask last, so that they can be read from left to right, and different words for the labels", () => {
    assert.equal(new Set(causalPatterns.map(({ name }) => name)).size, causalPatterns.length);
    for (const { parts, verbalize } of causalPatterns) {
      assert.ok("mask" in parts({ text: "A film." }).at(-1)!);
      assert.notDeepEqual(verbalize("negative"), verbalize("positive"));
    }
  });

  it("the pool is a part of the rows, the same in each run, in no order of theirs", () => {
    const rows = Array.from({ length: 1000 }, (_, i) => i);
    const pool = causalPool(rows);
    assert.deepEqual(pool, causalPool(rows));
    assert.equal(new Set(pool).size, causalSettings.pool);
    assert.notDeepEqual(pool.slice(0, 5), [0, 1, 2, 3, 4]);
  });
});
