import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, tf } from "../../../src/engine";
import { embed } from "../../../src/ops";
import { assertSame, compiledSuite, numbers, sameGradients, sameValues, wholes } from "../../helpers/jitted";

const dims = (min: number, max: number) =>
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: min, maxLength: max });
const runs = { numRuns: 15 };

compiledSuite("jit: looking up", () => {
  const cases = dims(1, 4).chain((shape) =>
    fc.record({
      shape: fc.constant(shape),
      axis: fc.integer({ min: 0, max: shape.length - 1 }),
      found: dims(0, 3),
    }),
  );

  it("gather on any axis, with indices of any rank", () => {
    fc.assert(
      fc.property(cases, ({ shape, axis, found }) => {
        const ids = wholes(found, shape[axis]!);
        sameValues("gather", (x) => tf.gather(x!, ids as tf.Tensor1D, axis), [numbers(shape)]);
        sameGradients("gather", (x) => tf.gather(x!, ids as tf.Tensor1D, axis), [numbers(shape)]);
        ids.dispose();
      }),
      runs,
    );
  });

  it("gather counts an axis from the end (eager TensorFlow does not)", () => {
    fc.assert(
      fc.property(cases, ({ shape, axis, found }) => {
        const [x, ids] = [numbers(shape), wholes(found, shape[axis]!)];
        const f = jit((from: tf.Tensor) => tf.gather(from, ids as tf.Tensor1D, axis - shape.length));
        const [got, wanted] = [f(x), tf.gather(x, ids as tf.Tensor1D, axis)];
        assertSame(got, wanted, 0, "gather");
        tf.dispose([x, ids, got, wanted]);
        f.dispose();
      }),
      runs,
    );
  });

  it("gather with paired batch axes, in front of and between others", () => {
    const batched = fc.record({
      batch: dims(1, 2),
      before: dims(0, 1),
      n: fc.integer({ min: 1, max: 4 }),
      after: dims(0, 2),
      found: dims(0, 2),
    });
    fc.assert(
      fc.property(batched, ({ batch, before, n, after, found }) => {
        const shape = [...batch, ...before, n, ...after];
        const axis = batch.length + before.length;
        const ids = wholes([...batch, ...found], n) as tf.Tensor1D;
        for (const batchDims of [batch.length, ...(found.length > 0 ? [-found.length] : [])])
          sameValues("gather", (x) => tf.gather(x!, ids, axis, batchDims), [numbers(shape)]);
        ids.dispose();
      }),
      runs,
    );
    // tfjs' gradient knows one batch axis and writes out one example after another; it needs indices of rank 2.
    const ids = wholes([3, 2], 5) as tf.Tensor2D;
    sameGradients("gather", (x) => tf.gather(x!, ids, 1, 1), [numbers([3, 5, 4])]);
    ids.dispose();
  });

  it("gatherND: rows that name places, elements and slices", () => {
    fc.assert(
      fc.property(dims(1, 4), dims(1, 2), fc.nat(), (shape, places, pick) => {
        const depth = 1 + (pick % shape.length);
        const ids = tf.tidy(() => tf.stack(shape.slice(0, depth).map((n, i) => wholes(places, n, i + 1)), -1)); // prettier-ignore
        sameValues("gatherND", (x) => tf.gatherND(x!, ids), [numbers(shape)]);
        ids.dispose();
      }),
      runs,
    );
  });

  it("oneHot, with values and types; an index out of range gives no one", () => {
    const ids = tf.tensor2d([0, 3, -1, 7, 2, 2], [2, 3], "int32");
    for (const dtype of ["float32", "int32"] as const)
      sameValues("oneHot", (x) => tf.oneHot(x!, 4, 5, -2, dtype), [ids.clone()]);
    sameValues("oneHot", (x) => tf.oneHot(x!, 4), [ids.clone()]);
    ids.dispose();
  });

  it("an index out of range is pulled into the range: it neither throws nor reads elsewhere", () => {
    const f = jit((x: tf.Tensor, ids: tf.Tensor) => [tf.gather(x, ids as tf.Tensor1D), tf.gatherND(x, ids.reshape([-1, 1]))]); // prettier-ignore
    const [x, ids] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([-5, 1, 99], "int32")];
    const got = f(x, ids);
    for (const each of got) assert.deepEqual(Array.from(each.dataSync()), [1, 2, 3]);
    tf.dispose([x, ids, got]);
    f.dispose();
  });

  it("embed: its gradient adds up where an id repeats; an id out of range makes a row of NaN", () => {
    const ids = tf.tensor2d([1, 4, 4, 4, 0, 1], [2, 3], "int32");
    sameValues("embed", (table) => embed(ids, table!), [numbers([5, 7])]);
    sameGradients("embed", (table) => embed(ids, table!), [numbers([5, 7])]);
    const f = jit((table: tf.Tensor, at: tf.Tensor) => embed(at, table));
    const [table, bad] = [tf.ones([2, 2]), tf.tensor1d([1, 2, -1], "int32")];
    const got = f(table, bad);
    assert.deepEqual(Array.from(got.dataSync()), [1, 1, NaN, NaN, NaN, NaN]);
    tf.dispose([ids, table, bad, got]);
    f.dispose();
  });
});

compiledSuite("jit: adding and writing at places", () => {
  /** A shape, how many of its axes are named, how many places, and a seed. */
  const cases = fc.tuple(dims(1, 4), dims(1, 2), fc.nat());
  const placesOf = (shape: readonly number[], places: readonly number[], pick: number) => {
    const depth = 1 + (pick % shape.length);
    const ids = tf.tidy(() => tf.stack(shape.slice(0, depth).map((n, i) => wholes(places, n, i + pick + 1)), -1)); // prettier-ignore
    return { ids, updates: [...places, ...shape.slice(depth)] };
  };

  it("scatterND adds up where a place repeats", () => {
    fc.assert(
      fc.property(cases, ([shape, places, pick]) => {
        const { ids, updates } = placesOf(shape, places, pick);
        sameValues("scatterND", (dy) => tf.scatterND(ids, dy!, shape), [numbers(updates)], 1e-6);
        ids.dispose();
      }),
      runs,
    );
    const ids = tf.tensor2d([0, 2, 0], [3, 1], "int32");
    sameValues("int32", (dy) => tf.scatterND(ids, dy!, [4, 2]), [wholes([3, 2], 50)]);
    ids.dispose();
  });

  it("tensorScatterUpdate overwrites", () => {
    fc.assert(
      fc.property(cases, ([shape, places, pick]) => {
        const { ids, updates } = placesOf(shape, places, pick);
        // Writes to one place in an order that is not given: here all of them write the same.
        const same = (dy: tf.Tensor) => tf.ones(updates).mul(tf.max(dy));
        sameValues("update", (x, dy) => tf.tensorScatterUpdate(x!, ids, same(dy!)), [numbers(shape), numbers(updates, 2)]); // prettier-ignore
        ids.dispose();
      }),
      runs,
    );
  });

  it("unsortedSegmentSum, and its gradient", () => {
    fc.assert(
      fc.property(dims(1, 3), fc.integer({ min: 1, max: 5 }), (shape, segments) => {
        const ids = wholes([shape[0]!], segments) as tf.Tensor1D;
        const op = (x?: tf.Tensor) => tf.unsortedSegmentSum(x!, ids, segments + 1);
        sameValues("segments", op, [numbers(shape)], 1e-6);
        sameGradients("segments", op, [numbers(shape)]);
        ids.dispose();
      }),
      runs,
    );
  });

  it("sparseToDense: places of a matrix and of a vector, one value for all", () => {
    const matrix = tf.tensor2d([0, 1, 2, 0], [2, 2], "int32");
    const vector = tf.tensor1d([1, 3], "int32");
    sameValues("matrix", (v) => tf.sparseToDense(matrix, v!, [3, 2], 9), [numbers([2])]);
    sameValues("vector", (v) => tf.sparseToDense(vector, v!, [5]), [numbers([2])]);
    sameValues("one value", (v) => tf.sparseToDense(vector, v!, [5], -1), [numbers([])]);
    tf.dispose([matrix, vector]);
  });

  it("bincount, with and without weights", () => {
    const ids = tf.tensor1d([0, 2, 2, 5, 9], "int32");
    sameValues("weights", (w) => tf.bincount(ids, w as tf.Tensor1D, 6), [numbers([5])], 1e-6);
    sameValues("counts", (x) => tf.bincount(x as tf.Tensor1D, tf.tensor1d([], "float32"), 6), [ids]);
  });

  it("a place out of range is left out", () => {
    const f = jit((x: tf.Tensor, ids: tf.Tensor) => [
      tf.scatterND(ids.reshape([3, 1]), tf.ones([3]), [3]),
      tf.tensorScatterUpdate(x, ids.reshape([3, 1]), tf.ones([3])),
      tf.unsortedSegmentSum(tf.ones([3]), ids as tf.Tensor1D, 3),
    ]);
    const [x, ids] = [tf.tensor1d([7, 7, 7]), tf.tensor1d([-5, 1, 99], "int32")];
    const got = f(x, ids);
    assert.deepEqual(got.map((each) => Array.from(each.dataSync())), [[0, 1, 0], [7, 1, 7], [0, 1, 0]]); // prettier-ignore
    tf.dispose([x, ids, got]);
    f.dispose();
  });
});
