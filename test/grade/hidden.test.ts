import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gradeLab } from "../../src/grade/lab";
import { readHidden, withHidden } from "../../src/grade/hidden";
import { exerciseText, gradeReport, painter } from "../../src/grade/terminal";
import { findLab } from "../../src/lab/checks";
import { localLearner } from "../../src/lab/checks/learner";
import { runExercise, type Check, type Exercise } from "../../src/lab/exercise";

/** A module as a teacher writes it; its input and answer must be seen by nobody. */
const MODULE = `
import type { Check } from "transformer-lab/lab/exercise";
import { PlainTensor } from "transformer-lab/lab/checks/plain";
import { answer } from "./answers";
const check: Check = {
  id: "secret",
  title: "a corpus of one word",
  points: 7,
  hint: "Think of a word of two symbols.",
  run: (learner, t) => t.cases(learner, {
    args: [[[{ symbols: ["sesame", "open"], count: 4711 }]]],
    expected: () => answer,
    wrong: [{ message: "Sesame was counted once.", answer: () => new Map([["sesame open", 1]]) }],
  }),
};
void PlainTensor;
export const checks = [{ exercise: "01/count-pairs", check }];
`;

describe("hidden checks", function () {
  this.timeout(120_000);
  let place: string;
  beforeEach(() => (place = mkdtempSync(join(tmpdir(), "lab hidden test "))));
  afterEach(() => rmSync(place, { recursive: true, force: true }));
  const put = (text: string): string => {
    writeFileSync(join(place, "answers.ts"), 'export const answer = new Map([["sesame open", 4711]]);');
    writeFileSync(join(place, "hidden.ts"), text);
    return join(place, "hidden.ts");
  };

  it("a teacher's module adds them; learners see title and hint, in every form, and not what their code printed", async () => {
    const { checks } = await readHidden(put(MODULE));
    const [lab] = withHidden([findLab("01")], checks);
    const exercise = lab!.exercises.find(({ id }) => id === "count-pairs")!;
    mkdirSync(join(place, "lab"));
    const lab1 = { ...lab!, exercises: [exercise] };
    // Counts each word once, and says what it was given.
    writeFileSync(
      join(place, "lab", "01-tokenization.ts"),
      `export function countPairs(words: any): any {
        console.log("I was given " + JSON.stringify(words));
        const counts = new Map();
        for (const { symbols } of words) for (let i = 0; i + 1 < symbols.length; i++)
          counts.set(symbols[i] + " " + symbols[i + 1], (counts.get(symbols[i] + " " + symbols[i + 1]) ?? 0) + 1);
        return counts;
      }`,
    );
    const outcome = await gradeLab(lab1, join(place, "lab"));
    const [graded] = outcome.exercises;
    const last = graded!.checks.at(-1)!;
    assert.deepEqual(last, {
      id: "secret", title: "a corpus of one word", state: "fail", score: 0, max: 7, hidden: true,
      message: "This check is hidden. Think of a word of two symbols.",
      mistake: "Sesame was counted once.",
    });
    assert.equal(outcome.max, 17);
    // Its other checks are told in full, and so is what it printed meanwhile.
    assert.equal(graded!.checks[0]!.mistake, "Each word was counted once. A word that occurs `count` times adds `count` to each of its pairs.");
    assert.match(graded!.output, /I was given/);
    const seen = exerciseText(graded!, painter(false)) + JSON.stringify(gradeReport([outcome])) + graded!.output;
    assert.match(seen, /a corpus of one word, a hidden check \(not right yet\)\n +This check is hidden\./);
    assert.doesNotMatch(seen, /sesame|4711|Sesame/);
    // The next exercise's output holds nothing of it either.
    const both = await gradeLab({ ...lab!, exercises: [exercise, lab!.exercises[0]!] }, join(place, "lab"));
    assert.doesNotMatch(JSON.stringify(both.exercises.map(({ output }) => output)), /sesame/);
  }); // prettier-ignore

  it("hidden ones run last; what goes wrong in the check itself is the teacher's to see; a right answer is told nothing", async () => {
    const order: string[] = [];
    const check = (id: string, hidden: boolean, fault?: Error): Check => ({
      id, title: id, points: 1, hidden, hint: "A hint.",
      run: () => (order.push(id), fault === undefined ? Promise.resolve() : Promise.reject(fault)),
    });
    const exercise: Exercise = {
      ...findLab("01").exercises[0]!,
      checks: [check("a", true), check("b", false), check("c", true, new Error("4711")), check("d", false)],
    };
    let before = "";
    const { checks } = await runExercise(exercise, localLearner("f", () => 1), 1, () => (before = order.join("")));
    assert.deepEqual([order.join(""), before], ["bdac", "bd"]);
    assert.deepEqual(checks.map(({ message }) => message), ["", "", "", "This check is hidden. A hint."]);
    assert.deepEqual([checks[3]!.state, checks[3]!.mistake], ["error", "The check itself went wrong: 4711"]);
  }); // prettier-ignore

  it("what is wrong with a module is said with its file, place and cure", async () => {
    const check = '{ id: "x", title: "x", points: 1, run: async () => {} }';
    const bad: [text: string, message: RegExp][] = [
      ["export const x = ;", /hidden\.ts: it could not be loaded: line 1: /],
      ["throw new Error('no');", /hidden\.ts: it could not be loaded: no/],
      ["export const check = [];", /It must export checks: \{ exercise: "01\/count-pairs", check: Check \}\[\]/],
      [`export const checks = [{ exercise: "01/count-pairs", check: { ...${check}, points: -1 } }];`, /checks\[0\]\.check\.points/],
      [`export const checks = [{ exercise: "01/count-pairs", check: { ...${check}, run: 5 } }];`, /checks\[0\]\.check\.run: expected a function/],
    ]; // prettier-ignore
    for (const [text, message] of bad) await assert.rejects(readHidden(put(text)), { name: "RangeError", message }, text); // prettier-ignore
    await assert.rejects(readHidden(join(place, "none.ts")), /there is no such file/);
    const of = async (exercise: string, id: string) =>
      withHidden([findLab("01")], (await readHidden(put(`export const checks = [{ exercise: "${exercise}", check: { ...${check}, id: "${id}" } }];`))).checks); // prettier-ignore
    await assert.rejects(
      of("01/count-pair", "x"),
      /no exercise "01\/count-pair"\. Did you mean "01\/count-pairs"\?/,
    );
    await assert.rejects(of("01/count-pairs", "hand"), /Hidden check "hand" of 01\/count-pairs: another check has this id/); // prettier-ignore
    assert.equal((await of("02/cosine", "x"))[0]!.exercises.length, 8, "of a lab that is not graded now");
  });
});
