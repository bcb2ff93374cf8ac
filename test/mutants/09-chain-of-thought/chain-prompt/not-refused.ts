// expect: must throw a RangeError
// Lets a question through that is too long.
interface Worked {
  readonly question: string;
  readonly chain: string;
  readonly answer: string;
}

export function chainPrompt(shots: readonly Worked[], question: string, limit: number): string {
  let prompt = `Q: ${question}\nA:`;
  for (const shot of [...shots].reverse()) {
    const text = `Q: ${shot.question}\nA: ${shot.chain} The answer is ${shot.answer}.\n\n`;
    if (text.length + prompt.length > limit) break;
    prompt = text + prompt;
  }
  return prompt;
}
