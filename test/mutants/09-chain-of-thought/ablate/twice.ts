// expect: its "=" is there twice
// Repeats the whole question.
type Ablation = "equation" | "dots" | "after";

export function ablate(line: string, form: Ablation): string {
  const [equals, hash] = [line.indexOf("="), line.indexOf("#")];
  const [asked, chain, answer] = [line.slice(0, equals), line.slice(equals + 1, hash), line.slice(hash + 1)];
  if (form === "equation") return `${asked}=${asked}=#${answer}`;
  if (form === "dots") return `${asked}=${".".repeat(chain.length)}#${answer}`;
  return `${asked}=#${answer} ${chain}`;
}
