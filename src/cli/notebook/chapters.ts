import { existsSync, readdirSync } from "node:fs";
import path from "node:path";

/** One chapter of notebooks/. At least one of its two forms is there. */
export interface Chapter {
  /** "01" */
  readonly id: string;
  /** "01-tokenization" */
  readonly topic: string;
  /** NN-topic.ts, jupytext's percent form: what an author writes. */
  readonly source?: string;
  /** NN-topic.ipynb: what a learner opens. */
  readonly notebook?: string;
}

export function listChapters(root: string): Chapter[] {
  const folder = path.join(root, "notebooks");
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const topics = names.flatMap((name) => /^(\d\d-[\w-]+)\.(?:ts|ipynb)$/.exec(name)?.[1] ?? []);
  return [...new Set(topics)].sort().map((topic) => ({
    id: topic.slice(0, 2),
    topic,
    ...(names.includes(`${topic}.ts`) && { source: path.join(folder, `${topic}.ts`) }),
    ...(names.includes(`${topic}.ipynb`) && { notebook: path.join(folder, `${topic}.ipynb`) }),
  }));
}

/** "1", "01", "01-tokenization" or "notebooks/01-tokenization.ipynb". Throws a RangeError that lists the chapters. */
export function findChapters(root: string, wanted: readonly string[]): Chapter[] {
  const all = listChapters(root);
  const known = all.map(({ topic }) => topic).join(", ") || "none; notebooks/ is empty";
  if (wanted.length === 0 || wanted.includes("all")) {
    if (all.length === 0) throw new RangeError("There are no chapters in notebooks/");
    return all;
  }
  return wanted.map((name) => {
    const topic = path.basename(name).replace(/\.(?:ts|ipynb)$/, "");
    const found = all.find((chapter) => chapter.topic === topic || chapter.id === topic.padStart(2, "0"));
    if (!found) throw new RangeError(`There is no chapter "${name}". Chapters: ${known}`);
    return found;
  });
}
