// expect: taken from the front
// Cuts the other end.
interface Stretch {
  readonly ids: readonly number[];
  readonly shorten: boolean;
}
export function shortenPrompt(stretches: readonly Stretch[], room: number): number[] {
  const keep = stretches.map(({ ids }) => ids.length);
  const total = (): number => keep.reduce((sum, count) => sum + count, 0);
  while (total() > room) {
    let longest = -1;
    for (const [i, { shorten }] of stretches.entries())
      if (shorten && keep[i] > 0 && (longest < 0 || keep[i] >= keep[longest])) longest = i;
    if (longest < 0) throw new RangeError("too long");
    keep[longest]--;
  }
  return stretches.flatMap(({ ids }, i) => ids.slice(ids.length - keep[i]));
}
