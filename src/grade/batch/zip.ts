import { getFileNameLowLevel, openPromise, validateFileName, type Entry, type ZipFile } from "yauzl";
import { isKept, isNoise, MOST, mostBytes, textOf, type FoundFiles } from "./files";
import { tooMuch } from "./folder";

/** Compressed text grows by 3 to 10; deflate's own limit is 1032. */
const MOST_RATIO = 200;
/** The kind of file in the upper half of an entry's attributes, as Unix has it. */
const [KIND, PLAIN_FILE, NO_KIND] = [0o170000, 0o100000, 0];

/**
 * Reads a handed-in zip. Nothing is written: an entry's name is only compared, sizes are checked before a byte is
 * unpacked, and again while it is. An entry that is refused is named, and the rest is read.
 *
 * @throws Error for a file that is no zip
 */
export async function readZip(file: string): Promise<FoundFiles> {
  const files = new Map<string, string>();
  const problems: string[] = [];
  const seen = new Set<string>();
  let [entries, bytes] = [0, 0];
  // Names stay undecoded, since yauzl ends at the first bad one.
  const zip = await openPromise(file, { lazyEntries: true, decodeStrings: false, validateEntrySizes: true });
  try {
    for await (const entry of zip.eachEntry()) {
      if (++entries > MOST.entries) {
        problems.push(`Only the first ${MOST.entries} entries of the zip were read.`);
        break;
      }
      const path = nameOf(entry);
      if (path.endsWith("/")) continue;
      const trouble = refusal(entry, path) ?? (seen.has(path) ? "an entry before it has the same name." : "");
      if (trouble === "" && isNoise(path)) continue;
      seen.add(path);
      const size = entry.uncompressedSize;
      if (trouble !== "") problems.push(`${shown(path)} was not read: ${trouble}`);
      else if (!isKept(path)) continue;
      else if (size > mostBytes(path) || bytes + size > MOST.allBytes)
        problems.push(`${shown(path)} was not read: ${tooMuch(path, size)}`);
      else {
        bytes += size;
        const text = await unpack(zip, entry, path).then(textOf, (error: Error) => error);
        if (typeof text === "string") files.set(path, text);
        else
          problems.push(`${shown(path)} was not read: ${text === undefined ? "it is no UTF-8 text." : text.message}`);
      }
    }
  } catch (error) {
    problems.push(`The zip is damaged: ${(error as Error).message}. What came before was read.`);
  } finally {
    zip.close();
  }
  return { files, problems };
} // prettier-ignore

const nameOf = (entry: Entry): string =>
  getFileNameLowLevel(
    entry.generalPurposeBitFlag,
    entry.fileName as unknown as Buffer,
    entry.extraFields,
    false,
  ).normalize("NFC");

const shown = (path: string): string =>
  `The zip's entry ${JSON.stringify(path.length > 100 ? `${path.slice(0, 100)}…` : path)}`;

/** Why an entry is not read whatever its size; undefined for a good one. */
function refusal(entry: Entry, path: string): string | undefined {
  const bad = validateFileName(path);
  if (bad !== null || path.includes("\0")) return "its name leads out of the submission.";
  const kind = (entry.externalFileAttributes >>> 16) & KIND;
  if (kind !== PLAIN_FILE && kind !== NO_KIND) return "it is a link or no plain file.";
  if (entry.isEncrypted()) return "it is encrypted.";
  if (entry.uncompressedSize > MOST_RATIO * Math.max(entry.compressedSize, 100))
    return `it unpacks to more than ${MOST_RATIO} times its size.`;
  if (path.split("/").length > MOST.depth + 1) return `folders lie in folders more than ${MOST.depth} deep.`;
  return undefined;
}

async function unpack(zip: ZipFile, entry: Entry, path: string): Promise<Buffer> {
  const stream = await zip.openReadStreamPromise(entry);
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length;
    // yauzl compares with the size that the zip declares; this holds also if it should not.
    if (size > mostBytes(path)) throw new Error(tooMuch(path, size));
    parts.push(part);
  }
  return Buffer.concat(parts);
}
