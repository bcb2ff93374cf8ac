// expect: perToken has no effect
// Never divides.
export function answerScore(
  logits: readonly (readonly number[])[],
  answer: readonly number[],
  _perToken: boolean,
): number {
  const sum = answer.reduce((total, token, k) => {
    const row = logits[k];
    const top = Math.max(...row);
    const all = row.reduce((powers, score) => powers + Math.exp(score - top), 0);
    return total + row[token] - top - Math.log(all);
  }, 0);
  return sum;
}
