// expect: that is Latin-1
// Makes a character of each byte.

export function decodeBytes(ids: readonly number[], table: readonly (readonly number[])[]): string {
  return ids
    .map((id) => {
      if (table[id] === undefined) throw new RangeError(`id ${id} is not in the table`);
      return String.fromCharCode(...table[id]);
    })
    .join("");
}
