import { tf } from "../engine";
import { headerLength, makeHeader, parseHeader, type TensorInfo } from "./safetensors-header";
import {
  decodeNumbers,
  encodeNumbers,
  type FloatDtype,
  type StoredDtype,
  storedAs,
} from "./safetensors-types";

/** Where the bytes of a file come from: a disk, memory, a server. */
export interface ByteSource {
  /** Begins error messages. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Exactly `length` bytes of its own, which the caller may change. @throws where they cannot be had */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

/** An open file. Its tensors stay where they are until they are asked for. */
export interface SafetensorsFile {
  /** In the order of the data. */
  readonly names: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** What the header says of a tensor. @throws Error that names the file when it has no such tensor */
  info(name: string): TensorInfo;
  /**
   * A new tensor of the engine, which the caller disposes: float types as float32, integers as int32, BOOL as bool.
   * @throws Error that names file and tensor: no such tensor, a number that does not fit in int32, a type that has no
   *   tensor, a read that fails, a closed file
   */
  tensor(name: string): Promise<tf.Tensor>;
  /** Closes the file. A second call does nothing. */
  close(): Promise<void>;
}

/**
 * Opens a safetensors file of any source, and reads its header only. `readSafetensors` does it for a path.
 *
 * @throws Error that names the file, and the tensor, when the header is not as the format demands (see `parseHeader`);
 *   the source is closed then
 */
export async function openSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const { name: file, size } = source;
  let header;
  try {
    const length = headerLength(await source.read(0, Math.min(8, size)), size, file);
    header = parseHeader(await source.read(0, 8 + length), size, file);
  } catch (error) {
    await source.close();
    throw error;
  }
  const { tensors, metadata } = header;
  let isOpen = true;

  function info(name: string): TensorInfo {
    const found = tensors.get(name);
    if (found) return found;
    const some = [...tensors.keys()].slice(0, 5).map((each) => JSON.stringify(each));
    const among = some.length > 0 ? `, among them ${some.join(", ")}` : "";
    throw new Error(`${file}: no tensor ${JSON.stringify(name)}. It has ${tensors.size}${among}.`);
  }

  return {
    names: [...tensors.keys()],
    metadata,
    info,
    async tensor(name) {
      const { dtype, shape, start, bytes } = info(name);
      const where = `${file}: tensor ${JSON.stringify(name)}`;
      if (!isOpen) throw new Error(`${where}: the file is closed. Cure: open it again.`);
      if (shape.length > 6)
        throw new Error(`${where} has ${shape.length} axes; TensorFlow.js has at most 6.`);
      const read = decodeNumbers(dtype, await source.read(start, bytes), where);
      return tf.tensor(read.values, [...shape], read.dtype);
    },
    async close() {
      if (isOpen) await source.close();
      isOpen = false;
    },
  };
}

/** Opens a safetensors file that is in memory, e.g. fetched by a page. @throws as `openSafetensors` */
export function decodeSafetensors(bytes: Uint8Array, name = "safetensors"): Promise<SafetensorsFile> {
  return openSafetensors({
    name,
    size: bytes.length,
    read: async (offset, length) => bytes.slice(offset, offset + length),
    close: async () => {},
  });
}

export interface SafetensorsOptions {
  /** How float32 tensors are stored: F32 (default), or rounded to nearest even in half the bytes. */
  readonly dtype?: FloatDtype;
  /** Text about the file. PyTorch's `transformers` wants `{ format: "pt" }`. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * The pieces of a safetensors file, one after the other: the header, then each tensor's numbers, byte for byte as the
 * reference writes them. Only one tensor at a time is held as bytes.
 *
 * @param tensors by name; float32, int32 (stored as I32) and bool
 * @param file begins error messages
 * @throws Error that names the tensor: another type, a name that cannot be stored, a finite number beyond the type's end
 */
export async function* safetensorsPieces(
  tensors: Readonly<Record<string, tf.Tensor>>,
  options: SafetensorsOptions = {},
  file = "safetensors",
): AsyncGenerator<Uint8Array, void> {
  const { dtype: float = "F32", metadata } = options;
  if (!["F32", "F16", "BF16"].includes(float)) {
    throw new RangeError(`${file}: dtype ${JSON.stringify(float)}; it is one of F32, F16, BF16.`);
  }
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    const where = `${file}: tensor ${JSON.stringify(name)}`;
    if (!(tensor instanceof tf.Tensor)) throw new TypeError(`${where} is not a tensor.`);
    const dtype: StoredDtype = storedAs(tensor.dtype, float, where);
    return { name, dtype, shape: tensor.shape, tensor, where };
  });
  const { bytes, order } = makeHeader(entries, metadata, file);
  yield bytes;
  for (const { dtype, tensor, where } of order) {
    if (tensor.isDisposed) throw new Error(`${where} is disposed.`);
    yield encodeNumbers(dtype, await tensor.data<"float32" | "int32" | "bool">(), where);
  }
}

/** A whole safetensors file in memory. @throws as `safetensorsPieces` */
export async function encodeSafetensors(
  tensors: Readonly<Record<string, tf.Tensor>>,
  options?: SafetensorsOptions,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of safetensorsPieces(tensors, options)) pieces.push(piece);
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
