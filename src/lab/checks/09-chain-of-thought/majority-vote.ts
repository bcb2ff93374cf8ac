import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

type Answers = readonly (number | undefined)[];
type Args = [answers: Answers];
interface Vote {
  readonly answer: number | undefined;
  readonly share: number;
}

const votesOf = (answers: Answers): number[] => answers.flatMap((answer) => answer ?? []);
const countOf = (answers: Answers, answer: unknown): number =>
  answers.filter((each) => each === answer).length;

/** The first answer that has most votes. */
const winnerOf = <T>(
  votes: readonly T[],
  better = (a: number, b: number): boolean => a > b,
): T | undefined => {
  const count = (answer: T): number => votes.filter((each) => each === answer).length;
  return votes.reduce<T | undefined>(
    (best, each) => (best === undefined || better(count(each), count(best)) ? each : best),
    undefined,
  );
};

function right(answers: Answers): Vote {
  const votes = votesOf(answers);
  const answer = winnerOf(votes);
  return { answer, share: votes.length === 0 ? 0 : countOf(votes, answer) / votes.length };
}

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "Among equals the LAST one won. Take the one that came first: a new winner needs MORE votes than the old one (>, not >=).",
    answer: (answers) => {
      const { share } = right(answers);
      return { answer: winnerOf(votesOf(answers), (a, b) => a >= b), share };
    },
  },
  {
    message:
      "Among equals the SMALLEST answer won: the keys of an object that are numbers come sorted. A Map keeps the order.",
    answer: (answers) => {
      const { share } = right(answers);
      return { answer: winnerOf(votesOf(answers).sort((a, b) => a - b)), share };
    },
  },
  {
    message: "Chains without an answer voted, and won. undefined is no answer: leave these out.",
    answer: (answers) => {
      const keys = answers.map(String);
      const best = winnerOf(keys);
      const answer = best === undefined || best === "undefined" ? undefined : Number(best);
      return { answer, share: keys.length === 0 ? 0 : countOf(answers, answer) / keys.length };
    },
  },
  {
    message: "The share counts chains without an answer. It is the winner's votes over all VOTES.",
    answer: (answers) => {
      const { answer } = right(answers);
      return { answer, share: answer === undefined ? 0 : countOf(answers, answer) / answers.length };
    },
  },
  {
    message: "Without any vote the share is 0, not NaN: 0 / 0 is no number.",
    answer: (answers) => (votesOf(answers).length === 0 ? { answer: undefined, share: NaN } : right(answers)),
  },
  {
    message: "0 is an answer as any other. `if (answer)` is false for it: compare with undefined.",
    answer: (answers) => right(answers.map((answer) => answer || undefined)),
  },
  {
    message: "The share is a count. Divide it by the number of votes.",
    answer: (answers) => {
      const { answer } = right(answers);
      return { answer, share: answer === undefined ? 0 : countOf(answers, answer) };
    },
  },
  {
    message: "The share is over the number of DIFFERENT answers. It is over all votes.",
    answer: (answers) => {
      const { answer } = right(answers);
      const different = new Set(votesOf(answers)).size;
      return { answer, share: different === 0 ? 0 : countOf(answers, answer) / different };
    },
  },
  {
    message: "The winner is a text. The keys of an object are texts: make a number of it, or use a Map.",
    answer: (answers) => {
      const { answer, share } = right(answers);
      return { answer: answer === undefined ? undefined : String(answer), share };
    },
  },
  {
    message:
      "This is the mean of the answers. A vote counts how often each came: 17 and 19 are no votes for 18.",
    answer: (answers) => {
      const votes = votesOf(answers);
      return {
        answer: votes.reduce((sum, each) => sum + each, 0) / votes.length,
        share: right(answers).share,
      };
    },
  },
  {
    message: "The first answer always wins. Count the votes of each.",
    answer: (answers) => {
      const votes = votesOf(answers);
      return { answer: votes[0], share: votes.length === 0 ? 0 : countOf(votes, votes[0]) / votes.length };
    },
  },
];

/** Few different answers, so that some are equal; some chains have none. */
const crowd = (random: Random, answers: readonly (number | undefined)[]): Args => [
  Array.from({ length: random.int(1, 9) }, () => random.pick(answers)),
];
const tolerance = 1e-9;

export const majorityVote: Exercise = {
  id: "majority-vote",
  fn: "majorityVote",
  title: "The vote of many chains",
  difficulty: 2,
  importance: 5,
  minutes: 15,
  hints: [
    "What must you know of each answer, and what of all of them together? A Map keeps its keys in the order in which they came.",
    [
      "counts = a Map: answer -> votes, without the undefined ones",
      "winner = undefined, most = 0, votes = 0",
      "for each answer and count: votes += count; if count > most, it is the new winner",
      "give winner and most / votes, or 0 where there are no votes",
    ].join("\n"),
  ],
  errors: [
    {
      see: /NaN/,
      help: "undefined + 1 is NaN: (counts.get(answer) ?? 0) + 1. And 0 / 0 is NaN: no votes, share 0.",
    },
    { see: /text/, help: "Object keys are texts: use a Map, or Number(key)." },
    { see: /must give an object/, help: "Give both: return { answer, share }." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: a clear winner, a sure crowd",
      points: 3,
      run: (learner, t) => t.cases<Args>(learner, { args: [[[18, 26, 18]], [[5, 5, 5]], [[9, 4, 4, 7]], [[17, 19, 19, 17, 19]]], expected: right, wrong, tolerance }), // prettier-ignore
    },
    {
      id: "ties",
      title: "equals: the one that came first",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[5, 7]], [[7, 5]], [[3, 9, 9, 3]], ...Array.from({ length: 30 }, () => crowd(t.random, [12, 7, 30]))], // prettier-ignore
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "silent",
      title: "chains without an answer do not vote",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[18, 26, 18, undefined]],
            [[undefined, undefined, 6]],
            [[]],
            [[undefined, undefined]],
            ...Array.from({ length: 30 }, () => crowd(t.random, [undefined, undefined, 8, 11])),
          ],
          expected: right,
          wrong,
          tolerance,
        }),
    },
    {
      id: "zero",
      title: "0, and answers below 0",
      points: 2,
      run: (learner, t) => t.cases<Args>(learner, { args: [[[0, 0, 5]], [[-3, 0, -3]], [[2, 0, undefined, 0]], [[0.5, 0.5, 1]]], expected: right, wrong, tolerance }), // prettier-ignore
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) =>
        t.unchanged<Args>(learner, [[[3, 1, 3, undefined]], [[2, 9, 9]]], right, tolerance),
    },
  ],
};
