import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { assertNoLeaks, tf } from "../../src/engine";
import {
  decodeSafetensors,
  encodeSafetensors,
  type FloatDtype,
  openSafetensors,
  parseHeader,
} from "../../src/checkpoints";
import { golden } from "../helpers/corpora";
import { eachEngine } from "../helpers/engines";

interface Stored {
  readonly base64: string;
  readonly metadata: Record<string, string>;
  readonly tensors: Record<string, { readonly shape: number[]; readonly values: string[] }>;
}
const { files, shapes, wide, sha256 } = golden<{
  files: Record<"types" | "too-large" | "no-tensor" | "nothing", Stored>;
  shapes: Record<string, number[]>;
  wide: number;
  sha256: Record<FloatDtype, string>;
}>("safetensorsFile");
const bytesOf = (file: Stored): Uint8Array => Uint8Array.from(Buffer.from(file.base64, "base64"));
/** Floats as float32; integers as they are. */
const numberOf = (text: string): number =>
  ({ inf: Infinity, "-inf": -Infinity, nan: NaN })[text] ??
  (/[.e]/.test(text) ? Math.fround(Number(text)) : Number(text));

/** The numbers of test/golden/safetensorsFile.py. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}
function goldenTensors(): Record<string, tf.Tensor> {
  const entries = Object.entries(shapes).map(([name, shape]): [string, tf.Tensor] => {
    const seed = 1 + pythonOrder.indexOf(name);
    return [name, tf.tensor(numbers(tf.util.sizeFromShape(shape), seed), shape)];
  });
  return {
    ...Object.fromEntries(entries),
    wide: tf.tensor1d(numbers(wide, 100).map((x, i) => x * 2 ** ((i % 53) - 37))),
    ties: tf.tensor1d(Float32Array.from({ length: wide }, (_, i) => i / 2 ** 25)),
    ids: tf.tensor1d([-3, -2, -1, 0, 1, 2, 3], "int32"),
    mask: tf.tensor2d([[true], [false]], [2, 1], "bool"),
  };
}
/** Seeds follow the order of the Python script; a JavaScript object puts names like "10" first. */
const pythonOrder = ["b.weight", "a", "\u{1d538}", "\uff21", "10", "9", 'q"\\\n\u0001é', "void"];

eachEngine("safetensors", () => {
  for (const name of ["types", "nothing"] as const) {
    it(`reads what the reference wrote: ${name}`, () =>
      assertNoLeaks(async () => {
        const file = await decodeSafetensors(bytesOf(files[name]));
        const told = files[name].tensors;
        assert.deepEqual([...file.names].sort(), Object.keys(told).sort());
        assert.deepEqual(file.metadata, files[name].metadata);
        for (const [key, { shape, values }] of Object.entries(told)) {
          const tensor = await file.tensor(key);
          assert.deepEqual(tensor.shape, shape, key);
          assert.equal(tensor.dtype, key === "bool" ? "bool" : /^[iu]/.test(key) ? "int32" : "float32", key);
          assert.deepEqual(Array.from(await tensor.data()), values.map(numberOf), key);
          tensor.dispose();
        }
      }));
  }

  for (const dtype of ["F32", "F16", "BF16"] as const) {
    it(`writes the reference's bytes: ${dtype}`, () =>
      assertNoLeaks(async () => {
        const tensors = goldenTensors();
        const bytes = await encodeSafetensors(tensors, { dtype, metadata: { format: "pt é" } });
        assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256[dtype]);
        tf.dispose(tensors);
      }));
  }

  it("gives back any tensors and metadata", () =>
    assertNoLeaks(() =>
      fc.assert(
        fc.asyncProperty(
          fc.dictionary(name, anyTensor, { maxKeys: 5 }),
          fc.dictionary(name, fc.string({ unit: "grapheme" }), { maxKeys: 3 }),
          async (plain, metadata) => {
            const tensors = Object.fromEntries(
              Object.entries(plain).map(([key, { values, shape, dtype }]) => [
                key,
                tf.tensor(values, shape, dtype),
              ]),
            );
            const file = await decodeSafetensors(await encodeSafetensors(tensors, { metadata }));
            tf.dispose(tensors);
            assert.deepEqual({ ...file.metadata }, { ...metadata });
            assert.equal(file.names.length, Object.keys(plain).length);
            for (const [key, { values, shape, dtype }] of Object.entries(plain)) {
              const tensor = await file.tensor(key);
              assert.deepEqual([tensor.shape, tensor.dtype], [shape, dtype]);
              assert.deepEqual(Array.from(await tensor.data()), Array.from(values));
              tensor.dispose();
            }
          },
        ),
        { numRuns: 60 },
      ),
    ));
});

const name = fc
  .string({ unit: "grapheme" })
  .filter((text) => text !== "__proto__" && text !== "__metadata__");
const anyTensor = fc
  .record({
    shape: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 4 }),
    dtype: fc.constantFrom("float32" as const, "int32" as const, "bool" as const),
    seed: fc.nat(),
  })
  .map(({ shape, dtype, seed }) => {
    const x = numbers(tf.util.sizeFromShape(shape), seed);
    if (dtype === "float32") return { shape, dtype, values: x };
    if (dtype === "int32") return { shape, dtype, values: Int32Array.from(x, (n) => n * 2 ** 31) };
    return { shape, dtype, values: Uint8Array.from(x, (n) => Number(n > 0)) };
  });

/** A file of any JSON header, right or wrong. */
function fileOf(header: unknown, dataBytes: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}
const f32 = (shape: unknown, ...offsets: unknown[]) => ({ dtype: "F32", shape, data_offsets: offsets });

describe("safetensors: bad files", () => {
  const w = { w: f32([2], 0, 8) };
  const pair = '{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},';
  const cases: Record<string, [Uint8Array, RegExp]> = {
    "an empty file": [new Uint8Array(), /^F: 0 bytes, too few/],
    "a length beyond the limit": [new Uint8Array(64).fill(255), /^F: a header of 18446744073709551615 bytes; the limit/],
    "a length beyond the file": [fileOf(w, 8).slice(0, 30), /^F: a header of \d+ bytes in a file of 30/],
    "no JSON": [fileOf("{,}", 0), /^F: not JSON/],
    "no UTF-8": [fileOf(w, 8).fill(0xff, 10, 11), /^F: not JSON/],
    "a JSON list": [fileOf([w], 8), /^F: its JSON is not an object/],
    "null": [fileOf("null", 0), /^F: its JSON is not an object/],
    "a name twice": [fileOf(`${pair}"\\u0077":{}}`, 8), /^F: the name "w" comes twice/],
    "a key twice in a tensor": [fileOf('{"w":{"shape":[1],"shape" :[2]}}', 8), /^F: the name "shape" comes twice/],
    "the name __proto__": [fileOf(`${pair}"__proto__":{}}`, 8), /^F: the name "__proto__" is refused/],
    "__proto__ in the metadata": [fileOf('{"__metadata__":{"__pr\\u006fto__":"x"}}', 0), /^F: the name "__proto__"/],
    "metadata that is a list": [fileOf({ __metadata__: ["pt"] }, 0), /^F: __metadata__ is not an object/],
    "metadata of numbers": [fileOf({ __metadata__: { a: 1 } }, 0), /^F: __metadata__: "a" is not a string/],
    "a tensor that is null": [fileOf({ w: null }, 0), /^F: tensor "w" is described by no object/],
    "an unknown dtype": [fileOf({ w: { ...w.w, dtype: "toString" } }, 8), /^F: tensor "w" has the unknown dtype "toStr/],
    "a negative size": [fileOf({ w: f32([-2], 0, 8) }, 8), /^F: tensor "w" has the shape \[-2\]/],
    "a broken size": [fileOf({ w: f32([0.5, 4], 0, 8) }, 8), /^F: tensor "w" has the shape \[0.5,4\]/],
    "a size beyond 2^53": [fileOf({ w: f32([2 ** 53], 0, 8) }, 8), /^F: tensor "w" has the shape/],
    "no shape": [fileOf({ w: f32(undefined, 0, 8) }, 8), /^F: tensor "w" has the shape undefined/],
    "a product beyond 2^53": [fileOf({ w: f32([2 ** 31, 2 ** 31], 0, 8) }, 8), /^F: tensor "w": .* too large/],
    "offsets the wrong way": [fileOf({ w: f32([2], 8, 0) }, 8), /^F: tensor "w" has the data_offsets \[8,0\]/],
    "one offset": [fileOf({ w: f32([2], 8) }, 8), /^F: tensor "w" has the data_offsets \[8\]/],
    "text as offsets": [fileOf({ w: f32([2], "0", "8") }, 8), /^F: tensor "w" has the data_offsets/],
    "a shape of another size": [fileOf({ w: f32([3], 0, 8) }, 8), /^F: tensor "w": \[3\] of F32 takes 12 bytes, .* 8/],
    "part of a byte": [fileOf({ w: { dtype: "F4", shape: [3], data_offsets: [0, 1] } }, 1), /takes 1.5 bytes/],
    "overlap": [fileOf({ ...w, v: f32([2], 4, 12) }, 12), /^F: tensor "v" begins at byte \d+, inside the one before/],
    "the same place twice": [fileOf({ ...w, v: f32([2], 0, 8) }, 8), /^F: tensor "v" begins at byte \d+, inside/],
    "a hole": [fileOf({ ...w, v: f32([1], 12, 16) }, 16), /^F: tensor "v" begins .* belong to none/],
    "a hole at the beginning": [fileOf({ w: f32([2], 4, 12) }, 12), /^F: tensor "w" begins .* belong to none/],
    "data cut off": [fileOf(w, 7), /^F: tensor "w" ends at byte \d+ of \d+. Is the file cut off/],
    "offsets far beyond the end": [fileOf({ w: f32([2 ** 40], 0, 2 ** 42) }, 8), /^F: tensor "w" ends at byte/],
    "data to spare": [fileOf(w, 9), /^F: 1 bytes after the last tensor belong to none/],
  }; // prettier-ignore
  for (const [title, [bytes, message]] of Object.entries(cases)) {
    it(`${title}: an error that says so`, async () => {
      await assert.rejects(decodeSafetensors(bytes, "F"), { name: "Error", message });
    });
  }

  it("its own good file is accepted, also with an empty tensor at another's place", () => {
    const bytes = fileOf({ ...w, b: f32([0], 0, 0), a: f32([0, 7], 8, 8) }, 8);
    assert.deepEqual([...parseHeader(bytes, bytes.length).tensors.keys()], ["b", "w", "a"]);
  });

  it("numbers that no tensor can hold are named", async () => {
    const reject = async (bytes: Uint8Array, tensor: string, message: RegExp) =>
      assert.rejects((await decodeSafetensors(bytes, "F")).tensor(tensor), { message });
    await reject(
      bytesOf(files["too-large"]),
      "ids",
      /^F: tensor "ids": I64 number 1 is 2147483648, .* not fit in int32/,
    );
    await reject(
      bytesOf(files["no-tensor"]),
      "eighth",
      /^F: tensor "eighth": F8_E4M3 cannot become a tensor/,
    );
    const bools = fileOf({ b: { dtype: "BOOL", shape: [2], data_offsets: [0, 2] } }, 2);
    bools[bools.length - 1] = 2;
    await reject(bools, "b", /^F: tensor "b": BOOL number 1 is 2/);
    await reject(
      fileOf({ deep: f32([1, 1, 1, 1, 1, 1, 1], 0, 4) }, 4),
      "deep",
      /^F: tensor "deep" has 7 axes/,
    );
    await reject(fileOf(w, 8), "constructor", /^F: no tensor "constructor". It has 1, among them "w"/);
  });

  it("a damaged file opens or is refused by name, and no read is larger than the file", async () => {
    const good = bytesOf(files.types);
    const damage = fc.oneof(
      fc.record({ cut: fc.nat(good.length) }),
      fc.record({ flips: fc.array(fc.nat(8 * good.length - 1), { minLength: 1, maxLength: 4 }) }),
      // Most of the file is numbers; the first bytes are where it hurts.
      fc.record({ flips: fc.array(fc.nat(8 * 200), { minLength: 1, maxLength: 2 }) }),
      fc.record({
        digits: fc.tuple(fc.nat(1100), fc.constantFrom("9", "0", "-", "[", "]", '"', ",", "}", "e9")),
      }),
    );
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(damage, async (how) => {
        const bytes = good.slice(0, "cut" in how ? how.cut : good.length);
        if ("flips" in how) for (const bit of how.flips) bytes[bit >> 3]! ^= 1 << (bit & 7);
        if ("digits" in how) bytes.set(Buffer.from(how.digits[1]), 8 + how.digits[0]);
        const read = async (offset: number, length: number) => {
          assert.ok(offset >= 0 && offset + length <= bytes.length, "a read beyond the file");
          return bytes.slice(offset, offset + length);
        };
        try {
          const file = await openSafetensors({ name: "F", size: bytes.length, read, close: async () => {} });
          for (const each of file.names) (await file.tensor(each)).dispose();
        } catch (error) {
          refused++;
          assert.ok(error instanceof Error && error.message.startsWith("F: "), String(error));
        }
      }),
      { numRuns: 2000 },
    );
    assert.ok(refused > 500, `only ${refused} of 2000 were refused`);
  });

  it("what cannot be stored is refused", async () => {
    const x = tf.tensor1d([1, 7e4]);
    const z = tf.complex(1, 1);
    const text = tf.tensor1d(["a"]);
    await assert.rejects(
      encodeSafetensors({ x }, { dtype: "F16" }),
      /tensor "x": number 1 is 70000, and F16 ends/,
    );
    await assert.rejects(encodeSafetensors({ z }), /tensor "z": a complex64 tensor cannot be stored/);
    await assert.rejects(encodeSafetensors({ text }), /tensor "text": a string tensor cannot be stored/);
    await assert.rejects(encodeSafetensors({ __metadata__: x }), /the name "__metadata__" is refused/);
    await assert.rejects(encodeSafetensors({ ["__proto__"]: x }), /the name "__proto__" is refused/);
    await assert.rejects(encodeSafetensors({ "a\ud800": x }), /"a\\ud800" is not valid Unicode/);
    await assert.rejects(
      encodeSafetensors({ x }, { dtype: "F64" as FloatDtype }),
      /dtype "F64"; it is one of/,
    );
    const numeric = { n: 1 } as unknown as Record<string, string>;
    await assert.rejects(encodeSafetensors({ x }, { metadata: numeric }), /metadata: "n" is not a string/);
    tf.dispose([x, z, text]);
    await assert.rejects(encodeSafetensors({ x }), /tensor "x" is disposed/);
  });
});

describe("safetensors: laziness", () => {
  it("reads the header, then only the bytes asked for, also beyond 4 GB", async () => {
    const far = 3 * 2 ** 31;
    const header = fileOf(
      { big: { dtype: "U8", shape: [far], data_offsets: [0, far] }, w: f32([2], far, far + 8) },
      0,
    );
    const size = header.length + far + 8;
    const reads: [number, number][] = [];
    let closed = 0;
    const file = await openSafetensors({
      name: "F",
      size,
      read: async (offset, length) => {
        reads.push([offset, length]);
        if (offset < header.length) return header.slice(offset, offset + length);
        return new Uint8Array(Float32Array.of(1.5, -2).buffer);
      },
      close: async () => void closed++,
    });
    assert.deepEqual(file.info("w"), { dtype: "F32", shape: [2], start: size - 8, bytes: 8 });
    const w = await file.tensor("w");
    assert.deepEqual(Array.from(await w.data()), [1.5, -2]);
    w.dispose();
    assert.deepEqual(reads, [[0, 8], [0, header.length], [size - 8, 8]]); // prettier-ignore
    await file.close();
    await file.close();
    assert.equal(closed, 1);
    await assert.rejects(file.tensor("w"), /^Error: F: tensor "w": the file is closed/);
  });
});
