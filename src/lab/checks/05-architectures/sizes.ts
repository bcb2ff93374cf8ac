import type { Random } from "../random";

export interface Sizes {
  readonly vocabSize: number;
  readonly context: number;
  readonly dModel: number;
  readonly nLayer: number;
}
export type Args = [sizes: Sizes];

/** What a GPT-2 is made of, and how often each part is counted. */
interface Parts {
  readonly tokens: number;
  readonly positions: number;
  readonly head: number;
  readonly attention: number;
  readonly attentionBiases: number;
  readonly feed: number;
  readonly feedBiases: number;
  /** Norms in a block, and gain and bias of each. */
  readonly norms: number;
  readonly normSize: number;
  readonly lastNorm: number;
}

const parts: Parts = {
  tokens: 1,
  positions: 1,
  head: 0,
  attention: 4,
  attentionBiases: 4,
  feed: 8,
  feedBiases: 5,
  norms: 2,
  normSize: 2,
  lastNorm: 1,
};
/** The parameters of a GPT-2 whose parts are counted so often. */
export const counted =
  (own: Partial<Parts> = {}) =>
  ({ vocabSize: V, context: T, dModel: C, nLayer: L }: Sizes): number => {
    const p = { ...parts, ...own };
    const weights = (p.attention + p.feed) * C * C;
    const biases = (p.attentionBiases + p.feedBiases) * C;
    const norm = p.normSize * C;
    return (
      (p.tokens * V + p.positions * T + p.head * V) * C +
      L * (weights + biases + p.norms * norm) +
      p.lastNorm * norm
    );
  };

const gpt2: Sizes = { vocabSize: 50257, context: 1024, dModel: 768, nLayer: 12 };
export const published: readonly Args[] = [
  [gpt2],
  [{ ...gpt2, dModel: 1024, nLayer: 24 }],
  [{ ...gpt2, dModel: 1280, nLayer: 36 }],
  [{ ...gpt2, dModel: 1600, nLayer: 48 }],
];
export const small: readonly [Args, Args, ...Args[]] = [
  [{ vocabSize: 10, context: 4, dModel: 2, nLayer: 1 }],
  [{ vocabSize: 65, context: 64, dModel: 128, nLayer: 4 }],
  [{ vocabSize: 7, context: 3, dModel: 1, nLayer: 2 }],
];
export const randomCase = (random: Random): Args => [
  {
    vocabSize: random.int(2, 60000),
    context: random.int(1, 4096),
    dModel: random.int(1, 2000),
    nLayer: random.int(1, 60),
  },
];
