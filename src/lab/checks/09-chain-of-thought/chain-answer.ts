import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

type Args = [text: string];

/** One rule of the reader turned into a mistake. */
interface Ways {
  /** Place of the trigger, below 0 where there is none. */
  readonly find?: (text: string) => number;
  readonly number?: RegExp;
  readonly value?: (found: string) => number;
  readonly after?: (found: readonly string[]) => string | undefined;
  readonly without?: (found: readonly string[]) => string | undefined;
  /** Where the trigger comes and no number after it. */
  readonly guess?: (all: readonly string[]) => string | undefined;
}

const trigger = "the answer is";
const NUMBER = /(?:(?<![0-9A-Za-z])-)?\$?\d+(?:,\d{3})*(?:\.\d+)?/g;

function read(text: string, ways: Ways = {}): number | undefined {
  const { find = (all) => all.toLowerCase().lastIndexOf(trigger), number = NUMBER } = ways;
  const { value = (found) => Number(found.replace(/[$,]/g, "")) } = ways;
  const { after = (found) => found[0], without = (found) => found.at(-1), guess = () => undefined } = ways;
  const numbersOf = (part: string): string[] => part.match(number) ?? [];
  const at = find(text);
  const chosen =
    at < 0
      ? without(numbersOf(text))
      : (after(numbersOf(text.slice(at + trigger.length))) ?? guess(numbersOf(text)));
  return chosen === undefined ? undefined : value(chosen);
}
const right = (...[text]: Args): number | undefined => read(text);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (text) => read(text, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    'The FIRST "the answer is" was taken. A chain may say it of a step: the last one counts (lastIndexOf).',
    {
      find: (text) => text.toLowerCase().indexOf(trigger),
    },
  ),
  mistake(
    '"the answer is" was looked for in one case only. A sentence begins with "The": compare in lower case.',
    {
      find: (text) => text.lastIndexOf(trigger),
    },
  ),
  mistake('"The answer is" was looked for with a capital only. It may stand inside of a sentence.', {
    find: (text) => text.lastIndexOf("The answer is"),
  }),
  mistake('After "the answer is" the FIRST number counts, not the last: more may follow, as "18 of 20".', {
    after: (found) => found.at(-1),
  }),
  mistake('Without "the answer is" the LAST number counts: the ones before it are steps.', {
    without: (found) => found[0],
  }),
  mistake('Without "the answer is" there is an answer still: the last number of the text.', {
    without: () => undefined,
  }),
  mistake(
    'Where no number follows "the answer is", nothing is guessed: undefined, not the last number of the text.',
    {
      guess: (all) => all.at(-1),
    },
  ),
  mistake(
    'The last number of the text was taken, whatever it says. What follows "the answer is" counts first.',
    {
      find: () => -1,
    },
  ),
  mistake('Where no number follows "the answer is", there is no answer: undefined, not NaN or 0.', {
    guess: () => "0",
  }),
  mistake('Commas between thousands were not read: "1,200" is 1200. Take them out before Number.', {
    number: /(?:(?<![0-9A-Za-z])-)?\$?\d+(?:\.\d+)?/g,
  }),
  mistake('Number("1,200") is NaN: take the commas out first, and the $.', {
    value: (found) => Number(found),
  }),
  mistake('parseFloat("1,200") is 1: it stops at the comma. Take the commas out first.', {
    value: (found) => parseFloat(found.replace("$", "")),
  }),
  mistake(
    "Only the first comma was taken out: replace with a text changes one. Use replaceAll, or a pattern with g.",
    {
      value: (found) => Number(found.replace("$", "").replace(",", "")),
    },
  ),
  mistake('Digits after the point are lost: "2.5" is one number.', {
    number: /(?:(?<![0-9A-Za-z])-)?\$?\d+(?:,\d{3})*/g,
  }),
  mistake('The sign is lost: "-4" is below 0.', { number: /\$?\d+(?:,\d{3})*(?:\.\d+)?/g }),
  mistake('The "-" of a subtraction was taken for a sign: in "5-3" it has a digit right before it.', {
    number: /-?\$?\d+(?:,\d{3})*(?:\.\d+)?/g,
  }),
  mistake('A full stop was read as part of the number: "18." is 18. It belongs to it when digits follow.', {
    number: /(?:(?<![0-9A-Za-z])-)?\$?\d[\d,.]*/g,
  }),
];

const sentences = ["So ", "Then we get ", "That makes ", "Now "] as const;
const ends = [".", " pens.", " in all.", " dollars."] as const;

/** A chain of steps, with its answer said or not. */
function chainOf(random: Random, said: boolean): string {
  const steps = Array.from({ length: random.int(1, 3) }, () => {
    const [a, b] = [random.int(2, 60), random.int(2, 60)];
    return `${random.pick(sentences)}${a} + ${b} = ${a + b}${random.pick(ends)}`;
  });
  const answer = random.int(1, 99);
  if (!said) return steps.join(" ");
  return `${steps.join(" ")} ${random.pick(["The answer is ", "So the answer is ", "THE ANSWER IS "])}${answer}${random.pick(ends)}`;
}

const forms = ["$1,200", "12,345", "1,234,567", "-4", "2.5", "-$30", "$0.75", "1,000.5", "0", "7"] as const;

export const chainAnswer: Exercise = {
  id: "chain-answer",
  fn: "chainAnswer",
  title: "The answer of a chain",
  difficulty: 3,
  importance: 5,
  minutes: 25,
  hints: [
    "Two questions, one after the other: in which part of the text may the answer stand, and which of its numbers is it?",
    [
      'at = last place of "the answer is" in the text in lower case',
      "part = what follows it; the whole text where it never comes",
      "numbers = all matches of a pattern in part",
      "chosen = the first of them after the trigger, else the last",
      "undefined where there is none; else Number of it without $ and commas",
    ].join("\n"),
    "A pattern for numbers, step by step: \\d+ digits, (,\\d{3})* thousands, (\\.\\d+)? a fraction, \\$? a dollar; and in front " +
      "((?<!\\w)-)?, a minus that has no letter or digit before it. text.match(/.../g) gives all, or null.",
  ],
  errors: [
    { see: /NaN/, help: 'Number("$5") and Number("1,200") are NaN: take $ and commas out first.' },
    { see: /null/, help: "match gives null where nothing is found: (text.match(pattern) ?? [])." },
    {
      see: /an array/,
      help: "Without the flag g, match gives the groups of ONE match. Take one item of it.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: said, said twice, not said",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            ["3 + 4 = 7. The answer is 7."],
            ["First the answer is 4. Then 4 + 5 = 9, so the answer is 9 of 20."],
            ["2 + 2 = 4 and 4 + 1 = 5"],
            ["Half of 20 is 10. The answer is 10, and 10 is 5 + 5."],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "random",
      title: "60 random chains",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, (_, i): Args => [chainOf(t.random, i % 3 > 0)]),
          expected: right,
          wrong,
        }),
    },
    {
      id: "numbers",
      title: "money, thousands, fractions, signs",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            ...forms.map((form): Args => [`The answer is ${form}.`]),
            ["It is $1,200, so 600 each"],
            ["We have 5-3"],
            ["9-12=-3"],
            ["A-7"],
            ["It fell to -4"],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "none",
      title: "no answer where there is none",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            ["5. The answer is unknown."],
            ["5 + 5 = 10. The answer is"],
            ["I do not know."],
            [""],
            ["The answer is 3. No: the answer is not known."],
            ["4 pens"],
            ["The answer is 3 of 9."],
            ["12 eggs, the answer is 11."],
          ],
          expected: right,
          wrong,
        }),
    },
  ],
};
