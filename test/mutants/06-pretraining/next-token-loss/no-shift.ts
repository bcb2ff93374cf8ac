// expect: No shift|labels are not shifted
// Asks for the token that was just read.
const IGNORE = -100;

export function nextTokenLoss(logits: readonly (readonly number[])[], ids: readonly number[]): number {
  let sum = 0;
  let counted = 0;
  for (let t = 0; t + 1 < ids.length; t++) {
    const label = ids[t];
    if (label === IGNORE) continue;
    const row = logits[t];
    const top = Math.max(...row);
    const total = row.reduce((powers, score) => powers + Math.exp(score - top), 0);
    sum += top + Math.log(total) - row[label];
    counted++;
  }
  return counted === 0 ? 0 : sum / counted;
}
