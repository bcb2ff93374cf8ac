// expect: not its most probable one
// Takes texts for any label.
interface Labelled {
  readonly text: number;
  readonly label: number;
}
export function nextTrainingSet(
  probabilities: readonly (readonly (readonly number[])[])[],
  own: number,
  wanted: readonly number[],
): Labelled[] {
  const others = probabilities.filter((_, m) => m !== own);
  return wanted.flatMap((count, label) =>
    others[0]
      .map((_, text) => ({
        text,
        label,
        sure: others.reduce((sum, model) => sum + model[text][label], 0) / others.length,
      }))
      .sort((a, b) => b.sure - a.sure || a.text - b.text)
      .slice(0, count)
      .map(({ text }) => ({ text, label })),
  );
}
