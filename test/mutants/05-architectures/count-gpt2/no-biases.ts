// expect: The biases are missing
interface Sizes {
  readonly vocabSize: number;
  readonly context: number;
  readonly dModel: number;
  readonly nLayer: number;
}

export function countGpt2({ vocabSize, context, dModel, nLayer }: Sizes): number {
  const norm = 2 * dModel;
  const attention = 4 * dModel * dModel;
  const feedForward = 8 * dModel * dModel;
  return (vocabSize + context) * dModel + nLayer * (2 * norm + attention + feedForward) + norm;
}
