// expect: as many heads of keys as of queries
interface CacheShape {
  readonly nLayer: number;
  readonly nHead: number;
  readonly nKvHead?: number;
  readonly headDim: number;
}

export function kvCacheBytes(shape: CacheShape, batch: number, places: number, bytes: number): number {
  return 2 * shape.nLayer * batch * places * (shape.nKvHead as number) * shape.headDim * bytes;
}
