import { mapTensors } from "../tree";

/**
 * The two constants of DeepNorm (Wang 2022, figure 2): a residual part is norm(alpha x + f(x)), and the weights of f
 * begin beta times as large. Both keep the change that one update makes to the whole model bounded, however deep it is.
 */
export interface DeepNorm {
  /** What the residual stream is multiplied by, above 1: `residual("deep", ..., alpha)`. */
  readonly alpha: number;
  /** What values, outputs and feed-forward weights are multiplied by at first, below 1: `scaleDeepNorm`. */
  readonly beta: number;
}

/** For a model of one stack of `layers` blocks, an encoder or a decoder. */
export function deepNorm(layers: number): DeepNorm {
  checkLayers(layers);
  return { alpha: (2 * layers) ** (1 / 4), beta: (8 * layers) ** (-1 / 4) };
}

/** For both stacks of an encoder-decoder: the encoder's constants depend on both depths. */
export function deepNormPair(encoder: number, decoder: number): { encoder: DeepNorm; decoder: DeepNorm } {
  checkLayers(encoder);
  checkLayers(decoder);
  const both = (encoder ** 4 * decoder) ** (1 / 16);
  return {
    encoder: { alpha: 0.81 * both, beta: 0.87 / both },
    decoder: { alpha: (3 * decoder) ** (1 / 4), beta: (12 * decoder) ** (-1 / 4) },
  };
}

/**
 * First parameters, scaled as DeepNorm wants them: the weights of values, outputs and feed-forward layers times beta.
 * Queries, keys, norms, biases and embeddings stay, since they do not set the size of what a part adds.
 * @returns the same tree; scaled tensors are new, the others are those that came
 */
export const scaleDeepNorm = <P>(params: P, beta: number): P =>
  mapTensors(params, (tensor, name) =>
    /(^|\.)(v|out|up|gate|down)\.weight$/.test(name) ? tensor.mul(beta) : tensor,
  ) as P;

function checkLayers(layers: number): void {
  if (!Number.isInteger(layers) || layers < 1)
    throw new RangeError(`deepNorm: layers must be a whole number from 1 on, got ${layers}`);
}
