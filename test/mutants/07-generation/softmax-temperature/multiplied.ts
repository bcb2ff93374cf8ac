// expect: multiplied by the temperature
// Multiplies.
export function softmaxTemperature(logits: readonly number[], temperature: number): number[] {
  if (!(temperature >= 0)) throw new RangeError(`The temperature must be 0 or more, not ${temperature}`);
  const top = Math.max(...logits);
  if (temperature === 0) {
    const best = logits.indexOf(top);
    return logits.map((_, id) => (id === best ? 1 : 0));
  }
  const powers = logits.map((score) => Math.exp((score - top) * temperature));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
