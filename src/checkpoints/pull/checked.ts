/** Files that arrive from outside: written beside their place, compared with what is known of them, then renamed. */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { FileHash, FileToPull } from "./types";

/** Bytes of a file, in pieces. */
export type Pieces = AsyncIterable<Uint8Array>;

/**
 * Writes a file from its bytes and checks size and hash. What is wrong never gets the file's name.
 *
 * @param from gives the bytes from a place on: what an earlier try wrote, `path.part`, is kept and gone on with
 * @param onBytes hears how many bytes there are so far
 * @throws Error that names the file: too few or too many bytes, another hash; whatever the source throws
 */
export async function writeChecked(
  path: string,
  wanted: FileToPull,
  from: (start: number) => Promise<Pieces> | Pieces,
  onBytes: (done: number) => void = () => {},
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  let done = (await stat(part).catch(() => undefined))?.size ?? 0;
  if (done > wanted.bytes) done = 0;
  const hash = startHash(wanted);
  if (done > 0)
    for await (const piece of createReadStream(part, { end: done - 1 })) hash.update(piece as Buffer);
  const handle = await open(part, done > 0 ? "r+" : "w");
  try {
    if (done < wanted.bytes) {
      for await (const piece of await from(done)) {
        if (done + piece.length > wanted.bytes) throw wrong(path, `more than its ${wanted.bytes} bytes came`);
        await handle.write(piece, 0, piece.length, done);
        hash.update(piece);
        onBytes((done += piece.length));
      }
    }
    if (done < wanted.bytes)
      throw new Error(`${path}: ${done} of ${wanted.bytes} bytes came. Try again: it goes on there.`);
    if (hash.digest("hex") !== wanted.hash.hex) throw wrong(path, `its ${wanted.hash.kind} hash is another`);
    await handle.sync();
  } catch (error) {
    // What is wrong must not be gone on with; what is cut off may.
    if (error instanceof WrongBytes) await rm(part, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  await rename(part, path);
}

/** The hash of a whole file. */
export async function hashFile(path: string, kind: FileHash["kind"]): Promise<string> {
  const hash = startHash({ bytes: (await stat(path)).size, hash: { kind } });
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex");
}

function startHash({ bytes, hash }: { bytes: number; hash: { kind: FileHash["kind"] } }): Hash {
  return hash.kind === "sha256" ? createHash("sha256") : createHash("sha1").update(`blob ${bytes}\0`);
}

class WrongBytes extends Error {}

const wrong = (path: string, what: string): Error =>
  new WrongBytes(`${path}: ${what}. It is damaged, or another version; it was not kept. Try again.`);
