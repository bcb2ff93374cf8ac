// expect: The share counts chains without an answer
// Divides by all chains.
interface Vote {
  readonly answer: number | undefined;
  readonly share: number;
}

export function majorityVote(answers: readonly (number | undefined)[]): Vote {
  const counts = new Map<number, number>();
  for (const answer of answers) if (answer !== undefined) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  let [winner, most, votes]: [number | undefined, number, number] = [undefined, 0, 0];
  for (const [answer, count] of counts) {
    votes += count;
    if (count > most) [winner, most] = [answer, count];
  }
  return { answer: winner, share: votes === 0 ? 0 : most / answers.length };
}
