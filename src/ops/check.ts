import type { tf } from "../engine";

/** Errors of the ops: each names the op, the argument, the axis, what was expected and what came. */

export function expectType(
  op: string,
  name: string,
  tensor: tf.Tensor,
  dtype: "float32" | "int32" | "bool",
): void {
  if (tensor.dtype === dtype) return;
  throw new TypeError(`${op}: ${name} must be ${dtype}, got ${tensor.dtype} [${tensor.shape.join(", ")}]`);
}

/** At least `least` axes. */
export function expectRank(
  op: string,
  name: string,
  tensor: tf.Tensor,
  least: number,
  most = Infinity,
): void {
  const { rank, shape } = tensor;
  if (rank >= least && rank <= most) return;
  const wanted = most === least ? `${least}` : `at least ${least}`;
  throw new RangeError(`${op}: ${name} must have ${wanted} axes, got ${rank}: [${shape.join(", ")}]`);
}

/**
 * One axis must have `size` elements.
 * @param axis counted from the end where negative
 * @param why what sets the size, e.g. "rows of weight"
 */
export function expectSize(
  op: string,
  name: string,
  tensor: tf.Tensor,
  axis: number,
  size: number,
  why: string,
): void {
  const place = axis < 0 ? tensor.rank + axis : axis;
  const got = tensor.shape[place];
  if (got === size) return;
  throw new RangeError(
    `${op}: axis ${place} of ${name} must be ${size} (${why}), got ${got ?? "none"}: [${tensor.shape.join(", ")}]`,
  );
}

/** `tensor` must stretch to `shape` by the rules of broadcasting, without stretching `shape` itself. */
export function expectBroadcast(op: string, name: string, tensor: tf.Tensor, shape: readonly number[]): void {
  const extra = tensor.rank - shape.length;
  if (extra > 0) {
    throw new RangeError(
      `${op}: ${name} must have at most ${shape.length} axes, got ${tensor.rank}: [${tensor.shape.join(", ")}]`,
    );
  }
  tensor.shape.forEach((got, axis) => {
    const wanted = shape[axis - extra] as number;
    if (got === wanted || got === 1) return;
    throw new RangeError(
      `${op}: axis ${axis} of ${name} must be ${wanted} or 1 to fit [${shape.join(", ")}], ` +
        `got ${got}: [${tensor.shape.join(", ")}]`,
    );
  });
}

/** Number of rows when the last axis is the content: the product of all others. */
export function rowsOf(tensor: tf.Tensor): number {
  return tensor.shape.slice(0, -1).reduce((product, n) => product * n, 1);
}
