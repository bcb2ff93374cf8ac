import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { sum } from "./numbers";

interface Stretch {
  readonly ids: readonly number[];
  readonly shorten: boolean;
}
type Args = [stretches: readonly Stretch[], room: number];

/** One step turned into a mistake. */
interface Ways {
  /** Which stretch of those that may (with a token left) loses one. */
  readonly pick?: (may: readonly number[], keep: readonly number[]) => number;
  readonly may?: (stretch: Stretch) => boolean;
  /** What is left of a stretch's tokens. */
  readonly cut?: (ids: readonly number[], kept: number) => readonly number[];
  readonly room?: (room: number) => number;
}

const longest = (may: readonly number[], keep: readonly number[]): number =>
  may.reduce((best, i) => (keep[i]! >= keep[best]! ? i : best));

function shortened([stretches, room]: Args, ways: Ways = {}): number[] | undefined {
  const { pick = longest, cut = (ids, kept) => ids.slice(0, kept), may = ({ shorten }) => shorten } = ways;
  const keep = stretches.map(({ ids }) => ids.length);
  while (sum(keep) > (ways.room?.(room) ?? room)) {
    const choice = [...keep.keys()].filter((i) => may(stretches[i]!) && keep[i]! > 0);
    if (choice.length === 0) return undefined;
    keep[pick(choice, keep)]! -= 1;
  }
  return stretches.flatMap(({ ids }, i) => [...cut(ids, keep[i]!)]);
}
const right = (...args: Args): number[] => shortened(args)!;

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => shortened(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The whole prompt was cut at its end, and with it the pattern: the mask is gone. Only stretches with shorten: true may lose tokens.",
    answer: (stretches, room) => stretches.flatMap(({ ids }) => ids).slice(0, room),
  },
  {
    message: "Nothing was cut: the prompt must have at most `room` tokens.",
    answer: (stretches) => stretches.flatMap(({ ids }) => ids),
  },
  mistake(
    "A stretch with shorten: false lost tokens. The pattern must stay whole: choose among those that may be shortened.",
    { may: () => true },
  ),
  mistake(
    "Of equally long stretches the FIRST lost a token. Take the one that comes last: compare with >=.",
    {
      pick: (may, keep) => may.reduce((best, i) => (keep[i]! > keep[best]! ? i : best)),
    },
  ),
  mistake(
    "The last stretch that may be shortened lost all that was too much. After each token ask again which is the longest.",
    { pick: (may) => may.at(-1)! },
  ),
  mistake(
    "The first stretch that may be shortened lost all that was too much. After each token ask again which is the longest.",
    { pick: (may) => may[0]! },
  ),
  mistake("The SHORTEST stretch lost its tokens. Take from the longest: it has most to spare.", {
    pick: (may, keep) => may.reduce((best, i) => (keep[i]! <= keep[best]! ? i : best)),
  }),
  mistake("Tokens were taken from the front of a stretch. It loses its LAST token: ids.slice(0, kept).", {
    cut: (ids, kept) => ids.slice(ids.length - kept),
  }),
  mistake("One token too many is gone: a prompt of exactly `room` tokens fits.", {
    room: (room) => Math.max(0, room - 1),
  }),
  mistake("One token too many is left: the prompt may have `room` tokens, no more.", {
    room: (room) => room + 1,
  }),
  {
    message:
      "A stretch that may be shortened was left out whole, or kept whole. Take tokens one by one, until the rest fits.",
    answer: (stretches, room) => {
      const kept = stretches.map((stretch) => stretch);
      let over = sum(stretches.map(({ ids }) => ids.length)) - room;
      while (over > 0) {
        const may = [...kept.keys()].filter((i) => kept[i]!.shorten && kept[i]!.ids.length > 0);
        if (may.length === 0) return undefined;
        const i = longest(may, kept.map(({ ids }) => ids.length)); // prettier-ignore
        over -= kept[i]!.ids.length;
        kept[i] = { ids: [], shorten: true };
      }
      return kept.flatMap(({ ids }) => [...ids]);
    },
  },
];

const stretch = (ids: readonly number[], shorten = true): Stretch => ({ ids, shorten });
const fixed = (...ids: number[]): Stretch => stretch(ids, false);
const hand: Args = [[stretch([1, 2, 3, 4]), fixed(9)], 3];

/** Stretches of both kinds; the room is between what must stay and a little more than all. */
function randomArgs(random: Random): Args {
  let next = 10;
  const list = Array.from({ length: random.int(2, 5) }, () =>
    stretch(
      Array.from({ length: random.int(0, 6) }, () => next++),
      random.next() < 0.6,
    ),
  );
  if (!list.some(({ shorten }) => shorten)) list.push(stretch([next++, next++, next++]));
  const must = sum(list.map(({ ids, shorten }) => (shorten ? 0 : ids.length)));
  const all = sum(list.map(({ ids }) => ids.length));
  return [list, random.int(Math.max(1, must), Math.max(1, all) + 1)];
}

export const shortenPrompt: Exercise = {
  id: "shorten-prompt",
  fn: "shortenPrompt",
  title: "A prompt that keeps its question",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    "Count how many tokens each stretch keeps. Only the counts change; the ids are cut once, at the end.",
    [
      "keep = the length of each stretch",
      "while the sum of keep is more than room:",
      "  longest = the last of the stretches with shorten, keep > 0 and the largest keep",
      "  if there is none: throw a RangeError",
      "  keep[longest] -= 1",
      "give the first keep[i] ids of each stretch i, in order",
    ].join("\n"),
  ],
  errors: [
    {
      see: /must throw a RangeError/,
      help: "Where no stretch that may be shortened has a token left, and it is still too long, throw.",
    },
    { see: /did not end|timeout/, help: "The loop must end where nothing is left to cut: throw there." },
    {
      see: /changed its input/,
      help: "Do not call pop() or splice() on the ids that were given. Use ids.slice(0, kept).",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: reviews before and after the mask",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            hand,
            [[fixed(101), stretch([1, 2, 3, 4, 5]), fixed(7, 103, 8, 102)], 8],
            [[fixed(7, 103), stretch([1, 2, 3])], 4],
            [[stretch([1, 2]), fixed(9)], 3],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "several",
      title: "two stretches share the loss, the longest first",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[stretch([1, 2, 3, 4]), fixed(9), stretch([5, 6])], 5],
            [[stretch([1, 2]), fixed(9), stretch([5, 6, 7, 8])], 5],
            [[stretch([1, 2, 3]), fixed(9), stretch([5, 6, 7])], 6],
            [[stretch([1, 2, 3]), fixed(9), stretch([5, 6, 7])], 1],
            ...Array.from({ length: 60 }, () => randomArgs(t.random)),
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "fits",
      title: "what fits stays as it is, to the last token",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[stretch([1, 2, 3]), fixed(4)], 4],
            [[fixed(1, 2), fixed(3)], 3],
            [[stretch([]), fixed(5), stretch([6, 7])], 40],
            [[stretch([1, 2, 3]), fixed(4)], 2],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "refuses",
      title: "refuses a pattern that alone is too long",
      points: 2,
      async run(learner, t) {
        await t.refuses(learner, [[fixed(1, 2, 3), stretch([4])], 2], /RangeError/, "a RangeError");
        await t.refuses(learner, [[fixed(1, 2)], 1], /RangeError/, "a RangeError");
        await t.cases<Args>(learner, { args: [hand, [[fixed(1, 2), stretch([3])], 2]], expected: right, wrong }); // prettier-ignore
      },
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, [[stretch([5, 6, 7]), fixed(1)], 2]], right),
    },
  ],
};
