// expect: was taken for the template
// Fills the text first, and looks for the label's slot in it.
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
    template.replace("{text}", () => text).replace("{label}", () => label);
  return (
    demonstrations.map(({ text, label }) => fill(text, label) + "\n\n").join("") +
    fill(question, "").trimEnd()
  );
}
