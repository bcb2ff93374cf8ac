import assert from "node:assert/strict";
import { tf } from "../../src/engine";
import {
  dequantize,
  keepsBlocks,
  type LoadedLlama,
  loadModel,
  packLoaded,
  readableTypes,
  splitBlocks,
} from "../../src/checkpoints";
import { openReader } from "../../src/generate";
import { llamaDecoder } from "../../src/models";
import { isPacked, packedKind, type Weight } from "../../src/ops";
import { bytesOf, countParams } from "../../src/tree";
import { realModel } from "../helpers/real-model";

describe("blocks of GGUF files as they are", () => {
  const types = ["Q8_0", "Q4_0", "Q4_1"] as const;

  it("numbers and scales give the weights of the reference", () => {
    assert.deepEqual(readableTypes.filter(keepsBlocks), types);
    for (const type of types) {
      const bytes = { Q8_0: 34, Q4_0: 18, Q4_1: 20 }[type];
      const raw = Uint8Array.from({ length: 50 * bytes }, (_, i) => (i * 197 + (i >> 3) * 31) & 255);
      // Scales of a moderate size: bit 14 is the highest of the exponent.
      for (let block = 0; block < 50; block++)
        for (const at of type === "Q4_1" ? [1, 3] : [1]) raw[block * bytes + at]! &= 0xbf;
      const wanted = dequantize(type, raw);
      const { numbers, scale, least } = splitBlocks(type, raw);
      const got = Float32Array.from(numbers, (n, i) => n * scale[i >> 5]! + (least?.[i >> 5] ?? 0));
      assert.deepEqual(
        got.map((w) => w + 0),
        wanted.map((w) => w + 0),
        type,
      ); // -0 is 0
    }
  });
});

describe("SmolLM2 with the weights of its file", function () {
  this.timeout(600_000);
  const prompt = [1, 9690, 198, 2683, 359, 253, 5356, 5646];
  const load = (weights: "f32" | "file") => loadModel("smollm2-135m-instruct", { weights });

  /** Six of its thirty layers: their programs are compiled in a fifth of the time. */
  async function scores(model: LoadedLlama<Weight>): Promise<Float32Array[]> {
    const { params, config } = model;
    const blocks = params.blocks.slice(0, 6);
    const decoder = llamaDecoder({ ...params, blocks }, { ...config, nLayer: blocks.length });
    const reader = openReader(decoder, { size: 16, widths: [1, 8] });
    const [many] = (await reader.read([prompt])) as [Float32Array[]];
    const [one] = (await reader.read([[284]])) as [Float32Array[]];
    reader.dispose();
    return [many[0]!, one[0]!];
  }

  it("has its logits, after many tokens at once and after one, in a fifth of the memory", async function () {
    const plain = await realModel(this, () => load("f32"));
    const wanted = await scores(plain as LoadedLlama);
    const bytes = bytesOf(plain.params);
    assert.equal(countParams(plain.params), 134_515_008);
    plain.dispose();

    const before = tf.memory().numTensors;
    const packed = await load("file");
    const { tokens, blocks } = packed.params;
    assert.ok(isPacked(tokens) && isPacked(blocks[0]!.attn.q.weight));
    assert.deepEqual(
      [tokens, blocks[0]!.attn.q.weight].map((w) => packedKind(w as never)),
      ["int8", "int4"],
    );
    assert.equal(countParams(packed.params), 134_515_008);
    assert.ok(bytesOf(packed.params) < bytes / 4.7, `${bytesOf(packed.params)} of ${bytes}`);
    const got = await scores(packed as LoadedLlama<Weight>);
    got.forEach((logits, i) => {
      const worst = logits.reduce((most, logit, id) => Math.max(most, Math.abs(logit - wanted[i]![id]!)), 0);
      assert.ok(worst < 1e-3, `logits ${i} are off by ${worst}`);
    });
    packed.dispose();
    assert.equal(tf.memory().numTensors, before, "tensors are left");
  });
});

describe("packing a model while it is loaded", () => {
  it("a model that does not write, and a file without blocks, are refused with a cure", async () => {
    await assert.rejects(
      packLoaded({ family: "t5", source: "somewhere", dispose: () => undefined } as never, "int8"),
      /somewhere: weights of the family t5 cannot be packed. Cure: weights: "f32"/,
    );
  });
});
