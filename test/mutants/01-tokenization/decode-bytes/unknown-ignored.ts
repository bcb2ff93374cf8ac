// expect: a RangeError that names the id 9999
// Passes over ids that the table has not.

export function decodeBytes(ids: readonly number[], table: readonly (readonly number[])[]): string {
  const bytes = ids.flatMap((id) => [...(table[id] ?? [])]);
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}
