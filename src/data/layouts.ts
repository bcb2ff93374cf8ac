import type { Rng } from "../engine";
import { IGNORE, randomCrop } from "./batches";
import { collate } from "./ints";
import type { Ints } from "./ints";
import { blankInfilling, causalLm, corruptSpans, infillBlanks, maskedLm, noiseSpans, prefixLm, randomPrefixLm } from "./objectives"; // prettier-ignore
import type { Seq2SeqExample, Span } from "./objectives";

/**
 * Five objectives in one layout, for the network of models/reader.ts: how many places at the front see each other, two
 * positions for each place, and labels at what is asked.
 */
export interface Layout {
  readonly inputs: Int32Array;
  readonly labels: Int32Array;
  readonly positions: Int32Array;
  readonly blockPositions: Int32Array;
  readonly partA: number;
}
export type LayoutBatch = { readonly [K in keyof Layout]: Ints };

/** "spans" is T5's objective in one stack: the corrupted text is the front, the target what follows. */
export type Objective = "causal" | "prefix" | "masked" | "spans" | "blanks";
export const objectives: readonly Objective[] = ["causal", "prefix", "masked", "spans", "blanks"];

/** Ids behind the `text` ones that characters have: [MASK], a start and an end, three sentinels. */
export function layoutTokens(text: number) {
  return {
    text,
    mask: text,
    start: text + 1,
    end: text + 2,
    sentinels: [text + 3, text + 4, text + 5],
    vocabSize: text + 6,
  };
}
export type LayoutTokens = ReturnType<typeof layoutTokens>;

/** How many ids of text fit into a row of `length` with all that an objective adds. */
function textLength(objective: Objective, length: number): number {
  if (objective === "causal" || objective === "prefix") return length + 1;
  if (objective === "masked") return length;
  let text = 8;
  // Spans of one id are the worst case of blanks: each adds a [MASK] and a start token.
  const fits = (n: number): boolean =>
    objective === "blanks" ? n + 2 * Math.floor(0.15 * n) <= length : spansSize(n) <= length;
  while (fits(text + 1)) text++;
  return text;
}

/** Corrupted text and target of n ids: each span has a sentinel in both, and both have an end. */
const spansSize = (n: number): number => n + 2 * Math.max(1, Math.round(Math.round(0.15 * n) / 3)) + 2;

/** A batch of `batch` rows of `length` for training: pieces from anywhere in the stream, corrupted as the objective says. */
export function layoutBatch(
  objective: Objective,
  stream: Int32Array,
  size: { readonly batch: number; readonly length: number },
  tokens: LayoutTokens,
  rng: Rng,
): LayoutBatch {
  const text = textLength(objective, size.length);
  const rows = Array.from({ length: size.batch }, () =>
    trainingLayout(objective, randomCrop(stream, text, rng), tokens, rng),
  );
  return stackLayouts(rows, size.length);
}

function trainingLayout(objective: Objective, ids: Int32Array, tokens: LayoutTokens, rng: Rng): Layout {
  switch (objective) {
    case "causal":
      return inOrder(causalLm(ids), 0);
    case "prefix": {
      const { prefix, ...example } = randomPrefixLm(ids, rng);
      return inOrder(example, prefix);
    }
    case "masked": {
      const config = { mask: tokens.mask, vocabSize: tokens.text, special: [] };
      return inOrder(maskedLm(ids, config, rng), ids.length);
    }
    case "spans":
      return oneStack(spansOf(ids, noiseSpans(ids.length, 0.15, 3, rng), tokens), tokens);
    case "blanks":
      return blankInfilling(ids, blankTokens(tokens), rng);
  }
}

/**
 * A question: which ids stand in this span? Models that read both sides get both; the others get the left side alone.
 * @returns a row that has labels at the span's ids only, so that the loss is comparable between objectives
 */
export function questionLayout(
  objective: Objective,
  ids: Int32Array,
  span: Span,
  tokens: LayoutTokens,
): Layout {
  const { start, end } = span;
  const asked = (row: Layout, first: number): Layout => ({
    ...row,
    labels: row.labels.map((label, i) => (i >= first && i < first + end - start ? label : IGNORE)),
  });
  switch (objective) {
    case "causal":
      return asked(inOrder(causalLm(ids.subarray(0, end)), 0), start - 1);
    case "prefix": {
      const { prefix, ...example } = prefixLm(ids.subarray(0, end), start);
      return asked(inOrder(example, prefix), start - 1);
    }
    case "masked": {
      const inputs = ids.map((id, i) => (i >= start && i < end ? tokens.mask : id));
      return asked(inOrder({ inputs, labels: ids }, ids.length), start);
    }
    case "spans": {
      const row = oneStack(spansOf(ids, [span], tokens), tokens);
      // The target says the sentinel first.
      return asked(row, row.partA + 1);
    }
    case "blanks": {
      const row = infillBlanks(ids, [span], [0], tokens.mask, blankTokens(tokens));
      return asked(row, row.partA);
    }
  }
}

/** Rows of one length: filled up at the end with id 0 that nobody is asked for. */
export function stackLayouts(rows: readonly Layout[], length: number): LayoutBatch {
  return collate(rows, {
    inputs: { pad: 0, length },
    labels: { pad: IGNORE, length },
    positions: { pad: 0, length },
    blockPositions: { pad: 0, length },
    partA: "number",
  });
}

const spansOf = (ids: Int32Array, spans: readonly Span[], { sentinels, end, start }: LayoutTokens) =>
  corruptSpans(ids, spans, { sentinels, end, pad: start });
const blankTokens = ({ mask, start, end }: LayoutTokens) => ({
  mask,
  documentMask: mask,
  startOfPiece: start,
  endOfPiece: end,
});

/** Places counted from 0, one after the other. */
function inOrder(example: Pick<Layout, "inputs" | "labels">, partA: number): Layout {
  const { length } = example.inputs;
  return {
    ...example,
    positions: Int32Array.from({ length }, (_, i) => i),
    blockPositions: new Int32Array(length),
    partA,
  };
}

/** An encoder's row and a decoder's, one behind the other: the second is counted by the second position. */
function oneStack({ inputs, decoderInputs, labels }: Seq2SeqExample, { start }: LayoutTokens): Layout {
  const [front, back] = [inputs.length, decoderInputs.length];
  const places = (f: (i: number) => number): Int32Array =>
    Int32Array.from({ length: front + back }, (_, i) => f(i));
  return {
    inputs: places((i) => (i < front ? inputs[i]! : i === front ? start : decoderInputs[i - front]!)),
    labels: places((i) => (i < front ? IGNORE : labels[i - front]!)),
    positions: places((i) => (i < front ? i : 0)),
    blockPositions: places((i) => (i < front ? 0 : i - front + 1)),
    partA: front,
  };
}
