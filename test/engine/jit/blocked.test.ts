import assert from "node:assert/strict";
import { jit, tf } from "../../../src/engine";
import { compiledSuite, numbers, sameGradients, sameValues } from "../../helpers/jitted";

/** Enough numbers for the form in blocks, in few columns and in many. */
const shapes = [
  [576, 1024],
  [16, 40000],
  [8192, 64],
  [256, 2051],
] as const;

compiledSuite("jit: one row times a matrix", () => {
  it("gives what eager gives, for each way to write it", () => {
    for (const [k, n] of shapes) {
      const product = (x?: tf.Tensor, w?: tf.Tensor) => tf.matMul(x!, w!);
      sameValues(`[1, ${k}] x [${k}, ${n}]`, product, [numbers([1, k]), numbers([k, n], 2)], 1e-5);
      sameValues("with axes of 1", product, [numbers([1, 1, 1, k]), numbers([1, 1, k, n], 2)], 1e-5);
      const turned = (x?: tf.Tensor, w?: tf.Tensor) => tf.matMul(x!, w!, true);
      sameValues("a column for the row", turned, [numbers([k, 1]), numbers([k, n], 2)], 1e-5);
    }
    sameGradients("a row", (x, w) => tf.matMul(x!, w!), [numbers([1, 576]), numbers([576, 1024], 2)]);
  });

  it("is no dot where it is large and lies in memory as it is read, and is one otherwise", () => {
    const text = (x: number[], w: number[], op: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor): string => {
      const f = jit(op);
      const inputs = [numbers(x), numbers(w, 2)] as const;
      const lowered = f.lower(...inputs).text;
      tf.dispose([...inputs]);
      f.dispose();
      return lowered;
    };
    const plain = (x: tf.Tensor, w: tf.Tensor) => tf.matMul(x, w);
    assert.doesNotMatch(text([1, 576], [576, 1024], plain), /dot_general/);
    assert.match(text([2, 576], [576, 1024], plain), /dot_general/, "two rows");
    assert.match(text([1, 570], [570, 1024], plain), /dot_general/, "no whole blocks");
    assert.match(text([1, 576], [576, 192], plain), /dot_general/, "small");
    const turned = (x: tf.Tensor, w: tf.Tensor) => tf.matMul(x, w.transpose());
    assert.match(text([1, 576], [1024, 576], turned), /dot_general/, "a transpose");
    const named = (x: tf.Tensor, w: tf.Tensor) => tf.matMul(x, w, false, true);
    assert.match(text([1, 576], [1024, 576], named), /dot_general/, "a transposed operand");
  });
});
