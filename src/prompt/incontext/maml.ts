import { tf } from "../../engine";
import { valueAndGradients } from "../../train";
import { mapTensors } from "../../tree";

/**
 * Model-agnostic meta-learning: first parameters from which a few steps of gradient descent learn a new task.
 *
 *     inner loop    theta_t = theta - alpha grad L_t(theta; support of t)         for each task t, once or more
 *     outer loop    theta  <- theta - beta grad_theta mean_t L_t(theta_t; query of t)
 *
 * The outer gradient goes through the inner step, so it holds second derivatives: with H_t the Hessian of the support's
 * loss, one step's is (I - alpha H_t) g_t. The first-order form leaves H_t out.
 *
 * Source: Finn et al. 2017, "Model-agnostic meta-learning for fast adaptation of deep networks", algorithm 2 and
 * section 5.2 (first order).
 *
 * All tasks of a batch are computed at once: their parameters have a first axis for the tasks, and since the loss of one
 * does not depend on the parameters of another, the gradient of the sum is the gradient of each.
 *
 * A limit of tfjs: ops whose gradient is made from their result (tanh, sigmoid, exp, softmax), and the fused ops of src/ops,
 * take that result for a constant in a second derivative. Losses of matMul, add, mul, square, relu and means are right.
 */
export interface InnerLoop {
  /** alpha */
  readonly rate: number;
  /** Steps of gradient descent; 0 leaves the parameters as they are. */
  readonly steps: number;
}

/** The loss of each task, float32 [T], from parameters whose first axis is T and data of T tasks. */
export type TaskLoss<P, D> = (params: P, data: D) => tf.Tensor;

/** What a task is learned from, and what it is judged with afterwards. */
export interface MetaBatch<D> {
  readonly support: D;
  readonly query: D;
  /** T */
  readonly tasks: number;
}

/**
 * The same parameters for each task.
 * @param params nested arrays and records of float32 tensors [...]
 * @returns the same tree, each tensor [T, ...]
 */
export function forTasks<P>(params: P, tasks: number): P {
  // Added to zeros: the gradient of a broadcast sum is one sum over the tasks.
  return mapTensors(params, (leaf) => leaf.expandDims(0).add(tf.zeros([tasks, ...leaf.shape]))) as P;
}

/**
 * The inner loop: each task's own parameters after some steps of plain gradient descent on its support.
 *
 * It can be differentiated: inside of a gradient the steps are part of what is differentiated.
 * @param params tensors [T, ...]
 * @returns new tensors [T, ...], the caller's
 * @throws RangeError that names a wrong field
 */
export function adapt<P, D>(loss: TaskLoss<P, D>, params: P, support: D, inner: InnerLoop): P {
  checkInner(inner);
  const run = (): P => {
    let fast = mapTensors(params, (leaf) => leaf.clone()) as P;
    for (let step = 0; step < inner.steps; step++) {
      const { gradients } = valueAndGradients((p: P) => tf.sum(loss(p, support)) as tf.Scalar, fast);
      fast = stepDown(fast, gradients, inner.rate);
    }
    return fast;
  };
  // tfjs' type of what a tidy returns has no place for P.
  return tf.tidy(run as () => never);
}

/**
 * The outer gradient: of the mean loss on the queries after the inner loop, with respect to the parameters before it.
 * @param params tensors [...], shared by all tasks
 * @param order 2: MAML. 1: the inner steps' gradients are taken for constants, so that of the queries' loss at the
 *   adapted parameters is passed on as it is; it costs about a third less and needs no second derivatives
 * @returns new tensors, the caller's
 */
export function metaGradient<P, D>(
  loss: TaskLoss<P, D>,
  params: P,
  { support, query, tasks }: MetaBatch<D>,
  { order, ...inner }: InnerLoop & { readonly order: 1 | 2 },
): { value: tf.Scalar; gradients: P } {
  checkInner(inner);
  const judged = (p: P): tf.Scalar => tf.mean(loss(p, query)) as tf.Scalar;
  if (order === 2)
    return valueAndGradients((p) => judged(adapt(loss, forTasks(p, tasks), support, inner)), params);
  const run = (): { value: tf.Scalar; gradients: P } => {
    const fast = adapt(loss, forTasks(params, tasks), support, inner); // [T, ...], constants from here on
    const { value, gradients } = valueAndGradients(judged, fast);
    return { value, gradients: mapTensors(gradients, (leaf) => leaf.sum(0)) as P }; // [...]
  };
  return tf.tidy(run as () => never);
}

/** theta - alpha g, tensor by tensor. */
function stepDown<P>(params: P, gradients: P, rate: number): P {
  const steps = new Map<string, tf.Tensor>();
  mapTensors(gradients, (gradient, name) => (steps.set(name, gradient), gradient));
  return mapTensors(params, (leaf, name) => leaf.sub((steps.get(name) as tf.Tensor).mul(rate))) as P;
}

function checkInner({ rate, steps }: InnerLoop): void {
  if (!(rate > 0 && Number.isFinite(rate)))
    throw new RangeError(`adapt: rate must be a number above 0, got ${rate}`);
  if (!Number.isInteger(steps) || steps < 0)
    throw new RangeError(`adapt: steps must be a whole number from 0, got ${steps}`);
}
