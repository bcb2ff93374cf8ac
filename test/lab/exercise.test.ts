import assert from "node:assert/strict";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, helpWith, hint, solution } from "../../src/lab";
import * as answers from "../../solutions/01-tokenization";

/** What a cell would show; outside of a notebook it is printed. */
async function shown(run: () => void | Promise<void>): Promise<string> {
  const lines: string[] = [];
  const before = console.log;
  console.log = (...parts: unknown[]) => void lines.push(parts.join(" "));
  try {
    await run();
  } finally {
    console.log = before;
  }
  return lines.join("\n");
}

describe("an exercise in a notebook", () => {
  let root: string;
  let headless: string | undefined;
  beforeEach(() => {
    headless = process.env["LAB_HEADLESS"];
    delete process.env["LAB_HEADLESS"];
    root = mkdtempSync(join(tmpdir(), "lab-exercise-test-"));
    mkdirSync(join(root, ".lab"));
    cpSync(join(__dirname, "..", "..", "solutions"), join(root, "solutions"), { recursive: true });
  });
  afterEach(() => {
    if (headless !== undefined) process.env["LAB_HEADLESS"] = headless;
    rmSync(root, { recursive: true, force: true });
  });

  it("check names the classic mistake, with what came and what was expected, and points to help", async () => {
    const wrong = (text: string, vocabulary: readonly string[]) =>
      [...text].map((c) => vocabulary.indexOf(c));
    const text = await shown(() => check("01/encode-chars", wrong, root));
    assert.match(text, /encodeChars\("abz".*\n *gave \[1, 2, -1\]\n *expected \[1, 2, 0\]/);
    assert.match(text, /what indexOf says/);
    assert.match(text, /hint\("01\/encode-chars"\)/);
  });

  it("a message that holds for all checks is said once; nothing to check is no crash", async () => {
    const text = await shown(() => check("01/count-pairs", undefined, root));
    assert.equal(text.split("is not a function: is it exported and imported?").length, 2);
  });

  it("hints come one after the other, the second is pseudo-code, the last stays", async () => {
    const first = await shown(() => hint("01/count-pairs", undefined, root));
    const second = await shown(() => hint("01/count-pairs", undefined, root));
    const third = await shown(() => hint("01/count-pairs", undefined, root));
    assert.match(first, /Hint 1 of 2/);
    assert.match(second, /Hint 2 of 2[^]*for each word/);
    assert.doesNotMatch(first, /last one/);
    assert.match(second, /the last one.*helpWith\("01\/count-pairs", "what you see"\)/);
    assert.equal(third, second);
    assert.throws(() => hint("01/count-pairs", 9, root), /has hints 1 to 2, and no hint 9/);
    assert.throws(
      () => hint("01/nothing", undefined, root),
      /There is no exercise "01\/nothing".*01\/count-pairs/,
    );
  });

  it("help by symptom", async () => {
    assert.match(await shown(() => helpWith("01/count-pairs", "w undefined: 5")), /one place too far/);
    assert.match(await shown(() => helpWith("01/count-pairs", new Error("strange"))), /Nothing is known/);
  });

  it("the solution opens once the check has passed, and not before", async () => {
    assert.match(await shown(() => solution("01/merge-pair", root)), /opens when/);
    assert.match(await shown(() => check("01/merge-pair", answers.mergePair, root)), /Passed/);
    const text = await shown(() => solution("01/merge-pair", root));
    assert.match(text, /export function mergePair/);
    assert.doesNotMatch(text, /BEGIN SOLUTION/);
  });

  it("a broken progress file harms nothing, and none is half written", async () => {
    writeFileSync(join(root, ".lab", "progress.json"), '{"01/merge');
    await shown(() => check("01/merge-pair", answers.mergePair, root));
    assert.match(await shown(() => solution("01/merge-pair", root)), /mergePair/);
    assert.ok(existsSync(join(root, ".lab", "progress.json")));
    assert.deepEqual(
      readdirSync(join(root, ".lab")).filter((name) => name.endsWith(".tmp")),
      [],
    );
  });
});
