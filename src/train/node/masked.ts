/**
 * A published encoder becomes a masked language model of a domain: its lower blocks and its table of tokens stay, a new head
 * and the last blocks learn. What is saved is what has changed, a few MB, and goes on top of the published weights.
 *
 * MiniLM's sentence encoder came without the head that its pretraining had. The new one (BERT's, tied to the table of
 * tokens) begins with the logarithms of the tokens' shares as its bias, so that the first steps are not lost on which words
 * are frequent; a departure from BERT, which begins with zeros.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fork, makeRng, type Rng, tf } from "../../engine";
import { loadModel, writeSafetensors } from "../../checkpoints";
import type { SafetensorsOptions } from "../../checkpoints";
import { drawRows, maskedBatch, type MaskedBatch, textRows } from "../../data";
import { domainTexts } from "../../data/node";
import { bert, bertMlm } from "../../models";
import type { BertBlock, BertConfig, BertMlmHead, BertParams } from "../../models";
import { initDense, initNorm } from "../../nn";
import { crossEntropy, embed } from "../../ops";
import type { Tokenizer } from "../../text";
import { modelFolder } from "../../text/node/place";
import { disposeTree, mapTensors, namedTensors } from "../../tree";
import { maskedModelSchema, type MaskedRecipe, parseJson } from "../recipe";
import { writeWhole } from "../../text/node/files";
import type { RecipeTask } from "./task";
import { readTreeFile } from "./tree";

/** What is trained: a head, and the last blocks. */
export interface MaskedParams {
  readonly mlm: BertMlmHead;
  readonly blocks: readonly BertBlock[];
}

/** A masked language model that a recipe trained, ready to be used. */
export interface LoadedMasked {
  readonly config: BertConfig;
  readonly params: BertParams;
  readonly tokenizer: Tokenizer;
  /** The id of [MASK]. */
  readonly mask: number;
  /** Frees the parameters. */
  dispose(): void;
}

interface Base {
  readonly config: BertConfig;
  readonly params: BertParams;
  readonly tokenizer: Tokenizer;
  readonly special: {
    readonly cls: number;
    readonly sep: number;
    readonly mask: number;
    readonly pad: number;
  };
  dispose(): void;
}

async function openBase(name: "minilm-l6-v2"): Promise<Base> {
  const { config, params, tokenizer, dispose } = await loadModel(name);
  if (!tokenizer) throw new Error(`${name}: its tokenizer cannot be read.`);
  const id = (token: string): number => tokenizer.special[token] as number;
  const special = { cls: id("[CLS]"), sep: id("[SEP]"), mask: id("[MASK]"), pad: id("[PAD]") };
  return { config, params, tokenizer, special, dispose };
}

/** The base with what was trained in its place. */
const merged = ({ params, config }: Base, { mlm, blocks }: MaskedParams): BertParams => ({
  ...params,
  blocks: [...params.blocks.slice(0, config.nLayer - blocks.length), ...blocks],
  mlm,
});

/** Masked language modelling of domain texts, a sentence a row, masked anew each time. */
export async function maskedTask(recipe: MaskedRecipe): Promise<RecipeTask<MaskedParams, MaskedBatch>> {
  const { model, data, batch, context: length, evaluation } = recipe;
  const base = await openBase(model.base);
  const { config, tokenizer, special } = base;
  const { cls, sep, mask, pad } = special;
  const rows = textRows(tokenizer, domainTexts(data.texts), { length, before: [cls], after: [sep] });
  // Every so many rows one judges, so that both parts have all data sets.
  const every = Math.round(1 / data.validation);
  const learned = rows.filter((_, i) => i % every !== 0);
  const judged = rows.filter((_, i) => i % every === 0);
  const most = Math.max(1, Math.round(0.15 * length));
  const options = { length, most, pad, mask, special: [cls, sep, pad], vocabSize: config.vocabSize };
  const rng = makeRng(evaluation.seed);
  return {
    init: (from) => initMasked(base, model.free, learned, from),
    loss: (params, { inputs, mask: known, places, labels }, ctx) => {
      const all = merged(base, params);
      const own = { ...config, rate: model.rate ?? 0 };
      const states = bert(all, own, inputs, ctx, { mask: known.cast("bool") }); // [B, T, C]
      const asked = embed(places, states.reshape([-1, config.dModel])); // [B * T, C] -> [B * P, C]
      return crossEntropy(bertMlm(all, config, asked), labels);
    },
    draw: (from) => maskedBatch(drawRows(learned, batch, from), options, from),
    batches: Array.from({ length: evaluation.batches }, () => maskedBatch(drawRows(judged, batch, rng), options, rng)), // prettier-ignore
    save: (folder, params, how) => saveMasked(folder, model, params, how),
    dispose: () => base.dispose(),
  };
}

/** A head of small random numbers, and copies of the last blocks. */
function initMasked(
  { config, params, special }: Base,
  free: number,
  rows: readonly Int32Array[],
  rng: Rng,
): MaskedParams {
  const { vocabSize, dModel, nLayer } = config;
  if (free > nLayer) throw new RangeError(`model.free: ${free} blocks are more than the ${nLayer} there are`);
  const counts = new Float32Array(vocabSize).fill(0.1); // a word that did not come is not impossible
  for (const row of rows)
    for (const id of row) if (id !== special.cls && id !== special.sep) counts[id]! += 1;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    mlm: {
      transform: initDense(fork(rng, "mlm"), dModel, dModel),
      norm: initNorm("layer", dModel),
      bias: tf.tensor1d(counts.map((count) => Math.log(count / total))),
    },
    blocks: mapTensors(params.blocks.slice(nLayer - free), (each) => each.clone()),
  };
}

async function saveMasked(
  folder: string,
  model: MaskedRecipe["model"],
  params: MaskedParams,
  options: SafetensorsOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  writeWhole(join(folder, "model.json"), `${JSON.stringify(model, null, 2)}\n`);
  const metadata = { format: "pt", ...options.metadata };
  await writeSafetensors(join(folder, "model.safetensors"), Object.fromEntries(namedTensors(params)), { ...options, metadata }); // prettier-ignore
}

/**
 * A masked language model that `lab train` has trained, on top of its base, which is pulled where it is missing.
 *
 * ```ts
 * const model = await loadMasked("minilm-mlm");
 * const scorer = maskedScorer(model); // transformer-lab/prompt
 * ```
 * @param place a folder, or the name of one below datasets/
 * @throws Error that names the file that is missing or wrong, and the cure
 */
export async function loadMasked(place: string): Promise<LoadedMasked> {
  const folder = modelFolder(place);
  const [json, weights] = [join(folder, "model.json"), join(folder, "model.safetensors")];
  if (!existsSync(json))
    throw new Error(
      `${folder}: it holds no trained model (no model.json). Cure: lab train minilm-mlm --out FOLDER`,
    );
  const { base: name, free } = parseJson(maskedModelSchema, await readFile(json, "utf8"), json);
  const base = await openBase(name);
  const like = initMasked(base, free, [], makeRng(0));
  try {
    const params = merged(base, await readTreeFile(weights, like));
    disposeTree(base.params.blocks.slice(base.config.nLayer - free)); // which others took the place of
    const { config, tokenizer, special } = base;
    return { config, params, tokenizer, mask: special.mask, dispose: () => disposeTree(params) };
  } catch (error) {
    base.dispose();
    throw error;
  } finally {
    disposeTree(like);
  }
}
