import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

interface Worked {
  readonly question: string;
  readonly chain: string;
  readonly answer: string;
}
type Args = [shots: readonly Worked[], question: string, limit: number];

/** One habit of the writer turned into a mistake. */
interface Ways {
  readonly shot?: (shot: Worked) => string;
  readonly asked?: (question: string) => string;
  /** Which demonstrations stay. */
  readonly kept?: (
    texts: readonly string[],
    room: number,
    fits: (room: number) => boolean,
  ) => readonly string[];
  readonly fits?: (length: number, limit: number) => boolean;
}

const shotText = ({ question, chain, answer }: Worked): string =>
  `Q: ${question}\nA: ${chain} The answer is ${answer}.\n\n`;
const askedText = (question: string): string => `Q: ${question}\nA:`;
const length = (texts: readonly string[]): number => texts.join("").length;
/** All but as many of the first as must go. */
const lastOnes = (
  texts: readonly string[],
  _: number,
  fits: (room: number) => boolean,
): readonly string[] => {
  let first = 0;
  while (first < texts.length && !fits(length(texts.slice(first)))) first++;
  return texts.slice(first);
};

function prompt([shots, question, limit]: Args, ways: Ways = {}): string {
  const { shot = shotText, asked = askedText, kept = lastOnes, fits = (a, b) => a <= b } = ways;
  const end = asked(question);
  const room = limit - end.length;
  return kept(shots.map(shot), room, (more) => fits(end.length + more, limit)).join("") + end;
}
const right = (...args: Args): string => prompt(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => prompt(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    'The prompt ends with a space. Nothing after "A:": a tokenizer puts the space in front of the next word, and a prompt that ends ' +
      "with one asks for something rare.",
    { asked: (question) => `Q: ${question}\nA: ` },
  ),
  mistake("The prompt ends with an end of line. The model goes on right after the colon.", {
    asked: (question) => `Q: ${question}\nA:\n`,
  }),
  mistake(
    "The LAST demonstrations were left out. They stand next to the question: leave out the first ones.",
    {
      kept: (texts, _, fits) => {
        let count = texts.length;
        while (count > 0 && !fits(length(texts.slice(0, count)))) count--;
        return texts.slice(0, count);
      },
    },
  ),
  mistake(
    "One that does not fit was jumped over, and an earlier, shorter one taken. Stop there: what is kept are the last ones, in a row.",
    {
      kept: (texts, _, fits) => {
        let own: string[] = [];
        for (const text of [...texts].reverse()) if (fits(length([text, ...own]))) own = [text, ...own];
        return own;
      },
    },
  ),
  mistake("The demonstrations stand in the wrong order: the last one comes right before the question.", {
    kept: (texts, room, fits) => [...lastOnes(texts, room, fits)].reverse(),
  }),
  mistake("Where not all demonstrations fit, none is left. Leave out only as many as must go.", {
    kept: (texts, _, fits) => (fits(length(texts)) ? texts : []),
  }),
  mistake("The limit is not kept: where the prompt would be longer, demonstrations are left out.", {
    kept: (texts) => texts,
  }),
  {
    message: "The question's own text was not counted: the WHOLE prompt may have `limit` characters.",
    answer: (shots, question, limit) => prompt([shots, question, limit + askedText(question).length]),
  },
  mistake("A prompt of just `limit` characters is allowed (at most, not fewer).", {
    fits: (a, b) => a < b,
  }),
  mistake("An empty line stands between demonstrations: two ends of line after each.", {
    shot: (shot) => shotText(shot).slice(0, -1),
  }),
  mistake('The answer is not said: after the chain comes " The answer is 3.".', {
    shot: ({ question, chain }) => `Q: ${question}\nA: ${chain}\n\n`,
  }),
  mistake("The chain is missing: this is a prompt without thinking aloud.", {
    shot: ({ question, answer }) => `Q: ${question}\nA: The answer is ${answer}.\n\n`,
  }),
  mistake("The answer stands before the chain: then the chain cannot help it.", {
    shot: ({ question, chain, answer }) => `Q: ${question}\nA: The answer is ${answer}. ${chain}\n\n`,
  }),
  mistake("The full stop after the answer is missing.", {
    shot: (shot) => shotText(shot).replace(".\n\n", "\n\n"),
  }),
  mistake('There is a space missing between "A:" and the chain.', {
    shot: (shot) => shotText(shot).replace("\nA: ", "\nA:"),
  }),
  mistake("Question and answer stand on two lines: an end of line before A:.", {
    shot: (shot) => shotText(shot).replace("\nA:", " A:"),
    asked: (question) => `Q: ${question} A:`,
  }),
];

const items = ["pens", "nuts", "eggs", "cards", "old coins", "red and blue marbles"] as const;

function shotOf(random: Random): Worked {
  const [a, b] = [random.int(1, 99), random.int(1, 9)];
  const item = random.pick(items);
  return random.next() < 0.5
    ? { question: `${a} ${item} and ${b} more?`, chain: `${a} + ${b} = ${a + b}.`, answer: `${a + b}` }
    : {
        question: `There are ${b} boxes of ${a} ${item}. How many ${item} are there in all?`,
        chain: `A box has ${a}. There are ${b} boxes. ${a} * ${b} = ${a * b}.`,
        answer: `${a * b}`,
      };
}
const shotsOf = (random: Random, count: number): Worked[] =>
  Array.from({ length: count }, () => shotOf(random));

const [pens, eggs]: [Worked, Worked] = [
  { question: "1+2?", chain: "1 and 2 are 3.", answer: "3" },
  { question: "4 eggs, 1 breaks?", chain: "Broken ones are gone. 4 - 1 = 3.", answer: "3" },
];

export const chainPrompt: Exercise = {
  id: "chain-prompt",
  fn: "chainPrompt",
  title: "A prompt that thinks aloud",
  difficulty: 2,
  importance: 5,
  minutes: 20,
  hints: [
    "Build it from its END: the question is sure to stay. What may stand before it, and what before that?",
    [
      'prompt = "Q: " question, end of line, "A:"',
      "if it is longer than limit: throw a RangeError",
      "for each demonstration, the LAST one first:",
      "  text = its lines and an empty line",
      "  stop if text and prompt together are longer than limit",
      "  prompt = text + prompt",
    ].join("\n"),
    "shots.reverse() turns the caller's own array round. [...shots].reverse() turns a copy.",
  ],
  errors: [
    {
      see: /changed its input/,
      help: "reverse and shift change the array that was given: work on [...shots].",
    },
    { see: /\[object Object\]/, help: "A demonstration is an object: write its question, chain and answer." },
    {
      see: /must throw a RangeError/,
      help: "Compare the question's own text with the limit before all else.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: no demonstration, one, two",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: [[[pens], "2+2?", 100], [[], "2+2?", 100], [[pens, eggs], "5+5?", 1000]], expected: right, wrong }), // prettier-ignore
    },
    {
      id: "random",
      title: "30 random prompts with room enough",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 30 }, (): Args => [
            shotsOf(t.random, t.random.int(1, 5)),
            shotOf(t.random).question,
            2000,
          ]),
          expected: right,
          wrong,
        }),
    },
    {
      id: "limit",
      title: "60 random limits: the last demonstrations stay",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, (): Args => {
            const [shots, asked] = [shotsOf(t.random, t.random.int(2, 6)), shotOf(t.random).question];
            const whole = right(shots, asked, Infinity).length;
            return [shots, asked, t.random.int(askedText(asked).length, whole)];
          }),
          expected: right,
          wrong,
        }),
    },
    {
      id: "edges",
      title: "a limit that just fits, or misses by one",
      points: 1,
      run: (learner, t) => {
        const both: [Worked[], string] = [[pens, eggs], "5+5?"];
        const whole = right(...both, Infinity).length;
        const args: Args[] = [whole, whole - 1, whole - shotText(pens).length, askedText("5+5?").length].map((limit) => [...both, limit]); // prettier-ignore
        return t.cases<Args>(learner, { args, expected: right, wrong });
      },
    },
    {
      id: "refuses",
      title: "refuses a question that does not fit; leaves its input alone",
      points: 1,
      async run(learner, t) {
        for (const limit of [9, 0]) await t.refuses(learner, [[pens], "2+2?", limit], /RangeError/, "a RangeError"); // prettier-ignore
        await t.unchanged<Args>(
          learner,
          [
            [[pens, eggs], "2+2?", 1000],
            [[eggs, pens], "3+3?", 1000],
          ],
          right,
        );
      },
    },
  ],
};
