import { flattenTensors, tf } from "../engine";
import { checkUpdate } from "./check";

/** How AdamW steps. What is left out has PyTorch's default. */
export interface AdamWConfig {
  /**
   * The step size alpha. A number becomes a constant of a compiled program; a schedule gives a float32 scalar, so
   * that no value of it compiles anew.
   */
  readonly learningRate: number | tf.Scalar;
  /** How much the mean of the gradients keeps at each step; 0.9. */
  readonly beta1?: number;
  /** The same for the mean of their squares; 0.999. GPTs often take 0.95. */
  readonly beta2?: number;
  /** Added to the root of that mean, so that a parameter without gradients stays put; 1e-8. */
  readonly epsilon?: number;
  /** lambda: the share of a parameter that a step of size 1 would take away; 0.01. */
  readonly weightDecay?: number;
  /** "matrices" spares tensors of one axis or none (biases, gains of norms), as GPTs are trained; "all" by default. */
  readonly decay?: "all" | "matrices";
}

/** What AdamW remembers, all tensors. The caller owns it: `tf.dispose(state)`. */
export type AdamWState = {
  /** int32 []: updates so far, t. */
  readonly step: tf.Scalar;
  /**
   * float32 []: 1 - beta1^t and 1 - beta2^t, the sums of the weights in the two averages. They are kept as averages
   * of ones: computed from t in f32, 1 - 0.999^t loses three digits while t is small.
   */
  readonly weight1: tf.Scalar;
  readonly weight2: tf.Scalar;
  /** Averages of gradients and of their squares. One buffer for all small parameters, then one for each large one. */
  readonly m: tf.Tensor[];
  readonly v: tf.Tensor[];
};

/**
 * Parameters of up to this many numbers share one flat buffer: for them a call costs more than its arithmetic. Larger
 * ones are updated where they are. One buffer for everything would be a fifth faster op by op on native TensorFlow,
 * which has jit, but 3 to 35 times slower on wasm, which has not. `npm run bench -- train --only AdamW` measures it.
 */
const small = 8192;

/** Which parameters lie in one buffer, by their places in the flat list. It depends on the sizes alone. */
export function adamWGroups(leaves: readonly tf.Tensor[]): number[][] {
  const together = leaves.flatMap(({ size }, i) => (size <= small ? [i] : []));
  const alone = leaves.flatMap(({ size }, i) => (size > small ? [[i]] : []));
  return together.length > 0 ? [together, ...alone] : alone;
}

/**
 * The state before the first step: all zero.
 * @param params nested arrays and records of float32 tensors
 * @throws TypeError that names a leaf that is no tensor
 */
export function initAdamW(params: unknown): AdamWState {
  const { leaves } = flattenTensors(params);
  const zeros = () =>
    adamWGroups(leaves).map((group) =>
      tf.zeros([group.reduce((sum, i) => sum + (leaves[i] as tf.Tensor).size, 0)]),
    );
  return {
    step: tf.scalar(0, "int32"),
    weight1: tf.scalar(0),
    weight2: tf.scalar(0),
    m: zeros(),
    v: zeros(),
  };
}

/**
 * One step of AdamW: Adam with weight decay that is no part of the gradient.
 *
 *     m = beta1 m + (1 - beta1) g             v = beta2 v + (1 - beta2) g^2
 *     theta = theta - alpha (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon) - alpha lambda theta
 *
 * Source: Loshchilov and Hutter 2019, algorithm 2. Two departures, both PyTorch's: alpha multiplies the decay too (the
 * paper has the schedule's multiplier alone there), and the moments are corrected by factors of alpha and epsilon
 * (Kingma and Ba 2015, end of section 2), which is the same number with fewer passes.
 *
 * A gradient that is NaN makes its parameter NaN, and the next loss shows it.
 *
 * @param params nested arrays and records of float32 tensors
 * @param grads gradients, nested in the same way
 * @returns new parameters and a new state; the caller disposes the old ones, and the gradients
 * @throws RangeError that names the first parameter whose gradient has another shape, or that the state does not fit
 */
export function adamW<P>(
  params: P,
  grads: P,
  state: AdamWState,
  config: AdamWConfig,
): { params: P; state: AdamWState } {
  const {
    learningRate,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
    weightDecay = 0.01,
    decay = "all",
  } = config;
  const tree = flattenTensors(params);
  const { leaves } = tree;
  const gradients = flattenTensors(grads);
  const groups = adamWGroups(leaves);
  checkUpdate(tree, gradients, groups, state);
  const step = () => {
    const weight1 = average(state.weight1, 1, beta1) as tf.Scalar;
    const weight2 = average(state.weight2, 1, beta2) as tf.Scalar;
    const root = tf.sqrt(weight2);
    const rate = root.div(weight1).mul(learningRate);
    const margin = root.mul(epsilon);
    const keep = tf.scalar(1).sub(tf.mul(learningRate, weightDecay));
    const next: tf.Tensor[] = [];
    const moments = groups.map((group, k) => {
      const g = joined(group.map((i) => gradients.leaves[i] as tf.Tensor)); // [N]
      const m = average(state.m[k] as tf.Tensor, g, beta1); // [N]
      const v = average(state.v[k] as tf.Tensor, tf.square(g), beta2); // [N]
      const change = m.mul(rate).div(tf.sqrt(v).add(margin)); // [N]
      const parts = group.length > 1 ? tf.split(change, group.map((i) => (leaves[i] as tf.Tensor).size)) : [change]; // prettier-ignore
      group.forEach((i, at) => {
        const theta = leaves[i] as tf.Tensor;
        const decays = weightDecay !== 0 && (decay === "all" || theta.rank > 1);
        next[i] = (decays ? theta.mul(keep) : theta).sub((parts[at] as tf.Tensor).reshape(theta.shape));
      });
      return { m, v };
    });
    const newState: AdamWState = {
      step: state.step.add(tf.scalar(1, "int32")),
      weight1,
      weight2,
      m: moments.map(({ m }) => m),
      v: moments.map(({ v }) => v),
    };
    return { params: tree.rebuild(next) as P, state: newState };
  };
  // tfjs' type of what a tidy returns has no place for P.
  return tf.tidy(step as () => never);
}

/** beta a + (1 - beta) x */
function average(a: tf.Tensor, x: tf.Tensor | number, beta: number): tf.Tensor {
  return a.mul(beta).add(typeof x === "number" ? x * (1 - beta) : x.mul(1 - beta));
}

/** All numbers in one row. */
function joined(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  const rows = tensors.map((tensor) => tensor.reshape([tensor.size]) as tf.Tensor1D); // [N] each
  return rows.length > 1 ? tf.concat(rows) : (rows[0] as tf.Tensor1D);
}
