import { flattenTensors, tf } from "../engine";
import type { SafetensorsFile } from "../checkpoints/safetensors";

/**
 * The tensors of a file as a tree.
 * @param like a tree of the same names and shapes, which is only looked at
 * @returns a new tree
 * @throws Error that names the file, and the tensor that is missing, surplus, or of another shape or type
 */
export async function readTree<T>(file: SafetensorsFile, path: string, like: T): Promise<T> {
  const { names, leaves, rebuild } = flattenTensors(like);
  const have = new Set(file.names);
  const wanted = new Set(names);
  const cure = "Cure: the model's configuration must be that of the run that wrote the file.";
  const missing = names.find((name) => !have.has(name));
  if (missing !== undefined) throw new Error(`${path}: tensor "${missing}" is missing. ${cure}`);
  const surplus = file.names.find((name) => !wanted.has(name));
  if (surplus !== undefined) throw new Error(`${path}: the model has no tensor "${surplus}". ${cure}`);
  names.forEach((name, i) => {
    const { shape } = leaves[i] as tf.Tensor;
    const stored = file.info(name).shape;
    if (stored.length !== shape.length || stored.some((n, axis) => n !== shape[axis]))
      throw new Error(
        `${path}: tensor "${name}" is [${stored.join(", ")}], the model's is [${shape.join(", ")}]. ${cure}`,
      );
  });
  const read: tf.Tensor[] = [];
  try {
    for (const [i, name] of names.entries()) {
      read.push(await file.tensor(name));
      const { dtype } = leaves[i] as tf.Tensor;
      if (read[i]?.dtype !== dtype)
        throw new Error(`${path}: tensor "${name}" is ${read[i]?.dtype}, it must be ${dtype}.`);
    }
  } catch (error) {
    tf.dispose(read);
    throw error;
  }
  return rebuild(read) as T;
}
