import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, tf } from "../../../src/engine";
import { compiledSuite, numbers, sameGradients, sameValues, wholes } from "../../helpers/jitted";

const size = fc.integer({ min: 1, max: 6 });
const close = 1e-5;

/** Shapes of two factors: `batch` before them, with 1 in the place of an axis that one of them stretches. */
const factors = fc.record({
  batch: fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom("both", "a", "b")), {
    maxLength: 3,
  }),
  m: size,
  k: size,
  n: size,
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
});

compiledSuite("jit: products of matrices", () => {
  it("matMul: ranks 2 to 5, mixed transposes, batches that stretch", () => {
    fc.assert(
      fc.property(factors, ({ batch, m, k, n, transposeA, transposeB }) => {
        const side = (own: string) =>
          batch.map(([length, who]) => (who === "both" || who === own ? length : 1));
        const a = [...side("a"), ...(transposeA ? [k, m] : [m, k])];
        const b = [...side("b"), ...(transposeB ? [n, k] : [k, n])];
        const product = (x?: tf.Tensor, y?: tf.Tensor) => tf.matMul(x!, y!, transposeA, transposeB);
        sameValues("matMul", product, [numbers(a), numbers(b, 2)], close);
        // tfjs' own gradient does not sum over stretched axes, and throws there.
        const full = batch.map(([length]) => length);
        const paired = [[...full, ...a.slice(-2)], [...full, ...b.slice(-2)]] as const; // prettier-ignore
        sameGradients("matMul", product, [numbers(paired[0]), numbers(paired[1], 2)]);
      }),
      { numRuns: 30 },
    );
  });

  it("of different ranks, and of integers", () => {
    sameValues("ranks", (a, b) => tf.matMul(a!, b!), [numbers([2, 3, 4, 5]), numbers([5, 6], 2)], close);
    sameValues("ranks", (a, b) => tf.matMul(a!, b!), [numbers([4, 5]), numbers([2, 3, 5, 6], 2)], close);
    sameValues("int32", (a, b) => tf.matMul(a!, b!), [wholes([2, 3, 4], 100), wholes([2, 4, 5], 100, 2)]);
  });

  it("a weight for all of a batch is one product: it is not repeated", () => {
    const f = jit((x: tf.Tensor, w: tf.Tensor) => tf.matMul(x, w));
    const [x, w] = [numbers([4, 8, 16]), numbers([16, 32])];
    const { text } = f.lower(x, w);
    assert.match(text, /dot_general .*contracting_dims = \[2\] x \[0\]/);
    assert.doesNotMatch(text, /broadcast|transpose|batching/);
    tf.dispose([x, w]);
    f.dispose();
  });

  it("keys that a group of heads shares are not repeated either", () => {
    const f = jit((q: tf.Tensor, k: tf.Tensor) => tf.matMul(q, k, false, true));
    const [q, k] = [numbers([2, 3, 4, 5, 8]), numbers([2, 3, 1, 6, 8])]; // [B, heads of keys, group, T, D]
    const { text } = f.lower(q, k);
    assert.match(text, /dot_general .*-> tensor<2x3x20x6xf32>/);
    assert.doesNotMatch(text, /broadcast|transpose/);
    tf.dispose([q, k]);
    f.dispose();
  });

  it("fused with bias and activation", () => {
    const activations = ["linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu"] as const;
    for (const activation of activations) {
      const op = (a?: tf.Tensor, b?: tf.Tensor, bias?: tf.Tensor) =>
        tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation, transposeB: true, leakyreluAlpha: 0.3 });
      sameValues(activation, op, [numbers([7, 5]), numbers([6, 5], 2), numbers([6], 3)], close);
    }
    const prelu = (a?: tf.Tensor, b?: tf.Tensor, weights?: tf.Tensor) =>
      tf.fused.matMul({ a: a!, b: b!, activation: "prelu", preluActivationWeights: weights! });
    sameValues("prelu", prelu, [numbers([7, 5]), numbers([5, 6], 2), numbers([6], 3)], close);
    for (const activation of ["linear", "relu"] as const) {
      const op = (a?: tf.Tensor, b?: tf.Tensor, bias?: tf.Tensor) =>
        tf.fused.matMul({ a: a!, b: b!, bias: bias!, activation });
      sameGradients(activation, op, [numbers([7, 5]), numbers([5, 6], 2), numbers([6], 3)]);
    }
  });
});

compiledSuite("jit: einsum", () => {
  const lengths: Readonly<Record<string, number>> = { b: 2, h: 3, i: 4, j: 5, k: 6, d: 3 };
  const operands = (equation: string): tf.Tensor[] =>
    equation
      .split("->")[0]!
      .split(",")
      .map((labels, i) => numbers(Array.from(labels, (label) => lengths[label]!), i + 1)); // prettier-ignore

  const equations = [
    "ij->ji", "ij->", "ij->j", "bij->jib", "i,i->", "i,j->ij", "ij,jk->ik", "ij,kj->ik", "bij,bjk->bik", "bhid,bhjd->bhij",
    "bhij,bhjd->bihd", "ij,jk->", "bi,bi->b", "ij,ij->ij", "ij,k->kj", "bij,jk->bik",
  ]; // prettier-ignore
  it("of one and two operands", () => {
    for (const equation of equations)
      sameValues(equation, (...xs) => tf.einsum(equation, ...xs), operands(equation), close);
  });

  it("with repeated labels and with ... (stretched from the right)", () => {
    const cases: [string, number[][]][] = [
      ["ii->i", [[4, 4]]],
      ["ii->", [[4, 4]]],
      ["bii->b", [[3, 4, 4]]],
      ["...ij->...ji", [[2, 3, 4, 5]]],
      ["...ij,...jk->...ik", [[2, 3, 4, 5], [3, 5, 2]]],
      ["...ij,...jk->...ik", [[1, 4, 5], [3, 5, 2]]],
      ["i...,ij->j...", [[4, 3, 2], [4, 5]]],
    ]; // prettier-ignore
    for (const [equation, shapes] of cases)
      sameValues(equation, (...xs) => tf.einsum(equation, ...xs), shapes.map((s, i) => numbers(s, i + 1)), close); // prettier-ignore
  });

  it("of three operands, which eager TensorFlow does not take", () => {
    const f = jit((a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => ({
      got: tf.einsum("ij,jk,kd->id", a, b, c),
      wanted: tf.matMul(tf.matMul(a, b), c),
    }));
    const inputs = operands("ij,jk,kd->id") as [tf.Tensor, tf.Tensor, tf.Tensor];
    const { got, wanted } = f(...inputs);
    assert.ok(tf.tidy(() => tf.max(tf.abs(got.sub(wanted))).dataSync()[0]!) < 1e-4);
    tf.dispose([...inputs, got, wanted]);
    f.dispose();
  });

  it("bad equations say what is wrong", () => {
    const wrong: [string, RegExp][] = [
      ["ij,jk", /needs one "->"/],
      ["ij->ji", /has 1 operands, the call 2/],
      ["ijk,jk->i", /"ijk" does not fit \[2, 3\]/],
      ["ij,ij->ij", /the label i has the sizes 2 and 3/],
      ["ij,jk->iz", /no operand has the label z/],
    ];
    const inputs = [numbers([2, 3]), numbers([3, 4])] as const;
    for (const [equation, message] of wrong) {
      const f = jit((a: tf.Tensor, b: tf.Tensor) => tf.einsum(equation, a, b));
      assert.throws(() => f(...inputs), message);
    }
    tf.dispose([...inputs]);
  });
});
