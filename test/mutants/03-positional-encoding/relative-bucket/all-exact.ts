// expect: Each distance got a bucket of its own

export function relativeBucket(distance: number, buckets: number, _: number, bidirectional: boolean): number {
  const side = bidirectional ? Math.floor(buckets / 2) : buckets;
  const apart = bidirectional ? Math.abs(distance) : Math.max(0, -distance);
  return (bidirectional && distance > 0 ? side : 0) + Math.min(side - 1, apart);
}
