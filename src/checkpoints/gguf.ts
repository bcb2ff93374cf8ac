/**
 * GGUF: the file format of llama.cpp, versions 2 and 3, little-endian. A file is a header (metadata, then one entry a
 * tensor) and the tensors' bytes. This file reads the header; quants.ts reads the bytes.
 *
 * Source: docs/gguf.md of ggml; limits as in its gguf.cpp. A file is never believed: each count and size is compared
 * with the bytes there are before anything is made from it.
 */
import { ggmlTypes } from "./quants";

/** A metadata value. 64-bit numbers beyond 2^53 are bigints. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

/** One tensor of a file. */
export interface GgufTensorInfo {
  readonly name: string;
  /** Row-major, as PyTorch prints it. The file holds it reversed: GGML's first dimension is the fastest. */
  readonly shape: readonly number[];
  /** GGML's name of the type, as "Q4_1". */
  readonly type: string;
  /** Number of weights. */
  readonly size: number;
  /** First byte, from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
}

/** What a GGUF file says before its weights. */
export interface GgufHeader {
  readonly version: number;
  /** Tensors start at multiples of this many bytes. */
  readonly alignment: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** In the order of the file. */
  readonly tensors: readonly GgufTensorInfo[];
}

/** The bytes end inside the header. */
export class GgufCutError extends Error {
  override readonly name = "GgufCutError";
}

/** Most tensors, keys and array elements together: ten times and more what the largest vocabularies need. */
const MAX_ITEMS = 2 ** 24;
const MAX_KEY_BYTES = 65535;
const MAX_NAME_BYTES = 1024;
const MAX_DIMENSIONS = 4;
const MAX_NESTING = 4;

/** Value types by id, with the fewest bytes that a value takes. */
const STRING = 8;
const ARRAY = 9;
const leastBytes = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8];

/**
 * Reads the header of a GGUF file.
 *
 * @param bytes the file, or its beginning
 * @param options `file`: its name in errors; `fileBytes`: the size of the whole file, when `bytes` is its beginning
 * @throws GgufCutError when `bytes` ends inside the header; Error that names the file and the key or tensor when it is
 *   no GGUF of version 2 or 3, or contradicts itself
 */
export function parseGguf(
  bytes: Uint8Array,
  options: { readonly file?: string; readonly fileBytes?: number } = {},
): GgufHeader {
  const file = options.file ?? "GGUF";
  const cursor = new Cursor(bytes, file, options.fileBytes ?? bytes.length);
  const version = readVersion(cursor);
  const tensorCount = cursor.itemCount(24, "number of tensors");
  const pairCount = cursor.itemCount(13, "number of metadata keys");

  const metadata = new Map<string, GgufValue>();
  for (let i = 0; i < pairCount; i++) {
    const key = cursor.string(`the name of metadata key ${i}`, MAX_KEY_BYTES);
    if (metadata.has(key)) cursor.fail(`metadata key ${showValue(key)} is there twice`);
    metadata.set(key, cursor.value(cursor.u32(), `metadata key ${showValue(key)}`, 0));
  }

  const alignment = metadata.get("general.alignment") ?? 32;
  if (typeof alignment !== "number" || !isPowerOfTwo(alignment)) {
    return cursor.fail(`general.alignment is ${showValue(alignment)}, not a power of two`);
  }

  const entries: GgufTensorInfo[] = [];
  const names = new Set<string>();
  for (let i = 0; i < tensorCount; i++) {
    const entry = readTensorInfo(cursor, i, alignment);
    if (names.has(entry.name)) cursor.fail(`tensor ${showValue(entry.name)} is there twice`);
    names.add(entry.name);
    entries.push(entry);
  }
  // Offsets in the file count from the end of the header, rounded up.
  const start = Math.ceil(cursor.at / alignment) * alignment;
  const tensors = entries.map((entry) => ({ ...entry, offset: start + entry.offset }));
  checkPlaces(cursor, tensors);
  return { version, alignment, metadata, tensors };
}

function readVersion(cursor: Cursor): number {
  if (cursor.u32() !== 0x46554747) cursor.fail('is not a GGUF file: it does not start with "GGUF"');
  const version = cursor.u32();
  if (version === 2 || version === 3) return version;
  if (version !== 0 && (version & 0xffff) === 0) {
    return cursor.fail("is big-endian. Cure: take the little-endian file of the model");
  }
  return cursor.fail(
    `is GGUF version ${version}; versions 2 and 3 can be read. Cure: convert the model again`,
  );
}

/** One entry; its offset is still relative. */
function readTensorInfo(cursor: Cursor, index: number, alignment: number): GgufTensorInfo {
  const name = cursor.string(`the name of tensor ${index}`, MAX_NAME_BYTES);
  const what = `tensor ${showValue(name)}`;
  const rank = cursor.u32();
  if (rank > MAX_DIMENSIONS)
    cursor.fail(`${what} has ${rank} dimensions; GGML has at most ${MAX_DIMENSIONS}`);
  const shape: number[] = [];
  let size = 1;
  for (let i = 0; i < rank; i++) {
    const length = cursor.u64(`a dimension of ${what}`);
    shape.unshift(length);
    size *= length;
  }
  if (!Number.isSafeInteger(size)) cursor.fail(`${what} of shape [${shape.join(", ")}] is too large`);

  const id = cursor.u32();
  const type = ggmlTypes.get(id);
  if (!type) {
    return cursor.fail(
      `${what} has type ${id}, which is unknown here: it was removed from GGML, or is newer than this library. ` +
        "Cure: convert the model again with today's llama.cpp, to Q8_0 for example",
    );
  }
  const row = shape.at(-1) ?? 1;
  if (row % type.blockWeights !== 0) {
    cursor.fail(`${what} has rows of ${row}, not whole blocks of ${type.blockWeights} as ${type.name} needs`);
  }
  const offset = cursor.u64(`the offset of ${what}`);
  if (offset % alignment !== 0)
    cursor.fail(`${what} starts at ${offset}, not a multiple of the alignment ${alignment}`);
  const bytes = (size / type.blockWeights) * type.blockBytes;
  return { name, shape, type: type.name, size, offset, bytes };
}

/** Every tensor inside the file, no two on the same bytes. */
function checkPlaces(cursor: Cursor, tensors: readonly GgufTensorInfo[]): void {
  for (const { name, offset, bytes } of tensors) {
    if (offset + bytes > cursor.fileBytes) {
      cursor.fail(
        `tensor ${showValue(name)} ends at byte ${offset + bytes}, the file at ${cursor.fileBytes}: it is cut off. ` +
          "Cure: fetch it again",
      );
    }
  }
  const filled = tensors.filter((t) => t.bytes > 0).sort((a, b) => a.offset - b.offset);
  for (let i = 1; i < filled.length; i++) {
    const [before, after] = [filled[i - 1]!, filled[i]!];
    if (before.offset + before.bytes > after.offset) {
      cursor.fail(`tensors ${showValue(before.name)} and ${showValue(after.name)} overlap`);
    }
  }
}

/** Reads on from a place, and never beyond the bytes there are. */
class Cursor {
  at = 0;
  private readonly view: DataView;
  // A byte order mark is a token of some vocabularies: it must stay.
  private readonly decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  private items = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly file: string,
    readonly fileBytes: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(message: string): never {
    throw new Error(`${this.file}: ${message}`);
  }

  /** Moves on by `n` bytes, and gives the place before. */
  private take(n: number): number {
    if (n > this.bytes.length - this.at) {
      throw new GgufCutError(
        `${this.file}: the header goes on after its ${this.bytes.length} bytes. Is the file cut off? Fetch it again`,
      );
    }
    this.at += n;
    return this.at - n;
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  /** A size: what has more than 53 bits is no size of anything. */
  u64(what: string): number {
    const value = small(this.view.getBigUint64(this.take(8), true));
    return typeof value === "number" ? value : this.fail(`${what} is ${value}, which cannot be`);
  }

  /** A number of items that will be held in memory, of at least `least` bytes each in the file. */
  itemCount(least: number, what: string): number {
    const n = this.count(least, what);
    this.items += n;
    return this.items <= MAX_ITEMS ? n : this.fail(`${what} is ${n}: more than ${MAX_ITEMS} items in all`);
  }

  /** A number of things of at least `least` bytes each, which must fit in what is left of the file. */
  count(least: number, what: string): number {
    const n = this.u64(what);
    const left = this.fileBytes - this.at;
    if (n * least > left) this.fail(`${what} is ${n}, more than the ${left} bytes after it can hold`);
    return n;
  }

  string(what: string, most = Infinity): string {
    const length = this.count(1, `the length of ${what}`);
    if (length > most) this.fail(`${what} has ${length} bytes, more than ${most}`);
    const at = this.take(length);
    try {
      return this.decoder.decode(this.bytes.subarray(at, at + length));
    } catch {
      return this.fail(`${what} is not UTF-8`);
    }
  }

  value(type: number, what: string, nesting: number): GgufValue {
    if (type === STRING) return this.string(what);
    if (type === ARRAY) return this.array(what, nesting + 1);
    return this.number(type, what);
  }

  private array(what: string, nesting: number): GgufValue[] {
    if (nesting > MAX_NESTING) this.fail(`${what}: arrays in arrays, more than ${MAX_NESTING} deep`);
    const type = this.u32();
    const least = leastBytes[type] ?? this.unknown(type, what);
    const length = this.itemCount(least, `the array length of ${what}`);
    const elements: GgufValue[] = [];
    for (let i = 0; i < length; i++) elements.push(this.value(type, what, nesting));
    return elements;
  }

  private number(type: number, what: string): number | bigint | boolean {
    const at = this.take(leastBytes[type] ?? this.unknown(type, what));
    const view = this.view;
    if (type === 0) return view.getUint8(at);
    if (type === 1) return view.getInt8(at);
    if (type === 2) return view.getUint16(at, true);
    if (type === 3) return view.getInt16(at, true);
    if (type === 4) return view.getUint32(at, true);
    if (type === 5) return view.getInt32(at, true);
    if (type === 6) return view.getFloat32(at, true);
    if (type === 10) return small(view.getBigUint64(at, true));
    if (type === 11) return small(view.getBigInt64(at, true));
    if (type === 12) return view.getFloat64(at, true);
    const bit = view.getUint8(at);
    return bit < 2 ? bit === 1 : this.fail(`${what} is a boolean of ${bit}, neither 0 nor 1`);
  }

  private unknown(type: number, what: string): never {
    return this.fail(
      `${what} has value type ${type}; GGUF knows 0 to 12. Is the file damaged? Fetch it again`,
    );
  }
}

function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(n) && n >= 1 && n <= 2 ** 30 && (n & (n - 1)) === 0;
}

/** As a number where that is exact. */
function small(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A name or value for a message: quoted, and not longer than a line. */
export function showValue(value: GgufValue): string {
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
