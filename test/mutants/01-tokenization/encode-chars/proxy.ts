// expect: a Proxy
// The right ids, behind a Proxy that could change its mind at each look.
export function encodeChars(text: string, vocabulary: readonly string[]): number[] {
  const ids = [...text].map((character) => Math.max(0, vocabulary.indexOf(character)));
  return new Proxy(ids, { get: (target, key) => Reflect.get(target, key) as unknown });
}
