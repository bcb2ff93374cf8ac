import { z } from "zod";
import type { NameTable } from "../names/types";

/** How a family of models is configured in a `config.json` of Hugging Face, and what its tensors are called. */
export interface Family<Config> {
  /** What config.json calls it: its `model_type`. */
  readonly modelType: string;
  /** For `architectures`, which Python's transformers reads to choose its class. */
  readonly architecture: string;
  /** Our configuration. @throws Error that names `where` and the field: it is wrong, or asks for what we have not */
  read(json: unknown, where: string): Config;
  /** Theirs, without `model_type` and `architectures`. @throws Error where theirs cannot say it */
  write(config: Config): Record<string, unknown>;
  names(config: Config): NameTable;
}

/** A size from a file: bounded, as what is wrong by powers of ten must not become a loop or an array. */
export const sizeField = z
  .int()
  .positive()
  .max(2 ** 24);
export const layersField = z.int().positive().max(1000);
export const rateField = z.number().min(0).lt(1);
export const epsilonField = z.number().positive().max(1);

/**
 * Fields of a configuration, checked. Fields that the schema does not name are passed over.
 *
 * @throws Error that names the file, the field and what is wrong
 */
export function readFields<T>(schema: z.ZodType<T>, json: unknown, where: string): T {
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0] as { path: PropertyKey[]; message: string };
  throw new Error(`${where}: ${path.map(String).join(".") || "the whole"}: ${message}.`);
}

/** A field that says what our model does anyway; another value is an error that names it. */
export function only<const T extends string | number | boolean | null>(value: T): z.ZodType<T | undefined> {
  return z.literal(value, { error: `only ${JSON.stringify(value)} is supported` }).optional();
}
