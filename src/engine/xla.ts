import { tf } from "./tf";

/** What tfjs-node's backend offers to run a TensorFlow op by name. */
interface OpRunner {
  executeSingleOutput(name: string, attributes: object[], inputs: object[]): { dispose(): void };
  readonly binding: Readonly<Record<string, number>>;
}

const program = `module @probe { func.func public @main(%a: tensor<f32>) -> tensor<f32> {
  %0 = stablehlo.add %a, %a : tensor<f32>
  return %0 : tensor<f32> } }`;

const answers = new WeakMap<object, boolean>();

/**
 * Whether the engine in use compiles StableHLO by XLA: TensorFlow's op `XlaCallModule` is called with a program of
 * one addition, and its answer is compared. tfjs-node's own prebuilt binding cannot pass the lists that the op
 * needs; the one that set-up builds can.
 */
export function canCompile(): boolean {
  if (tf.getBackend() !== "tensorflow") return false;
  const backend = tf.backend() as unknown as OpRunner;
  const known = answers.get(backend);
  if (known !== undefined) return known;
  const answer = probe(backend);
  answers.set(backend, answer);
  return answer;
}

function probe(backend: OpRunner): boolean {
  const { TF_ATTR_INT, TF_ATTR_STRING, TF_ATTR_TYPE, TF_ATTR_SHAPE, TF_FLOAT } = backend.binding;
  const attributes = [
    { name: "version", type: TF_ATTR_INT, value: 5 },
    { name: "module", type: TF_ATTR_STRING, value: program },
    { name: "Sout", type: TF_ATTR_SHAPE, value: [[]] },
    { name: "Tin", type: TF_ATTR_TYPE, value: [TF_FLOAT] },
    { name: "Tout", type: TF_ATTR_TYPE, value: [TF_FLOAT] },
  ];
  return tf.tidy(() => {
    try {
      const out = backend.executeSingleOutput("XlaCallModule", attributes, [tf.scalar(1.5)]);
      return (out as unknown as ReturnType<typeof tf.scalar>).dataSync()[0] === 3;
    } catch {
      return false;
    }
  });
}
