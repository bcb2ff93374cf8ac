/** In a browser there is no XLA. */
export function optimizedText(): Promise<string> {
  return Promise.reject(new Error("A browser has no XLA. Cure: call it in Node"));
}
