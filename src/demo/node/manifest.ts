import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { writeWhole } from "../../text/node/files";

const card = z.object({
  id: z.string(),
  topic: z.string().regex(/^\d\d-[\w-]+$/),
  title: z.string(),
  summary: z.string(),
  sections: z.number(),
  figures: z.number(),
  minutes: z.number(),
  live: z.number(),
});

const manifest = z.object({
  /** Hash of what the assets were made from. */
  assets: z.string(),
  live: z.string(),
  /** The same of each page, by topic. */
  pages: z.record(z.string(), z.string()),
  cards: z.record(z.string(), card),
});

/** What the folder was made from, kept beside it. */
export type Manifest = z.infer<typeof manifest>;

const NAME = ".lab-demo.json";

/** One that cannot be read counts as none: then everything is made anew. */
export function readManifest(out: string): Manifest {
  const none: Manifest = { assets: "", live: "", pages: {}, cards: {} };
  const file = path.join(out, NAME);
  if (!existsSync(file)) return none;
  try {
    return manifest.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return none;
  }
}

export function writeManifest(out: string, value: Manifest): void {
  writeWhole(path.join(out, NAME), JSON.stringify(value, null, 1));
}
