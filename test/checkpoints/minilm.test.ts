import assert from "node:assert/strict";
import { jit, tf } from "../../src/engine";
import type { LoadedBert } from "../../src/checkpoints";
import { bert, sentenceEmbedding } from "../../src/models";
import { encodePair } from "../../src/text";
import { loadMiniLMModel } from "../../src/text/node";
import { golden } from "../helpers/corpora";
import { realModel } from "../helpers/real-model";

interface Golden {
  readonly sentences: string[];
  readonly ids: number[][];
  readonly mask: number[][];
  readonly vectors: number[][];
}

/** The proof on a real encoder: what PyTorch's `transformers` computes (test/golden/minilm.py). */
describe("all-MiniLM-L6-v2", function () {
  this.timeout(300_000);
  const wanted = golden<Golden>("minilm");
  let model: LoadedBert;

  before(async function () {
    model = await realModel(this, (load) => load("minilm-l6-v2"));
  });
  after(() => model?.dispose());

  it("its tokenizer.json is the vocabulary of datasets/, and gives the ids of the reference", () => {
    assert.deepEqual(model.tokenizerModel, loadMiniLMModel());
    wanted.sentences.forEach((sentence, i) => {
      const length = wanted.mask[i]!.reduce((sum, bit) => sum + bit, 0);
      assert.deepEqual(encodePair(model.tokenizer!, sentence).ids, wanted.ids[i]!.slice(0, length), sentence);
    });
    assert.equal(model.special.padding, 0);
  });

  for (const mode of ["eager", "jit"] as const) {
    it(`vectors of sentences, ${mode}: within 1e-5 of PyTorch's`, async () => {
      const embed = (params: LoadedBert["params"], ids: tf.Tensor, mask: tf.Tensor): tf.Tensor =>
        sentenceEmbedding(bert(params, model.config, ids, {}, { mask }), mask);
      const compiled = mode === "jit" ? jit(embed) : undefined;
      const before = tf.memory().numTensors;
      const vectors = tf.tidy(() => {
        const ids = tf.tensor2d(wanted.ids, undefined, "int32");
        const mask = tf.tensor2d(wanted.mask, undefined, "bool");
        return (compiled ?? embed)(model.params, ids, mask);
      });
      const rows = (await vectors.array()) as number[][];
      vectors.dispose();
      compiled?.dispose();
      assert.equal(tf.memory().numTensors, before, "tensors are left");
      let most = 0;
      wanted.vectors.forEach((vector, i) =>
        vector.forEach((value, j) => (most = Math.max(most, Math.abs(value - rows[i]![j]!)))),
      );
      assert.ok(most < 1e-5, `the largest difference is ${most}`);
    });
  }
});
