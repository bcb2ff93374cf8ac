/** Patterns, words and settings of the lab's experiments with few labels (bench/pet, datasets/pet-runs, chapter 10). */
import { pattern } from "../pattern";
import type { Pattern } from "../pattern";
import { manual } from "../verbalizers/manual";
import type { Verbalizer } from "../verbalizers/manual";

interface Text {
  readonly text: string;
}

export interface NamedPattern extends Pattern<Text> {
  readonly name: string;
  readonly source: string;
}

const templates = {
  /** After PET's patterns for Yelp (section 4.1). */
  sentiment: {
    "it was": "{text:shorten} It was {mask}.",
    "all in all": "{text:shorten} All in all, it was {mask}.",
    just: "Just {mask}! {text:shorten}",
  },
  /** After those for AG's News. */
  topics: {
    colon: "{mask}: {text:shorten}",
    category: "[ Category: {mask} ] {text:shorten}",
    "question about": "{text:shorten} This is a question about {mask}.",
  },
} as const;

const words = {
  sentiment: manual({ negative: "terrible", positive: "great" }),
  topics: manual({ card: "card", transfer: "transfer", cash: "cash", exchange: "currency", identity: "identity" }), // prettier-ignore
} as const;

const named = (task: keyof typeof templates, verbalizer: Verbalizer): NamedPattern[] =>
  Object.entries(templates[task]).map(([name, source]) => ({
    name,
    source,
    ...pattern<Text>(source, verbalizer),
  }));

/** The pattern-verbalizer pairs of each task; with another verbalizer: `petPatterns.sentiment(manual({ ... }))`. */
export const petPatterns = {
  sentiment: (verbalizer: Verbalizer = words.sentiment): NamedPattern[] => named("sentiment", verbalizer),
  topics: (verbalizer: Verbalizer = words.topics): NamedPattern[] => named("topics", verbalizer),
} as const;

/** Words for sentiment, good ones and poor ones (after Gao et al. 2021, table 2). */
export const verbalizerTable: readonly {
  readonly kind: "good" | "several" | "unrelated" | "reversed";
  readonly words: {
    readonly negative: string | readonly string[];
    readonly positive: string | readonly string[];
  };
}[] = [
  { kind: "good", words: { negative: "terrible", positive: "great" } },
  { kind: "good", words: { negative: "bad", positive: "good" } },
  { kind: "several", words: { negative: ["terrible", "bad", "poor", "awful"], positive: ["great", "good", "excellent", "amazing"] } }, // prettier-ignore
  { kind: "unrelated", words: { negative: "dog", positive: "cat" } },
  { kind: "unrelated", words: { negative: "cat", positive: "dog" } },
  { kind: "reversed", words: { negative: "great", positive: "terrible" } },
];

/** What all runs of bench/pet have in common. */
export const petSettings = {
  /** Blocks of six that stay as they are. */
  from: 5,
  /** Tokens of a row. */
  length: 32,
  batch: 16,
  /**
   * Of a pattern with words, and of a new head. Chosen on 100 rows of the training part with two draws of 10 labels, among
   * 1e-4, 3e-4 and 1e-3 for the one, 1e-3 and 3e-3 for the other; none of them was clearly better than the others.
   */
  learningRate: { words: 3e-4, head: 1e-3 },
  /** Steps by the number of labels. */
  steps: (labels: number): number => (labels <= 10 ? 20 : 30),
} as const;
