// expect: the whole prompt was cut at its end|The whole prompt was cut at its end
// Cuts the pattern off.
interface Stretch {
  readonly ids: readonly number[];
  readonly shorten: boolean;
}
export function shortenPrompt(stretches: readonly Stretch[], room: number): number[] {
  const must = stretches.filter(({ shorten }) => !shorten).flatMap(({ ids }) => ids);
  if (must.length > room) throw new RangeError("too long");
  return stretches.flatMap(({ ids }) => ids).slice(0, room);
}
