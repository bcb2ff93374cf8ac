import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Finding, Wrong } from "../toolkit";
import { randomLogProbs, randomScores, sum, tolerance } from "./numbers";

type Args = [
  score: number,
  logPolicy: readonly number[],
  logReference: readonly number[],
  length: number,
  beta: number,
];

/** One step turned into a mistake. */
interface Ways {
  /** How far a token is from the reference, by both log-probabilities. */
  readonly ratio?: (policy: number, reference: number) => number;
  readonly beta?: (beta: number) => number;
  /** The token's share of the score. */
  readonly share?: (t: number, length: number, places: number) => number;
  readonly real?: (t: number, length: number) => boolean;
}
const logRatio = (policy: number, reference: number): number => policy - reference;
const atLast = (t: number, length: number): number => Number(t === length - 1);

function rewards([score, logPolicy, logReference, length, beta]: Args, ways: Ways = {}): number[] {
  const { ratio = logRatio, beta: weigh = (b) => b, share = atLast, real = (t, n) => t < n } = ways;
  return logPolicy.map((log, t) => {
    const penalty = real(t, length) ? -weigh(beta) * ratio(log, logReference[t]!) : 0;
    return penalty + score * share(t, length, logPolicy.length);
  });
}
const right = (...args: Args): number[] => rewards(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => rewards(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "The penalty has the wrong sign: a token that is likelier under the policy than under the reference must COST. Either the minus is missing, or the log-ratio is reversed: -beta (logPolicy - logReference).",
    { ratio: (policy, reference) => reference - policy },
  ),
  mistake("beta has no effect: it weighs the penalty against the score.", { beta: () => 1 }),
  mistake("Divided by beta. Multiply the log-ratio by it.", { beta: (beta) => 1 / beta }),
  {
    message: "beta multiplies the score as well. It weighs the penalty only.",
    answer: (score, policy, reference, length, beta) => right(beta * score, policy, reference, length, beta),
  },
  mistake("Every token got the score. It judges the whole answer: the last real token gets it, once.", {
    share: (t, length) => Number(t < length),
  }),
  mistake("Every place got the score, padding too. The last real token gets it, once.", { share: () => 1 }),
  mistake("The score was shared among the tokens. The last real token gets all of it.", {
    share: (t, length) => (t < length ? 1 / length : 0),
  }),
  mistake("The score lies in the last PLACE, which may be padding. It belongs to the last real token, length - 1.", {
    share: (t, _length, places) => Number(t === places - 1),
  }), // prettier-ignore
  mistake("The score lies one place after the last real token: counted from 0, the last one is length - 1.", {
    share: (t, length) => Number(t === length),
  }),
  mistake("The first token got the score. It comes when the answer ends.", {
    share: (t) => Number(t === 0),
  }),
  mistake("The score is missing: the last real token gets it, on top of its penalty.", { share: () => 0 }),
  mistake("Padding pays the penalty, too. It is no part of the answer, and gets 0.", { real: () => true }),
  mistake("Padding pays the penalty, and the score lies in the last place. Only the first `length` tokens are real.", {
    real: () => true,
    share: (t, _length, places) => Number(t === places - 1),
  }), // prettier-ignore
  mistake("The last real token lost its penalty: it gets the score ON TOP of it.", {
    real: (t, length) => t < length - 1,
  }),
  mistake(
    "This is the ratio of the probabilities. The penalty is its LOGARITHM, the difference of both log-probabilities.",
    { ratio: (policy, reference) => Math.exp(policy - reference) },
  ),
  mistake("This is the difference of the probabilities. Take the difference of their logarithms.", {
    ratio: (policy, reference) => Math.exp(policy) - Math.exp(reference),
  }),
  mistake("The logarithms were divided. The logarithm of a ratio is their DIFFERENCE.", {
    ratio: (policy, reference) => policy / reference,
  }),
  mistake(
    "Each log-ratio was weighed with the token's probability. The tokens were drawn with it, so their plain sum is the estimate already.",
    { ratio: (policy, reference) => Math.exp(policy) * (policy - reference) },
  ),
  mistake("The log-ratio was squared (or its size taken): also a token that became LESS likely then costs. Keep its sign.", {
    ratio: (policy, reference) => (policy - reference) ** 2,
  }), // prettier-ignore
  mistake("The log-ratio lost its sign. A token that became less likely gives something back.", {
    ratio: (policy, reference) => Math.abs(policy - reference),
  }),
  {
    message:
      "The whole penalty was put on the last token. Each token pays its own: then the advantage knows which one went astray.",
    answer: (score, policy, reference, length, beta) =>
      policy.map((_, t) =>
        t === length - 1
          ? score - beta * sum(policy.slice(0, length).map((log, k) => log - reference[k]!))
          : 0,
      ),
  },
  {
    message: "Padding is missing: give all T numbers, with 0 where there is padding.",
    answer: (...args) => right(...args).slice(0, args[3]),
  },
];

function count(value: unknown, ...[, logPolicy]: Args): Finding | undefined {
  return Array.isArray(value) && value.length !== logPolicy.length
    ? {
        message: `Give one number for each of the T = ${logPolicy.length} places, padding too: these are ${value.length}.`,
        mistake: "There is not one number for each place, padding too.",
      }
    : undefined;
}

const spec = { expected: right, wrong, tolerance, explain: count };

const hand: Args = [1, [-1, -2, 0], [-2, -1, 0], 2, 0.1];

function randomArgs(random: Random): Args {
  const places = random.int(1, 6);
  return [
    randomScores(random, 1)[0]!,
    randomLogProbs(random, places),
    randomLogProbs(random, places),
    random.int(1, places),
    random.pick([0.02, 0.1, 0.2, 0.5]),
  ];
}

export const shapedRewards: Exercise = {
  id: "shaped-rewards",
  fn: "shapedRewards",
  title: "The reward of each token",
  difficulty: 2,
  importance: 5,
  minutes: 15,
  hints: [
    "Three kinds of places: real tokens, the last real token, padding. What does each get?",
    [
      "for each place t of logPolicy:",
      "  if t >= length: 0",
      "  else: -beta * (logPolicy[t] - logReference[t]), plus score if t is length - 1",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "A number minus undefined? Both arrays have T places, counted from 0 to T - 1." },
    {
      see: /wrong sign/,
      help: "A token likelier under the policy has a log-ratio above 0, and its reward must be below 0.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: one token pays, one gets something back",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [hand, [2, [-1], [-3], 1, 0.25], [-2, [-1, -1, -4], [-1, -2, -1], 3, 0.5]],
        }),
    },
    {
      id: "random",
      title: "80 random answers",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: Array.from({ length: 80 }, () => randomArgs(t.random)),
        }),
    },
    {
      id: "padding",
      title: "much padding, none, and one token alone; beta 0",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [
            [3, [-1, -5, -6, -7], [-2, -1, -1, -1], 1, 0.1],
            [3, [-1, -5, -6, -7], [-2, -1, -1, -1], 4, 0.1],
            [-1, [-0.5], [-0.25], 1, 1],
            [2, [-1, -2, -3], [-3, -2, -1], 2, 0],
            [0, [-1, -2, -3], [-2, -3, -5], 2, 0.3],
          ],
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [1, [-1, -3], [-2, -1], 1, 0.2]], right, tolerance), // prettier-ignore
    },
  ],
};
