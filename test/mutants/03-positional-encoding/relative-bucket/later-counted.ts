// expect: keys after the query count as distance 0

export function relativeBucket(
  distance: number,
  buckets: number,
  maxDistance: number,
  bidirectional: boolean,
): number {
  const side = bidirectional ? Math.floor(buckets / 2) : buckets;
  const start = bidirectional && distance > 0 ? side : 0;
  const apart = Math.abs(distance);
  const exact = Math.floor(side / 2);
  if (apart < exact) return start + apart;
  const share = Math.log(apart / exact) / Math.log(maxDistance / exact);
  return start + Math.min(side - 1, exact + Math.floor(share * (side - exact)));
}
