import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"; // prettier-ignore
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ranking } from "../../../src/align";
import { readPreferences } from "../../../src/align/node";
import { openLabelFile } from "../../../src/lab/node";

const label = (prompt: string, ranks = [1, 2]): Ranking => ({ prompt, answers: ["a", "b"], ranks });
const prompts = (list: readonly Ranking[]): string => list.map(({ prompt }) => prompt).join("");

describe("lab/node: the file of labels", () => {
  let folder = "";
  let path = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "labels-"));
    path = join(folder, "own", "labels.jsonl");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("a label is on disk at once, a line each in the usual form, and another opening finds it", async () => {
    const file = openLabelFile(path);
    assert.ok(!existsSync(path), "nothing is made before the first label");
    assert.equal(file.add(label("p"), { seconds: 3 }), false);
    file.add(label("q", [1, 1]));
    assert.equal(
      readFileSync(path, "utf8"),
      '{"prompt":"p","chosen":"a","rejected":"b","seconds":3}\n{"prompt":"q","answers":["a","b"],"ranks":[1,1]}\n',
    );
    assert.deepEqual(openLabelFile(path).labels(), [label("p"), label("q", [1, 1])]);
    assert.deepEqual((await readPreferences(path)).rankings, file.labels());
  });

  it("takes the last label back that matches, and leaves the others and no file besides", () => {
    const file = openLabelFile(path);
    for (const prompt of ["p", "q", "p", "r"]) file.add(label(prompt));
    assert.deepEqual(file.removeLast(({ prompt }) => prompt === "p"), label("p")); // prettier-ignore
    assert.equal(prompts(file.labels()), "pqr");
    assert.equal(file.removeLast(() => false), undefined); // prettier-ignore
    file.removeLast(() => true);
    assert.equal(prompts(openLabelFile(path).labels()), "pq");
    assert.deepEqual(readdirSync(join(folder, "own")), ["labels.jsonl"]);
  });

  it("two programs with one file: each sees and keeps the other's labels", () => {
    const [one, two] = [openLabelFile(path), openLabelFile(path)];
    one.add(label("p"));
    two.add(label("q"));
    assert.equal(prompts(one.labels()), "pq");
    two.add(label("r"));
    one.removeLast(({ prompt }) => prompt === "q");
    assert.equal(prompts(two.labels()), "pr");
  });

  it("a file that vanishes is written again, with all labels", () => {
    const file = openLabelFile(path);
    file.add(label("p"));
    rmSync(join(folder, "own"), { recursive: true });
    assert.equal(prompts(file.labels()), "p", "known still");
    assert.equal(file.add(label("q")), true);
    assert.equal(prompts(openLabelFile(path).labels()), "pq");
    rmSync(path);
    file.removeLast(() => true);
    assert.equal(prompts(openLabelFile(path).labels()), "p");
  });

  it("half a line of a killed program is cut off; a whole one without its end is kept", () => {
    openLabelFile(path).add(label("p"));
    appendFileSync(path, '{"prompt":"q","cho');
    assert.equal(prompts(openLabelFile(path).labels()), "p");
    assert.match(readFileSync(path, "utf8"), /"b"}\n$/);
    appendFileSync(path, '{"prompt":"q","chosen":"a","rejected":"b"}');
    const file = openLabelFile(path);
    file.add(label("r"));
    assert.equal(prompts(file.labels()), "pqr");
    assert.equal(readFileSync(path, "utf8").split("\n").length, 4);
  });

  it("a file that holds something else is refused and left as it is", () => {
    const other = join(folder, "other.json");
    writeFileSync(other, '{"name":\n"x"}\n');
    assert.throws(() => openLabelFile(other), /other\.json: line 1: no JSON.*Or take another file/);
    assert.equal(readFileSync(other, "utf8"), '{"name":\n"x"}\n');
    writeFileSync(other, "[]"); // one line without an end
    assert.throws(() => openLabelFile(other), /other\.json: line 1: no JSON object/);
    assert.equal(readFileSync(other, "utf8"), "[]");
    mkdirSync(join(folder, "place"));
    assert.throws(() => openLabelFile(join(folder, "place")), /is not a file/);
    const file = openLabelFile(path);
    file.add(label("p"));
    appendFileSync(path, "nonsense\n");
    assert.throws(() => file.labels(), /labels\.jsonl: line 2: no JSON/);
  });
});
