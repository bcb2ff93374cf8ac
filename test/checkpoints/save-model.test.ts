import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRng, tf, useEngine } from "../../src/engine";
import { loadModel, saveModel } from "../../src/checkpoints";
import type { LoadedModel, ModelToSave } from "../../src/checkpoints";
import {
  bart,
  bert,
  bertMlm,
  gpt,
  initBart,
  initBert,
  initGpt,
  initLlama,
  initT5,
  llama,
  t5,
} from "../../src/models";
import type { BartConfig, BertConfig, GptConfig, LlamaConfig, T5Config } from "../../src/models";
import { mapTensors, namedTensors } from "../../src/tree";
import { skipLoudly } from "../helpers/skip";
import { assertClose } from "../helpers/tiny";

const root = join(__dirname, "..", "..");
const tiny = (name: string): string => join(root, "test", "golden", `tiny-${name}`);
const names = ["gpt2", "llama", "llama-tied", "falcon", "bert", "t5", "t5-v1_1", "bart"];

/** Ids of test/golden/_load_saved.py. */
const ids = (): tf.Tensor => tf.tensor2d([[2, 7, 5, 9, 8, 1, 3]], undefined, "int32");
const targets = (): tf.Tensor => tf.tensor2d([[0, 9, 4]], undefined, "int32");

/** Our own models, and what they compute. */
interface Own {
  readonly family: string;
  save(folder: string): Promise<void>;
  logits(): tf.Tensor;
  readonly params: unknown;
}

function ownModels(): Own[] {
  const rng = makeRng(5);
  const size = { vocabSize: 40, context: 16, dModel: 16, nLayer: 2, nHead: 4 };
  const gptConfig: GptConfig = { ...size, order: "pre", dFfn: 24, activation: "gelu", epsilon: 1e-4 };
  const llamaConfig: LlamaConfig = {
    ...size,
    nKvHead: 2,
    dFfn: 24,
    ropeTheta: 700,
    epsilon: 1e-4,
    tied: false,
  };
  const falconConfig: LlamaConfig = { ...llamaConfig, nKvHead: 1, tied: true, normKind: "layer", activation: "gelu", parallel: true }; // prettier-ignore
  const bertConfig: BertConfig = { ...size, dFfn: 24, epsilon: 1e-6 };
  const t5Config: T5Config = { vocabSize: 40, dModel: 16, nLayer: 1, nDecoderLayer: 2, nHead: 4, headDim: 6, dFfn: 24, activation: "relu", tied: true, buckets: 8, maxDistance: 9 }; // prettier-ignore
  const t5v11: T5Config = { ...t5Config, activation: "gegluTanh", tied: false };
  const bartConfig: BartConfig = {
    ...size,
    nLayer: 1,
    nDecoderLayer: 2,
    dFfn: 24,
    dDecoderFfn: 20,
    nDecoderHead: 2,
  };
  const own = <P extends object>(
    family: ModelToSave<"gpt2">["family"] | "llama" | "falcon" | "bert" | "t5" | "bart",
    config: object,
    first: P,
    run: (params: P) => tf.Tensor,
  ): Own => {
    // Gains of 1, biases of 0 and small weights would hide mistakes; those of T5 are large from the first.
    const params = tf.tidy(() => mapTensors(first, (x, name) => /gain|bias/.test(name) ? x.add(tf.randomNormal(x.shape, 0, 0.3, "float32", name.length)) : x.mul(family === "t5" ? 1 : 5))) as unknown as P; // prettier-ignore
    tf.dispose([...namedTensors(first).values()]);
    const save = (folder: string): Promise<void> =>
      saveModel(folder, { family, config, params } as unknown as ModelToSave<"gpt2">);
    return { family, params, save, logits: () => tf.tidy(() => run(params)) };
  };
  return [
    own("gpt2", gptConfig, initGpt(gptConfig, rng), (p) => gpt(p, gptConfig, ids())),
    own("llama", llamaConfig, initLlama(llamaConfig, rng), (p) => llama(p, llamaConfig, ids())),
    own("falcon", falconConfig, initLlama(falconConfig, rng), (p) => llama(p, falconConfig, ids())),
    own("bert", bertConfig, initBert(bertConfig, rng), (p) =>
      bertMlm(p, bertConfig, bert(p, bertConfig, ids())),
    ),
    own("t5", t5Config, initT5(t5Config, rng), (p) => t5(p, t5Config, ids(), targets())),
    own("t5", t5v11, initT5(t5v11, rng), (p) => t5(p, t5v11, ids(), targets())),
    own("bart", bartConfig, initBart(bartConfig, rng), (p) => bart(p, bartConfig, ids(), targets())),
  ];
}

describe("saveModel", function () {
  this.timeout(300_000);
  let folder: string;
  before(() => useEngine({ engine: "tensorflow" }).catch(() => useEngine({ engine: "cpu" })));
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "lab-save-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const name of names) {
    it(`${name}: what transformers saved and we loaded is saved byte for byte as transformers did`, async () => {
      const before = tf.memory().numTensors;
      const model = await loadModel(tiny(name));
      await saveModel(folder, model as ModelToSave<"gpt2">);
      const [ours, theirs] = [folder, tiny(name)].map((each) =>
        readFileSync(join(each, "model.safetensors")),
      );
      assert.ok(ours!.equals(theirs!), "model.safetensors differs");
      const again = await loadModel(folder);
      assert.deepEqual(again.config, model.config);
      assert.equal(again.family, model.family);
      model.dispose();
      again.dispose();
      assert.equal(tf.memory().numTensors, before, "tensors are left");
    });
  }

  it("shards and their index read as the one file does; a later save in one file takes their place", async () => {
    const model = await loadModel(tiny("llama"));
    await saveModel(folder, model as ModelToSave<"llama">, { shardBytes: 20_000 });
    const files = readdirSync(folder).sort();
    assert.deepEqual(files.slice(0, 2), ["config.json", "model-00001-of-00004.safetensors"]);
    assert.equal(files.at(-1), "model.safetensors.index.json");
    await sameParams(await loadModel(folder), model);
    await saveModel(folder, model as ModelToSave<"llama">);
    assert.ok(!existsSync(join(folder, "model.safetensors.index.json")));
    await sameParams(await loadModel(folder), model);
    model.dispose();
  });

  it("in half the bytes, and with a tokenizer.json beside", async () => {
    const model = await loadModel(tiny("gpt2"));
    await saveModel(folder, model as ModelToSave<"gpt2">, { dtype: "BF16", tokenizerJson: "{}" });
    const again = await loadModel(folder);
    const [a, b] = [again, model].map((each) => namedTensors(each.params).get("tokens")!);
    await assertClose(a!, b!, 4e-3, "tokens");
    assert.equal(readFileSync(join(folder, "tokenizer.json"), "utf8"), "{}");
    assert.match(again.notes.join(), /tokenizer\.json: model\.type is missing/);
    model.dispose();
    again.dispose();
  });

  it("a parameter too many, one missing, another shape: errors that name it, and nothing is written", async () => {
    const model = await loadModel(tiny("gpt2"));
    const params = model.params as object;
    const save = (change: object): Promise<void> =>
      saveModel(folder, { ...model, params: { ...params, ...change } } as ModelToSave<"gpt2">);
    const wrong = tf.zeros([3, 3]);
    await assert.rejects(save({ extra: wrong }), /parameter "extra" has no name there/);
    await assert.rejects(save({ norm: { gain: wrong } }), /"norm.gain" has shape \[3, 3\], expected \[16\]/);
    await assert.rejects(save({ norm: {} }), /the parameter "norm.gain" is missing/);
    assert.deepEqual(readdirSync(folder), []);
    const config = { ...model.config, order: "post" };
    await assert.rejects(
      saveModel(folder, { ...model, config } as ModelToSave<"gpt2">),
      /norms before each part/,
    );
    wrong.dispose();
    model.dispose();
  });

  it("Python's transformers loads our own models, whole, and computes what we do", async function () {
    const python = join(
      root,
      ".lab",
      "reference-venv",
      process.platform === "win32" ? "Scripts/python.exe" : "bin/python",
    );
    if (!existsSync(python))
      skipLoudly(this, "needs PyTorch and transformers: node test/golden/make.mjs decoders");
    const models = ownModels();
    const folders = models.map(({ family }, i) => join(folder, `${i}-${family}`));
    for (const [i, model] of models.entries()) await model.save(folders[i]!);
    const script = join(root, "test", "golden", "_load_saved.py");
    const stdio = ["ignore", "pipe", "pipe"] as ["ignore", "pipe", "pipe"];
    const said = execFileSync(python, [script, ...folders], { encoding: "utf8", stdio, maxBuffer: 2 ** 24 });
    const results = JSON.parse(said) as {
      logits: number[];
      faults: Record<string, string[]>;
      class: string;
    }[];
    for (const [i, model] of models.entries()) {
      const { logits, faults } = results[i]!;
      assert.deepEqual(faults, { missing_keys: [], unexpected_keys: [], mismatched_keys: [] }, model.family);
      const ours = model.logits();
      await assertClose(ours, logits, 2e-5, model.family);
      tf.dispose([ours, ...namedTensors(model.params).values()]);
    }
  });
});

async function sameParams(got: LoadedModel, wanted: LoadedModel): Promise<void> {
  const theirs = namedTensors(wanted.params);
  for (const [name, tensor] of namedTensors(got.params))
    assert.deepEqual(await tensor.data(), await theirs.get(name)!.data(), name);
  got.dispose();
}
