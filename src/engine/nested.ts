import { tf } from "./tf";

/**
 * Nested arrays and plain records, as one flat list and back. Parameters, optimizer state, arguments and results of
 * a compiled function all have this form.
 */
export interface Flat<Leaf = unknown> {
  /** What is no array and no plain record, depth first; records in the order of their keys. */
  readonly leaves: Leaf[];
  /** Where each leaf lies, e.g. "blocks.0.attn.wq"; "" for a value that is a leaf itself. */
  readonly names: string[];
  /** The same nesting around other leaves, one for each, in the same order. */
  rebuild(leaves: readonly unknown[]): unknown;
}

/** The same nesting with tensors of any rank: what tfjs' ops give is often typed less closely than what they got. */
export type TensorsLike<T> = T extends tf.Tensor ? tf.Tensor : { [K in keyof T]: TensorsLike<T[K]> };

/**
 * Takes a nested value apart.
 * @param isLeaf stops at a value that would be opened otherwise
 * @throws TypeError where a value contains itself
 */
export function flatten(value: unknown, isLeaf: (value: unknown) => boolean = () => false): Flat {
  const leaves: unknown[] = [];
  const names: string[] = [];
  const open = new Set<unknown>();
  const visit = (node: unknown, name: string): ((next: () => unknown) => unknown) => {
    const nested = !isLeaf(node) && (Array.isArray(node) || isRecord(node));
    if (!nested) {
      leaves.push(node);
      names.push(name);
      return (next) => next();
    }
    if (open.has(node)) throw new TypeError(`The value at "${name}" contains itself`);
    open.add(node);
    const keys = Object.keys(node as object);
    const children = keys.map((key) =>
      visit((node as Record<string, unknown>)[key], name === "" ? key : `${name}.${key}`),
    );
    open.delete(node);
    if (Array.isArray(node)) return (next) => children.map((child) => child(next));
    return (next) => Object.fromEntries(children.map((child, i) => [keys[i], child(next)]));
  };
  const build = visit(value, "");
  return {
    leaves,
    names,
    rebuild: (replacements) => {
      if (replacements.length !== leaves.length)
        throw new RangeError(`rebuild needs ${leaves.length} leaves, got ${replacements.length}`);
      let i = 0;
      return build(() => replacements[i++]);
    },
  };
}

/** `flatten` for a tree of tensors only: parameters, gradients. @throws TypeError that names another leaf. */
export function flattenTensors(value: unknown): Flat<tf.Tensor> {
  const flat = flatten(value);
  flat.leaves.forEach((leaf, i) => {
    if (leaf instanceof tf.Tensor) return;
    throw new TypeError(`"${flat.names[i]}" must be a tensor, got ${leaf === null ? "null" : typeof leaf}`);
  });
  return flat as Flat<tf.Tensor>;
}

/** An object without a class: made by {} or Object.create(null). */
export function isRecord(value: unknown): value is Record<string, unknown> {
  if (value === null || typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
