import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Speaker notes: a file for each chapter, its sections under the chapter's own headings. */
const chapters = join(__dirname, "..", "notebooks");
const folder = join(chapters, "notes");
const names = readdirSync(chapters)
  .filter((file) => /^\d\d-.+\.ts$/.test(file))
  .map((file) => file.replace(/\.ts$/, ""));

interface Section {
  readonly heading: string;
  readonly lines: readonly string[];
}
/** Sections begin with "## "; text before the first one would be lost on the way to the slides. */
function sectionsOf(markdown: string): Section[] {
  const [before, ...parts] = markdown.split(/^## /m);
  assert.equal(before, "", "something stands before the first heading");
  return parts.map((part) => {
    const [heading, ...lines] = part.trimEnd().split("\n");
    return { heading: heading!, lines: lines.filter((line) => line !== "") };
  });
}
const minutesOf = ({ lines }: Section): number => Number(/^\*(\d+) minutes\.\*$/.exec(lines[0] ?? "")?.[1]);
const bulletsOf = ({ lines }: Section): number => lines.filter((line) => line.startsWith("- ")).length;
const headingsOf = (source: string): string[] =>
  [...source.matchAll(/^\/\/ ## (.+)$/gm)].map(([, text]) => text!);

interface Notebook {
  readonly cells: readonly {
    readonly outputs?: readonly {
      readonly text?: readonly string[] | string;
      readonly data?: Readonly<Record<string, readonly string[] | string>>;
    }[];
  }[];
}
const joined = (text: readonly string[] | string | undefined): string => [text ?? ""].flat().join("");
/** What a chapter says and shows: its source, and the plain text of its executed outputs. */
function shownBy(name: string): string {
  const executed = JSON.parse(readFileSync(join(chapters, `${name}.ipynb`), "utf8")) as Notebook;
  const outputs = executed.cells
    .flatMap((cell) => cell.outputs ?? [])
    .map(({ text, data }) => `${joined(text)}\n${joined(data?.["text/plain"])}`);
  return [readFileSync(join(chapters, `${name}.ts`), "utf8"), ...outputs].join("\n");
}

const numberPattern = String.raw`(?<![\w.])\d+(?:,\d{3})*(?:\.\d+)?(?:e[-−]?\d+)?(?!\w|[.,]\d)`;
const valueOf = (written: string): number => Number(written.replaceAll(",", "").replace("−", "-"));
/** Numbers that a lecturer points at: fractions, powers of ten, numbers of four digits and more, numbers with a unit. */
function claimsOf(notes: string): string[] {
  const pattern = new RegExp(`(about\\s+)?(${numberPattern})( ?(?:%|×|nats|GiB|GFLOP))?`, "g");
  return [...notes.matchAll(pattern)]
    .filter(([, about]) => about === undefined) // a time, say: it differs from machine to machine
    .filter(([, , written, unit]) => unit !== undefined || /[.e]/.test(written!) || valueOf(written!) >= 1000)
    .map(([, , written]) => written!);
}
/** Whether one of these numbers is this one, as far as it is written out: 0.92 tells of 0.9176. */
function tells(written: string, values: readonly number[]): boolean {
  const value = valueOf(written);
  const decimals = /e/.test(written) ? undefined : (/\.(\d+)/.exec(written)?.[1]?.length ?? 0);
  return values.some((each) =>
    decimals === undefined ? each === value : Math.abs(each - value) <= 0.5001 * 10 ** -decimals,
  );
}

describe("speaker notes", () => {
  it("a claim is a number with a fraction, a unit or four digits; rounding is allowed, another number is not", () => {
    assert.deepEqual(claimsOf("4 heads, 0.92 of 1,024, 39 %, 2.3e−6, about\n  7.5 ms, 12 nats."), [
      "0.92",
      "1,024",
      "39",
      "2.3e−6",
      "12",
    ]);
    assert.ok(
      tells("0.92", [0.9176]) && tells("39", [39.4]) && tells("1,024", [1024]) && tells("2.3e−6", [2.3e-6]),
    );
    assert.ok(!tells("0.92", [0.913, 92]) && !tells("39", [39.6]) && !tells("2.3e−6", [2.4e-6]));
  });

  it("each chapter has notes, and each file belongs to a chapter", () => {
    assert.ok(names.length >= 12);
    assert.deepEqual(readdirSync(folder).sort(), names.map((name) => `${name}.md`).sort());
  });

  for (const name of names.filter((each) => existsSync(join(folder, `${each}.md`)))) {
    const notes = readFileSync(join(folder, `${name}.md`), "utf8");
    it(`${name}: the headings are the chapter's, in its order`, () => {
      const all = headingsOf(readFileSync(join(chapters, `${name}.ts`), "utf8"));
      const used = sectionsOf(notes).map(({ heading }) => heading);
      assert.deepEqual(
        used,
        all.filter((heading) => used.includes(heading)),
      );
      assert.ok(used.length >= all.length - 2, `${all.length - used.length} sections without notes`);
    });

    it(`${name}: each section begins with its minutes, and they fit the lecture that the first one names`, () => {
      const sections = sectionsOf(notes);
      for (const section of sections) {
        assert.ok(minutesOf(section) >= 1, `"${section.heading}" does not begin with "*N minutes.*"`);
        const bullets = bulletsOf(section);
        assert.ok(bullets >= 3 && bullets <= 8, `"${section.heading}" has ${bullets} bullets`);
      }
      const first = sections[0]!.lines.join(" ");
      const [, lecture, used] = /lecture of (45|90) minutes.*?the notes use (\d+)/.exec(first) ?? [];
      const sum = sections.reduce((total, section) => total + minutesOf(section), 0);
      assert.equal(sum, Number(used));
      assert.ok(sum <= Number(lecture), `${sum} minutes do not fit ${lecture}`);
    });

    it(`${name}: every number to point at stands in the chapter`, () => {
      const values = [...shownBy(name).matchAll(new RegExp(numberPattern, "g"))].map(([written]) =>
        valueOf(written),
      );
      const claims = claimsOf(notes);
      assert.ok(claims.length >= 3);
      const unknown = claims.filter((written) => !tells(written, values));
      assert.deepEqual(unknown, [], `${name}.md: not in the chapter's source or outputs`);
    });

    it(`${name}: lines of at most 120 characters`, () => {
      assert.deepEqual(
        notes.split("\n").filter((line) => line.length > 120),
        [],
      );
    });
  }
});
