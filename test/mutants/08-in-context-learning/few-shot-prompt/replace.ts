// expect: String\.replace reads
// Trusts String.replace with any text.
interface Example {
  readonly text: string;
  readonly label: string;
}

export function fewShotPrompt(
  template: string,
  demonstrations: readonly Example[],
  question: string,
): string {
  const fill = (text: string, label: string): string =>
    template.replace("{text}", text).replace("{label}", label);
  return (
    demonstrations.map(({ text, label }) => fill(text, label) + "\n\n").join("") +
    fill(question, "").trimEnd()
  );
}
