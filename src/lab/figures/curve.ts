import type { Figure } from "../figure";
import { panelsFigure } from "./plots";
import { makePanel, type Reference, type Series } from "./xy";

/** One tokenizer measured on one text. */
export interface VocabularyPoint {
  /** Which scheme or text: points of one name make one line. */
  readonly name: string;
  readonly vocabSize: number;
  /** Tokens and characters (code points) of the text. */
  readonly tokens: number;
  readonly characters: number;
}

export interface VocabularyOptions {
  readonly title?: string;
  /** Numbers in one token's embedding (d_model), for the price of a larger vocabulary. */
  readonly width: number;
  /** Known vocabularies to mark, by name: { "GPT-2": 50257 }. */
  readonly marks?: Readonly<Record<string, number>>;
}

/**
 * What a vocabulary buys and what it costs: the larger it is, the fewer tokens a text takes (left), and the
 * more parameters the embedding table holds, vocabSize × width (right).
 */
export function vocabularyCurve(points: readonly VocabularyPoint[], options: VocabularyOptions): Figure {
  const names = [...new Set(points.map((point) => point.name))];
  const lines = names.map((name) => ({
    name,
    points: points.filter((point) => point.name === name).sort((a, b) => a.vocabSize - b.vocabSize),
  }));
  const lengths: Series[] = lines.map((line) => ({
    name: line.name,
    x: line.points.map((point) => point.vocabSize),
    y: line.points.map((point) => (1000 * point.tokens) / point.characters),
  }));
  const sizes = [...new Set(points.map((point) => point.vocabSize))].sort((a, b) => a - b);
  const price: Series = {
    name: `embedding of width ${options.width}`,
    x: sizes,
    y: sizes.map((size) => (size * options.width) / 1e6),
  };
  const marks: Reference[] = Object.entries(options.marks ?? {}).map(([label, value]) => ({
    axis: "x",
    value,
    label,
  }));
  const title = options.title ?? "A larger vocabulary: shorter sequences, more parameters";
  const x = "vocabulary size (logarithmic)";
  const left = {
    title: "Sequence length",
    x,
    y: "tokens per 1,000 characters",
    log: "x",
    zero: true,
  } as const;
  const right = {
    title: "Embedding table",
    x,
    y: "embedding parameters (millions)",
    log: "x",
    zero: true,
  } as const;
  return panelsFigure(title, [
    makePanel(lengths, { ...left, references: marks }, "line"),
    makePanel([price], right, "line"),
  ]);
}
