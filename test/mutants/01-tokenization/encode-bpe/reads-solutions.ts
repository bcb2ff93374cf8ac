// expect: threw Error: Access to this API has been restricted
// Looks for the answer on the disk.
import fs from "node:fs";
type Merge = readonly [string, string];

export function encodeBpe(word: string, merges: readonly Merge[]): string[] {
  const solutions = fs.readFileSync("../../solutions/01-tokenization.ts", "utf8");
  return [...word].slice(0, merges.length + solutions.length);
}
