// expect: not 0
// Gives 0 where nothing is known.
export function inductionGuess(ids: readonly number[], vocabSize: number): number[] {
  const last = ids[ids.length - 1];
  const votes = new Array<number>(vocabSize).fill(0);
  let total = 0;
  for (let place = 0; place < ids.length - 1; place++) {
    if (ids[place] !== last) continue;
    votes[ids[place + 1]]++;
    total++;
  }
  return votes.map((count) => (total === 0 ? 0 : count / total));
}
