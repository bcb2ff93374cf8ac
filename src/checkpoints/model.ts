/** What `loadModel` gives: a published model as plain data, with what belongs to it. */
import { flattenTensors, tf } from "../engine";
import { bart, bert, gpt, llama, t5 } from "../models";
import type { BartConfig, BartInput, BartParams, BertConfig, BertInput, BertParams } from "../models";
import type { GptConfig, GptParams, LlamaConfig, LlamaParams, T5Config, T5Input, T5Params } from "../models";
import type { Context } from "../nn";
import type { Weight } from "../ops";
import { tokenizerOf } from "../text";
import type { ChatTemplateName, Tokenizer, TokenizerModel } from "../text";
import { families, type FamilyName } from "./families";
import { toTree } from "./names/tree";
import type { NameTable, WeightSource } from "./names/types";

/** A model of one family. Its parameters are the caller's, who calls `dispose` at the end. */
export interface Loaded<Family extends FamilyName, Config, Params, Run> extends Around {
  readonly family: Family;
  readonly config: Config;
  readonly params: Params;
  /** The model with these parameters and this configuration; eager, or called inside of `jit`. */
  readonly run: Run;
  readonly tokenizer?: Tokenizer;
  /** Frees the parameters. */
  dispose(): void;
}

/** What stands around the weights. */
export interface Around {
  /** The file or folder that it came from. */
  readonly source: string;
  /** The tokenizer as plain data. Not where there is none, or one that cannot be read exactly: see `notes`. */
  readonly tokenizerModel?: TokenizerModel;
  /** The layout of conversations, for `encodeChat`. Not where there is none, or one that is unknown: see `notes`. */
  readonly chat?: ChatTemplateName;
  readonly special: SpecialIds;
  /** What the source has and was not taken, and why. */
  readonly notes: readonly string[];
}

/** Ids that begin, end or fill a text, where the source says them. */
export interface SpecialIds {
  readonly begin?: number;
  /** An answer ends with any of these. */
  readonly end: readonly number[];
  readonly padding?: number;
}

/** Ids int32 [B, T] to logits float32 [B, T, V]. */
export type RunDecoder = (ids: tf.Tensor, ctx?: Context) => tf.Tensor;
/** Ids int32 [B, T] to states float32 [B, T, C]. */
export type RunEncoder = (ids: tf.Tensor, ctx?: Context, input?: BertInput) => tf.Tensor;
/** Ids int32 [B, S] and targets so far int32 [B, T] to logits float32 [B, T, V]. */
export type RunPair<Input> = (ids: tf.Tensor, targets: tf.Tensor, ctx?: Context, input?: Input) => tf.Tensor;

export type LoadedGpt<W extends Weight = tf.Tensor> = Loaded<"gpt2", GptConfig, GptParams<W>, RunDecoder>;
/** LLaMA, and Falcon, which the same code runs. */
export type LoadedLlama<W extends Weight = tf.Tensor> = Loaded<
  "llama" | "falcon",
  LlamaConfig,
  LlamaParams<W>,
  RunDecoder
>;
export type LoadedBert = Loaded<"bert", BertConfig, BertParams, RunEncoder>;
export type LoadedT5 = Loaded<"t5", T5Config, T5Params, RunPair<T5Input>>;
export type LoadedBart = Loaded<"bart", BartConfig, BartParams, RunPair<BartInput>>;
export type LoadedModel = LoadedGpt | LoadedLlama | LoadedBert | LoadedT5 | LoadedBart;

/**
 * A model from the fields of its config.json and its weights.
 *
 * @param where begins errors about the configuration
 * @throws as the family's `read`, and `toTree`
 */
export async function loadFamily(
  family: FamilyName,
  json: unknown,
  where: string,
  weights: WeightSource,
  around: Around,
): Promise<LoadedModel> {
  switch (family) {
    case "gpt2": {
      const config = families.gpt2.read(json, where);
      const params = await toTree<GptParams>(weights, families.gpt2.names(config));
      const run: RunDecoder = (ids, ctx) => gpt(params, config, ids, ctx);
      return { family, config, params, run, ...surround(params, around) };
    }
    case "llama":
    case "falcon": {
      const config = families[family].read(json, where);
      return loadLlama(family, config, families[family].names(config), weights, around);
    }
    case "t5": {
      const config = families.t5.read(json, where);
      const params = await toTree<T5Params>(weights, families.t5.names(config));
      const run: RunPair<T5Input> = (ids, targets, ctx, input) =>
        t5(params, config, ids, targets, ctx, input);
      return { family, config, params, run, ...surround(params, around) };
    }
    case "bart": {
      const config = families.bart.read(json, where);
      const params = await toTree<BartParams>(weights, families.bart.names(config));
      const run: RunPair<BartInput> = (ids, targets, ctx, input) =>
        bart(params, config, ids, targets, ctx, input);
      return { family, config, params, run, ...surround(params, around) };
    }
    case "bert": {
      const config = families.bert.read(json, where);
      const params = await toTree<BertParams>(weights, families.bert.names(config));
      const run: RunEncoder = (ids, ctx, input) => bert(params, config, ids, ctx, input);
      return { family, config, params, run, ...surround(params, around) };
    }
  }
}

/**
 * A LLaMA whose configuration is known already: GGUF files say it in their own way, and have names of their own.
 * `Weight` where the source keeps blocks.
 */
export async function loadLlama<W extends Weight = tf.Tensor>(
  family: "llama" | "falcon",
  config: LlamaConfig,
  names: NameTable,
  weights: WeightSource,
  around: Around,
): Promise<LoadedLlama<W>> {
  const params = await toTree<LlamaParams<W>>(weights, names);
  const run: RunDecoder = (ids, ctx) => llama(params, config, ids, ctx);
  return { family, config, params, run, ...surround(params, around) };
}

function surround(params: unknown, around: Around): Around & { tokenizer?: Tokenizer; dispose(): void } {
  const { tokenizerModel } = around;
  return {
    ...around,
    ...(tokenizerModel ? { tokenizer: tokenizerOf(tokenizerModel) } : {}),
    dispose: () => tf.dispose(flattenTensors(params).leaves),
  };
}
