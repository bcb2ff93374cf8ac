// expect: The wrong row judges
// Asks the row after.
export function answerScore(
  logits: readonly (readonly number[])[],
  answer: readonly number[],
  perToken: boolean,
): number {
  const sum = answer.reduce((total, token, k) => {
    const row = logits[k + 1] ?? logits[k];
    const top = Math.max(...row);
    const all = row.reduce((powers, score) => powers + Math.exp(score - top), 0);
    return total + row[token] - top - Math.log(all);
  }, 0);
  return perToken ? sum / answer.length : sum;
}
