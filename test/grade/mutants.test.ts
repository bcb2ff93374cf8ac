import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gradeLab } from "../../src/grade/lab";
import { DEFAULT_LIMITS } from "../../src/grade/sandbox";
import { labs } from "../../src/lab/checks";

const mutants = join(__dirname, "..", "mutants");
const limits = { ...DEFAULT_LIMITS, callSeconds: 2 };

describe("wrong solutions are caught, each by the message it must get", function () {
  this.timeout(300_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lab-mutants-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

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

    for (const exercise of lab.exercises) {
      for (const file of readdirSync(join(mutants, lab.topic, exercise.id))) {
        it(`${lab.id}/${exercise.id}: ${file.slice(0, -3)}`, async () => {
          const source = join(mutants, lab.topic, exercise.id, file);
          const expect = /^\/\/ expect: (.+)$/m.exec(readFileSync(source, "utf8"))?.[1];
          assert.ok(expect, "the file begins with // expect: and a regular expression");
          const place = join(folder, `${exercise.id}-${file.slice(0, -3)}`);
          mkdirSync(place);
          cpSync(source, join(place, `${lab.topic}.ts`));
          const one = { ...lab, exercises: [exercise] };
          const { score, max, state, exercises } = await gradeLab(one, place, { limits });
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
      }
    }
  }
});
