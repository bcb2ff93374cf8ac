// expect: cuts at EVERY "="
// Splits.
type Ablation = "equation" | "dots" | "after";

export function ablate(line: string, form: Ablation): string {
  const [asked, chain] = line.split("=");
  const answer = line.split("#")[1];
  if (form === "equation") return `${asked}=${asked}#${answer}`;
  if (form === "dots") return `${asked}=${".".repeat(chain.length)}#${answer}`;
  return `${asked}=#${answer} ${chain}`;
}
