// expect: equal scores shared
// Gives all of the best the same.
export function softmaxTemperature(logits: readonly number[], temperature: number): number[] {
  if (!(temperature >= 0)) throw new RangeError(`The temperature must be 0 or more, not ${temperature}`);
  const top = Math.max(...logits);
  if (temperature === 0) {
    const best = logits.filter((score) => score === top).length;
    return logits.map((score) => (score === top ? 1 / best : 0));
  }
  const powers = logits.map((score) => Math.exp((score - top) / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
