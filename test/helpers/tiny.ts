import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, toTree } from "../../src/checkpoints";
import type { NameTable } from "../../src/checkpoints";
import type { tf } from "../../src/engine";

const folder = join(__dirname, "..", "golden");

/** Golden values that a script of test/golden wrote. */
export const golden = <T>(name: string): T =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8")) as T;

/** A small checkpoint that `transformers` saved beside the golden values, through a table of names. */
export async function tinyCheckpoint<P>(name: string, table: NameTable): Promise<P> {
  const file = await readSafetensors(join(folder, name));
  try {
    const shapes = new Map(file.names.map((each) => [each, file.info(each).shape]));
    return await toTree<P>({ name, shapes, tensor: (each) => file.tensor(each) }, table);
  } finally {
    await file.close();
  }
}

/**
 * The same numbers, within a tolerance of the largest.
 * @param wanted a tensor, or numbers in its order
 */
export async function assertClose(
  got: tf.Tensor,
  wanted: tf.Tensor | readonly number[],
  tolerance: number,
  what: string,
): Promise<void> {
  const a = await got.data();
  const b = "data" in wanted ? await wanted.data() : wanted;
  assert.equal(a.length, b.length, `${what}: size`);
  const scale = Math.max(1, ...Array.from(b, Math.abs));
  a.forEach((value, i) =>
    assert.ok(Math.abs(value - b[i]!) <= tolerance * scale, `${what}[${i}]: ${value}, wanted ${b[i]}`),
  );
}
