// expect: means, which do not add up to 1
// Forgets the last step.
export function labelProbabilities(wordLogProbs: readonly (readonly number[])[]): number[] {
  const top = Math.max(...wordLogProbs.flat());
  const all = wordLogProbs.flat().reduce((sum, word) => sum + Math.exp(word - top), 0);
  return wordLogProbs.map(
    (words) => words.reduce((sum, word) => sum + Math.exp(word - top) / all, 0) / words.length,
  );
}
