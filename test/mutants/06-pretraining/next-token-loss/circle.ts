// expect: last row was asked for the first id
// Takes the text for a circle.
const IGNORE = -100;

export function nextTokenLoss(logits: readonly (readonly number[])[], ids: readonly number[]): number {
  let sum = 0;
  let counted = 0;
  for (let t = 0; t < ids.length; t++) {
    const label = ids[(t + 1) % ids.length];
    if (label === IGNORE) continue;
    const row = logits[t];
    const top = Math.max(...row);
    const total = row.reduce((powers, score) => powers + Math.exp(score - top), 0);
    sum += top + Math.log(total) - row[label];
    counted++;
  }
  return counted === 0 ? 0 : sum / counted;
}
