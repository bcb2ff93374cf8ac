import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labArguments } from "../helpers/lab-command";
import { skipLoudly } from "../helpers/skip";

const root = join(__dirname, "..", "..");
const scripts = join(root, "deploy", "gradescope");

/** In the place of the compiled command: the sources, as other tests run them. */
const command = (program: string): string => `
  const { spawnSync } = require("node:child_process");
  ${program}`;
const real = command(`
  const args = ${JSON.stringify(labArguments([]))};
  const { status } = spawnSync(process.execPath, [...args, ...process.argv.slice(2)], { cwd: ${JSON.stringify(root)}, stdio: "inherit" });
  process.exit(status ?? 1);`); // prettier-ignore

interface Results {
  readonly score: number;
  readonly output: string;
  readonly visibility: string;
  readonly stdout_visibility: string;
  readonly tests: readonly { readonly name: string; readonly visibility: string; readonly output: string }[];
}

describe("Gradescope's run_autograder", function () {
  this.timeout(300_000);
  let place: string;
  before(function () {
    if (process.platform === "win32")
      skipLoudly(this, "Gradescope runs Linux, and this test needs its shell");
  });
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), "lab gradescope test "));
    for (const folder of ["submission", "source/tools", "temporary"])
      mkdirSync(join(place, folder), { recursive: true });
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  /** Runs the script over `place`, as Gradescope does over /autograder. */
  function run(program: string, env: NodeJS.ProcessEnv = {}): { results: Results; stdout: string } {
    // .mjs in the project; this one is CommonJS, which Node tells by the package beside it.
    writeFileSync(join(place, "source", "tools", "lab.mjs"), `import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\n${program}`); // prettier-ignore
    const { status, stdout, stderr } = spawnSync("bash", [join(scripts, "run_autograder")], {
      encoding: "utf8",
      env: { ...process.env, AUTOGRADER_ROOT: place, TMPDIR: join(place, "temporary"), ...env },
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual(readdirSync(join(place, "results")), ["results.json"]);
    const left = readdirSync(join(place, "temporary")).filter((name) => !name.startsWith("tsx-"));
    assert.deepEqual(left, [], "nothing is left behind");
    return {
      results: JSON.parse(readFileSync(join(place, "results", "results.json"), "utf8")) as Results,
      stdout,
    };
  }

  it("grades a submission with the assignment's lab, policy and hidden checks", () => {
    const solution = readFileSync(join(root, "solutions", "08-in-context-learning.ts"), "utf8");
    writeFileSync(join(place, "submission", "08-in-context-learning.ts"), solution);
    symlinkSync("/etc/hostname", join(place, "submission", "link.txt"));
    writeFileSync(join(place, "source", "lab.txt"), "08\n");
    writeFileSync(join(place, "source", "policy.json"), '{ "total": 10, "hiddenChecks": "after_published" }');
    writeFileSync(
      join(place, "source", "hidden.ts"),
      `export const checks = [{ exercise: "08/calibrate", check: { id: "secret", title: "a secret", points: 8, hint: "Think.",
        run: async (_: unknown, t: { fail(m: string): never }) => t.fail("sesame") } }];`,
    );
    const { results } = run(real);
    // 12 of 20 points of one question, and all of the others: 100 of 108.
    assert.equal(results.score, 9.26);
    assert.deepEqual([results.visibility, results.stdout_visibility], ["visible", "hidden"]);
    const hidden = results.tests.filter(({ visibility }) => visibility !== "visible");
    assert.deepEqual(
      hidden.map(({ name, visibility, output }) => [name, visibility, output]),
      [["08/calibrate: a secret", "after_published", "This check is hidden. Think."]],
    );
    assert.ok(!JSON.stringify(results).includes("sesame"));
    assert.match(results.output, /link\.txt was not read/);
  });

  const failures: Record<string, [program: string, env?: NodeJS.ProcessEnv]> = {
    "throws": [command('throw new Error("no dist");')],
    "writes nothing": [command("process.exit(0);")],
    "writes half a file": [command(`
      const { mkdirSync, writeFileSync } = require("node:fs");
      const out = process.argv[process.argv.indexOf("--out") + 1] + "/gradescope/submission";
      mkdirSync(out, { recursive: true });
      writeFileSync(out + "/results.json", '{"score": 10');`)],
    "does not end": [command("setInterval(() => {}, 1000);"), { AUTOGRADER_SECONDS: "1" }],
  }; // prettier-ignore
  for (const [name, [program, env]] of Object.entries(failures)) {
    it(`a grader that ${name}: a note for the learner, no points, details for staff only`, () => {
      const { results, stdout } = run(program, env);
      assert.deepEqual(
        [results.score, results.visibility, results.stdout_visibility],
        [0, "visible", "hidden"],
      );
      assert.match(
        results.output,
        /^The autograder failed on this submission\. This is no judgement of your work/,
      );
      assert.doesNotMatch(JSON.stringify(results), /no dist|tools/);
      if (name === "throws") assert.match(stdout, /Error: no dist/);
      assert.match(stdout, /the grader failed \(see above\)/);
    });
  }

  it("set-up is a script that the shell understands", () => {
    assert.equal(spawnSync("bash", ["-n", join(scripts, "setup.sh")]).status, 0);
  });
});
