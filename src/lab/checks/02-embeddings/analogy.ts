import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { dot, plus, randomVector, unit, type Vector } from "./numbers";

type Vectors = ReadonlyMap<string, Vector>;
type Args = [vectors: Vectors, a: string, b: string, c: string];

interface Rule {
  readonly scale?: (v: Vector) => Vector;
  /** The query from the three vectors. */
  readonly query?: (a: Vector, b: Vector, c: Vector) => Vector;
  readonly score?: (query: Vector, v: Vector) => number;
  readonly excluded?: (a: string, b: string, c: string) => readonly string[];
}

/** The word that scores highest: the right one by default, and the classic mistakes by a change of one part. */
function answer(
  [vectors, a, b, c]: Args,
  {
    scale = unit,
    query = (x, y, z) => plus(plus(y, x, -1), z),
    score = (q, v) => dot(q, unit(v)),
    excluded = (...words) => words,
  }: Rule = {},
): string {
  const [va, vb, vc] = [a, b, c].map((word) => scale(vectors.get(word) ?? []));
  const wanted = query(va, vb, vc);
  const out = excluded(a, b, c);
  const words = [...vectors.keys()].filter((word) => !out.includes(word));
  const scores = words.map((word) => score(wanted, vectors.get(word) ?? []));
  return words[scores.indexOf(Math.max(...scores))] ?? "";
}

const right = (...args: Args): string => answer(args);
const by =
  (rule: Rule): Wrong<Args>["answer"] =>
  (...args) =>
    answer(args, rule);
const distance = (a: Vector, b: Vector): number => dot(plus(a, b, -1), plus(a, b, -1));

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "A word of the question came back. Leave out a, b and c: b or c is nearly always nearest to b - a + c.",
    answer: by({ excluded: () => [] }),
  },
  {
    message: "Only c was left out. Leave out a and b as well.",
    answer: by({ excluded: (_a, _b, c) => [c] }),
  },
  {
    message: "Only a was left out. Leave out b and c as well: they are the nearest ones.",
    answer: by({ excluded: (a) => [a] }),
  },
  {
    message: "a and b were left out, c was not.",
    answer: by({ excluded: (a, b) => [a, b] }),
  },
  {
    message: "This is a - b + c: the step was taken backward. From a to b is b - a.",
    answer: by({ query: (a, b, c) => plus(plus(a, b, -1), c) }),
  },
  {
    message: "This is a + b - c. The question asks for b - a + c.",
    answer: by({ query: (a, b, c) => plus(plus(a, b), c, -1) }),
  },
  {
    message: "a was added, not taken away: b - a + c.",
    answer: by({ query: (a, b, c) => plus(plus(a, b), c) }),
  },
  {
    message:
      "The three vectors were not scaled to length 1 before they were added: the longest one decides. Scale each vector first.",
    answer: by({ scale: (v) => v }),
  },
  {
    message:
      "The dot product was compared, not the cosine: long vectors win. Scale the candidates to length 1.",
    answer: by({ score: dot }),
  },
  {
    message: "Nothing was scaled to length 1: neither the three vectors nor the candidates.",
    answer: by({ scale: (v) => v, score: dot }),
  },
  {
    message: "The nearest point was taken, not the greatest cosine. The length of b - a + c says nothing.",
    answer: by({ score: (q, v) => -distance(q, v) }),
  },
  {
    message: "The nearest point was taken, and nothing was scaled. Compare cosines.",
    answer: by({ scale: (v) => v, score: (q, v) => -distance(q, v) }),
  },
  {
    message: "The LEAST similar word came back: greatest cosine, not least.",
    answer: by({ score: (q, v) => -dot(q, unit(v)) }),
  },
  {
    message: "Only c was looked at: this is the neighbour of c. The step from a to b must be added.",
    answer: by({ query: (_a, _b, c) => c }),
  },
];

const royal: Vectors = new Map([
  ["man", [1, 0.2, 0]],
  ["woman", [-1, 0.2, 0]],
  ["king", [1, 3, 0.1]],
  ["queen", [-1, 3, 0.2]],
  ["boy", [1, 0.1, 2]],
  ["girl", [-1, 0.1, 2]],
  ["apple", [0.1, -4, 1]],
]);
const hand: readonly Args[] = [
  [royal, "man", "king", "woman"],
  [royal, "woman", "queen", "man"],
  [royal, "man", "boy", "woman"],
  [royal, "king", "queen", "boy"],
];
/** The step is so small that c itself, or b, is the nearest word. */
const small: Vectors = new Map([
  ["walk", [4, 1, 0]],
  ["walked", [4, 1, 0.5]],
  ["swim", [0, 4, 1]],
  ["swam", [0.5, 4, 1.6]],
  ["run", [2, 2, -1]],
  ["ran", [2, 2, -0.4]],
  ["dog", [-3, 1, 0]],
]);
const near: readonly Args[] = [
  [small, "walk", "walked", "swim"],
  [small, "walk", "walked", "run"],
  [small, "swim", "swam", "walk"],
  [small, "run", "ran", "swim"],
];

/** Words of very different lengths; no two candidates score alike. */
function randomCase(random: Random): Args {
  const width = random.int(3, 5);
  const words = Array.from({ length: random.int(5, 12) }, (_, i) => `w${i}`);
  const vectors = new Map(
    words.map((word) => {
      const size = random.pick([0.3, 1, 6]);
      return [word, randomVector(random, width).map((value) => Number((value * size).toFixed(3)))] as const;
    }),
  );
  const [a, b, c] = [0, 1, 2].map((k) => words[k]);
  return [vectors, a, b, c];
}

export const analogy: Exercise = {
  id: "analogy",
  fn: "analogy",
  title: "Analogies",
  difficulty: 3,
  importance: 4,
  minutes: 15,
  hints: [
    "From man to king is a step, king - man. Take the same step from woman, and look which word stands nearest.",
    [
      "query = unit(b) - unit(a) + unit(c), place by place",
      "for each word but a, b and c:",
      "  score = dot(query, unit(word))",
      "give the word with the greatest score",
    ].join("\n"),
    "The length of the query is the same for all candidates, so it need not be divided by. Begin with best = -Infinity.",
  ],
  errors: [
    { see: /word of the question/, help: "Skip a word when it is a, b or c." },
    { see: /NaN|undefined/, help: "vectors.get(word) gives undefined for a word that is not in the Map." },
    { see: /scaled|length 1/, help: "unit(v): divide every number by Math.sqrt(dot(v, v))." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: man, king, woman",
      points: 3,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong }),
    },
    {
      id: "question",
      title: "small steps: never a word of the question",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: near, expected: right, wrong }),
    },
    {
      id: "random",
      title: "80 random vocabularies, long and short vectors",
      points: 5,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, () => randomCase(t.random)),
          expected: right,
          wrong,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) => t.unchanged<Args>(learner, [hand[0], hand[1], near[0]], right),
    },
  ],
};
