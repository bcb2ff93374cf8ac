import assert from "node:assert/strict";
import { makeRng, tf } from "../../src/engine";
import { cacheActivations, logitContributions } from "../../src/lens";
import type { ModelRun, ReadOut } from "../../src/lens";
import { gpt, initGpt, initLlama, llama } from "../../src/models";
import { mapTensors, namedTensors } from "../../src/tree";
import { eachEngine } from "../helpers/engines";

const size = { vocabSize: 11, context: 8, dModel: 8, nLayer: 2, nHead: 2 };
const position = 3;

/** Numbers of a size that counts, norms and biases included. */
function larger<P extends object>(params: P): P {
  const made = mapTensors(params, (tensor, name) =>
    tensor.mul(name.endsWith("weight") ? 8 : 1).add(0.1),
  ) as unknown as P;
  tf.dispose([...namedTensors(params).values()]);
  return made;
}

eachEngine("logit attribution", () => {
  const models: Record<string, () => { params: object; run: ModelRun; readOut: ReadOut; ids: tf.Tensor }> = {
    "GPT-2, LayerNorm"() {
      const config = { ...size, order: "pre" } as const;
      const params = larger(initGpt(config, makeRng(1)));
      const ids = tf.tensor2d([[1, 2, 3, 4, 1]], undefined, "int32");
      const direction = tf.tidy(() => params.tokens.slice([7, 0], [1, 8]).reshape([8]));
      return {
        params,
        ids,
        run: (ctx) => gpt(params, config, ids, ctx),
        readOut: { norm: params.norm!, direction, position },
      };
    },
    "LLaMA, RMSNorm"() {
      const config = { ...size, dFfn: 12, tied: false };
      const params = larger(initLlama(config, makeRng(1)));
      const ids = tf.tensor2d([[1, 2, 3, 4, 1]], undefined, "int32");
      const direction = tf.tidy(() => params.head!.weight.slice([0, 7], [8, 1]).reshape([8]));
      return {
        params,
        ids,
        run: (ctx) => llama(params, config, ids, ctx),
        readOut: { norm: params.norm, direction, position },
      };
    },
  };

  for (const [name, make] of Object.entries(models)) {
    it(`${name}: the parts add up to the logit`, async () => {
      const { params, run, readOut, ids } = make();
      const { result, activations } = cacheActivations(run);
      const before = tf.memory().numTensors;
      const parts = await logitContributions(activations, readOut);
      assert.equal(tf.memory().numTensors, before);
      const logits = (await result.array()) as number[][][];
      const sum = parts.reduce((total, { value }) => total + value, 0);
      const wanted = logits[0]![position]![7]!;
      assert.ok(
        Math.abs(sum - wanted) < 1e-4 * Math.max(1, Math.abs(wanted)),
        `${sum}, the logit is ${wanted}`,
      );
      assert.ok(parts.filter(({ value }) => Math.abs(value) > 1e-3).length >= 4, "several parts count");
      const { embed, ...rest } = activations;
      await assert.rejects(logitContributions(rest, readOut), /the activations lack embed/);
      const { ["blocks.0.ffn.out"]: feed, ...other } = activations;
      await assert.rejects(logitContributions(other, readOut), /lack blocks\.0\.ffn\.out/);
      await assert.rejects(
        logitContributions(activations, { ...readOut, position: 5 }),
        /no place 5 among 5/,
      );
      tf.dispose([
        embed!,
        feed!,
        result,
        activations,
        readOut.direction,
        ids,
        ...namedTensors(params).values(),
      ]);
    });
  }
});
