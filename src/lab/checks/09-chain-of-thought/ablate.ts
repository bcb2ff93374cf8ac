import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { written } from "./chains";

type Form = "equation" | "dots" | "after";
type Args = [line: string, form: Form];
interface Parts {
  readonly asked: string;
  readonly chain: string;
  readonly answer: string;
}

const forms: readonly Form[] = ["equation", "dots", "after"];

function cut(line: string): Parts {
  const [, asked = "", chain = "", answer = ""] = /^([^=]*)=([^#]*)#(.*)$/.exec(line) ?? [];
  return { asked, chain, answer };
}

const made: Readonly<Record<Form, (parts: Parts) => string>> = {
  equation: ({ asked, answer }) => `${asked}=${asked}#${answer}`,
  dots: ({ asked, chain, answer }) => `${asked}=${".".repeat(chain.length)}#${answer}`,
  after: ({ asked, chain, answer }) => `${asked}=#${answer} ${chain}`,
};
const right = (...[line, form]: Args): string => made[form](cut(line));

/** Another way with some forms, or with the cutting. */
const mistake = (
  message: string,
  ways: Partial<Record<Form, (parts: Parts) => string>>,
  parts: (line: string) => Parts = cut,
): Wrong<Args> => ({ message, answer: (line, form) => (ways[form] ?? made[form])(parts(line)) });

const wrong: readonly Wrong<Args>[] = [
  mistake(
    'The line was cut at its LAST "=". Steps have one too: the question ends at the first (indexOf finds it).',
    {},
    (line) => {
      const [equals, hash] = [line.lastIndexOf("="), line.indexOf("#")];
      return {
        asked: line.slice(0, equals),
        chain: line.slice(equals + 1, hash),
        answer: line.slice(hash + 1),
      };
    },
  ),
  mistake(
    'split("=") cuts at EVERY "=", and the chain has some: part 1 is only the beginning of the chain. Cut once, at the first.',
    {},
    (line) => {
      const [asked = "", chain = ""] = line.split("=");
      return { asked, chain, answer: line.slice(line.indexOf("#") + 1) };
    },
  ),
  mistake(
    "The spaces of the chain stayed. Each character becomes a dot, spaces too: as much to compute with.",
    {
      dots: ({ asked, chain, answer }) => `${asked}=${chain.replace(/\S/g, ".")}#${answer}`,
    },
  ),
  mistake("Spaces were left out of the count of dots. Each character becomes a dot, spaces too.", {
    dots: ({ asked, chain, answer }) => `${asked}=${".".repeat(chain.replaceAll(" ", "").length)}#${answer}`,
  }),
  mistake("A dot stands for each STEP. There must be as many as the chain has characters.", {
    dots: ({ asked, chain, answer }) => `${asked}=${".".repeat(chain.split(" ").length)}#${answer}`,
  }),
  mistake("Three dots always: as many as the chain has characters, or the model has less to compute with.", {
    dots: ({ asked, answer }) => `${asked}=...#${answer}`,
  }),
  mistake("There are as many dots as the equation has characters. Here the chain is what they stand for.", {
    dots: ({ asked, answer }) => `${asked}=${".".repeat(asked.length)}#${answer}`,
  }),
  mistake('The "#" of the form "after" is missing: it says where the answer begins.', {
    after: ({ asked, chain, answer }) => `${asked}=${answer} ${chain}`,
  }),
  mistake(
    'In the form "after" the "#" stands behind the answer. It says where the answer begins: "#21 ...".',
    {
      after: ({ asked, chain, answer }) => `${asked}=${answer}#${chain}`,
    },
  ),
  mistake('The form "after" needs a space between the answer and the chain.', {
    after: ({ asked, chain, answer }) => `${asked}=#${answer}${chain}`,
  }),
  mistake('The form "after" is the line as it came: the answer must stand BEFORE the chain.', {
    after: ({ asked, chain, answer }) => `${asked}=${chain}#${answer}`,
  }),
  mistake('In the form "equation" its "=" is there twice: "12+9=12+9#21".', {
    equation: ({ asked, answer }) => `${asked}=${asked}=#${answer}`,
  }),
  mistake(
    'The form "equation" has no chain at all, which is the direct form. The question comes again in its place.',
    {
      equation: ({ asked, answer }) => `${asked}=#${answer}`,
    },
  ),
  mistake('The form "equation" keeps the chain. The equation comes in its place.', {
    equation: ({ asked, chain, answer }) => `${asked}=${asked} ${chain}#${answer}`,
  }),
  mistake("The question is missing: it stays at the beginning of every form.", {
    equation: ({ asked, answer }) => `${asked}#${answer}`,
    dots: ({ chain, answer }) => `${".".repeat(chain.length)}#${answer}`,
    after: ({ chain, answer }) => `#${answer} ${chain}`,
  }),
  mistake('The "#" was left out: it ends the chain, so that the answer can be found.', {
    equation: ({ asked, answer }) => `${asked}=${asked}${answer}`,
    dots: ({ asked, chain, answer }) => `${asked}=${".".repeat(chain.length)}${answer}`,
  }),
];

const sums = (random: Random, count: number): string[] =>
  Array.from({ length: count }, () => written(random.int(0, 9999), random.int(0, 999)));
const of = (lines: readonly string[], ...which: Form[]): Args[] =>
  lines.flatMap((line) => which.map((form): Args => [line, form]));

const hand = [written(12, 9), written(345, 678)];

export const ablate: Exercise = {
  id: "ablate",
  fn: "ablate",
  title: "Three ways to spoil a chain",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    'Which "=" ends the question, and which string method finds the FIRST of something?',
    [
      'equals = place of the first "="; hash = place of "#"',
      "asked = all before equals; chain = between the two; answer = all after hash",
      'equation: asked "=" asked "#" answer',
      'dots: asked "=" as many dots as chain is long "#" answer',
      'after: asked "=#" answer " " chain',
    ].join("\n"),
    '".".repeat(n) is n dots.',
  ],
  errors: [
    {
      see: /undefined/,
      help: 'A part is missing: split("=") gives more parts than two, and you took another one.',
    },
    { see: /Invalid count/, help: "repeat needs a length from 0 up: is hash after equals?" },
  ],
  checks: [
    {
      id: "equation",
      title: "the equation alone",
      points: 3,
      run: (learner, t) => t.cases<Args>(learner, { args: of([...hand, ...sums(t.random, 20)], "equation"), expected: right, wrong }), // prettier-ignore
    },
    {
      id: "dots",
      title: "dots, as many as there were characters",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: of([...hand, ...sums(t.random, 20)], "dots"), expected: right, wrong }), // prettier-ignore
    },
    {
      id: "after",
      title: "the chain after the answer",
      points: 3,
      run: (learner, t) => t.cases<Args>(learner, { args: of([...hand, ...sums(t.random, 20)], "after"), expected: right, wrong }), // prettier-ignore
    },
    {
      id: "other",
      title: "products, and chains in words",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: of(
            ["345*7=5*7+0=35 4*7+3=31 3*7+3=24#2415", "2+2=two and two = four#4", "1+0=1#1"],
            ...forms,
          ),
          expected: right,
          wrong,
        }),
    },
  ],
};
