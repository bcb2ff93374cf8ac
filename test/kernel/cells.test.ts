import assert from "node:assert/strict";
import { errorOf, KernelClient, root, textOf } from "./client";

describe("kernel: cells and their errors", function () {
  this.timeout(300_000);
  let kernel: KernelClient;
  before(async () => (kernel = await KernelClient.start()));
  after(() => kernel.close());

  it("works in the project root, whatever folder the front end started it in", async () => {
    assert.equal(textOf(await kernel.run("process.cwd()")), root);
  });

  it("sends the last expression as a result, and prints as streams", async () => {
    const result = await kernel.run('console.log("a"); console.error("b"); [1, 2].map((x) => x * 2)');
    assert.deepEqual(
      result.outputs.map((o) => [o.type, o.name, o.text ?? o.data?.["text/plain"]]),
      [
        ["execute_input", undefined, undefined],
        ["stream", "stdout", "a\n"],
        ["stream", "stderr", "b\n"],
        ["execute_result", undefined, "[ 2, 4 ]"],
      ],
    );
  });

  it("a throw is a real error, with the cell's own lines; later cells run", async () => {
    const code = [
      "interface Point { x: number }", // types and blank lines vanish when the cell is compiled
      "",
      "function fail(p: Point): number {",
      "  // why",
      '  throw new RangeError("boom " + p.x);',
      "}",
      "fail({ x: 3 });",
    ].join("\n");
    const failed = await kernel.run(code);
    const n = failed.reply?.execution_count;
    const error = errorOf(failed);
    assert.equal(failed.reply?.status, "error");
    assert.equal(failed.reply?.ename, "RangeError");
    assert.equal(error?.ename, "RangeError");
    assert.equal(error?.evalue, "boom 3");
    const lines = error?.traceback ?? [];
    assert.equal(lines[0], "RangeError: boom 3");
    assert.ok(lines.includes('  5 |   throw new RangeError("boom " + p.x);'), lines.join("\n"));
    assert.ok(lines.includes(`    at fail (cell [${n}], line 5)`), lines.join("\n"));
    assert.ok(lines.includes(`    at cell [${n}], line 7`), lines.join("\n"));
    assert.doesNotMatch(lines.join("\n"), /tslab|node:|evalmachine|lab-cell/);
    assert.equal(textOf(await kernel.run("20 + 3")), "23");
  });

  it("an error in a function names the cell that wrote it", async () => {
    const first = await kernel.run('function later(): void {\n  throw new Error("late");\n}');
    const failed = await kernel.run("\n\nlater();");
    const text = errorOf(failed)?.traceback?.join("\n") ?? "";
    assert.match(text, new RegExp(`at later \\(cell \\[${first.reply?.execution_count}\\], line 2\\)`));
    assert.match(text, new RegExp(`at cell \\[${failed.reply?.execution_count}\\], line 3`));
  });

  it("a type error stops the cell before it runs, and shows line and column", async () => {
    const failed = await kernel.run('console.log("ran");\nconst wrong: number = "x";');
    const error = errorOf(failed);
    assert.equal(error?.ename, "TypeScriptError");
    assert.match(error?.evalue ?? "", /line 2: Type 'string' is not assignable to type 'number'/);
    assert.match(error?.traceback?.join("\n") ?? "", /line 2, column 7 \(TS2322\)[\s\S]*\n {4}\| {7}\^/);
    assert.doesNotMatch(textOf(failed), /ran/);
  });

  it("a value that is no Error is reported too", async () => {
    const error = errorOf(await kernel.run('await 0; throw "only text"'));
    assert.equal(error?.ename, "Thrown");
    assert.equal(error?.evalue, "'only text'");
  });

  for (const [name, code] of [
    [
      "a rejected promise that nobody awaits",
      'async function lost() { throw new Error("lost"); }\nlost();\n1',
    ],
    [
      "a throw in a timer that the cell waits for",
      'await new Promise(() => setTimeout(() => { throw new Error("lost"); }, 5));',
    ],
  ] as const) {
    it(`${name} fails the cell`, async () => {
      const failed = await kernel.run(code, { timeout: 60 });
      assert.equal(failed.reply?.status, "error");
      assert.equal(errorOf(failed)?.evalue, "lost");
    });
  }

  it("process.exit() is an error that says why, not the end of the kernel", async () => {
    assert.match(errorOf(await kernel.run("process.exit(0)"))?.evalue ?? "", /ends the kernel/);
    assert.equal((await kernel.alive()).alive, true);
  });

  it("'Run all': cells behind a failed one do not run, and say so; the next run works", async () => {
    const busy = "const until = performance.now() + 300; while (performance.now() < until);";
    const all = await kernel.runAll([busy, 'throw new Error("stop here")', "3", "4"]);
    assert.deepEqual(
      all.map((r) => r.reply?.status),
      ["ok", "error", "aborted", "aborted"],
    );
    assert.deepEqual(all[2]?.outputs, []);
    assert.deepEqual(
      all.map((r) => typeof r.reply?.execution_count),
      ["number", "number", "undefined", "undefined"],
    );
    assert.equal(textOf(await kernel.run("5")), "5");
  });

  it("no line is lost when a cell prints 50,000 of them", async () => {
    const result = await kernel.run("for (let i = 0; i < 50_000; i++) console.log(i);");
    const lines = textOf(result).trimEnd().split("\n");
    assert.equal(lines.length, 50_000);
    assert.ok(lines.every((line, i) => line === String(i)));
    assert.ok(result.outputs.length < 2_000, `${result.outputs.length} messages`);
  });

  it("outputs keep their order: print, display, print", async () => {
    const result = await kernel.run(
      'import { html } from "transformer-lab/lab"; console.log("1"); html("<b>2</b>"); console.log("3");',
    );
    assert.deepEqual(
      result.outputs.slice(1).map((o) => o.type),
      ["stream", "display_data", "stream"],
    );
  });
});
