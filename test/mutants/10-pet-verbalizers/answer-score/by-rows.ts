// expect: Divided by the number of rows
// Counts rows, not tokens.
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
  return perToken ? sum / logits.length : sum;
}
