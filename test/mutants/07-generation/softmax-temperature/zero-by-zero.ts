// expect: Temperature 0 needs an answer of its own
// Has no case for 0.
export function softmaxTemperature(logits: readonly number[], temperature: number): number[] {
  if (!(temperature >= 0)) throw new RangeError(`The temperature must be 0 or more, not ${temperature}`);
  const top = Math.max(...logits);
  const powers = logits.map((score) => Math.exp((score - top) / temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
