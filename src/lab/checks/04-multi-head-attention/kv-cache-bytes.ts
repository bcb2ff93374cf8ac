import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";

interface Shape {
  readonly nLayer: number;
  readonly nHead: number;
  readonly nKvHead?: number;
  readonly headDim: number;
}
type Args = [shape: Shape, batch: number, places: number, bytesPerNumber: number];

const expected = (...[shape, batch, places, bytes]: Args): number =>
  2 * shape.nLayer * (shape.nKvHead ?? shape.nHead) * shape.headDim * batch * places * bytes;

const wrong: readonly Wrong<Args>[] = [
  {
    message: "There are keys AND values: twice as much.",
    answer: (...args) => expected(...args) / 2,
  },
  {
    message:
      "The heads of queries were counted. Queries are not kept: only the nKvHead heads of keys and values are, and that is what " +
      "sharing them saves.",
    answer: ({ nLayer, nHead, headDim }, ...rest) => expected({ nLayer, nHead, headDim }, ...rest),
  },
  {
    message: "Every layer keeps keys and values of its own: times nLayer.",
    answer: (shape, ...rest) => expected({ ...shape, nLayer: 1 }, ...rest),
  },
  {
    message: "Each text of the batch has its own keys and values: times batch.",
    answer: (shape, _, ...rest) => expected(shape, 1, ...rest),
  },
  {
    message: "These are numbers, and not bytes: times bytesPerNumber.",
    answer: (shape, batch, places) => expected(shape, batch, places, 1),
  },
  { message: "These are bits: 8 times too many.", answer: (...args) => 8 * expected(...args) },
  {
    message:
      "This grows with the square of the places. That is the table of scores; it is not kept. The cache has one key and one " +
      "value for each place.",
    answer: (shape, batch, places, bytes) => expected(shape, batch, places * places, bytes),
  },
  {
    message: "Without nKvHead a model has as many heads of keys as of queries: nKvHead ?? nHead.",
    answer: (shape, ...rest) => (shape.nKvHead === undefined ? NaN : expected(shape, ...rest)),
  },
];

const hand: Args = [{ nLayer: 2, nHead: 4, headDim: 8 }, 1, 10, 2];
const gpt2: Shape = { nLayer: 12, nHead: 12, headDim: 64 };
const llama70: Shape = { nLayer: 80, nHead: 64, nKvHead: 8, headDim: 128 };

export const kvCacheBytes: Exercise = {
  id: "kv-cache-bytes",
  fn: "kvCacheBytes",
  title: "The price of a cache",
  difficulty: 1,
  importance: 4,
  minutes: 10,
  hints: [
    "How many numbers is the key of one token, in one head of one layer? Then multiply: by what?",
    "2 (keys and values) * layers * texts * places * heads of keys * numbers in a head * bytes in a number",
  ],
  errors: [
    { see: /NaN|undefined/, help: "nKvHead may be missing: nKvHead ?? nHead takes the other one then." },
    {
      see: /expected 2560/,
      help: "By hand: one key is 4 heads of 8 numbers, 32. Keys and values 64, two layers 128, ten places 1280.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand, and GPT-2",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: [hand, [gpt2, 1, 1024, 4], [gpt2, 3, 7, 2]], expected, wrong }),
    },
    {
      id: "shared",
      title: "shared heads: LLaMA-2 70B, and were it multi-query",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [[llama70, 1, 4096, 2], [{ ...llama70, nKvHead: 1 }, 1, 4096, 2]], // prettier-ignore
          expected,
          wrong,
        }),
    },
    {
      id: "random",
      title: "30 random models",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 30 }, (): Args => {
            const nKvHead = t.random.int(1, 8);
            const shape = { nLayer: t.random.int(2, 40), nHead: nKvHead * t.random.int(2, 8), nKvHead };
            return [
              { ...shape, headDim: t.random.pick([16, 64, 128]) },
              t.random.int(2, 8),
              t.random.int(3, 4096),
              t.random.pick([2, 4]),
            ];
          }),
          expected,
          wrong,
        }),
    },
  ],
};
