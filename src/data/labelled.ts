/** Texts with labels: the classification sets of datasets/ as rows. */
import { parseCsv } from "./csv";

export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

/**
 * Sentiment Labelled Sentences (Kotzias et al. 2015): a sentence, a tab, 0 or 1 a line. Quotes that a table program put
 * around a sentence, and doubled inside it, are taken off.
 * @returns rows with the label "negative" or "positive"
 * @throws SyntaxError that names the line
 */
export function parseSentiment(file: string): LabelledText[] {
  return linesOf(file).map(({ line, number }) => {
    const found = /^(.*)\t([01])$/.exec(line);
    const text = found ? unquoted(found[1] as string) : "";
    if (!found || text === "")
      throw new SyntaxError(`line ${number}: a sentence, a tab and 0 or 1 were expected, got "${line}"`);
    return { text, label: found[2] === "1" ? "positive" : "negative" };
  });
}

/**
 * SMS Spam Collection (Almeida et al. 2011): "ham" or "spam", a tab, the message a line; a heading may come first.
 * @throws SyntaxError that names the line
 */
export function parseSms(file: string): LabelledText[] {
  return linesOf(file)
    .filter(({ line, number }) => !(number === 1 && line === "Label\tSMS"))
    .map(({ line, number }) => {
      const [, label, text = ""] = /^(ham|spam)\t(.+)$/.exec(line) ?? [];
      if (label === undefined || text.trim() === "")
        throw new SyntaxError(
          `line ${number}: "ham" or "spam", a tab and a message were expected, got "${line}"`,
        );
      return { text: text.trim(), label };
    });
}

/**
 * BANKING77 (Casanueva et al. 2020): a table with the heading `text,category`.
 * @param labels the intents that there are
 * @throws SyntaxError that names the row
 */
export function parseBanking(csv: string, labels: readonly string[]): LabelledText[] {
  const known = new Set(labels);
  const [head, ...rows] = parseCsv(csv);
  if (head?.join() !== "text,category")
    throw new SyntaxError(`row 1: the heading text,category was expected, got "${head?.join() ?? ""}"`);
  return rows.map((fields, i) => {
    const [text = "", label = ""] = fields.map((field) => field.trim());
    if (fields.length !== 2 || text === "" || !known.has(label))
      throw new SyntaxError(`row ${i + 2}: a text and one of ${known.size} categories were expected, got "${fields.join()}"`); // prettier-ignore
    return { text, label };
  });
}

/** Lines that are not empty, with their numbers from 1. */
function linesOf(file: string): { line: string; number: number }[] {
  return file
    .split(/\r?\n/)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== "");
}

/** Without the quotes of a table: one at the start, doubled ones inside, and one at the end that nothing opened. */
function unquoted(field: string): string {
  const inner = /^"(.*)"$/.exec(field)?.[1] ?? field;
  const text = inner.replaceAll('""', '"').trim();
  const open = text.split('"').length % 2 === 0;
  return open && text.endsWith('"') ? text.slice(0, -1).trim() : text;
}
