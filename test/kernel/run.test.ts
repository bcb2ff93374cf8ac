import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildNotebook } from "../../src/cli/build";
import { findChapters } from "../../src/cli/notebook/chapters";
import { type RunEvent, runNotebook } from "../../src/cli/notebook/execute";
import { runReport } from "../../src/cli/notebook/report";
import { root } from "./client";

/** A notebook source from the code of its cells. */
const percent = (...cells: string[]) => cells.map((code) => `// %%\n${code}\n`).join("\n");

/** A kernel spec as set-up writes it, with a heap limit of its own. */
function writeKernelSpec(spec: string, megabytes: number): void {
  const heap = `--max-old-space-size=${megabytes}`;
  const argv = [
    process.execPath,
    heap,
    join(root, "tools", "kernel.cjs"),
    "kernel",
    "--config-path",
    "{connection_file}",
  ];
  writeFileSync(
    join(spec, "kernel.json"),
    JSON.stringify({ argv, display_name: "lab", language: "typescript" }),
  );
}

interface SavedCell {
  readonly id: string;
  readonly source: string[];
  readonly outputs?: { readonly output_type: string; readonly text?: string[]; readonly metadata?: object }[];
  readonly metadata: object;
}

describe("lab run and lab build", function () {
  this.timeout(300_000);
  let folder: string;
  before(() => {
    mkdirSync(join(root, ".lab"), { recursive: true });
    folder = mkdtempSync(join(root, ".lab", "run-test-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const source = (name: string, ...cells: string[]) => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, percent(...cells));
    return file;
  };
  const read = (file: string) =>
    JSON.parse(readFileSync(file, "utf8")) as { cells: SavedCell[]; metadata: object };

  it("runs a good notebook, reports each cell and collects the measured numbers", async () => {
    const file = source(
      "good",
      'import { measured } from "transformer-lab/lab";',
      'measured("speed", 1.5, { band: [1, 2], unit: "MB/s", reference: 1.4, source: "a paper" });',
      'measured("loss", 0.25, { band: [-Infinity, 0.3] });',
    );
    const events: RunEvent[] = [];
    const result = await runNotebook(root, file, { timeout: 60, onEvent: (event) => events.push(event) });
    assert.equal(result.ok, true, JSON.stringify(result.failure));
    assert.deepEqual(result.measured, [
      { name: "speed", value: 1.5, band: [1, 2], ok: true, unit: "MB/s", reference: 1.4, source: "a paper" },
      { name: "loss", value: 0.25, band: [null, 0.3], ok: true },
    ]);
    assert.deepEqual(
      events.filter(({ event }) => event === "cell").map((event) => "cell" in event && event.cell),
      [1, 2, 3],
    );
    const report = runReport(root, file, result);
    assert.match(report, /ran to its end/);
    assert.match(report, /speed +1\.5 MB\/s +1 to 2 +1\.4 MB\/s \(a paper\) +ok/);
  });

  for (const value of ["3", "NaN"]) {
    it(`a measured ${value} outside of its band fails the run, and is still collected`, async () => {
      const code = `import { measured } from "transformer-lab/lab"; measured("loss", ${value}, { band: [0, 1] });`;
      const result = await runNotebook(root, source("band", code, "1"), { timeout: 60 });
      assert.equal(result.ok, false);
      assert.equal(result.measured[0]?.ok, false);
      assert.match(
        result.failure?.message ?? "",
        /RangeError: measured "loss": (3|not a number) is outside of 0 to 1/,
      );
    });
  }

  it("names the failing cell, with its source and error", async () => {
    const file = source("bad", "1", "// here\nthrow new TypeError('wrong shape');", "3");
    const result = await runNotebook(root, file, { timeout: 60 });
    assert.equal(result.ok, false);
    assert.equal(result.failure?.kind, "error");
    assert.equal(result.failure?.cell, 2);
    const report = runReport(root, file, result);
    assert.match(report, /cell 2 failed/);
    assert.match(report, /2 \| throw new TypeError/);
    assert.match(report, /TypeError: wrong shape[\s\S]*at cell \[2\], line 2/);
  });

  it("stops an endless cell at the time limit and says so", async () => {
    const started = performance.now();
    const result = await runNotebook(root, source("endless", "await 0; while (true) {}"), { timeout: 2 });
    assert.equal(result.failure?.kind, "timeout");
    assert.match(result.failure?.message ?? "", /ran longer than 2\.0 s/);
    assert.ok(performance.now() - started < 30_000);
  });

  it("says it when the kernel dies", async () => {
    const result = await runNotebook(root, source("dead", "1", "process.abort()"), { timeout: 60 });
    assert.equal(result.failure?.kind, "dead");
    assert.equal(result.failure?.cell, 2);
    assert.equal(result.ok, false);
  });

  it("says it when a cell needs more memory than the kernel may have", async () => {
    const spec = join(folder, "jupyter", "kernels", "lab");
    mkdirSync(spec, { recursive: true });
    writeKernelSpec(spec, 256);
    process.env.JUPYTER_PATH = join(folder, "jupyter");
    try {
      const code = "const all: number[][] = []; for (;;) all.push(new Array(100_000).fill(all.length));";
      const result = await runNotebook(root, source("memory", code), { timeout: 60 });
      assert.equal(result.failure?.kind, "dead");
      assert.match(result.failure?.message ?? "", /the kernel died in this cell \(out of memory/);
    } finally {
      delete process.env.JUPYTER_PATH;
    }
  });

  it("runs with other labs, e.g. the solutions", async () => {
    mkdirSync(join(folder, "mine"), { recursive: true });
    writeFileSync(join(folder, "mine", "99-made-up.ts"), "export const mark: number = 7;");
    const code = 'import { measured } from "transformer-lab/lab"; import { mark } from "./labs/99-made-up";';
    const file = source("labs", `${code}\nmeasured("mark", mark, { band: [7, 7] });`);
    assert.equal((await runNotebook(root, file, { timeout: 60, labs: join(folder, "mine") })).ok, true);
    assert.equal((await runNotebook(root, file, { timeout: 60 })).ok, false);
  });

  it("Ctrl-C stops the run and its kernel", async () => {
    const file = source("stopped", `await 0; while (true) {} // ${folder}`);
    const script =
      `import { runNotebook } from ${JSON.stringify(join(root, "src/cli/notebook/execute"))};` +
      `void runNotebook(${JSON.stringify(root)}, ${JSON.stringify(file)}, ` +
      `{ timeout: 100, onEvent: (e) => console.log(e.event) }).then((r) => console.log("stopped", r.stopped, r.ok));`;
    const main = join(folder, "main.ts");
    writeFileSync(main, script);
    const child = spawn(process.execPath, ["--require", "tsx/cjs", main], { cwd: root });
    let out = "";
    /** The kernels below our own child: other kernels of this machine are not our business. */
    const kernels = (): number[] => {
      const lines = spawnSync("ps", ["-eo", "pid,ppid,args"], { encoding: "utf8" })
        .stdout.trim()
        .split("\n")
        .slice(1);
      const all = lines.map((line) => line.trim().split(/\s+/));
      const below = (parent: number): string[][] =>
        all.filter((row) => Number(row[1]) === parent).flatMap((row) => [row, ...below(Number(row[0]))]);
      return below(child.pid ?? -1)
        .filter((row) => row.some((word) => word.endsWith("kernel.cjs")))
        .map((row) => Number(row[0]));
    };
    const lives = (pid: number) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    await new Promise<void>((started) =>
      child.stdout.on("data", (data) => (out += data).includes("start") && started()),
    );
    await new Promise((wait) => setTimeout(wait, 500));
    const [kernel] = kernels();
    assert.ok(kernel !== undefined);
    child.kill("SIGINT");
    await new Promise((done) => child.once("exit", done));
    assert.match(out, /stopped true false/);
    for (let i = 0; i < 50 && lives(kernel); i++) await new Promise((wait) => setTimeout(wait, 100));
    assert.equal(lives(kernel), false);
  });

  it("builds a notebook: stable, clean, executed; runs again only where the cells changed", async () => {
    const cells = ["console.log(process.cwd(), performance.now());", "2"];
    const file = source("97-made", ...cells);
    const notebook = join(folder, "97-made.ipynb");
    const options = { run: true, timeout: 60 };
    assert.equal(await buildNotebook(root, file, { ...options, check: true }), false);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith("97-made")),
      ["97-made.ts"],
    );
    assert.equal(await buildNotebook(root, file, options), true);
    const first = readFileSync(notebook, "utf8");
    assert.ok(!first.includes(root), "no path of this machine");
    assert.doesNotMatch(first, /iopub|"execution":/);
    assert.match(read(notebook).cells[0]?.outputs?.[0]?.text?.[0] ?? "", /^\. \d/);
    assert.deepEqual(read(notebook).metadata, {
      kernelspec: { display_name: "Transformer Lab (TypeScript)", language: "typescript", name: "lab" },
      language_info: { file_extension: ".ts", name: "typescript" },
    });
    await buildNotebook(root, file, options);
    assert.equal(readFileSync(notebook, "utf8"), first, "the same cells are not run again");
    assert.equal(await buildNotebook(root, file, { ...options, check: true }), true);
    source("97-made", cells[0]!, "3");
    assert.equal(await buildNotebook(root, file, { ...options, check: true }), false);
    assert.equal(readFileSync(notebook, "utf8"), first, "a check changes nothing");
    const before = read(notebook).cells.map(({ id }) => id);
    await buildNotebook(root, file, options);
    const now = read(notebook).cells.map(({ id }) => id);
    assert.equal(now[0], before[0], "an unchanged cell keeps its id");
    assert.notEqual(now[1], before[1]);
  });

  it("a notebook whose cell fails is not replaced", async () => {
    const file = source("96-made", "1");
    await buildNotebook(root, file, { run: true, timeout: 60 });
    const good = readFileSync(join(folder, "96-made.ipynb"), "utf8");
    source("96-made", "throw new Error('no')");
    assert.equal(await buildNotebook(root, file, { run: true, timeout: 60 }), false);
    assert.equal(readFileSync(join(folder, "96-made.ipynb"), "utf8"), good);
  });

  it("an unknown chapter is an error that lists the chapters", () => {
    mkdirSync(join(folder, "notebooks"), { recursive: true });
    writeFileSync(join(folder, "notebooks", "01-first.ts"), "");
    writeFileSync(join(folder, "notebooks", "02-second.ipynb"), "{}");
    assert.throws(() => findChapters(folder, ["7"]), /no chapter "7"\. Chapters: 01-first, 02-second/);
    const topics = (...wanted: string[]) => findChapters(folder, wanted).map(({ topic }) => topic);
    assert.deepEqual(topics("1"), ["01-first"]);
    assert.deepEqual(topics("notebooks/02-second.ipynb"), ["02-second"]);
    assert.deepEqual(topics("all"), ["01-first", "02-second"]);
  });
});
