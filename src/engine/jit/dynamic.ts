import { tf } from "../tf";
import { tensorOf, valueOf } from "./backend";
import * as hlo from "./hlo";
import { tracing } from "./trace";
import type { Value } from "./trace";

/**
 * Windows whose place is a tensor: known only when a compiled program runs. Caches of keys and values and the stacks
 * of loops need them; `tf.slice` takes its place as numbers, which are part of the program.
 */

/**
 * The window of `size` that begins at `starts`: x[s0 : s0 + n0, s1 : s1 + n1, ...]. A start that would let the window
 * stick out is pulled back, as in StableHLO's dynamic_slice, so bad starts do not throw.
 *
 * @param x any type, of any rank from 1 on; its gradient is dy in the window, 0 elsewhere
 * @param starts int32 [rank of x]
 * @param size one number an axis, from 1 to the axis' length
 * @throws RangeError, TypeError where these do not fit
 */
export function sliceAt(x: tf.Tensor, starts: tf.Tensor, size: readonly number[]): tf.Tensor {
  check("sliceAt", x, starts, size);
  const forward = (): tf.Tensor => cut(x, starts, size);
  return differentiable([x], starts, forward, (dy, at) => [put(tf.zeros(x.shape), dy, at)]);
}

/**
 * x with the window that begins at `starts` overwritten by `update`. Starts are pulled back as in `sliceAt`.
 *
 * @param update of x's type and rank, on no axis longer than x
 * @returns a new tensor of x's shape (inside a compiled program XLA writes in place where x is not needed any more)
 * @throws RangeError, TypeError where these do not fit
 */
export function updateAt(x: tf.Tensor, update: tf.Tensor, starts: tf.Tensor): tf.Tensor {
  check("updateAt", x, starts, update.shape);
  if (update.dtype !== x.dtype)
    throw new TypeError(`updateAt: update must be ${x.dtype} as x, got ${update.dtype}`);
  const forward = (): tf.Tensor => put(x, update, starts);
  return differentiable([x, update], starts, forward, (dy, at) => [
    put(dy, tf.zeros(update.shape), at),
    cut(dy, at, update.shape),
  ]);
}

/** An op with its own gradient. Starts are integers: they have none. */
function differentiable(
  inputs: readonly tf.Tensor[],
  starts: tf.Tensor,
  forward: () => tf.Tensor,
  backward: (dy: tf.Tensor, starts: tf.Tensor) => tf.Tensor[],
): tf.Tensor {
  const op = tf.customGrad((...args: (tf.Tensor | tf.GradSaveFunc)[]) => {
    (args[args.length - 1] as tf.GradSaveFunc)([starts]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] =>
      tf.tidy(() => backward(dy, saved[0]!));
    return { value: forward(), gradFunc };
  });
  return op(...inputs);
}

function cut(x: tf.Tensor, starts: tf.Tensor, size: readonly number[]): tf.Tensor {
  if (tracing()) return tensorOf(hlo.dynamicSlice(valueOf(x), scalars(starts), size));
  return tf.tidy(() =>
    size.reduce((window, n, axis) => {
      if (n === x.shape[axis]) return window;
      const places = tf.range(0, n, 1, "int32").add(startOf(x, starts, size, axis));
      return tf.gather(window, places as tf.Tensor1D, axis);
    }, x.clone()),
  );
}

function put(x: tf.Tensor, update: tf.Tensor, starts: tf.Tensor): tf.Tensor {
  if (tracing()) return tensorOf(hlo.dynamicUpdateSlice(valueOf(x), valueOf(update), scalars(starts)));
  return tf.tidy(() => {
    // The update is spread to x's shape axis by axis (outside of the window by its edges), then chosen where it lies.
    let spread = update;
    let inside: tf.Tensor | undefined;
    update.shape.forEach((n, axis) => {
      const length = x.shape[axis]!;
      if (n === length) return;
      const offset = tf.range(0, length, 1, "int32").sub(startOf(x, starts, update.shape, axis)); // [length]
      const nearest = tf.minimum(tf.maximum(offset, zero()), tf.scalar(n - 1, "int32"));
      spread = tf.gather(spread, nearest as tf.Tensor1D, axis);
      const here = tf.equal(offset, nearest).reshape(x.shape.map((_, i) => (i === axis ? length : 1)));
      inside = inside ? tf.logicalAnd(inside, here) : here;
    });
    return inside ? tf.where(inside, spread, x) : update.clone();
  });
}

const zero = (): tf.Scalar => tf.scalar(0, "int32");

/** One start as a scalar, pulled back so that the window lies within x. */
function startOf(x: tf.Tensor, starts: tf.Tensor, size: readonly number[], axis: number): tf.Tensor {
  const last = tf.scalar(x.shape[axis]! - size[axis]!, "int32");
  return tf.minimum(tf.maximum(starts.slice([axis], [1]).reshape([]), zero()), last);
}

function scalars(starts: tf.Tensor): Value[] {
  const value = valueOf(starts);
  return Array.from({ length: starts.size }, (_, axis) =>
    hlo.reshape(hlo.slice(value, [axis], [axis + 1]), []),
  );
}

function check(op: string, x: tf.Tensor, starts: tf.Tensor, size: readonly number[]): void {
  if (starts.dtype !== "int32") throw new TypeError(`${op}: starts must be int32, got ${starts.dtype}`);
  if (x.rank === 0 || starts.rank !== 1 || starts.size !== x.rank || size.length !== x.rank) {
    throw new RangeError(
      `${op}: x of shape [${x.shape.join(", ")}] needs ${x.rank} starts and a window of rank ${x.rank} (from 1 on), ` +
        `got starts [${starts.shape.join(", ")}] and a window [${size.join(", ")}]`,
    );
  }
  size.forEach((n, axis) => {
    if (Number.isInteger(n) && n >= 1 && n <= x.shape[axis]!) return;
    throw new RangeError(`${op}: axis ${axis} of the window must be 1 to ${x.shape[axis]}, got ${n}`);
  });
}
