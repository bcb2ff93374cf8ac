import type { Exercise } from "../../exercise";
import { fullShares } from "../07-generation/numbers";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { argMax, mean } from "./numbers";

interface Labelled {
  readonly text: number;
  readonly label: number;
}
type Probabilities = readonly (readonly (readonly number[])[])[];
type Args = [probabilities: Probabilities, own: number, wanted: readonly number[]];

/** One text as the others see it. */
interface Found extends Labelled {
  readonly sure: number;
}

/** One step turned into a mistake. */
interface Ways {
  /** Is model m asked? */
  readonly asked?: (m: number, own: number) => boolean;
  /** The label of a text whose mean probabilities are `row`. */
  readonly label?: (row: readonly number[]) => number;
  /** The texts that are taken for label l, in order. */
  readonly taken?: (found: readonly Found[], l: number, count: number) => readonly Found[];
  /** The order of the whole set. */
  readonly order?: (all: readonly Found[]) => readonly Found[];
}
const surest = (a: Found, b: Found): number => b.sure - a.sure || a.text - b.text;
const of = (found: readonly Found[], l: number): Found[] => found.filter(({ label }) => label === l);
const best = (found: readonly Found[], l: number, count: number): Found[] =>
  of(found, l).sort(surest).slice(0, count);

function set([probabilities, own, wanted]: Args, ways: Ways = {}): Labelled[] {
  const { asked = (m) => m !== own, label = argMax, taken = best, order = (all) => all } = ways;
  const models = probabilities.filter((_, m) => asked(m, own));
  const found = models[0]!.map((first, text): Found => {
    const row = first.map((_, l) => mean(models.map((model) => model[text]![l]!)));
    return { text, label: label(row), sure: row[label(row)]! };
  });
  const all = wanted.flatMap((count, l) => taken(found, l, count));
  return order(all).map((each) => ({ text: each.text, label: each.label }));
}
const right = (...args: Args): Labelled[] => set(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => set(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "Model `own` voted too. A model that labels its own examples only grows surer of its mistakes: leave it out of the mean.",
    { asked: () => true },
  ),
  mistake("Only model `own` was asked. It must be taught by all OTHERS.", { asked: (m, own) => m === own }),
  {
    message: "Only one of the other models was asked. Take the mean of all of them.",
    answer: (...args) => {
      const first = args[1] === 0 ? 1 : 0;
      return set(args, { asked: (m) => m === first });
    },
  },
  mistake(
    "Texts were taken in their order, not the surest ones. Sort a label's texts by the mean probability of that label, falling.",
    { taken: (found, l, count) => of(found, l).slice(0, count) },
  ),
  mistake("The texts that the models are LEAST sure of were taken. Sort from the most probable down.", {
    taken: (found, l, count) =>
      of(found, l)
        .sort((a, b) => a.sure - b.sure || a.text - b.text)
        .slice(0, count),
  }),
  {
    message:
      "A text was taken for a label that is not its most probable one. First each text gets ONE label; then choose among the texts of a label.",
    answer: ([...probabilities], own, wanted) => {
      const models = probabilities.filter((_, m) => m !== own);
      return wanted.flatMap((count, label) =>
        models[0]!
          .map((_, text) => ({ text, label, sure: mean(models.map((model) => model[text]![label]!)) }))
          .sort(surest)
          .slice(0, count)
          .map(({ text }) => ({ text, label })),
      );
    },
  },
  {
    message:
      "The surest texts of all were taken, without a number for each label: an easy label then fills the set. Take wanted[l] of label l.",
    answer: (...args) => {
      const total = args[2].reduce((a, b) => a + b, 0);
      const all: Args = [args[0], args[1], args[2].map(() => Infinity)];
      return set(all, { order: (found) => [...found].sort(surest).slice(0, total) });
    },
  },
  mistake("The right texts, ordered by probability over all labels. Give label 0's first, then label 1's.", {
    order: (all) => [...all].sort(surest),
  }),
  mistake(
    "The right texts, ordered by their number. Give label 0's first, each label's by falling probability.",
    {
      order: (all) => [...all].sort((a, b) => a.text - b.text),
    },
  ),
  mistake("Within a label the texts come by their number. Leave them by falling probability.", {
    order: (all) => [...all].sort((a, b) => a.label - b.label || a.text - b.text),
  }),
  mistake("Of texts that tie, the higher number came first.", {
    taken: (found, l, count) =>
      of(found, l)
        .sort((a, b) => b.sure - a.sure || b.text - a.text)
        .slice(0, count),
  }),
  mistake("Where two labels tie, the higher one was taken. Take the lower: indexOf finds the first.", {
    label: (row) => row.lastIndexOf(Math.max(...row)),
  }),
  mistake("The counts in `wanted` have no effect: take at most wanted[l] texts of label l.", {
    taken: (found, l) => best(found, l, Infinity),
  }),
  {
    message:
      "The models voted with hard labels, one vote each. Take the mean of their probabilities, which knows how sure each was.",
    answer: (probabilities, own, wanted) =>
      right(
        probabilities.map((model) => model.map((row) => row.map((_, l) => Number(l === argMax(row))))),
        own,
        wanted,
      ),
  },
];

const hand: Args = [[[[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.7, 0.3]]], 0, [1, 1]]; // prettier-ignore
const three: Args = [
  [
    [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.2, 0.8]],
    [[0.7, 0.3], [0.2, 0.8], [0.6, 0.4], [0.1, 0.9]],
    [[0.9, 0.1], [0.4, 0.6], [0.7, 0.3], [0.4, 0.6]],
  ],
  0,
  [1, 2],
]; // prettier-ignore

/** Probabilities in hundredths, so that means of two models tie now and then. */
function randomArgs(random: Random): Args {
  const [models, texts, labels] = [random.int(2, 4), random.int(2, 7), random.int(2, 3)];
  return [
    Array.from({ length: models }, () => Array.from({ length: texts }, () => fullShares(random, labels, 1))),
    random.int(0, models - 1),
    Array.from({ length: labels }, () => random.int(0, 3)),
  ];
}

export const nextTrainingSet: Exercise = {
  id: "next-training-set",
  fn: "nextTrainingSet",
  title: "The next generation",
  difficulty: 4,
  importance: 4,
  minutes: 25,
  hints: [
    "Three steps that know nothing of one another: who is asked, which label a text gets, which texts of a label are taken. Write each as a line of its own.",
    [
      "others = all models but number own",
      "for each text: mean[l] over the others; label = the first largest place of mean; probability = mean[label]",
      "for each label l: the texts with that label, sorted by probability (falling), then by number",
      "  take the first wanted[l]; give { text, label }",
    ].join("\n"),
  ],
  errors: [
    {
      see: /undefined/,
      help: "The order of the indices is probabilities[model][text][label]; `own` is a number of a model.",
    },
    {
      see: /an object|It must give/,
      help: "Give objects with exactly the two fields text and label: map(({ text, label }) => ({ text, label })).",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two and three models",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [hand, [hand[0], 1, [1, 1]], three, [three[0], 1, [2, 2]], [three[0], 2, [1, 1]]], // prettier-ignore
          expected: right,
          wrong,
        }),
    },
    {
      id: "random",
      title: "100 random generations",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 100 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
        }),
    },
    {
      id: "balance",
      title: "an easy label does not fill the set",
      points: 3,
      run: (learner, t) => {
        const easy = Array.from({ length: 6 }, (_, i) => [0.96 - i / 100, 0.04 + i / 100]);
        const hard = [[0.45, 0.55], [0.4, 0.6], [0.48, 0.52]]; // prettier-ignore
        const model = [...easy.slice(0, 3), ...hard, ...easy.slice(3)];
        return t.cases<Args>(learner, {
          args: [[[model, model], 0, [2, 2]], [[model, model, model], 2, [3, 1]], [[model, model], 1, [0, 5]], [[model, model], 1, [9, 1]]], // prettier-ignore
          expected: right,
          wrong,
        });
      },
    },
    {
      id: "ties",
      title: "labels and texts that tie",
      points: 2,
      run: (learner, t) => {
        const even = [[0.5, 0.5], [0.25, 0.75], [0.25, 0.75], [0.5, 0.5]]; // prettier-ignore
        return t.cases<Args>(learner, {
          args: [[[even, even], 0, [1, 1]], [[even, even], 1, [2, 2]], [[even, [[1, 0], ...even.slice(1)]], 0, [2, 1]]], // prettier-ignore
          expected: right,
          wrong,
        });
      },
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, three], right),
    },
  ],
};
