/** GGUF files on disk, for Node. */
import { open, type FileHandle } from "node:fs/promises";
import { tf } from "../engine";
import { type Blocks, keepsBlocks, splitBlocks } from "./blocks";
import { GgufCutError, type GgufHeader, type GgufTensorInfo, parseGguf } from "./gguf";
import { dequantize, type GgmlType, readableType } from "./quants";
import { fill } from "./read";

/** An open file. Its weights stay on disk until they are asked for. */
export interface GgufFile extends GgufHeader {
  readonly path: string;
  /**
   * The weights of one tensor, row-major.
   * @throws Error that names file and tensor: no such tensor, a type that cannot be read, a read that fails
   */
  values(name: string): Promise<Float32Array>;
  /** The same as a float32 tensor of the engine, which the caller disposes. @throws as `values` */
  tensor(name: string): Promise<tf.Tensor>;
  /**
   * The whole numbers and scales of one tensor's blocks, without loss; undefined for types other than Q8_0, Q4_0, Q4_1.
   * @throws as `values`
   */
  blocks(name: string): Promise<Blocks | undefined>;
  /** Closes the file, after the reads that are under way. A second call does nothing. */
  close(): Promise<void>;
}

/** First piece of the header to read, in bytes; the largest header that is read. */
const FIRST_BYTES = 2 ** 20;
const MAX_HEADER_BYTES = 2 ** 28;

/** Weights become float32 by pieces of about this many bytes, so the raw form of a large tensor is never held whole. */
const PIECE_BYTES = 2 ** 22;

/**
 * Opens a GGUF file (version 2 or 3, little-endian) and reads its header. Call `close` at the end.
 *
 * @throws Error that names the file: it is missing, no GGUF, cut off, or contradicts itself (see `parseGguf`)
 */
export async function openGguf(path: string): Promise<GgufFile> {
  const handle = await open(path, "r");
  let header: GgufHeader;
  try {
    header = await readHeader(handle, path);
  } catch (error) {
    await handle.close();
    throw error;
  }
  const byName = new Map(header.tensors.map((info) => [info.name, info]));
  const underWay = new Set<Promise<Float32Array>>();
  let isOpen = true;

  function find(name: string): GgufTensorInfo {
    if (!isOpen) throw new Error(`${path}: the file is closed. Cure: call openGguf again`);
    const info = byName.get(name);
    if (info) return info;
    const some = header.tensors.slice(0, 5).map((t) => t.name);
    throw new Error(
      `${path}: no tensor "${name}". It has ${header.tensors.length}, among them ${some.join(", ")}`,
    );
  }

  async function values(name: string): Promise<Float32Array> {
    const reading = readValues(handle, find(name), path);
    underWay.add(reading);
    return reading.finally(() => underWay.delete(reading));
  }

  return {
    ...header,
    path,
    values,
    async tensor(name) {
      const { shape } = find(name);
      return tf.tensor(await values(name), [...shape], "float32");
    },
    async blocks(name) {
      const { type, bytes, offset } = find(name);
      if (!keepsBlocks(type)) return undefined;
      const raw = new Uint8Array(bytes);
      await readFully(handle, raw, offset, path);
      return splitBlocks(type, raw);
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      await Promise.allSettled(underWay);
      await handle.close();
    },
  };
}

/** A header says its length only by its end: reads a piece, and twice as much as long as it goes on. */
async function readHeader(handle: FileHandle, path: string): Promise<GgufHeader> {
  const stat = await handle.stat();
  if (!stat.isFile()) throw new Error(`${path}: is not a file`);
  for (let length = FIRST_BYTES; ; length *= 2) {
    const bytes = new Uint8Array(Math.min(length, stat.size));
    await readFully(handle, bytes, 0, path);
    try {
      return parseGguf(bytes, { file: path, fileBytes: stat.size });
    } catch (error) {
      const goesOn = error instanceof GgufCutError && bytes.length < stat.size && length < MAX_HEADER_BYTES;
      if (!goesOn) throw error;
    }
  }
}

async function readValues(handle: FileHandle, info: GgufTensorInfo, path: string): Promise<Float32Array> {
  let block: GgmlType;
  try {
    block = readableType(info.type);
  } catch (error) {
    throw new Error(`${path}: tensor "${info.name}": ${(error as Error).message}`, { cause: error });
  }
  // parseGguf found the tensor's bytes inside the file, so the size of the result is bounded by the file's.
  const out = new Float32Array(info.size);
  const blocks = Math.ceil(PIECE_BYTES / block.blockBytes);
  const piece = new Uint8Array(Math.min(blocks * block.blockBytes, info.bytes));
  for (let done = 0, to = 0; done < info.bytes; done += piece.length) {
    const raw = piece.subarray(0, Math.min(piece.length, info.bytes - done));
    await readFully(handle, raw, info.offset + done, path);
    const end = to + (raw.length / block.blockBytes) * block.blockWeights;
    dequantize(info.type, raw, out.subarray(to, end));
    to = end;
  }
  return out;
}

/** Fills `into` from byte `from` of the file. */
async function readFully(handle: FileHandle, into: Uint8Array, from: number, path: string): Promise<void> {
  if ((await fill(handle, into, from)) < into.length)
    throw new Error(`${path}: became shorter while it was read. Cure: open it again`);
}
