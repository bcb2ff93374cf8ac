import type { Exercise } from "../../exercise";
import { same } from "../compare";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { randomScores, sum, tolerance } from "./numbers";

type Row = readonly number[];
type Args = [rewards: Row, values: Row, gamma: number, lambda: number];

interface Answer {
  readonly advantages: number[];
  readonly returns: number[];
}

/** One step turned into a mistake. */
interface Ways {
  readonly delta?: (reward: number, value: number, next: number, gamma: number) => number;
  /** What the value function says after token t. */
  readonly next?: (values: Row, t: number) => number;
  /** What of the next advantage counts. */
  readonly trace?: (gamma: number, lambda: number) => number;
  readonly returns?: (advantages: Row, args: Args) => number[];
}
const plainDelta = (reward: number, value: number, next: number, gamma: number): number =>
  reward + gamma * next - value;
const plusValues = (advantages: Row, [, values]: Args): number[] => advantages.map((a, t) => a + values[t]!);

function answer(args: Args, ways: Ways = {}): Answer {
  const { delta = plainDelta, next = (v, t) => v[t + 1] ?? 0, trace = (g, l) => g * l } = ways;
  const [rewards, values, gamma, lambda] = args;
  const deltas = rewards.map((reward, t) => delta(reward, values[t]!, next(values, t), gamma));
  const advantages = backwards(deltas, trace(gamma, lambda));
  return { advantages, returns: (ways.returns ?? plusValues)(advantages, args) };
}
/** x_t + by x_(t+1) + by^2 x_(t+2) + ... */
const backwards = (steps: Row, by: number): number[] =>
  steps.reduceRight<number[]>((later, step) => [step + by * (later[0] ?? 0), ...later], []);

const right = (...args: Args): Answer => answer(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => answer(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake("lambda has no effect: A_t = delta_t + gamma LAMBDA A_(t+1).", { trace: (gamma) => gamma }),
  mistake("gamma is missing before the next advantage: A_t = delta_t + GAMMA lambda A_(t+1).", { trace: (_, lambda) => lambda }), // prettier-ignore
  mistake("gamma is missing in delta: r_t + GAMMA V_(t+1) - V_t.", { delta: (r, v, next) => r + next - v }),
  {
    message: "gamma has no effect. It stands before V_(t+1), and before the next advantage.",
    answer: (rewards, values, _gamma, lambda) => right(rewards, values, 1, lambda),
  },
  mistake("The next advantage was added whole: A_t = delta_t + GAMMA LAMBDA A_(t+1).", { trace: () => 1 }),
  mistake("These are the deltas alone (lambda = 0). Add gamma lambda A_(t+1), from the end to the beginning.", {
    trace: () => 0,
  }), // prettier-ignore
  mistake("V_t was used twice: delta_t = r_t + gamma V_(t+1) - V_t. The first value is the one AFTER the token.", {
    next: (values, t) => values[t]!,
  }), // prettier-ignore
  mistake("After the last token its own value was taken again. Nothing comes any more: V_T = 0.", {
    next: (values, t) => values[t + 1] ?? values[t]!,
  }),
  mistake("After the last token the first value was taken (a list is no circle). Nothing comes any more: V_T = 0.", {
    next: (values, t) => values[(t + 1) % values.length]!,
  }), // prettier-ignore
  mistake("The value BEFORE the last token was used as the next one. V_(t+1) is values[t + 1].", {
    next: (values, t) => values[t - 1] ?? 0,
  }),
  mistake("values[T] is undefined, and undefined makes NaN. After the last token the value is 0.", {
    next: (values, t) => values[t + 1] ?? NaN,
  }),
  mistake("The next value is missing: delta_t = r_t + gamma V_(t+1) - V_t.", { delta: (r, v) => r - v }),
  mistake("The values are missing in delta: r_t + gamma V_(t+1) - V_t.", { delta: (r) => r }),
  mistake("V_t is missing in delta: r_t + gamma V_(t+1) MINUS V_t.", {
    delta: (r, _v, next, gamma) => r + gamma * next,
  }),
  mistake("delta has the wrong sign: it is above 0 where MORE came than was expected, r_t + gamma V_(t+1) - V_t.", {
    delta: (r, v, next, gamma) => v - r - gamma * next,
  }), // prettier-ignore
  mistake("The signs of both values are exchanged: r_t + gamma V_(t+1) - V_t.", {
    delta: (r, v, next, gamma) => r + v - gamma * next,
  }),
  {
    message: "The last token was left out: its delta counts like the others, with V_T = 0.",
    answer: (...args) => {
      const [rewards, values] = [args[0].slice(0, -1), args[1].slice(0, -1)];
      const deltas = rewards.map((r, t) => plainDelta(r, values[t]!, args[1][t + 1]!, args[2]));
      const advantages = [...backwards(deltas, args[2] * args[3]), 0];
      return { advantages, returns: plusValues(advantages, args) };
    },
  },
  {
    message:
      "Computed forwards: each token got what came BEFORE it. A token is judged by what comes after: begin at the end.",
    answer: (rewards, values, gamma, lambda) => {
      const deltas = rewards.map((r, t) => plainDelta(r, values[t]!, values[t + 1] ?? 0, gamma));
      const advantages = backwards([...deltas].reverse(), gamma * lambda).reverse();
      return { advantages, returns: plusValues(advantages, [rewards, values, gamma, lambda]) };
    },
  },
  {
    message: "Both lists are in the wrong order: from the end to the beginning.",
    answer: (...args) => {
      const { advantages, returns } = right(...args);
      return { advantages: advantages.reverse(), returns: returns.reverse() };
    },
  },
  mistake(
    "The advantages are right. The returns are the discounted rewards alone: give A_t + V_t, which is less noisy.",
    { returns: (_, [rewards, , gamma]) => backwards(rewards, gamma) },
  ),
  mistake("The advantages are right. The returns are the rewards that are left, without discount: give A_t + V_t.", {
    returns: (_, [rewards]) => backwards(rewards, 1),
  }), // prettier-ignore
  mistake("The advantages are right. The returns are the advantages again: V_t is missing, A_t + V_t.", {
    returns: (advantages) => [...advantages],
  }),
  mistake("The advantages are right. The returns are A_t - V_t. It is a plus.", {
    returns: (advantages, [, values]) => advantages.map((a, t) => a - values[t]!),
  }),
  mistake("The advantages are right. The returns are A_t + r_t. Add the value, not the reward.", {
    returns: (advantages, [rewards]) => advantages.map((a, t) => a + rewards[t]!),
  }),
  mistake("The advantages are right. The returns are A_t + V_(t+1). Add the value BEFORE the token, V_t.", {
    returns: (advantages, [, values]) => advantages.map((a, t) => a + (values[t + 1] ?? 0)),
  }),
  {
    message: "The advantages were normalised. That is a step of its own: give them as they are.",
    answer: (...args) => {
      const { advantages, returns } = right(...args);
      const mean = sum(advantages) / advantages.length;
      const sd = Math.sqrt(sum(advantages.map((a) => (a - mean) ** 2)) / advantages.length);
      return { advantages: advantages.map((a) => (a - mean) / (sd + 1e-8)), returns };
    },
  },
];

/** Which of both lists is wrong, where no known mistake explains it. */
function part(value: unknown, ...args: Args): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const answer = right(...args);
  for (const name of ["advantages", "returns"] as const) {
    const got = (value as Partial<Record<string, unknown>>)[name];
    if (!Array.isArray(got)) return `Give { advantages, returns }, two arrays: ${name} is not there.`;
    if (got.length !== answer[name].length)
      return `${name} must have as many numbers as there are rewards: ${answer[name].length}, not ${got.length}.`;
    if (got.some((each) => typeof each !== "number")) return `${name} must hold numbers, and nothing else.`;
    if (got.some((each) => Number.isNaN(each)))
      return `${name} has a NaN: a number was computed from undefined, e.g. from values[T].`;
  }
  const got = value as Answer;
  const [advantages, returns] = [same(got.advantages, answer.advantages, tolerance), same(got.returns, answer.returns, tolerance)]; // prettier-ignore
  if (advantages && returns) return "Both are right, but there is more in the object: give these two alone.";
  if (advantages) return "The advantages are right, the returns are not: A_t + V_t.";
  return returns ? "The returns are right, the advantages are not." : undefined;
}

const spec = { expected: right, wrong, tolerance, explain: part };

const hand: Args = [[0, 1], [0.5, 0.25], 1, 0.5];

function randomArgs(random: Random): Args {
  const length = random.int(1, 6);
  return [
    randomScores(random, length, 2),
    randomScores(random, length, 2),
    random.pick([0.5, 0.9, 0.99]),
    random.pick([0.3, 0.6, 0.95]),
  ];
}

export const gae: Exercise = {
  id: "gae",
  fn: "gae",
  title: "The advantage of each token",
  difficulty: 3,
  importance: 5,
  minutes: 20,
  hints: [
    "Compute the last advantage by hand: V_T and A_T are 0. What do you need for the one before?",
    [
      "later = 0",
      "for t from T - 1 down to 0:",
      "  next = values[t + 1], or 0 where t is T - 1",
      "  delta = rewards[t] + gamma * next - values[t]",
      "  later = delta + gamma * lambda * later",
      "  advantages[t] = later",
      "returns[t] = advantages[t] + values[t]",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "values[T] is undefined: after the last token the value is 0." },
    { see: /two arrays/, help: "return { advantages, returns }; with an array behind each name." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two tokens, the score at the end",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [
            hand,
            [[0, 1], [0.5, 0.25], 0.5, 0.5],
            [[-0.5, 0, 2], [1, 0, -1], 0.9, 0.5],
            [[1, 1, 1], [1, 2, 3], 0.5, 0.25],
          ],
        }),
    },
    {
      id: "random",
      title: "80 random answers",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, { ...spec, args: Array.from({ length: 80 }, () => randomArgs(t.random)) }),
    },
    {
      id: "edges",
      title: "lambda 0 and 1, gamma 0, one token, 300 tokens",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [
            [[1, 2, 3], [0.5, 1, 2], 0.9, 0],
            [[1, 2, 3], [0.5, 1, 2], 0.9, 1],
            [[1, 2, 3], [0.5, 1, 2], 1, 0.7],
            [[1, 2, 3], [0.5, 1, 2], 0, 1],
            [[3], [1], 0.9, 0.9],
            [randomScores(t.random, 300), randomScores(t.random, 300), 0.99, 0.95],
          ],
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[-0.5, 0, 2], [1, 0, -1], 0.9, 0.5]], right, tolerance), // prettier-ignore
    },
  ],
};
