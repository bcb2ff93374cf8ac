/** Reading a file's bytes, for Node. */
import type { FileHandle } from "node:fs/promises";

/** Most bytes of one read or write: Node takes less than 2^31. */
export const MOST_AT_ONCE = 2 ** 30;

/**
 * Fills `into` from byte `from` of the file, as far as the file goes; one read may give less than it was asked for.
 * @returns how many bytes were read: fewer than `into` has where the file ends before
 */
export async function fill(handle: FileHandle, into: Uint8Array, from: number): Promise<number> {
  let done = 0;
  while (done < into.length) {
    const wanted = Math.min(MOST_AT_ONCE, into.length - done);
    const { bytesRead } = await handle.read(into, done, wanted, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
