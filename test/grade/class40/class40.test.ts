import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../../src/cli";
import { parseCsv } from "../../../src/data/csv";
import { Grades } from "../../../src/grade/report";
import { runLab } from "../../helpers/lab-command";
import { expectedOf, lab, members, OWN, policy, type Member } from "./members";
import { writeSubmissions } from "./submissions";

const SUM = 116;
/** The learner whose right calibrate was copied: a person gave it 3 of 12. */
const COPIED = "c06-right";

type Fraction = readonly [bigint, bigint];
const times = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * c, b * d];
const plus = ([a, b]: Fraction, [c, d]: Fraction): Fraction => [a * d + c * b, b * d];
const of = (a: number, b: number): Fraction => [BigInt(a), BigInt(b)];
/** Two decimals, halves up: the only place where points are rounded. */
const rounded = ([a, b]: Fraction): number => Number((2n * 100n * a + b) / (2n * b)) / 100;

/** A question's final points: its own points, of 116, of 50. */
const final = (own: readonly [number, number]): Fraction => times(of(...own), of(policy.total, SUM));

function pointsOf(member: Member): { questions: Record<string, Fraction | undefined>; earned: Fraction } {
  const own = { ...expectedOf(member).questions };
  if (member.learner === COPIED) own["calibrate"] = [3, 1];
  const questions = Object.fromEntries(
    Object.entries(own).map(([id, points]) => [id, points && final(points)] as const),
  );
  const earned = Object.values(questions).reduce<Fraction>(
    (sum, one) => (one ? plus(sum, one) : sum),
    of(0, 1),
  );
  return { questions, earned };
}

/** What the whole submission is called. */
function stateOf({ special, stubs, wrong, essay }: Member): string {
  if (special === "exits") return "crash";
  if (special === "loops") return "timeout";
  if (special === "syntax") return "syntax";
  if (special === "nothing" || stubs.length === lab.exercises.length) return "not run";
  if (essay === undefined) return "manual";
  return wrong.length > 0 || stubs.length > 0 || essay < 10 ? "partial" : "pass";
}

/** A command in this process, which starts sooner: what it prints, and its exit code. */
async function command(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const { log, error } = console;
  const said = { stdout: "", stderr: "" };
  console.log = (text: string) => void (said.stdout += `${text}\n`);
  console.error = (text: string) => void (said.stderr += `${text}\n`);
  try {
    await runCommand(args);
    return { status: Number(process.exitCode ?? 0), ...said };
  } finally {
    Object.assign(console, { log, error });
    process.exitCode = 0;
  }
}

describe("a class of 40, graded by the command", function () {
  this.timeout(600_000);
  let place: string;
  let table: string;
  let grades: Grades;
  const read = (name: string): string => readFileSync(join(place, "grades", name), "utf8");

  before(async () => {
    place = mkdtempSync(join(tmpdir(), "lab class of 40 "));
    const folder = writeSubmissions(place);
    const out = join(place, "grades");
    mkdirSync(out);
    writeFileSync(join(out, "policy.json"), JSON.stringify(policy));
    const marks = members.flatMap(({ learner, essay }) =>
      essay === undefined
        ? []
        : [{ learner, question: "08/essay", points: essay, by: "a teacher", comment: `Essay of ${learner}` }],
    );
    writeFileSync(join(out, "marks.json"), JSON.stringify({ version: 1, marks }));
    // A slow machine needs seconds for a call that takes milliseconds; what loops is waited for twice.
    const graded = runLab(["grade", "--submissions", folder, "--out", out, "--lab", "08", "--time", "6", "--jobs", "2"]); // prettier-ignore
    assert.equal(graded.status, 0, graded.stderr);
    const marked = await command("mark", COPIED, "08/calibrate", "3", "--comment", "Copied.", "--by", "me", "--in", out); // prettier-ignore
    assert.equal(marked.status, 0, marked.stderr);
    const report = await command("report", "--in", out, "--title", "The class of 40");
    assert.equal(report.status, 0, report.stderr);
    table = report.stdout;
    grades = Grades.parse(JSON.parse(read("grades.json")));
  });
  after(() => rmSync(place, { recursive: true, force: true }));

  const learner = (name: string) => grades.learners.find((one) => one.learner === name)!;

  it("points of every learner and question are right to the last decimal, and so are states", () => {
    assert.equal(Object.values(OWN).reduce((sum, own) => sum + own, 0), SUM);
    assert.deepEqual(grades.learners.map((one) => one.learner), members.map((one) => one.learner));
    for (const member of members) {
      const { questions, earned } = pointsOf(member);
      const { states } = expectedOf(member);
      const found = learner(member.learner);
      const [graded] = found.labs;
      for (const { id, points, state, by } of graded!.questions) {
        const name = id.slice(3);
        const wanted = questions[name];
        assert.equal(points, wanted === undefined ? 0 : rounded(wanted), `${member.learner} ${id}`);
        assert.equal(by, name === "essay" ? (wanted === undefined ? "nobody" : "mark") : member.learner === COPIED && name === "calibrate" ? "mark" : "checks");
        if (by === "checks" || name === "essay") assert.equal(state, states[name], `${member.learner} ${id}`);
      }
      assert.equal(found.state, member.learner === COPIED ? "partial" : stateOf(member), member.learner);
      assert.equal(graded!.earned, rounded(earned), member.learner);
      assert.equal(found.points, rounded(times(earned, of(100 - member.latePercent, 100))), member.learner);
      assert.deepEqual(found.waiting, member.essay === undefined ? ["08/essay"] : []);
    }
  }); // prettier-ignore

  it("being late costs what the policy says, with grace, cap, extension and an end", () => {
    for (const member of members) {
      const { earned } = pointsOf(member);
      const cost = times(earned, of(member.latePercent, 100));
      const found = learner(member.learner);
      assert.equal(found.late, rounded(cost), member.learner);
      assert.equal(
        found.labs[0]!.late?.percent ?? 0,
        earned[0] === 0n ? 0 : member.latePercent,
        member.learner,
      );
    }
    assert.equal(learner("c39-far").points, 0);
    assert.equal(learner("c38-extended").labs[0]!.late?.deadline, "2026-11-22T23:00:00.000Z");
  });

  it("who has passed, and for whom a mark that is to come decides", () => {
    for (const member of members) {
      const [a, b] = times(pointsOf(member).earned, of(100 - member.latePercent, 100));
      const reached = a * 100n >= BigInt(policy.passMark * policy.total) * b;
      const wanted = reached ? true : member.essay === undefined ? null : false;
      assert.equal(learner(member.learner).passed, wanted, member.learner);
    }
  });

  it("the check that fails most, and each check's count", () => {
    const failed = new Map<string, string[]>();
    for (const member of members)
      for (const check of Object.keys(expectedOf(member).fails))
        failed.set(`08/${check}`, [...(failed.get(`08/${check}`) ?? []), member.learner]);
    for (const { id, failed: who } of grades.findings.checks) assert.deepEqual(who, failed.get(id) ?? [], id);
    const [first] = grades.findings.checks;
    const most = Math.max(...[...failed.values()].map((who) => who.length));
    assert.equal(first!.failed.length, most);
    // Eight subtract the bias, one exits, one loops, one does not compile. The first of four such checks, by name.
    assert.deepEqual([first!.id, most, first!.tried], ["08/calibrate/edges", 11, members.length - 3]);
  });

  it("the commonest mistake, and who made which", () => {
    const made = new Map<string, Set<string>>();
    for (const member of members)
      for (const mistake of Object.values(expectedOf(member).fails))
        if (mistake !== undefined) made.set(mistake, (made.get(mistake) ?? new Set()).add(member.learner));
    const { mistakes } = grades.findings;
    assert.equal(mistakes.length, made.size);
    for (const { mistake, learners } of mistakes) {
      const [begin] = [...made.keys()].filter((text) => mistake.startsWith(text));
      assert.ok(begin !== undefined, `nobody made "${mistake}"`);
      assert.deepEqual(learners, [...made.get(begin)!], mistake);
    }
    assert.match(mistakes[0]!.mistake, /^The bias was subtracted\. Divide by it/);
    assert.equal(mistakes[0]!.learners.length, 8);
  });

  it("table, CSV, Gradescope and pages say the same", () => {
    const [heading, ...rows] = parseCsv(read("grades.csv").replace(/^\uFEFF/, ""));
    assert.equal(rows.length, 40);
    rows.forEach((row, i) => {
      const found = grades.learners[i]!;
      const cell = (name: string): string => row[heading!.indexOf(name)]!;
      assert.deepEqual([cell("learner"), Number(cell("total")), 0 - Number(cell("late"))], [found.learner, found.points, found.late]);
      const line = table.split("\n").find((one) => one.includes(found.learner))!;
      assert.ok(line.includes(`${found.points} / 50`), line);
      const scope = JSON.parse(read(`gradescope/${found.learner}/results.json`)) as { score: number };
      assert.equal(scope.score, found.points);
      const page = read(`learners/${found.learner}.html`);
      assert.ok(page.includes(`<b>${found.points} <small>of 50 points`), found.learner);
      if (found.late > 0) assert.ok(page.includes(`−${found.late}</td>`), found.learner);
      // Of others it says nothing.
      for (const other of members) if (other.learner !== found.learner) assert.ok(!page.includes(other.learner));
    });
    const page = read("index.html");
    assert.match(page, /The bias was subtracted[^]*Of equally near ones/);
    assert.match(page, /Copying or learning\?[^]*c05-right_08-in-context-learning, c18-nan, c31-stubs/);
    assert.match(table, /40 submissions, median [\d.]+ %, mean [\d.]+ %; \d+ passed; 3 marks to come; 3 stopped or not to be run/);
    assert.match(read("learners/c06-right.html"), /Marked by me: 3 of 12\.[^]*Copied\./);
    assert.equal(lab.exercises.length + 1, heading!.filter((name) => name.startsWith("08/")).length);
  }); // prettier-ignore

  it("a mark for nobody is refused, and the closest is named; nothing is changed", async () => {
    const before = read("marks.json");
    const { status, stderr } = await command(
      "mark",
      "c06-rigth",
      "08/essay",
      "3",
      "--in",
      join(place, "grades"),
    );
    assert.equal(status, 1);
    assert.match(stderr, /there is no learner "c06-rigth"\. Did you mean "c06-right"\?/);
    assert.equal(read("marks.json"), before);
  });
});
