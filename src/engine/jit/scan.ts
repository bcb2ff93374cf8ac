import { tf } from "../tf";
import { flattenTensors } from "../nested";
import type { Flat, TensorsLike } from "../nested";
import { tensorOf, valueOf } from "./backend";
import { JitError } from "./errors";
import * as hlo from "./hlo";
import { emitWhile, matching, tapeIsOn } from "./loops";
import { inBlock, theTrace, tracing } from "./trace";
import type { Value } from "./trace";

/** What one round of `scan` gives: the carry for the next, and a result of its own. */
export interface Round<Carry, Y> {
  readonly carry: Carry;
  readonly y: Y;
}

/**
 * Goes along the first axis of `xs` and hands a carry from round to round, as a recurrent net does:
 * (carry, y_t) = body(carry, x_t, params).
 *
 * The gradient goes through all rounds, to `carry`, `xs` and `params` (backpropagation through time). A compiled scan
 * stores the carry of each round and computes the rest of a round again on the way back.
 *
 * @param carry tensors in arrays and records; shapes stay the same
 * @param xs tensors [T, ...] in arrays and records, all with the same T
 * @param params what the body needs beside: weights. A compiled scan under a gradient refuses tensors that the body
 * takes from elsewhere
 * @returns the last carry, and ys: each y stacked to [T, ...]
 */
export function scan<Carry, X, Y, Params = readonly []>(
  body: (carry: Carry, x: X, params: Params) => Round<TensorsLike<Carry>, Y>,
  carry: Carry,
  xs: X,
  params: Params = [] as unknown as Params,
): { readonly carry: Carry; readonly ys: Y } {
  const parts = { carry: flattenTensors(carry), xs: flattenTensors(xs), params: flattenTensors(params) };
  const rounds = roundsOf(parts.xs);
  return tracing() ? compiledScan(body, parts, rounds) : plainScan(body, parts, rounds);
}

type Body<Carry, X, Y, Params> = (carry: Carry, x: X, params: Params) => Round<TensorsLike<Carry>, Y>;

interface Parts {
  readonly carry: Flat<tf.Tensor>;
  readonly xs: Flat<tf.Tensor>;
  readonly params: Flat<tf.Tensor>;
}

function plainScan<Carry, X, Y, Params>(body: Body<Carry, X, Y, Params>, parts: Parts, rounds: number) {
  let shape: Flat<tf.Tensor> | undefined;
  const out = tf.tidy(() => {
    // tfjs' gradient of an unstack to one tensor throws.
    const slices = parts.xs.leaves.map((x) => (rounds === 1 ? [tf.squeeze(x, [0])] : tf.unstack(x)));
    let current = parts.carry.leaves.map((leaf) => leaf.clone());
    const ys: tf.Tensor[][] = [];
    for (let t = 0; t < rounds; t++) {
      const x = parts.xs.rebuild(slices.map((each) => each[t])) as X;
      const params = parts.params.rebuild(parts.params.leaves) as Params;
      const round = body(parts.carry.rebuild(current) as Carry, x, params);
      current = matching("scan", parts.carry, round.carry);
      const y = flattenTensors(round.y);
      shape ??= y;
      ys.push(y.leaves);
    }
    // A carry or y may be a tensor of the caller, handed through: the result is a tensor of its own.
    return {
      carry: current.map((c) => c.clone()),
      ys: (ys[0] ?? []).map((_, i) => tf.stack(ys.map((y) => y[i]!))),
    };
  });
  return { carry: parts.carry.rebuild(out.carry) as Carry, ys: (shape as Flat).rebuild(out.ys) as Y };
}

function compiledScan<Carry, X, Y, Params>(body: Body<Carry, X, Y, Params>, parts: Parts, rounds: number) {
  const [nCarry, nX] = [parts.carry.leaves.length, parts.xs.leaves.length];
  let yFlat: Flat<tf.Tensor> | undefined;

  /** One round on flat tensors: [...carry, ...x, ...params] to [...carry, ...y]. */
  const step = (tensors: readonly tf.Tensor[]): tf.Tensor[] => {
    const round = body(
      parts.carry.rebuild(tensors.slice(0, nCarry)) as Carry,
      parts.xs.rebuild(tensors.slice(nCarry, nCarry + nX)) as X,
      parts.params.rebuild(tensors.slice(nCarry + nX)) as Params,
    );
    const y = flattenTensors(round.y);
    yFlat = y;
    return [...matching("scan", parts.carry, round.carry), ...y.leaves];
  };

  const needsGradient = tapeIsOn();
  const inputs = [...parts.carry.leaves, ...parts.xs.leaves, ...parts.params.leaves];
  const outputs = customGradient(inputs, (save) => {
    const xs = inputs.slice(nCarry, nCarry + nX).map(valueOf);
    const params = inputs.slice(nCarry + nX).map(valueOf);
    const first = inputs.slice(0, nCarry).map(valueOf);
    // What a round gives has shapes that only a round tells: this one is traced and thrown away.
    const probe = [...first, ...xs.map((x) => at(x, zero())), ...params];
    const { result: shapes } = inBlock(() => {
      const given = probe.map(tensorOf);
      return withoutOutside(needsGradient, () => step(given)).map(valueOf);
    });
    const stacks = [...first, ...shapes.slice(nCarry)].map((v) =>
      hlo.constant(0, [rounds, ...v.shape], v.type),
    );
    const results = emitWhile(
      [zero(), ...first, ...stacks],
      ([t]) => hlo.compare("LT", t!, hlo.constant(rounds, [], "i32")),
      ([t, ...rest]) => {
        const current = rest.slice(0, nCarry);
        const tensors = [...current, ...xs.map((x) => at(x, t!)), ...params].map(tensorOf);
        const made = step(tensors).map(valueOf);
        const rows = [...current, ...made.slice(nCarry)];
        const stacked = rest.slice(nCarry).map((stack, i) => putAt(stack, rows[i]!, t!));
        return [next(t!, 1), ...made.slice(0, nCarry), ...stacked];
      },
    ).slice(1);
    const last = results.slice(0, nCarry).map(tensorOf);
    const carries = results.slice(nCarry, 2 * nCarry).map(tensorOf);
    const ys = results.slice(2 * nCarry).map(tensorOf);
    save([...carries, ...inputs.slice(nCarry)]);
    return {
      values: [...last, ...ys],
      backward: (dys, saved) => backwardScan(step, nCarry, nX, rounds, dys, saved),
    };
  });
  return {
    carry: parts.carry.rebuild(outputs.slice(0, nCarry)) as Carry,
    ys: (yFlat as unknown as Flat).rebuild(outputs.slice(nCarry)) as Y,
  };
}

/** @throws JitError, where `strict`, if `work` uses a float tensor made outside of the innermost block */
function withoutOutside<T>(strict: boolean, work: () => T): T {
  const trace = theTrace();
  const before = trace.outside;
  trace.outside = strict ? { depth: trace.blocks.length - 1, tell: refuseOutside } : before;
  try {
    return work();
  } finally {
    trace.outside = before;
  }
}

function refuseOutside({ shape, dtype }: tf.TensorInfo): void {
  if (dtype !== "float32") return;
  throw new JitError(
    `jit(${theTrace().name}): scan's body takes a tensor of shape [${shape.join(", ")}] from outside, and its gradient ` +
      "would be lost. Cure: hand it to the body as one of scan's params",
  );
}

/** From the gradients of [...carry, ...ys] to those of [...carry, ...xs, ...params], from the last round to the first. */
function backwardScan(
  step: (tensors: readonly tf.Tensor[]) => tf.Tensor[],
  nCarry: number,
  nX: number,
  rounds: number,
  dys: readonly tf.Tensor[],
  saved: readonly tf.Tensor[],
): tf.Tensor[] {
  const values = saved.map(valueOf);
  const carries = values.slice(0, nCarry);
  const xs = values.slice(nCarry, nCarry + nX);
  const params = values.slice(nCarry + nX);
  const dLast = dys.slice(0, nCarry).map(valueOf);
  const dYs = dys.slice(nCarry).map(valueOf);
  const zeros = [...xs, ...params].map((v) => hlo.constant(0, v.shape, "f32"));
  const results = emitWhile(
    [hlo.constant(rounds - 1, [], "i32"), ...dLast, ...zeros],
    ([t]) => hlo.compare("GE", t!, zero()),
    ([t, ...rest]) => {
      const cotangents = [...rest.slice(0, nCarry), ...dYs.map((dy) => at(dy, t!))].map(tensorOf);
      const tensors = [...[...carries, ...xs].map((v) => at(v, t!)), ...params].map(tensorOf);
      const grads = vectorJacobian(step, tensors, cotangents).map(valueOf);
      const dXs = rest.slice(nCarry, nCarry + nX).map((stack, i) => putAt(stack, grads[nCarry + i]!, t!));
      const dParams = rest
        .slice(nCarry + nX)
        .map((sum, i) => hlo.binary("add", sum, grads[nCarry + nX + i]!));
      return [next(t!, -1), ...grads.slice(0, nCarry), ...dXs, ...dParams];
    },
  ).slice(1);
  return results.map(tensorOf);
}

/** The gradients of sum_i <f(inputs)_i, cotangent_i> with respect to the inputs; 0 for one that plays no part. */
function vectorJacobian(
  f: (tensors: readonly tf.Tensor[]) => tf.Tensor[],
  inputs: readonly tf.Tensor[],
  cotangents: readonly tf.Tensor[],
): tf.Tensor[] {
  const state = (tf.engine() as unknown as { state: { activeTape: unknown } }).state;
  // This runs in the middle of an outer backward pass, whose tape the inner one would clear.
  const outer = state.activeTape;
  const total = (): tf.Scalar =>
    f(inputs)
      .map((out, i) => (out.dtype === "float32" ? tf.sum(tf.mul(out, cotangents[i]!)) : tf.scalar(0)))
      .reduce((a, b) => tf.add(a, b)) as tf.Scalar;
  try {
    const { grads } = tf.engine().gradients(total, inputs as tf.Tensor[], undefined, true);
    return inputs.map((input, i) => grads[i] ?? tf.zeros(input.shape));
  } finally {
    state.activeTape = outer;
  }
}

/** An op of several results with its own gradient: tf.customGrad takes one result only. */
function customGradient(
  inputs: readonly tf.Tensor[],
  forward: (save: (tensors: tf.Tensor[]) => void) => {
    readonly values: tf.Tensor[];
    readonly backward: (dys: readonly tf.Tensor[], saved: readonly tf.Tensor[]) => tf.Tensor[];
  },
): tf.Tensor[] {
  let backward: ((dys: readonly tf.Tensor[], saved: readonly tf.Tensor[]) => tf.Tensor[]) | undefined;
  const engine = tf.engine() as unknown as {
    runKernelFunc(call: object): tf.Tensor[];
  };
  return engine.runKernelFunc({
    inputs: Object.fromEntries(inputs.map((tensor, i) => [i, tensor])),
    forwardFunc: (_: unknown, save: (tensors: tf.Tensor[]) => void) => {
      const made = forward(save);
      backward = made.backward;
      return made.values;
    },
    backwardsFunc: (dy: tf.Tensor | tf.Tensor[], saved: tf.Tensor[]) => {
      const grads = (backward as NonNullable<typeof backward>)(Array.isArray(dy) ? dy : [dy], saved);
      return Object.fromEntries(grads.map((grad, i) => [i, () => grad]));
    },
  });
}

// Rows of stacked tensors, by a round's number.

const zero = (): Value => hlo.constant(0, [], "i32");
const next = (t: Value, by: number): Value => hlo.binary("add", t, hlo.constant(by, [], "i32"));

/** Row t of a stack [T, ...]. */
function at(stack: Value, t: Value): Value {
  const shape = stack.shape.slice(1);
  const starts = [t, ...shape.map(zero)];
  return hlo.reshape(hlo.dynamicSlice(stack, starts, [1, ...shape]), shape);
}

function putAt(stack: Value, row: Value, t: Value): Value {
  return hlo.dynamicUpdateSlice(stack, hlo.reshape(row, [1, ...row.shape]), [t, ...row.shape.map(zero)]);
}

function roundsOf(xs: Flat<tf.Tensor>): number {
  const [first] = xs.leaves;
  if (!first || first.rank === 0)
    throw new RangeError("scan: xs needs at least one tensor, with the rounds as first axis");
  const rounds = first.shape[0] as number;
  const odd = xs.leaves.findIndex((x) => x.shape[0] !== rounds);
  if (odd >= 0)
    throw new RangeError(
      `scan: axis 0 of xs.${xs.names[odd]} must be ${rounds}, got [${xs.leaves[odd]!.shape.join(", ")}]`,
    );
  if (rounds === 0) throw new RangeError("scan: xs has no rounds (its first axis is 0)");
  return rounds;
}
