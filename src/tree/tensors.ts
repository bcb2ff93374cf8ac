import { flatten, flattenTensors, tf } from "../engine";
import type { TensorsLike } from "../engine";
import { isPacked, weightShape } from "../ops";
import type { PackedWeight } from "../ops";

/**
 * How many numbers a tree of tensors holds. One tensor at two places (a tied head) counts once, and a packed weight as
 * the matrix that it stands for.
 * @throws TypeError that names what is no tensor
 */
export function countParams(params: unknown): number {
  flattenTensors(params);
  const parts = new Set(flatten(params, isPacked).leaves as (tf.Tensor | PackedWeight)[]);
  return [...parts].reduce((total, part) => total + sizeOf(part), 0);
}

function sizeOf(part: tf.Tensor | PackedWeight): number {
  if (!isPacked(part)) return part.size;
  const [inputs, outputs] = weightShape(part);
  return inputs * outputs;
}

/** The memory that a tree's tensors take, each once: tfjs keeps float32 and int32 in 4 bytes, booleans in 1. */
export function bytesOf(tree: unknown): number {
  const { leaves } = flattenTensors(tree);
  return [...new Set(leaves)].reduce(
    (total, { size, dtype }) => total + size * (dtype === "bool" ? 1 : 4),
    0,
  );
}

/** Frees a tree: tfjs' own type of what can be disposed has no readonly arrays and no interfaces. */
export const disposeTree = (tree: unknown): void => void tf.dispose(tree as tf.TensorContainer);

/** Each tensor under its name, such as "blocks.0.attn.q.weight", in the order of the tree. */
export function namedTensors(params: unknown): Map<string, tf.Tensor> {
  const { names, leaves } = flattenTensors(params);
  return new Map(names.map((name, i) => [name, leaves[i] as tf.Tensor]));
}

/** The same tree around other tensors: `map` sees each tensor and its name. What it makes is the caller's. */
export function mapTensors<P>(
  params: P,
  map: (tensor: tf.Tensor, name: string) => tf.Tensor,
): TensorsLike<P> {
  const tree = flattenTensors(params);
  return tree.rebuild(tree.leaves.map((leaf, i) => map(leaf, tree.names[i] as string))) as TensorsLike<P>;
}

/**
 * The tensors whose names match, as a flat record, and the way back: what is trained, frozen or saved apart.
 *
 * ```ts
 * const { chosen, merge } = selectTensors(params, /norm/);   // { "blocks.0.norm1.gain": ..., ... }
 * const next = merge(update(chosen));                        // the whole tree, with new norms
 * ```
 * @param names a pattern, or a function of the name
 */
export function selectTensors<P>(
  params: P,
  names: RegExp | ((name: string) => boolean),
): { chosen: Record<string, tf.Tensor>; merge: (chosen: Record<string, tf.Tensor>) => TensorsLike<P> } {
  const matches = typeof names === "function" ? names : (name: string) => names.test(name);
  const chosen = Object.fromEntries([...namedTensors(params)].filter(([name]) => matches(name)));
  return { chosen, merge: (next) => mapTensors(params, (tensor, name) => next[name] ?? tensor) };
}
