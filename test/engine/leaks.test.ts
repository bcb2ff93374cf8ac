import assert from "node:assert/strict";
import { assertNoLeaks, countLeaks, tf } from "../../src/engine";
import { eachEngine } from "../helpers/engines";

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

eachEngine("leak counter", () => {
  // Every test ends as it began, so that a fault of one cannot hide in the next.
  let before = 0;
  beforeEach(() => (before = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, before));

  it("counts what a call leaves behind, with sizes and shapes", () => {
    const left: tf.Tensor[] = [];
    const report = countLeaks(() => {
      left.push(tf.zeros([2, 3]), tf.zeros([2, 3]), tf.zeros([4], "int32"));
      tf.ones([5]).dispose();
      return "done";
    });
    assert.deepEqual(report, {
      result: "done",
      tensors: 3,
      bytes: 2 * 24 + 16,
      shapes: { "[2, 3] float32": 2, "[4] int32": 1 },
    });
    tf.dispose(left);
  });

  it("what is returned is no leak, wherever it lies in the result", () => {
    const { result, tensors } = countLeaks(() => ({
      loss: tf.scalar(1),
      list: [tf.ones([2]), { deep: tf.ones([3]) }],
      map: new Map([["w", tf.ones([4])]]),
      set: new Set([tf.ones([5])]),
      bytes: new Uint8Array(8),
    }));
    assert.equal(tensors, 0);
    tf.dispose([result.loss, result.list[0] as tf.Tensor, (result.list[1] as { deep: tf.Tensor }).deep]);
    tf.dispose([...result.map.values(), ...result.set]);
  });

  it("assertNoLeaks passes clean code and its result", () => {
    const y = assertNoLeaks(() => tf.tidy(() => tf.ones([2]).add(1).square()));
    assert.deepEqual(y.shape, [2]);
    y.dispose();
    const tensor = tf.ones([2]);
    assertNoLeaks(() => tensor.dispose());
    assert.ok(tensor.isDisposed);
  });

  it("assertNoLeaks names what a forgotten intermediate leaves", () => {
    let forgotten: tf.Tensor | undefined;
    let kept: tf.Tensor | undefined;
    const step = () => {
      forgotten = tf.ones([64, 2]);
      kept = forgotten.mul(2);
      return kept;
    };
    assert.throws(() => assertNoLeaks(step), {
      message:
        "1 tensor outlives the call (512 bytes): [64, 2] float32. Cure: wrap the work in tf.tidy, or dispose what is not returned",
    });
    tf.dispose([forgotten, kept] as tf.Tensor[]);
  });

  it("data that a leak shares with the result, or with another leak, counts once", () => {
    const left: tf.Tensor[] = [];
    const own = countLeaks(() => {
      const y = tf.ones([6]);
      left.push(tf.variable(y)); // shares the data of y
      return y;
    });
    assert.deepEqual([own.tensors, own.bytes], [1, 0]);
    const twice = countLeaks(() => {
      const y = tf.ones([6]);
      left.push(y, tf.variable(y));
    });
    assert.deepEqual([twice.tensors, twice.bytes], [2, 24]);
    [own.result, ...left].forEach((tensor) => tensor.dispose());
  });

  it("variables and kept tensors are counted", () => {
    const left: tf.Tensor[] = [];
    const report = countLeaks(() =>
      tf.tidy(() => {
        left.push(tf.variable(tf.ones([2])), tf.keep(tf.ones([3])));
      }),
    );
    // The variable shares its data with the tensor that it was made from, which tidy disposes.
    assert.equal(report.tensors, 2);
    left.forEach((tensor) => tensor.dispose());
  });

  it("async: counts until the promise settles", async () => {
    const left: tf.Tensor[] = [];
    const report = await countLeaks(async () => {
      await pause();
      left.push(tf.ones([7]));
      await pause();
      return tf.ones([1]);
    });
    assert.deepEqual(report.shapes, { "[7] float32": 1 });
    await assert.rejects(
      assertNoLeaks(async () => {
        await pause();
        left.push(tf.ones([8]));
      }),
      /1 tensor outlives the call \(32 bytes\): \[8\] float32/,
    );
    const clean = await assertNoLeaks(async () => {
      const x = tf.ones([2]);
      const values = await x.data();
      x.dispose();
      return values[0];
    });
    assert.equal(clean, 1);
    tf.dispose([...left, report.result]);
  });

  it("many short-lived tensors do not pile up in the counter, and nested counts agree", () => {
    const left: tf.Tensor[] = [];
    const outer = countLeaks(() => {
      for (let i = 0; i < 3000; i++) tf.scalar(i).dispose();
      left.push(tf.ones([2]));
      return countLeaks(() => void left.push(tf.ones([3]))).tensors;
    });
    assert.deepEqual([outer.tensors, outer.result], [2, 1]);
    tf.dispose(left);
  });

  it("an error passes through and the watch ends with it", async () => {
    const fail = () => {
      throw new RangeError("no");
    };
    assert.throws(() => countLeaks(fail), RangeError);
    await assert.rejects(
      countLeaks(async () => {
        await pause();
        fail();
      }),
      RangeError,
    );
    assert.equal(Object.hasOwn(tf.engine(), "trackTensor"), false);
  });
});
