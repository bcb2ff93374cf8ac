import assert from "node:assert/strict";
import { once } from "node:events";
import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildLabs, resetFunction } from "../../src/cli/labs";
import { DEFAULT_LIMITS } from "../../src/grade/sandbox";
import { changedFunctions, functionsOf, withShipped } from "../../src/grade/source";
import { openWatch, type Watch } from "../../src/grade/watch/session";
import { findLab } from "../../src/lab/checks";
import { readAllProgress, readProgress, updateProgress } from "../../src/lab/progress-files";
import { labArguments } from "../helpers/lab-command";

const root = join(__dirname, "..", "..");
const NAME = "01-tokenization.ts";
const solutions = readFileSync(join(root, "solutions", NAME), "utf8");

/** A project with fresh labs and no progress. */
async function freshProject(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "lab watch test "));
  cpSync(join(root, "solutions"), join(folder, "solutions"), { recursive: true });
  mkdirSync(join(folder, "labs"));
  await buildLabs(folder);
  return folder;
}

/** The text of function `fn` in the reference answers. */
const answerOf = (fn: string): string => {
  const { start, end } = functionsOf(solutions, NAME).find((one) => one.fn === fn)!;
  return solutions.slice(start, end);
};

describe("lab watch: a lab, save after save", function () {
  this.timeout(300_000);
  let folder: string;
  let watch: Watch;
  let said: string[];
  const labFile = (): string => join(folder, "labs", NAME);
  const labText = (): string => readFileSync(labFile(), "utf8");
  /** What is said from here on. */
  const from = async (work: Promise<void>): Promise<string> => {
    said = [];
    await work;
    return said.join("\n");
  };
  const save = (text: string): Promise<string> => {
    writeFileSync(labFile(), text);
    return from(watch.saved("01-tokenization"));
  };

  before(async () => {
    folder = await freshProject();
    watch = openWatch({
      root: folder,
      lab: findLab("01"),
      limits: DEFAULT_LIMITS,
      paint: (text) => text,
      say: (text) => void said.push(text),
      busy: () => undefined,
      clear: () => undefined,
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("begins with the first exercise, where it is written, and no points", async () => {
    const text = await from(watch.begin());
    assert.match(text, /Lab 01: Tokenization {3}\[○\]( ○){7} {3}0 of 100 points\nExercise 1 of 8: /);
    const [, line] = /Write encodeChars in .*labs.01-tokenization\.ts:(\d+), and save/.exec(text)!;
    assert.match(labText().split("\n")[Number(line) - 1]!, /^export function encodeChars\(/);
  });

  it("a wrong answer is named, keys help, and a solution stays closed", async () => {
    const wrong = labText().replace(
      /throw new Error\("Not implemented yet: encodeChars"\);/,
      "return [...text].map((c) => vocabulary.indexOf(c));",
    );
    const text = await save(wrong);
    assert.match(text, /\[✗\]/);
    assert.match(text, /what indexOf says/);
    assert.match(await from(watch.press("h")), /Hint 1 of \d\n/);
    assert.match(await from(watch.press("h")), /Hint 2 of \d\n/);
    assert.match(await from(watch.press("s")), /opens when encodeChars has passed/);
    assert.equal(readProgress(folder, "01/encode-chars").hints, 2);
    assert.equal(readProgress(folder, "01/encode-chars").tries, 1);
  });

  it("a right answer passes, opens the solution, and n goes on", async () => {
    const text = await save(withShipped(labText(), solutions, "encodeChars", NAME));
    assert.match(text, /\[✓\] ○/);
    assert.match(text, /Passed\. n: /);
    assert.match(await from(watch.press("s")), /export function encodeChars/);
    assert.match(await from(watch.press("n")), /Exercise 2 of 8/);
    assert.equal(readProgress(folder, "01/encode-chars").passed, true);
  });

  it("who saves another exercise is followed there; nothing else is checked", async () => {
    const text = await save(withShipped(labText(), solutions, "decodeBytes", NAME));
    assert.match(text, /Exercise \d of 8: .*\n\n {2}✓ /);
    assert.equal(readProgress(folder, "01/decode-bytes").tries, 1);
    assert.equal(readProgress(folder, "01/encode-chars").tries, 2);
  });

  it("a file that does not compile says where, and costs nothing that was earned", async () => {
    const text = await save(`${labText()}\nexport function (`);
    assert.match(text, /does not compile/);
    assert.match(text, /01-tokenization\.ts, line \d+/);
    assert.equal(readProgress(folder, "01/decode-bytes").passed, true);
  });

  it("with all exercises right the lab is complete, and n goes to the next lab", async () => {
    assert.match(await save(solutions), /100 of 100 points[^]*Lab 01 is complete/);
    assert.match(await from(watch.press("n")), /Lab 02: /);
  });
});

describe("lab watch as a command", function () {
  this.timeout(120_000);

  it("checks at a save, answers a key, and ends with q", async () => {
    const folder = await freshProject();
    for (const name of ["src", "node_modules", "datasets"])
      symlinkSync(join(root, name), join(folder, name), "junction");
    const env = { ...process.env, NODE_OPTIONS: "--preserve-symlinks" };
    const child = spawn(process.execPath, labArguments(["watch", "01"], folder), { cwd: folder, env });
    let output = "";
    child.stdout.on("data", (data: Buffer) => (output += data.toString()));
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    const until = async (pattern: RegExp): Promise<void> => {
      const late = Date.now() + 100_000;
      while (!pattern.test(output)) {
        assert.ok(child.exitCode === null && Date.now() < late, output);
        await new Promise((done) => setTimeout(done, 50));
      }
      output = "";
    };
    try {
      await until(/Watching labs/);
      const file = join(folder, "labs", NAME);
      writeFileSync(file, withShipped(readFileSync(file, "utf8"), solutions, "encodeChars", NAME));
      await until(/\[✓\]/);
      child.stdin.write("l");
      await until(/> 1 ✓/);
      child.stdin.write("q");
      const [code] = (await once(child, "exit")) as [number];
      assert.equal(code, 0);
    } finally {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("one exercise anew", () => {
  let folder: string;
  before(async () => (folder = await freshProject()));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("gives back the stub with its comment, keeps the others, and keeps a copy", () => {
    const file = join(folder, "labs", NAME);
    const shipped = readFileSync(file, "utf8");
    const edited = withShipped(
      withShipped(shipped, solutions, "encodeChars", NAME),
      solutions,
      "countPairs",
      NAME,
    );
    writeFileSync(file, edited);
    assert.match(
      resetFunction(folder, "01-tokenization", "countPairs"),
      /old file is .*01-tokenization-1\.ts/,
    );
    const text = readFileSync(file, "utf8");
    assert.ok(text.includes("Not implemented yet: countPairs"));
    assert.ok(!text.includes("Not implemented yet: encodeChars"));
    assert.equal(readFileSync(join(folder, ".lab", "kept", "01-tokenization-1.ts"), "utf8"), edited);
    resetFunction(folder, "01-tokenization", "encodeChars");
    assert.equal(readFileSync(file, "utf8"), shipped);
    assert.match(resetFunction(folder, "01-tokenization", "encodeChars"), /as shipped already/);
  });

  it("a deleted function comes back, and a file that does not compile is left alone", () => {
    const file = join(folder, "labs", NAME);
    const { start, end } = functionsOf(solutions, NAME).find(({ fn }) => fn === "viterbi")!;
    writeFileSync(file, solutions.slice(0, start) + solutions.slice(end));
    resetFunction(folder, "01-tokenization", "viterbi");
    assert.ok(readFileSync(file, "utf8").trimEnd().endsWith("}"));
    assert.equal(
      functionsOf(readFileSync(file, "utf8"), NAME).filter(({ fn }) => fn === "viterbi").length,
      1,
    );
    const broken = "export function viterbi( {";
    writeFileSync(file, broken);
    assert.throws(
      () => resetFunction(folder, "01-tokenization", "viterbi"),
      /labs\/01-tokenization\.ts, line 1: /,
    );
    assert.equal(readFileSync(file, "utf8"), broken);
  });

  it("names the functions that a save changed", () => {
    const changed = solutions.replace(answerOf("mergePair"), `${answerOf("mergePair")} // twice`);
    assert.deepEqual(changedFunctions(solutions, changed, NAME), []);
    assert.deepEqual(
      changedFunctions(solutions, withShipped(solutions, makeStub("mergePair"), "mergePair", NAME), NAME),
      ["mergePair"],
    );
    function makeStub(fn: string): string {
      return `export function ${fn}(): never {\n  throw new Error("no");\n}\n`;
    }
  });
});

describe("progress that is kept", () => {
  let folder: string;
  const file = (): string => join(folder, ".lab", "progress.json");
  const id = "01/count-pairs";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lab-progress-test-"));
    mkdirSync(join(folder, ".lab"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reads what the first version wrote, and keeps what it does not know", () => {
    const old = {
      version: 1,
      theme: "dark",
      exercises: { [id]: { passed: true, best: 1, hints: 1, mood: "glad" }, "77/gone": { passed: true, best: 1, hints: 0 } },
    }; // prettier-ignore
    writeFileSync(file(), JSON.stringify(old));
    updateProgress(folder, id, ({ hints }) => ({ hints: hints + 1 }));
    const now = JSON.parse(readFileSync(file(), "utf8")) as typeof old;
    assert.equal(now.theme, "dark");
    assert.deepEqual(now.exercises[id], { passed: true, best: 1, hints: 2, mood: "glad", tries: 0 });
    assert.equal(readAllProgress(folder)["77/gone"]?.passed, true);
  });

  it("a newer version's file is left as it is", () => {
    const text = '{"version": 2, "exercises": {"01/count-pairs": {"level": 3}}}';
    writeFileSync(file(), text);
    assert.equal(readProgress(folder, id).passed, false);
    updateProgress(folder, id, () => ({ passed: true }));
    assert.equal(readFileSync(file(), "utf8"), text);
  });

  it("one broken entry costs no other, and the file as it was is kept", () => {
    const text = JSON.stringify({ version: 1, exercises: { [id]: { passed: true, best: 1, hints: 0 }, "01/viterbi": { best: 9 } } }); // prettier-ignore
    writeFileSync(file(), text);
    updateProgress(folder, "01/merge-pair", () => ({ hints: 1 }));
    assert.equal(readProgress(folder, id).passed, true);
    assert.equal(readProgress(folder, "01/merge-pair").hints, 1);
    assert.equal(readFileSync(`${file()}.broken`, "utf8"), text);
  });

  it("a lock that was left behind does not hold anybody up", () => {
    writeFileSync(`${file()}.lock`, "");
    const before = Date.now() - 60_000;
    utimesSync(`${file()}.lock`, before / 1000, before / 1000);
    updateProgress(folder, id, () => ({ hints: 1 }));
    assert.equal(readProgress(folder, id).hints, 1);
    assert.ok(!existsSync(`${file()}.lock`));
  });
});
