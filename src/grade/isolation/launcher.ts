/** What a learner's process is started in. Names of `--isolation`; "auto" takes the first that works. */
export const ISOLATIONS = ["bubblewrap", "namespaces", "node"] as const;
export type IsolationName = (typeof ISOLATIONS)[number];

/** How much of the machine one learner's process may take; see process.ts for the wall clock and the heap. */
export interface SystemLimits {
  readonly cpuSeconds: number;
  /** Megabytes of address space: the heap, typed arrays, and what Node itself maps. */
  readonly addressMb: number;
}

export interface Launcher {
  readonly by: IsolationName;
  /**
   * The command that runs `command` (its first item an absolute path) in `folder`, which with `readable` is all that it
   * needs to read.
   */
  wrap(
    command: readonly string[],
    folder: string,
    readable: readonly string[],
    limits: SystemLimits,
  ): [file: string, args: string[]];
}

/**
 * Limits that the system keeps, also when the grader has been killed meanwhile: processor time, address space, no
 * files written, no core dumps. A system that does not know one of them goes on without; the probe tells.
 */
export const limitsScript = ({ cpuSeconds, addressMb }: SystemLimits): string =>
  `ulimit -t ${Math.ceil(cpuSeconds)}; ulimit -c 0; ulimit -f 0; ulimit -v ${addressMb * 1024} 2>/dev/null || :`;

/** At most 64 processes and threads. Inside a user namespace only: outside, all that the user runs would be counted. */
export const PROCESSES_SCRIPT = "ulimit -u 64 2>/dev/null || ulimit -p 64 2>/dev/null || :";

/** Node's permission model alone (every start has it), with the system's limits. */
export const nodeLauncher: Launcher = {
  by: "node",
  wrap(command, _folder, _readable, limits) {
    if (process.platform === "win32") return [command[0]!, command.slice(1)];
    return ["/bin/sh", ["-c", `${limitsScript(limits)}; exec "$@"`, "sh", ...command]];
  },
};
