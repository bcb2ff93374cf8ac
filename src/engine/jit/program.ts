import { tf } from "../tf";
import { randomRows } from "./random";
import type { Origin, Traced } from "./compile";
import type { ElementType } from "./trace";

/** A traced function that can be called with other arguments of the same shapes. */
export interface Program {
  readonly traced: Traced;
  /** Runs it on the leaves of the arguments, in the order of `flatten`. */
  run(leaves: readonly unknown[]): unknown;
  /** Frees the tensors that the program owns: its long constants. */
  dispose(): void;
}

/** The part of tfjs-node's backend that runs a TensorFlow op by its name. */
interface OpRunner {
  readonly binding: Readonly<Record<string, number>>;
  executeMultipleOutputs(
    name: string,
    attributes: object[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

const typeNames: Partial<Record<ElementType, string>> = { f32: "TF_FLOAT", i32: "TF_INT32", i1: "TF_BOOL" };

/**
 * Makes a program of a trace. XLA compiles its text at the first run; TensorFlow keeps what was compiled for as long
 * as the process lives.
 */
export function makeProgram(traced: Traced): Program {
  const { inputs, outputs, rngs } = traced;
  const runner = tf.backend() as unknown as OpRunner;
  const { TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_TYPE, TF_ATTR_SHAPE } = runner.binding;
  const typeOf = (type: ElementType): number => runner.binding[typeNames[type] as string] as number;
  const random = rngs.length > 0;
  const attributes = [
    { name: "version", type: TF_ATTR_INT, value: 5 },
    { name: "module", type: TF_ATTR_STRING, value: traced.text },
    { name: "Sout", type: TF_ATTR_SHAPE, value: outputs.map(({ shape }) => shape) },
    {
      name: "Tin",
      type: TF_ATTR_TYPE,
      value: [...inputs.map(({ value }) => typeOf(value.type)), ...(random ? [typeOf("i32")] : [])],
    },
    { name: "Tout", type: TF_ATTR_TYPE, value: outputs.map(({ type }) => typeOf(type)) },
  ];

  const fill = (leaves: readonly unknown[]): tf.Tensor[] =>
    inputs.map(({ source, value }) => {
      const tensor = source.from === "argument" ? (leaves[source.leaf] as tf.Tensor) : source.tensor;
      if (!tensor.isDisposed) return tensor;
      throw new Error(
        `jit(${traced.name}): ${source.from === "argument" ? "an argument" : "a tensor that the function refers to"} ` +
          `is disposed (${value.ref.slice(1)}, shape [${value.shape.join(", ")}])`,
      );
    });

  return {
    traced,
    run(leaves) {
      const filled = fill(leaves);
      const rows = random ? tf.tensor2d(randomRows(rngs, leaves), [rngs.length, 4], "int32") : undefined;
      const made =
        outputs.length === 0
          ? []
          : runner.executeMultipleOutputs(
              "XlaCallModule",
              attributes,
              rows ? [...filled, rows] : filled,
              outputs.length,
            );
      rows?.dispose();
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
