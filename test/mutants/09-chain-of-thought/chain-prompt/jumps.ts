// expect: jumped over
// Goes on after one that is too long.
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
    const text = `Q: ${shot.question}\nA: ${shot.chain} The answer is ${shot.answer}.\n\n`;
    if (text.length + prompt.length > limit) continue;
    prompt = text + prompt;
  }
  return prompt;
}
