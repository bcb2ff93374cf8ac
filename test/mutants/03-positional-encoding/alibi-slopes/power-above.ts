// expect: slopes of the power above were taken

export function alibiSlopes(nHead: number): number[] {
  const powers = (n: number): number[] => Array.from({ length: n }, (_, i) => 2 ** ((-8 * (i + 1)) / n));
  const lower = 2 ** Math.floor(Math.log2(nHead));
  return powers(lower === nHead ? lower : 2 * lower).slice(0, nHead);
}
