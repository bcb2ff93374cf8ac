import { labs } from "../../lab/checks";

/** The files of one submission, by their path inside it, and what is odd about them. */
export interface FoundFiles {
  readonly files: ReadonlyMap<string, string>;
  readonly problems: readonly string[];
}

/** Far above any submission: twelve labs are 150 KB. */
export const MOST = {
  entries: 2000,
  depth: 8,
  /** Bytes of one file, and of all files that are kept. */
  fileBytes: 1_000_000,
  allBytes: 16_000_000,
  /** Bytes of a notebook among the files: figures are in it. */
  notebookBytes: 12_000_000,
  /** Bytes of a zip or notebook as it was handed in. */
  archiveBytes: 64_000_000,
} as const;

/** What a lab may import from beside it. */
const KEPT = /\.(?:[cm]?[jt]sx?|json|txt|csv|ipynb)$/;
/** What is left by systems and tools, and named to nobody. */
const NOISE = /(?:^|\/)(?:__MACOSX|\.[^/]+|node_modules|Thumbs\.db)(?:\/|$)/;
/** The lab's own folders: what is graded comes from the project, never from a submission. */
const FIXED = /^(?:src|solutions|checks|test|tools|dist|bench|recipes)\//;

export const isNoise = (path: string): boolean => NOISE.test(path);
export const isKept = (path: string): boolean => KEPT.test(path);
export const mostBytes = (path: string): number =>
  path.endsWith(".ipynb") ? MOST.notebookBytes : MOST.fileBytes;

/**
 * The files of a submission by the paths that labs have: a single folder around everything is taken away, and so is
 * "labs/". Copies of the lab's own files are left out and named.
 */
export function arrange(found: FoundFiles): FoundFiles {
  const problems = [...found.problems];
  let files = [...found.files].filter(([path]) => !isNoise(path));
  const top = new Set(files.map(([path]) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "")));
  const [wrapping] = top;
  const wraps = top.size === 1 && wrapping !== "" && wrapping !== "labs";
  if (wraps) files = files.map(([path, text]) => [path.slice(wrapping!.length + 1), text]);
  const fixed = new Map<string, number>();
  const kept = new Map<string, string>();
  for (const [path, text] of files.sort(([a], [b]) => (a < b ? -1 : 1))) {
    const folder = FIXED.exec(path)?.[0];
    if (folder !== undefined) fixed.set(folder, (fixed.get(folder) ?? 0) + 1);
    else if (path.startsWith("labs/")) {
      const inside = path.slice("labs/".length);
      if (kept.has(inside)) problems.push(`${inside} is there twice; the one under labs/ is graded.`);
      kept.set(inside, text);
    } else if (kept.has(path)) problems.push(`${path} is there twice; the one under labs/ is graded.`);
    else kept.set(path, text);
  }
  for (const [folder, count] of fixed) {
    problems.push(`${folder} was left out (${count} files): these come from the lab, not from a submission.`);
  }
  for (const path of kept.keys()) {
    const meant = /\.ts$/.test(path) && !/\//.test(path) ? nearTopic(path) : undefined;
    if (meant !== undefined && !kept.has(meant)) {
      problems.push(`${path} is not graded. If it is a lab, its name must be ${meant}.`);
    }
  }
  return { files: kept, problems };
}

/** "01-tokenization (1).ts" and "01_tokenization.ts" are near to a lab's name. */
function nearTopic(path: string): string | undefined {
  const number = /^\D*(\d\d)\D/.exec(path)?.[1];
  const topic = labs.find(({ id }) => id === number)?.topic;
  return topic === undefined || path === `${topic}.ts` ? undefined : `${topic}.ts`;
}

/** Text of bytes; undefined for what is no UTF-8 text. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
