import assert from "node:assert/strict";
import fc from "fast-check";
import { assertNoLeaks, jit, makeRng, normalTensor, tf } from "../../src/engine";
import {
  embed,
  isPacked,
  linear,
  packedKind,
  packNumbers,
  packWeight,
  tiedHead,
  unpackWeight,
  weightShape,
} from "../../src/ops";
import type { PackedKind } from "../../src/ops";
import { bytesOf, countParams, disposeTree, mapTensors } from "../../src/tree";
import { eachEngine } from "../helpers/engines";
import { compiledSuite, numbers } from "../helpers/jitted";
import { assertClose } from "../helpers/tiny";

const kinds: readonly PackedKind[] = ["bf16", "int8", "int4"];
/** Half a step of the numbers that a group of weights is rounded to, over the largest weight. */
const worst = { bf16: 2 ** -8, int8: 0.5 / 127, int4: 1 / 15 };

eachEngine("packed weights", () => {
  it("every number of every kind comes back as it was packed", async () => {
    const [inputs, outputs] = [64, 3];
    const shape = [inputs, outputs] as const;
    const random = (below: number): number[] =>
      Array.from({ length: inputs * outputs }, (_, i) => Math.floor((i * 0.618034 * below) % below));
    const groups = (from: number): Float32Array => Float32Array.from({ length: 6 }, (_, i) => from + i / 8);
    const group = (i: number): number => Math.floor(i / outputs / 32) * outputs + (i % outputs);

    const nibbles = random(16);
    const [scale, least] = [groups(0.5), groups(-2)];
    const four = packNumbers("int4", { shape, numbers: nibbles, scale, least });
    const bytes = random(256).map((n) => n - 128);
    const eight = packNumbers("int8", { shape, numbers: bytes, scale });
    const values = Float32Array.from(random(1000), (n, i) => (n - 500) * 2 ** ((i % 40) - 20) * 1.1);
    const bits = Uint16Array.from(new Uint32Array(values.buffer), (n) => n >>> 16);
    const half = packNumbers("bf16", { shape, numbers: bits });
    const wide = new Float32Array(Uint32Array.from(bits, (n) => n << 16).buffer);
    assert.deepEqual([four, eight, half].map(packedKind), ["int4", "int8", "bf16"]);
    assert.deepEqual(weightShape(four), [inputs, outputs]);

    const check = async (weight: typeof four, wanted: (i: number) => number): Promise<void> => {
      const got = unpackWeight(weight);
      const all = Array.from({ length: inputs * outputs }, (_, i) => Math.fround(wanted(i)));
      assert.deepEqual(Array.from(await got.data()), all, packedKind(weight));
      disposeTree([got, weight]);
    };
    await check(four, (i) => nibbles[i]! * scale[group(i)]! + least[group(i)]!);
    await check(eight, (i) => bytes[i]! * scale[group(i)]!);
    await check(half, (i) => wide[i]!);
  });

  it("linear, embed and tiedHead take them, and give what the unpacked weight gives", async () => {
    const weight = normalTensor(makeRng(1), [64, 24]);
    const [one, many] = [normalTensor(makeRng(2), [1, 64]), normalTensor(makeRng(3), [2, 5, 64])];
    const ids = tf.tensor2d([[3, 0, 23]], undefined, "int32");
    for (const kind of kinds) {
      const packed = await packWeight(weight, kind);
      const plain = unpackWeight(packed);
      const table = plain.transpose(); // [V, C]
      const pairs = [
        [linear(one, packed), linear(one, plain)],
        [linear(many, packed), linear(many, plain)],
        [tiedHead(one, packed), tiedHead(one, table)],
        [embed(ids, packed), embed(ids, table)],
      ] as const;
      for (const [got, wanted] of pairs) {
        assert.deepEqual(got.shape, wanted.shape);
        await assertClose(got, wanted, 1e-5, kind);
      }
      await assertClose(plain, weight, worst[kind] * 1.01, `${kind}, the nearest weight`);
      disposeTree([packed, plain, table, pairs]);
    }
    disposeTree([weight, one, many, ids]);
  });
});

compiledSuite("packed weights, compiled", () => {
  it("give what eager gives, for any size and number of rows, and so does the gradient of x", async () => {
    const sizes = fc.record({
      groups: fc.integer({ min: 1, max: 5 }),
      outputs: fc.integer({ min: 1, max: 70 }),
      rows: fc.integer({ min: 1, max: 14 }),
      kind: fc.constantFrom(...kinds),
    });
    await fc.assert(
      fc.asyncProperty(sizes, async ({ groups, outputs, rows, kind }) => {
        const weight = numbers([32 * groups, outputs]);
        const packed = await packWeight(weight, kind);
        const x = numbers([rows, 32 * groups], 2);
        const product = (rows: tf.Tensor, w: typeof packed): tf.Tensor => linear(rows, w);
        const slope = (rows: tf.Tensor, w: typeof packed): tf.Tensor =>
          tf.grad((y: tf.Tensor) => tf.sum(tf.square(linear(y, w))))(rows);
        for (const f of [product, slope]) {
          const compiled = jit(f);
          const [got, wanted] = [compiled(x, packed), f(x, packed)];
          await assertClose(got, wanted, 2e-5, `${kind} ${f.name}`);
          compiled.dispose();
          tf.dispose([got, wanted]);
        }
        disposeTree([weight, packed, x]);
      }),
      { numRuns: 15 },
    );
  });

  it("for few rows weights are unpacked in the product, and never written out", async () => {
    const weight = numbers([64, 40]);
    const packed = await packWeight(weight, "int4");
    const f = jit((x: tf.Tensor, w: typeof packed) => linear(x, w));
    const [few, many] = [numbers([5, 64]), numbers([16, 64])];
    assert.doesNotMatch(f.lower(few, packed).text, /dot_general|tensor<64x40xf32>/);
    assert.match(f.lower(many, packed).text, /dot_general .*tensor<64x40xf32>/);
    assertNoLeaks(() => f(few, packed)).dispose();
    f.dispose();
    disposeTree([weight, packed, few, many]);
  });
});

compiledSuite("trees with packed weights", () => {
  it("count, measure and map them", async () => {
    const weight = numbers([64, 40]);
    const bias = numbers([40]);
    const bytes = { bf16: 2, int8: 9 / 8, int4: 3 / 4 };
    for (const kind of kinds) {
      const tree = { weight: await packWeight(weight, kind), bias };
      assert.ok(isPacked(tree.weight) && !isPacked(bias) && !isPacked({}) && !isPacked(null));
      assert.equal(countParams({ a: tree, again: [tree.weight] }), 64 * 40 + 40);
      assert.equal(bytesOf(tree), 64 * 40 * bytes[kind] + 160);
      const copy = mapTensors(tree, (tensor) => tensor.clone());
      assert.ok(isPacked(copy.weight));
      disposeTree([tree.weight, copy]);
    }
    disposeTree([weight, bias]);
  });

  it("what cannot be packed says why", async () => {
    const wrong = numbers([48, 4]);
    await assert.rejects(packWeight(wrong, "int8"), /multiple of 32, got \[48, 4\]/);
    assert.throws(
      () => packNumbers("int4", { shape: [16, 2], numbers: [] }),
      /16 inputs are not whole groups/,
    );
    const right = numbers([64, 4]);
    const packed = await packWeight(right, "int8");
    assert.throws(() => linear(wrong, packed), RangeError);
    disposeTree([wrong, right, packed]);
  });
});
