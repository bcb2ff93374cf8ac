// expect: grows beyond the table

export function relativeBucket(
  distance: number,
  buckets: number,
  maxDistance: number,
  bidirectional: boolean,
): number {
  const side = bidirectional ? Math.floor(buckets / 2) : buckets;
  const start = bidirectional && distance > 0 ? side : 0;
  const apart = bidirectional ? Math.abs(distance) : Math.max(0, -distance);
  const exact = Math.floor(side / 2);
  if (apart < exact) return start + apart;
  const share = Math.log(apart / exact) / Math.log(maxDistance / exact);
  return start + exact + Math.floor(share * (side - exact));
}
