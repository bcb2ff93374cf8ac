import assert from "node:assert/strict";
import { makeRng, tf } from "../../src/engine";
import type { LoadedLlama } from "../../src/checkpoints";
import {
  cacheActivations,
  edited,
  headScores,
  kindOfActivation,
  repeatedTokens,
  zeroAblation,
} from "../../src/lens";
import type { HeadScores } from "../../src/lens";
import { crossEntropy } from "../../src/ops";
import { realModel } from "../helpers/real-model";

/** On a trained model the scores must find what is known to be there: a circuit that copies (Olsson 2022). */
describe("heads of SmolLM2", function () {
  this.timeout(300_000);
  const half = 20;
  let model: LoadedLlama;
  let ids: tf.Tensor;
  let scores: HeadScores[];
  let plain: number;

  before(async function () {
    model = await realModel(this, (load) => load("smollm2-135m-instruct"));
    const special = Array.from({ length: 17 }, (_, i) => i);
    const { vocabSize } = model.config;
    ids = repeatedTokens(makeRng(1), { batch: 1, length: half, vocabSize, first: 1, without: special });
    const { result, activations } = cacheActivations((ctx) => model.run(ids, ctx), /pattern$/);
    assert.ok(Object.keys(activations).every((name) => kindOfActivation(name)?.shape === "BHTS"));
    scores = await headScores(activations, ids);
    plain = await secondHalf(result);
    tf.dispose(activations);
  });
  after(() => {
    ids?.dispose();
    model?.dispose();
  });

  /** Loss on the tokens that come again, in nats; frees the logits. */
  async function secondHalf(logits: tf.Tensor): Promise<number> {
    const loss = tf.tidy(() => {
      const [from, to] = [half + 1, 2 * half];
      const rows = logits.slice([0, from, 0], [-1, to - from, -1]);
      return crossEntropy(rows, ids.slice([0, from + 1], [-1, to - from]));
    });
    const [value] = await loss.data();
    tf.dispose([logits, loss]);
    return value!;
  }
  const best = (key: "previous" | "duplicate" | "induction"): HeadScores =>
    scores.reduce((a, b) => (b[key] > a[key] ? b : a));
  const without = ({ attention, head }: HeadScores): Promise<number> =>
    secondHalf(
      edited((ctx) => model.run(ids, ctx), [zeroAblation([`${attention}.mixed`], { heads: [head] })]),
    );

  it("has previous-token, duplicate-token and induction heads, and most heads are none", () => {
    assert.equal(scores.length, 270);
    assert.ok(best("previous").previous > 0.7);
    assert.ok(best("duplicate").duplicate > 0.5);
    assert.ok(best("induction").induction > 0.7);
    assert.ok(scores.filter(({ induction }) => induction > 0.3).length < 30);
  });

  it("copies far better than chance, worse without its induction or its previous-token head, not without another", async () => {
    assert.ok(plain < 7, `${plain} nats; chance is ${Math.log(model.config.vocabSize)}`);
    const induction = await without(best("induction"));
    const previous = await without(best("previous"));
    const dull = scores.find(
      ({ attention, induction: score }) => attention === "blocks.13.attn" && score < 0.05,
    )!;
    const other = await without(dull);
    assert.ok(induction > plain + 0.5, `without the induction head ${induction}, with it ${plain}`);
    assert.ok(previous > plain + 1, `without the previous-token head ${previous}, with it ${plain}`);
    assert.ok(Math.abs(other - plain) < 0.5, `without another head ${other}, with it ${plain}`);
  });
});
