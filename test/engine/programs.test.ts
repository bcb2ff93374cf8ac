import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { useEngine } from "../../src/engine";
import { keepPrograms, prune } from "../../src/engine/programs";
import { canCompile } from "../../src/engine/xla";
import { skipLoudly } from "../helpers/skip";

describe("compiled programs on disk", function () {
  this.timeout(300_000);
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "lab programs "))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A process of its own, which compiles a function; its answer. */
  const compile = (): string =>
    execFileSync(
      process.execPath,
      [
        "--import=tsx",
        "-e",
        `const { jit, tf, useEngine } = require("./src/engine");
         useEngine({ engine: "tensorflow" }).then(({ jit: compiles }) => {
           const f = jit((x) => tf.sum(tf.square(x.add(1))));
           console.log(compiles, f(tf.tensor1d([1, 2, 3])).dataSync()[0]);
         });`,
      ],
      {
        cwd: path.join(__dirname, "../.."),
        env: { ...process.env, LAB_PROGRAMS: folder, TF_XLA_FLAGS: undefined },
        encoding: "utf8",
      },
    );
  const files = (): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));

  it("are there for the next process; damaged ones are made anew; a folder with a space is one", async function () {
    await useEngine({ engine: "tensorflow" }).catch(() => undefined);
    if (!canCompile()) skipLoudly(this, "native TensorFlow does not compile here", { failInCI: true });
    assert.equal(compile(), "true 29\n");
    const made = files();
    assert.equal(made.length, 2, "the probe and the function");
    assert.equal(compile(), "true 29\n");
    assert.deepEqual(files(), made);
    for (const damage of ["", "garbage", "\u0000".repeat(5000)]) {
      rmSync(folder, { recursive: true });
      compile();
      for (const file of files()) writeFileSync(file, damage);
      assert.equal(compile(), "true 29\n", `files of ${JSON.stringify(damage.slice(0, 9))}`);
      const contents = files().map((file) => readFileSync(file, "latin1"));
      assert.ok(contents.length > 0 && !contents.includes(damage), "made anew");
    }
  });

  it("are kept where that was not switched off, and where it can be", () => {
    const inside = (env: NodeJS.ProcessEnv): string | undefined => keepPrograms(env);
    assert.equal(inside({ LAB_PROGRAMS: "off" }), undefined);
    assert.equal(inside({ LAB_PROGRAMS: folder, TF_XLA_FLAGS: "--tf_xla_auto_jit=2" }), undefined);
    const env: NodeJS.ProcessEnv = { LAB_PROGRAMS: folder };
    const kept = inside(env);
    assert.ok(kept?.startsWith(folder) && existsSync(kept));
    assert.equal(env["TF_XLA_FLAGS"], `--tf_xla_persistent_cache_directory="${kept}"`);
    assert.equal(inside(env), kept, "a process that inherits the flag");
    const file = path.join(folder, "file");
    writeFileSync(file, "");
    assert.equal(inside({ LAB_PROGRAMS: path.join(file, "below") }), undefined);
  });

  it("do not grow without end: the oldest go first", () => {
    mkdirSync(path.join(folder, "other machine"));
    const names = ["other machine/a", "b", "c"].map((name) => path.join(folder, name));
    names.forEach((name, i) => {
      writeFileSync(name, "x".repeat(100));
      utimesSync(name, 1000 + i, 1000 + i);
    });
    prune(folder, 250);
    assert.deepEqual(names.map(existsSync), [false, true, true]);
    prune(folder, 1000);
    assert.equal(existsSync(names[1] as string), true);
  });
});
