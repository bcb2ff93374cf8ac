import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { skipLoudly } from "../helpers/skip";

const root = join(__dirname, "..", "..");

/** `npm run bench -- text ...`, after set-up. */
function bench(...options: string[]) {
  const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
  const file = join(root, "bench", "text.bench.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, file, ...options], {
    cwd: root,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** The machine-readable form, which programs rely on. */
const report = z.object({
  machine: z.string().min(1),
  rows: z
    .array(
      z
        .object({
          case: z.string().min(1),
          contender: z.string().min(1),
          median: z.number().positive(),
          unit: z.enum(["MB/s", "s"]),
          spread: z.tuple([z.number().positive(), z.number().positive()]),
        })
        .refine(({ median, spread: [least, most] }) => least <= median && median <= most),
    )
    .min(1),
});

describe("npm run bench -- text", function () {
  this.timeout(300_000);

  it("--json prints nothing but { machine, rows }; every contender of an encoding is there", () => {
    const { status, stdout, stderr } = bench("--json", "--quick", "--only", "gpt2, cold");
    assert.equal(status, 0, stderr);
    const { rows } = report.parse(JSON.parse(stdout));
    assert.deepEqual(
      rows.map(({ contender }) => contender),
      [
        "transformer-lab",
        "gpt-tokenizer",
        "tiktoken (Rust in wasm)",
        "js-tiktoken",
        "@huggingface/tokenizers",
      ],
    );
    assert.match(rows[0].case, /^encode, gpt2, cold, [\d.]+ MB$/);
  });

  it("training is compared with the Rust trainer, which learns the same merges", function () {
    const { status, stdout, stderr } = bench("--json", "--quick", "--only", "train BPE");
    if (/pip ended with|makes it\./.test(stderr))
      skipLoudly(
        this,
        `The Rust trainer could not be installed for the comparison: ${/Error: (.*)/.exec(stderr)?.[1]}`,
      );
    assert.equal(status, 0, stderr);
    const { rows } = report.parse(JSON.parse(stdout));
    assert.deepEqual(
      rows.map(({ contender, unit }) => [contender, unit]),
      [
        ["transformer-lab", "s"],
        ["tokenizers (Rust, from Python)", "s"],
      ],
    );
  });

  it("a bad option: exit code 2, a sentence, no output", () => {
    for (const [options, message] of [
      [["--rounds", "0"], /--rounds 0: it must be/],
      [["--only", "no such"], /no case has this.*encode, gpt2, cold/s],
      [["--fast"], /--fast/],
    ] as const) {
      const { status, stdout, stderr } = bench("--json", ...options);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n {4}at /);
    }
  });
});
