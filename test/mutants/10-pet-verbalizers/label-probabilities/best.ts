// expect: Only the likeliest word
// Takes the likeliest word.
export function labelProbabilities(wordLogProbs: readonly (readonly number[])[]): number[] {
  const top = Math.max(...wordLogProbs.flat());
  const means = wordLogProbs.map((words) => Math.exp(Math.max(...words) - top));
  const total = means.reduce((sum, mean) => sum + mean, 0);
  return means.map((mean) => mean / total);
}
