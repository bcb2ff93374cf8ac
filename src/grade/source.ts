import ts from "typescript";

/** An exported function of a lab file, with the comment above it, as offsets into the text. */
export interface FunctionText {
  readonly fn: string;
  readonly start: number;
  readonly end: number;
}

/** The exported functions of a lab, in the order of the file. Throws a RangeError with the line of a syntax error. */
export function functionsOf(text: string, name: string): FunctionText[] {
  const { file, errors } = parse(text, name);
  const first = errors[0];
  if (first !== undefined) {
    const { line } = file.getLineAndCharacterOfPosition(first.start);
    throw new RangeError(
      `${name}, line ${line + 1}: ${ts.flattenDiagnosticMessageText(first.messageText, " ")}`,
    );
  }
  return file.statements.flatMap((statement) => {
    if (!ts.isFunctionDeclaration(statement) || statement.name === undefined) return [];
    if (!statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return [];
    return [{ fn: statement.name.text, start: startOf(text, statement), end: statement.end }];
  });
}

function parse(
  text: string,
  name: string,
): { file: ts.SourceFile; errors: readonly ts.DiagnosticWithLocation[] } {
  const file = ts.createSourceFile(name, text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  // The parser keeps what it stumbled over in a field that its types leave out.
  const { parseDiagnostics } = file as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] };
  return { file, errors: parseDiagnostics };
}

/** With the doc comment, without the other comments and blank lines in front. */
function startOf(text: string, node: ts.Node): number {
  const docs = (ts.getLeadingCommentRanges(text, node.pos) ?? []).filter(({ pos }) =>
    text.startsWith("/**", pos),
  );
  return docs.at(-1)?.pos ?? node.getStart();
}

/** The functions whose text differs between two versions of a lab. */
export function changedFunctions(before: string, after: string, name: string): string[] {
  const textsOf = (text: string): Map<string, string> =>
    new Map(functionsOf(text, name).map(({ fn, start, end }) => [fn, text.slice(start, end)]));
  const [old, now] = [textsOf(before), textsOf(after)];
  return [...now].filter(([fn, text]) => old.get(fn) !== text).map(([fn]) => fn);
}

/**
 * `edited` with one function, and the comment above it, as it is in `shipped`. A function that was deleted is put
 * back at the end. Throws a RangeError where `edited` does not compile: nobody knows then where the function ends.
 */
export function withShipped(edited: string, shipped: string, fn: string, name: string): string {
  const fresh = functionsOf(shipped, name).find((one) => one.fn === fn);
  if (fresh === undefined) throw new RangeError(`${name} has no function ${fn}`);
  const text = shipped.slice(fresh.start, fresh.end);
  const own = functionsOf(edited, name).filter((one) => one.fn === fn);
  const [first] = own;
  if (first === undefined) return `${edited.trimEnd()}\n\n${text}\n`;
  if (own.length > 1) throw new RangeError(`${name} has ${own.length} functions called ${fn}`);
  return edited.slice(0, first.start) + text + edited.slice(first.end);
}
