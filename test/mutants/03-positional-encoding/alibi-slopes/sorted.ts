// expect: but sorted

export function alibiSlopes(nHead: number): number[] {
  const powers = (n: number): number[] => Array.from({ length: n }, (_, i) => 2 ** ((-8 * (i + 1)) / n));
  const lower = 2 ** Math.floor(Math.log2(nHead));
  const between = powers(2 * lower).filter((_, i) => i % 2 === 0);
  return [...powers(lower), ...between.slice(0, nHead - lower)].sort((a, b) => b - a);
}
