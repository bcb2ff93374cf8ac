// expect: 0 / 0 is NaN
// Divides 0 by 0.
export function inductionGuess(ids: readonly number[], vocabSize: number): number[] {
  const last = ids[ids.length - 1];
  const votes = new Array<number>(vocabSize).fill(0);
  let total = 0;
  for (let place = 0; place < ids.length - 1; place++) {
    if (ids[place] !== last) continue;
    votes[ids[place + 1]]++;
    total++;
  }
  return votes.map((count) => count / total);
}
