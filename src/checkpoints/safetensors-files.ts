/** Safetensors files and folders on disk, for Node. */
import { randomBytes } from "node:crypto";
import { open, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isRecord, type tf } from "../engine";
import { fill, MOST_AT_ONCE } from "./read";
import { type ByteSource, openSafetensors, safetensorsPieces } from "./safetensors";
import type { SafetensorsFile, SafetensorsOptions } from "./safetensors";
import { MAX_HEADER_BYTES, parseStrictJson } from "./safetensors-header";

const INDEX = "model.safetensors.index.json";

/**
 * Opens safetensors on disk and reads the headers only; each tensor is read when it is asked for. Call `close` at the
 * end.
 *
 * @param path a file; an index of shards (`*.index.json`, as Hugging Face writes it); or a folder with
 *   `model.safetensors`, or else with `model.safetensors.index.json`. Of shards, `metadata` is that of all together,
 *   and `info` gives places in the shard.
 * @throws Error that names the file, and the tensor: missing, cut off, or not as the format demands; an index whose
 *   shards hold other tensors than it says
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  if (!(await stat(path)).isDirectory()) {
    return path.endsWith(".index.json") ? openShards(path) : openSafetensors(await fileSource(path));
  }
  const single = join(path, "model.safetensors");
  if (await exists(single)) return openSafetensors(await fileSource(single));
  if (await exists(join(path, INDEX))) return openShards(join(path, INDEX));
  throw new Error(`${path}: the folder has neither model.safetensors nor ${INDEX}.`);
}

/**
 * Writes tensors to a safetensors file: first beside it, then renamed, so a reader finds the old file or the new one,
 * never a part. The bytes are those that the reference writes.
 *
 * @param tensors by name; float32, int32 (stored as I32) and bool
 * @throws as `safetensorsPieces`; the system's error when the folder cannot be written
 */
export async function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, tf.Tensor>>,
  options?: SafetensorsOptions,
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const handle = await open(temporary, "wx");
    try {
      for await (const piece of safetensorsPieces(tensors, options, path)) {
        for (let done = 0; done < piece.length;) {
          done += (await handle.write(piece, done, Math.min(MOST_AT_ONCE, piece.length - done))).bytesWritten;
        }
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return false;
      throw error;
    },
  );
}

async function fileSource(path: string): Promise<ByteSource> {
  // Opening a pipe would wait for a writer.
  if (!(await stat(path)).isFile()) throw new Error(`${path}: not a file.`);
  const handle = await open(path, "r");
  const { size } = await handle.stat();
  return {
    name: path,
    size,
    async read(offset, length) {
      const bytes = new Uint8Array(length);
      const read = await fill(handle, bytes, offset);
      if (read < length) throw new Error(`${path}: it ended at byte ${offset + read} while it was read.`);
      return bytes;
    },
    close: () => handle.close(),
  };
}

/** All shards of an index as one file. */
async function openShards(path: string): Promise<SafetensorsFile> {
  const shardOf = await readIndex(path);
  const shards = new Map<string, SafetensorsFile>();
  const close = async () => {
    for (const shard of shards.values()) await shard.close();
  };
  try {
    for (const file of new Set(shardOf.values())) {
      const shard = await openSafetensors(await fileSource(join(dirname(path), file)));
      shards.set(file, shard);
      const surplus = shard.names.find((name) => shardOf.get(name) !== file);
      if (surplus === undefined) continue;
      const told = shardOf.get(surplus);
      const index = told === undefined ? "does not name it" : `says ${told}`;
      throw new Error(`${path}: tensor ${JSON.stringify(surplus)} is in ${file}, but the index ${index}.`);
    }
    const names = new Set([...shards.values()].flatMap((shard) => shard.names));
    for (const [name, file] of shardOf) {
      if (names.has(name)) continue;
      throw new Error(`${path}: tensor ${JSON.stringify(name)} is missing in ${file}.`);
    }
  } catch (error) {
    await close();
    throw error;
  }
  const find = (name: string): SafetensorsFile => {
    const shard = shards.get(shardOf.get(name) ?? "");
    if (shard) return shard;
    throw new Error(`${path}: no tensor ${JSON.stringify(name)} among its ${shardOf.size}.`);
  };
  return {
    names: [...shards.values()].flatMap((shard) => shard.names),
    metadata: Object.assign({}, ...[...shards.values()].map((shard) => shard.metadata)) as Record<
      string,
      string
    >,
    info: (name) => find(name).info(name),
    tensor: async (name) => find(name).tensor(name),
    close,
  };
}

/** Tensor name -> file name, of the same folder. */
async function readIndex(path: string): Promise<ReadonlyMap<string, string>> {
  const source = await fileSource(path);
  let bytes: Uint8Array;
  try {
    if (source.size > MAX_HEADER_BYTES) {
      throw new Error(`${path}: ${source.size} bytes; the limit of an index is ${MAX_HEADER_BYTES}.`);
    }
    bytes = await source.read(0, source.size);
  } finally {
    await source.close();
  }
  const { weight_map: map } = parseStrictJson(bytes, path);
  if (!isRecord(map)) throw new Error(`${path}: its weight_map is not an object.`);
  return new Map(
    Object.entries(map).map(([name, file]) => {
      // A plain file name: an index cannot make us open what lies elsewhere.
      if (typeof file === "string" && /^[^/\\:\0]+\.safetensors$/.test(file)) return [name, file];
      throw new Error(
        `${path}: tensor ${JSON.stringify(name)} is said to be in ${JSON.stringify(file)}, not a .safetensors file of the folder.`,
      );
    }),
  );
}
