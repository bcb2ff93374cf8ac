/**
 * Tables of names: what a tensor of a published checkpoint is called there, and where it belongs in our tree of
 * parameters. A table is data; `toTree` and `fromTree` read it in one direction and in the other.
 */
import type { tf } from "../../engine";
import type { Blocks } from "../blocks";

/** One of our tensors, and the tensor of theirs that it is, or is a part of. */
export interface NameRule {
  /** As `namedTensors` says it: "blocks.0.attn.q.weight". Numbers are places of an array. */
  readonly ours: string;
  /** As their file says it: "model.layers.0.self_attn.q_proj.weight". */
  readonly theirs: string;
  /** Shape of ours. */
  readonly shape: readonly number[];
  /** The two axes of theirs are the other way round: a Linear of PyTorch keeps [O, I], we keep [I, O]. */
  readonly transpose?: boolean;
  /** Ours is a part of theirs, which has `total` places along `axis`, from place `from` on: GPT-2 has q, k, v in one. */
  readonly part?: { readonly axis: number; readonly from: number; readonly total: number };
  /**
   * Rows of theirs that RoPE turns lie in neighbouring pairs, in so many heads, as in GGUF; ours, as Hugging Face's,
   * have the first of all pairs, then the second of all pairs.
   */
  readonly pairedHeads?: number;
  /** Theirs may be missing, and then ours is. */
  readonly optional?: boolean;
}

/** All of a model. */
export interface NameTable {
  /** For errors: "gpt2 of Hugging Face". */
  readonly name: string;
  readonly rules: readonly NameRule[];
  /** Names of theirs with nothing to learn, or nothing new: masks, a tied head. They are passed over. */
  readonly ignored?: RegExp;
  /** Other spellings in other files, replaced one after the other before names are compared: `[/\.gamma$/, ".weight"]`. */
  readonly spellings?: readonly (readonly [RegExp, string])[];
}

/** Tensors of a file, of any format. */
export interface WeightSource {
  /** Begins errors: the file or folder. */
  readonly name: string;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** A new tensor, which the caller disposes. */
  tensor(name: string): Promise<tf.Tensor>;
  /** Where it is given: the weights of a matrix as whole numbers, which become a packed weight; undefined for others. */
  readonly blocks?: (name: string) => Promise<Blocks | undefined>;
}

/** Weight, and bias unless told otherwise, of a Linear of PyTorch, whose weight is [outputs, inputs]. */
export function linearRules(
  ours: string,
  theirs: string,
  inputs: number,
  outputs: number,
  { bias = true }: { readonly bias?: boolean } = {},
): NameRule[] {
  const weight: NameRule = {
    ours: `${ours}.weight`,
    theirs: `${theirs}.weight`,
    shape: [inputs, outputs],
    transpose: true,
  };
  return bias ? [weight, { ours: `${ours}.bias`, theirs: `${theirs}.bias`, shape: [outputs] }] : [weight];
}

/** Gain, and bias unless told otherwise, of a norm. */
export function normRules(
  ours: string,
  theirs: string,
  width: number,
  { bias = true }: { readonly bias?: boolean } = {},
): NameRule[] {
  const gain: NameRule = { ours: `${ours}.gain`, theirs: `${theirs}.weight`, shape: [width] };
  return bias ? [gain, { ours: `${ours}.bias`, theirs: `${theirs}.bias`, shape: [width] }] : [gain];
}

/** The rules of each layer, one layer after the other. */
export function eachLayer(layers: number, rules: (layer: number) => readonly NameRule[]): NameRule[] {
  return Array.from({ length: layers }, (_, i) => rules(i)).flat();
}
