import type { Exercise } from "../../exercise";
import { same } from "../compare";
import type { Wrong } from "../toolkit";
import { sum } from "./numbers";

type Args = [accepted: readonly number[], gamma: number, cost: number];

interface Gain {
  readonly perDraft: number;
  readonly perTest: number;
  readonly tokens: number;
  readonly speedup: number;
}

/** One formula turned into a mistake. */
interface Ways {
  readonly tested?: (accepted: number, gamma: number) => number;
  readonly perTest?: (
    perDraft: number,
    perTest: number,
    accepted: readonly number[],
    gamma: number,
  ) => number;
  readonly perDraft?: (perDraft: number, perTest: number) => number;
  readonly tokens?: (a: number, gamma: number, accepted: readonly number[]) => number;
  readonly speedup?: (tokens: number, gamma: number, cost: number) => number;
}

/** By the closed form, with its limit; the solution adds up the powers. */
const formula = (a: number, gamma: number): number =>
  a === 1 ? gamma + 1 : (1 - a ** (gamma + 1)) / (1 - a);

function gain([accepted, gamma, cost]: Args, ways: Ways = {}): Gain {
  const tested = ways.tested ?? ((count) => (count < gamma ? count + 1 : count));
  const draftRate = sum(accepted) / (accepted.length * gamma);
  const testRate = sum(accepted) / sum(accepted.map((count) => tested(count, gamma)));
  const perTest = ways.perTest?.(draftRate, testRate, accepted, gamma) ?? testRate;
  const perDraft = ways.perDraft?.(draftRate, testRate) ?? draftRate;
  const tokens = (ways.tokens ?? formula)(perTest, gamma, accepted);
  const speedup = (ways.speedup ?? ((n, g, c) => n / (g * c + 1)))(tokens, gamma, cost);
  return { perDraft, perTest, tokens, speedup };
}
const right = (...args: Args): Gain => gain(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => gain(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "perTest is the same as perDraft. After a refusal the rest of the draft is thrown away untested, so it does not count: a round " +
      "that accepted n of g tested n + 1, or g when all passed.",
    { perTest: (perDraft) => perDraft },
  ),
  mistake(
    "A round whose draft passed whole has no refusal: it tested g tokens, not g + 1. The free token after it was not tested.",
    { tested: (count) => count + 1 },
  ),
  mistake("The token that was refused was tested too: a round that accepted n < g tested n + 1.", {
    tested: (count) => count,
  }),
  mistake(
    "The rate of each round was averaged. Rounds with more tests must count more: add up first, and divide once.",
    {
      perTest: (_, __, accepted, gamma) =>
        sum(accepted.map((count) => count / Math.min(count + 1, gamma))) / accepted.length,
    },
  ),
  mistake("The two rates are exchanged.", {
    perDraft: (_, perTest) => perTest,
    perTest: (perDraft) => perDraft,
  }),
  mistake("perDraft is as large as perTest. It is all accepted over ALL drafted: rounds times g.", {
    perDraft: (_, perTest) => perTest,
  }),
  mistake("The power is g + 1: with g drafted tokens a round can give g + 1, the last one for free.", {
    tokens: (a, gamma) => formula(a, gamma - 1),
  }),
  mistake(
    "With a = 1 the formula is 0 / 0. Its limit is g + 1; or add up 1 + a + ... + a^g, which needs no special case.",
    {
      tokens: (a, gamma) => (1 - a ** (gamma + 1)) / (1 - a),
    },
  ),
  mistake(
    "These are the tokens that were counted, accepted + 1 on average. Asked for is what the formula expects of a.",
    {
      tokens: (_, __, accepted) => sum(accepted) / accepted.length + 1,
    },
  ),
  mistake("The formula stands for 1 + a + ... + a^g; here the 1, the large model's own token, is missing.", {
    tokens: (a, gamma) => formula(a, gamma) - 1,
  }),
  mistake("The divisor is g c alone. A round also takes one step of the large model: g c + 1.", {
    speedup: (tokens, gamma, cost) => tokens / (gamma * cost),
  }),
  mistake("The divisor is c + 1. A round takes g steps of the small model: g c + 1.", {
    speedup: (tokens, _, cost) => tokens / (cost + 1),
  }),
  mistake("This is the time of a round for each token: the speed-up is turned round.", {
    speedup: (tokens, gamma, cost) => (gamma * cost + 1) / tokens,
  }),
  mistake("A step of the large model is not free of the draft: the speed-up is tokens divided by g c + 1.", {
    speedup: (tokens) => tokens,
  }),
];

const tolerance = 1e-9;

/** Which of the four numbers is not right. */
function explain(value: unknown, ...args: Args): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const expected = right(...args);
  const given = value as Partial<Gain>;
  const bad = (["perDraft", "perTest", "tokens", "speedup"] as const).filter(
    (name) => !same(given[name], expected[name], tolerance),
  );
  return bad.length === 0 ? undefined : `Not right: ${bad.join(", ")}.`;
}

export const speculativeGain: Exercise = {
  id: "speculative-gain",
  fn: "speculativeGain",
  title: "What drafts gain",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    "In a round 2 of 4 drafted tokens were accepted. How many were looked at? And in a round in which all 4 were?",
    [
      "passed = sum of accepted",
      "perDraft = passed / (rounds * g)",
      "a = perTest = passed / sum over rounds of min(accepted + 1, g)",
      "tokens = 1 + a + a^2 + ... + a^g",
      "speedup = tokens / (g * c + 1)",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "a = 1: (1 - a^(g + 1)) / (1 - a) is 0 / 0. Add up the powers instead." },
    { see: /must give an object/, help: "Give one object: return { perDraft, perTest, tokens, speedup }." },
    { see: /Infinity/, help: "With cost 0 the divisor is 1, not 0: g c + 1." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two rounds of two",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[2, 0], 2, 0.125], [[1, 3, 0, 2], 4, 0.05], [[1, 1, 0], 1, 0.5]], // prettier-ignore
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "60 random logs of rounds",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, (): Args => {
            const gamma = t.random.int(2, 7);
            const rounds = Array.from({ length: t.random.int(2, 8) }, () => t.random.int(0, gamma));
            return [[...rounds, 0], gamma, t.random.pick([0, 0.01, 0.05, 0.1, 0.25, 0.5])];
          }),
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "edges",
      title: "all accepted, none, a draft that makes it slower",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[4, 4], 4, 0.1], [[3], 3, 0], [[0, 0, 0], 5, 0.1], [[0, 1, 0], 3, 0.9], [[1], 1, 1]], // prettier-ignore
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [[[1, 0, 2], 2, 0.1], [[3, 0], 3, 0.2]], right, tolerance), // prettier-ignore
    },
  ],
};
