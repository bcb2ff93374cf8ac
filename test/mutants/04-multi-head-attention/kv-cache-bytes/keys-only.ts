// expect: There are keys AND values
interface CacheShape {
  readonly nLayer: number;
  readonly nHead: number;
  readonly nKvHead?: number;
  readonly headDim: number;
}

export function kvCacheBytes(shape: CacheShape, batch: number, places: number, bytes: number): number {
  return shape.nLayer * batch * places * (shape.nKvHead ?? shape.nHead) * shape.headDim * bytes;
}
