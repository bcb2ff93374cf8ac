// expect: All tokens of the text were counted
// Asks no token.
export function inductionGuess(ids: readonly number[], vocabSize: number): number[] {
  const votes = new Array<number>(vocabSize).fill(0);
  let total = 0;
  for (let place = 0; place < ids.length - 1; place++) {
    votes[ids[place + 1]]++;
    total++;
  }
  return votes.map((count) => (total === 0 ? 1 / vocabSize : count / total));
}
