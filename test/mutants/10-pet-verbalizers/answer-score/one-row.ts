// expect: scored by row 0
// Asks the prompt alone.
export function answerScore(
  logits: readonly (readonly number[])[],
  answer: readonly number[],
  perToken: boolean,
): number {
  const sum = answer.reduce((total, token) => {
    const row = logits[0];
    const top = Math.max(...row);
    const all = row.reduce((powers, score) => powers + Math.exp(score - top), 0);
    return total + row[token] - top - Math.log(all);
  }, 0);
  return perToken ? sum / answer.length : sum;
}
