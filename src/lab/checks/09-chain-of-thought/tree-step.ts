import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

interface Thought {
  readonly key: string;
  readonly score: number;
}
interface Kept extends Thought {
  readonly parent: number;
}
type Args = [proposals: readonly (readonly Thought[])[], seen: readonly string[], beam: number];

/** One rule of the step turned into a mistake. */
interface Ways {
  readonly fresh?: (all: readonly Kept[], seen: readonly string[]) => readonly Kept[];
  readonly order?: (fresh: readonly Kept[]) => readonly Kept[];
  readonly cut?: (ranked: readonly Kept[], beam: number) => readonly Kept[];
  readonly give?: (kept: Kept) => unknown;
}

const firstOfKey = (list: readonly Kept[]): Kept[] =>
  list.filter(({ key }, i) => list.findIndex((other) => other.key === key) === i);
const unseen = (all: readonly Kept[], seen: readonly string[]): Kept[] =>
  firstOfKey(all).filter(({ key }) => !seen.includes(key));
const byScore = (list: readonly Kept[]): Kept[] => [...list].sort((a, b) => b.score - a.score);

function step([proposals, seen, beam]: Args, ways: Ways = {}): unknown[] {
  const { fresh = unseen, order = byScore, cut = (ranked, most) => ranked.slice(0, most) } = ways;
  const all = proposals.flatMap((thoughts, parent) =>
    thoughts.map(({ key, score }) => ({ key, score, parent })),
  );
  return cut(order(fresh(all, seen)), beam).map(ways.give ?? ((kept) => kept));
}
const right = (...args: Args): unknown[] => step(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => step(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake("The best of EACH state were kept. All thoughts together compete for the same few places.", {
    cut: (ranked, beam) =>
      byScore([...new Set(ranked.map(({ parent }) => parent))].sort((a, b) => a - b).flatMap((parent) => ranked.filter((kept) => kept.parent === parent).slice(0, beam))), // prettier-ignore
  }),
  mistake("What was seen before is there again: the search would go round in circles.", {
    fresh: (all) => firstOfKey(all),
  }),
  mistake("Two states of this step led to the same key, and both were kept. Only the first of it counts.", {
    fresh: (all, seen) => all.filter(({ key }) => !seen.includes(key)),
  }),
  mistake("Neither what was seen nor what came twice was left out.", { fresh: (all) => all }),
  mistake("Of a key that came twice the LAST one was kept, with its parent. The first counts.", {
    fresh: (all, seen) => unseen([...all].reverse(), seen).reverse(),
  }),
  mistake(
    "Of a key that came twice the one with the BEST score was kept. The first counts, whatever its score.",
    {
      fresh: (all, seen) => {
        const best = unseen(byScore(all), seen);
        return all.filter((kept) => best.includes(kept));
      },
    },
  ),
  mistake("The WORST were kept: larger scores are better. Sort with b.score - a.score.", {
    order: (fresh) => [...fresh].sort((a, b) => a.score - b.score),
  }),
  mistake(
    "They stand in the order in which they were proposed. The best comes first, and only `beam` stay.",
    {
      order: (fresh) => fresh,
    },
  ),
  mistake("The right ones were kept, but in the order of proposal. The best comes first.", {
    cut: (ranked, beam) => {
      const best = ranked.slice(0, beam);
      return [...best].sort((a, b) => a.parent - b.parent);
    },
  }),
  mistake(
    "Of equal scores the later ones were kept. sort keeps the order of equals: do not turn the list round.",
    {
      order: (fresh) => byScore([...fresh].reverse()),
    },
  ),
  mistake("sort() without a function compares TEXTS. Give it one: (a, b) => b.score - a.score.", {
    order: (fresh) => [...fresh].sort(),
  }),
  mistake("The beam does not hold: at most `beam` thoughts stay.", { cut: (ranked) => ranked }),
  mistake("The parent is missing: which state did the thought come from?", {
    give: ({ key, score }) => ({ key, score }),
  }),
  mistake("The parent must be the PLACE of its state in `proposals`, from 0.", {
    give: (kept) => ({ ...kept, parent: kept.parent + 1 }),
  }),
  mistake(
    "The beam was cut first and repeated keys were left out after it, so that fewer are left than could be.",
    {
      fresh: (all) => all,
      cut: (ranked, beam) => firstOfKey(ranked.slice(0, beam)),
    },
  ),
];

const keys = ["4 6", "3 8", "1 24", "2 12", "5 5", "7 9", "10 14", "2 2 6"] as const;
const scores = [20, 1, 0.001] as const;

const thoughtsOf = (
  random: Random,
  most: number,
  values: readonly number[],
  pool: readonly string[],
): Thought[] =>
  Array.from({ length: random.int(0, most) }, () => ({ key: random.pick(pool), score: random.pick(values) }));

/** Different keys and scores everywhere. */
function distinct(random: Random): Args {
  const rows = Array.from({ length: random.int(2, 4) }, () => random.int(1, 4));
  const values = Array.from({ length: 20 }, (_, i) => i / 4 + 0.25);
  let n = 0;
  const proposals = rows.map(
    (count) =>
    Array.from({ length: count }, () => ({ key: `${n++} ${random.int(1, 9)}`, score: values.splice(random.int(0, values.length - 1), 1)[0]! })), // prettier-ignore
  );
  return [proposals, [], random.int(1, 4)];
}

const hand: Args = [
  [[{ key: "4 6", score: 1 }, { key: "3 8", score: 20 }], [{ key: "4 6", score: 1 }, { key: "2 12", score: 5 }]],
  ["1 1"],
  2,
]; // prettier-ignore

export const treeStep: Exercise = {
  id: "tree-step",
  fn: "treeStep",
  title: "One step of a search over thoughts",
  difficulty: 3,
  importance: 4,
  minutes: 20,
  hints: [
    "The states of the frontier compete with each other. So what must you have in ONE list before you sort?",
    [
      "known = a Set of seen",
      "fresh = []",
      "for each state (its place is the parent), for each of its thoughts:",
      "  skip it if known has its key; else put the key into known and { key, score, parent } into fresh",
      "sort fresh by score, the largest first",
      "give the first `beam` of it",
    ].join("\n"),
    "sort keeps the order of equal items (since 2019 all engines must), so what was proposed earlier stays in front.",
  ],
  errors: [
    {
      see: /changed its input/,
      help: "sort and push change the very array that they are called on: build a new list.",
    },
    {
      see: /undefined/,
      help: "slice(0, beam) gives fewer where there are fewer; an index loop up to beam gives undefined.",
    },
    {
      see: /flat is not|iterable/i,
      help: "proposals is an array of arrays: two loops, one inside the other.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two states, two places",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            hand,
            [[[{ key: "a", score: 1 }, { key: "b", score: 9 }, { key: "c", score: 8 }], [{ key: "d", score: 2 }]], [], 2], // prettier-ignore
            [[[{ key: "a", score: 3 }], [{ key: "b", score: 4 }], [{ key: "c", score: 5 }]], ["b"], 5],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "random",
      title: "40 random steps, nothing twice",
      points: 3,
      run: (learner, t) => t.cases<Args>(learner, { args: Array.from({ length: 40 }, () => distinct(t.random)), expected: right, wrong }), // prettier-ignore
    },
    {
      id: "repeated",
      title: "keys that were seen, keys that come twice",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[[{ key: "a", score: 1 }], [{ key: "a", score: 9 }, { key: "b", score: 4 }]], [], 3],
            ...Array.from({ length: 40 }, (): Args => {
              const values = Array.from({ length: 30 }, (_, i) => i);
              const own = (): Thought[] => thoughtsOf(t.random, 4, values, keys);
              return [[own(), own(), own()], [t.random.pick(keys), t.random.pick(keys)], t.random.int(1, 5)];
            }),
          ], // prettier-ignore
          expected: right,
          wrong,
        }),
    },
    {
      id: "equal",
      title: "equal scores: what was proposed earlier",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, (): Args => {
            const { random } = t;
            let n = 0;
            const own = () => Array.from({ length: random.int(1, 4) }, () => ({ key: `${n++}`, score: random.pick(scores) })); // prettier-ignore
            return [[own(), own()], [], random.int(1, 4)];
          }),
          expected: right,
          wrong,
        }),
    },
    {
      id: "edges",
      title: "dead ends, an empty frontier; leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[[], [{ key: "x", score: 1 }], []], [], 3], [[], ["a"], 2], [[[{ key: "a", score: 1 }]], ["a"], 2]], right), // prettier-ignore
    },
  ],
};
