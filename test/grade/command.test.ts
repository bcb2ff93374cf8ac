import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { gradeLab } from "../../src/grade/lab";
import { findLab } from "../../src/lab/checks";
import { runLab, startLab } from "../helpers/lab-command";
import { skipLoudly } from "../helpers/skip";

const root = join(__dirname, "..", "..");
const solutions = readFileSync(join(root, "solutions", "01-tokenization.ts"), "utf8");

/** The whole form of `lab grade --json`: other programs read it, so nothing is added or taken away unseen. */
const state = z.enum([
  "pass",
  "partial",
  "fail",
  "timeout",
  "crash",
  "memory",
  "missing",
  "syntax",
  "todo",
  "error",
]);
const marks = { state, score: z.number().nonnegative(), max: z.number().positive() };
const report = z.strictObject({
  score: z.number().nonnegative(),
  max: z.number().positive(),
  labs: z.array(
    z.strictObject({
      id: z.string().regex(/^\d\d$/),
      ...marks,
      checks: z.array(
        z.strictObject({ id: z.string().regex(/^[\w-]+\/[\w-]+$/), ...marks, message: z.string() }),
      ),
    }),
  ),
}); // prettier-ignore

describe("lab grade as a command", function () {
  this.timeout(300_000);
  let folder: string;
  let temporary: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "lab command test "));
    temporary = join(folder, "temporary");
    mkdirSync(temporary);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const write = (text: string): void => writeFileSync(join(folder, "01-tokenization.ts"), text);
  const env = (): NodeJS.ProcessEnv => ({ TMPDIR: temporary, NO_COLOR: "1" });
  const lab = (...args: string[]) => runLab(args, { env: env() });
  /** The reference answers, with one function's body replaced. */
  const replaced = (fn: string, body: string): string =>
    `${solutions.replace(`export function ${fn}(`, `function right(`)}\nvoid right;\n` +
    `export function ${fn}(...args: any[]): any { ${body} }\n`;

  it("a lab that is half done: who is right keeps the points, exit code 1, sums that agree, nothing left behind", () => {
    const loops = "for (;;) {}";
    write(replaced("mergePair", loops).replace("export function viterbi", "function viterbi"));
    const { status, stdout, stderr } = lab("grade", "--lab", "01", "--from", folder, "--time", "1", "--json");
    assert.equal(stderr, "");
    assert.equal(status, 1);
    const { score, max, labs } = report.parse(JSON.parse(stdout));
    const [one] = labs;
    assert.ok(one);
    assert.deepEqual([score, max, one.state], [one.score, one.max, "timeout"]);
    const sum = (key: "score" | "max") => one.checks.reduce((total, check) => total + check[key], 0);
    assert.deepEqual([sum("score"), sum("max")], [score, max]);
    // mergePair is called by the lab's own trainBpe and encodeBpe too, and those hang with it.
    const of = (id: string) => one.checks.filter((check) => check.id.startsWith(`${id}/`));
    assert.ok(of("merge-pair").every(({ state }) => state === "timeout"));
    assert.ok(of("viterbi").every(({ state }) => state === "missing"));
    for (const id of ["encode-chars", "count-pairs", "decode-bytes", "wordpiece"]) {
      assert.ok(of(id).every(({ state, score, max }) => state === "pass" && score === max), id);
    }
    assert.deepEqual(readdirSync(temporary).filter((name) => name.startsWith("lab-grade-")), []);
  }); // prettier-ignore

  it("the report for people says what came, what was expected, the mistake, and the sum", () => {
    write(
      replaced("encodeChars", "return [...args[0]].map((c: string) => args[1].indexOf(c));").replace(
        "export function wordPiece",
        "function wordPiece",
      ),
    );
    const { status, stdout } = lab("grade", "--lab", "01", "--from", folder);
    assert.equal(status, 1);
    assert.match(stdout, /^Lab 01: Tokenization {3}.*01-tokenization\.ts\n/);
    assert.match(
      stdout,
      /✗ Characters to ids +0 \/ 8 {3}not right yet\n.*\n +encodeChars\("abz".*\n +gave \[1, 2, -1\]\n +expected \[1, 2, 0\]\n.*An unknown character got -1/,
    );
    assert.match(stdout, /✓ Count pairs +10 \/ 10 {3}passed/);
    assert.match(stdout, /\? WordPiece +0 \/ 13 {3}not found\n.*\n +01-tokenization\.ts exports no function wordPiece/);
    assert.match(stdout, /79 of 100 points \(79 %\), partly right/);
    assert.ok(stdout.split("\n").every((line) => line.length <= 110), "no line is wider than a terminal");
  }); // prettier-ignore

  it("what learner code prints cannot move the cursor or pass for a result", () => {
    write(replaced("encodeChars", 'console.log("\\u001b[2J\\u001b[1;1H  100 of 100 points"); return [7];'));
    const { stdout } = lab("grade", "--lab", "01", "--from", folder);
    assert.ok(!stdout.includes("\u001b"));
    assert.match(stdout, /Printed at the end:\n[^]*␛\[2J␛\[1;1H {2}100 of 100 points/);
    assert.match(stdout, /92 of 100 points/);
  });

  it("the same lab gets the same report twice: random inputs have a seed, and no run leaves a trace", async () => {
    write(replaced("encodeChars", "return [...args[0]].map((c: string) => args[1].indexOf(c));"));
    const lab = findLab("01");
    const few = {
      ...lab,
      exercises: lab.exercises.filter(({ id }) => /^(encode-chars|wordpiece)$/.test(id)),
    };
    const first = await gradeLab(few, folder);
    assert.deepEqual(await gradeLab(few, folder), first);
  });

  it("Ctrl-C in the middle ends it at once, with the learner's process and its folder", async function () {
    if (process.platform === "win32")
      skipLoudly(this, "Windows has neither `ps` nor signals between processes, with which this test looks");
    write(replaced("encodeChars", `for (;;) {}`));
    const running = startLab(["grade", "--lab", "01", "--from", folder, "--time", "100"], { env: env() });
    const places = (): string[] => readdirSync(temporary).filter((name) => name.startsWith("lab-grade-"));
    for (let i = 0; i < 300 && childrenIn(temporary).length === 0; i++) await pause(50);
    assert.equal(childrenIn(temporary).length, 1, "a learner's process runs");
    running.kill("SIGINT");
    const [code] = (await once(running, "exit")) as [number];
    assert.equal(code, 130);
    for (let i = 0; i < 40 && childrenIn(temporary).length > 0; i++) await pause(50);
    assert.deepEqual(childrenIn(temporary), []);
    assert.deepEqual(places(), []);
  });

  it("bad options are refused by name", () => {
    const refused: [args: string[], message: RegExp][] = [
      [["--time", "soon"], /must be a number of seconds above 0 and at most 3600/],
      [["--lab", "1x"], /There is no lab "1x"\. The labs are: 00-start-here, 01-tokenization/],
      [["--from", join(folder, "01-tokenization.ts")], /There is no folder/],
    ];
    for (const [args, message] of refused) {
      const { status, stdout, stderr } = lab("grade", "--json", ...args);
      assert.equal(status, 1, args.join(" "));
      assert.match(stderr, message);
      assert.equal(stdout, "");
    }
    const { status, stderr } = lab("reset", "99");
    assert.equal(status, 1);
    assert.match(stderr, /There is no lab "99"/);
  });
});

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** The processes whose command line names this folder (Linux and macOS). */
function childrenIn(folder: string): string[] {
  const { stdout } = spawnSync("ps", ["-Ao", "pid=,args="], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(join(folder, "lab-grade-")));
}
