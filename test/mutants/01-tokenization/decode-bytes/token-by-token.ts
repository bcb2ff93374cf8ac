// expect: Each token was decoded on its own
// Decodes each token on its own.

export function decodeBytes(ids: readonly number[], table: readonly (readonly number[])[]): string {
  return ids
    .map((id) => {
      if (table[id] === undefined) throw new RangeError(`id ${id} is not in the table`);
      return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(table[id]));
    })
    .join("");
}
