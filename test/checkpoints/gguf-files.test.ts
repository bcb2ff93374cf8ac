import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseGguf } from "../../src/checkpoints/gguf";
import { openGguf } from "../../src/checkpoints/gguf-files";
import { pullModel } from "../../src/checkpoints";
import { assertNoLeaks } from "../../src/engine";
import golden from "../golden/ggufFile.json";
import { header, string } from "../helpers/ggufBytes";
import { skipLoudly } from "../helpers/skip";

const small = new Uint8Array(Buffer.from(golden.small.file, "base64"));
const base64 = (values: Float32Array) =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
const sha256 = (data: Uint8Array | string) => createHash("sha256").update(data).digest("hex");

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

  it("closes a file that it refuses", async function () {
    if (process.platform !== "linux") skipLoudly(this, "only Linux lists open files in /proc");
    const path = write(new Uint8Array(64));
    const before = readdirSync("/proc/self/fd").length;
    for (let i = 0; i < 5; i++) await assert.rejects(openGguf(path), /is not a GGUF file/);
    assert.equal(readdirSync("/proc/self/fd").length, before);
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
  before(async function () {
    try {
      path = join(await pullModel("smollm2-135m-instruct"), "SmolLM2-135M-Instruct.Q4_1.gguf");
    } catch (error) {
      skipLoudly(this, `the model must be fetched once, which fails: ${(error as Error).message}`);
    }
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
