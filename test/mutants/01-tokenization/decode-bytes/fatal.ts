// expect: threw TypeError: The encoded data was not valid
// Throws where bytes are no UTF-8.
export function decodeBytes(ids: readonly number[], table: readonly (readonly number[])[]): string {
  const unknown = ids.find((id) => table[id] === undefined);
  if (unknown !== undefined) throw new RangeError(`unknown id ${unknown}`);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
  return decoder.decode(Uint8Array.from(ids.flatMap((id) => [...table[id]])));
}
