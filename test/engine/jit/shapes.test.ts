import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, tf } from "../../../src/engine";
import { compiledSuite, numbers, sameGradients, sameValues, wholes } from "../../helpers/jitted";

const shape = (min: number, max: number) =>
  fc.array(fc.integer({ min: 1, max: 5 }), { minLength: min, maxLength: max });
const runs = { numRuns: 12 };

/** A case of a property: an op on one tensor, its values (the same bits) and its gradient. */
function same(what: string, dims: readonly number[], op: (x: tf.Tensor) => tf.Tensor | tf.Tensor[]): void {
  sameValues(what, (x) => op(x!), [numbers(dims)]);
  sameGradients(what, (x) => op(x!), [numbers(dims)]);
}

/** A shape, and for each axis a number that depends on its length. */
const withEach = (min: number, max: number, each: (n: number) => fc.Arbitrary<number>) =>
  shape(min, max).chain((dims) => fc.tuple(fc.constant(dims), fc.tuple(...dims.map(each))));

compiledSuite("jit: shapes", () => {
  it("transpose, any order", () => {
    const cases = shape(1, 5).chain(
      (dims) =>
      fc.tuple(fc.constant(dims), fc.shuffledSubarray(dims.map((_, i) => i), { minLength: dims.length })), // prettier-ignore
    );
    fc.assert(fc.property(cases, ([dims, perm]) => same("transpose", dims, (x) => tf.transpose(x, perm))), runs); // prettier-ignore
  });

  it("reshape, expandDims, squeeze", () => {
    const cases = shape(0, 4).chain((dims) => fc.tuple(fc.constant(dims), fc.integer({ min: -dims.length - 1, max: dims.length }))); // prettier-ignore
    fc.assert(
      fc.property(
        cases,
        ([dims, axis]) =>
        same("reshape", dims, (x) => [tf.reshape(x, [-1]), tf.expandDims(x, axis), tf.squeeze(tf.expandDims(x, axis))]), // prettier-ignore
      ),
      runs,
    );
  });

  it("tile, broadcastTo, reverse", () => {
    const cases = withEach(1, 4, () => fc.integer({ min: 1, max: 3 }));
    fc.assert(
      fc.property(cases, ([dims, reps]) => {
        same("tile", dims, (x) => tf.tile(x, reps));
        const axes = reps.flatMap((n, i) => (n > 1 ? [i] : []));
        same("reverse", dims, (x) => tf.reverse(x, axes));
        // tfjs' gradient of tile, which broadcastTo is made of, ends at rank 4.
        const thin = dims.slice(1).map((n, i) => (reps[i + 1] === 1 ? n : 1));
        same("broadcastTo", thin, (x) => tf.broadcastTo(x, dims));
      }),
      runs,
    );
  });

  it("pad, with a value; mirrorPad", () => {
    const cases = fc.tuple(
      withEach(1, 4, () => fc.integer({ min: 0, max: 2 })),
      fc.integer({ min: 0, max: 2 }),
    );
    fc.assert(
      fc.property(cases, ([[dims, before], after]) => {
        const paddings = before.map((n) => [n, after] as [number, number]);
        same("pad", dims, (x) => tf.pad(x, paddings, 1.5));
        const inside = (most: (n: number) => number) =>
          paddings.map((pair, i) => pair.map((n) => Math.min(n, most(dims[i]!))) as [number, number]);
        sameValues("reflect", (x) => tf.mirrorPad(x!, inside((n) => n - 1), "reflect"), [numbers(dims)]); // prettier-ignore
        sameValues("symmetric", (x) => tf.mirrorPad(x!, inside((n) => n), "symmetric"), [numbers(dims)]); // prettier-ignore
      }),
      runs,
    );
  });

  it("spaceToBatch, batchToSpace, depthToSpace", () => {
    const cases = fc.tuple(...[1, 2, 3, 2, 2].map((max) => fc.integer({ min: 1, max })));
    fc.assert(
      fc.property(cases, ([batch, h, w, a, b]) => {
        const block = [a!, b!];
        const crops = [[0, a! - 1], [b! - 1, 0]]; // prettier-ignore
        const dims = [batch! * a! * b!, h! + 1, w! + 1, 2];
        same("batchToSpaceND", dims, (x) => tf.batchToSpaceND(x, block, crops));
        const image = [batch!, h! * a! - crops[0]![1]!, w! * b! - crops[1]![0]!, 3];
        if (image.every((n) => n > 0))
          same("spaceToBatchND", image, (x) => tf.spaceToBatchND(x, block, crops));
      }),
      runs,
    );
    sameValues("depthToSpace", (x) => tf.depthToSpace(x as tf.Tensor4D, 2), [numbers([2, 2, 3, 8])]);
    // Eager TensorFlow has it on cards only: channels are [b, b, depth] here as there.
    const f = jit((x: tf.Tensor4D) => tf.depthToSpace(x, 2, "NCHW"));
    const x = tf.tensor4d([0, 1, 2, 3, 4, 5, 6, 7], [1, 8, 1, 1]);
    const got = f(x);
    assert.deepEqual(got.arraySync(), [[[[0, 2], [4, 6]], [[1, 3], [5, 7]]]]); // prettier-ignore
    tf.dispose([x, got]);
    f.dispose();
  });

  it("diag, bandPart, flipLeftRight", () => {
    sameValues("flip", (x) => tf.image.flipLeftRight(x as tf.Tensor4D), [numbers([2, 3, 4, 1])]);
    sameValues("diag", (x) => tf.diag(x!), [numbers([2, 3])]);
    for (const [lower, upper] of [
      [0, 0],
      [1, -1],
      [-1, 0],
      [2, 1],
    ] as const)
      same("bandPart", [2, 4, 5], (x) => tf.linalg.bandPart(x, lower, upper));
  });
});

compiledSuite("jit: slices", () => {
  it("slice", () => {
    const cases = withEach(1, 5, (n) => fc.integer({ min: 0, max: n - 1 })).chain(
      ([dims, begin]) =>
      fc.tuple(fc.constant(dims), fc.constant(begin), fc.tuple(...dims.map((n, i) => fc.integer({ min: -1, max: n - begin[i]! })))), // prettier-ignore
    );
    fc.assert(
      fc.property(cases, ([dims, begin, size]) => {
        const length = (i: number): number => (size[i] === -1 ? dims[i]! - begin[i]! : size[i]!);
        // An empty result is a case of its own below: eager gradients of one are not defined.
        const sizes = size.map((n, i) => (length(i) === 0 ? 1 : n));
        same("slice", dims, (x) => tf.slice(x, begin, sizes));
      }),
      runs,
    );
    sameValues("empty slice", (x) => tf.slice(x!, [1, 0], [0, 2]), [numbers([3, 2])]);
  });

  it("stridedSlice: strides both ways, masks", () => {
    const ends = withEach(1, 4, (n) => fc.integer({ min: -n - 1, max: n + 1 }));
    const strides = fc.array(fc.constantFrom(1, 2, 3, -1, -2), { minLength: 4, maxLength: 4 });
    const masks = fc.array(fc.integer({ min: 0, max: 15 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(
        ends,
        strides,
        masks,
        fc.integer({ min: 0, max: 5 }),
        ([dims, begin], steps, [m, n], by) => {
          const end = begin.map((from, i) => from + by * Math.sign(steps[i]!));
          const step = steps.slice(0, dims.length);
          sameValues("stridedSlice", (x) => tf.stridedSlice(x!, begin, end, step, m, n), [numbers(dims)]);
        },
      ),
      { numRuns: 40 },
    );
    sameValues("newaxis and ellipsis", (x) => tf.stridedSlice(x!, [0, 0, 1], [0, 0, 3], [1, 1, 1], 0, 0, 2, 1), [numbers([3, 4, 5])]); // prettier-ignore
    sameValues("shrink", (x) => tf.stridedSlice(x!, [1, -1], [2, 0], [1, 1], 0, 0, 0, 0, 3), [numbers([3, 4, 5])]); // prettier-ignore
  });

  it("split, unstack, stack, concat, on any axis", () => {
    const cases = shape(1, 4).chain(
      (dims) =>
      fc.tuple(fc.constant(dims), fc.integer({ min: 0, max: dims.length - 1 }), fc.integer({ min: 2, max: 3 }), fc.boolean()), // prettier-ignore
    );
    fc.assert(
      fc.property(cases, ([dims, axis, n, fromEnd]) => {
        const at = fromEnd ? axis - dims.length : axis;
        const long = dims.map((size, i) => (i === axis ? size * n : size));
        same("split", long, (x) => tf.split(x, n, at));
        same("split by sizes", dims.map((size, i) => (i === axis ? size + 3 : size)), (x) => tf.split(x, [1, -1, 2], at)); // prettier-ignore
        same("unstack", dims.map((size, i) => (i === axis ? size + 1 : size)), (x) => tf.unstack(x, at)); // prettier-ignore
        sameValues("concat", (a, b) => tf.concat([a!, b!, a!], at), [numbers(dims), numbers(long, 2)]);
        sameGradients("concat", (a, b) => tf.concat([a!, b!, a!], at), [numbers(dims), numbers(long, 2)]);
        const place = fromEnd ? -1 - axis : axis;
        same("stack", dims, (x) => tf.stack([x, tf.neg(x)], place));
      }),
      runs,
    );
  });

  it("integers and booleans move as well", () => {
    const op = (x: tf.Tensor): tf.Tensor[] => [
      tf.transpose(x),
      tf.slice(x, [1, 0], [2, 2]),
      tf.concat([x, x], 1),
      tf.tile(x, [2, 1]),
      tf.pad(x, [
        [1, 0],
        [0, 2],
      ]),
      tf.reverse(x, 0),
      tf.split(x, 3)[1]!, // prettier-ignore
    ];
    sameValues("int32", (x) => op(x!), [wholes([3, 4], 9)]);
    sameValues("bool", (x) => op(x!), [tf.tidy(() => wholes([3, 4], 2).cast("bool"))]);
  });
});

compiledSuite("jit: tensors without elements", () => {
  const none = () => tf.tensor1d([], "int32");
  const image = () => tf.zeros([0, 4, 4, 1]) as tf.Tensor4D;
  const cases: Readonly<Record<string, (x: tf.Tensor) => tf.Tensor | tf.Tensor[]>> = {
    concat: (x) => tf.concat([tf.zeros([0, 3]), x, tf.zeros([0, 3])], 0),
    split: (x) => tf.split(x, [0, 2], 0),
    transpose: () => tf.transpose(tf.zeros([0, 3])),
    pad: () => tf.pad(tf.zeros([0, 3]), [[1, 1], [0, 0]]), // prettier-ignore
    tile: () => tf.tile(tf.zeros([0, 3]), [2, 2]),
    matMul: () => tf.matMul(tf.zeros([2, 0]), tf.zeros([0, 4])),
    gather: (x) => tf.gather(x, none()),
    gatherND: (x) => tf.gatherND(x, tf.zeros([0, 2], "int32")),
    scatterND: () => tf.scatterND(tf.zeros([0, 1], "int32"), tf.zeros([0, 3]), [2, 3]),
    unsortedSegmentSum: () => tf.unsortedSegmentSum(tf.zeros([0, 3]), none(), 2),
    oneHot: () => tf.oneHot(none(), 3),
    conv2d: () => tf.conv2d(image(), tf.ones([2, 2, 1, 3]) as tf.Tensor4D, 1, "same"),
    maxPool: () => tf.maxPool(image(), 2, 2, "same"),
  };
  for (const [name, op] of Object.entries(cases))
    it(`${name} gives what it gives eager`, () => sameValues(name, (x) => op(x!), [numbers([2, 3])]));
});
