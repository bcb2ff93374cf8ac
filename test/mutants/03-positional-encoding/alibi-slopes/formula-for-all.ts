// expect: formula for powers of two, used for all

export function alibiSlopes(nHead: number): number[] {
  return Array.from({ length: nHead }, (_, i) => 2 ** ((-8 * (i + 1)) / nHead));
}
