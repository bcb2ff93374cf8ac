import type { Exercise } from "../../exercise";
import { LearnerFault, type Learner } from "../learner";
import { tensor, tensorOf, type PlainTensor } from "../plain";
import type { Random } from "../random";
import type { Toolkit } from "../toolkit";
import { byLogNew, byValues, right, scalar, wrong, wrongByLogNew, wrongByValues, type Args } from "./clipped";

const log = Math.log;
const hand: Args = [
  tensor([[log(1.5), log(0.5)]]),
  tensor([[0, 0]]),
  tensor([[1, -1]]),
  tensor([[0, 0]]),
  tensor([[1, 1]]),
  0.2,
];
/** All four ways out of the clip, and two inside of it. */
const six: Args = [
  tensor([[-1, -2.5, -0.5], [-1.5, -2, -1]]),
  tensor([[-1.5, -2, -0.45], [-1, -2.6, -1]]),
  tensor([[1, 0.5, 2], [-1, -0.5, 0.25]]),
  tensor([[0.25, -1, 1], [1, 0.5, -1]]),
  tensor([[1, 1, 1], [1, 1, 1]]),
  0.2,
]; // prettier-ignore
const padded: Args = [
  tensor([[-1, -2.5, 1], [-1.5, 3, -2]]),
  tensor([[-1.5, -2, -1], [-1, 0, 1]]),
  tensor([[1, 0.5, 5], [-1, -4, 3]]),
  tensor([[0.25, -1, 1], [1, 0.5, -1]]),
  tensor([[1, 1, 0], [1, 0, 0]]),
  0.2,
]; // prettier-ignore

/** Log-probabilities, of which a good part leaves the clip; padding at the end of each row, with anything in it. */
function randomArgs(random: Random): Args {
  const [batch, time] = [random.int(1, 3), random.int(2, 4)];
  const fill = (next: () => number): PlainTensor =>
    tensorOf(Array.from({ length: batch * time }, next), [batch, time]);
  const number = (size: number): number => Math.round((2 * random.next() - 1) * size * 100) / 100;
  const lengths = Array.from({ length: batch }, () => random.int(1, time));
  let place = 0;
  return [
    fill(() => -2 + number(0.6)),
    fill(() => -2 + number(0.6)),
    fill(() => number(2)),
    fill(() => number(2)),
    fill(() => Number(place % time < lengths[Math.floor(place++ / time)]!)),
    random.pick([0.1, 0.2, 0.3]),
  ];
}

const tolerance = 1e-4;
const value = { expected: right, wrong, tolerance };

/** A constant that no gradient reaches at all (made by dataSync, say) is as right as a detached one. */
async function constantIn(learner: Learner, t: Toolkit, args: readonly Args[]): Promise<void> {
  try {
    await t.cases<Args>(learner, { args, dy: () => scalar(1), by: 3, expected: byValues, wrong: wrongByValues, tolerance }); // prettier-ignore
  } catch (error) {
    if (!(error instanceof LearnerFault) || !/Cannot compute gradient/.test(error.message)) throw error;
  }
}

export const clippedLoss: Exercise = {
  id: "clipped-loss",
  fn: "clippedLoss",
  title: "PPO's clipped loss",
  difficulty: 4,
  importance: 5,
  minutes: 30,
  hints: [
    "Write ratio, clipped ratio and advantage as three tensors [B, T], then both objectives. Which of the three is a constant?",
    [
      "inside tf.tidy:",
      "  advantage = detach(returns - values)                              [B, T]",
      "  ratio = exp(logNew - logOld)                                      [B, T]",
      "  clipped = ratio, kept between 1 - epsilon and 1 + epsilon         [B, T]",
      "  objective = the smaller of ratio * advantage, clipped * advantage [B, T]",
      "  give -(sum of objective * mask) / (sum of mask)                   []",
    ].join("\n"),
    "tf.clipByValue(x, low, high), tf.minimum(a, b), tf.neg(x); tf.sum(x) without an axis adds up everything.",
  ],
  errors: [
    { see: /shape/i, help: "The loss is one number: its shape is []. tf.sum(x) without an axis." },
    { see: /left \d+ tensors? behind/, help: "return tf.tidy(() => { ... return loss; }) frees the rest." },
    {
      see: /Cannot compute gradient/,
      help: "From logNew to the loss there must be operations of tfjs only: no dataSync(), and no detach around the ratio.",
    },
    { see: /this is a number/, help: "Give the tensor, a scalar: without dataSync() or arraySync()." },
    { see: /NaN/, help: "0 / 0? Divide by tf.sum(mask), and take exp of a difference of logarithms." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: one ratio too large, one too small, and all ways out of the clip",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { ...value, args: [hand, six, [...six.slice(0, 5), 0.5] as unknown as Args] }), // prettier-ignore
    },
    {
      id: "random",
      title: "40 random batches, with padding",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...value,
          args: [padded, ...Array.from({ length: 40 }, () => randomArgs(t.random))],
        }),
    },
    {
      id: "gradient",
      title: "its gradient to the policy: 0 where the clip holds",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [hand, six, padded],
          dy: () => scalar(1),
          expected: byLogNew,
          wrong: wrongByLogNew,
          tolerance,
        }),
    },
    {
      id: "constant",
      title: "the advantage is a constant: no gradient to the values",
      points: 3,
      run: async (learner, t) => {
        await t.cases<Args>(learner, { ...value, args: [six, padded] });
        await constantIn(learner, t, [six, padded]);
      },
    },
    {
      id: "input",
      title: "leaves its input alone, and no tensors behind",
      points: 2,
      run: async (learner, t) => {
        await t.unchanged<Args>(learner, [six, padded], right, tolerance);
        await t.noLeaks<Args>(learner, { ...value, args: [six] });
      },
    },
  ],
};
