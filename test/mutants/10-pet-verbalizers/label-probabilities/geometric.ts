// expect: geometric mean
// Averages logarithms.
export function labelProbabilities(wordLogProbs: readonly (readonly number[])[]): number[] {
  const top = Math.max(...wordLogProbs.flat());
  const means = wordLogProbs.map((words) =>
    Math.exp(words.reduce((sum, word) => sum + word - top, 0) / words.length),
  );
  const total = means.reduce((sum, mean) => sum + mean, 0);
  return means.map((mean) => mean / total);
}
