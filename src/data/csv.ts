/**
 * Rows of comma-separated text (RFC 4180): a field in quotes may hold commas, line ends and, doubled, quotes.
 * @param separator between fields: spreadsheets write ";" where a comma stands in numbers
 * @returns the fields of each row, the heading among them
 * @throws SyntaxError that names the line where a quote stays open or stands inside a plain field
 */
export function parseCsv(text: string, separator: "," | ";" = ","): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  const lineOf = (place: number): number => text.slice(0, place).split("\n").length;
  while (at < text.length) {
    let field: string;
    if (text[at] === '"') {
      const start = at++;
      field = "";
      for (;;) {
        const quote = text.indexOf('"', at);
        if (quote < 0)
          throw new SyntaxError(`CSV line ${lineOf(start)}: a quote is opened and never closed.`);
        field += text.slice(at, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        field += '"';
        at++;
      }
    } else {
      const start = at;
      while (at < text.length && !`${separator}\r\n`.includes(text[at] as string)) at++;
      field = text.slice(start, at);
      if (field.includes('"'))
        throw new SyntaxError(`CSV line ${lineOf(start)}: a quote inside a field that has none around it.`);
    }
    row.push(field);
    if (text[at] === separator) {
      at++;
      if (at < text.length) continue;
      row.push(""); // a comma at the very end: one more field, empty
    } else if (at < text.length) {
      const end = /^\r?\n/.exec(text.slice(at, at + 2));
      if (!end)
        throw new SyntaxError(`CSV line ${lineOf(at)}: after a closing quote a "${separator}" was expected.`);
      at += end[0].length;
    }
    rows.push(row);
    row = [];
  }
  return rows;
}
