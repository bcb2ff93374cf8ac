import { tf } from "../tf";
import { moduleRunner } from "../xla";
import type { TensorSpec } from "../xla";
import type { Origin, Traced } from "./compile";
import { JitError } from "./errors";
import { randomRows } from "./random";

/** A traced function that can be called with other arguments of the same shapes. */
export interface Program {
  readonly traced: Traced;
  /** Runs it on the leaves of the arguments, in the order of `flatten`. */
  run(leaves: readonly unknown[]): unknown;
  /** Frees the tensors that the program owns: its long constants. */
  dispose(): void;
}

/** Makes a program of a trace. XLA compiles it at the first run. */
export function makeProgram(traced: Traced): Program {
  const { inputs, outputs, rngs } = traced;
  const random: TensorSpec[] = rngs.length > 0 ? [{ shape: [rngs.length, 4], type: "i32" }] : [];
  const call = moduleRunner(traced.text, [...inputs.map(({ value }) => value), ...random], outputs);

  const fill = (leaves: readonly unknown[]): tf.Tensor[] =>
    inputs.map(({ source, value }) => {
      const tensor = source.from === "argument" ? (leaves[source.leaf] as tf.Tensor) : source.tensor;
      if (!tensor.isDisposed) return tensor;
      throw new Error(
        `jit(${traced.name}): ${source.from === "argument" ? "an argument" : "a tensor that the function refers to"} ` +
          `is disposed (${value.ref.slice(1)}, shape [${value.shape.join(", ")}])`,
      );
    });

  const callOrExplain = (tensors: tf.Tensor[]): tf.Tensor[] => {
    try {
      return call(tensors);
    } catch (error) {
      tf.dispose(tensors.slice(inputs.length)); // the input "random" is the program's own

      const said =
        (error as Error).message.replace(/^Invalid TF_Status: \d+\s*Message: /, "").split("\n")[0] ?? "";
      const cure = /out of memory/i.test(said)
        ? "smaller tensors, such as a smaller batch"
        : "call the function without jit; lower(...).text is the program";
      throw new JitError(`jit(${traced.name}): the program fails: ${said.replace(/\.$/, "")}. Cure: ${cure}`);
    }
  };

  return {
    traced,
    run(leaves) {
      const filled = fill(leaves);
      const rows = rngs.length > 0 ? [tf.tensor2d(randomRows(rngs, leaves), [rngs.length, 4], "int32")] : [];
      const made = callOrExplain([...filled, ...rows]);
      tf.dispose(rows);
      const used = new Set<number>();
      const take = (origin: Origin): tf.Tensor => {
        if (origin.from === "input") return (filled[origin.index] as tf.Tensor).clone();
        const tensor = made[origin.index] as tf.Tensor;
        if (used.has(origin.index)) return tensor.clone();
        used.add(origin.index);
        return tensor;
      };
      // All are taken before a variable changes: an input that goes through is its old value.
      const results = traced.returned.map((each) => {
        if (each.kind === "made") return take(each.origin);
        return each.kind === "argument" ? leaves[each.leaf] : each.value;
      });
      const values = traced.assignments.map(({ origin }) => take(origin));
      traced.assignments.forEach(({ target }, i) => {
        const variable = "leaf" in target ? (leaves[target.leaf] as tf.Variable) : target.variable;
        variable.assign(values[i] as tf.Tensor);
        values[i]?.dispose();
      });
      return traced.rebuild(results);
    },
    dispose() {
      for (const { source } of inputs) if (source.from === "constant") source.tensor.dispose();
    },
  };
}
