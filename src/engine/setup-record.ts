import { readFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";

/** The project's root: this file is src/engine/ or dist/engine/. */
export const projectRoot = path.resolve(__dirname, "../..");

const text = z.union([z.string(), z.boolean()]).nullish();
const record = z.object({
  native: z.enum(["built", "prebuilt", "none"]),
  compiler: text,
  tensorflow: text,
  cuda: text,
  reasons: z.array(z.string()).default([]),
  earlier: z.boolean().optional(),
});

/** What set-up wrote down about the native engine: how it was made, or why it could not be. */
export type SetupRecord = z.infer<typeof record>;

/**
 * Reads `.lab/engine.json`, which set-up writes. Node only.
 * @returns the record; `null` where set-up has not run; a string with the fault where the file cannot be used
 * (it only informs, so a bad file must never stop the lab).
 */
export function readSetupRecord(
  file = path.join(projectRoot, ".lab", "engine.json"),
): SetupRecord | null | string {
  let json: string;
  try {
    json = readFileSync(file, "utf8");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? null : `${file}: ${(error as Error).message}`;
  }
  try {
    const parsed = record.safeParse(JSON.parse(json));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    return `${file}: ${issue?.path.join(".") ?? ""} ${issue?.message ?? "is not as expected"}. Cure: npm run setup`;
  } catch {
    return `${file} is not JSON. Cure: npm run setup`;
  }
}
