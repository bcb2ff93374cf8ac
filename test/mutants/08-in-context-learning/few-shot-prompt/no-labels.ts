// expect: have no labels
// Shows texts alone.
interface Example {
  readonly text: string;
  readonly label: string;
}

export function fewShotPrompt(
  template: string,
  demonstrations: readonly Example[],
  question: string,
): string {
  const [before, rest] = template.split("{text}");
  const [between] = rest.split("{label}");
  const shown = demonstrations.map(({ text, label }) => before + text + between + "\n\n");
  return shown.join("") + before + question + between.trimEnd();
}
