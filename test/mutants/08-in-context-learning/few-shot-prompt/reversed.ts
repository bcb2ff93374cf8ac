// expect: wrong order
// Turns the order round.
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
  return shown.reverse().join("") + before + question + between.trimEnd();
}
