// expect: The chain is missing
// Standard prompting.
interface Worked {
  readonly question: string;
  readonly chain: string;
  readonly answer: string;
}

export function chainPrompt(shots: readonly Worked[], question: string, limit: number): string {
  let prompt = `Q: ${question}\nA:`;
  if (prompt.length > limit)
    throw new RangeError(`The question takes ${prompt.length} characters, the limit is ${limit}`);
  for (const shot of [...shots].reverse()) {
    const text = `Q: ${shot.question}\nA: The answer is ${shot.answer}.\n\n`;
    if (text.length + prompt.length > limit) break;
    prompt = text + prompt;
  }
  return prompt;
}
