import type { Exercise } from "../../exercise";
import { same } from "../compare";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

type Vector = readonly number[];
type Args = [vectors: readonly Vector[], centres: readonly Vector[]];
interface Clusters {
  readonly assigned: readonly number[];
  readonly centres: readonly Vector[];
  readonly chosen: readonly (number | undefined)[];
}

/** One step of the round turned into a mistake. */
interface Ways {
  readonly far?: (a: Vector, b: Vector) => number;
  /** The place of the least distance. */
  readonly least?: (distances: readonly number[]) => number;
  readonly mean?: (own: readonly Vector[], old: Vector) => Vector;
  /** Where nothing belongs to a centre. */
  readonly empty?: (old: Vector) => Vector;
  /** What a choice is measured from, and among which vectors. */
  readonly from?: (old: Vector, fresh: Vector) => Vector;
  readonly among?: (own: readonly number[], all: readonly number[]) => readonly number[];
  readonly pick?: (own: readonly number[], best: number) => number | undefined;
  readonly nobody?: number;
}

const squared = (a: Vector, b: Vector): number => a.reduce((sum, x, i) => sum + (x - b[i]!) ** 2, 0);
const first = (distances: readonly number[]): number => distances.indexOf(Math.min(...distances));
const total = (own: readonly Vector[], d: number): number => own.reduce((sum, vector) => sum + vector[d]!, 0);
const meanOf = (own: readonly Vector[], old: Vector): Vector => old.map((_, d) => total(own, d) / own.length);

function round([vectors, centres]: Args, ways: Ways = {}): Clusters {
  const { far = squared, least = first, mean = meanOf, empty = (old) => old } = ways;
  const { from = (_, fresh) => fresh, among = (own) => own, pick = (own, best) => own[best] } = ways;
  const all = [...vectors.keys()];
  const assigned = vectors.map((vector) => least(centres.map((centre) => far(vector, centre))));
  const members = centres.map((_, c) => all.filter((i) => assigned[i] === c));
  const moved = centres.map((old, c) => {
    const own = members[c]!.map((i) => vectors[i]!);
    return own.length === 0 ? empty(old) : mean(own, old);
  });
  const chosen = centres.map((old, c) => {
    const own = among(members[c]!, all);
    if (own.length === 0) return ways.nobody;
    return pick(own, least(own.map((i) => far(vectors[i]!, from(old, moved[c]!)))));
  });
  return { assigned, centres: moved, chosen };
}
const right = (...args: Args): Clusters => round(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => round(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "The choice is the vector nearest to the OLD centre. Move the centre first: it is not yet in the middle.",
    {
      from: (old) => old,
    },
  ),
  mistake("A cluster may choose only one of its OWN vectors; here the nearest of all was taken.", {
    among: (_, all) => all,
  }),
  mistake("`chosen` holds places inside of the cluster. Give the vector's place among ALL vectors.", {
    pick: (_, best) => best,
  }),
  mistake("The vector FURTHEST from the centre was chosen: an outlier, not a typical question.", {
    pick: (own) => own.at(-1),
    least: first,
  }),
  mistake("Distances are summed without squares or absolute values: differences of either sign cancel out.", {
    far: (a, b) => a.reduce((sum, x, i) => sum + (x - b[i]!), 0),
  }),
  mistake("This is the distance of city blocks, |x - y| summed. Euclidean: the squares are summed.", {
    far: (a, b) => a.reduce((sum, x, i) => sum + Math.abs(x - b[i]!), 0),
  }),
  mistake("The largest dot product is not the least distance: a long vector would win everywhere.", {
    far: (a, b) => -a.reduce((sum, x, i) => sum + x * b[i]!, 0),
  }),
  mistake("A centre without vectors became NaN: 0 / 0. It stays where it was.", {
    empty: (old) => old.map(() => NaN),
  }),
  mistake("A centre without vectors went to 0. It stays where it was.", { empty: (old) => old.map(() => 0) }),
  mistake("The new centre is the SUM of its vectors. Divide by how many they are.", {
    mean: (own, old) => old.map((_, d) => total(own, d)),
  }),
  mistake("The old centre was counted in the mean. Only the vectors count.", {
    mean: (own, old) => old.map((x, d) => (x + total(own, d)) / (own.length + 1)),
  }),
  mistake("The centres did not move: each goes to the mean of its vectors.", { mean: (_, old) => old }),
  mistake("Of equally near ones the last was taken. The first counts (< when you compare, not <=).", {
    least: (distances) => distances.lastIndexOf(Math.min(...distances)),
  }),
  mistake("An empty cluster chooses nothing: undefined, not -1.", { nobody: -1 }),
];

/** Which of the three parts is not right. */
function explain(value: unknown, ...args: Args): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const [expected, given] = [right(...args), value as Partial<Clusters>];
  const bad = (["assigned", "centres", "chosen"] as const).filter((name) => !same(given[name], expected[name], tolerance)); // prettier-ignore
  return bad.length === 0 ? undefined : `Not right: ${bad.join(", ")}.`;
}

const tolerance = 1e-9;

/** Whole numbers, so that equal distances are equal. */
const point = (random: Random, size: number): number[] =>
  Array.from({ length: size }, () => random.int(-9, 9));
const points = (random: Random, count: number, size: number): number[][] =>
  Array.from({ length: count }, () => point(random, size));

/** With every centre the nearest of some vector. */
function full(random: Random): Args {
  const [size, count] = [random.int(1, 4), random.int(2, 4)];
  for (;;) {
    const args: Args = [points(random, random.int(6, 12), size), points(random, count, size)];
    if (new Set(right(...args).assigned).size === count) return args;
  }
}

export const chooseShots: Exercise = {
  id: "choose-shots",
  fn: "chooseShots",
  title: "Auto-CoT's choice",
  difficulty: 3,
  importance: 4,
  minutes: 30,
  hints: [
    "Three lists, one after the other: where each vector belongs, where each centre goes, whom each cluster shows. Which needs which?",
    [
      "far(a, b) = sum of (a_i - b_i)^2",
      "assigned[i] = place of the centre with the least far(vector i, centre)",
      "for each cluster c: own = all i with assigned[i] = c",
      "  new centre = mean of the vectors of own, by coordinate; the old one where own is empty",
      "  chosen = of own, the i with the least far(vector i, NEW centre); undefined where own is empty",
    ].join("\n"),
    "The place of the least: distances.indexOf(Math.min(...distances)), which gives the first of equal ones.",
  ],
  errors: [
    { see: /NaN/, help: "The mean of no vectors is 0 / 0: keep the old centre where a cluster is empty." },
    { see: /reduce of empty array/i, help: "reduce needs a first value for an empty list, such as 0." },
    {
      see: /changed its input/,
      help: "Write the new centres into a new array, not into the one that was given.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: on a line, in the plane",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[[0], [1], [5], [9]], [[0], [8]]],
            [[[0, 0], [0, 4], [6, 0], [6, 3], [7, 2]], [[1, 1], [5, 1]]],
            [[[3, 3], [1, 0], [2, 1]], [[0, 0]]],
          ], // prettier-ignore
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "40 random rounds",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: Array.from({ length: 40 }, () => full(t.random)), expected: right, wrong, explain, tolerance }), // prettier-ignore
    },
    {
      id: "equal",
      title: "equally near: the first",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[[2], [4], [0]], [[1], [3]]],
            [[[1, 1], [-1, -1], [1, -1]], [[2, 2], [-2, -2]]],
            [[[5, 5], [5, 5], [0, 0]], [[5, 4], [0, 0]]],
          ], // prettier-ignore
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "empty",
      title: "a centre that nobody is near to",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[[0], [2]], [[1], [50]]],
            [[[1, 0], [3, 0], [2, 1]], [[90, 90], [2, 0], [-90, 8]]],
            [[], [[4, 4]]],
          ], // prettier-ignore
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
      run: (learner, t) => t.unchanged<Args>(learner, [[[[0], [1], [7]], [[0], [8]]], [[[4, 4], [2, 2]], [[0, 0]]]], right, tolerance), // prettier-ignore
    },
  ],
};
