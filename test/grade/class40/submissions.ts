import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { zipOf } from "../../helpers/zips";
import { lab, members, root, solution, TOPIC, type Member } from "./members";

/** Writes the 40 submissions into `place`/submissions, with the times at which they were handed in. */
export function writeSubmissions(place: string): string {
  const folder = join(place, "submissions");
  mkdirSync(folder);
  for (const member of members) writeOne(folder, member);
  const times = members.map(({ learner, handedIn }) => [learner, handedIn]);
  writeFileSync(join(folder, "submission_metadata.json"), JSON.stringify(Object.fromEntries(times)));
  return folder;
}

function writeOne(folder: string, member: Member): void {
  const { learner, form } = member;
  const files = filesOf(member);
  const text = files[`${TOPIC}.ts`] ?? "";
  if (form === "folder") {
    for (const [name, data] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, learner, name)), { recursive: true });
      writeFileSync(join(folder, learner, name), data);
    }
  } else if (form === "zip") {
    const entries = Object.entries(files).map(([name, data]) => ({ name: `labs/${name}`, data }));
    writeFileSync(join(folder, `${learner}.zip`), zipOf(entries));
  } else if (form === "file") {
    writeFileSync(join(folder, `${learner}.ts`), text);
  } else {
    const cells = text
      .split(/\n(?=\/\*\*\n)/)
      .map((source) => ({ cell_type: "code", metadata: {}, source, outputs: [] }));
    writeFileSync(join(folder, `${learner}.ipynb`), JSON.stringify({ cells, metadata: {}, nbformat: 4 }));
  }
}

/** The right answers, with wrong ones from test/mutants beside them in their place. */
function filesOf({ wrong, stubs, special }: Member): Record<string, string> {
  const name = `${TOPIC}.ts`;
  if (special === "nothing") return { "readme.txt": "I was ill." };
  if (special === "syntax") return { [name]: `${solution}\nexport const x = ;` };
  if (special === "exits") return { [name]: "process.reallyExit(0);\nexport const calibrate = () => [1];\n" };
  if (special === "loops")
    return { [name]: `${without("calibrate")}\nexport function calibrate(): never { for (;;); }\n` };
  if (stubs.length === lab.exercises.length)
    return { [name]: readFileSync(join(root, "labs", name), "utf8") };
  const files: Record<string, string> = {};
  let text = solution;
  for (const { exercise, name: mutant } of wrong) {
    const { fn } = lab.exercises.find(({ id }) => id === exercise)!;
    text = `${without(fn, text)}\nexport { ${fn} } from "./mine/${exercise}";\n`;
    files[`mine/${exercise}.ts`] = readFileSync(join(root, "test", "mutants", TOPIC, exercise, `${mutant}.ts`), "utf8"); // prettier-ignore
  }
  for (const id of stubs) {
    const { fn } = lab.exercises.find((one) => one.id === id)!;
    text = `${without(fn, text)}\nexport function ${fn}(): never { throw new Error("Not implemented yet: ${fn}"); }\n`;
  }
  return { ...files, [name]: text };
}

/** The lab without its function `fn`. */
const without = (fn: string, text = solution): string =>
  text.replace(`export function ${fn}(`, "export function unused$(".replace("$", fn));
