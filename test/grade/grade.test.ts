import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { DEFAULT_LIMITS, type Limits } from "../../src/grade/sandbox";
import { gradeLab, type LabOutcome } from "../../src/grade/lab";
import { buildLabs, isEdited, makeLab } from "../../src/cli/labs";
import { findLab, labs } from "../../src/lab/checks";
import { runLab } from "../helpers/lab-command";
import { skipLoudly } from "../helpers/skip";

const root = join(__dirname, "..", "..");
const tokenization = findLab("01");
const solutions = readFileSync(join(root, "solutions", "01-tokenization.ts"), "utf8");

/** The promised form of `lab grade --json`. */
const result = z.object({
  score: z.number(),
  max: z.number(),
  labs: z.array(
    z.object({
      id: z.string(),
      score: z.number(),
      max: z.number(),
      state: z.string(),
      checks: z.array(
        z.object({
          id: z.string(),
          state: z.string(),
          score: z.number(),
          max: z.number(),
          message: z.string(),
        }),
      ),
    }),
  ),
});

describe("lab grade", function () {
  this.timeout(300_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lab-grade-test-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  let count = 0;
  /** Grades a lab file with this text, with limits for tests: a busy machine may need seconds for a plain call. */
  async function grade(
    text: string,
    change: Partial<Limits> = {},
    graded = tokenization,
  ): Promise<LabOutcome> {
    const place = join(folder, String(count++));
    mkdirSync(place);
    writeFileSync(join(place, "01-tokenization.ts"), text);
    return gradeLab(graded, place, { limits: { ...DEFAULT_LIMITS, heapMb: 128, ...change } });
  }
  const exercise = (outcome: LabOutcome, id: string) => outcome.exercises.find((one) => one.id === id)!;
  /** The reference answers, with one function replaced. */
  const replaced = (fn: string, body: string) =>
    `${solutions.replace(`export function ${fn}(`, `function ${fn}Right(`)}\nvoid ${fn}Right;\nexport function ${fn}(...args: any[]): any { ${body} }\n`;

  it("solutions get 100 %, exit code 0; --json is JSON and nothing else, in the promised form", () => {
    const { status, stdout } = runLab(["grade", "--from", "solutions", "--json"]);
    const { score, max, labs: graded } = result.parse(JSON.parse(stdout));
    assert.equal(status, 0);
    assert.equal(score, max);
    assert.deepEqual(
      graded.map(({ id, score, state }) => [id, score, state]),
      labs.map(({ id }) => [id, 100, "pass"]),
    );
    assert.ok(graded.every(({ checks }) => checks.length >= 20));
  });

  it("fresh labs get 0, every check is still to do, exit code 1", async () => {
    const outcome = await grade(makeLab("01-tokenization.ts", solutions));
    assert.deepEqual([outcome.score, outcome.max, outcome.state], [0, 100, "todo"]);
    for (const { checks } of outcome.exercises) for (const { state } of checks) assert.equal(state, "todo");
    const place = join(folder, "fresh");
    mkdirSync(place);
    writeFileSync(join(place, "01-tokenization.ts"), makeLab("01-tokenization.ts", solutions));
    const { status, stdout } = runLab(["grade", "--from", place]);
    assert.equal(status, 1);
    assert.match(stdout, /0 of 100 points \(0 %\), not written yet/);
  });

  const hostile: Record<string, [body: string, state: RegExp, message: RegExp]> = {
    "an endless loop": ["for (;;) {}", /timeout/, /did not end within 1 s/],
    "a promise that never settles": ["return new Promise(() => {});", /timeout/, /a Promise that never settles/],
    "process.exit(0)": ["process.exit(0);", /crash/, /exit/i],
    "a thrown string": ['throw "no";', /fail/, /no/],
    "memory without end": ["const all: unknown[] = []; for (;;) all.push(new Array(1e5).fill({}));", /memory|timeout/, /out of memory|did not end/],
    "an endless recursion": ["const f = (): number => 1 + f(); return f();", /fail|crash/, /call stack/i],
    "a constant": ["return [];", /fail|partial/, /./],
    "NaN": ["return NaN;", /fail/, /./],
    "a cyclic value": ["const a: any[] = []; a.push(a); return a;", /fail/, /a value that contains itself/],
    "typed arrays without end": ["const all: unknown[] = []; for (;;) all.push(new Uint8Array(2 ** 24).fill(1));", /memory|timeout/, /memory|did not end/],
    "a signal to the grader": ["process.kill(process.ppid, 'SIGKILL');", /fail/, /process\.kill is not there/],
    "a worker": ['new (require("node:worker_threads").Worker)("for(;;){}", { eval: true }); return [];', /fail|crash/, /restricted|ERR_ACCESS_DENIED/],
    "a huge value": ['return "x".repeat(2 ** 28);', /fail|crash|memory/, /./],
    "a Proxy": ["return new Proxy([], { get: () => { throw new Error('trap'); } });", /fail/, /a Proxy/],
    "megabytes of output": ['for (let i = 0; i < 200; i++) console.log("x".repeat(100_000)); return [];', /crash/, /printed more than 32 MB/],
    "reading the solutions": [`return require("node:fs").readFileSync(${JSON.stringify(join(root, "solutions", "01-tokenization.ts"))});`, /fail|crash/, /ERR_ACCESS_DENIED|permission|restricted|require/i],
    "starting a program": ['return require("node:child_process").execSync("id").toString();', /fail|crash/, /ERR_ACCESS_DENIED|permission|restricted|require/i],
    "built-ins replaced": ["(Array.prototype as any).map = () => []; (JSON as any).stringify = () => '{}'; return [];", /fail|partial/, /./],
    "forged messages": ['process.send?.({ score: 1e9 }); try { require("node:fs").writeSync(3, \'{"ok":true}\\n\'); } catch {} return [];', /fail|crash|partial/, /./],
  }; // prettier-ignore

  /** Three exercises without long calls, so that a second is enough for each. */
  const few = {
    ...tokenization,
    exercises: tokenization.exercises.filter(({ id }) => ["encode-chars", "count-pairs", "wordpiece"].includes(id)),
  }; // prettier-ignore

  for (const [name, [body, state, message]] of Object.entries(hostile)) {
    it(`${name}: named as what it is, no points for it, and the other exercises keep theirs`, async () => {
      const outcome = await grade(replaced("encodeChars", body), { callSeconds: 1 }, few);
      const { checks, score, max, state: ended } = exercise(outcome, "encode-chars");
      assert.ok(score < max, `${score} of ${max}`);
      assert.match(ended, state);
      assert.match(checks.map((check) => check.message).join("\n"), message);
      assert.equal(outcome.score, outcome.max - max + score, "the others");
      assert.ok(outcome.exercises.length === 3 && outcome.max > max);
    });
  }

  it("a loop while the file is read, a syntax error, a missing function, a missing file", async () => {
    const loops = await grade(`${solutions}\nfor (;;) {}`, { loadSeconds: 2 });
    assert.equal(loops.score, 0);
    assert.match(loops.state, /timeout/);
    const broken = await grade(`${solutions}\nexport const x = ;`);
    assert.match(broken.exercises[0].checks[0].message, /01-tokenization\.ts.*\d+/);
    assert.equal(broken.score, 0);
    const missing = await grade(solutions.replace("export function viterbi", "function viterbi"));
    assert.equal(exercise(missing, "viterbi").state, "missing");
    assert.equal(missing.score, 85);
    const nothing = await gradeLab(tokenization, folder);
    assert.equal(nothing.score, 0);
    assert.equal(nothing.state, "missing");
  });

  it("a lab that takes the answer from the library is told to write it itself", async () => {
    const text = replaced("trainBpe", "return library(args[0], args[1]);");
    const outcome = await grade(`import { trainBpe as library } from "transformer-lab/text";\n${text}`);
    assert.equal(outcome.score, 85);
    assert.match(exercise(outcome, "train-bpe").checks[0].message, /Write it yourself/);
  });

  it("leaves no process behind", function () {
    if (process.platform !== "linux")
      skipLoudly(this, "only Linux tells by files which processes there are, with which this test looks");
    const children = readdirSync("/proc").filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        return command.includes("lab-grade-") && parent === String(process.pid);
      } catch {
        return false; // gone meanwhile, or no process
      }
    });
    assert.deepEqual(children, []);
  });
});

describe("exercises and labs", () => {
  for (const { topic, exercises } of labs) {
    it(`${topic}: each exercise has marks, hints, pseudo-code, help by symptom and checks`, () => {
      assert.equal(new Set(exercises.map(({ id }) => id)).size, exercises.length);
      assert.equal(
        exercises.flatMap(({ checks }) => checks).reduce((sum, { points }) => sum + points, 0),
        100,
      );
      for (const { id, fn, title, minutes, hints, errors, checks } of exercises) {
        assert.ok(fn && title && minutes > 0, id);
        for (const hint of hints) assert.ok(hint.trim().length > 20, `${id}: an empty hint`);
        for (const { help } of errors) assert.ok(help.trim().length > 10, id);
        assert.ok(errors.length > 0 && checks.length >= 3, id);
        assert.equal(new Set(checks.map((check) => check.id)).size, checks.length, id);
        for (const { points } of checks) assert.ok(points > 0, id);
      }
    });

    it(`${topic}: labs/ is made from solutions/ (a lab that a learner has edited is theirs)`, function () {
      const shipped = join(root, "labs", `${topic}.ts`);
      assert.ok(existsSync(shipped));
      const text = readFileSync(shipped, "utf8");
      const fresh = makeLab(`${topic}.ts`, readFileSync(join(root, "solutions", `${topic}.ts`), "utf8"));
      if (isEdited(text)) skipLoudly(this, `labs/${topic}.ts was edited, and so it is a learner's own`);
      assert.equal(text, fresh, "run `npx lab build`");
    });
  }

  it("an edited lab is never overwritten without a copy", async () => {
    const place = mkdtempSync(join(tmpdir(), "lab-build-test-"));
    try {
      mkdirSync(join(place, "solutions"));
      writeFileSync(join(place, "solutions", "01-tokenization.ts"), solutions);
      await buildLabs(place);
      const file = join(place, "labs", "01-tokenization.ts");
      assert.equal(isEdited(readFileSync(file, "utf8")), false);
      writeFileSync(file, `${readFileSync(file, "utf8")}\n// mine\n`);
      assert.match((await buildLabs(place)).join(), /was edited and is kept/);
      assert.match(readFileSync(file, "utf8"), /\/\/ mine/);
      await buildLabs(place, { force: true });
      assert.match(readFileSync(join(place, ".lab", "kept", "01-tokenization-1.ts"), "utf8"), /\/\/ mine/);
      assert.equal(isEdited(readFileSync(file, "utf8")), false);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });
});
