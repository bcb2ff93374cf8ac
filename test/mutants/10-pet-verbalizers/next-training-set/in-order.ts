// expect: Texts were taken in their order
// Does not sort.
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
  const found = others[0].map((first, text) => {
    const mean = first.map((_, l) => others.reduce((sum, model) => sum + model[text][l], 0) / others.length);
    const label = mean.indexOf(Math.max(...mean));
    return { text, label, probability: mean[label] };
  });
  return wanted.flatMap((count, l) =>
    found
      .filter(({ label }) => label === l)
      .sort((a, b) => a.text - b.text)
      .slice(0, count)
      .map(({ text, label }) => ({ text, label })),
  );
}
