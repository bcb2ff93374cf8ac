// expect: a Promise that never settles
// Waits for ever.
export function decodeBytes(ids: readonly number[], table: readonly (readonly number[])[]): Promise<string> {
  return new Promise(() => undefined);
}
