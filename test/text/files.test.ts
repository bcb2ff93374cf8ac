import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readText, writeWhole } from "../../src/text/node";

describe("files", () => {
  let folder = "";
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "files-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("writeWhole makes folders, replaces, and leaves nothing beside", () => {
    const path = join(folder, "a", "b", `${"x".repeat(200)}.txt`);
    writeWhole(path, "one");
    writeWhole(path, Buffer.from("zwölf"));
    assert.equal(readText(path, 100), "zwölf");
    assert.equal(readdirSync(join(folder, "a", "b")).length, 1);
  });

  it("writeWhole that fails leaves what was there, and nothing beside", () => {
    const path = join(folder, "taken");
    mkdirSync(path);
    writeFileSync(join(path, "inside"), "kept");
    assert.throws(() => writeWhole(path, "new"));
    assert.equal(readFileSync(join(path, "inside"), "utf8"), "kept");
    assert.deepEqual(readdirSync(folder), ["taken"]);
  });

  it("readText names a file that is too large or not UTF-8", () => {
    const path = join(folder, "bytes");
    writeFileSync(path, Buffer.from([0xff, 0xfe]));
    assert.throws(() => readText(path, 1), /bytes: 2 bytes, more than the 1 that are read/);
    assert.throws(() => readText(path, 2), /bytes: not UTF-8 text/);
  });
});
