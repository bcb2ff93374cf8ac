import path from "node:path";
import { limitsScript, PROCESSES_SCRIPT, type Launcher } from "./launcher";
import { shellFile, systemRoots } from "./roots";

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Linux namespaces by `unshare`, without rights of an administrator: no network, no other process in sight, and all
 * processes inside die with the first of them. With `ownRoot` the file system shrinks as under bubblewrap, which some
 * systems forbid; without it Node's permission model alone guards the files.
 */
export function namespacesLauncher(ownRoot: boolean): Launcher {
  const spaces = ["--user", "--map-root-user", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child"];
  return {
    by: "namespaces",
    wrap(command, folder, readable, limits) {
      const script = [
        ...(ownRoot ? rootScript(command[0]!, folder, readable) : []),
        PROCESSES_SCRIPT,
        'exec "$@"',
      ].join("\n");
      const all = ["unshare", ...spaces, ...(ownRoot ? ["--mount"] : []), "/bin/sh", "-c", script, "sh"];
      return ["/bin/sh", ["-c", `${limitsScript(limits)}; exec "$@"`, "sh", ...all, ...command]];
    },
  };
}

/**
 * Builds a root in memory that shows only what is needed, read-only, and makes it the only one. /proc is there until
 * the last step, since `umount` reads it.
 */
function rootScript(program: string, folder: string, readable: readonly string[]): string[] {
  const { shown, links } = systemRoots();
  const root = quote(`${folder}/.root`);
  const bind = (place: string, inside = `.${place}`): string => {
    const [from, to, parent] = [place, inside, path.dirname(inside)].map(quote);
    return (
      `mkdir -p ${parent}; if [ -d ${from} ]; then mkdir -p ${to}; else : > ${to}; fi; ` +
      `mount --bind ${from} ${to}; mount -o remount,bind,ro ${to} 2>/dev/null || :`
    );
  };
  return [
    // Not exported: nothing of it reaches the learner's process.
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin; set -e",
    `mkdir -p ${root}; mount -t tmpfs -o size=1m,mode=755 none ${root}; cd ${root}; mkdir -p old proc`,
    ...[...shown, "/dev/null", "/dev/urandom", program, folder, ...readable].map((place) => bind(place)),
    bind(shellFile(), "./bin/sh"),
    ...links.map(([at, to]) => `ln -s ${quote(to)} ${quote(`.${at}`)}`),
    "mount --rbind /proc proc; pivot_root . old; cd /; /old/usr/bin/umount -l /old /proc",
    `mount -o remount,bind,ro / 2>/dev/null || :; cd ${quote(folder)}; set +e`,
  ];
}
