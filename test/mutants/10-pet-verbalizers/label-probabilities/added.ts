// expect: were ADDED
// Sums up the words.
export function labelProbabilities(wordLogProbs: readonly (readonly number[])[]): number[] {
  const top = Math.max(...wordLogProbs.flat());
  const means = wordLogProbs.map((words) => words.reduce((sum, word) => sum + Math.exp(word - top), 0));
  const total = means.reduce((sum, mean) => sum + mean, 0);
  return means.map((mean) => mean / total);
}
