/**
 * Matrices in 8 bits for the page: whole numbers from -127 to 127, and for each 64 neighbours of a row one scale, of the
 * largest of them. A model takes a quarter of its bytes on the way into the page, and computes in float32 as ever.
 *
 * The file is a safetensors file with I8 matrices NAME and their scales NAME.scale, F16 [groups]; what is no such matrix
 * stays float32.
 */
import { isRecord, tf } from "../../engine";
import { makeHeader, parseHeader } from "../../checkpoints/safetensors-header";
import { decodeNumbers, encodeNumbers } from "../../checkpoints/safetensors-types";
import type { StoredDtype } from "../../checkpoints/safetensors-types";

/** Neighbours that share a scale. */
const GROUP = 64;

/** A tree's tensors as such a file. */
export async function packRows(named: ReadonlyMap<string, tf.Tensor>): Promise<Uint8Array> {
  const entries: { name: string; dtype: StoredDtype; shape: readonly number[]; bytes: Uint8Array }[] = [];
  for (const [name, tensor] of named) {
    const values = (await tensor.data()) as Float32Array;
    const { shape } = tensor;
    if (shape.length !== 2 || (shape[1] as number) % GROUP !== 0) {
      entries.push({ name, dtype: "F32", shape, bytes: encodeNumbers("F32", values, name) });
      continue;
    }
    const codes = new Int8Array(values.length);
    const scales = groupScales(values);
    // The codes are those of the scale as it is read back.
    const stored = encodeNumbers("F16", scales, name);
    const read = decodeNumbers("F16", stored.slice(), name).values;
    for (let i = 0; i < codes.length; i++) {
      const scale = read[Math.floor(i / GROUP)] as number;
      const code = scale === 0 ? 0 : Math.round((values[i] as number) / scale);
      codes[i] = Math.min(127, Math.max(-127, code));
    }
    entries.push({ name, dtype: "I8", shape, bytes: new Uint8Array(codes.buffer) });
    entries.push({ name: `${name}.scale`, dtype: "F16", shape: [scales.length], bytes: stored });
  }
  const { bytes, order } = makeHeader(entries, undefined, "packed rows");
  return Buffer.concat([bytes, ...order.map((entry) => entry.bytes)]);
}

function groupScales(values: Float32Array): Float32Array {
  const scales = new Float32Array(values.length / GROUP);
  for (let i = 0; i < values.length; i++) {
    const group = Math.floor(i / GROUP);
    scales[group] = Math.max(scales[group] as number, Math.abs(values[i] as number) / 127);
  }
  return scales;
}

/**
 * The tensors of such a file, as the tree that their names tell of.
 * @throws Error that names the file and the tensor: a damaged file, a scale that is missing or of another length
 */
export function unpackRows(file: Uint8Array, source: string): unknown {
  const { tensors } = parseHeader(file, file.length, source);
  const read = (name: string): Uint8Array => {
    const { start, bytes } = tensors.get(name)!;
    return new Uint8Array(file.subarray(start, start + bytes)); // a copy: a Buffer's slice is none
  };
  const tree: Record<string, unknown> = {};
  for (const [name, { dtype, shape }] of tensors) {
    if (name.endsWith(".scale")) continue;
    const where = `${source}: tensor "${name}"`;
    const { values } =
      dtype === "I8" ? { values: new Int8Array(read(name).buffer) } : decodeNumbers(dtype, read(name), where);
    let numbers: Float32Array = values as Float32Array;
    if (dtype === "I8") {
      const scale = tensors.get(`${name}.scale`);
      const groups = values.length / GROUP;
      if (scale?.dtype !== "F16" || scale.shape.length !== 1 || scale.shape[0] !== groups)
        throw new Error(
          `${where} has no scale for each of its ${groups} groups. Cure: build the site again.`,
        );
      const scales = decodeNumbers("F16", read(`${name}.scale`), where).values;
      numbers = new Float32Array(values.length);
      for (let i = 0; i < numbers.length; i++)
        numbers[i] = (values[i] as number) * (scales[(i / GROUP) | 0] as number);
    }
    plant(tree, name.split("."), tf.tensor(numbers, [...shape], "float32"));
  }
  return grown(tree);
}

/** Puts a leaf into nested records. */
function plant(tree: Record<string, unknown>, [head, ...rest]: readonly string[], leaf: tf.Tensor): void {
  if (rest.length === 0) tree[head as string] = leaf;
  else plant((tree[head as string] ??= {}) as Record<string, unknown>, rest, leaf);
}

/** Records whose names are 0, 1, 2 ... as arrays. */
function grown(tree: unknown): unknown {
  if (!isRecord(tree) || tree instanceof tf.Tensor) return tree;
  const names = Object.keys(tree);
  const entries = names.map((name) => [name, grown(tree[name])] as const);
  return names.every((name, i) => name === String(i))
    ? entries.map(([, each]) => each)
    : Object.fromEntries(entries);
}
