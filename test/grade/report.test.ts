import assert from "node:assert/strict";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { parseCsv } from "../../src/data/csv";
import { finalResults, type Mark } from "../../src/grade/class";
import { cellValue, csvText } from "../../src/grade/class/csv";
import { addMarks, readMarks } from "../../src/grade/class/marks";
import { marksFromCsv, marksToCsv } from "../../src/grade/class/marksCsv";
import { classTable, Grades, makeReports, writeReports } from "../../src/grade/report";
import { tenths } from "../../src/grade/report/distribution";
import { fileNames } from "../../src/grade/report/names";
import { painter } from "../../src/grade/terminal";
import { hostile } from "../lab/figures/samples";
import { parseXml } from "../lab/figures/xml";
import { check, lab, question, submission } from "./class/made"; // prettier-ignore

let place: string;
beforeEach(() => (place = mkdtempSync(join(tmpdir(), "lab report test "))));
afterEach(() => rmSync(place, { recursive: true, force: true }));

const SECRET = "the-secret-input";
const made = (learner: string, text: string) =>
  submission(learner, [
    lab("01", [
      question(
        "01/count-pairs",
        [
          check("01/count-pairs/hand", 0, 3, { title: text, message: text, mistake: "Each word was counted once." }),
          check("01/count-pairs/secret", 0, 2, { title: "a secret", hidden: true, message: "This check is hidden. Think of spaces.", mistake: SECRET }),
          check("01/count-pairs/input", 5, 5),
        ],
        { title: text, output: text },
      ),
    ]),
  ], { problems: [text], submittedAt: "2026-11-22T12:00:00Z" }); // prettier-ignore
const policy = {
  deadline: "2026-11-20T23:00:00Z",
  late: { perDay: 10 },
  passMark: 50,
  manual: [{ id: "01/essay", title: "Essay", max: 5 }],
};
const report = (text: string, learners: readonly string[] = ["ada", "bob"]) =>
  makeReports({
    results: learners.map((name) => made(name, text)),
    policy,
    marks: [{ learner: learners[0]!, question: "01/essay", points: 4, comment: text, by: text }],
    title: text,
  }).files;

/** Any text, the kinds with which formats go wrong among them. */
const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom(hostile, "=1+1", " @SUM(A1)", "'=x", "''", "a\r\nb", '"', "]]>", "-->", "\ud800", "\u202e", "\u0000", "\t=1"),
); // prettier-ignore

describe("reports in formats that other programs read", () => {
  it("grades.json keeps its form, and rounds once", () => {
    const grades = Grades.parse(JSON.parse(report("plain").get("grades.json")!));
    const [ada, bob] = grades.learners;
    // 5 of 10 by the checks, 4 of 5 by hand; 37 hours late are two days begun.
    assert.deepEqual([ada!.labs[0]!.earned, ada!.late, ada!.points, ada!.max], [9, 1.8, 7.2, 15]);
    assert.deepEqual([ada!.passed, ada!.percent, ada!.waiting], [false, 48, []]);
    assert.deepEqual([bob!.points, bob!.passed, bob!.waiting, bob!.state], [4, null, ["01/essay"], "manual"]);
  });

  it("CSV: no cell is a formula, spreadsheets know the code, and what was written is read back", () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1, maxLength: 5 }), (cells) => {
        const text = csvText([cells]);
        assert.ok(text.startsWith("\uFEFF") && text.endsWith("\r\n"));
        const [row] = parseCsv(text.slice(1));
        for (const cell of row ?? []) assert.doesNotMatch(cell, /^\s*[=+\-@|%]/);
        const back = cells.length === 1 && cells[0] === "" ? [""] : row!.map(cellValue);
        assert.deepEqual(back, cells);
      }),
    );
    const [heading, ada] = parseCsv(report("=cmd|' /C calc'!A0").get("grades.csv")!.slice(1));
    assert.deepEqual(heading!.slice(0, 4), ["learner", "01/count-pairs (of 10)", "01/essay (of 5)", "late"]);
    assert.deepEqual(ada!.slice(0, 5), ["ada", "5", "4", "-1.8", "7.2"]);
    assert.ok(ada!.at(-1)!.startsWith("'="));
  });

  it("who is in the roster and handed nothing in stands in every table, with no points", () => {
    const input = { results: [made("ada", "x")], policy: { ...policy, roster: ["ada", "=zoe"] } };
    const { files, final } = makeReports(input);
    assert.deepEqual(Grades.parse(JSON.parse(files.get("grades.json")!)).missing, ["=zoe"]);
    const [heading, , zoe, ...more] = parseCsv(files.get("grades.csv")!.slice(1));
    assert.deepEqual(more, []);
    const row = Object.fromEntries(heading!.map((name, i) => [name, zoe![i] ?? ""]));
    assert.deepEqual(
      [row["learner"], row["01/essay (of 5)"], row["total"], row["max"], row["state"], row["passed"]],
      ["'=zoe", "", "0", "15", "handed nothing in", "no"],
    );
    assert.match(
      files.get("index.html")!,
      /<b>1<\/b><span>handed nothing in<.*Who handed nothing in: =zoe\./s,
    );
    assert.match(classTable(final, painter(false)), /\n {2}1 handed nothing in: =zoe$/);
  });

  it("JUnit: good XML whatever learners write, and counts that agree", () => {
    const { tags } = parseXml(report("plain").get("junit.xml")!);
    const named = (name: string) => tags.filter((tag) => tag.name === name);
    assert.deepEqual(
      ["testsuite", "testcase", "failure", "error", "skipped"].map((name) => named(name).length),
      // Two checks of each learner, and an essay that a person gave 4 of 5.
      [2, 8, 5, 0, 1],
    );
    const [suites] = named("testsuites");
    assert.deepEqual([suites!.attributes["tests"], suites!.attributes["failures"], suites!.attributes["skipped"]], ["8", "5", "1"]); // prettier-ignore
    fc.assert(
      fc.property(anyText, (text) => {
        const [first] = parseXml(report(text).get("junit.xml")!).tags;
        assert.equal(first!.name, "testsuites");
      }),
      { numRuns: 60 },
    );
  });

  it("Gradescope: its fields, sums that agree, hidden checks by policy, nothing printed for learners", () => {
    const read = (files: ReadonlyMap<string, string>) => JSON.parse(files.get("gradescope/ada/results.json")!) as {
      score: number; output: string; visibility: string; stdout_visibility: string;
      tests: { name: string; score?: number; max_score?: number; status?: string; output: string; visibility: string }[];
    }; // prettier-ignore
    const { score, tests, stdout_visibility, visibility, output } = read(report("plain"));
    assert.deepEqual([score, visibility, stdout_visibility], [7.2, "visible", "hidden"]);
    const sum = tests.reduce((total, test) => total + (test.score ?? 0), 0);
    assert.ok(Math.abs(sum - score) < 1e-9);
    assert.deepEqual(
      tests.map((test) => [test.score, test.max_score, test.status, test.visibility]),
      [
        [0, 3, "failed", "visible"],
        [0, 2, "failed", "hidden"],
        [5, 5, "passed", "visible"],
        [4, 5, undefined, "visible"],
        [-1.8, undefined, undefined, "visible"],
      ],
    );
    assert.match(output, /1 hidden check ran, too/);
    const later = makeReports({ results: [made("ada", "x")], policy: { hiddenChecks: "after_published" } });
    assert.equal(read(later.files).tests[1]!.visibility, "after_published");
  });
});

describe("pages", () => {
  it("nothing of a hidden check but title, state, points and hint is in what a learner gets", () => {
    const files = report("plain");
    for (const [name, text] of files) {
      if (name === "index.html" || name === "grades.json") continue;
      assert.ok(!text.includes(SECRET), name);
    }
    // The teacher's own page names what it found, and says that only hidden checks saw it.
    assert.match(
      files.get("index.html")!,
      new RegExp(`${SECRET}</strong> <span class="soft">\\(only hidden`),
    );
    const page = files.get("learners/ada.html")!;
    assert.match(page, /Hidden checks ran, too:<\/strong> 0 of 1 passed/);
    assert.match(
      page,
      /a secret<\/strong> <span class="soft">\(hidden\)[^]*This check is hidden\. Think of spaces\./,
    );
    assert.match(page, /Handed in late[^]*1\.5 days after the deadline[^]*20 % are taken off[^]*−1\.8/);
    assert.match(page, /notebooks\/01-tokenization\.ipynb/);
  });

  it("texts of submissions are texts: no element, no event, no control character", () => {
    const count = (html: string, what: RegExp): number => html.match(what)?.length ?? 0;
    const plainFiles = report("plain");
    fc.assert(
      fc.property(anyText, (text) => {
        for (const [name, html] of report(text)) {
          if (!name.endsWith(".html")) continue;
          // eslint-disable-next-line no-control-regex
          assert.doesNotMatch(html, /[\u0000-\u0008\u000b-\u001f\u202a-\u202e\u2066-\u2069]/);
          for (const tag of [/<script/g, /<img/g, /<a /g, /<style/g])
            assert.equal(count(html, tag), count(plainFiles.get(name)!, tag), `${name} ${tag.source}`);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("they load nothing, and their own policy would not let them", () => {
    for (const [name, html] of report("plain")) {
      if (!name.endsWith(".html")) continue;
      assert.match(html, /Content-Security-Policy" content="default-src 'none'/);
      assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//);
    }
  });

  it("learners by tenths; files of learners who are gone are taken away, and no others", () => {
    assert.deepEqual(tenths([0, 9.99, 10, 55, 99.9, 100]), [2, 1, 0, 0, 0, 1, 0, 0, 0, 2]);
    writeReports({ results: [made("ada", "x"), made("bob", "x")], out: place });
    writeFileSync(join(place, "learners", "mine.html"), "<p>mine</p>");
    writeReports({ results: [made("ada", "x")], out: place });
    assert.deepEqual(readdirSync(join(place, "learners")).sort(), ["ada.html", "mine.html"]);
    assert.ok(!readFileSync(join(place, "index.html"), "utf8").includes("bob"));
    assert.deepEqual(readdirSync(place).filter((name) => name.includes("part")), []);
  }); // prettier-ignore

  it("names of files: never a path, never two for one, also for hostile names", () => {
    const name = fc.oneof(
      anyText,
      fc.constantFrom("..", ".", "", "a/b", "CON", "ana", "Ana", "ANA", "é", "e\u0301"),
    );
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 8 }), (learners) => {
        const files = [...fileNames(learners).values()];
        assert.equal(
          new Set(files.map((file) => file.normalize("NFKC").toLowerCase())).size,
          learners.length,
        );
        for (const file of files) assert.match(file, /^[\p{L}\p{N}._@+-]*$/u);
        for (const file of files) assert.doesNotMatch(file, /^\.|^$/);
      }),
    );
  });

  it("the terminal's table: a line each, aligned, no control characters, one line of summary", () => {
    const text = classTable(
      finalResults([made("ada", "x"), made("\u001b[2Jevil", "x")], policy),
      painter(false),
    );
    const [head, ada, evil, , last] = text.split("\n");
    assert.match(head!, /learner +late +points +% {2}state$/);
    assert.match([ada, evil].join("\n"), /ada +-1 +4 \/ 15 +26 {2}… waits for a mark/);
    assert.ok(!text.includes("\u001b"));
    assert.match(last!, /2 submissions, median 26\.7 %, mean 26\.7 %; 0 passed; 2 marks to come/);
  });
});

describe("marks by hand", () => {
  const mark = (learner: string, points: number, more: Partial<Mark> = {}): Mark => ({ learner, question: "01/essay", points, ...more }); // prettier-ignore

  it("a mark is added, replaces the one before it, and the others stay", () => {
    const file = join(place, "deep", "marks.json");
    assert.deepEqual(readMarks(file), []);
    addMarks(file, [mark("ada", 3, { comment: "=1+1 “quoted”" }), mark("bob", 1)]);
    addMarks(file, [mark("ada", 4)]);
    assert.deepEqual(readMarks(file), [mark("bob", 1), mark("ada", 4)]);
    assert.deepEqual(readdirSync(join(place, "deep")), ["marks.json"]);
  });

  it("a file that is wrong is named with its place, and is not touched", () => {
    const file = join(place, "marks.json");
    const bad: [text: string, message: RegExp][] = [
      ['{"version":1,"marks":[{"learner":"ada","question":"01/essay","points":-1}]}', /marks\.json: marks\[0\]\.points: at least 0 points/],
      ['{"version":1,"marks":[{"learner":"ada","question":"01/essay","points":1,"coment":"x"}]}', /no field "coment"\. Did you mean "comment"\?/],
      [JSON.stringify({ version: 1, marks: [mark("ada", 1), mark("ada", 2)] }), /marks\[1\] and marks\[0\] are both for ada, 01\/essay/],
      ["[", /this is no JSON/],
    ]; // prettier-ignore
    for (const [text, message] of bad) {
      writeFileSync(file, text);
      assert.throws(() => addMarks(file, [mark("bob", 1)]), message);
      assert.equal(readFileSync(file, "utf8"), text);
      assert.ok(!existsSync(`${file}.lock`));
    }
  });

  it("as a table: filled in by a spreadsheet with commas or semicolons, and read back", () => {
    const rows = ["ada", "bob", "cyd"].map((learner) => ({ learner, question: "01/essay" }));
    const questions = [{ id: "01/essay", title: "Essay", max: 5 }];
    const marks = [mark("ada", 2.5, { comment: '=HYPERLINK("x"), ok\nor not', by: "me" })];
    const text = marksToCsv(rows, marks, questions);
    assert.deepEqual(marksFromCsv(text, "marks.csv"), marks);
    const filled = "learner;question;points;comment\r\nada;01/essay;3,5;good\r\nbob;01/essay;;\r\n";
    assert.deepEqual(marksFromCsv(filled, "m.csv", { by: "me" }), [mark("ada", 3.5, { by: "me", comment: "good" })]);
    assert.throws(() => marksFromCsv("learner,question,point\n", "m.csv"), /m\.csv, line 1: there is no column "points"\. Did you mean "point"\?/);
    assert.throws(() => marksFromCsv("learner,question,points\nada,01/essay,lots\n", "m.csv"), /m\.csv, row 2: "lots" is no number of points/);
    assert.throws(() => marksFromCsv('learner,question,points\nada,"01\n', "m.csv"), /m\.csv: CSV line 2: a quote is opened/);
  }); // prettier-ignore

  it("the lock of a program that was killed does not keep others out for long", () => {
    const file = join(place, "marks.json");
    addMarks(file, [mark("ada", 1)]);
    writeFileSync(`${file}.lock`, "");
    utimesSync(`${file}.lock`, 1, 1);
    addMarks(file, [mark("bob", 1)]);
    assert.equal(readMarks(file).length, 2);
  });
});
