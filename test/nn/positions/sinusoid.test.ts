import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, tf } from "../../../src/engine";
import { sinusoid, sinusoidTable } from "../../../src/nn";
import { golden } from "../../helpers/corpora";
import { eachEngine } from "../../helpers/engines";
import { compiledSuite, using, valuesIn } from "../../helpers/jitted";

interface Golden {
  readonly sinusoid: { readonly positions: number[]; readonly width: number; readonly neighbours: number[] };
  readonly marian: { readonly length: number; readonly width: number; readonly halves: number[] };
}
const wanted = golden<Golden>("positions");
const near = (got: ArrayLike<number>, right: ArrayLike<number>, tolerance: number): void => {
  assert.equal(got.length, right.length);
  for (let i = 0; i < right.length; i++)
    assert.ok(Math.abs(got[i]! - right[i]!) <= tolerance, `[${i}]: ${got[i]}, wanted ${right[i]}`);
};

eachEngine("sinusoids", (engine) => {
  it("the table, as the equations and as Marian has it", async () => {
    const { positions, width, neighbours } = wanted.sinusoid;
    const table = (await sinusoidTable(1000, width).array()) as number[][];
    near(
      positions.flatMap((at) => table[at]!),
      neighbours,
      1e-7,
    );
    const { length, width: other, halves } = wanted.marian;
    near(await sinusoidTable(length, other, { pairs: "halves" }).data(), halves, 1e-6);
  });

  it("rows of any positions are the table's", async () => {
    for (const pairs of ["halves", "neighbours"] as const) {
      const at = tf.tensor2d([0, 3, 99, 7, 7, 1], [2, 3], "int32");
      const rows = sinusoid(at, 16, { pairs });
      assert.deepEqual(rows.shape, [2, 3, 16]);
      const table = (await sinusoidTable(100, 16, { pairs }).array()) as number[][];
      const right = [0, 3, 99, 7, 7, 1].flatMap((row) => table[row]!);
      near(await rows.data(), right, engine === "webgpu" ? 1e-3 : 2e-5); // cards round sines more coarsely
    }
  });

  it("a width without pairs, and half a row, are refused", () => {
    assert.throws(() => sinusoidTable(4, 5), /width must be even, got 5/);
    assert.throws(() => sinusoidTable(4, 0), /got 0/);
    assert.throws(() => sinusoidTable(1.5, 4), /length must be a whole number from 0, got 1.5/);
    assert.throws(() => sinusoid(tf.tensor1d([1], "int32"), 3), /got 3/);
  });
});

describe("sinusoids: what the paper chose them for", () => {
  it("the product of two rows depends on how far they are apart, and on nothing else", () => {
    const table = sinusoidTable(400, 32).arraySync();
    const product = (a: number, b: number): number =>
      table[a]!.reduce((sum, x, i) => sum + x * table[b]![i]!, 0);
    fc.assert(
      fc.property(fc.nat(199), fc.nat(199), fc.nat(199), (a, b, apart) => {
        assert.ok(Math.abs(product(a, a + apart) - product(b, b + apart)) < 1e-4);
      }),
    );
  });
});

compiledSuite("sinusoids, compiled", () => {
  it("positions that only the program knows", () => {
    const f = (at: tf.Tensor): tf.Tensor => sinusoid(at, 8);
    using(jit(f), (compiled) => {
      const at = tf.tensor1d([0, 5, 60], "int32");
      near(valuesIn(compiled(at)), valuesIn(f(at)), 1e-5);
    });
  });
});
