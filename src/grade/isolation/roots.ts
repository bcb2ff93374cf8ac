import { lstatSync, readlinkSync, realpathSync } from "node:fs";

/** What a program that is linked with the system's libraries needs to start, where the system has it. */
const LIBRARIES = ["/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache"];

export interface Roots {
  /** Folders and files of the system that are shown inside, at the same path. */
  readonly shown: readonly string[];
  /** Links of the system that are made inside, e.g. "/lib" to "usr/lib". */
  readonly links: readonly (readonly [at: string, to: string])[];
}

/** The smallest part of this system in which a shell and Node start: no home, no project, no /proc. */
export function systemRoots(): Roots {
  const shown: string[] = [];
  const links: [string, string][] = [];
  for (const place of LIBRARIES) {
    const stat = lstatSync(place, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (stat.isSymbolicLink()) links.push([place, readlinkSync(place)]);
    else shown.push(place);
  }
  return { shown, links };
}

/** The file of the system's shell itself, since /bin may be a link, and sh as well. */
export const shellFile = (): string => realpathSync("/bin/sh");
