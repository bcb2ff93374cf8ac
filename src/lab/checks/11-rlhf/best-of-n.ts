import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { mean, sum, tolerance } from "./numbers";

type Row = readonly number[];
type Args = [proxy: Row, gold: Row, n: number];

interface Answer {
  readonly kl: number;
  readonly gold: number;
}

/** C(i - 1, n - 1) / C(N, n) for i = 1 ... N: how often the i-th smallest of N is the best of n drawn ones. */
function chances(count: number, n: number): number[] {
  const all = new Array<number>(count).fill(0);
  let chance = n / count;
  for (let i = count; i >= n; i--) {
    all[i - 1] = chance;
    if (i > 1) chance *= (i - n) / (i - 1);
  }
  return all;
}
const exactKl = (n: number): number => Math.log(n) - (n - 1) / n;
/** The values in the rising order of the keys. */
const sortedBy = (values: Row, keys: Row): number[] =>
  [...keys.keys()].sort((a, b) => keys[a]! - keys[b]!).map((i) => values[i]!);

/** One step turned into a mistake. */
interface Ways {
  readonly kl?: (n: number) => number;
  /** The gold rewards in the order that counts, the one that is kept most often last. */
  readonly order?: (gold: Row, proxy: Row) => Row;
  readonly chances?: (count: number, n: number) => Row;
}
function answer([proxy, gold, n]: Args, ways: Ways = {}): Answer {
  const { kl = exactKl, order = sortedBy, chances: of = chances } = ways;
  const weights = of(gold.length, n);
  return { kl: kl(n), gold: sum(order(gold, proxy).map((each, i) => each * weights[i]!)) };
}
const right = (...args: Args): Answer => answer(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => answer(args, ways),
});
/** A mistake in the gold reward alone. */
const golden = (message: string, gold: (...args: Args) => number): Wrong<Args> => ({
  message,
  answer: (...args) => ({ ...right(...args), gold: gold(...args) }),
});

const factorial = (k: number): number => {
  let product = 1;
  for (let i = 2; i <= k; i++) product *= i;
  return product;
};
const choose = (m: number, k: number): number =>
  k < 0 || k > m ? 0 : factorial(m) / (factorial(k) * factorial(m - k));
const bestByProxy = (proxy: Row, gold: Row, from: number): number =>
  sortedBy(gold.slice(0, from), proxy.slice(0, from)).at(-1)!;

const wrong: readonly Wrong<Args>[] = [
  mistake("C(2000, 1000) is more than a number holds, and Infinity / Infinity is NaN. Begin with n / N for the largest, and go down with the factor (i - n) / (i - 1).", {
    chances: (count, n) => Array.from({ length: count }, (_, i) => choose(i, n - 1) / choose(count, n)),
  }), // prettier-ignore
  mistake("kl is log n. That is too much: take (n - 1) / n off.", { kl: (n) => Math.log(n) }),
  mistake("kl is log n - n + 1. Divide: log n - (n - 1) / n.", { kl: (n) => Math.log(n) - (n - 1) }),
  mistake("kl has a plus: it is log n MINUS (n - 1) / n.", { kl: (n) => Math.log(n) + (n - 1) / n }),
  mistake("kl has the wrong sign: a KL divergence is never below 0.", { kl: (n) => -exactKl(n) }),
  mistake("kl is in bits, with log2. Use natural logarithms: Math.log.", { kl: (n) => Math.log2(n) - (n - 1) / n }), // prettier-ignore
  mistake("kl is in bits. Asked for are nats, with natural logarithms: Math.log.", { kl: (n) => exactKl(n) / Math.LN2 }), // prettier-ignore
  mistake("The answers were sorted by GOLD. The proxy chooses; gold only says how good its choice was.", {
    order: (gold) => sortedBy(gold, gold),
  }),
  mistake("This is the expected PROXY of the kept answer. Asked for is its gold reward.", {
    order: (_, proxy) => sortedBy(proxy, proxy),
  }),
  mistake("The answers were not sorted by proxy.", { order: (gold) => gold }),
  mistake(
    "sort() without a function sorts numbers as TEXT: 1000 comes before 9. Use sort((a, b) => a - b).",
    {
      order: (gold, proxy) => [...proxy].sort().map((each) => gold[proxy.indexOf(each)]!),
    },
  ),
  mistake("The WORST by proxy was kept: the sorting is turned round. The i-th SMALLEST has probability C(i - 1, n - 1) / C(N, n).", {
    order: (gold, proxy) => sortedBy(gold, proxy).reverse(),
  }), // prettier-ignore
  golden("Only the first n answers were looked at. Asked for is the expectation over all draws of n.", (proxy, gold, n) =>
    bestByProxy(proxy, gold, n),
  ), // prettier-ignore
  golden("The best of ALL answers was taken. Only n are drawn, so it is there in n / N of the draws.", (proxy, gold) =>
    bestByProxy(proxy, gold, gold.length),
  ), // prettier-ignore
  golden("This is the mean of the gold rewards of the n best. Each has a probability of its own.", (proxy, gold, n) =>
    mean(sortedBy(gold, proxy).slice(-n)),
  ), // prettier-ignore
  golden("This is the mean of all gold rewards: nothing was chosen.", (_proxy, gold) => mean(gold)),
  golden("Groups of n in their order were compared. Asked for is the expectation over ALL draws of n.", (proxy, gold, n) => {
    const groups = Array.from({ length: Math.floor(gold.length / n) }, (_, k) => k * n);
    return mean(groups.map((at) => bestByProxy(proxy.slice(at), gold.slice(at), n)));
  }), // prettier-ignore
  mistake("Drawn WITH replacement, (i / N)^n. Here no answer is drawn twice: C(i - 1, n - 1) / C(N, n).", {
    chances: (count, n) =>
      Array.from({ length: count }, (_, i) => ((i + 1) / count) ** n - (i / count) ** n),
  }), // prettier-ignore
  mistake("The i-th smallest got C(i, n - 1): one place too far, if i is counted from 1. It is C(i - 1, n - 1).", {
    chances: (count, n) =>
      Array.from({ length: count }, (_, i) => choose(i + 1, n - 1) / choose(count, n)),
  }), // prettier-ignore
  mistake("The i-th smallest got C(i, n): that is how often ALL drawn ones lie among the i lowest. Kept is i itself with C(i - 1, n - 1).", {
    chances: (count, n) => Array.from({ length: count }, (_, i) => choose(i + 1, n) / choose(count, n)),
  }), // prettier-ignore
  mistake("The i-th smallest got C(i - 2, n - 1), one place too few, as if i were counted from 1 twice over. It is C(i - 1, n - 1).", {
    chances: (count, n) => Array.from({ length: count }, (_, i) => choose(i - 1, n - 1) / choose(count, n)),
  }), // prettier-ignore
  mistake("The numbers of ways were not divided by C(N, n): probabilities add up to 1.", {
    chances: (count, n) => Array.from({ length: count }, (_, i) => choose(i, n - 1)),
  }),
];

/** Which of both numbers is wrong, where no known mistake explains it. */
function part(value: unknown, ...args: Args): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const answer = right(...args);
  const got = value as Partial<Record<string, unknown>>;
  const missing = (["kl", "gold"] as const).find((name) => typeof got[name] !== "number");
  if (missing !== undefined) return `Give { kl, gold }, two numbers: ${missing} is not one.`;
  if (Number.isNaN(got["gold"]))
    return "gold is NaN: Infinity / Infinity (factorials), or a number that was computed from undefined.";
  const near = (name: keyof Answer): boolean => Math.abs((got[name] as number) - answer[name]) < 1e-6;
  if (near("kl")) {
    const room = 0.1 * (Math.max(...args[1]) - Math.min(...args[1]));
    return Math.abs((got["gold"] as number) - answer.gold) < room
      ? "kl is right. gold is near but not exact: if you draw at random, weigh each answer with the probability that it is kept instead."
      : "kl is right, gold is not: the sum of the gold rewards, each times the probability that its answer is kept.";
  }
  return near("gold") ? "gold is right, kl is not: log n - (n - 1) / n." : undefined;
}

const spec = { expected: right, wrong, tolerance, explain: part };
const hand: Args = [[3, 1, 2], [10, 20, 60], 2];

/** Proxies without ties; gold rewards that agree with them only partly. */
function rewardsOf(random: Random, count: number): [proxy: number[], gold: number[]] {
  const proxy = Array.from({ length: count }, (_, i) => i + Math.round(80 * random.next()) / 100);
  for (let i = count - 1; i > 0; i--) {
    const j = random.int(0, i);
    [proxy[i], proxy[j]] = [proxy[j]!, proxy[i]!];
  }
  const gold = proxy.map((each) => Math.round(100 * (each / count + 2 * random.next())) / 100);
  return [proxy, gold];
}

function randomArgs(random: Random): Args {
  const count = random.int(4, 8);
  return [...rewardsOf(random, count), random.int(2, count - 1)];
}

export const bestOfN: Exercise = {
  id: "best-of-n",
  fn: "bestOfN",
  title: "Best of n",
  difficulty: 4,
  importance: 4,
  minutes: 25,
  hints: [
    "With 3 answers and n = 2 there are 3 draws. Write them down: which answer is kept in each? Count how often each rank is kept.",
    [
      "order = the numbers of the answers, sorted by falling proxy",
      "probability = n / N, expected = 0",
      "for i from N down to n:                 (the i-th smallest)",
      "  expected += probability * gold[order[N - i]]",
      "  probability *= (i - n) / (i - 1)      (not for i = 1)",
      "give { kl: log n - (n - 1) / n, gold: expected }",
    ].join("\n"),
    "Sort NUMBERS of answers by their proxy, [...proxy.keys()].sort((a, b) => proxy[b] - proxy[a]): then gold can follow, and proxy stays as it was.",
  ],
  errors: [
    { see: /NaN/, help: "Infinity / Infinity (too large factorials) or 0 / 0 (i - 1 for i = 1)." },
    { see: /changed its input/, help: "sort changes the array itself: sort a copy, or a list of numbers." },
    { see: /two numbers/, help: "return { kl, gold }; with a number behind each name." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two of three, two of four, three of four",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [
            hand,
            [[0.5, -1, 2, 1], [3, 0, 1, 8], 2],
            [[0.5, -1, 2, 1], [3, 0, 1, 8], 3],
            [[5, 4, 3, 2, 1], [1, 2, 4, 8, 16], 2],
          ],
        }),
    },
    {
      id: "random",
      title: "60 random sets of answers",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, { ...spec, args: Array.from({ length: 60 }, () => randomArgs(t.random)) }),
    },
    {
      id: "edges",
      title: "n = 1, and n = N",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [[hand[0], hand[1], 1], [hand[0], hand[1], 3], [[1], [4], 1], [[2, 1], [-3, 5], 1], [[1, 2], [-3, 5], 2]],
        }), // prettier-ignore
    },
    {
      id: "large",
      title: "1000 of 2000",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [1000, 3, 1990].map((n): Args => [...rewardsOf(t.random, 2000), n]),
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) =>
        t.unchanged<Args>(learner, [hand, [[0.5, -1, 2, 1], [3, 0, 1, 8], 2]], right, tolerance),
    },
  ],
};
