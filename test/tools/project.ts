import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root } from "./load";

/** What the fake python3 lacks or does wrong; see fake-python.cjs. */
export interface FakePython {
  readonly version?: readonly [number, number, number];
  readonly has?: Readonly<Record<string, boolean>>;
  /** Message with which a call fails, by the call's name. */
  readonly fail?: Readonly<Record<string, string>>;
  /** The call that never ends, once. */
  readonly hang?: string;
}

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly text: string;
}

/** A small checkout in a temporary folder, with the real tools/ and a PATH that holds nothing but fakes. */
export class Project {
  readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "lab-setup-")));
  readonly root = path.join(this.folder, "checkout");
  private readonly bin = path.join(this.folder, "bin");
  private readonly callsFile = path.join(this.folder, "calls");

  constructor() {
    fs.mkdirSync(this.bin);
    fs.writeFileSync(this.callsFile, "");
    fs.cpSync(path.join(root, "tools"), path.join(this.root, "tools"), { recursive: true });
    const packages = { "": { name: "transformer-lab" } };
    this.write("package.json", JSON.stringify({ name: "transformer-lab", version: "1.2.3", license: "MIT" }));
    this.write("package-lock.json", JSON.stringify({ packages }));
    this.write("node_modules/.package-lock.json", JSON.stringify({ packages: {} }));
    this.write("src/text/index.ts", "export const one = 1;\n");
    // A compiler and a bundler that make the files that set-up looks for.
    this.write(
      "node_modules/typescript/bin/tsc",
      `const out = process.argv[process.argv.indexOf("--outDir") + 1] + "/text";
       require("fs").mkdirSync(out, { recursive: true });
       require("fs").writeFileSync(out + "/index.js", "exports.one = 1;");`,
    );
    this.write("node_modules/esbuild/lib/main.js", "module.exports = { build: async () => undefined };");
  }

  write(name: string, text: string): void {
    const file = path.join(this.root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }

  read(name: string): string {
    return fs.readFileSync(path.join(this.root, name), "utf8");
  }

  exists(name: string): boolean {
    return fs.existsSync(path.join(this.root, name));
  }

  /** Puts a program on the project's PATH: JavaScript that this Node runs. */
  program(name: string, source: string): void {
    fs.writeFileSync(path.join(this.bin, name), `#!${process.execPath}\n${source}`, { mode: 0o755 });
  }

  python(name = "python3"): void {
    this.program(name, fs.readFileSync(path.join(__dirname, "fake-python.cjs"), "utf8"));
  }

  /** What the fakes were called for, in order. */
  calls(): string[] {
    return fs.readFileSync(this.callsFile, "utf8").split("\n").filter(Boolean);
  }

  /** Starts set-up as `npm run setup` does. */
  start(python: FakePython = {}, env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [path.join(this.root, "tools", "setup.mjs")], {
      cwd: this.root,
      env: {
        ...{
          PATH: this.bin,
          HOME: this.folder,
          FAKE_PYTHON: JSON.stringify(python),
          FAKE_CALLS: this.callsFile,
        },
        ...{ LAB_NATIVE: "off", ...env },
      },
    });
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.stderr.on("data", (chunk) => (text += chunk));
    const ended = new Promise<Outcome>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code, signal) => resolve({ code, signal, text }));
    });
    return { child, ended };
  }

  run(python?: FakePython, env?: NodeJS.ProcessEnv): Promise<Outcome> {
    return this.start(python, env).ended;
  }

  /** Waits until the fake python hangs in a call; its process id. */
  async hung(call: string): Promise<number> {
    const marker = path.join(this.folder, `hung-${call}`);
    for (;;) {
      const pid = fs.existsSync(marker) ? fs.readFileSync(marker, "utf8") : "";
      if (pid) return Number(pid);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}
