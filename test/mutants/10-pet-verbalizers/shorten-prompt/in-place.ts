// expect: changed its input
// Pops tokens off the lists that were given.
interface Stretch {
  readonly ids: readonly number[];
  readonly shorten: boolean;
}
export function shortenPrompt(stretches: readonly Stretch[], room: number): number[] {
  const total = (): number => stretches.reduce((sum, { ids }) => sum + ids.length, 0);
  while (total() > room) {
    let longest: Stretch | undefined;
    for (const each of stretches)
      if (each.shorten && each.ids.length > 0 && (!longest || each.ids.length >= longest.ids.length))
        longest = each;
    if (!longest) throw new RangeError("too long");
    (longest.ids as number[]).pop();
  }
  return stretches.flatMap(({ ids }) => ids);
}
