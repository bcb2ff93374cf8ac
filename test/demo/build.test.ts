import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { buildDemo } from "../../src/demo/node";
import { root } from "../browser/lab";

describe("building the classroom site", function () {
  this.timeout(60_000);
  let home = "";
  let out = "";
  const topics = ["00-one", "02-two"];
  const notebook = (text: string): string => JSON.stringify({ nbformat: 4, cells: [{ cell_type: "markdown", source: [text] }] }); // prettier-ignore
  const write = (topic: string, text: string): void => writeFileSync(path.join(home, "notebooks", `${topic}.ipynb`), notebook(text)); // prettier-ignore
  const page = (topic: string): string => readFileSync(path.join(out, "chapters", `${topic}.html`), "utf8");
  before(() => {
    home = mkdtempSync(path.join(tmpdir(), "lab-demo-build-"));
    out = path.join(home, "site");
    mkdirSync(path.join(home, "notebooks", "notes"), { recursive: true });
    // What the page's scripts are made of.
    for (const name of ["demo/page", "lab"]) cpSync(path.join(root, "src", name), path.join(home, "src", name), { recursive: true }); // prettier-ignore
    symlinkSync(path.join(root, "node_modules"), path.join(home, "node_modules"));
    writeFileSync(path.join(home, "package-lock.json"), "{}");
    write("00-one", "# 00 · One\n\nFirst.");
    write("02-two", "# 02 · Two\n\nSecond.");
  });
  after(() => rmSync(home, { recursive: true, force: true }));

  it("all of it at first, then only what has changed", async () => {
    const lines: string[] = [];
    const build = async (some = topics): Promise<readonly string[]> =>
      (await buildDemo({ root: home, out, topics: some, onProgress: (line) => lines.push(line) })).made;
    assert.deepEqual(await build(), ["assets", "00-one", "02-two"]);
    assert.ok(lines.some((line) => /^00-one: \d+ KB/.test(line)));
    for (const name of ["theme.js", "page.js", "style.css", "plotly.js", "katex/katex.min.css"])
      assert.ok(existsSync(path.join(out, "assets", name)), name);
    // A classic script each: no module, nothing that a page from disk may not load.
    for (const name of ["theme.js", "page.js"])
      assert.doesNotMatch(
        readFileSync(path.join(out, "assets", name), "utf8"),
        /^\s*(?:import|export)\s|\bfetch\(/m,
      );
    assert.match(page("00-one"), /rel="next" href="02-two\.html">02 · Two/);
    assert.match(page("02-two"), /rel="prev" href="00-one\.html">/);
    assert.deepEqual(await build(), []);
    write("02-two", "# 02 · Two\n\nChanged.");
    assert.deepEqual(await build(), ["02-two"]);
    writeFileSync(path.join(home, "notebooks", "notes", "00-one.md"), "## 00 · One\n\n*3 minutes.* Say it.");
    assert.deepEqual(await build(["00-one"]), ["00-one"]);
    assert.match(page("00-one"), /data-minutes="3"/);
    const index = readFileSync(path.join(out, "index.html"), "utf8");
    assert.match(index, /chapters\/00-one\.html[\s\S]*3 min lecture[\s\S]*chapters\/02-two\.html/);
    rmSync(path.join(out, "chapters", "02-two.html"));
    assert.deepEqual(await build(), ["02-two"]);
  });

  it("a folder with other things in it stays untouched, and a wrong notebook leaves the old page", async () => {
    const other = path.join(home, "other");
    mkdirSync(other);
    writeFileSync(path.join(other, "thesis.txt"), "x");
    await assert.rejects(
      buildDemo({ root: home, out: other, topics }),
      /has files that lab demo did not write\. Cure/,
    );
    await assert.rejects(
      buildDemo({ root: home, out: path.join(other, "thesis.txt"), topics }),
      /is a file\. Cure/,
    );
    const before = page("02-two");
    writeFileSync(path.join(home, "notebooks", "02-two.ipynb"), "{");
    await assert.rejects(buildDemo({ root: home, out, topics }), /notebooks\/02-two\.ipynb is no JSON/);
    assert.equal(page("02-two"), before);
  });
});
