import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gradeLab, type LabOutcome } from "../../src/grade/lab";
import { DEFAULT_LIMITS } from "../../src/grade/sandbox";
import { labs } from "../../src/lab/checks";
import type { Exercise, Lab } from "../../src/lab/exercise";

const mutants = join(__dirname, "..", "mutants");
const limits = { ...DEFAULT_LIMITS, callSeconds: 2 };

interface Mutant {
  readonly lab: Lab;
  readonly exercise: Exercise;
  readonly file: string;
}

const all: readonly Mutant[] = labs.flatMap((lab) =>
  lab.exercises.flatMap((exercise) =>
    readdirSync(join(mutants, lab.topic, exercise.id)).map((file) => ({ lab, exercise, file })),
  ),
);

const sourceOf = ({ lab, exercise, file }: Mutant): string => join(mutants, lab.topic, exercise.id, file);

/** Graded at the same time: the work is in the learners' processes, and this one has little of it. */
const JOBS = 3;

describe("wrong solutions are caught, each by the message it must get", function () {
  this.timeout(300_000);
  let folder: string;
  const started = new Map<number, Promise<LabOutcome>>();
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lab-mutants-"));
  });
  after(async () => {
    await Promise.allSettled(started.values());
    rmSync(folder, { recursive: true, force: true });
  });

  /** Grades only the exercise that the mutant has. */
  const grade = async ({ lab, exercise, file }: Mutant): Promise<LabOutcome> => {
    const place = join(folder, `${lab.id}-${exercise.id}-${file.slice(0, -3)}`);
    mkdirSync(place);
    cpSync(sourceOf({ lab, exercise, file }), join(place, `${lab.topic}.ts`));
    return gradeLab({ ...lab, exercises: [exercise] }, place, { limits });
  };

  /** What came of mutant `i`; the next ones are begun meanwhile. */
  const outcomeOf = (i: number): Promise<LabOutcome> => {
    for (let k = i; k < Math.min(i + JOBS, all.length); k++) {
      if (started.has(k)) continue;
      const outcome = grade(all[k]!);
      // A failure is told by the test that asks for it.
      outcome.catch(() => undefined);
      started.set(k, outcome);
    }
    return started.get(i)!;
  };

  for (const lab of labs) {
    it(`${lab.topic}: a folder for each exercise, with at least three wrong solutions, and no other files`, () => {
      const exercises = lab.exercises.map(({ id }) => id).sort();
      assert.deepEqual(readdirSync(join(mutants, lab.topic)).sort(), exercises);
      for (const id of exercises) {
        const files = readdirSync(join(mutants, lab.topic, id));
        assert.ok(files.length >= 3, `${id} has ${files.length}`);
        assert.ok(files.every((file) => file.endsWith(".ts")));
      }
    });

    all.forEach((mutant, i) => {
      if (mutant.lab !== lab) return;
      it(`${lab.id}/${mutant.exercise.id}: ${mutant.file.slice(0, -3)}`, async () => {
        const expect = /^\/\/ expect: (.+)$/m.exec(readFileSync(sourceOf(mutant), "utf8"))?.[1];
        assert.ok(expect, "the file begins with // expect: and a regular expression");
        const { score, max, state, exercises } = await outcomeOf(i);
        const messages = exercises[0].checks
          .map(({ message }) => message)
          .filter((message) => message !== "");
        assert.ok(score < max, "not full marks");
        assert.notEqual(state, "error", messages.join("\n"));
        assert.ok(
          messages.some((message) => new RegExp(expect).test(message)),
          `no message like /${expect}/ in:\n${messages.join("\n")}`,
        );
      });
    });
  }
});
