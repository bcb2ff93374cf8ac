import type { Exercise } from "../../exercise";
import type { PlainTensor } from "../plain";
import type { Wrong } from "../toolkit";
import { counting, permuted, randomTensor, reshaped } from "./matrices";

type Args = [x: PlainTensor, nHead: number];

const sizes = ({ shape }: PlainTensor, nHead: number): [B: number, T: number, H: number, D: number] => [
  shape[0]!,
  shape[1]!,
  nHead,
  shape[2]! / nHead,
];

/** [B, T, C] to [B, H, T, D]. */
export function split(x: PlainTensor, nHead: number): PlainTensor {
  return permuted(reshaped(x, sizes(x, nHead)), [0, 2, 1, 3]);
}

/** Only cut, never moved: numbers of different tokens meet in one head. */
export function cutOnly(x: PlainTensor, nHead: number): PlainTensor {
  const [batch, time, heads, headDim] = sizes(x, nHead);
  return reshaped(x, [batch, heads, time, headDim]);
}

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "A reshape alone does not move numbers: the heads hold pieces of different tokens, cut straight from the list. Reshape " +
      "to [B, T, H, D] first, and then transpose to [B, H, T, D].",
    answer: cutOnly,
  },
  {
    message:
      "The heads are cut, but they stand behind the tokens: [B, T, H, D]. Transpose with [0, 2, 1, 3].",
    answer: (x, nHead) => reshaped(x, sizes(x, nHead)),
  },
  {
    message:
      "Head h got the numbers h, h + H, h + 2H, ... of each token. A head is D neighbours: cut the last axis as [H, D], not " +
      "as [D, H].",
    answer: (x, nHead) => {
      const [batch, time, heads, headDim] = sizes(x, nHead);
      return permuted(reshaped(x, [batch, time, headDim, heads]), [0, 3, 1, 2]);
    },
  },
  {
    message:
      "The last two axes are exchanged: [B, H, D, T]. Each head must hold rows of D numbers, one a token.",
    answer: (x, nHead) => permuted(reshaped(x, sizes(x, nHead)), [0, 2, 3, 1]),
  },
  {
    message: "The batch and the heads are exchanged: [H, B, T, D].",
    answer: (x, nHead) => permuted(reshaped(x, sizes(x, nHead)), [2, 0, 1, 3]),
  },
];

const paper: Args = [counting([1, 2, 4]), 2];

export const splitHeads: Exercise = {
  id: "split-heads",
  fn: "splitHeads",
  title: "Split into heads",
  difficulty: 2,
  importance: 5,
  minutes: 10,
  hints: [
    "Write the numbers 0 to 7 as two tokens of four. Which of them belong to head 0? Where do they stand in the list?",
    [
      "cut the last axis: [B, T, C] -> [B, T, H, D]",
      "bring the heads forward: [B, T, H, D] -> [B, H, T, D]",
    ].join("\n"),
    "x.reshape([batch, time, nHead, width / nHead]), then .transpose([0, 2, 1, 3]): new axis 1 is old axis 2.",
  ],
  errors: [
    {
      see: /Size\(|values but the requested shape/,
      help: "A reshape keeps the count: B * T * H * D must be B * T * C.",
    },
    { see: /disposed/, help: "x is the caller's: do not dispose it." },
    {
      see: /left \d+ tensors? behind/,
      help: "return tf.tidy(() => ...): the reshaped tensor is one of its own.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: two tokens, two heads",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: [paper, [counting([2, 2, 6]), 3]], expected: split, wrong }),
    },
    {
      id: "random",
      title: "20 random shapes, one head among them",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 20 }, (_, i): Args => {
            const nHead = i === 0 ? 1 : t.random.int(1, 4);
            return [
              randomTensor(t.random, [t.random.int(1, 3), t.random.int(1, 4), nHead * t.random.int(1, 4)]),
              nHead,
            ];
          }),
          expected: split,
          wrong,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [paper, [counting([2, 1, 6]), 2]], split),
    },
    {
      id: "memory",
      title: "leaves no tensors behind",
      points: 1,
      run: (learner, t) =>
        t.noLeaks<Args>(learner, { args: [paper, [counting([2, 3, 4]), 2]], expected: split, wrong }),
    },
  ],
};
