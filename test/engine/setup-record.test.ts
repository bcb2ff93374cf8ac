import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSetupRecord } from "../../src/engine/setup-record";

describe("the record of set-up", () => {
  let folder = "";
  let file = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lab-record-"));
    file = join(folder, "engine.json");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const reading = (text: string | Buffer) => {
    writeFileSync(file, text);
    return readSetupRecord(file);
  };

  it("is read whole", () => {
    const record = { native: "built", compiler: "c++ 12", tensorflow: "2.21.0", cuda: false, reasons: ["a"] };
    assert.deepEqual(reading(JSON.stringify(record)), record);
  });

  it("may lack what this version does not need, and have what it does not know", () => {
    const read = reading('{ "native": "none", "compiler": null, "later": 1 }');
    assert.deepEqual(read, { native: "none", compiler: null, reasons: [] });
  });

  it("is null where set-up has not run", () => {
    assert.equal(readSetupRecord(join(folder, "none.json")), null);
  });

  it("that is no JSON, empty, cut off or of another form is told as a sentence with the cure", () => {
    const cut = JSON.stringify({ native: "built", reasons: [] }).slice(0, -4);
    for (const text of ["", "{", cut, Buffer.from([0xff, 0xfe, 0x00])]) {
      assert.equal(reading(text), `${file} is not JSON. Cure: npm run setup`);
    }
    for (const text of ["null", "[]", "3", '{"native":"maybe"}', '{"native":"built","reasons":"no"}']) {
      assert.match(String(reading(text)), /engine\.json: .+\. Cure: npm run setup$/);
    }
  });

  it("that cannot be read is told as a sentence that names it", () => {
    mkdirSync(file);
    assert.match(String(readSetupRecord(file)), /engine\.json: EISDIR/);
  });
});
