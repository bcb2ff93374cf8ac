import { tf } from "../tf";
import { valuesNow } from "../read";
import { flattenTensors } from "../nested";
import type { Flat, TensorsLike } from "../nested";
import { tensorOf, valueOf } from "./backend";
import { JitError } from "./errors";
import * as hlo from "./hlo";
import { emitMany, inBlock, theTrace, tracing } from "./trace";
import type { Value } from "./trace";

/**
 * Loops that are one operation of a compiled program (stablehlo.while), whatever the number of rounds. A JavaScript
 * loop works in jit too, but its rounds are written out one after another. Without jit these are JavaScript loops.
 */

/**
 * Repeats `body` on a state while `condition` holds. No gradient in a compiled function: `scan` has one.
 *
 * ```ts
 * const { x } = whileLoop({ x: tf.scalar(1) }, ({ x }) => x.less(1000), ({ x }) => ({ x: x.mul(2) }));
 * ```
 * @param state tensors in arrays and records; shapes and types stay the same from round to round
 * @param condition gives a bool scalar
 * @returns the last state, in tensors of its own
 */
export function whileLoop<State>(
  state: State,
  condition: (state: State) => tf.Tensor,
  body: (state: State) => TensorsLike<State>,
): State {
  const start = flattenTensors(state);
  const rebuilt = (leaves: readonly tf.Tensor[]): State => start.rebuild(leaves) as State;
  if (tracing()) {
    refuseTape();
    const results = emitWhile(
      start.leaves.map(valueOf),
      (values) => valueOf(condition(rebuilt(values.map(tensorOf)))),
      (values) => matching("whileLoop", start, body(rebuilt(values.map(tensorOf)))).map(valueOf),
    );
    return rebuilt(results.map(tensorOf));
  }
  return rebuilt(
    tf.tidy(() => {
      let current: tf.Tensor[] = start.leaves.map((leaf) => leaf.clone());
      while (tf.tidy(() => readNow(condition(rebuilt(current))))) {
        const next = tf.tidy(() =>
          matching("whileLoop", start, body(rebuilt(current))).map((leaf) => leaf.clone()),
        );
        tf.dispose(current);
        current = next;
      }
      return current;
    }),
  );
}

/** Whether a gradient is being recorded. */
export function tapeIsOn(): boolean {
  return (tf.engine() as unknown as { isTapeOn(): boolean }).isTapeOn();
}

function refuseTape(): void {
  if (!tapeIsOn()) return;
  throw new JitError(
    `jit(${theTrace().name}): a compiled whileLoop has no gradient. Cure: scan, or take the loop out of the gradient`,
  );
}

function readNow(tensor: tf.Tensor): boolean {
  const values = valuesNow(tensor);
  if (values) return Boolean(values[0]);
  throw new Error(
    "whileLoop: this engine cannot read its condition at once. Cure: scan with a fixed number of rounds",
  );
}

/** A while operation: its blocks see their state under names of their own, and all values made before. */
export function emitWhile(
  start: readonly Value[],
  condition: (state: Value[]) => Value,
  body: (state: Value[]) => Value[],
): Value[] {
  const trace = theTrace();
  const id = trace.count++;
  const state = start.map((value, i) => ({ ...value, ref: `%loop${id}_${i}` }));
  const variables = Object.values(tf.engine().registeredVariables as Record<string, tf.Variable>);
  const before = variables.map(({ dataId }) => dataId);
  const types = start.map(({ shape, type }) => hlo.typeOf(shape, type)).join(", ");
  const refs = (values: readonly Value[]): string => values.map(({ ref }) => ref).join(", ");
  const go = inBlock(() => condition(state));
  const round = inBlock(() => body(state));
  const assigned = variables.find(({ dataId }, i) => dataId !== before[i]);
  if (assigned) {
    throw new JitError(
      `jit(${trace.name}): the variable ${assigned.name} is assigned inside a loop's body. ` +
        "Cure: make it part of the loop's state and assign after the loop",
    );
  }
  const indent = "  ".repeat(trace.blocks.length + 1);
  return emitMany(
    [
      `stablehlo.while(${state.map(({ ref }, i) => `${ref} = ${start[i]!.ref}`).join(", ")}) : ${types}`,
      `${indent}cond {`,
      ...go.lines,
      `${indent}  stablehlo.return ${go.result.ref} : tensor<i1>`,
      `${indent}} do {`,
      ...round.lines,
      `${indent}  stablehlo.return ${refs(round.result)} : ${types}`,
      `${indent}}`,
    ].join("\n"),
    start,
  );
}

/** The new state's leaves. @throws Error where its nesting, a shape or a type differs from the old one's */
export function matching(loop: string, before: Flat<tf.Tensor>, after: unknown): tf.Tensor[] {
  const flat = flattenTensors(after);
  if (flat.names.join() !== before.names.join())
    throw new Error(
      `${loop}: the body must give back what it got: [${before.names.join()}], it gave [${flat.names.join()}]`,
    );
  flat.leaves.forEach((leaf, i) => {
    const old = before.leaves[i]!;
    if (leaf.dtype === old.dtype && hlo.same(leaf.shape, old.shape)) return;
    throw new RangeError(
      `${loop}: ${flat.names[i] || "the state"} must stay ${old.dtype} [${old.shape.join(", ")}], ` +
        `the body gave ${leaf.dtype} [${leaf.shape.join(", ")}]`,
    );
  });
  return flat.leaves;
}
