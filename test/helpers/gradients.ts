import assert from "node:assert/strict";
import { integer, makeRng, tf } from "../../src/engine";
import { mapTensors, namedTensors } from "../../src/tree";
import { valueAndGradients } from "../../src/train";

/**
 * Gradients against central differences, at a few numbers of every tensor of a tree. The loss should be of size 1
 * and smooth; in float32 a difference over 2 h keeps about three digits. On a software graphics card, where a call
 * takes a hundred times as long, every eighth tensor is looked at.
 */
export async function assertGradients<P>(
  loss: (params: P) => tf.Scalar,
  params: P,
  { each = 2, h = 1e-2, tolerance = 2e-3 } = {},
): Promise<void> {
  const { value, gradients } = valueAndGradients(loss, params);
  const rng = makeRng(11);
  const grads = namedTensors(gradients);
  const stride = tf.getBackend() === "webgpu" ? 8 : 1;
  for (const [name, tensor] of [...namedTensors(params)].filter((_, i) => i % stride === 0)) {
    const slope = await grads.get(name)!.data();
    for (let pick = 0; pick < each; pick++) {
      const at = integer(rng, tensor.size);
      const shifted = async (by: number): Promise<number> => {
        const result = tf.tidy(() => {
          const one = tf.oneHot(tf.scalar(at, "int32"), tensor.size).cast("float32");
          const step = one.mul(by).reshape(tensor.shape);
          return loss(mapTensors(params, (leaf, own) => (own === name ? leaf.add(step) : leaf)) as P);
        });
        const [number] = await result.data();
        result.dispose();
        return number as number;
      };
      const difference = ((await shifted(h)) - (await shifted(-h))) / (2 * h);
      const got = slope[at] as number;
      const scale = Math.max(1, Math.abs(difference));
      assert.ok(
        Math.abs(got - difference) <= tolerance * scale,
        `${name}[${at}]: ${got}, by differences ${difference}`,
      );
    }
  }
  tf.dispose(value);
  tf.dispose([...grads.values()]);
}
