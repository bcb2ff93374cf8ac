import assert from "node:assert/strict";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeSafetensors, readSafetensors, writeSafetensors } from "../../src/checkpoints";
import { assertNoLeaks, tf } from "../../src/engine";

describe("safetensors on disk", () => {
  let folder = "";
  const at = (...names: string[]) => join(folder, ...names);
  let a: tf.Tensor;
  let b: tf.Tensor;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "safetensors-"));
    a = tf.tensor2d([[1, 2], [3, 4]]); // prettier-ignore
    b = tf.tensor1d([5, 6, 7], "int32");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
    tf.dispose([a, b]);
  });

  async function check(path: string, name: string, like: tf.Tensor): Promise<void> {
    const file = await readSafetensors(path);
    const tensor = await file.tensor(name);
    await file.close();
    assert.deepEqual([tensor.shape, tensor.dtype], [like.shape, like.dtype]);
    assert.deepEqual(await tensor.data(), await like.data());
    tensor.dispose();
  }

  it("writes and reads a file, and a folder with it", () =>
    assertNoLeaks(async () => {
      await writeSafetensors(at("model.safetensors"), { b, a }, { metadata: { format: "pt" } });
      assert.deepEqual(readdirSync(folder), ["model.safetensors"]);
      const whole = await encodeSafetensors({ a, b }, { metadata: { format: "pt" } });
      assert.deepEqual(new Uint8Array(readFileSync(at("model.safetensors"))), whole);
      for (const path of [folder, at("model.safetensors")]) {
        await check(path, "a", a);
        await check(path, "b", b);
      }
    }));

  it("keeps the old file, and leaves no other, when writing fails", async () => {
    await writeSafetensors(at("x.safetensors"), { a });
    const large = tf.tensor1d([1e6]);
    await assert.rejects(
      writeSafetensors(at("x.safetensors"), { a, large }, { dtype: "F16" }),
      (error: Error) =>
        error.message.startsWith(`${at("x.safetensors")}: tensor "large": number 0 is 1000000`),
    );
    large.dispose();
    assert.deepEqual(readdirSync(folder), ["x.safetensors"]);
    await check(at("x.safetensors"), "a", a);
    await assert.rejects(writeSafetensors(at("no", "x.safetensors"), { a }), /ENOENT/);
  });

  it("names a file that is cut off, before and after it is opened", async () => {
    const path = at("x.safetensors");
    await writeSafetensors(path, { a, b });
    const { length } = readFileSync(path);
    const file = await readSafetensors(path);
    truncateSync(path, length - 4);
    await assert.rejects(file.tensor("b"), (error: Error) =>
      error.message.startsWith(`${path}: it ended at byte`),
    );
    await file.close();
    await assert.rejects(readSafetensors(path), (error: Error) => /"b" ends at byte/.test(error.message));
  });

  it("says what a path lacks", async () => {
    await assert.rejects(readSafetensors(at("none.safetensors")), /ENOENT.*none.safetensors/);
    await assert.rejects(
      readSafetensors(folder),
      /has neither model.safetensors nor model.safetensors.index.json/,
    );
    mkdirSync(at("model.safetensors"));
    await assert.rejects(readSafetensors(folder), /model.safetensors: not a file/);
  });

  async function writeShards(
    map: unknown,
    first = { a },
    second: Record<string, tf.Tensor> = { b },
  ): Promise<void> {
    await writeSafetensors(at("m-1.safetensors"), first, { metadata: { format: "pt" } });
    await writeSafetensors(at("m-2.safetensors"), second, { metadata: { part: "2" } });
    const json =
      typeof map === "string" ? map : JSON.stringify({ metadata: { total_size: 28 }, weight_map: map });
    writeFileSync(at("model.safetensors.index.json"), json);
  }
  const map = { b: "m-2.safetensors", a: "m-1.safetensors" };

  it("reads shards as one file, by the folder or by the index", async () => {
    await writeShards(map);
    for (const path of [folder, at("model.safetensors.index.json")]) {
      await check(path, "a", a);
      await check(path, "b", b);
      const file = await readSafetensors(path);
      assert.deepEqual([...file.names].sort(), ["a", "b"]);
      assert.deepEqual(file.metadata, { format: "pt", part: "2" });
      assert.deepEqual(file.info("b").shape, [3]);
      assert.throws(() => file.info("c"), /index.json: no tensor "c" among its 2/);
      await file.close();
      await assert.rejects(file.tensor("a"), /the file is closed/);
    }
  });

  it("refuses an index that does not fit its shards, or looks elsewhere", async () => {
    const refused = async (given: unknown, message: RegExp) => {
      await writeShards(given);
      await assert.rejects(readSafetensors(folder), message);
    };
    await refused({ ...map, c: "m-1.safetensors" }, /index.json: tensor "c" is missing in m-1.safetensors/);
    await refused(
      { a: "m-1.safetensors", c: "m-2.safetensors" },
      /tensor "b" is in m-2.safetensors, but the index does not name it/,
    );
    await refused({ a: "m-1.safetensors", b: "m-1.safetensors", c: "m-2.safetensors" }, /tensor "b" is in m-2.safetensors, but the index says m-1/); // prettier-ignore
    await refused({ ...map, c: "m-3.safetensors" }, /ENOENT.*m-3.safetensors/);
    for (const file of [
      "../m-1.safetensors",
      "/m-1.safetensors",
      "x\\m-1.safetensors",
      "C:m.safetensors",
      "m.bin",
      1,
    ]) {
      await refused(
        { ...map, a: file },
        /index.json: tensor "a" is said to be in .* not a .safetensors file/,
      );
    }
    await refused(["a"], /index.json: its weight_map is not an object/);
    await refused("{}", /index.json: its weight_map is not an object/);
    await refused("[", /index.json: not JSON/);
    await refused('{"weight_map":{"a":"m-1.safetensors","a":"m-2.safetensors"}}', /the name "a" comes twice/);
  });
});
