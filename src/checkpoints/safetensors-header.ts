import { isRecord } from "../engine";
import { bitsOf, isStoredDtype, rankOf, type StoredDtype } from "./safetensors-types";

/** The longest header that is read or written, in bytes: the reference's limit. */
export const MAX_HEADER_BYTES = 100_000_000;

/** What a header says of one tensor. */
export interface TensorInfo {
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  /** The place of its first byte in the file. */
  readonly start: number;
  /** Its size in bytes. */
  readonly bytes: number;
}

export interface SafetensorsHeader {
  /** By name, in the order of the data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The length of the JSON header from the first 8 bytes, checked against the limit and the size of the file.
 *
 * @param file begins error messages
 * @throws Error when the file is too short, or is no safetensors file
 */
export function headerLength(first: Uint8Array, fileSize: number, file = "safetensors"): number {
  if (first.length < 8 || fileSize < 8) throw new Error(`${file}: ${fileSize} bytes, too few for a header.`);
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES) {
    throw new Error(
      `${file}: a header of ${length} bytes; the limit is ${MAX_HEADER_BYTES}. Not safetensors?`,
    );
  }
  if (8 + Number(length) > fileSize) {
    throw new Error(`${file}: a header of ${length} bytes in a file of ${fileSize}. Is the file cut off?`);
  }
  return Number(length);
}

/**
 * Reads the header of a safetensors file (https://github.com/huggingface/safetensors, "Format"): 8 bytes with the
 * length of the JSON that follows, and in it for each tensor `dtype`, `shape` and `data_offsets` from the header's end.
 * Nothing is believed: the tensors must fill the file without overlap and holes, each of the size that its shape says.
 *
 * @param bytes the beginning of the file, at least to the header's end
 * @param fileSize of the whole file, in bytes
 * @param file begins error messages
 * @throws Error that names the file, and the tensor
 */
export function parseHeader(bytes: Uint8Array, fileSize: number, file = "safetensors"): SafetensorsHeader {
  const end = 8 + headerLength(bytes, fileSize, file);
  if (bytes.length < end) throw new Error(`${file}: ${bytes.length} bytes given of a header of ${end}.`);
  const json = parseStrictJson(bytes.subarray(8, end), file);
  const { ["__metadata__"]: metadata = {}, ...entries } = json;
  const found = Object.entries(entries).map(([name, entry]): [string, TensorInfo] => [
    name,
    parseInfo(entry, end, `${file}: tensor ${JSON.stringify(name)}`),
  ]);
  // An empty tensor shares its place with the next one.
  found.sort(([, a], [, b]) => a.start - b.start || a.bytes - b.bytes);
  let at = end;
  for (const [name, { start, bytes: size }] of found) {
    const tensor = `${file}: tensor ${JSON.stringify(name)}`;
    if (start < at) throw new Error(`${tensor} begins at byte ${start}, inside the one before (to ${at}).`);
    if (start > at)
      throw new Error(`${tensor} begins at byte ${start}; the bytes from ${at} belong to none.`);
    at = start + size;
    if (at > fileSize) throw new Error(`${tensor} ends at byte ${at} of ${fileSize}. Is the file cut off?`);
  }
  if (at < fileSize) throw new Error(`${file}: ${fileSize - at} bytes after the last tensor belong to none.`);
  return { tensors: new Map(found), metadata: parseMetadata(metadata, `${file}: __metadata__`) };
}

/**
 * UTF-8 JSON that is one object, without a key that comes twice (JSON.parse keeps the last of them, other readers the
 * first) and without `__proto__`.
 *
 * @throws Error that names the file
 */
export function parseStrictJson(bytes: Uint8Array, file: string): Record<string, unknown> {
  let text: string;
  let json: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: not JSON (${(error as Error).message}).`);
  }
  if (!isRecord(json)) throw new Error(`${file}: its JSON is not an object.`);
  const wrong = wrongKey(text);
  if (wrong !== undefined) throw new Error(`${file}: ${wrong}.`);
  return json;
}

/** The first key of valid JSON that its object has already, or that is `__proto__`. */
function wrongKey(text: string): string | undefined {
  const objects: Set<string>[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (char === "{") objects.push(new Set());
    else if (char === "}") objects.pop();
    if (char !== '"') continue;
    const from = i;
    for (i++; text[i] !== '"'; i++) if (text[i] === "\\") i++;
    let next = i + 1;
    while (/\s/.test(text[next] ?? "")) next++;
    if (text[next] !== ":") continue; // a value
    const key = JSON.parse(text.slice(from, i + 1)) as string;
    if (key === "__proto__") return `the name "__proto__" is refused`;
    if (objects.at(-1)?.has(key)) return `the name ${JSON.stringify(key)} comes twice in one object`;
    objects.at(-1)?.add(key);
  }
  return undefined;
}

function parseInfo(entry: unknown, dataStart: number, tensor: string): TensorInfo {
  if (!isRecord(entry)) throw new Error(`${tensor} is described by no object.`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isStoredDtype(dtype)) throw new Error(`${tensor} has the unknown dtype ${JSON.stringify(dtype)}.`);
  if (!isSizes(shape))
    throw new Error(`${tensor} has the shape ${JSON.stringify(shape)}, not a list of sizes.`);
  if (!isSizes(offsets) || offsets.length !== 2 || Number(offsets[0]) > Number(offsets[1])) {
    throw new Error(`${tensor} has the data_offsets ${JSON.stringify(offsets)}, not [begin, end].`);
  }
  const [begin, end] = offsets as [number, number];
  let size = bitsOf(dtype);
  for (const n of shape) {
    size *= n;
    if (!Number.isSafeInteger(size))
      throw new Error(`${tensor}: the shape [${shape}] is too large for any file.`);
  }
  if (size !== 8 * (end - begin)) {
    throw new Error(
      `${tensor}: [${shape}] of ${dtype} takes ${size / 8} bytes, its data_offsets ${end - begin}.`,
    );
  }
  return { dtype, shape, start: dataStart + begin, bytes: end - begin };
}

/** Whole numbers from 0 that JavaScript holds exactly. */
function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0 && !Object.is(n, -0));
}

function parseMetadata(value: unknown, where: string): Record<string, string> {
  if (!isRecord(value)) throw new Error(`${where} is not an object.`);
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== "string") throw new Error(`${where}: ${JSON.stringify(key)} is not a string.`);
  }
  return value as Record<string, string>;
}

/** A tensor that will be written. */
export interface Entry {
  readonly name: string;
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
}

/**
 * The first bytes of a file, and its tensors in the order of their data, both as the reference writes them: wide types
 * first, then by name; spaces after the JSON so that the data begins at a multiple of 8 bytes. (The reference writes
 * the metadata's keys in a random order; here they are sorted, after the code of their characters.)
 *
 * @throws Error that names a tensor whose name cannot be stored, or metadata that is not text
 */
export function makeHeader<E extends Entry>(
  entries: readonly E[],
  metadata: Readonly<Record<string, string>> | undefined,
  file = "safetensors",
): { readonly bytes: Uint8Array; readonly order: readonly E[] } {
  const order = [...entries].sort((a, b) => rankOf(b.dtype) - rankOf(a.dtype) || byCodePoint(a.name, b.name));
  const parts: string[] = [];
  if (metadata !== undefined) {
    const keys = Object.keys(parseMetadata(metadata, `${file}: metadata`)).sort(byCodePoint);
    for (const key of keys) {
      checkName(key, `${file}: metadata`);
      checkUnicode(metadata[key] as string, `${file}: metadata ${JSON.stringify(key)}`);
    }
    const pairs = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
    parts.push(`"__metadata__":{${pairs.join(",")}}`);
  }
  let offset = 0;
  for (const { name, dtype, shape } of order) {
    checkName(name, `${file}: tensor`);
    const end = offset + (shape.reduce((product, n) => product * n, 1) * bitsOf(dtype)) / 8;
    const value = JSON.stringify({ dtype, shape, data_offsets: [offset, end] });
    parts.push(`${JSON.stringify(name)}:${value}`);
    offset = end;
  }
  const json = new TextEncoder().encode(`{${parts.join(",")}}`);
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER_BYTES) {
    throw new Error(`${file}: a header of ${length} bytes; the limit is ${MAX_HEADER_BYTES}.`);
  }
  const bytes = new Uint8Array(8 + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return { bytes, order };
}

function checkName(name: string, where: string): void {
  if (name === "__proto__" || name === "__metadata__")
    throw new Error(`${where}: the name "${name}" is refused.`);
  checkUnicode(name, where);
}

function checkUnicode(text: string, where: string): void {
  if (/\p{Surrogate}/u.test(text)) throw new Error(`${where}: ${JSON.stringify(text)} is not valid Unicode.`);
}

/** The order of the UTF-8 bytes, which is that of the code points but not that of JavaScript's 16-bit units. */
function byCodePoint(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const step = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (step !== 0) return step;
  }
  return left.length - right.length;
}
