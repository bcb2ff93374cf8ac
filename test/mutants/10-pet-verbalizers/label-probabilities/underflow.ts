// expect: exp\(-1000\) is 0
// Takes nothing away before exp.
export function labelProbabilities(wordLogProbs: readonly (readonly number[])[]): number[] {
  const means = wordLogProbs.map(
    (words) => words.reduce((sum, word) => sum + Math.exp(word), 0) / words.length,
  );
  const total = means.reduce((sum, mean) => sum + mean, 0);
  return means.map((mean) => mean / total);
}
