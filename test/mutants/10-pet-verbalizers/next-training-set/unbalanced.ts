// expect: without a number for each label
// Takes the surest of all.
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
  return others[0]
    .map((first, text) => {
      const mean = first.map(
        (_, l) => others.reduce((sum, model) => sum + model[text][l], 0) / others.length,
      );
      const label = mean.indexOf(Math.max(...mean));
      return { text, label, sure: mean[label] };
    })
    .sort((a, b) => b.sure - a.sure || a.text - b.text)
    .slice(
      0,
      wanted.reduce((sum, count) => sum + count, 0),
    )
    .map(({ text, label }) => ({ text, label }));
}
