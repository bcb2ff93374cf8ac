import assert from "node:assert/strict";
import { type EngineName, makeRng, tf } from "../../src/engine";
import { openReader } from "../../src/generate";
import { gpt, gptDecoder, initGpt, initLlama, llama, llamaDecoder } from "../../src/models";
import type { Decoder } from "../../src/models";
import { disposeTree } from "../../src/tree";
import { gptConfig, llamaConfig } from "../helpers/decoders";
import { eachEngine, skipOnEmulatedCard } from "../helpers/engines";

const ids = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4];

/** Cached scores equal those without a cache. */
function near(got: Float32Array, wanted: Float32Array): void {
  assert.equal(got.length, wanted.length);
  got.forEach((value, i) =>
    assert.ok(Math.abs(value - wanted[i]!) < 1e-5, `${i}: ${value}, wanted ${wanted[i]}`),
  );
}

interface Model {
  readonly decoder: Decoder;
  /** The scores after each token by the model itself, without a cache. */
  readonly whole: (text: readonly number[]) => Promise<Float32Array[]>;
}

function models(engine: EngineName): Model[] {
  const whole = (run: (x: tf.Tensor) => tf.Tensor) => async (text: readonly number[]) => {
    const logits = tf.tidy(() => run(tf.tensor2d([...text], [1, text.length], "int32")));
    const values = (await logits.data()) as Float32Array;
    logits.dispose();
    return text.map((_, t) => values.slice(t * 23, t * 23 + 23));
  };
  const grouped = initLlama(llamaConfig, makeRng(2)); // several heads of queries to one of keys
  const second = {
    decoder: llamaDecoder(grouped, llamaConfig) as Decoder,
    whole: whole((x) => llama(grouped, llamaConfig, x)),
  };
  if (engine === "webgpu") return [second]; // a software card takes a second a step
  const small = initGpt(gptConfig, makeRng(1));
  const first = {
    decoder: gptDecoder(small, gptConfig) as Decoder,
    whole: whole((x) => gpt(small, gptConfig, x)),
  };
  return [first, second];
}

eachEngine("generate/reader", (engine) => {
  it("gives the scores of the whole model, token by token, after a prompt and after going back", async () => {
    for (const { decoder, whole } of models(engine)) {
      const expected = await whole(ids);
      const reader = openReader(decoder, { size: 30, widths: [1, 4, 8] });
      const [prompt] = await reader.read([ids.slice(0, 11)], true);
      prompt!.forEach((scores, t) => near(scores, expected[t]!));
      for (let t = 11; t < 14; t++) near((await reader.read([[ids[t]!]]))[0]![0]!, expected[t]!);
      await reader.read([[7, 7, 7]]);
      reader.rewind(14);
      const [rest] = await reader.read([ids.slice(14)], true);
      rest!.forEach((scores, t) => near(scores, expected[14 + t]!));
      assert.equal(reader.length, ids.length);
      reader.dispose();
      disposeTree(decoder.params);
    }
  });

  it("fills a context that is no multiple of its widths to the last place", async () => {
    for (const { decoder, whole } of models(engine)) {
      const text = Array.from({ length: 40 }, (_, i) => (7 * i) % 23);
      const expected = await whole(text);
      const reader = openReader(decoder, { widths: [1, 16, 64] });
      near((await reader.read([text.slice(0, 35)]))[0]![0]!, expected[34]!);
      near((await reader.read([text.slice(35)]))[0]![0]!, expected[39]!);
      await assert.rejects(reader.read([[1]]), /room for 40/);
      reader.dispose();
      disposeTree(decoder.params);
    }
  });

  it("reads prompts of different lengths side by side as each alone, and rows as others went on", async function () {
    skipOnEmulatedCard(this, engine);
    for (const { decoder, whole } of models(engine)) {
      const reader = openReader(decoder, { batch: 3, size: 20, widths: [1, 8] });
      const texts = [ids.slice(0, 9), ids.slice(4, 7), ids.slice(6, 12)];
      const after = await reader.read(texts, true);
      for (const [row, text] of texts.entries()) {
        const expected = await whole(text);
        assert.equal(after[row]!.length, text.length);
        after[row]!.forEach((scores, t) => near(scores, expected[t]!));
      }
      reader.reorder([2, 2, 1]);
      const next = await reader.read([[1], [2], [3]]);
      for (const [row, text] of [
        [...texts[2]!, 1],
        [...texts[2]!, 2],
        [...texts[1]!, 3],
      ].entries())
        near(next[row]![0]!, (await whole(text)).at(-1)!);
      reader.dispose();
      disposeTree(decoder.params);
    }
  });
});
