import assert from "node:assert/strict";
import fc from "fast-check";
import { GgufCutError, type GgufHeader, parseGguf } from "../../src/checkpoints/gguf";
import golden from "../golden/ggufFile.json";
import { header, type Pair, string, u32, u64 } from "../helpers/ggufBytes";

const small = new Uint8Array(Buffer.from(golden.small.file, "base64"));

describe("GGUF header", () => {
  it("reads every kind of metadata that the gguf package writes", () => {
    const { metadata, version, alignment } = parseGguf(small);
    assert.equal(version, 3);
    assert.equal(alignment, 64);
    assert.deepEqual(Object.fromEntries(metadata), {
      "general.architecture": "llama",
      "general.alignment": 64,
      "t.u8": 200,
      "t.i8": -100,
      "t.u16": 60000,
      "t.i16": -30000,
      "t.u32": 4000000000,
      "t.i32": -2000000000,
      "t.f32": Math.fround(0.1),
      "t.bool": true,
      "t.string": "caf\u00e9 \u4e16\u754c \u{1F600}",
      "t.u64": 2 ** 40,
      "t.u64.large": 2n ** 64n - 1n,
      "t.i64": -(2 ** 40),
      "t.f64": 0.1,
      "t.strings": ["a", "", "\ufeff", "\u0120the"],
      "t.ints": [1, -2, 3],
      "t.floats": [0.5, -1.5],
      "t.bools": [true, false],
      "t.nested": [[1, 2], [3]],
    });
  });

  it("gives shapes row-major, and where the bytes are", () => {
    const { tensors } = parseGguf(small);
    assert.deepEqual(
      tensors.map(({ name, shape, type, size, bytes }) => [name, shape, type, size, bytes]),
      [
        ["plain", [2, 3, 5], "F32", 30, 120],
        ["half", [3, 5], "F16", 15, 30],
        ["quantised", [3, 64], "Q4_1", 192, 120],
      ],
    );
    for (const { offset } of tensors) assert.equal(offset % 64, 0);
  });

  it("reads version 2, and a scalar", () => {
    const bytes = header({ version: 2, tensors: [{ name: "x", dimensions: [], type: 0 }], data: 4 });
    assert.deepEqual(parseGguf(bytes).tensors[0]!.shape, []);
    assert.equal(parseGguf(bytes).version, 2);
  });

  const pair = (key: string, type: number, ...value: Uint8Array[]): Pair => ({ key, type, value });
  const tensor = { name: "w", dimensions: [32, 2], type: 2 };
  const bad: readonly [string, Uint8Array, RegExp][] = [
    ["no magic", new Uint8Array(64), /^Error: f: is not a GGUF file/],
    ["version 1", header({ version: 1 }), /GGUF version 1; versions 2 and 3/],
    ["big-endian", header({ version: 0x03000000 }), /is big-endian/],
    ["too many tensors", header({ tensorCount: 2n ** 40n }), /number of tensors is 1099511627776, more than/],
    ["an impossible count", header({ tensorCount: 2n ** 63n }), /number of tensors is 9223372036854775808/],
    ["too many keys", header({ pairCount: 2n ** 31n }), /number of metadata keys is 2147483648, more than/],
    [
      "a key twice",
      header({ pairs: [pair("a", 4, u32(1)), pair("a", 4, u32(2))] }),
      /key "a" is there twice/,
    ],
    [
      "a long string",
      header({ pairs: [pair("a", 8, u64(2 ** 33))] }),
      /length of metadata key "a" is 8589934592/,
    ],
    [
      "a long key",
      header({ pairs: [pair("k".repeat(65536), 4, u32(1))] }),
      /metadata key 0 has 65536 bytes, more/,
    ],
    [
      "an array beyond all vocabularies",
      header({ pairs: [pair("a", 9, u32(0), u64(2 ** 24))], data: 2 ** 24 }),
      /length of metadata key "a" is 16777216: more than 16777216 items in all/,
    ],
    ["bad UTF-8", header({ pairs: [pair("a", 8, u64(1), Uint8Array.of(255))] }), /key "a" is not UTF-8/],
    [
      "a long array",
      header({ pairs: [pair("a", 9, u32(8), u64(2 ** 30))] }),
      /array length of metadata key "a"/,
    ],
    ["a boolean of 2", header({ pairs: [pair("a", 7, Uint8Array.of(2))] }), /"a" is a boolean of 2/],
    [
      "value type 13",
      header({ pairs: [pair("a", 13, u32(0))] }),
      /"a" has value type 13; GGUF knows 0 to 12/,
    ],
    ["array type 13", header({ pairs: [pair("a", 9, u32(13), u64(0))] }), /"a" has value type 13/],
    [
      "arrays in arrays",
      header({ pairs: [pair("a", 9, ...Array.from({ length: 9 }, () => [u32(9), u64(1)]).flat())] }),
      /"a": arrays in arrays, more than 4 deep/,
    ],
    ["alignment 48", header({ pairs: [pair("general.alignment", 4, u32(48))] }), /48, not a power of two/],
    ["alignment 0", header({ pairs: [pair("general.alignment", 4, u32(0))] }), /0, not a power of two/],
    [
      "alignment in words",
      header({ pairs: [pair("general.alignment", 8, string("32"))] }),
      /"32", not a power/,
    ],
    ["a tensor twice", header({ tensors: [tensor, tensor], data: 99 }), /tensor "w" is there twice/],
    [
      "5 dimensions",
      header({ tensors: [{ ...tensor, dimensions: [1, 1, 1, 1, 1] }] }),
      /"w" has 5 dimensions/,
    ],
    [
      "a huge shape",
      header({ tensors: [{ ...tensor, dimensions: [2 ** 40, 2 ** 40] }] }),
      /"w" of shape .* large/,
    ],
    [
      "half a block",
      header({ tensors: [{ ...tensor, dimensions: [48] }] }),
      /"w" has rows of 48, .* Q4_0 needs/,
    ],
    ["type 99", header({ tensors: [{ ...tensor, type: 99 }] }), /"w" has type 99.*Cure: convert/],
    ["type 4", header({ tensors: [{ ...tensor, type: 4 }] }), /"w" has type 4, .* removed from GGML/],
    ["an odd offset", header({ tensors: [{ ...tensor, offset: 4 }], data: 99 }), /"w" starts at 4, .* 32/],
    [
      "a cut tensor",
      header({ tensors: [tensor], data: 35 }),
      /"w" ends at byte 132, the file at 131: it is cut off/,
    ],
    [
      "overlap",
      header({ tensors: [tensor, { ...tensor, name: "v", offset: 32 }], data: 200 }),
      /tensors "w" and "v" overlap/,
    ],
  ];
  for (const [title, bytes, message] of bad) {
    it(`refuses ${title}`, () => assert.throws(() => parseGguf(bytes, { file: "f" }), message));
  }

  it("knows a file that is cut off, wherever", () => {
    const end = parseGguf(small).tensors.at(-1)!;
    fc.assert(
      fc.property(fc.nat({ max: end.offset + end.bytes - 1 }), (length) => {
        assert.throws(
          () => parseGguf(small.subarray(0, length), { file: "f" }),
          /^(Error|GgufCutError): f: /,
        );
      }),
    );
  });

  it("asks for more when it is given the beginning of a header", () => {
    const options = { fileBytes: small.length };
    for (const length of [0, 3, 24, 200, 700]) {
      assert.throws(() => parseGguf(small.subarray(0, length), options), GgufCutError);
    }
  });

  it("gives an error with the file's name or tensors inside the file, whatever bits flip", () => {
    const flips = fc.array(fc.nat({ max: small.length * 8 - 1 }), { minLength: 1, maxLength: 4 });
    const headerBits = 8 * parseGguf(small).tensors[0]!.offset;
    fc.assert(
      fc.property(flips, (bits) => {
        const bytes = small.slice();
        for (const bit of bits) bytes[(bit % headerBits) >> 3]! ^= 1 << (bit & 7);
        let read: GgufHeader;
        try {
          read = parseGguf(bytes, { file: "f" });
        } catch (error) {
          assert.match(String(error), /^(Error|GgufCutError): f: /);
          return;
        }
        for (const { offset, bytes: n } of read.tensors) assert.ok(offset + n <= bytes.length);
      }),
      { numRuns: 2000 },
    );
  });
});
