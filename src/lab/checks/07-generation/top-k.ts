import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { byValue } from "./numbers";

type Args = [logits: readonly number[], k: number];

const keeping = (logits: readonly number[], kept: (score: number, id: number) => boolean): number[] =>
  logits.map((score, id) => (kept(score, id) ? score : -Infinity));

/** How many tokens come before this one: larger scores, and equal ones with lower ids. */
const rank = (logits: readonly number[], id: number): number =>
  logits.filter((other, i) => other > logits[id]! || (other === logits[id] && i < id)).length;

const right = (...[logits, k]: Args): number[] => keeping(logits, (_, id) => rank(logits, id) < k);
const falling = (logits: readonly number[]): number[] => [...logits].sort((a, b) => b - a);

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "Scores equal to the k-th largest were all kept: more than k (this is what nanoGPT does). Order the ids, not the scores, and " +
      "keep the first k of them.",
    answer: (logits, k) => keeping(logits, (score) => !(score < falling(logits)[k - 1]!)),
  },
  {
    message: "Only scores ABOVE the k-th largest were kept, so the k-th itself is lost.",
    answer: (logits, k) => keeping(logits, (score) => score > falling(logits)[k - 1]!),
  },
  {
    message:
      "Of equal scores the higher ids were kept. The lower ones come first: sort by score, and then by id.",
    answer: (logits, k) => {
      const last = logits.length - 1;
      const turned = [...logits].reverse();
      return keeping(logits, (_, id) => rank(turned, last - id) < k);
    },
  },
  {
    message:
      "sort() without a function compares numbers as TEXTS: 10 comes before 9. Give it one: (a, b) => b - a for the largest first.",
    answer: (logits, k) => {
      const bound = [...logits].sort().reverse()[k - 1];
      return keeping(logits, (score) => bound === undefined || score >= bound);
    },
  },
  {
    message:
      "The others became 0. A softmax gives exp(0) = 1 to a score of 0, more than to any negative one: they must be -Infinity.",
    answer: (logits, k) => logits.map((score, id) => (rank(logits, id) < k ? score : 0)),
  },
  {
    message: "These are the k scores alone. The answer has a place for every token: the index is the id.",
    answer: (logits, k) => falling(logits).slice(0, k),
  },
  {
    message:
      "These are ids. Asked for are the scores, with -Infinity for all that are not among the k largest.",
    answer: (logits, k) => byValue(logits).slice(0, k),
  },
  {
    message: "The SMALLEST scores were kept. Sort from the largest down: (a, b) => b - a.",
    answer: (logits, k) => {
      const negative = logits.map((score) => -score);
      return keeping(logits, (_, id) => rank(negative, id) < k);
    },
  },
  {
    message: "One token too many is kept.",
    answer: (logits, k) => keeping(logits, (_, id) => rank(logits, id) <= k),
  },
  {
    message: "One token too few is kept.",
    answer: (logits, k) => keeping(logits, (_, id) => rank(logits, id) < k - 1),
  },
  {
    message:
      "With a k larger than the vocabulary nothing is kept: sorted[k - 1] is undefined there. All scores must stay.",
    answer: (logits, k) => (k > logits.length ? logits.map(() => -Infinity) : right(logits, k)),
  },
];

const hand: Args = [[1, 3, 2, 5], 2];

/** Different scores, with two digits before the point in some. */
function different(random: Random): Args {
  const pool = [-12, -7.5, -3, -1, 0.5, 2, 4, 9, 10, 11.5, 25];
  const logits = Array.from(
    { length: random.int(2, 7) },
    () => pool.splice(random.int(0, pool.length - 1), 1)[0]!,
  );
  return [logits, random.int(1, logits.length)];
}

export const topK: Exercise = {
  id: "top-k",
  fn: "topK",
  title: "Top-k, exactly k",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    "Sorted scores have lost their ids. What if you sort the ids 0, 1, 2, ... instead, by the score of each?",
    [
      "unless k is a whole number from 1 up: throw a RangeError",
      "order = the ids, sorted: larger score first; of equal scores the lower id first",
      "kept = the first k of order, as a Set",
      "for each id: its score if kept has it, else -Infinity",
    ].join("\n"),
    "order.sort((a, b) => logits[b] - logits[a] || a - b): the second part counts only where the first is 0.",
  ],
  errors: [
    {
      see: /changed its input/,
      help: "sort sorts the very array that it is called on. Sort a copy: [...logits].sort(...).",
    },
    { see: /undefined/, help: "sorted[k - 1] is undefined where k is larger than the vocabulary." },
    {
      see: /must throw a RangeError/,
      help: "Number.isInteger(k) is false for 1.5 and for NaN; k < 1 catches 0.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: four scores, two of them stay",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: [hand, [[10, 9, 1], 2], [[-1, -2, -3], 1]], expected: right, wrong }), // prettier-ignore
    },
    {
      id: "random",
      title: "60 random cases without equal scores",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, () => different(t.random)),
          expected: right,
          wrong,
        }),
    },
    {
      id: "ties",
      title: "exactly k, also of equal scores",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[2, 1, 2, 2], 2],
            [[1, 1, 1], 1],
            ...Array.from({ length: 40 }, (): Args => {
              const logits = Array.from({ length: t.random.int(2, 6) }, () => t.random.int(-1, 1));
              return [logits, t.random.int(1, logits.length)];
            }),
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "edges",
      title: "k as large as the vocabulary, and larger; banned tokens",
      points: 1,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[1, 2], 2], [[3, -1, 3], 50], [[-Infinity, 4, 1], 1], [[-Infinity, 4, -Infinity], 2]], // prettier-ignore
          expected: right,
          wrong,
        }),
    },
    {
      id: "refuses",
      title: "refuses a k that is none",
      points: 1,
      async run(learner, t) {
        for (const bad of [0, -1, 1.5, NaN])
          await t.refuses(learner, [[1, 2, 3], bad], /RangeError/, "a RangeError");
        await t.cases<Args>(learner, { args: [hand, [[1, 2], 1]], expected: right, wrong });
      },
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [[[1, 3, 2], 2], [[2, 1], 1]], right), // prettier-ignore
    },
  ],
};
