import { spawn } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What a child process is asked to run: an op's attributes, and zeros of these shapes and tfjs types. */
export interface Job {
  readonly attributes: readonly object[];
  readonly inputs: readonly { readonly shape: readonly number[]; readonly dtype: string | undefined }[];
  readonly outputs: number;
}

// Runs in a process of its own: XLA reads its flags once, when TensorFlow is loaded.
const program = `
const tf = require(process.argv[1]);
let given = "";
process.stdin.on("data", (part) => (given += part)).on("end", () => {
  const { attributes, inputs, outputs } = JSON.parse(given);
  const zeros = inputs.map(({ shape, dtype }) => tf.zeros(shape, dtype));
  tf.backend().executeMultipleOutputs("XlaCallModule", attributes, zeros, outputs);
});`;

/**
 * What XLA makes of a module: its optimized HLO text, after fusion and layout. Another process compiles it and runs
 * it once on zeros, which takes some seconds. Node only.
 * @throws Error with that process' last line where it fails
 */
export async function optimizedText(job: Job): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lab-xla-"));
  try {
    // A program that is read back from disk (../programs.ts) is not compiled, and nothing would be told of it.
    const env = {
      ...process.env,
      TF_XLA_FLAGS: "",
      XLA_FLAGS: `--xla_dump_to=${folder} --xla_dump_hlo_as_text`,
    };
    const tfjsNode = createRequire(__filename).resolve("@tensorflow/tfjs-node");
    const child = spawn(process.execPath, ["-e", program, tfjsNode], {
      env,
      stdio: ["pipe", "ignore", "pipe"],
    });
    let errors = "";
    child.stderr.on("data", (part: Buffer) => (errors += part.toString()));
    child.stdin.on("error", () => undefined); // it ended early: its exit code says so
    child.stdin.end(JSON.stringify(job));
    const code = await new Promise((done, failed) => child.on("error", failed).on("close", done));
    const dump = (await readdir(folder)).find((name) => name.endsWith("after_optimizations.txt"));
    if (!dump)
      throw new Error(`XLA gave no program (exit code ${String(code)}): ${errors.trim().split("\n").at(-1)}`);
    // Where a line came from and how its loop is cut into threads only hides what it says.
    const notes = /, (metadata|parameter_replication)=\{[^}]*\}|, backend_config=\{.*\}$/gm;
    return (await readFile(join(folder, dump), "utf8")).replace(notes, "");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
