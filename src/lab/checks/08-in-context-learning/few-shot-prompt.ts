import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

interface Example {
  readonly text: string;
  readonly label: string;
}
type Args = [template: string, demonstrations: readonly Example[], question: string];

/** One step of the building turned into a mistake. */
interface Ways {
  /** What follows a demonstration. */
  readonly separator?: string;
  readonly label?: (label: string, i: number) => string;
  readonly order?: (demonstrations: readonly Example[]) => readonly Example[];
  /** The question's part between its text and its label. */
  readonly end?: (between: string) => string;
  readonly questionFirst?: boolean;
  readonly fill?: (template: string, text: string, label: string) => string;
}

function built([template, demonstrations, question]: Args, ways: Ways = {}): string {
  const { separator = "\n\n", label = (own) => own, order = (all) => all, end = (between) => between.trimEnd() } = ways; // prettier-ignore
  const [before = "", rest = ""] = template.split("{text}");
  const [between = ""] = rest.split("{label}");
  const fill = ways.fill ?? ((_, text, own) => before + text + between + own);
  const shown = order(demonstrations).map((each, i) => fill(template, each.text, label(each.label, i)) + separator); // prettier-ignore
  const asked = ways.fill ? end(ways.fill(template, question, "")) : before + question + end(between);
  return ways.questionFirst ? asked + separator + shown.join("") : shown.join("") + asked;
}
const right = (...args: Args): string => built(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => built(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    'The prompt ends with a space. The answer\'s first token has the space in it (" positive"), so the prompt must end before it: trimEnd().',
    { end: (between) => between },
  ),
  mistake(
    "The label's slot was left in the question: the prompt ends where the label would stand, and the model goes on from there.",
    { end: (between) => `${between}{label}` },
  ),
  mistake("The demonstrations have no labels. They show how a text is ANSWERED: fill in both slots.", {
    label: () => "",
  }),
  mistake("All demonstrations have the label of the first. Each has its own.", {
    order: (all) => all.map(({ text }) => ({ text, label: all[0]!.label })),
  }),
  mistake("The demonstrations came out in the wrong order. Keep the order in which they are given.", {
    order: (all) => [...all].reverse(),
  }),
  mistake('Nothing stands between demonstrations. After each comes an empty line, "\\n\\n".', {
    separator: "",
  }),
  mistake('Only one line end stands after a demonstration. An empty line is two: "\\n\\n".', {
    separator: "\n",
  }),
  mistake("The question came first. A model goes on from the END of a prompt, so the question is last.", {
    questionFirst: true,
  }),
  mistake(
    'A text that holds "{label}" was taken for the template: the label went into the text. Cut the template at its slots first, ' +
      "then put texts between the pieces.",
    {
      fill: (template, text, label) => template.replace("{text}", () => text).replace("{label}", () => label),
    },
  ),
  mistake(
    "String.replace reads $&, $1 and $$ in the replacement as orders. Put pieces together with +, or give a function: replace(slot, () => text).",
    { fill: (template, text, label) => template.replace("{text}", text).replace("{label}", label) },
  ),
];

const reviews = "Review: {text}\nSentiment: {label}";
const one: Example = { text: "Great.", label: "positive" };
const two: Example = { text: "It broke.", label: "negative" };
const hand: readonly Args[] = [
  [reviews, [one], "Awful."],
  [reviews, [two, one], "I like it."],
  ["{text} => {label}", [one, two], "Fine."],
];

const words = ["good", "bad", "It", "works", "never", "again", "why", "so"];
function randomArgs(random: Random): Args {
  const some = (): string =>
    random
      .text(
        words.map((word) => `${word} `),
        random.int(1, 4),
      )
      .trim();
  const template = random.pick([
    reviews,
    "Q: {text}\nA: {label}",
    "{text} => {label}",
    "Is it spam? {text} {label}",
  ]);
  const count = random.int(1, 4);
  const demonstrations = Array.from({ length: count }, () => ({
    text: some(),
    label: random.pick(["yes", "no"]),
  }));
  return [template, demonstrations, some()];
}

export const fewShotPrompt: Exercise = {
  id: "few-shot-prompt",
  fn: "fewShotPrompt",
  title: "A prompt with demonstrations",
  difficulty: 2,
  importance: 5,
  minutes: 15,
  hints: [
    "A template with two slots has three pieces: before the text, between text and label, after the label (nothing here). Which pieces does " +
      "a demonstration need, and which the question?",
    [
      'before, rest = template cut at "{text}"',
      'between = the part of rest before "{label}"',
      'for each demonstration: before + its text + between + its label + "\\n\\n"',
      "then: before + question + between without spaces at its end",
    ].join("\n"),
    'const [before, rest] = template.split("{text}"); and between.trimEnd().',
  ],
  errors: [
    { see: /undefined/, help: 'template.split("{text}") gives the pieces before and after: two of them.' },
    {
      see: /changed its input/,
      help: "reverse() turns the very array round that it is called on. Nothing needs turning here.",
    },
    {
      see: /\$&|\$1|\$\$/,
      help: 'In replace(slot, text) the characters $& in text mean "what was found". With + nothing is read into a text.',
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: one and two demonstrations",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong }),
    },
    {
      id: "random",
      title: "40 random prompts",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
        }),
    },
    {
      id: "none",
      title: "no demonstrations: zero-shot",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [reviews, [], "Awful."],
            ["{text} => {label}", [], "Fine."],
            [reviews, [one], "It was fine."],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "strange",
      title: "texts with {label}, $& and spaces in them",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [reviews, [{ text: "Fill in {label} here", label: "negative" }], "What is a {label}?"],
            [reviews, [{ text: "Costs $& more, $$ and $1", label: "negative" }], "Only $5 & good, $&"],
            ["{text} => {label}", [{ text: "  two  spaces ", label: "yes" }], "so so"],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [[reviews, [one, two], "Well."], [reviews, [two], "Hm."]], right), // prettier-ignore
    },
  ],
};
