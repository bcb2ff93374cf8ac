import type { Activation } from "../nn";
import type { BertConfig } from "./bert";
import { attentionCount, ffnCount } from "./counting";
import type { GptConfig } from "./gpt";
import type { LlamaConfig } from "./llama";

/**
 * What a stack of blocks costs to compute, in floating point operations (FLOPs; a multiplication and an addition are
 * two). Only products of matrices are counted, as in Kaplan 2020, section 2.1, and Chowdhery 2022 (PaLM), appendix B:
 * norms, activations and softmax are less than one per cent of a large model, and looking up an embedding costs none.
 */
export interface StackSizes {
  readonly vocabSize: number;
  readonly dModel: number;
  readonly nLayer: number;
  readonly nHead: number;
  readonly nKvHead?: number | undefined;
  readonly headDim?: number | undefined;
  readonly dFfn: number;
  readonly activation: Activation;
}

export const gptSizes = ({ dFfn, activation = "geluTanh", ...config }: GptConfig): StackSizes => ({
  ...config,
  dFfn: dFfn ?? 4 * config.dModel,
  activation,
});

export const llamaSizes = ({ activation = "swiglu", ...config }: LlamaConfig): StackSizes => ({
  ...config,
  activation,
});

export const bertSizes = ({ dFfn, ...config }: BertConfig): StackSizes => ({
  ...config,
  dFfn: dFfn ?? 4 * config.dModel,
  activation: "gelu",
});

/** FLOPs of the way forward, for one token. */
export interface TokenFlops {
  /** Weights of all blocks: two a weight. */
  readonly blocks: number;
  /** Scores and mixing: 4 H D a layer for each place that is looked at. */
  readonly attention: number;
  /** The scores of the vocabulary: 2 C V, also where the head is tied. */
  readonly head: number;
  readonly total: number;
}

/**
 * One token on its way forward.
 * @param seen how many places it looks at: T in the middle of a whole matrix of scores (PaLM counts so), (T + 1) / 2 on
 *   average where a causal kernel leaves out what is masked
 */
export function forwardFlops(sizes: StackSizes, seen: number): TokenFlops {
  const { vocabSize, dModel, nLayer, nHead, headDim = dModel / nHead } = sizes;
  const weights = attentionCount(sizes, false, nLayer).each + ffnCount(sizes, false, nLayer).each;
  const blocks = 2 * nLayer * weights;
  const attention = 4 * nLayer * nHead * headDim * seen;
  const head = 2 * dModel * vocabSize;
  return { blocks, attention, head, total: blocks + attention + head };
}

/** One token in training: the way back costs twice the way forward (gradients of inputs, and of weights). */
export const trainingFlops = (sizes: StackSizes, seen: number): number => 3 * forwardFlops(sizes, seen).total;

/** The rule of thumb: 6 FLOPs a parameter and token in training, 2 of them forward (Kaplan 2020, equation 2.2). */
export const ruleOfSix = (params: number, tokens = 1): number => 6 * params * tokens;

/**
 * Bytes that each token leaves in the cache: a key and a value of H_kv D numbers in every layer.
 * @param bytes a number's size, 2 for bfloat16
 */
export function cacheBytesPerToken(sizes: StackSizes, bytes = 2): number {
  const { dModel, nLayer, nHead, nKvHead = nHead, headDim = dModel / nHead } = sizes;
  return 2 * nLayer * nKvHead * headDim * bytes;
}

const product = (numbers: readonly number[]): number => numbers.reduce((all, n) => all * n, 1);
const sizesIn = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);

/**
 * FLOPs of a compiled program, read off its own text: each product of matrices has two for every number of its result
 * and every place that is summed over. What a formula says must be found here.
 * @param text of `jit(fn).lower(...).text`
 * @throws Error for a product that cannot be read
 */
export function programFlops(text: string): number {
  const products = text.split("\n").filter((line) => line.includes("stablehlo.dot_general"));
  return products.reduce((sum, line) => {
    const found =
      /contracting_dims = \[([\d, ]*)\].*: \(tensor<([\dx]*)x\w+>, .*\) -> tensor<([\dx]*)x\w+>/.exec(line);
    if (!found) throw new Error(`A product of matrices that programFlops cannot read: ${line.trim()}`);
    const [summed, left, result] = found.slice(1).map(sizesIn) as [number[], number[], number[]];
    return sum + 2 * product(result) * product(summed.map((axis) => left[axis] as number));
  }, 0);
}
