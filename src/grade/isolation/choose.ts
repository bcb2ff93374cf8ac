import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { bubblewrapLauncher } from "./bubblewrap";
import { ISOLATIONS, nodeLauncher, type IsolationName, type Launcher } from "./launcher";
import { namespacesLauncher } from "./namespaces";

/** The isolation that was asked for does not work here. The message says why, and what to do. */
export class IsolationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "IsolationError";
  }
}

export const isIsolationName = (name: string): name is IsolationName =>
  (ISOLATIONS as readonly string[]).includes(name);

/**
 * The strongest isolation that starts Node here: bubblewrap, else Linux namespaces, else Node's permission model
 * alone. A name asks for this one and no other. Each is tried by a real start, since a system may have the program and
 * forbid its work.
 *
 * @throws IsolationError when the one that is asked for does not work
 */
export function chooseLauncher(wanted: IsolationName | "auto" = "auto"): Launcher {
  if (wanted === "node") return nodeLauncher;
  const troubles: string[] = [];
  for (const launcher of wanted === "namespaces" ? namespaces() : [...bubblewrap(), ...namespaces()]) {
    if (wanted !== "auto" && launcher.by !== wanted) continue;
    const trouble = tryToStart(launcher);
    if (trouble === undefined) return launcher;
    troubles.push(trouble);
  }
  if (wanted === "auto") return nodeLauncher;
  const why = troubles[0] ?? `it is of Linux, and this is ${process.platform}`;
  throw new IsolationError(`--isolation ${wanted} does not work here: ${why}\n${CURES[wanted]}`);
}

const CURES: Readonly<Record<IsolationName, string>> = {
  bubblewrap:
    "Install it (Debian and Ubuntu: apt-get install bubblewrap), and let users make namespaces " +
    "(sysctl kernel.unprivileged_userns_clone=1, on Ubuntu kernel.apparmor_restrict_unprivileged_userns=0); " +
    "or leave --isolation out, which takes the strongest that works.",
  namespaces:
    "Let users make namespaces (sysctl kernel.unprivileged_userns_clone=1, on Ubuntu " +
    "kernel.apparmor_restrict_unprivileged_userns=0; in a container: start it with --security-opt seccomp=unconfined); " +
    "or leave --isolation out, which takes the strongest that works.",
  node: "",
};

const linux = process.platform === "linux";
const bubblewrap = (): Launcher[] => (linux ? [bubblewrapLauncher()] : []);
const namespaces = (): Launcher[] => (linux ? [namespacesLauncher(true), namespacesLauncher(false)] : []);

/** Why a small program does not run; undefined where it does. */
function tryToStart(launcher: Launcher): string | undefined {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "lab-try-")));
  try {
    writeFileSync(path.join(folder, "try.cjs"), 'process.stdout.write("started");');
    const node = realpathSync(process.execPath);
    const [file, args] = launcher.wrap([node, path.join(folder, "try.cjs")], folder, [], {
      cpuSeconds: 20,
      addressMb: 2048,
    });
    const tried = spawnSync(file, args, { cwd: folder, env: {}, encoding: "utf8", timeout: 20_000 });
    if (tried.status === 0 && tried.stdout === "started") return undefined;
    const said = tried.stderr.trim().split("\n").at(-1) ?? "";
    return said === "" ? `the process ended with ${tried.signal ?? `exit code ${tried.status}`}` : said;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
