import assert from "node:assert/strict";
import { jit, JitError, makeRng, tf, uniformTensor } from "../../../src/engine";
import type { Rng } from "../../../src/engine";
import { compiledSuite, using, valuesIn, variable } from "../../helpers/jitted";

compiledSuite("jit: what a program cannot do is an error with the user's line", () => {
  const here = /\[errors\.test\.ts:\d+\]$/;

  function refused(fn: (x: tf.Tensor) => unknown, message: RegExp): void {
    const f = jit(fn, { name: "user" });
    assert.throws(
      () => tf.tidy(() => void f(tf.tensor([1, 2, 3]))),
      (error: unknown) => {
        assert.ok(error instanceof JitError, String(error));
        assert.match(error.message, message);
        assert.doesNotMatch(error.stack ?? "", / at .*(tfjs|src\/engine)/);
        return true;
      },
    );
    assert.equal(f.cacheInfo().size, 0);
  }

  it("reading values", () => {
    const read = /jit\(user\): a tensor's values are read here.*tf\.where/;
    refused((x) => x.dataSync()[0], read);
    refused((x) => (x.max().arraySync() as number) > 0 && x, here);
    refused((x) => (x.print(), x), read);
  });

  it("an async function", () => refused(async (x) => x, /the function is async/));

  it("a shape that depends on values", () => {
    refused((x) => tf.unique(tf.cast(x, "int32") as tf.Tensor1D).values, /depends on values.*mask/);
    refused((x) => tf.unique(x as tf.Tensor1D).values, here);
  });

  it("a kernel without a rule", () => {
    refused(
      (x) => tf.spectral.fft(tf.complex(x, x)),
      /no rule that says what tfjs' kernel Complex means.*src\/engine\/jit\/rules/,
    );
  });

  it("a tensor that is kept", () => {
    refused((x) => tf.keep(tf.add(x, 1)) && 0, /a tensor of shape \[3\] made inside the function is kept/);
  });

  it("disposing an argument", () => refused((x) => x.dispose(), /argument 0 is disposed inside/));

  it("a tensor that leaks out of the trace, at the line that uses it", () => {
    let stored: tf.Tensor | undefined;
    const f = jit((x: tf.Tensor) => (stored = tf.add(x, 1)));
    using(f, () => {
      f(tf.scalar(1));
      const message =
        /made while the function was compiled and has no values.*Cure: return it.*\[errors\.test\.ts/;
      assert.throws(() => tf.add(stored!, 1), message);
      assert.throws(() => stored!.dataSync(), message);
      const g = jit((x: tf.Tensor) => tf.add(x, stored!));
      assert.throws(() => g(tf.scalar(1)), message);
    });
  });

  it("more memory than there is", () => {
    const f = jit((x: tf.Tensor, rng: Rng) => tf.tile(tf.add(x, uniformTensor(rng, [3])), [1e15]));
    using(f, () => {
      assert.throws(
        () => f(tf.ones([3]), makeRng(1)),
        /the program fails: Out of memory.*PiB\. Cure: smaller tensors.*\[errors\.test\.ts:\d+\]$/,
      );
    });
  });

  it("and the engine, variables and memory are as before", () => {
    const v = variable(tf.scalar, 1);
    const f = jit((x: tf.Tensor) => {
      v.assign(tf.scalar(2));
      tf.variable(tf.scalar(3));
      const long = tf.tensor(Array.from({ length: 1000 }, (_, i) => i));
      throw new Error(`mine ${x.rank} ${long.rank}`);
    });
    assert.throws(() => tf.tidy(() => f(tf.scalar(1))), /mine 0 1/);
    assert.deepEqual(valuesIn(v), [1]);
    assert.equal(tf.getBackend(), "tensorflow");
    v.dispose();
  });
});
