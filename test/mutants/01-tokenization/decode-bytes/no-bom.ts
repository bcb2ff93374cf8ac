// expect: byte order mark \(U\+FEFF\) at the start is gone
// TextDecoder drops a byte order mark unless told otherwise.

export function decodeBytes(ids: readonly number[], table: readonly (readonly number[])[]): string {
  const bytes: number[] = [];
  for (const id of ids) {
    if (table[id] === undefined) throw new RangeError(`id ${id} is not in the table`);
    bytes.push(...table[id]);
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
