import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { dequantize, ggmlTypes, readableTypes } from "../../src/checkpoints/quants";
import golden from "../golden/ggufFile.json";

/** Bytes at an odd offset of their buffer, as they may lie in a file. */
function unaligned(bytes: Uint8Array): Uint8Array {
  const moved = new Uint8Array(bytes.length + 3);
  moved.set(bytes, 3);
  return moved.subarray(3);
}

const hash = (values: Float32Array) => createHash("sha256").update(bytesOf(values)).digest("hex");
const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
const layoutOf = (name: string) => [...ggmlTypes.values()].find((type) => type.name === name)!;

describe("Dequantisation", () => {
  it("has golden blocks of every type that can be read", () => {
    assert.deepEqual(Object.keys(golden.blocks).sort(), [...readableTypes].sort());
  });

  for (const [name, { raw, first, weights, sha256 }] of Object.entries(golden.blocks)) {
    it(`${name} has the bits of the gguf package`, () => {
      const values = dequantize(name, unaligned(Buffer.from(raw, "base64")));
      assert.equal(values.length, weights);
      const start = bytesOf(values.subarray(0, 256));
      assert.deepEqual(Buffer.from(start).toString("base64"), first);
      assert.equal(hash(values), sha256);
    });
  }

  it("reads every finite half-precision number exactly", () => {
    const finite = Array.from({ length: 65536 }, (_, bits) => bits).filter(
      (bits) => (bits & 0x7c00) !== 0x7c00,
    );
    const raw = Uint8Array.from(finite.flatMap((bits) => [bits & 255, bits >> 8]));
    assert.equal(hash(dequantize("F16", raw)), golden.halves);
  });

  it("keeps infinities and what is not a number", () => {
    const values = dequantize("F16", Uint8Array.of(0x00, 0x7c, 0x00, 0xfc, 0x01, 0x7e));
    assert.deepEqual([...values], [Infinity, -Infinity, NaN]);
  });

  it("treats each block alone, and writes only to `out`", () => {
    const block = fc.constantFrom(...readableTypes).chain((name) =>
      fc.record({
        name: fc.constant(name),
        blocks: fc.array(
          fc.uint8Array({ minLength: layoutOf(name).blockBytes, maxLength: layoutOf(name).blockBytes }),
          { minLength: 1, maxLength: 5 },
        ),
      }),
    );
    fc.assert(
      fc.property(block, ({ name, blocks }) => {
        const weights = layoutOf(name).blockWeights * blocks.length;
        const around = new Float32Array(weights + 2).fill(7);
        dequantize(name, Buffer.concat(blocks), around.subarray(1, weights + 1));
        const alone = blocks.flatMap((b) => [...dequantize(name, b)]);
        assert.deepEqual([...around], [7, ...alone, 7]);
      }),
    );
  });

  it("refuses parts of blocks, a wrong `out`, and types it cannot read", () => {
    assert.throws(
      () => dequantize("Q4_0", new Uint8Array(19)),
      /19 bytes are not whole blocks of Q4_0, of 18/,
    );
    assert.throws(() => dequantize("Q4_0", new Uint8Array(18), new Float32Array(31)), /hold 32 weights.* 31/);
    assert.throws(
      () => dequantize("IQ2_XS", new Uint8Array(74)),
      /type IQ2_XS cannot be read; .*llama-quantize/,
    );
    assert.throws(() => dequantize("toString", new Uint8Array(0)), /type toString cannot be read/);
  });
});
