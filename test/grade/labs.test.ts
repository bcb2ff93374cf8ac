import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ts from "typescript";
import { freshLabs } from "../../src/cli/build";
import { buildLabs, isEdited, makeLab } from "../../src/cli/labs";
import { labs } from "../../src/lab/checks";

const root = join(__dirname, "..", "..");
const solution = (topic: string): string => readFileSync(join(root, "solutions", `${topic}.ts`), "utf8");

/** What the compiler says of a file, as strictly as a careful learner's editor. */
function typeErrors(file: string): string[] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    noUnusedLocals: true,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    types: [],
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    esModuleInterop: true,
    paths: { "transformer-lab/*": [join(root, "src", "*", "index.ts")] },
  };
  const program = ts.createProgram([file], options);
  // Only the lab's own text: what it imports is compiled with the project's settings elsewhere.
  const source = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"),
  );
}

describe("labs made from solutions", () => {
  let place: string;
  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), "lab-labs-test-"));
    cpSync(join(root, "solutions"), join(place, "solutions"), { recursive: true });
  });
  afterEach(() => rmSync(place, { recursive: true, force: true }));

  const file = (): string => join(place, "labs", `${labs[0]!.topic}.ts`);
  const edit = (text: string): void => writeFileSync(file(), `${readFileSync(file(), "utf8")}${text}`);

  for (const { topic, exercises } of labs) {
    it(`${topic}: a stub for every exercise, its text says its marks, and no answer is left`, () => {
      const lab = makeLab(`${topic}.ts`, solution(topic));
      assert.doesNotMatch(lab, /SOLUTION/);
      for (const { fn, title, difficulty, importance, minutes } of exercises) {
        const stub = new RegExp(
          `^export function ${fn}\\([^{]*\\{\\n  // TODO: .{10,}\\n  throw new Error\\("Not implemented yet: ${fn}"\\);\\n\\}`,
          "m",
        );
        assert.match(lab, stub);
        const marks = `Difficulty ${difficulty} of 5, importance ${importance} of 5, about ${minutes} minutes`;
        assert.ok(lab.includes(marks), `${title}: the comment and the exercise disagree about "${marks}"`);
      }
    });

    it(`${topic}: the stubs hold before strict TypeScript`, async () => {
      await buildLabs(place);
      assert.deepEqual(typeErrors(join(place, "labs", `${topic}.ts`)), []);
    });
  }

  it("building twice changes nothing; a stale lab that nobody edited is made anew", async () => {
    assert.match((await buildLabs(place)).join(), /was made$/);
    assert.deepEqual(await buildLabs(place), []);
    const source = join(place, "solutions", `${labs[0]!.topic}.ts`);
    writeFileSync(source, readFileSync(source, "utf8").replace("Lab 00: start here.", "Lab 00: begin here."));
    assert.match((await buildLabs(place, { check: true })).join(), /is stale$/);
    assert.match((await buildLabs(place)).join(), /was made anew$/);
    assert.match(readFileSync(file(), "utf8"), /Lab 00: begin here\./);
  });

  it("each reset of an edited lab keeps its copy, and the first is not lost to the second", async () => {
    await buildLabs(place);
    for (const text of ["// first\n", "// second\n"]) {
      edit(text);
      assert.match((await buildLabs(place, { force: true })).join(), /the old one is .+\d\.ts$/);
    }
    const kept = join(place, ".lab", "kept");
    const copies = readdirSync(kept).sort();
    assert.equal(copies.length, 2);
    assert.deepEqual(
      copies.map((name) => /\/\/ (first|second)\n$/.exec(readFileSync(join(kept, name), "utf8"))?.[1]),
      ["first", "second"],
    );
    assert.deepEqual(
      readdirSync(join(place, "labs")).sort(),
      labs.map(({ topic }) => `${topic}.ts`),
      "nothing half written",
    );
  });

  it("line ends of another system are no edit; a lab without its first line is", async () => {
    await buildLabs(place);
    const text = readFileSync(file(), "utf8");
    writeFileSync(file(), text.replace(/\n/g, "\r\n"));
    assert.deepEqual(await buildLabs(place), []);
    assert.equal(isEdited(text.slice(text.indexOf("\n") + 1)), true);
    assert.equal(isEdited(""), true);
  });

  it("what a built notebook shows does not depend on an edited lab", async () => {
    await buildLabs(place);
    edit("export const broken = ;\n");
    const fresh = freshLabs(place, join(place, ".lab", "build", "labs"));
    const text = readFileSync(join(fresh, `${labs[0]!.topic}.ts`), "utf8");
    assert.equal(isEdited(text), false);
    assert.doesNotMatch(text, /broken/);
  });

  it("markers that do not pair up are named with file and line", () => {
    const begin = "// BEGIN SOLUTION say hello";
    const fn = "export function hello(): void {";
    const broken: [lines: string[], message: RegExp][] = [
      [[fn, begin, "}"], /solutions\/x\.ts: a BEGIN SOLUTION has no END SOLUTION/],
      [[fn, "// END SOLUTION", "}"], /x\.ts, line 2: END SOLUTION without its beginning/],
      [[fn, begin, begin, "// END SOLUTION", "}"], /x\.ts, line 3: BEGIN SOLUTION inside a solution/],
      [[begin, "// END SOLUTION"], /x\.ts, line 1: BEGIN SOLUTION outside an exported function/],
      [[fn, "// BEGIN SOLUTION", "// END SOLUTION", "}"], /x\.ts, line 2: BEGIN SOLUTION needs a few words/],
      [[fn, `f(); ${begin}`, "}"], /x\.ts, line 2: a marker stands alone on its line/],
    ];
    for (const [lines, message] of broken) assert.throws(() => makeLab("x.ts", lines.join("\n")), message);
    mkdirSync(join(place, "labs"));
    writeFileSync(join(place, "solutions", `${labs[0]!.topic}.ts`), `${fn}\n${begin}\n}`);
    return assert.rejects(buildLabs(place), /has no END SOLUTION/);
  });
});
