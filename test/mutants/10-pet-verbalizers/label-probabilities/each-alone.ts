// expect: went over the words of each label alone
// Normalises inside of each label.
export function labelProbabilities(wordLogProbs: readonly (readonly number[])[]): number[] {
  const means = wordLogProbs.map((words) => {
    const top = Math.max(...words);
    const powers = words.map((word) => Math.exp(word - top));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.reduce((sum, power) => sum + power / total, 0) / words.length;
  });
  const total = means.reduce((sum, mean) => sum + mean, 0);
  return means.map((mean) => mean / total);
}
