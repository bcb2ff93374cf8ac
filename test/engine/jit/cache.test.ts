import assert from "node:assert/strict";
import { jit, tf } from "../../../src/engine";
import { compiledSuite, using, valuesIn } from "../../helpers/jitted";

compiledSuite("jit: programs are kept", () => {
  it("by shapes, types and static arguments", () => {
    let traces = 0;
    const f = jit((x: tf.Tensor, how: { by: number; name: string }) => {
      traces++;
      return tf.mul(x, how.by);
    });
    using(f, () => {
      const call = (shape: number[], by: number, name = "a"): number[] =>
        valuesIn(f(tf.ones(shape), { by, name }));
      assert.deepEqual(call([2], 2), [2, 2]);
      assert.deepEqual(call([2], 2), [2, 2]);
      assert.equal(traces, 1);
      assert.deepEqual(call([3], 2), [2, 2, 2]);
      assert.deepEqual(call([2], 3), [3, 3]);
      assert.deepEqual(call([2], 2, "b"), [2, 2]);
      assert.deepEqual(call([1, 2], 2), [2, 2]);
      f(tf.ones([2], "int32"), { by: 2, name: "a" });
      assert.equal(traces, 6);
      assert.deepEqual(f.cacheInfo(), { hits: 1, misses: 6, size: 6, limit: 64 });
    });
    assert.equal(f.cacheInfo().size, 0);
  });

  it("up to a limit: the one unused for longest goes", () => {
    const f = jit((x: tf.Tensor) => tf.add(x, 1), { limit: 2 });
    using(f, () => {
      const call = (n: number): void => void f(tf.ones([n]));
      [1, 2, 1, 3, 1, 2].forEach(call);
      assert.deepEqual(f.cacheInfo(), { hits: 2, misses: 4, size: 2, limit: 2 });
    });
    assert.throws(() => jit(() => 0, { limit: 0 }), RangeError);
  });

  it("and a number that always changes is named once", () => {
    const warned: string[] = [];
    const warn = console.warn;
    console.warn = (line: string) => void warned.push(line);
    const f = jit((x: tf.Tensor, rate: number) => tf.mul(x, rate), { name: "sgd" });
    try {
      using(f, () => {
        for (let i = 0; i < 40; i++) f(tf.scalar(1), i / 40);
      });
    } finally {
      console.warn = warn;
    }
    assert.equal(warned.length, 1);
    assert.match(warned[0]!, /jit\(sgd\): 16 programs.*tf\.scalar/);
  });

  it("but not where the function makes variables at each call, which is said once", () => {
    const warned: string[] = [];
    const warn = console.warn;
    console.warn = (line: string) => void warned.push(line);
    const made: tf.Variable[] = [];
    const f = jit((x: tf.Tensor) => {
      made.push(tf.variable(x));
      return tf.add(made.at(-1)!, 1);
    });
    try {
      using(f, () => {
        const sums = [1, 2, 3, 4, 5].map((x) => valuesIn(f(tf.scalar(x)))[0]);
        assert.deepEqual(sums, [2, 3, 4, 5, 6]);
        assert.deepEqual(
          made.map((v) => valuesIn(v)[0]),
          [1, 2, 3, 4, 5],
        );
        assert.equal(f.cacheInfo().size, 0);
      });
    } finally {
      console.warn = warn;
      tf.dispose(made);
    }
    assert.equal(warned.length, 1);
    assert.match(warned[0]!, /makes variables at each call, so no program can be kept/);
  });

  it("functions as arguments count by identity", () => {
    const f = jit((g: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor) => g(x));
    using(f, () => {
      const square = (x: tf.Tensor): tf.Tensor => tf.square(x);
      assert.deepEqual(valuesIn(f(square, tf.scalar(3))), [9]);
      assert.deepEqual(valuesIn(f((x) => tf.neg(x), tf.scalar(3))), [-3]);
      assert.deepEqual(valuesIn(f(square, tf.scalar(4))), [16]);
      assert.equal(f.cacheInfo().size, 2);
    });
  });
});
