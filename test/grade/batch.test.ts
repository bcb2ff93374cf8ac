import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import {
  gradeClass,
  inShard,
  listSubmissions,
  mergeResults,
  parseShard,
  readResults,
  readSubmission,
  readTimes,
  writeResult,
  type BatchOptions,
  type Submission,
} from "../../src/grade/batch";
import { GradedSubmission } from "../../src/grade/class/model";
import { readNotebook } from "../../src/grade/batch/notebook";
import { runWorkers, type Done } from "../../src/grade/batch/workers";
import { gradeWholeClass, type ClassOptions } from "../../src/cli/grade-class";
import { DEFAULT_LIMITS } from "../../src/grade/sandbox";
import { runLab } from "../helpers/lab-command";
import { skipLoudly } from "../helpers/skip";
import { zipOf } from "../helpers/zips"; // prettier-ignore

const root = join(__dirname, "..", "..");
const solution = readFileSync(join(root, "solutions", "01-tokenization.ts"), "utf8");
const TOPIC = "01-tokenization.ts";
/** One exercise solved, the others not there: soon graded. */
const one = (fn: string): string =>
  solution.replace(new RegExp(`^export function (?!${fn}\\b)`, "gm"), "function ");

let place: string;
beforeEach(() => (place = mkdtempSync(join(tmpdir(), "lab batch test "))));
afterEach(() => rmSync(place, { recursive: true, force: true }));

function put(name: string, data: string | Buffer): string {
  const file = join(place, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, data);
  return file;
}

/** The only submission that lies in `place`. */
async function read(): Promise<Submission> {
  const { entries } = listSubmissions(place);
  assert.equal(entries.length, 1);
  return readSubmission(entries[0]!, readTimes(place));
}

describe("reading submissions", () => {
  it("a lab's file is found directly, under labs/, and inside one folder around everything, in folders and zips", async () => {
    for (const path of [TOPIC, `labs/${TOPIC}`, `my work/${TOPIC}`, `my work/labs/${TOPIC}`]) {
      put(`ada/${path}`, "// ada");
      assert.deepEqual((await read()).files, { [TOPIC]: "// ada" }, path);
      rmSync(join(place, "ada"), { recursive: true });
      put("ada.zip", zipOf([{ name: path, data: "// ada" }, { name: `__MACOSX/${path}`, data: "x" }, { name: "x/", data: "" }].slice(0, 2)));
      const { files, problems, source } = await read();
      assert.deepEqual([files, problems, source.kind], [{ [TOPIC]: "// ada" }, [], "zip"], path);
      rmSync(join(place, "ada.zip"));
    }
  });

  it("copies of the lab's own files are left out and named; helpers beside the lab are kept", async () => {
    for (const name of ["solutions/01-tokenization.ts", "src/index.ts", "src/a/b.ts", TOPIC, "helper.ts"]) put(`ada/${name}`, "x");
    const { files, problems } = await read();
    assert.deepEqual(Object.keys(files), [TOPIC, "helper.ts"]);
    assert.match(problems.join("\n"), /solutions\/ was left out \(1 files\)[^]*src\/ was left out \(2 files\)/);
  });

  it("a notebook among the files is read; a lab's file beside it comes first", async () => {
    const cells = JSON.stringify({ cells: [{ cell_type: "code", source: "function encodeChars() {}\nfunction ppmi() {}" }] });
    put("ada.zip", zipOf([{ name: "x/ada.ipynb", data: cells }, { name: "x/broken.ipynb", data: "{" }, { name: `x/${TOPIC}`, data: "// mine" }]));
    const { files, problems } = await read();
    assert.deepEqual([Object.keys(files), files[TOPIC]], [[TOPIC, "02-embeddings.ts"], "// mine"]);
    assert.match(problems.join("\n"), /ada\.ipynb has exercises of 01-tokenization\.ts, which is there[^]*broken\.ipynb was not read: it is no JSON/);
  });

  it("links, large files, and names that are nearly a lab's are named", async () => {
    put(`ada/${TOPIC}`, "x");
    put("ada/02_embeddings (1).ts", "x");
    put("ada/large.ts", "x".repeat(1_000_001));
    put("ada/bytes.ts", Buffer.from([0xff, 0xfe, 0x80]));
    put("secret.csv", "x");
    if (process.platform !== "win32") symlinkSync(join(place, "secret.csv"), join(place, "ada", "link.csv"));
    const { entries, skipped } = listSubmissions(place);
    const { files, problems } = await readSubmission(entries[0]!, {});
    assert.deepEqual([Object.keys(files), skipped], [["01-tokenization.ts", "02_embeddings (1).ts"], ["secret.csv"]]);
    const told = problems.join("\n");
    assert.match(told, /its name must be 02-embeddings\.ts/);
    assert.match(told, /large\.ts was not read: it has 1000001 bytes/);
    assert.match(told, /bytes\.ts was not read: it is no UTF-8 text/);
    if (process.platform !== "win32") assert.match(told, /link\.csv was not read: it is a link/);
  });

  it("names become ids that are safe, and each its own", () => {
    for (const name of ["x!", "Ada L.", "ada l.", "con", "Zoë", "-"]) put(`${name}/a.ts`, "x");
    const ids = listSubmissions(place).entries.map(({ learner }) => learner);
    assert.deepEqual([...ids].sort(), ["Ada_L", "Zoë", "ada_l-2", "learner_", "learner_con", "x"]);
  });

  it("ids of any names are unique whatever the case, and name a file in the folder", function () {
    if (process.platform === "win32") skipLoudly(this, "Windows cannot store most of the names that are tried here");
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }).filter((name) => !/[/\0]/.test(name) && !name.startsWith(".")), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(names, (all) => {
        const dir = mkdtempSync(join(place, "x"));
        for (const name of all) mkdirSync(join(dir, name), { recursive: true });
        const ids = listSubmissions(dir).entries.map(({ learner }) => learner);
        assert.equal(new Set(ids.map((id) => id.toLowerCase())).size, readdirSync(dir).length);
        for (const id of ids) assert.match(id, /^[\p{L}\p{N}@][\p{L}\p{N}._@-]*$/u);
      }),
      { numRuns: 30 },
    );
  });

  it("the time of handing in is the file's, or what submission_metadata.json beside the submissions says", async () => {
    const time = new Date("2026-11-30T10:00:00Z");
    utimesSync(put(`ada/${TOPIC}`, "x"), time, time);
    assert.equal((await read()).source.submittedAt, "2026-11-30T10:00:00.000Z");
    put("ada/submission_metadata.json", '{"ada": "2000-01-01T00:00:00Z"}');
    assert.equal((await read()).source.submittedAt, "2026-11-30T10:00:00.000Z", "a learner's own word is not asked");
    for (const said of ['"2026-12-01T00:00:00+01:00"', '{"submitted_at": "2026-12-01T00:00:00+01:00"}', '{"id": 3, "created_at": "2026-12-01T00:00:00+01:00"}']) {
      put("submission_metadata.json", `{"ada": ${said}}`);
      assert.equal((await read()).source.submittedAt, "2026-12-01T00:00:00+01:00");
    }
    put("submission_metadata.json", '{"ada": "yesterday"}');
    assert.throws(() => readTimes(place), /must be an object of learners with their times[^]*ada/);
  });

  it("an empty folder, a missing one, and a zip that is none", async () => {
    assert.throws(() => listSubmissions(place), /There is no submission in/);
    assert.throws(() => listSubmissions(join(place, "none")), /There is no folder/);
    put("ada.zip", "PK no zip");
    const { files, problems } = await read();
    assert.deepEqual(files, {});
    assert.match(problems.join(), /ada\.zip could not be read/);
  });
}); // prettier-ignore

describe("a notebook as a submission", () => {
  const notebook = (...cells: (string | string[])[]): string =>
    JSON.stringify({ cells: [{ cell_type: "markdown", source: "# x" }, ...cells.map((source) => ({ cell_type: "code", source, outputs: [{ text: "any" }] }))], nbformat: 4 });
  const lab = (...cells: (string | string[])[]) => readNotebook(notebook(...cells), "ada.ipynb");

  it("takes the exercises and what they need, the last of a name, and neither calls nor awaits", () => {
    const { files, problems } = lab(
      'import { pairKey, countPairs as given } from "./labs/01-tokenization";\nimport { show } from "transformer-lab/lab";\nconst table = await show(1);\nshow(table);',
      ["function encodeChars(text: string) { return helper(text); }\n", "console.log(encodeChars('x'));"],
      "export const countPairs = (words: Words) => pairKey(words);\ntype Words = any;",
      "const helper = (x: string) => limits.most + x;\nconst unused = 1;\nconst { most, ...limits } = { most: 1 };",
      "function encodeChars(text: string): number[];\nfunction encodeChars(text: string, more?: string): number[] { return helper(text) as any; }",
    );
    assert.deepEqual(problems, ["encodeChars is defined 2 times (cells 3, 6); the last one is graded."]);
    assert.deepEqual([...files.keys()], [TOPIC]);
    const text = files.get(TOPIC)!;
    assert.match(text, /^import \{ pairKey \} from "\.\/given\/01-tokenization";$/m);
    assert.match(text, /^function encodeChars\(text: string\): number\[\];\nfunction encodeChars\(text: string, more\?/m);
    assert.match(text, /type Words = any;/);
    assert.match(text, /const \{ most, \.\.\.limits \}/);
    assert.match(text, /^export \{ encodeChars \};$/m);
    assert.doesNotMatch(text, /unused|show|await|console|return helper\(text\); \}$/m);
  });

  it("its name chooses the lab; without one, every lab whose exercises it has", () => {
    const cells = notebook("function encodeChars() {}", "const countNeighbours = () => 1;");
    assert.deepEqual([...readNotebook(cells, "ada_01-tokenization.ipynb").files.keys()], [TOPIC]);
    assert.deepEqual([...readNotebook(cells, "ada.ipynb").files.keys()].length, 2);
  });

  it("cells that are no TypeScript are named, and the rest is taken", () => {
    const deep = `const x = ${"(".repeat(100_000)}1${")".repeat(100_000)};`;
    const { files, problems } = lab("function encodeChars( {", deep, "%magic", "function encodeChars() { return []; }");
    assert.match(files.get(TOPIC)!, /return \[\];/);
    assert.deepEqual(problems, [2, 3, 4].map((cell) => `Cell ${cell} was not read: it is no valid TypeScript.`));
    assert.throws(() => readNotebook("{", "a"), /no JSON/);
    assert.throws(() => readNotebook('{"cells": 1}', "a"), /cells/);
  });
}); // prettier-ignore

describe("shards and merging", () => {
  it("each learner is in exactly one part", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 9 }), (learner, n) => {
        const parts = Array.from({ length: n }, (_, i) => inShard(learner, { k: i + 1, n }));
        assert.equal(parts.filter(Boolean).length, 1);
      }),
    );
    assert.deepEqual(parseShard("2/5"), { k: 2, n: 5 });
    for (const bad of ["0/5", "6/5", "1", "1/0", "a/b", "1/2/3", "-1/2"])
      assert.throws(() => parseShard(bad), /give k\/n/, bad);
  });

  it("the newer result of a learner wins, and it is said", () => {
    const result = (learner: string, gradedAt: string, key = gradedAt): GradedSubmission => ({
      version: 1,
      learner,
      source: { kind: "zip", name: `${learner}.zip`, sha256: "x" },
      key,
      isolation: { by: "node", blocked: { read: true, write: true, network: true, processes: true, environment: true, memory: true } },
      fixed: {},
      problems: [],
      state: "pass",
      score: 1,
      max: 1,
      labs: [],
      gradedAt,
      seconds: 1,
    });
    const [old, late] = ["2026-11-30T10:00:00Z", "2026-11-30T11:00:00Z"];
    const [a, b, c] = ["a", "b", "c"].map((name) => join(place, name)) as [string, string, string];
    writeResult(a, result("ada", late));
    writeResult(a, result("bob", old));
    writeResult(b, result("ada", old));
    writeResult(b, result("eve", old));
    const { count, said } = mergeResults([a, b], c);
    assert.equal(count, 3);
    assert.deepEqual(said, [`ada was graded more than once; the result of ${late} is kept.`]);
    assert.deepEqual(readResults(c).map(({ learner, gradedAt }) => [learner, gradedAt]), [["ada", late], ["bob", old], ["eve", old]]);
    assert.deepEqual(mergeResults([a, b], c).count, 3, "merging again changes nothing");
    assert.deepEqual(readdirSync(join(c, "results")).sort(), ["ada.json", "bob.json", "eve.json"], "nothing half written");
    writeFileSync(join(a, "results", "bob.json"), '{"version": 2}');
    assert.throws(() => mergeResults([a], c), /bob\.json is no result of this version[^]*Cure/);
    assert.throws(() => mergeResults([place], c), /There are no results in/);
  });
}); // prettier-ignore

describe("grading a class", function () {
  this.timeout(300_000);
  const options = (): BatchOptions => ({ root, dir: join(place, "class"), out: join(place, "out"), jobs: 2, isolation: "node" });

  it("every kind of submission, results on the disk, and only what changed is graded again", async () => {
    put(`class/ada/labs/${TOPIC}`, one("encodeChars"));
    put("class/bob.zip", zipOf([{ name: `bob/${TOPIC}`, data: one("countPairs") }]));
    put("class/cy.ipynb", JSON.stringify({ cells: [
      { cell_type: "code", source: 'import { pairKey } from "./labs/01-tokenization";' },
      { cell_type: "code", source: "function countPairs(words: any[]) { const all = new Map(); for (const { symbols, count } of words) for (let i = 1; i < symbols.length; i++) { const key = pairKey(symbols[i - 1], symbols[i]); all.set(key, (all.get(key) ?? 0) + count); } return all; }" },
    ] }));
    put(`class/dee_${TOPIC}`, "export const x = ;");
    put("class/eve/readme.txt", "nothing");
    const seen: number[] = [];
    const first = await gradeClass({ ...options(), onProgress: ({ done }) => seen.push(done) });
    assert.deepEqual(seen, [0, 1, 2, 3, 4, 5]);
    const points = ({ results }: typeof first) => results.map(({ learner, state, score, max }) => [learner, state, score, max]);
    const right = [["ada", "partial", 8, 100], ["bob", "partial", 10, 100], ["cy", "partial", 10, 100], ["dee_01-tokenization", "syntax", 0, 100], ["eve", "not run", 0, 100]];
    assert.deepEqual(points(first), right);
    assert.deepEqual([first.labs, first.kept, first.faults], [["01"], 0, []]);
    for (const result of first.results) assert.deepEqual(GradedSubmission.parse(result), result);
    assert.deepEqual(readResults(join(place, "out")), first.results);
    const cy = first.results[2]!;
    assert.ok("labs/01-tokenization" in cy.fixed && "lab/checks/01-tokenization" in cy.fixed, "the given lab is the project's");

    put(`class/ada/labs/${TOPIC}`, `${one("wordPiece")}`);
    writeFileSync(join(place, "class", "submission_metadata.json"), '{"bob": "2026-11-30T10:00:00Z"}');
    const second = await gradeClass(options());
    assert.deepEqual([second.kept, points(second)], [4, [["ada", "partial", 13, 100], ...right.slice(1)]]);
    assert.equal(second.results[1]!.source.submittedAt, "2026-11-30T10:00:00Z", "a new time needs no new grading");
    assert.equal(second.results[1]!.gradedAt, first.results[1]!.gradedAt);

    const third = await gradeClass({ ...options(), fresh: true, shard: { k: 1, n: 2 } });
    const fourth = await gradeClass({ ...options(), fresh: true, shard: { k: 2, n: 2 } });
    assert.deepEqual([...points(third), ...points(fourth)].sort(), points(second).sort());
    assert.equal(third.kept + fourth.kept, 0);
    for (const result of third.results) assert.ok(result.gradedAt > second.results[0]!.gradedAt);
  });

  it("a batch that is stopped leaves whole results, and goes on from there", async () => {
    for (const name of ["ada", "bob", "cy"]) put(`class/${name}/${TOPIC}`, `${one("encodeChars")}// ${name}`);
    const stop = new AbortController();
    // A worker that is ended takes its folders along.
    const temporary = process.env["TMPDIR"];
    process.env["TMPDIR"] = join(place, "tmp");
    mkdirSync(process.env["TMPDIR"]);
    const cut = await gradeClass({ ...options(), jobs: 1, signal: stop.signal, onProgress: ({ done }) => done === 1 && stop.abort() });
    if (temporary === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = temporary;
    const left = readdirSync(join(place, "tmp")).filter((name) => /^lab-(grade|submission|probe|try)/.test(name));
    assert.deepEqual(left, []);
    assert.deepEqual([cut.results.map(({ learner }) => learner), cut.total, cut.faults], [["ada"], 3, []]);
    const rest = await gradeClass(options());
    assert.deepEqual([rest.kept, rest.results.map(({ score }) => score)], [1, [8, 8, 8]]);
  });

  it("a fault of the grader costs one submission its result, and no other", async () => {
    const submission = (learner: string, files: Record<string, string>): Submission => ({ learner, source: { kind: "file", name: learner, sha256: "x" }, files, problems: [] });
    const good = { submission: submission("good", { [TOPIC]: "" }), key: "g" };
    const bad = { submission: submission("bad", { "x\0.ts": "" }), key: "b" };
    const done: Done[] = [];
    const isolation: GradedSubmission["isolation"] = { by: "node", blocked: { read: true, write: true, network: true, processes: true, environment: true, memory: true } };
    const plan = { labs: ["01"], limits: { callSeconds: 1, loadSeconds: 5, labSeconds: 9, heapMb: 64, extraMb: 64 }, seed: 1, isolation, fixed: {}, root };
    await runWorkers([bad, good], 1, plan, "node", (one) => done.push(one), new AbortController().signal);
    assert.match("fault" in done[0]! ? done[0].fault : "", /null bytes/);
    assert.equal("result" in done[1]! && done[1].result.state, "not run");
  });

  it("nobody handed in a lab: says so", async () => {
    put("class/ada/readme.txt", "x");
    await assert.rejects(gradeClass(options()), /Name the lab: --lab 01/);
    await assert.rejects(gradeClass({ ...options(), labs: ["77"] }), /There is no lab "77"/);
  });

  it("as a command: a table, JSON, exit codes 0 and 2, and merging", async () => {
    put(`class/ada/${TOPIC}`, one("encodeChars"));
    const [dir, out, all] = [join(place, "class"), join(place, "out"), join(place, "all")];
    const graded = runLab(["grade", "--submissions", dir, "--out", out, "--jobs", "1", "--lab", "01", "--json"]);
    assert.equal(graded.status, 0, graded.stderr);
    assert.equal(GradedSubmission.parse((JSON.parse(graded.stdout) as unknown[])[0]).score, 8);
    assert.match(graded.stderr, /Isolation: \w+; the probe could not/);
    const merged = await said({ merge: [out], out: all });
    assert.deepEqual([merged.code, existsSync(join(all, "results", "ada.json"))], [0, true]);
    assert.match(merged.text, /ada +8 \/ 100 +8 +◐ partly right/);
    for (const [wrong, message] of [
      [{ submissions: join(place, "none") }, /There is no folder/],
      [{ submissions: dir, isolation: "castle" }, /--isolation castle: give auto/],
      [{ submissions: dir, shard: "3/2" }, /--shard 3\/2/],
    ] as const) {
      const { code, text } = await said(wrong);
      assert.equal(code, 2);
      assert.match(text, message);
    }
  });

  /** What the command prints, run in this process. */
  async function said(change: Partial<ClassOptions>): Promise<{ code: number; text: string }> {
    const lines: string[] = [];
    const { log, error } = console;
    console.log = console.error = (line: string) => void lines.push(line);
    try {
      const base = { out: join(place, "out"), jobs: 1, limits: DEFAULT_LIMITS, isolation: "auto" };
      return { code: await gradeWholeClass(root, { ...base, ...change }), text: lines.join("\n") };
    } finally {
      Object.assign(console, { log, error });
    }
  }
}); // prettier-ignore
