// expect: are the slopes of 8 heads

export function alibiSlopes(nHead: number): number[] {
  return Array.from({ length: nHead }, (_, i) => 2 ** -(i + 1));
}
