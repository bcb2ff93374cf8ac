// expect: The spaces of the chain stayed
// Spaces are no dots.
type Ablation = "equation" | "dots" | "after";

export function ablate(line: string, form: Ablation): string {
  const [equals, hash] = [line.indexOf("="), line.indexOf("#")];
  const [asked, chain, answer] = [line.slice(0, equals), line.slice(equals + 1, hash), line.slice(hash + 1)];
  if (form === "equation") return `${asked}=${asked}#${answer}`;
  if (form === "dots") return `${asked}=${chain.replace(/\S/g, ".")}#${answer}`;
  return `${asked}=#${answer} ${chain}`;
}
