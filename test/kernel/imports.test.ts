import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { errorOf, KernelClient, root, textOf } from "./client";

describe("kernel: imports", function () {
  this.timeout(300_000);
  let kernel: KernelClient;
  let folder: string;
  before(async () => {
    mkdirSync(join(root, ".lab"), { recursive: true });
    folder = mkdtempSync(join(root, ".lab", "kernel-test-"));
    kernel = await KernelClient.start();
  });
  after(async () => {
    await kernel.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const here = (name: string) => `./${relative(root, join(folder, name)).replaceAll("\\", "/")}`;
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  const answer = () => kernel.run(`import { answer } from "${here("lab")}"; answer()`);

  it("the library by its package name, with its types", async () => {
    assert.equal(
      textOf(await kernel.run('import { bpeTokenizer } from "transformer-lab/text"; typeof bpeTokenizer')),
      "function",
    );
    const unknown = errorOf(await kernel.run('import { noSuchThing } from "transformer-lab/text";'));
    assert.match(unknown?.evalue ?? "", /has no exported member 'noSuchThing'/);
    const wrong = errorOf(await kernel.run("bpeTokenizer(42)"));
    assert.equal(wrong?.ename, "TypeScriptError");
  });

  it("completion and types on hover know the library", async () => {
    const code = 'import * as text from "transformer-lab/text"; text.bpe';
    const completion = await kernel.request<{ matches: string[]; cursor_start: number }>("complete_request", {
      code,
      cursor_pos: code.length,
    });
    assert.ok(completion.matches.includes("bpeTokenizer"), completion.matches.join(" "));
    assert.equal(completion.cursor_start, code.length - 3);
    const hover = await kernel.request<{ found: boolean; data: Record<string, string> }>("inspect_request", {
      code: "bpeTokenizer",
      cursor_pos: 4,
      detail_level: 0,
    });
    assert.equal(hover.found, true);
    assert.match(hover.data["text/plain"] ?? "", /function bpeTokenizer\(.*\): .*Tokenizer/);
  });

  it("positions count characters, not UTF-16 units", async () => {
    const code = 'const face = "😀😀"; Math.ma';
    const completion = await kernel.request<{ matches: string[]; cursor_start: number }>("complete_request", {
      code,
      cursor_pos: [...code].length,
    });
    assert.deepEqual(completion.matches, ["max"]);
    assert.equal(completion.cursor_start, [...code].length - 2);
  });

  it("questions that it has nothing to say to are answered all the same", async () => {
    const history = await kernel.request<{ history: unknown[] }>("history_request", {
      hist_access_type: "tail",
      n: 5,
    });
    assert.deepEqual(history.history, []);
    const comms = await kernel.request<{ type: string }>("comm_info_request", {});
    assert.equal(comms.type, "comm_info_reply");
  });

  it("a file made, edited and replaced between two cells is seen", async () => {
    assert.match(errorOf(await answer())?.evalue ?? "", /Cannot find module/);
    write("lab.ts", "export const answer = (): string => 'one';");
    assert.equal(textOf(await answer()), "one");
    write("lab.ts", "export const answer = (): string => 'two';");
    assert.equal(textOf(await answer()), "two");
    write("other.ts", "export const answer = (): string => 'three';"); // editors that write aside and rename
    renameSync(join(folder, "other.ts"), join(folder, "lab.ts"));
    assert.equal(textOf(await answer()), "three");
  });

  it("an edit of a file that the lab imports is seen, without touching the lab", async () => {
    write("helper.ts", "export const word: string = 'old';");
    write("lab.ts", "import { word } from './helper';\nexport const answer = (): string => word;");
    assert.equal(textOf(await answer()), "old");
    write("helper.ts", "export const word: string = 'new';");
    assert.equal(textOf(await answer()), "new");
  });

  it("errors in a lab file name its TypeScript lines", async () => {
    write(
      "lab.ts",
      "export interface Unused { x: number }\n\nexport function answer(): string {\n  throw new Error('in lab');\n}\n",
    );
    const thrown = errorOf(await answer());
    assert.ok(
      thrown?.traceback?.includes(`    at answer (${here("lab.ts").slice(2)}, line 4)`),
      thrown?.traceback?.join("\n"),
    );
    write("lab.ts", "export const x = 1;\nexport const answer = (): string => 5;");
    const typed = errorOf(await answer());
    assert.match(typed?.evalue ?? "", /lab\.ts, line 2: Type 'number' is not assignable to type 'string'/);
    write("lab.ts", "export const answer = (): string => 'mended';");
    assert.equal(textOf(await answer()), "mended");
  });

  it("errors in the library name src/", async () => {
    const error = errorOf(
      await kernel.run('import { measured } from "transformer-lab/lab"; measured("x", 1, { band: [2, 1] });'),
    );
    assert.match(error?.traceback?.join("\n") ?? "", /at measured \(src\/lab\/measured\.ts, line \d+\)/);
  });

  it("LAB_LABS answers for ./labs/", async () => {
    mkdirSync(join(folder, "mine"));
    write("mine/99-made-up.ts", "export const answer = (): string => 'from elsewhere';");
    const other = await KernelClient.start({ LAB_LABS: join(folder, "mine") });
    try {
      assert.equal(
        textOf(await other.run('import { answer } from "./labs/99-made-up"; answer()')),
        "from elsewhere",
      );
      write("mine/99-made-up.ts", "\nexport const answer = (): string => 5;");
      const typed = errorOf(await other.run('import { answer } from "./labs/99-made-up";'));
      assert.match(
        typed?.traceback?.join("\n") ?? "",
        /labs\/99-made-up\.ts, line 2[\s\S]*2 \| export const answer/,
      );
    } finally {
      await other.close();
    }
  });
});
