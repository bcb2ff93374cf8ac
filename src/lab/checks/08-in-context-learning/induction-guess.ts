import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Finding, Wrong } from "../toolkit";

type Args = [ids: readonly number[], vocabSize: number];

/** One step turned into a mistake. */
interface Ways {
  /** Places that vote, of a text whose last place is `last`. */
  readonly voters?: (ids: readonly number[], last: number) => number[];
  /** Where the token stands that a place votes for. */
  readonly shift?: number;
  /** What is given without any vote. */
  readonly unknown?: (vocabSize: number, ids: readonly number[]) => number[];
  readonly told?: (votes: readonly number[], total: number, vocabSize: number, length: number) => number[];
}

const places = (ids: readonly number[]): number[] => ids.map((_, place) => place);
const copies = (ids: readonly number[], last: number): number[] => places(ids).filter((place) => place < last && ids[place] === ids[last]); // prettier-ignore
const even = (vocabSize: number): number[] => new Array<number>(vocabSize).fill(1 / vocabSize);

function guess([ids, vocabSize]: Args, ways: Ways = {}): number[] {
  const {
    voters = copies,
    shift = 1,
    unknown = even,
    told = (votes, total) => votes.map((count) => count / total),
  } = ways;
  const votes = new Array<number>(vocabSize).fill(0);
  let total = 0;
  for (const place of voters(ids, ids.length - 1)) {
    const token = ids[place + shift];
    if (token === undefined) continue;
    votes[token]!++;
    total++;
  }
  return total === 0 ? unknown(vocabSize, ids) : told(votes, total, vocabSize, ids.length);
}
const right = (...args: Args): number[] => guess(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => guess(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "The earlier copies themselves were counted. An induction head looks at what came AFTER each copy: ids[place + 1].",
    { shift: 0 },
  ),
  mistake("What came BEFORE each earlier copy was counted. It is what came after: ids[place + 1].", {
    shift: -1,
  }),
  mistake("Only the latest earlier copy votes. All of them do.", { voters: (ids, last) => copies(ids, last).slice(-1) }), // prettier-ignore
  mistake("Only the first copy votes (as indexOf finds it). All earlier ones do.", {
    voters: (ids, last) => copies(ids, last).slice(0, 1),
  }),
  mistake(
    "All tokens of the text were counted, whatever came before them. Only those right after a copy of the LAST token count.",
    {
      voters: (ids, last) => places(ids).filter((place) => place < last),
    },
  ),
  mistake("The counts came back. Shares are asked for: divide by the number of votes.", {
    told: (votes) => [...votes],
  }),
  mistake(
    "The votes were divided by the length of the text. Divide by the number of votes, so that the shares add up to 1.",
    {
      told: (votes, _, __, length) => votes.map((count) => count / length),
    },
  ),
  mistake("One was added to each count (smoothing), which is not asked for here.", {
    told: (votes, total, vocabSize) => votes.map((count) => (count + 1) / (total + vocabSize)),
  }),
  mistake("With no earlier copy nothing is known, and all tokens are alike: 1 / vocabSize each, not 0.", {
    unknown: (vocabSize) => new Array<number>(vocabSize).fill(0),
  }),
  mistake("0 / 0 is NaN: where there is no earlier copy, give 1 / vocabSize to each token.", {
    unknown: (vocabSize) => new Array<number>(vocabSize).fill(NaN),
  }),
  mistake("With no earlier copy the last token was said again. Nothing is known there: 1 / vocabSize each.", {
    unknown: (vocabSize, ids) =>
      Array.from({ length: vocabSize }, (_, id) => (id === ids[ids.length - 1] ? 1 : 0)),
  }),
];

const explain = (value: unknown, ...[, vocabSize]: Args): Finding | undefined =>
  Array.isArray(value) && value.length !== vocabSize
    ? {
        message: `An array of ${vocabSize} shares is asked for, one for each token of the vocabulary, and this has ${value.length}.`,
        mistake: "The array has not one share for each token of the vocabulary.",
      }
    : undefined;

const tolerance = 1e-9;
const randomArgs = (random: Random): Args => {
  const vocabSize = random.int(3, 5);
  return [Array.from({ length: random.int(5, 14) }, () => random.int(0, vocabSize - 1)), vocabSize];
};

export const inductionGuess: Exercise = {
  id: "induction-guess",
  fn: "inductionGuess",
  title: "What an induction head says",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    "Put a finger on the last token. Put another on each earlier place with the same token, and move it one place on. What do you see there?",
    [
      "last = the last token; votes = 0 for each token of the vocabulary; total = 0",
      "for each place before the last one:",
      "  if the token there is `last`: one vote for the token at place + 1, and total += 1",
      "if total is 0: 1 / vocabSize for each token",
      "else: each count / total",
    ].join("\n"),
  ],
  errors: [
    {
      see: /NaN/,
      help: "0 / 0 where nobody voted, or a vote for ids[place + 1] after the end: stop before the last place.",
    },
    { see: /undefined/, help: "The last place has nothing after it: let place go up to ids.length - 2." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two copies, one copy",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[3, 1, 2, 3, 0, 3], 4], [[0, 1, 2, 0], 3], [[2, 2, 2, 1, 2], 3], [[1, 0, 1, 0, 1, 2, 1], 3]], // prettier-ignore
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "80 random texts",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "unknown",
      title: "a last token that is new",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[0, 1], 4], [[2], 3], [[1, 1, 1, 0], 2], [[0, 0], 2]], // prettier-ignore
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
      run: (learner, t) => t.unchanged<Args>(learner, [[[3, 1, 3], 4], [[0, 1], 2]], right, tolerance), // prettier-ignore
    },
  ],
};
