import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { capped, mean, pairCost, plainCost, randomScores, sum, tolerance } from "./numbers";

type Row = readonly number[];
type Args = [rewards: readonly Row[], ranks: readonly Row[]];
/** Numbers of two answers: the chosen one first. */
type Pair = readonly [better: number, worse: number];

/** All (i, j) of K answers that the rule takes. */
const pairsBy = (ranks: Row, takes: (i: number, j: number) => boolean): Pair[] =>
  ranks.flatMap((_, i) => ranks.flatMap((_, j) => (i !== j && takes(i, j) ? [[i, j] as const] : [])));
const lowerRank = (ranks: Row): Pair[] => pairsBy(ranks, (i, j) => ranks[i]! < ranks[j]!);

/** One step turned into a mistake. */
interface Ways {
  readonly pairs?: (ranks: Row) => Pair[];
  readonly cost?: (x: number) => number;
  /** From the costs of a prompt's pairs, of K answers; undefined where the prompt does not count. */
  readonly prompt?: (costs: Row, answers: number) => number | undefined;
  readonly join?: (prompts: Row) => number;
}
const meanOfPairs = (costs: Row): number | undefined => (costs.length === 0 ? undefined : mean(costs));

const costsOf = ([rewards, ranks]: Args, { pairs = lowerRank, cost = pairCost }: Ways): number[][] =>
  rewards.map((row, p) => pairs(ranks[p]!).map(([i, j]) => cost(row[i]! - row[j]!)));

function loss(args: Args, ways: Ways = {}): number {
  const { prompt = meanOfPairs, join = mean } = ways;
  return join(costsOf(args, ways).flatMap((costs, p) => prompt(costs, args[0][p]!.length) ?? []));
}
const right = (...args: Args): number => loss(args);
const choose2 = (k: number): number => (k * (k - 1)) / 2;

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => loss(args, ways),
});

/** Neighbours in the order of the ranks, where their ranks differ. */
function neighbours(ranks: Row): Pair[] {
  const order = [...ranks.keys()].sort((a, b) => ranks[a]! - ranks[b]! || a - b);
  const pairs = order.slice(1).map((worse, k) => [order[k]!, worse] as const);
  return pairs.filter(([i, j]) => ranks[i]! < ranks[j]!);
}

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "The pairs of a prompt were added up. Divide by their number, or a prompt with 9 answers weighs 36 times as much as one with 2.",
    { prompt: (costs) => (costs.length === 0 ? undefined : sum(costs)) },
  ),
  {
    message:
      "All pairs of all prompts went into one mean: a prompt with 9 answers then weighs 36 times as much as one with 2. Take the mean of each prompt first, then the mean over the prompts.",
    answer: (...args) => mean(costsOf(args, {}).flat()),
  },
  {
    message:
      "All pairs of all prompts were added up. Take the mean of each prompt, then the mean over the prompts.",
    answer: (...args) => sum(costsOf(args, {}).flat()),
  },
  mistake("The prompts were added up. Take their mean.", { join: sum }),
  mistake("Every pair was counted in both orders. Only the answer with the lower rank was chosen.", {
    pairs: (ranks) => pairsBy(ranks, () => true),
  }),
  mistake(
    "Every pair was counted in both orders, though ties were left out. Only the answer with the lower rank was chosen.",
    { pairs: (ranks) => pairsBy(ranks, (i, j) => ranks[i] !== ranks[j]) },
  ),
  mistake("Twice as much as it should be, as if every pair came twice. Divide by the number of pairs.", {
    prompt: (costs) => (costs.length === 0 ? undefined : 2 * mean(costs)),
  }),
  mistake("Divided by K (K - 1), the pairs in both orders. There are half as many.", {
    prompt: (costs, k) => (costs.length === 0 ? undefined : sum(costs) / (2 * choose2(k))),
  }),
  mistake("Ties were counted. Two answers with the same rank give no pair: compare with < and not with <=.", {
    pairs: (ranks) => pairsBy(ranks, (i, j) => ranks[i]! < ranks[j]! || (ranks[i] === ranks[j] && i < j)),
  }),
  mistake("Ties were counted, in both orders. Two answers with the same rank give no pair: compare with <.", {
    pairs: (ranks) => pairsBy(ranks, (i, j) => ranks[i]! <= ranks[j]!),
  }),
  mistake(
    "Ties were left out of the sum, but not of the number: divide by how many pairs there ARE, which may be less than K (K - 1) / 2.",
    { prompt: (costs, k) => (costs.length === 0 ? undefined : sum(costs) / choose2(k)) },
  ),
  mistake("Only neighbours in rank were compared. The ranking says more: the first is also better than the third.", {
    pairs: neighbours,
  }), // prettier-ignore
  mistake("Only the best answer was compared with the rest. All others are pairs, too.", {
    pairs: (ranks) => pairsBy(ranks, (i, j) => ranks[i] === Math.min(...ranks) && ranks[i]! < ranks[j]!),
  }),
  mistake("Only the best and the worst answer were compared. All pairs count.", {
    pairs: (ranks) =>
      pairsBy(
        ranks,
        (i, j) => ranks[i] === Math.min(...ranks) && ranks[j] === Math.max(...ranks) && ranks[i]! < ranks[j]!,
      ),
  }),
  mistake(
    "The ranks (or the sign of the difference) are turned round. Rank 1 is the BEST: of a pair the lower rank was chosen.",
    { pairs: (ranks) => pairsBy(ranks, (i, j) => ranks[i]! > ranks[j]!) },
  ),
  mistake("The answers were taken to be in the order of their ranks. ranks[p][k] says the rank of answer k.", {
    pairs: (ranks) => pairsBy(ranks, (i, j) => i < j),
  }), // prettier-ignore
  mistake("The minus is missing: a loss is positive.", { cost: (x) => -pairCost(x) }),
  mistake("A prompt without pairs was counted as 0 in the mean over the prompts. It does not count at all.", {
    prompt: (costs) => mean(costs),
  }),
  mistake("A mean of nothing is 0 / 0, NaN. A prompt without pairs does not count; with none at all the loss is 0.", {
    prompt: (costs) => sum(costs) / costs.length,
  }), // prettier-ignore
  mistake("With no pairs at all the mean over the prompts is 0 / 0, NaN: the loss is then 0.", {
    join: (prompts) => sum(prompts) / prompts.length,
  }),
  mistake("exp(1000) is Infinity. Take the loss of a pair that you wrote in exercise 1.", {
    cost: plainCost,
  }),
  mistake("This is the mean of 1 - sigmoid. The loss of a pair is MINUS THE LOGARITHM of the sigmoid.", {
    cost: (x) => 1 - Math.exp(-pairCost(x)),
  }),
  mistake("These are bits, with log2. Use natural logarithms: Math.log.", {
    cost: (x) => pairCost(x) / Math.LN2,
  }),
  mistake("The differences were used as they are. The loss of a pair is -log sigmoid of its difference.", {
    cost: (x) => -x,
  }),
];

const spec = { expected: right, wrong, tolerance, explain: (value: unknown, ...args: Args) => capped(value, right(...args)) }; // prettier-ignore

const hand: Args = [[[0, 0, 0], [1, 0]], [[1, 2, 3], [1, 2]]]; // prettier-ignore

/** 1 to K, shuffled. */
function shuffled(random: Random, k: number): number[] {
  const ranks = Array.from({ length: k }, (_, i) => i + 1);
  for (let i = k - 1; i > 0; i--) {
    const j = random.int(0, i);
    [ranks[i], ranks[j]] = [ranks[j]!, ranks[i]!];
  }
  return ranks;
}

/** With ties, ranks are as people give them: 1 to 3 for any number of answers. */
function randomArgs(random: Random, ties = false): Args {
  const sizes = Array.from({ length: random.int(1, 3) }, () => random.int(2, 5));
  return [
    sizes.map((k) => randomScores(random, k, 3)),
    sizes.map((k) => (ties ? Array.from({ length: k }, () => random.int(1, 3)) : shuffled(random, k))),
  ];
}

export const rankingLoss: Exercise = {
  id: "ranking-loss",
  fn: "rankingLoss",
  title: "The loss of rankings",
  difficulty: 3,
  importance: 5,
  minutes: 20,
  forbidden: ["softplus", "logSigmoid", "sigmoidCrossEntropy"],
  hints: [
    "Two loops over the answers of a prompt, i and j. Which of the K * K combinations are pairs, and in which order?",
    [
      "for each prompt p:",
      "  sum = 0, count = 0",
      "  for each i, for each j: if ranks[p][i] < ranks[p][j]:",
      "    sum += pairLoss(rewards[p][i], rewards[p][j]); count += 1",
      "  if count > 0: keep sum / count",
      "give the mean of what was kept, 0 if there is nothing",
    ].join("\n"),
  ],
  errors: [
    {
      see: /Reduce of empty array/,
      help: "reduce needs something to begin with where the list is empty: list.reduce((a, b) => a + b, 0).",
    },
    { see: /NaN/, help: "A mean of nothing: a prompt whose answers all tie has no pair, so leave it out." },
    { see: /undefined/, help: "The prompts may have different numbers of answers: loop over rewards[p]." },
    {
      see: /Not implemented yet/,
      help: "Your rankingLoss calls pairLoss, exercise 1: write that one first.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: three pairs that know nothing, and one that is right",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [
            hand,
            [[[0, 2, 1]], [[3, 1, 2]]],
            [[[2, -1]], [[2, 1]]],
            [[[3, 1, 0, -1], [0.5, 1]], [[2, 1, 4, 3], [1, 2]]],
          ],
        }), // prettier-ignore
    },
    {
      id: "random",
      title: "60 random batches, of 2 to 5 answers a prompt",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, { ...spec, args: Array.from({ length: 60 }, () => randomArgs(t.random)) }),
    },
    {
      id: "ties",
      title: "answers that tie, and prompts without any pair",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [
            [[[1, 0, 5]], [[1, 2, 2]]],
            [[[1, 0], [2, 5]], [[1, 2], [1, 1]]],
            [[[1, 0], [2, 5], [0, 1, 3]], [[1, 1], [2, 1], [3, 3, 1]]],
            [[[1, 0, 2]], [[1, 1, 1]]],
            [[[1]], [[1]]],
            [[[7], [0, 1]], [[1], [1, 2]]],
            [[], []],
            ...Array.from({ length: 20 }, () => randomArgs(t.random, true)),
          ],
        }), // prettier-ignore
    },
    {
      id: "large",
      title: "rewards of 1000",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [[[[0, 1000]], [[1, 2]]], [[[1000, 0]], [[1, 2]]], [[[-900, 900, 0], [1, 0]], [[2, 3, 1], [2, 1]]]],
        }), // prettier-ignore
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[[0, 2, 1]], [[3, 1, 2]]]], right, tolerance),
    },
  ],
};
