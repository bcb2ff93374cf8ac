import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statfsSync } from "node:fs";
import path from "node:path";
import type { Command } from "commander";
import { engineNames, report, useEngine, type EngineName, type EngineReport } from "../engine";
import { listChapters } from "./notebook/chapters";
import { venvPython } from "./notebook/python";

interface Options {
  readonly engine?: string;
  readonly json?: boolean;
}

/** What `lab doctor --json` prints. */
export interface Diagnosis extends EngineReport {
  /** True where an engine computes and the notebooks have their kernel. */
  readonly ok: boolean;
  readonly python: string | null;
  readonly jupyterlab: string | null;
  /** The kernel `lab` is installed for JupyterLab, and its program is there. */
  readonly kernel: boolean;
  readonly chapters: readonly string[];
  readonly freeDiskGB: number;
}

/** `lab doctor`: what computes here and how fast, why this engine and no better one, what is missing. */
export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description(
      "what computes here, how fast, and what would make it faster; exit code 0 when the lab works",
    )
    .option("--engine <name>", `look at this engine: ${engineNames.join(", ")}`)
    .option("--json", "print the diagnosis as JSON and nothing else")
    .action(async (options: Options) => {
      try {
        const diagnosis = await diagnose(path.resolve(__dirname, "..", ".."), options.engine);
        console.log(options.json ? JSON.stringify(diagnosis, null, 2) : diagnosisText(diagnosis));
        process.exitCode = diagnosis.ok ? 0 : 1;
      } catch (error) {
        console.error((error as Error).message);
        process.exitCode = 1;
      }
    });
}

/** @throws Error where the engine asked for is unknown or cannot start, with the cure */
async function diagnose(root: string, engine?: string): Promise<Diagnosis> {
  if (engine !== undefined) await useEngine({ engine: engine as EngineName });
  const engineReport = await report();
  const kernel = hasKernel(root);
  const advice = kernel
    ? engineReport.advice
    : [...engineReport.advice, "The kernel `lab` is not installed for JupyterLab: `npm run setup`."];
  const { bavail, bsize } = statfsSync(root);
  return {
    ...engineReport,
    gflops: engineReport.gflops === null ? null : Number(engineReport.gflops.toPrecision(4)),
    advice,
    ok: kernel,
    python: venvVersion(root, "-c", "import platform; print(platform.python_version())"),
    jupyterlab: venvVersion(
      root,
      "-c",
      "from importlib.metadata import version; print(version('jupyterlab'))",
    ),
    kernel,
    chapters: listChapters(root).map(({ topic }) => topic),
    freeDiskGB: Math.round((bavail * bsize) / 1e8) / 10,
  };
}

/** The kernel specification in the virtual environment, and the program that it starts. */
function hasKernel(root: string): boolean {
  try {
    const spec: unknown = JSON.parse(
      readFileSync(path.join(root, ".venv", "share", "jupyter", "kernels", "lab", "kernel.json"), "utf8"),
    );
    const argv = (spec as { argv?: unknown }).argv;
    return Array.isArray(argv) && argv.some((part) => /kernel\.cjs$/.test(String(part)) && existsSync(part));
  } catch {
    return false;
  }
}

function venvVersion(root: string, ...args: string[]): string | null {
  try {
    const stdio = ["ignore", "pipe", "ignore"] as const;
    return execFileSync(venvPython(root), args, {
      encoding: "utf8",
      timeout: 20_000,
      stdio: [...stdio],
    }).trim();
  } catch {
    return null;
  }
}

function diagnosisText(found: Diagnosis): string {
  const versions = Object.entries(found.versions).map(([name, version]) => `${name} ${version}`);
  const rows: (readonly [string, string])[] = [
    ["engine", `${found.engine} on ${found.device}${found.software ? " (emulated)" : ""}`],
    ["speed", found.gflops === null ? "not measured" : `${found.gflops} GFLOP/s, f32 matrix product`],
    ["compiler", found.jit ? "XLA compiles functions (jit)" : "none: functions run operation by operation"],
    ["versions", versions.join(", ")],
    ["python", `${found.python ?? "not there"}, JupyterLab ${found.jupyterlab ?? "not there"}`],
    ["kernel", found.kernel ? "lab is installed" : "lab is NOT installed"],
    ["chapters", found.chapters.join(", ")],
    ["free disk", `${found.freeDiskGB} GB`],
    ...found.reasons.map((reason, i) => [i === 0 ? "why" : "", reason] as const),
    ...found.advice.map((advice, i) => [i === 0 ? "advice" : "", advice] as const),
  ];
  const lines = rows.map(([name, value]) => `  ${name.padEnd(10)}${value}`);
  return [...lines, "", found.ok ? "The lab works." : "The lab does not work yet: see the advice."].join(
    "\n",
  );
}
