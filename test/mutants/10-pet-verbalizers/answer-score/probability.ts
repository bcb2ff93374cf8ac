// expect: These are probabilities
// Undoes the logarithm.
export function answerScore(
  logits: readonly (readonly number[])[],
  answer: readonly number[],
  perToken: boolean,
): number {
  const sum = answer.reduce((total, token, k) => {
    const row = logits[k];
    const top = Math.max(...row);
    const all = row.reduce((powers, score) => powers + Math.exp(score - top), 0);
    return total + row[token] - top - Math.log(all);
  }, 0);
  return Math.exp(perToken ? sum / answer.length : sum);
}
