// expect: exp\(10,000\) is Infinity
// Takes nothing away before exp.
export function answerScore(
  logits: readonly (readonly number[])[],
  answer: readonly number[],
  perToken: boolean,
): number {
  const sum = answer.reduce((total, token, k) => {
    const row = logits[k];
    const top = 0;
    const all = row.reduce((powers, score) => powers + Math.exp(score - top), 0);
    return total + row[token] - top - Math.log(all);
  }, 0);
  return perToken ? sum / answer.length : sum;
}
