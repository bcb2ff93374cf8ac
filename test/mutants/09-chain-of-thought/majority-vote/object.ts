// expect: SMALLEST answer won|The winner is a text
// Counts in an object.
interface Vote {
  readonly answer: number | undefined;
  readonly share: number;
}

export function majorityVote(answers: readonly (number | undefined)[]): Vote {
  const counts: Record<number, number> = {};
  for (const answer of answers) if (answer !== undefined) counts[answer] = (counts[answer] ?? 0) + 1;
  let [winner, most, votes]: [number | undefined, number, number] = [undefined, 0, 0];
  for (const [answer, count] of Object.entries(counts)) {
    votes += count;
    if (count > most) [winner, most] = [Number(answer), count];
  }
  return { answer: winner, share: votes === 0 ? 0 : most / votes };
}
