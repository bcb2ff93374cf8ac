/** A notebook as its file keeps it (nbformat 4), checked and with its texts in one piece. */
import { z } from "zod";

const text = z.union([z.string(), z.array(z.string())]).transform((lines) => [lines].flat().join(""));
const bundle = z.record(z.string(), z.unknown());

const output = z.discriminatedUnion("output_type", [
  z.object({ output_type: z.literal("stream"), name: z.enum(["stdout", "stderr"]), text }),
  z.object({ output_type: z.literal("display_data"), data: bundle }),
  z.object({ output_type: z.literal("execute_result"), data: bundle }),
  z.object({ output_type: z.literal("error"), ename: z.string(), evalue: z.string() }),
]);

const cell = z.discriminatedUnion("cell_type", [
  z.object({ cell_type: z.literal("markdown"), source: text }),
  z.object({ cell_type: z.literal("code"), source: text, outputs: z.array(output) }),
  z.object({ cell_type: z.literal("raw"), source: text }),
]);

const notebook = z.object({ nbformat: z.literal(4), cells: z.array(cell) });

export type Output = z.infer<typeof output>;
export type Cell = z.infer<typeof cell>;
export type Notebook = z.infer<typeof notebook>;

/**
 * @param name of the file, for errors
 * @throws Error that names the file and the first place that is no notebook
 */
export function parseNotebook(json: string, name: string): Notebook {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(`${name} is no JSON: ${(error as Error).message}. Cure: lab build makes it anew.`, {
      cause: error,
    });
  }
  const { success, data, error } = notebook.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new Error(
    `${name} is no notebook of nbformat 4: ${issue!.path.join(".") || "it"}: ${issue!.message}. Cure: lab build makes it anew.`,
  );
}

/** What a bundle keeps under a MIME type, as text; undefined where it has none. */
export function textOf(data: Readonly<Record<string, unknown>>, mime: string): string | undefined {
  const { success, data: found } = text.safeParse(data[mime]);
  return success ? found : undefined;
}
