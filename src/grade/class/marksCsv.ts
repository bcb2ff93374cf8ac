import { parseCsv } from "../../data/csv";
import { cellValue, csvText } from "./csv";
import { closest } from "./closest";
import { Mark, type Markable } from "./marks";

/** Marks as a table, for those who mark in a spreadsheet. */

const COLUMNS = ["learner", "question", "title", "points", "max", "comment", "by", "at"] as const;
const NEEDED = ["learner", "question", "points"] as const;

export interface MarkRow {
  readonly learner: string;
  readonly question: string;
}

/** One row for each of `rows`, with its mark where there is one: an empty cell of points waits to be filled in. */
export function marksToCsv(
  rows: readonly MarkRow[],
  marks: readonly Mark[],
  questions: readonly (Markable["questions"][number] & { readonly title: string })[],
): string {
  const body = rows.map(({ learner, question }) => {
    const mark = marks.find((one) => one.learner === learner && one.question === question);
    const asked = questions.find(({ id }) => id === question);
    return [learner, question, asked?.title, mark?.points, asked?.max, mark?.comment, mark?.by, mark?.at];
  });
  return csvText([COLUMNS, ...body]);
}

/**
 * The marks of a table with a heading; columns may come in any order, and rows without points are passed over. Tables
 * of spreadsheets that write ";" between cells and a comma in numbers are read, too.
 * @param rest what each mark gets where its row does not say it
 * @throws SyntaxError naming the line, the column and the cure
 */
export function marksFromCsv(text: string, file: string, rest: Pick<Mark, "by" | "at"> = {}): Mark[] {
  const plain = text.replace(/^\uFEFF/, "").replace(/\r(?!\n)/g, "\n");
  const heading = plain.slice(0, plain.search(/\n|$/));
  const semicolons = !heading.includes(",") && heading.includes(";");
  const [names = [], ...rows] = read(plain, semicolons ? ";" : ",", file);
  const columns = names.map((name) => name.trim().toLowerCase());
  const missing = NEEDED.find((name) => !columns.includes(name));
  if (missing !== undefined)
    throw new SyntaxError(
      `${file}, line 1: there is no column "${missing}".${closest(missing, columns)} The first line names the columns: ` +
        `${COLUMNS.join(", ")}.`,
    );
  return rows.flatMap((row, i) => {
    const cell = (name: string): string => cellValue(row[columns.indexOf(name)] ?? "").trim();
    if (cell("points") === "") return [];
    const number = semicolons ? cell("points").replace(",", ".") : cell("points");
    const points = /^\d+(\.\d+)?$/.test(number) ? Number(number) : NaN;
    const place = `${file}, row ${i + 2}`;
    if (Number.isNaN(points))
      throw new SyntaxError(`${place}: "${cell("points")}" is no number of points. Write one such as 7.5.`);
    const optional = { comment: cell("comment"), by: cell("by"), at: cell("at") };
    const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== ""));
    const mark = Mark.safeParse({
      ...rest,
      ...given,
      learner: cell("learner"),
      question: cell("question"),
      points,
    });
    if (mark.success) return [mark.data];
    const { path, message } = mark.error.issues[0]!;
    throw new SyntaxError(`${place}, ${path.join(".")}: ${message}.`);
  });
}

function read(text: string, separator: "," | ";", file: string): string[][] {
  try {
    return parseCsv(text, separator).filter((row) => row.some((cell) => cell.trim() !== ""));
  } catch (error) {
    throw new SyntaxError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
