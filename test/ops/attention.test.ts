import assert from "node:assert/strict";
import { assertNoLeaks, jit, makeRng, normalTensor, tf } from "../../src/engine";
import type { EngineName } from "../../src/engine";
import { attention, softmaxMasked } from "../../src/ops";
import type { AttentionOptions } from "../../src/ops";
import { eachEngine } from "../helpers/engines";

/** The formula, as it stands in the paper, by tfjs' own gradients. */
function plain(
  q: tf.Tensor,
  k: tf.Tensor,
  v: tf.Tensor,
  { causal, mask, scale }: AttentionOptions,
): tf.Tensor {
  const [T, S, D] = [q.shape.at(-2)!, k.shape.at(-2)!, q.shape.at(-1)!];
  const scores = tf.matMul(q, k, false, true).mul(scale ?? 1 / Math.sqrt(D)); // [..., T, S]
  const order = (n: number): tf.Tensor1D => tf.range(0, n, 1, "int32");
  const triangle = tf.lessEqual(order(S).reshape([1, S]), order(T).reshape([T, 1]));
  const allowed = causal ? (mask ? tf.logicalAnd(mask, triangle) : triangle) : mask;
  return tf.matMul(softmaxMasked(scores, allowed), v);
}

async function assertSame(
  got: tf.Tensor[],
  wanted: tf.Tensor[],
  tolerance: number,
  what: string,
): Promise<void> {
  for (const [i, tensor] of got.entries()) {
    assert.deepEqual(tensor.shape, wanted[i]!.shape);
    const [a, b] = [await tensor.data(), await wanted[i]!.data()];
    const scale = Math.max(...b.map(Math.abs));
    a.forEach((v, j) =>
      assert.ok(Math.abs(v - b[j]!) <= tolerance * scale, `${what} ${i}[${j}]: ${v}, ${b[j]}`),
    );
  }
}

const cases: Readonly<Record<string, { q: number[]; S?: number; E?: number; options: AttentionOptions }>> = {
  "all places": { q: [2, 3, 5, 4], S: 7, E: 6, options: {} },
  "another scale, no batch": { q: [5, 4], options: { scale: 2 } },
  "causal, one block": { q: [2, 1, 6, 4], options: { causal: true } },
  "causal, two blocks": { q: [1, 2, 129, 4], E: 3, options: { causal: true } },
  "causal, four blocks of unequal size": { q: [1, 1, 258, 2], options: { causal: true } },
};

eachEngine("attention", (engine: EngineName) => {
  const tolerance = engine === "webgpu" ? 1e-4 : 1e-5;
  const make = (shape: number[], seed: number): tf.Tensor => normalTensor(makeRng(seed), shape);

  /** Values and gradients against the plain formula. */
  async function compare(inputs: tf.Tensor[], options: AttentionOptions, what: string): Promise<void> {
    const weight = tf.tidy(() => make([...inputs[0]!.shape.slice(0, -1), inputs[2]!.shape.at(-1)!], 9));
    const all = (f: typeof plain) => (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor) => [
      f(q, k, v, options),
      ...tf.grads((a, b, c) => tf.sum(f(a!, b!, c!, options).mul(weight)))([q, k, v]),
    ];
    const [q, k, v] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
    const wanted = tf.tidy(() => all(plain)(q, k, v));
    const got = assertNoLeaks(() => tf.tidy(() => all(attention)(q, k, v)));
    await assertSame(got, wanted, tolerance, what);
    const compiled = jit(all(attention));
    const ours = compiled(q, k, v);
    await assertSame(ours, wanted, tolerance, `${what}, jit`);
    compiled.dispose();
    tf.dispose([weight, wanted, got, ours]);
  }

  for (const [name, { q, S = q.at(-2)!, E = q.at(-1)!, options }] of Object.entries(cases)) {
    it(`${name}: values and gradients of the plain formula`, async () => {
      const lead = q.slice(0, -2);
      const inputs = [make(q, 1), make([...lead, S, q.at(-1)!], 2), make([...lead, S, E], 3)];
      await compare(inputs, options, name);
      tf.dispose(inputs);
    });
  }

  it("masks of any shape that broadcasts, alone and with causal", async () => {
    const inputs = [1, 2, 3].map((seed) => make([2, 2, 130, 3], seed));
    const odd = (shape: number[]): tf.Tensor => tf.tidy(() => tf.greater(make(shape, 7), -0.5)); // some are false
    const shapes = [[130], [2, 1, 1, 130], [130, 130], [1, 2, 130, 1], []];
    // A card emulated in software takes seconds for each.
    for (const shape of engine === "webgpu" ? shapes.slice(1, 2) : shapes) {
      const mask = odd(shape);
      await compare(inputs, { mask }, `mask [${shape}]`);
      await compare(inputs, { mask, causal: true }, `causal mask [${shape}]`);
      mask.dispose();
    }
    tf.dispose(inputs);
  });

  it("errors name the argument and the axis", () => {
    const at = (...shapes: number[][]): tf.Tensor[] => shapes.map((shape) => tf.zeros(shape));
    const fails = (inputs: tf.Tensor[], options: AttentionOptions, message: RegExp): void => {
      const [q, k, v] = inputs as [tf.Tensor, tf.Tensor, tf.Tensor];
      assert.throws(() => attention(q, k, v, options), message);
    };
    tf.tidy(() => {
      fails(at([3, 4], [3, 5], [3, 4]), {}, /axis 1 of k must be 4 \(last axis of q\), got 5/);
      fails(at([3, 4], [5, 4], [3, 4]), {}, /axis 0 of v must be 5 \(keys\), got 3/);
      fails(
        at([3, 4], [5, 4], [5, 4]),
        { causal: true },
        /axis 0 of k must be 3 \(queries, since it is causal\)/,
      );
      fails(at([2, 3, 4], [1, 3, 4], [2, 3, 4]), {}, /axis 0 of k must be 2 \(axis 0 of q\), got 1/);
      fails(at([3, 4], [3, 4], [3, 4]), { mask: tf.ones([3, 3]) }, /mask must be bool/);
      fails(at([3, 4], [3, 4], [3, 4]), { mask: tf.ones([2, 3], "bool") }, /axis 0 of mask must be 3 or 1/);
    });
  });
});
