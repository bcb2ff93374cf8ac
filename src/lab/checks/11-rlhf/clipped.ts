import { tensorOf, type PlainTensor } from "../plain";
import type { Wrong } from "../toolkit";
import { sum } from "./numbers";

/** The loss and its gradients in plain JavaScript, and the mistakes that are made in them. */
export type Args = [
  logNew: PlainTensor,
  logOld: PlainTensor,
  returns: PlainTensor,
  values: PlainTensor,
  mask: PlainTensor,
  epsilon: number,
];
type Row = readonly number[];

/** One step turned into a mistake. */
interface Ways {
  readonly ratio?: (logNew: number, logOld: number) => number;
  readonly advantage?: (returns: number, value: number) => number;
  readonly objective?: (ratio: number, advantage: number, epsilon: number) => number;
  /** From the objectives of all places and the mask. */
  readonly join?: (objectives: Row, mask: Row) => number;
}
const clip = (ratio: number, epsilon: number): number => Math.min(Math.max(ratio, 1 - epsilon), 1 + epsilon);
const careful = (r: number, a: number, epsilon: number): number => Math.min(r * a, clip(r, epsilon) * a);
const masked = (list: Row, mask: Row): number => sum(list.map((each, i) => (mask[i] === 1 ? each : 0)));
const meanOfReal = (objectives: Row, mask: Row): number => -masked(objectives, mask) / sum(mask);

export const scalar = (value: number): PlainTensor => tensorOf([value], []);

/** The loss in JavaScript's 64 bits. */
function lossOf([logNew, logOld, returns, values, mask, epsilon]: Args, ways: Ways = {}): number {
  const { ratio = (a, b) => Math.exp(a - b), advantage = (r, v) => r - v, objective = careful } = ways;
  const objectives = logNew.values.map((log, i) =>
    objective(ratio(log, logOld.values[i]!), advantage(returns.values[i]!, values.values[i]!), epsilon),
  );
  return (ways.join ?? meanOfReal)(objectives, mask.values);
}
export const right = (...args: Args): PlainTensor => scalar(lossOf(args));

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => scalar(lossOf(args, ways)),
});

export const wrong: readonly Wrong<Args>[] = [
  mistake("The sign is wrong: this is the objective, which PPO makes LARGE. A loss is made small: put a minus in front.", {
    join: (list, mask) => -meanOfReal(list, mask),
  }), // prettier-ignore
  mistake("The ratio is reversed: it is new over old, exp(logNew - logOld).", {
    ratio: (logNew, logOld) => Math.exp(logOld - logNew),
  }),
  mistake("The difference of the logarithms was used as the ratio: exp is missing. At the first step the ratio is 1.", {
    ratio: (logNew, logOld) => logNew - logOld,
  }), // prettier-ignore
  mistake("logNew over logOld: the logarithms were divided. The ratio is exp(logNew - logOld).", {
    ratio: (logNew, logOld) => logNew / logOld,
  }),
  mistake("The LARGER of both objectives was taken. PPO is careful: tf.minimum.", {
    objective: (r, a, e) => Math.max(r * a, clip(r, e) * a),
  }),
  mistake("Only the clipped objective was taken, without the minimum: a ratio that went the WRONG way would no longer be mended.", {
    objective: (r, a, e) => clip(r, e) * a,
  }), // prettier-ignore
  mistake("Nothing was clipped: clip(ratio, 1 - epsilon, 1 + epsilon).", { objective: (r, a) => r * a }),
  mistake("Clipped above only. The clip has two sides: 1 - epsilon and 1 + epsilon.", {
    objective: (r, a, e) => Math.min(r * a, Math.min(r, 1 + e) * a),
  }),
  mistake("Clipped below only. The clip has two sides: 1 - epsilon and 1 + epsilon.", {
    objective: (r, a, e) => Math.min(r * a, Math.max(r, 1 - e) * a),
  }),
  mistake("The ratio was clipped to -epsilon ... epsilon. It lies around 1: 1 - epsilon ... 1 + epsilon.", {
    objective: (r, a, e) => Math.min(r * a, Math.min(Math.max(r, -e), e) * a),
  }),
  mistake("The minimum was taken of the ratios. Multiply by the advantage FIRST: where it is negative, smaller and larger change places.", {
    objective: (r, a, e) => Math.min(r, clip(r, e)) * a,
  }), // prettier-ignore
  mistake("The objective was clipped, and not the ratio: clip(ratio, ...) times A.", {
    objective: (r, a, e) => Math.min(r * a, clip(r * a, e)),
  }),
  mistake("The advantage is returns - values: more than was expected is good.", {
    advantage: (r, v) => v - r,
  }),
  mistake("The advantage is missing its values: it is returns - values.", { advantage: (r) => r }),
  mistake("Padding counts in the sum. Multiply the objective by the mask before adding up.", {
    join: (list, mask) => -sum(list) / sum(mask),
  }),
  mistake("Padding counts in the mean: divided by all places. Divide by sum(mask), the number of real tokens.", {
    join: (list, mask) => -masked(list, mask) / list.length,
  }), // prettier-ignore
  mistake("Padding counts like real tokens: the mask has no effect.", { join: (list) => -sum(list) / list.length }), // prettier-ignore
  mistake("This is the sum. Divide by the number of real tokens, sum(mask).", {
    join: (list, mask) => -masked(list, mask),
  }),
  {
    message:
      "Each row got its own mean, and then the mean of the rows was taken: tokens of short answers weigh more. Divide one sum by one sum.",
    answer: (...args) =>
      scalar(
        lossOf(args, {
          join: (list, mask) => {
            const width = args[0].shape[1]!;
            const rows = Array.from({ length: args[0].shape[0]! }, (_, b) => b * width);
            return sum(rows.map((at) => meanOfReal(list.slice(at, at + width), mask.slice(at, at + width)))) / rows.length; // prettier-ignore
          },
        }),
      ),
  },
  {
    message:
      "The advantages were normalised. PPO often does that, but as a step of its own: here A is returns - values.",
    answer: (logNew, logOld, returns, values, ...rest) => {
      const all = returns.values.map((each, i) => each - values.values[i]!);
      const mean = sum(all) / all.length;
      const sd = Math.sqrt(sum(all.map((a) => (a - mean) ** 2)) / all.length);
      const normal = tensorOf(
        all.map((a) => (a - mean) / (sd + 1e-8)),
        returns.shape,
      );
      return right(
        logNew,
        logOld,
        normal,
        tensorOf(
          all.map(() => 0),
          returns.shape,
        ),
        ...rest,
      );
    },
  },
  {
    message: "The loss of each token came back. Add up over the real ones, and divide by their number.",
    answer: (logNew, logOld, returns, values, mask, epsilon) =>
      tensorOf(
        logNew.values.map(
          (log, i) =>
          mask.values[i] === 1 ? -careful(Math.exp(log - logOld.values[i]!), returns.values[i]! - values.values[i]!, epsilon) : 0, // prettier-ignore
        ),
        logNew.shape,
      ),
  },
];

/** Each place's part of a gradient, 0 in the padding. */
const gradientOf = (args: Args, at: (ratio: number, advantage: number, epsilon: number) => number): PlainTensor => {
  const [logNew, logOld, returns, values, mask, epsilon] = args;
  const count = sum(mask.values);
  const parts = logNew.values.map((log, i) => {
    const ratio = Math.exp(log - logOld.values[i]!);
    return mask.values[i] === 1 ? at(ratio, returns.values[i]! - values.values[i]!, epsilon) / count : 0;
  });
  return tensorOf(parts, logNew.shape);
}; // prettier-ignore
const clipHolds = (r: number, a: number, e: number): boolean => clip(r, e) * a < r * a;

/** With respect to logNew: -ratio A, and 0 where the clip holds. */
export const byLogNew = (...args: Args): PlainTensor =>
  gradientOf(args, (r, a, e) => (clipHolds(r, a, e) ? 0 : -r * a));

export const wrongByLogNew: readonly Wrong<Args>[] = [
  {
    message:
      "No gradient comes back to logNew: the ratio was detached, too. Only the ADVANTAGE is a constant; the ratio is what learns.",
    answer: (...args) => gradientOf(args, () => 0),
  },
  {
    message: "The gradient has the wrong sign: the loss is MINUS the objective.",
    answer: (...args) => gradientOf(args, (r, a, e) => (clipHolds(r, a, e) ? 0 : r * a)),
  },
  {
    message: "The gradient goes on where the clip holds. There it is 0: take the minimum with the clipped objective.",
    answer: (...args) => gradientOf(args, (r, a) => -r * a),
  }, // prettier-ignore
  {
    message:
      "The gradient stops at every ratio outside the clip. Where it went the WRONG way (A > 0 and a small ratio, A < 0 and a large one) it must go on: take the minimum with the unclipped objective.",
    answer: (...args) => gradientOf(args, (r, a, e) => (clip(r, e) === r ? -r * a : 0)),
  },
];

/** With respect to the values: 0, since the advantage is a constant. */
export const byValues = (...args: Args): PlainTensor => gradientOf(args, () => 0);
export const wrongByValues: readonly Wrong<Args>[] = [
  {
    message:
      "The advantage is not detached: the policy's loss pulls at the VALUE function, which it must leave alone. Write detach(returns.sub(values)).",
    answer: (...args) => gradientOf(args, (r, a, e) => (clipHolds(r, a, e) ? clip(r, e) : r)),
  },
];
