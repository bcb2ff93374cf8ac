// expect: The question came first
// The question before the demonstrations.
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
  const shown = demonstrations.map(({ text, label }) => before + text + between + label + "\n\n");
  return before + question + between.trimEnd() + "\n\n" + shown.join("");
}
