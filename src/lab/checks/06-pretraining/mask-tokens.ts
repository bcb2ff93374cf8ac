import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { IGNORE, randomIds, type Example } from "./texts";

interface Draw {
  readonly choose: number;
  readonly change: number;
  readonly random: number;
}
interface Tokens {
  readonly mask: number;
  readonly special: readonly number[];
}
type Args = [ids: readonly number[], tokens: Tokens, draws: readonly Draw[]];

interface Ways {
  readonly chosen?: (id: number, draw: Draw, tokens: Tokens) => boolean;
  readonly changed?: (id: number, draw: Draw, tokens: Tokens) => number;
  /** The label of a place, from what was there and what is there now. */
  readonly label?: (id: number, now: number, chosen: boolean, tokens: Tokens) => number;
}

const isChosen = (id: number, { choose }: Draw, { special }: Tokens): boolean =>
  choose < 0.15 && !special.includes(id);
const change = (id: number, draw: Draw, { mask }: Tokens): number =>
  draw.change < 0.8 ? mask : draw.change < 0.9 ? draw.random : id;

function masked([ids, tokens, draws]: Args, ways: Ways = {}): Example {
  const chosen = ids.map((id, i) => (ways.chosen ?? isChosen)(id, draws[i]!, tokens));
  const inputs = ids.map((id, i) => (chosen[i] ? (ways.changed ?? change)(id, draws[i]!, tokens) : id));
  const label = ways.label ?? ((id, _, is) => (is ? id : IGNORE));
  return { inputs, labels: ids.map((id, i) => label(id, inputs[i]!, chosen[i]!, tokens)) };
}
const right = (...args: Args): Example => masked(args);

const wrong: readonly Wrong<Args>[] = [
  {
    message: "Special tokens were chosen too. [CLS], [SEP] and [PAD] stay, and are never asked for.",
    answer: (...args) => masked(args, { chosen: (_, draw) => draw.choose < 0.15 }),
  },
  {
    message:
      "Labels only where [MASK] stands. A chosen place with a random id, or with its own, is asked for too: that is why the model cannot trust any token.",
    answer: (...args) =>
      masked(args, { label: (id, now, chosen, { mask }) => (chosen && now === mask ? id : IGNORE) }),
  },
  {
    message:
      "Labels only where the id changed. The 10 % that stay as they are count too, so that the model learns to keep what is right.",
    answer: (...args) => masked(args, { label: (id, now, chosen) => (chosen && now !== id ? id : IGNORE) }),
  },
  {
    message: "Every place has a label. Only chosen places are asked for; the others get IGNORE.",
    answer: (...args) => masked(args, { label: (id) => id }),
  },
  {
    message:
      "The labels are what stands there now. They must be the ORIGINAL ids: that is what the model should find.",
    answer: (...args) => masked(args, { label: (_, now, chosen) => (chosen ? now : IGNORE) }),
  },
  {
    message: "Places without a label got 0. 0 is a token; IGNORE (-100) is none.",
    answer: (...args) => masked(args, { label: (id, _, chosen) => (chosen ? id : 0) }),
  },
  {
    message: "Every chosen place became [MASK]. 10 % get a random id, 10 % stay.",
    answer: (...args) => masked(args, { changed: (_, __, { mask }) => mask }),
  },
  {
    message: "Random and unchanged are exchanged: from 0.8 to 0.9 the random id, from 0.9 on the old one.",
    answer: (...args) =>
      masked(args, {
        changed: (id, d, { mask }) => (d.change < 0.8 ? mask : d.change < 0.9 ? id : d.random),
      }),
  },
  {
    message: "All of the last 20 % got a random id. From 0.9 on the token stays.",
    answer: (...args) => masked(args, { changed: (_, d, { mask }) => (d.change < 0.8 ? mask : d.random) }),
  },
  {
    message:
      "A border is on the wrong side: use < with 0.15, 0.8 and 0.9, so that draws from [0, 1) fall in parts of just these sizes.",
    answer: (...args) =>
      masked(args, {
        chosen: (id, d, { special }) => d.choose <= 0.15 && !special.includes(id),
        changed: (id, d, { mask }) => (d.change <= 0.8 ? mask : d.change <= 0.9 ? d.random : id),
      }),
  },
  {
    message: "15 % are chosen when the draw is BELOW 0.15. It looks as if the others were.",
    answer: (...args) =>
      masked(args, { chosen: (id, d, { special }) => d.choose >= 0.15 && !special.includes(id) }),
  },
  {
    message:
      "One draw decides both. `choose` tells whether a place is chosen, `change` what becomes of it: chosen places have small `choose`.",
    answer: (...args) =>
      masked(args, { changed: (id, d, tokens) => change(id, { ...d, change: d.choose }, tokens) }),
  },
];

const tokens: Tokens = { mask: 3, special: [0, 1, 2] };

function randomCase(random: Random, edges = false): Args {
  const length = random.int(1, 10);
  const ids = randomIds(random, length, 0, 12);
  // Chosen twice as often as in BERT, so that a short text has what to look at.
  const draws = ids.map(() => ({
    choose: edges ? random.pick([0.15, 0.1499, 0]) : random.next() * 0.5,
    change: edges ? random.pick([0.8, 0.9, 0.7999, 0.8999, 0]) : random.next(),
    random: random.int(4, 30),
  }));
  return [ids, tokens, draws];
}

const draw = (choose: number, change: number): Draw => ({ choose, change, random: 9 });

export const maskTokens: Exercise = {
  id: "mask-tokens",
  fn: "maskTokens",
  title: "BERT's mask",
  difficulty: 2,
  importance: 5,
  minutes: 20,
  hints: [
    "First decide for each place whether it is chosen. Inputs and labels then both follow from that.",
    [
      "for each place i:",
      "  chosen = draws[i].choose < 0.15 and ids[i] is not in special",
      "  input: not chosen -> ids[i]; change < 0.8 -> mask; change < 0.9 -> draws[i].random; else ids[i]",
      "  label: chosen -> ids[i]; else IGNORE",
    ].join("\n"),
  ],
  errors: [
    {
      see: /text is not|reading 'choose'|reading 'change'/,
      help: "draws has one entry for each id: draws[i] belongs to ids[i].",
    },
    { see: /changed its input/, help: "Do not write into ids. Begin with [...ids], or use map." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: mask, random, the same",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[7, 8], tokens, [draw(0.1, 0.5), draw(0.9, 0)]],
            [[5, 6, 7, 8], tokens, [draw(0, 0.1), draw(0, 0.85), draw(0, 0.95), draw(0.5, 0.1)]],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "special",
      title: "special tokens are never chosen",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[1, 7, 2, 0], tokens, [draw(0, 0), draw(0, 0), draw(0.1, 0.85), draw(0, 0)]],
            [[30, 31], { mask: 4, special: [31] }, [draw(0, 0), draw(0, 0)]],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "random",
      title: "200 random texts",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[[], tokens, []], ...Array.from({ length: 200 }, () => randomCase(t.random))],
          expected: right,
          wrong,
        }),
    },
    {
      id: "edges",
      title: "draws of exactly 0.15, 0.8 and 0.9",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, () => randomCase(t.random, true)),
          expected: right,
          wrong,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) =>
        t.unchanged<Args>(
          learner,
          [
            [[7, 8], tokens, [draw(0, 0), draw(0, 0.85)]],
            [[5], tokens, [draw(0, 0.95)]],
          ],
          right,
        ),
    },
  ],
};
