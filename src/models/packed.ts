import { tf } from "../engine";
import { canPack, packWeight, unpackWeight } from "../ops";
import type { PackedKind, Weight } from "../ops";
import { namedTensors } from "../tree";
import type { GptParams } from "./gpt";
import type { LlamaParams } from "./llama";

/** A model with packed weights, and what packing has changed. */
export interface PackedTree<P> {
  /** Its packed weights are new; norms, biases and what cannot be packed are the caller's own tensors. */
  readonly params: P;
  /** Root mean square of packed minus given weights, over that of the given ones. */
  readonly error: number;
  /** Names of the weights that stay float32, since their inputs are not whole groups of 32. */
  readonly left: readonly string[];
}

/**
 * Packs the weights of all dense layers and the table of tokens, for reading and writing with a model in less time and
 * memory: a decoding step takes as long as reading the weights does.
 *
 * ```ts
 * const { params, error } = await packParams(model.params, "int4");
 * const decoder = llamaDecoder(params, model.config);
 * ```
 * @param params stay the caller's; nothing is trained with packed ones
 */
export async function packParams(
  params: LlamaParams,
  kind: PackedKind,
): Promise<PackedTree<LlamaParams<Weight>>>;
export async function packParams(params: GptParams, kind: PackedKind): Promise<PackedTree<GptParams<Weight>>>;
export async function packParams(
  params: LlamaParams | GptParams,
  kind: PackedKind,
): Promise<PackedTree<LlamaParams<Weight> | GptParams<Weight>>> {
  const packed = new Map<tf.Tensor, Weight>();
  const left: string[] = [];
  let [wrong, all] = [0, 0];
  for (const [name, tensor] of namedTensors(params)) {
    const table = name === "tokens";
    if (!table && !name.endsWith(".weight")) continue;
    const weight = table ? tensor.transpose() : tensor.clone(); // [I, O]
    try {
      if (!canPack(weight.shape)) {
        left.push(name);
        continue;
      }
      const small = await packWeight(weight, kind);
      packed.set(tensor, small);
      const sums = tf.tidy(() =>
        tf.stack([tf.sum(tf.square(unpackWeight(small).sub(weight))), tf.sum(tf.square(weight))]),
      );
      const [difference, size] = (await sums.data()) as Float32Array;
      sums.dispose();
      wrong += difference as number;
      all += size as number;
    } finally {
      weight.dispose();
    }
  }
  const put = (node: unknown): unknown => {
    if (node instanceof tf.Tensor) return packed.get(node) ?? node;
    if (Array.isArray(node)) return node.map(put);
    return Object.fromEntries(Object.entries(node as object).map(([key, value]) => [key, put(value)]));
  };
  const tree = put(params) as LlamaParams<Weight> | GptParams<Weight>;
  return { params: tree, error: all === 0 ? 0 : Math.sqrt(wrong / all), left };
}
