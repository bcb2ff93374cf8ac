// expect: in the whole vocabulary
// Leaves probabilities as they are.
export function labelProbabilities(wordLogProbs: readonly (readonly number[])[]): number[] {
  return wordLogProbs.map((words) => words.reduce((sum, word) => sum + Math.exp(word), 0) / words.length);
}
