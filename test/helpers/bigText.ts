import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { corpora } from "./corpora";
import { mixedText } from "./mixedText";

const nodeModules = join(__dirname, "..", "..", "node_modules");

/** Places where splits and merges go wrong: runs, contractions, digits, controls, joined emoji, long lines. */
const edges = [
  ..."\0\t\n\r \u00a0\u2028\u3000\ufeff", // controls, spaces of several kinds, a byte order mark
  ...[1, 2, 3, 5, 17, 300].flatMap((n) => [" ", "\n", "\r\n", "\t", "a", "é", "中", "🙂", "1", "."].map((c) => c.repeat(n))),
  ..."I'm you're HE'LL we'D it's 'tis O'Neil ''S 'ſ don’t".split(" "),
  ..."0 12 123 1234 12345 1,234,567.89 ١٢٣ Ⅷ ½ x² 2026-11-24T09:48:00Z".split(" "),
  ..."👩‍🚀 👨‍👩‍👧‍👦 👍🏽 🇫🇷🇯🇵 ❤️‍🔥 e\u0301 Å\u030a 한국어 ไทย हिन्दी עברית العربية".split(" "),
  ..."camelCase PascalCase SHOUTING snake_case XMLHttpRequest iOS eBay McDonald ǅungla ʰa".split(" "),
  "<|endoftext|>",
  "  indented\n\n\n    more\t\tand trailing   ",
]; // prettier-ignore

/** All the edges in all pairs, with and without a space between. */
function edgeText(): string {
  return edges.flatMap((a) => edges.slice(0, 90).flatMap((b) => [a, b, " ", a, " ", b])).join("");
}

/** Over 10 MB of text of many kinds that every set-up has, each with its name. All of it is well-formed. */
export function bigText(): { readonly name: string; readonly text: string }[] {
  const typescript = join(nodeModules, "typescript", "lib");
  const languages = readdirSync(typescript, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const messages = languages.map(({ name }) => {
    const text = readFileSync(join(typescript, name, "diagnosticMessages.generated.json"), "utf8");
    return { name: `compiler messages, ${name}`, text };
  });
  const readmes = readdirSync(nodeModules)
    .sort()
    .flatMap((name) => {
      try {
        return [readFileSync(join(nodeModules, name, "README.md"), "utf8")];
      } catch {
        return []; // a package without one
      }
    });
  return [
    ...Object.entries(corpora).map(([name, text]) => ({ name, text: text() })),
    ...messages,
    { name: "package READMEs", text: readmes.join("\n") },
    {
      name: "source code",
      text: readFileSync(join(typescript, "typescript.js"), "utf8").slice(0, 1_500_000),
    },
    { name: "edges", text: edgeText() },
    { name: "random scripts", text: mixedText(11, 150_000) },
  ].map(({ name, text }) => ({ name, text: text.replace(/\p{Surrogate}/gu, "\ufffd") }));
}
