import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { byValue, randomShares, shares, sum } from "./numbers";

type Args = [probabilities: readonly number[], p: number];

/** How many of the ids in this order are kept, by the sum of what came before each and the sum with it. */
type Rule = (before: number, withIt: number, p: number) => boolean;
const crossing: Rule = (before, _, p) => before < p;

function kept(
  probabilities: readonly number[],
  order: readonly number[],
  p: number,
  rule = crossing,
): Set<number> {
  const out = new Set<number>();
  let mass = 0;
  for (const id of order) {
    const withIt = mass + probabilities[id]!;
    if (!rule(mass, withIt, p)) break;
    out.add(id);
    mass = withIt;
  }
  return out;
}

function nucleus(
  probabilities: readonly number[],
  order: readonly number[],
  p: number,
  rule = crossing,
): number[] {
  const ids = kept(probabilities, order, p, rule);
  const left = probabilities.map((each, id) => (ids.has(id) ? each : 0));
  return ids.size === 0 ? left : shares(left);
}

const right = (...[probabilities, p]: Args): number[] => nucleus(probabilities, byValue(probabilities), p);

const wrong: readonly Wrong<Args>[] = [
  {
    message: "The token that reaches p is left out. It still belongs: stop AFTER the sum is p or more.",
    answer: (probabilities, p) =>
      nucleus(probabilities, byValue(probabilities), p, (_, withIt) => withIt < p),
  },
  {
    message:
      "The token that crosses p is left out, and where the first alone is above p nothing is left. Take it, add it, and then ask.",
    answer: (probabilities, p) =>
      nucleus(probabilities, byValue(probabilities), p, (_, withIt) => withIt <= p),
  },
  {
    message:
      "The token that crosses p is left out; only the first is always kept. Take it, add it, and then ask.",
    answer: (probabilities, p) =>
      nucleus(probabilities, byValue(probabilities), p, (before, withIt) => before === 0 || withIt <= p),
  },
  {
    message:
      "One token too many where the sum is exactly p: the set is complete when its sum REACHES p (>=, not >).",
    answer: (probabilities, p) => nucleus(probabilities, byValue(probabilities), p, (before) => before <= p),
  },
  {
    message:
      "The probabilities were added up by id. Start with the likeliest token: sort the ids by probability.",
    answer: (probabilities, p) => nucleus(probabilities, [...probabilities.keys()], p),
  },
  {
    message: "It began with the LEAST likely tokens. Sort from the likeliest down.",
    answer: (probabilities, p) => nucleus(probabilities, byValue(probabilities.map((each) => -each)), p),
  },
  {
    message: "What is kept does not add up to 1. Divide it by its sum.",
    answer: (probabilities, p) => {
      const ids = kept(probabilities, byValue(probabilities), p);
      return probabilities.map((each, id) => (ids.has(id) ? each : 0));
    },
  },
  {
    message: "It was divided by p. What is kept may be more than p: divide by its own sum.",
    answer: (probabilities, p) => {
      const ids = kept(probabilities, byValue(probabilities), p);
      return probabilities.map((each, id) => (ids.has(id) ? each / p : 0));
    },
  },
  {
    message:
      "Each token was compared with p by itself. It is the SUM of the likeliest ones that must reach p.",
    answer: (probabilities, p) => shares(probabilities.map((each) => (each >= p ? each : 0))),
  },
  {
    message: "Of equally likely tokens the higher id was taken first. Sort by probability, and then by id.",
    answer: (probabilities, p) => {
      const last = probabilities.length - 1;
      return nucleus(probabilities, byValue([...probabilities].reverse()).map((id) => last - id), p); // prettier-ignore
    },
  },
  {
    message:
      "The probabilities came back sorted: each must stay at the place of its token, the index is the id.",
    answer: (probabilities, p) => right(probabilities, p).sort((a, b) => b - a),
  },
];

const explain = (value: unknown): string | undefined =>
  Array.isArray(value) && value.every((each) => each === 0 || Number.isNaN(each))
    ? "Nothing is left. The likeliest token is always kept, also where it alone is above p: take it, add it, and then ask."
    : undefined;

const paper = [0.125, 0.5, 0.25, 0.125];
const tolerance = 1e-9;

function randomArgs(random: Random): Args {
  const probabilities = randomShares(random, random.int(2, 7));
  return [
    probabilities,
    random.pick([random.int(1, 64) / 64, random.int(30, 62) / 64, (random.int(1, 63) + 0.5) / 64]),
  ];
}

/** A bound that the sum of the likeliest tokens reaches exactly. */
function exactArgs(random: Random): Args {
  const probabilities = randomShares(random, random.int(3, 6));
  const order = byValue(probabilities);
  return [probabilities, sum(order.slice(0, random.int(1, 2)).map((id) => probabilities[id]!))];
}

export const topP: Exercise = {
  id: "top-p",
  fn: "topP",
  title: "Top-p (nucleus)",
  difficulty: 2,
  importance: 5,
  minutes: 15,
  hints: [
    "Sort the ids by probability, likeliest first. Then walk along, and write down the sum so far. At which token do you stop?",
    [
      "unless 0 < p <= 1: throw a RangeError",
      "order = the ids, sorted: likelier first; of equal ones the lower id first",
      "kept = empty set, mass = 0",
      "for each id of order:",
      "  put it into kept, add its probability to mass",
      "  stop if mass >= p",
      "for each id: its probability / mass if kept has it, else 0",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "0 / 0: nothing was kept. The likeliest token always is, however small p may be." },
    {
      see: /changed its input/,
      help: "sort sorts the very array that it is called on: sort the ids, a new array.",
    },
    {
      see: /must throw a RangeError/,
      help: "p = 0 is refused and p = 1 is not: if (!(p > 0 && p <= 1)) throw ...",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: four tokens, 0.8",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[paper, 0.8], [[0.25, 0.0625, 0.6875], 0.7], [[0.75, 0.25], 0.9]], // prettier-ignore
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "80 random distributions",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "exact",
      title: "a sum that is exactly p, equal tokens",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [paper, 0.75],
            [[0.25, 0.25, 0.25, 0.25], 0.5],
            [[0.25, 0.25, 0.5], 0.625],
            ...Array.from({ length: 20 }, () => exactArgs(t.random)),
          ],
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "edges",
      title: "a tiny p keeps one token, p = 1 keeps all",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[paper, 1e-9], [paper, 1], [[0.5, 0.5], 0.001], [[0, 1, 0], 1], [[1], 0.5]], // prettier-ignore
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "refuses",
      title: "refuses a p that is none",
      points: 1,
      async run(learner, t) {
        for (const bad of [0, -0.5, 1.5, NaN])
          await t.refuses(learner, [[0.5, 0.5], bad], /RangeError/, "a RangeError");
        await t.cases<Args>(learner, { args: [[paper, 0.75], [paper, 0.4]], expected: right, wrong, explain, tolerance }); // prettier-ignore
      },
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [[paper, 0.8], [[0.25, 0.75], 0.5]], right, tolerance), // prettier-ignore
    },
  ],
};
