/**
 * One line on a terminal that says what takes long; the next one, or "", takes its place. On the error output, so that
 * results stay apart; where that is a file, nothing is written.
 */
export function status(text: string): void {
  // What a program wrote since on this line must not be wiped away.
  if (!process.stderr.isTTY || (text === "" && !shown)) return;
  process.stderr.write(`\r\u001b[K${text}`);
  shown = text !== "";
}
let shown = false;

/** "64 tokens, 21.3 tokens/s after the first, which took 0.42 s". */
export function speed(tokens: number, firstSeconds: number, tokensPerSecond: number): string {
  const count = `${tokens} ${tokens === 1 ? "token" : "tokens"}`;
  const rate =
    tokensPerSecond > 0 ? `${tokensPerSecond.toFixed(1)} tokens/s after the first, which took` : "in";
  return `${count}, ${rate} ${firstSeconds.toFixed(2)} s`;
}
