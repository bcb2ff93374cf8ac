import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KernelClient, textOf } from "../kernel/client";

const root = realpathSync(join(__dirname, "..", ".."));
const deploy = join(root, "deploy");

interface Outcome {
  readonly made: boolean;
  readonly updated: readonly string[];
  readonly kept: readonly string[];
}
const makeStudent = async (options: { root?: string; folder: string }): Promise<Outcome> => {
  const { makeStudent: make } = (await import(`${deploy}/student.mjs`)) as {
    makeStudent: (options: object) => Outcome;
  };
  return make(options);
};

describe("a student's own copy of an installed lab", function () {
  this.timeout(300_000);
  let folder: string;
  before(() => (folder = realpathSync(mkdtempSync(join(tmpdir(), "lab student ")))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is small, shares what is large, and computes, grades and remembers in its own place", async () => {
    const home = join(folder, "transformer lab");
    // As the hub starts it; the server's place is taken by a program that grades and prints.
    const script =
      'test "$(pwd)" = "$LAB_HOME" && node tools/lab.mjs grade --lab 00 --from solutions --json && echo "$JUPYTER_PATH"';
    const started = spawnSync("bash", [join(deploy, "singleuser.sh"), "bash", "-c", script], {
      env: { ...process.env, HOME: folder, LAB_HOME: home, JUPYTER_PATH: "/elsewhere" },
      encoding: "utf8",
    });
    assert.equal(started.status, 0, started.stderr);
    assert.match(started.stdout, /"score": 100/);
    assert.ok(started.stdout.trim().endsWith(`${join(home, ".lab", "share", "jupyter")}:/elsewhere`));
    assert.ok(lstatSync(join(home, "datasets")).isSymbolicLink());
    assert.ok(!lstatSync(join(home, "labs")).isSymbolicLink());

    const kernel = await KernelClient.start({ JUPYTER_PATH: join(home, ".lab", "share", "jupyter") });
    try {
      cpSync(join(root, "solutions", "00-start-here.ts"), join(home, "labs", "00-start-here.ts"));
      const cell =
        'import { check } from "transformer-lab/lab"; import { softmax } from "./labs/00-start-here"; await check("00/softmax", softmax);';
      const text = textOf(await kernel.run(cell, { timeout: 120 }));
      assert.match(text, /Passed/);
    } finally {
      await kernel.close();
    }
    const progress = readFileSync(join(home, ".lab", "progress.json"), "utf8");
    assert.match(progress, /"00\/softmax"[^}]*"passed": true/);
  });

  it("an update brings what is new and keeps what was edited, removed or earned", async () => {
    const [installed, home] = [join(folder, "installed"), join(folder, "home")];
    const put = (name: string, text: string): void => {
      mkdirSync(join(installed, name, ".."), { recursive: true });
      writeFileSync(join(installed, name), text);
    };
    const names = ["notebooks/00-a.ipynb", "notebooks/01-b.ipynb", "notebooks/02-c.ipynb", "labs/01-b.ts"];
    for (const name of [...names, "dist/index.js", "node_modules/@a/b/index.js"]) put(name, `first ${name}`);
    assert.deepEqual(await makeStudent({ root: installed, folder: home }), {
      made: true,
      updated: names.slice().sort(byFolder),
      kept: [],
    });
    writeFileSync(join(home, "notebooks", "01-b.ipynb"), "edited");
    writeFileSync(join(home, "labs", "01-b.ts"), "edited");
    rmSync(join(home, "notebooks", "02-c.ipynb"));
    writeFileSync(join(home, ".lab", "progress.json"), "weeks");
    assert.deepEqual(await makeStudent({ root: installed, folder: home }), {
      made: false,
      updated: [],
      kept: [],
    });
    for (const name of [...names, "dist/index.js"]) put(name, `second ${name}`);
    const { updated, kept } = await makeStudent({ root: installed, folder: home });
    assert.deepEqual(updated, ["notebooks/00-a.ipynb", "notebooks/02-c.ipynb"]);
    assert.deepEqual(kept, ["labs/01-b.ts", "notebooks/01-b.ipynb"]);
    const read = (name: string): string => readFileSync(join(home, name), "utf8");
    assert.equal(read("labs/01-b.ts"), "edited");
    assert.equal(read("notebooks/01-b.ipynb"), "edited");
    assert.equal(read("notebooks/01-b.new.ipynb"), "second notebooks/01-b.ipynb");
    assert.equal(read("dist/index.js"), "second dist/index.js");
    assert.equal(read("node_modules/@a/b/index.js"), "first node_modules/@a/b/index.js");
    assert.equal(read(".lab/progress.json"), "weeks");
    assert.ok(!readdirSync(home).some((name) => /\.(next|old|part)$/.test(name)));
  });

  it("does not touch a folder that is something else", async () => {
    const other = join(folder, "other");
    mkdirSync(other);
    writeFileSync(join(other, "thesis.txt"), "mine");
    await assert.rejects(makeStudent({ folder: other }), /is no student's lab/);
    assert.deepEqual(readdirSync(other), ["thesis.txt"]);
  });
});

const byFolder = (a: string, b: string): number => (a < b ? -1 : 1);

describe("files for images and batch systems", () => {
  it("the scripts are right for bash, and may be run", () => {
    for (const name of ["build.sh", "singleuser.sh", "alone.sh", "slurm.sh"]) {
      const file = join(deploy, name);
      assert.equal(spawnSync("bash", ["-n", file]).status, 0, name);
      assert.ok((lstatSync(file).mode & 0o100) !== 0, name);
    }
  });

  it("what the images' files name is there", () => {
    const dockerfile = readFileSync(join(deploy, "Dockerfile"), "utf8");
    const scripts = [...dockerfile.matchAll(/deploy\/[\w-]+\.(?:sh|yaml)/g)].map(([name]) => name);
    assert.ok(scripts.length >= 4);
    for (const name of scripts) assert.ok(existsSync(join(root, name)), name);
    assert.match(readFileSync(join(root, ".binder", "postBuild"), "utf8"), /deploy\/build\.sh/);
  });

  it("the Slurm script grades its part of the class", () => {
    const folder = mkdtempSync(join(tmpdir(), "lab slurm "));
    try {
      mkdirSync(join(folder, "tools"));
      writeFileSync(join(folder, "tools", "lab.mjs"), "console.log(JSON.stringify(process.argv.slice(2)))");
      const env = { ...process.env, LAB: folder, SLURM_ARRAY_TASK_ID: "3", SLURM_ARRAY_TASK_COUNT: "8" };
      const { stdout } = spawnSync("bash", [join(deploy, "slurm.sh"), "class", "grades"], { env, encoding: "utf8" }); // prettier-ignore
      assert.deepEqual(JSON.parse(stdout), [
        ...["grade", "--submissions", "class", "--out", "grades/shard-3", "--shard", "3/8", "--jobs", "2"],
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
