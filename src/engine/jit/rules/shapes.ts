import { tf } from "../../tf";
import * as hlo from "../hlo";
import type { Shape, Value } from "../trace";
import { rule } from "./registry";

/** Kernels that give the same elements another shape or order, or repeat them. */

rule<{ x: Value }, { shape: number[] }>("Reshape", ({ x }, { shape }) =>
  hlo.reshape(x, tf.util.inferFromImplicitShape(shape, hlo.sizeOf(x.shape))),
);

rule<{ input: Value }, { dim: number }>("ExpandDims", ({ input: x }, { dim }) => {
  const axis = dim < 0 ? x.shape.length + 1 + dim : dim;
  return hlo.reshape(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)]);
});

rule<{ x: Value }, { perm: number[] }>("Transpose", ({ x }, { perm }) => hlo.transpose(x, perm));

rule<{ x: Value }, { shape: number[] }>("BroadcastTo", ({ x }, { shape }) => hlo.broadcast(x, shape));

rule<{ x: Value }, { reps: number[] }>("Tile", ({ x }, { reps }) => tile(x, reps));

/** Repeats x along each axis: a new axis in front of each, then both are one. (tf.broadcastTo is a tile of ones.) */
function tile(x: Value, reps: readonly number[]): Value {
  if (x.shape.every((n, i) => n === 1 || reps[i] === 1)) {
    return hlo.broadcast(
      x,
      x.shape.map((n, i) => n * reps[i]!),
    );
  }
  const wide = x.shape.flatMap((n, i) => [reps[i]!, n]); // [r0, n0, r1, n1, ...]
  const repeated = hlo.broadcastInDim(
    x,
    wide,
    x.shape.map((_, i) => 2 * i + 1),
  );
  return hlo.reshape(
    repeated,
    x.shape.map((n, i) => n * reps[i]!),
  );
}

rule<{ x: Value }, { dims: number | number[] }>("Reverse", ({ x }, { dims }) =>
  hlo.reverse(x, tf.util.parseAxisParam(dims, x.shape.slice())),
);

rule<{ image: Value }>("FlipLeftRight", ({ image }) => hlo.reverse(image, [2]));

type Paddings = readonly (readonly [number, number])[];

rule<{ x: Value }, { paddings: Paddings; constantValue: number }>("PadV2", ({ x }, attrs) =>
  padded(x, attrs.paddings, attrs.constantValue),
);

function padded(x: Value, paddings: readonly (readonly number[])[], by = 0): Value {
  const low = paddings.map(([before]) => before!);
  const high = paddings.map(([, after]) => after!);
  if ([...low, ...high].every((n) => n === 0)) return x;
  return hlo.pad(x, hlo.constant(by, [], x.type), low, high);
}

rule<{ x: Value }, { paddings: Paddings; mode: "reflect" | "symmetric" }>("MirrorPad", ({ x }, attrs) => {
  // "reflect" leaves the edge out of the mirror image, "symmetric" repeats it.
  const skip = attrs.mode === "reflect" ? 1 : 0;
  return attrs.paddings.reduce((value, [before, after], axis) => {
    const n = value.shape[axis]!;
    const image = (from: number, to: number): Value[] =>
      from === to ? [] : [hlo.reverse(between(value, axis, from, to), [axis])];
    const parts = [...image(skip, skip + before), value, ...image(n - skip - after, n - skip)];
    return hlo.concatenate(parts, axis);
  }, x);
});

/** x[..., from:to, ...] on one axis. */
export function between(x: Value, axis: number, from: number, to: number): Value {
  const put = (whole: Shape, n: number): number[] => whole.map((size, i) => (i === axis ? n : size));
  return hlo.slice(
    x,
    put(
      x.shape.map(() => 0),
      from,
    ),
    put(x.shape, to),
  );
}

interface BlockAttrs {
  readonly blockShape: number[];
}

rule<{ x: Value }, BlockAttrs & { paddings: number[][] }>("SpaceToBatchND", ({ x }, attrs) => {
  const { blockShape: block } = attrs;
  const n = block.length;
  const rest = x.shape.slice(1 + n);
  const wide = padded(x, [[0, 0], ...attrs.paddings, ...rest.map(() => [0, 0])]);
  const inner = block.map((b, i) => wide.shape[1 + i]! / b);
  const split = hlo.reshape(wide, [x.shape[0]!, ...inner.flatMap((m, i) => [m, block[i]!]), ...rest]); // [B, m0, b0, m1, b1, ..., rest]
  const order = [
    ...block.map((_, i) => 2 + 2 * i),
    0,
    ...block.map((_, i) => 1 + 2 * i),
    ...rest.map((_, i) => 1 + 2 * n + i),
  ];
  const moved = hlo.transpose(split, order); // [b0, b1, ..., B, m0, m1, ..., rest]
  return hlo.reshape(moved, [x.shape[0]! * hlo.sizeOf(block), ...inner, ...rest]);
});

rule<{ x: Value }, BlockAttrs & { crops: number[][] }>("BatchToSpaceND", ({ x }, attrs) => {
  const { blockShape: block, crops } = attrs;
  const n = block.length;
  const batch = x.shape[0]! / hlo.sizeOf(block);
  const inner = x.shape.slice(1, 1 + n);
  const rest = x.shape.slice(1 + n);
  const split = hlo.reshape(x, [...block, batch, ...inner, ...rest]); // [b0, b1, ..., B, m0, m1, ..., rest]
  const order = [n, ...block.flatMap((_, i) => [n + 1 + i, i]), ...rest.map((_, i) => 2 * n + 1 + i)];
  const moved = hlo.transpose(split, order); // [B, m0, b0, m1, b1, ..., rest]
  const wide = hlo.reshape(moved, [batch, ...inner.map((m, i) => m * block[i]!), ...rest]);
  return crops.reduce(
    (value, [before, after], i) => between(value, 1 + i, before!, value.shape[1 + i]! - after!),
    wide,
  );
});

interface DepthAttrs {
  readonly blockSize: number;
  readonly dataFormat: "NHWC" | "NCHW";
}

rule<{ x: Value }, DepthAttrs>("DepthToSpace", ({ x }, { blockSize: b, dataFormat }) => {
  const [first, second, third, fourth] = x.shape as [number, number, number, number];
  if (dataFormat === "NHWC") {
    const [height, width, depth] = [second, third, fourth / (b * b)];
    const split = hlo.reshape(x, [first, height, width, b, b, depth]);
    const moved = hlo.transpose(split, [0, 1, 3, 2, 4, 5]); // [B, H, b, W, b, D]
    return hlo.reshape(moved, [first, height * b, width * b, depth]);
  }
  const [depth, height, width] = [second / (b * b), third, fourth];
  const split = hlo.reshape(x, [first, b, b, depth, height, width]);
  const moved = hlo.transpose(split, [0, 3, 4, 1, 5, 2]); // [B, D, H, b, W, b]
  return hlo.reshape(moved, [first, depth, height * b, width * b]);
});

/** [...S] to [...S, ...S]: x where both places are equal, else 0. */
rule<{ x: Value }>("Diag", ({ x }) => {
  const n = hlo.sizeOf(x.shape);
  const wide = hlo.broadcastInDim(hlo.reshape(x, [n]), [n, n], [1]);
  const equal = hlo.compare("EQ", hlo.iota([n, n], 0), hlo.iota([n, n], 1));
  return hlo.reshape(hlo.select(equal, wide, hlo.constant(0, [n, n], x.type)), [...x.shape, ...x.shape]);
});
