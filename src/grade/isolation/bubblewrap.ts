import { limitsScript, PROCESSES_SCRIPT, type Launcher } from "./launcher";
import { shellFile, systemRoots } from "./roots";

/**
 * bubblewrap: a root of its own with nothing in it but the system's libraries, Node, and the learner's compiled lab,
 * all read-only; no network, no other process in sight, and all processes inside die with the first of them.
 */
export function bubblewrapLauncher(): Launcher {
  const { shown, links } = systemRoots();
  const base = [
    ...["--unshare-all", "--die-with-parent", "--clearenv", "--cap-drop", "ALL"],
    ...shown.flatMap((place) => ["--ro-bind", place, place]),
    ...links.flatMap(([at, to]) => ["--symlink", to, at]),
    ...["--ro-bind", shellFile(), "/bin/sh", "--dev", "/dev"],
  ];
  return {
    by: "bubblewrap",
    wrap(command, folder, readable, limits) {
      const program = command[0]!;
      const inside = [
        ...base,
        ...["--ro-bind", program, program],
        ...[folder, ...readable].flatMap((place) => ["--ro-bind", place, place]),
        ...["--remount-ro", "/", "--chdir", folder, "--"],
        ...["/bin/sh", "-c", `${PROCESSES_SCRIPT}; exec "$@"`, "sh", ...command],
      ];
      return ["/bin/sh", ["-c", `${limitsScript(limits)}; exec "$@"`, "sh", "bwrap", ...inside]];
    },
  };
}
