import assert from "node:assert/strict";
import { assertNoLeaks, jit, makeRng, tf } from "../../src/engine";
import { cacheActivations, edited, meanAblation, patch, steer, zeroAblation } from "../../src/lens";
import type { Edit, ModelRun } from "../../src/lens";
import { gpt, initGpt } from "../../src/models";
import type { GptConfig, GptParams } from "../../src/models";
import { mapTensors, namedTensors } from "../../src/tree";
import { eachEngine } from "../helpers/engines";
import { assertSame, compiledSuite } from "../helpers/jitted";

const config: GptConfig = { vocabSize: 11, context: 8, dModel: 8, nLayer: 2, nHead: 2, order: "pre" };
const free = (params: GptParams): void => tf.dispose([...namedTensors(params).values()]);

/** Larger first weights: at 0.02 parts change the logits by less than rounding hides. */
function makeParams(): GptParams {
  const first = initGpt(config, makeRng(1));
  const larger = mapTensors(first, (tensor) => tensor.mul(8)) as GptParams;
  free(first);
  return larger;
}

eachEngine("reading and changing activations", () => {
  let params: GptParams;
  let ids: tf.Tensor;
  let other: tf.Tensor;
  let run: ModelRun;
  beforeEach(() => {
    params = makeParams();
    ids = tf.tensor2d([[1, 2, 3, 4, 1]], undefined, "int32");
    other = tf.tensor2d([[1, 2, 9, 4, 1]], undefined, "int32");
    run = (ctx) => gpt(params, config, ids, ctx);
  });
  afterEach(() => {
    free(params);
    tf.dispose([ids, other]);
  });

  const distance = async (a: tf.Tensor, b: tf.Tensor): Promise<number> => {
    const apart = tf.tidy(() => tf.max(tf.abs(a.sub(b))));
    const [value] = await apart.data();
    apart.dispose();
    return value!;
  };

  it("keeps what is asked for, leaves the result as it is, and frees the rest", async () => {
    const plain = tf.tidy(() => run({}));
    const { result, activations } = assertNoLeaks(() => cacheActivations(run, /attn\.(pattern|mixed)$/));
    assert.deepEqual(Object.keys(activations), [
      "blocks.0.attn.pattern",
      "blocks.0.attn.mixed",
      "blocks.1.attn.pattern",
      "blocks.1.attn.mixed",
    ]);
    assert.ok((await distance(plain, result)) < 1e-5);
    const sums = tf.tidy(() => tf.sum(activations["blocks.1.attn.pattern"]!, -1));
    assert.ok(Array.from(await sums.data()).every((sum) => Math.abs(sum - 1) < 1e-5));
    tf.dispose([plain, result, activations, sums]);
    const last = assertNoLeaks(() => cacheActivations(run, ["logits"]));
    assert.equal(await distance(last.result, last.activations["logits"]!), 0);
    tf.dispose([last.result, last.activations]);
  });

  it("a name that is not there is an error, not a silent nothing", () => {
    assert.throws(
      () => assertNoLeaks(() => cacheActivations(run, /attention/)),
      /no activation matches \/attention\//,
    );
    assert.throws(
      () => edited(run, [zeroAblation(["blocks.2.attn.mixed"])]),
      /blocks\.2\.attn\.mixed; the model shows/,
    );
    assert.throws(() => edited(run, [zeroAblation(/mixed$/, { heads: [2] })]), /has no head 2: there are 2/);
    assert.throws(() => edited(run, [zeroAblation(/mixed$/, { positions: [5] })]), /has no position 5/);
    assert.throws(() => edited(run, [zeroAblation(["embed"], { heads: [0] })]), /"embed" has no axis H or K/);
    assert.throws(() => edited(run, [patch({}, ["embed"])]), /patch: there is no "embed"/);
  });

  it("zeros: without its attention and feed-forward parts a model knows the last token only", async () => {
    const bare = assertNoLeaks(() => edited(run, [zeroAblation(/(attn|ffn)\.out$/)]));
    const swapped = edited((ctx) => gpt(params, config, other, ctx), [zeroAblation(/(attn|ffn)\.out$/)]);
    const same = tf.tidy(() =>
      bare
        .slice([0, 4, 0], [1, 1, 11])
        .sub(swapped.slice([0, 4, 0], [1, 1, 11]))
        .abs()
        .max(),
    );
    assert.ok((await same.data())[0]! < 1e-6, "place 4 reads the same token in both texts");
    assert.ok((await distance(bare, swapped)) > 1e-3, "place 2 does not");
    tf.dispose([bare, swapped, same]);
  });

  it("one head of two: only its half of `mixed` becomes zero", async () => {
    const seen = cacheActivations(
      (ctx) => edited(run, [zeroAblation(["blocks.0.attn.mixed"], { heads: [1] })], ctx),
      ["blocks.0.attn.mixed"],
    );
    const plain = cacheActivations(run, ["blocks.0.attn.mixed"]);
    const [cut, whole] = [seen, plain].map(({ activations }) => activations["blocks.0.attn.mixed"]!);
    const first = await Promise.all(
      [cut!, whole!].map((mixed) => {
        const half = mixed.slice([0, 0, 0, 0], [1, 1, 5, 4]);
        return half.data().finally(() => half.dispose());
      }),
    );
    assert.deepEqual(first[0], first[1]);
    const rest = cut!.slice([0, 1, 0, 0], [1, 1, 5, 4]);
    assert.ok((await rest.data()).every((value) => value === 0));
    assert.ok((await distance(seen.result, plain.result)) > 1e-4);
    tf.dispose([seen.result, seen.activations, plain.result, plain.activations, rest]);
  });

  it("patching all that differs gives the other run's logits; one place of it, less", async () => {
    const source = cacheActivations((ctx) => gpt(params, config, other, ctx), ["blocks.0.pre"]);
    const target = tf.tidy(() => run({}));
    const all = assertNoLeaks(() => edited(run, [patch(source.activations)]));
    assert.ok((await distance(all, source.result)) < 1e-5);
    const there = edited(run, [patch(source.activations, ["blocks.0.pre"], { positions: [2] })]);
    assert.ok((await distance(there, source.result)) < 1e-5, "the texts differ at place 2 only");
    const elsewhere = edited(run, [patch(source.activations, ["blocks.0.pre"], { positions: [0, 1, 3, 4] })]);
    assert.ok((await distance(elsewhere, target)) < 1e-5);
    const short = { "blocks.0.pre": tf.zeros([1, 4, 8]) };
    assert.throws(() => edited(run, [patch(short)]), /is \[1, 5, 8\] here, but \[1, 4, 8\]/);
    tf.dispose([source.result, source.activations, target, all, there, elsewhere, short]);
  });

  it("means: all places become alike, and stay so where they were", async () => {
    const edits: Edit[] = [meanAblation(["blocks.0.pre"])];
    const { result, activations } = cacheActivations((ctx) => edited(run, edits, ctx), ["blocks.0.pre"]);
    const before = cacheActivations(run, ["blocks.0.pre"]);
    const check = tf.tidy(() => {
      const mean = tf.mean(before.activations["blocks.0.pre"]!, [0, 1]);
      return activations["blocks.0.pre"]!.sub(mean).abs().max();
    });
    assert.ok((await check.data())[0]! < 1e-5);
    tf.dispose([result, activations, before.result, before.activations, check]);
  });

  it("steering by nothing changes nothing, by something it does; edits apply in their order", async () => {
    const plain = tf.tidy(() => run({}));
    const zero = tf.zeros([8]);
    const one = tf.ones([8]).mul(tf.linspace(0, 1, 8));
    const still = edited(run, [steer(["blocks.1.pre"], zero)]);
    const moved = edited(run, [steer(["blocks.1.pre"], one)]);
    const undone = edited(run, [zeroAblation(["blocks.1.pre"]), steer(["blocks.1.pre"], one)]);
    const zeroed = edited(run, [steer(["blocks.1.pre"], one), zeroAblation(["blocks.1.pre"])]);
    assert.ok((await distance(plain, still)) < 1e-6);
    assert.ok((await distance(plain, moved)) > 1e-3);
    assert.ok((await distance(undone, zeroed)) > 1e-3);
    tf.dispose([plain, zero, one, still, moved, undone, zeroed]);
  });
});

compiledSuite("lens in jit", () => {
  it("activations and edits are part of the program", () => {
    const params = makeParams();
    const ids = tf.tensor2d([[1, 2, 3, 4, 1]], undefined, "int32");
    const look = (
      given: GptParams,
      text: tf.Tensor,
    ): { result: tf.Tensor; activations: Record<string, tf.Tensor> } =>
      cacheActivations(
        (ctx) =>
          edited(
            (inner) => gpt(given, config, text, inner),
            [zeroAblation(/0\.attn\.mixed$/, { heads: [0] })],
            ctx,
          ),
        /pattern$/,
      );
    const compiled = jit(look);
    const [eager, fast] = [look(params, ids), compiled(params, ids)];
    assertSame(fast.result, eager.result, 1e-5, "logits");
    for (const [name, pattern] of Object.entries(eager.activations))
      assertSame(fast.activations[name]!, pattern, 1e-5, name);
    compiled.dispose();
    free(params);
    tf.dispose([ids, eager.result, eager.activations, fast.result, fast.activations]);
  });
});
