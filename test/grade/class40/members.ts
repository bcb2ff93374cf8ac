import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findLab } from "../../../src/lab/checks";
import type { State } from "../../../src/grade/class";

/**
 * A made-up class of 40: who hands in what, and what each must get for it. What a mutant loses is written down here by
 * hand; nothing is taken from the code that makes reports.
 */

export const root = join(__dirname, "..", "..", "..");
export const TOPIC = "08-in-context-learning";
export const lab = findLab("08");
export const solution = readFileSync(join(root, "solutions", `${TOPIC}.ts`), "utf8");

/** The checks that a wrong solution fails, each with the beginning of the mistake that is recognised, or none. */
export interface Mutant {
  readonly exercise: string;
  readonly name: string;
  readonly fails: Readonly<Record<string, string | undefined>>;
}

const everywhere = (mistake: string, third: string): Mutant["fails"] => ({
  hand: mistake,
  random: mistake,
  [third]: mistake,
  // Its answers must be right, too; which mistake it is, it does not say.
  input: undefined,
});

const mutants = {
  subtracts: { exercise: "calibrate", name: "subtracts", fails: everywhere("The bias was subtracted.", "edges") },
  nan: { exercise: "global-entropy", name: "nan", fails: { edges: "0 log 0 became NaN" } },
  takesOne: { exercise: "seed-interval", name: "takes-one", fails: { refuses: "Bad input must throw a RangeError." } },
  ties: { exercise: "nearest-shots", name: "ties", fails: { random: "Of equally near ones", ties: "Of equally near ones" } },
  firstOrder: {
    exercise: "maml-gradient",
    name: "first-order",
    fails: { ...everywhere("This is first-order MAML", "slope"), slope: "metaGradient is not the slope" },
  },
  replace: { exercise: "few-shot-prompt", name: "replace", fails: { strange: "String.replace reads" } },
} satisfies Record<string, Mutant>; // prettier-ignore

export interface Member {
  readonly learner: string;
  readonly form: "folder" | "zip" | "notebook" | "file";
  readonly wrong: readonly Mutant[];
  /** Exercises that are as shipped. */
  readonly stubs: readonly string[];
  readonly special?: "exits" | "loops" | "syntax" | "nothing";
  /** ISO 8601. */
  readonly handedIn: string;
  /** Of 10, for the essay; undefined: nobody has read it yet. */
  readonly essay?: number;
  /** What being late must cost, in per cent of what was earned. */
  readonly latePercent: number;
}

export const DEADLINE = "2026-11-20T23:00:00Z";
const inTime = "2026-11-20T18:30:00Z";

/** What policy.json says. The lab is 13 + 11 + 12 + 12 + 12 + 12 + 14 + 20 + 10 own points, and worth 50. */
export const policy = {
  total: 50,
  passMark: 60,
  deadline: DEADLINE,
  late: { graceMinutes: 10, perDay: 10, cap: 30, noCreditAfterDays: 10 },
  labs: { "08": { exercises: { "maml-gradient": 20 } } },
  manual: [{ id: "08/essay", title: "Copying or learning?", max: 10 }],
  extensions: { "c38-extended": { days: 2 } },
};
export const OWN: Readonly<Record<string, number>> = {
  "few-shot-prompt": 13,
  "seed-interval": 11,
  calibrate: 12,
  "nearest-shots": 12,
  "global-entropy": 12,
  "induction-guess": 12,
  "ridge-prediction": 14,
  "maml-gradient": 20,
  essay: 10,
};

/** Hours after the deadline, and the per cent that they cost. */
const delays: readonly (readonly [hours: number, percent: number])[] = [
  [0.1, 0], // within the grace
  [0.5, 10],
  [24, 10],
  [24.5, 20],
  [100, 30], // the cap
];

const { subtracts, nan, takesOne, ties, firstOrder, replace } = mutants;
const all = lab.exercises.map(({ id }) => id);

function makeMembers(): Member[] {
  const members: Member[] = [];
  const add = (count: number, what: string, more: (i: number) => Partial<Member>): void => {
    for (let i = 0; i < count; i++) {
      const n = members.length;
      members.push({
        learner: `c${String(n).padStart(2, "0")}-${what}`,
        form: "folder",
        wrong: [],
        stubs: [],
        handedIn: inTime,
        latePercent: 0,
        ...(n % 13 === 5 ? {} : { essay: n % 11 }),
        ...more(i),
      });
    }
  };
  const late = (i: number): Partial<Member> => {
    const [hours, latePercent] = delays[i % delays.length]!;
    return { handedIn: new Date(Date.parse(DEADLINE) + 3_600_000 * hours).toISOString(), latePercent };
  };
  add(10, "right", (i) => ({
    form: i < 4 ? "zip" : i === 4 ? "notebook" : i === 5 ? "file" : "folder",
    // A file that stands alone is named as downloads are: the learner's name, then the lab's, and so is its result.
    ...(i === 5 ? { learner: `c05-right_${TOPIC}` } : {}),
  }));
  add(8, "subtracts", (i) => ({ wrong: [subtracts], ...(i < 5 ? late(i) : { form: "zip" as const }) }));
  add(5, "nan", (i) => ({ wrong: [nan], ...(i === 0 ? late(3) : {}) }));
  add(4, "two", () => ({ wrong: [takesOne, ties] }));
  add(3, "three", (i) => ({ wrong: [firstOrder, replace, ...(i === 0 ? [nan] : [])] }));
  add(2, "stubs", () => ({ stubs: all }));
  add(2, "half", () => ({ stubs: all.slice(4) }));
  add(1, "exits", () => ({ special: "exits" }));
  add(1, "loops", () => ({ special: "loops" }));
  add(1, "syntax", () => ({ special: "syntax" }));
  add(1, "nothing", () => ({ special: "nothing" }));
  // Two days and a half late, of which two are allowed; and far too late.
  add(1, "extended", () => ({ handedIn: "2026-11-23T11:00:00Z", latePercent: 10 }));
  add(1, "far", () => ({ handedIn: "2026-12-01T00:00:00Z", latePercent: 100 }));
  return members;
}

export const members: readonly Member[] = makeMembers();

export interface Expected {
  /** Own points of each question, as a fraction of integers; undefined where nobody has judged. */
  readonly questions: Readonly<Record<string, readonly [numerator: number, denominator: number] | undefined>>;
  readonly states: Readonly<Record<string, State>>;
  /** "calibrate/hand" and the like, with the mistake's beginning. */
  readonly fails: Readonly<Record<string, string | undefined>>;
}

const ENDED = "The process ended during the call.";
const LATE = "The call did not end in time.";

export function expectedOf({ wrong, stubs, special, essay }: Member): Expected {
  const questions: Record<string, readonly [number, number] | undefined> = {};
  const states: Record<string, State> = {};
  const fails: Record<string, string | undefined> = {};
  for (const { id, checks } of lab.exercises) {
    const max = checks.reduce((sum, check) => sum + check.points, 0);
    const set = (state: State, score: number): void => {
      states[id] = state;
      questions[id] = [OWN[id]! * score, max];
    };
    if (special === "nothing" || stubs.includes(id)) {
      set("not run", 0);
    } else if (special === "exits" || special === "syntax") {
      set(special === "exits" ? "crash" : "syntax", 0);
      // After two processes that ended the others are not run.
      checks.forEach(
        (check, i) => (fails[`${id}/${check.id}`] = special === "exits" && i < 2 ? ENDED : undefined),
      );
    } else if (special === "loops" && id === "calibrate") {
      set("timeout", 0);
      checks.forEach((check, i) => (fails[`${id}/${check.id}`] = i < 2 ? LATE : undefined));
    } else {
      const lost = wrong.find(({ exercise }) => exercise === id)?.fails ?? {};
      const score = checks
        .filter((check) => !(check.id in lost))
        .reduce((sum, check) => sum + check.points, 0);
      set(score === max ? "pass" : score > 0 ? "partial" : "fail", score);
      for (const [check, mistake] of Object.entries(lost)) fails[`${id}/${check}`] = mistake;
    }
  }
  questions["essay"] = essay === undefined ? undefined : [essay, 1];
  states["essay"] = essay === undefined ? "manual" : essay === 10 ? "pass" : essay > 0 ? "partial" : "fail";
  return { questions, states, fails };
}
