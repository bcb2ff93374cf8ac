// expect: The last number of the text was taken
// Never asks for the trigger.
export function chainAnswer(text: string): number | undefined {
  const number = /(?:(?<!\w)-)?\$?\d+(?:,\d{3})*(?:\.\d+)?/g;
  const trigger = "the answer is";
  const at = -1;
  const found = (at < 0 ? text : text.slice(at + trigger.length)).match(number) ?? [];
  const chosen = at < 0 ? found[found.length - 1] : found[0];
  return chosen === undefined ? undefined : Number(chosen.replace(/[$,]/g, ""));
}
