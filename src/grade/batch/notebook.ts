import ts from "typescript";
import { z } from "zod";
import { labs } from "../../lab/checks";
import type { Lab } from "../../lab/exercise";
import type { FoundFiles } from "./files";

const Notebook = z.object({
  cells: z.array(z.object({ cell_type: z.string(), source: z.union([z.string(), z.array(z.string())]) })),
});

/** A top-level declaration of a cell: what it binds, its text, and what it mentions. */
interface Declaration {
  readonly names: readonly string[];
  readonly text: string;
  readonly exported: boolean;
  readonly mentions: ReadonlySet<string>;
  /** The cell's number, counted from 1 over all cells, as people count. */
  readonly cell: number;
}

interface Import {
  readonly from: string;
  readonly kind: "default" | "all" | "named";
  readonly name: string;
  readonly local: string;
}

/**
 * The labs that a learner solved in the cells of a notebook, as files. Taken are the exercises' functions and what they
 * need of the other top-level declarations; of a name that is declared twice the last one, as in the kernel. Cells are
 * only parsed: nothing of the notebook is run here.
 *
 * @param name the notebook's file name: "01-tokenization.ipynb" has exercises of lab 01 only
 * @throws Error for a text that is no notebook
 */
export function readNotebook(text: string, name: string): FoundFiles {
  const { cells } = Notebook.parse(parseJson(text));
  const declared = new Map<string, Declaration>();
  const imports = new Map<string, Import>();
  const problems: string[] = [];
  const places = new Map<string, number[]>();
  cells.forEach(({ cell_type, source }, i) => {
    if (cell_type !== "code") return;
    const code = Array.isArray(source) ? source.join("") : source;
    const read = tryToRead(code, i + 1);
    if (read === undefined) {
      problems.push(`Cell ${i + 1} was not read: it is no valid TypeScript.`);
      return;
    }
    for (const one of read.imports) imports.set(one.local, one);
    for (const declaration of merged(read.declarations)) {
      for (const each of declaration.names) {
        declared.set(each, declaration);
        places.set(each, [...(places.get(each) ?? []), i + 1]);
      }
    }
  });
  const named = labs.find(({ topic }) => name.includes(topic));
  const files = new Map<string, string>();
  for (const lab of named === undefined ? labs : [named]) {
    const solved = lab.exercises.filter(({ fn }) => declared.has(fn)).map(({ fn }) => fn);
    if (solved.length === 0) continue;
    for (const fn of solved) {
      const cellsOf = places.get(fn)!;
      if (cellsOf.length > 1)
        problems.push(
          `${fn} is defined ${cellsOf.length} times (cells ${cellsOf.join(", ")}); the last one is graded.`,
        );
    }
    files.set(`${lab.topic}.ts`, labText(lab, solved, declared, imports));
  }
  return { files, problems };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("it is no JSON, and so no notebook");
  }
}

/** The file of a lab: needed imports, needed declarations in the order of their cells, and exports. */
function labText(
  lab: Lab,
  solved: readonly string[],
  declared: ReadonlyMap<string, Declaration>,
  imports: ReadonlyMap<string, Import>,
): string {
  const wanted = new Set<Declaration>();
  const wantedImports = new Set<Import>();
  const queue = [...solved];
  const seen = new Set<string>(queue);
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const declaration = declared.get(name);
    const taken = imports.get(name);
    if (declaration === undefined) {
      if (taken !== undefined) wantedImports.add(taken);
      continue;
    }
    wanted.add(declaration);
    for (const mention of declaration.mentions) {
      if (seen.has(mention)) continue;
      seen.add(mention);
      queue.push(mention);
    }
  }
  const lines = [...wantedImports].map(importText);
  const order = [...wanted].sort((a, b) => a.cell - b.cell);
  const exported = new Set(order.filter((one) => one.exported).flatMap(({ names }) => names));
  const missing = solved.filter((fn) => !exported.has(fn));
  lines.push(...order.map(({ text, cell }) => `// Cell ${cell}\n${text}`));
  if (missing.length > 0) lines.push(`export { ${missing.join(", ")} };`);
  return `// Lab ${lab.id}, from a notebook's cells.\n${lines.join("\n")}\n`;
}

function importText({ from, kind, name, local }: Import): string {
  const place = JSON.stringify(from);
  if (kind === "all") return `import * as ${local} from ${place};`;
  if (kind === "default") return `import ${local} from ${place};`;
  return `import { ${name === local ? name : `${name} as ${local}`} } from ${place};`;
}

/** Overloads of one function stand together: their texts are one declaration. */
function merged(declarations: readonly Declaration[]): Declaration[] {
  const out: Declaration[] = [];
  for (const one of declarations) {
    const before = out.at(-1);
    if (before !== undefined && isOverload(before.text) && before.names[0] === one.names[0]) {
      const mentions = new Set([...before.mentions, ...one.mentions]);
      out[out.length - 1] = { ...one, text: `${before.text}\n${one.text}`, mentions };
    } else out.push(one);
  }
  return out;
}

const isOverload = (text: string): boolean => /^(?:export\s+)?(?:async\s+)?function\b[^]*;\s*$/.test(text) && !text.includes("{\n") && !text.trimEnd().endsWith("}"); // prettier-ignore

function tryToRead(code: string, cell: number): ReturnType<typeof readCell> {
  try {
    return readCell(code, cell);
  } catch (error) {
    // Brackets nested thousands deep: the parser's own stack ends.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The top-level declarations and imports of a cell; undefined where it does not parse. */
function readCell(code: string, cell: number): { declarations: Declaration[]; imports: Import[] } | undefined {
  if (code.length > 1_000_000) return undefined;
  // A module, since cells may await at their top.
  const text = `${code}\nexport {};`;
  const source = ts.createSourceFile("cell.ts", text, ts.ScriptTarget.ES2022, true, ts.ScriptKind.TS);
  const { parseDiagnostics } = source as unknown as { readonly parseDiagnostics: readonly unknown[] };
  if (parseDiagnostics.length > 0) return undefined;
  const declarations: Declaration[] = [];
  const imports: Import[] = [];
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) imports.push(...importsOf(statement));
    const names = namesOf(statement);
    if (names.length === 0 || waits(statement)) continue;
    const exported = ts.canHaveModifiers(statement)
      ? (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      : false;
    declarations.push({ names, text: statement.getText(source), exported, mentions: mentionsOf(statement), cell });
  }
  return { declarations, imports };
} // prettier-ignore

function namesOf(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => boundBy(name));
  const named =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return named && statement.name !== undefined ? [statement.name.text] : [];
}

function boundBy(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : boundBy(element.name)));
}

function mentionsOf(node: ts.Node): Set<string> {
  const found = new Set<string>();
  const visit = (each: ts.Node): void => {
    if (ts.isIdentifier(each)) found.add(each.text);
    ts.forEachChild(each, visit);
  };
  visit(node);
  return found;
}

/** Has an `await` of its own, outside every function: it belongs to the running of cells, and no file of a lab has it. */
function waits(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isAwaitExpression(node)) return true;
  return ts.forEachChild(node, waits) ?? false;
}

/** What an import binds. Of the lab's own files only helpers can be meant: the given file is put in their place. */
function importsOf({ importClause, moduleSpecifier }: ts.ImportDeclaration): Import[] {
  if (importClause === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
  const from = moduleSpecifier.text.replace(/^(?:\.{1,2}\/)+labs\/(.+?)(?:\.ts|\.js)?$/, "./given/$1");
  const bound: Import[] = [];
  const { name, namedBindings } = importClause;
  if (name !== undefined) bound.push({ from, kind: "default", name: "default", local: name.text });
  if (namedBindings === undefined) return bound;
  if (ts.isNamespaceImport(namedBindings)) {
    bound.push({ from, kind: "all", name: "*", local: namedBindings.name.text });
  } else {
    for (const each of namedBindings.elements)
      bound.push({ from, kind: "named", name: (each.propertyName ?? each.name).text, local: each.name.text });
  }
  return bound;
} // prettier-ignore
