import { platform } from "./platform";
import { tf } from "./tf";

/** tfjs-node's backend with the binding that set-up builds: the parts that run a compiled program. */
interface XlaBackend {
  readonly binding: Readonly<Record<string, number>> & {
    /** Runs the op XlaCallModule; gives the id of its first output, the others follow. */
    callModule(attributes: readonly object[], inputs: Int32Array, outputs: number): number;
  };
  /** The binding's ids of tensors; values that were not yet handed over are. */
  getInputTensorIds(tensors: readonly tf.TensorInfo[]): number[];
  createOutputTensor(output: {
    readonly id: number;
    readonly shape: number[];
    readonly dtype: number;
  }): tf.Tensor;
}

/** Types of tensors in a program, by the names that the binding has for TensorFlow's. */
const typeNames = { f32: "TF_FLOAT", i32: "TF_INT32", i1: "TF_BOOL" } as const;

/** A tensor that goes into a program or comes out. */
export interface TensorSpec {
  readonly shape: readonly number[];
  readonly type: string;
}

/** The attributes of the op XlaCallModule for a StableHLO module, on the native engine. */
export function moduleAttributes(
  text: string,
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[],
): readonly object[] {
  const { binding } = tf.backend() as unknown as XlaBackend;
  return [
    { name: "version", type: binding["TF_ATTR_INT"], value: 5 },
    { name: "module", type: binding["TF_ATTR_STRING"], value: text },
    { name: "Sout", type: binding["TF_ATTR_SHAPE"], value: outputs.map(({ shape }) => shape) },
    { name: "Tin", type: binding["TF_ATTR_TYPE"], value: inputs.map(typeNumber) },
    { name: "Tout", type: binding["TF_ATTR_TYPE"], value: outputs.map(typeNumber) },
  ];
}

/** TensorFlow's number of a type. */
function typeNumber({ type }: TensorSpec): number {
  const name = typeNames[type as keyof typeof typeNames];
  if (!name) throw new Error(`A compiled program cannot take or give tensors of ${type}`);
  return (tf.backend() as unknown as XlaBackend).binding[name] as number;
}

/**
 * Makes a function of a StableHLO module, which XLA compiles at the first call. TensorFlow keeps what was compiled
 * for as long as the process lives.
 */
export function moduleRunner(
  text: string,
  inputs: readonly TensorSpec[],
  outputs: readonly TensorSpec[],
): (tensors: readonly tf.TensorInfo[]) => tf.Tensor[] {
  const backend = tf.backend() as unknown as XlaBackend;
  let attributes = moduleAttributes(text, inputs, outputs);
  const made = outputs.map((output) => ({ shape: output.shape, dtype: typeNumber(output) }));
  let compiled = false;
  return (tensors) => {
    // An empty list would be taken for the shape of a scalar; a program without results need not run.
    if (made.length === 0) return [];
    const ids = Int32Array.from(backend.getInputTensorIds(tensors));
    const call = (): number => backend.binding.callModule(attributes, ids, made.length);
    let first: number;
    try {
      first = call();
    } catch (error) {
      if (compiled || !platform.mendPrograms?.(error)) throw error;
      // TensorFlow remembers what a text came to, failures too: with one more blank it is another text.
      attributes = moduleAttributes(`${text}\n`, inputs, outputs);
      first = call();
    }
    compiled = true;
    return made.map(({ shape, dtype }, i) =>
      backend.createOutputTensor({ id: first + i, shape: shape.slice(), dtype }),
    );
  };
}

const program = `module @probe { func.func public @main(%a: tensor<f32>) -> tensor<f32> {
  %0 = stablehlo.add %a, %a : tensor<f32>
  return %0 : tensor<f32> } }`;

const answers = new WeakMap<object, boolean>();

/**
 * Whether the engine in use compiles StableHLO by XLA: a program of one addition is compiled and run, and its answer
 * compared. tfjs-node's own prebuilt binding cannot; the one that set-up builds can.
 */
export function canCompile(): boolean {
  if (tf.getBackend() !== "tensorflow") return false;
  const backend = tf.backend();
  const known = answers.get(backend);
  if (known !== undefined) return known;
  const answer = probe();
  answers.set(backend, answer);
  return answer;
}

function probe(): boolean {
  const scalar = { shape: [], type: "f32" };
  return tf.tidy(() => {
    try {
      const [out] = moduleRunner(program, [scalar], [scalar])([tf.scalar(1.5)]);
      return (out as tf.Tensor).dataSync()[0] === 3;
    } catch {
      return false;
    }
  });
}
