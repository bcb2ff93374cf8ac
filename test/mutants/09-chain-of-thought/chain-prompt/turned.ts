// expect: in the wrong order
// Puts each demonstration at the end of the others.
interface Worked {
  readonly question: string;
  readonly chain: string;
  readonly answer: string;
}

export function chainPrompt(shots: readonly Worked[], question: string, limit: number): string {
  const prompt = `Q: ${question}\nA:`;
  if (prompt.length > limit)
    throw new RangeError(`The question takes ${prompt.length} characters, the limit is ${limit}`);
  let shown = "";
  for (const shot of [...shots].reverse()) {
    const text = `Q: ${shot.question}\nA: ${shot.chain} The answer is ${shot.answer}.\n\n`;
    if (text.length + shown.length + prompt.length > limit) break;
    shown += text;
  }
  return shown + prompt;
}
