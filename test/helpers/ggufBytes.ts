/** Makes GGUF files byte by byte, wrong ones too: what a correct writer would refuse. */

export const u32 = (n: number) => new Uint8Array(Uint32Array.of(n).buffer);
export const u64 = (n: number | bigint) => new Uint8Array(BigUint64Array.of(BigInt(n)).buffer);
export const string = (text: string) => Buffer.concat([u64(Buffer.byteLength(text)), Buffer.from(text)]);

export interface Pair {
  readonly key: string;
  readonly type: number;
  readonly value: readonly Uint8Array[];
}

export interface Parts {
  readonly version?: number;
  /** Counts as they are written; the true ones when left out. */
  readonly tensorCount?: bigint;
  readonly pairCount?: bigint;
  readonly pairs?: readonly Pair[];
  /** `dimensions` in GGML's order, the fastest first. */
  readonly tensors?: readonly {
    name: string;
    dimensions: readonly number[];
    type: number;
    offset?: number;
  }[];
  /** Bytes after the header, which is padded to 32. */
  readonly data?: number;
}

export function header({ pairs = [], tensors = [], data = 0, ...rest }: Parts): Uint8Array {
  const bytes = Buffer.concat([
    Buffer.from("GGUF"),
    u32(rest.version ?? 3),
    u64(rest.tensorCount ?? tensors.length),
    u64(rest.pairCount ?? pairs.length),
    ...pairs.flatMap(({ key, type, value }) => [string(key), u32(type), ...value]),
    ...tensors.flatMap(({ name, dimensions, type, offset = 0 }) => [
      string(name),
      u32(dimensions.length),
      ...dimensions.map(u64),
      u32(type),
      u64(offset),
    ]),
  ]);
  const padded = new Uint8Array(Math.ceil(bytes.length / 32) * 32 + data);
  padded.set(bytes);
  return padded;
}
