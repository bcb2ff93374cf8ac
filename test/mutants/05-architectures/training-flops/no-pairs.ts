// expect: counted as one
interface Sizes {
  readonly vocabSize: number;
  readonly context: number;
  readonly dModel: number;
  readonly nLayer: number;
}

export function trainingFlops({ vocabSize, context, dModel, nLayer }: Sizes): number {
  const weights = nLayer * 12 * dModel * dModel + dModel * vocabSize;
  const attention = nLayer * 4 * dModel * context;
  return 3 * (weights + attention / 2);
}
