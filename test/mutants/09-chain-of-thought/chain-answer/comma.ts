// expect: Commas between thousands were not read
// Digits only.
export function chainAnswer(text: string): number | undefined {
  const number = /(?:(?<!\w)-)?\$?\d+(?:\.\d+)?/g;
  const trigger = "the answer is";
  const at = text.toLowerCase().lastIndexOf(trigger);
  const found = (at < 0 ? text : text.slice(at + trigger.length)).match(number) ?? [];
  const chosen = at < 0 ? found[found.length - 1] : found[0];
  return chosen === undefined ? undefined : Number(chosen.replace(/[$,]/g, ""));
}
