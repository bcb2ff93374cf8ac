// expect: A decoder with \{ stream: true \} keeps them back
// Decodes as a stream and never asks for the rest.

export function decodeBytes(ids: readonly number[], table: readonly (readonly number[])[]): string {
  const bytes: number[] = [];
  for (const id of ids) {
    const token = table[id];
    if (token === undefined) throw new RangeError(`id ${id} is not in the table of ${table.length} tokens`);
    for (const byte of token) bytes.push(byte);
  }
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes), { stream: true });
}
