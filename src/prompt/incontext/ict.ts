import { integer } from "../../engine";
import type { Rng } from "../../engine";
import { IGNORE, stackRows } from "../../data";
import type { BatchSize, LmBatch } from "../../data";
import { BLANK, PERIOD, toyDocument } from "./toyLanguage";
import type { ToySentence } from "./toyLanguage";

/**
 * Self-supervised warm-up: plain text is cut into questions and answers, and a row shows several of one kind from one
 * document. Nobody labels anything, but the model practises to read examples of a form and to answer in it.
 *
 *     last word      w w w  m .             the end of the sentence is asked for
 *     masked word    w _ w m  w .           the word in place of "_" is asked for
 *
 * Source: Chen et al. 2022, "Improving in-context few-shot learning via self-supervised training", section 3, which has
 * two more kinds (the next sentence; whether a text is as it was). Only answers are labels.
 */
export type IctKind = "last word" | "masked word";
export const ictKinds: readonly IctKind[] = ["last word", "masked word"];

/** A question from a sentence, its answer, the period. */
export function ictExample(
  rng: Rng,
  { words, mark }: ToySentence,
  kind: IctKind,
): { question: number[]; answer: number } {
  if (kind === "last word") return { question: [...words], answer: mark };
  const hidden = integer(rng, words.length);
  const question = [...words.map((word, i) => (i === hidden ? BLANK : word)), mark];
  return { question, answer: words[hidden] as number };
}

/** Batches of a kind a row: as many examples of a document as fit in. */
export function ictBatch(rng: Rng, { batch, length }: BatchSize): LmBatch {
  const rows = Array.from({ length: batch }, () => {
    const kind = ictKinds[integer(rng, ictKinds.length)] as IctKind;
    const tokens: number[] = [];
    const labelled: boolean[] = [];
    for (const sentence of toyDocument(rng, Math.ceil(length / 3) + 1)) {
      const { question, answer } = ictExample(rng, sentence, kind);
      tokens.push(...question, answer, PERIOD);
      labelled.push(...question.map(() => false), true, false);
    }
    return { tokens: tokens.slice(0, length + 1), labelled };
  });
  return {
    inputs: stackRows(
      rows.map(({ tokens }) => tokens.slice(0, -1)),
      { length, pad: PERIOD },
    ),
    labels: stackRows(
      rows.map(({ tokens, labelled }) => tokens.slice(1).map((id, t) => (labelled[t + 1] ? id : IGNORE))),
      { length, pad: IGNORE },
    ),
  };
}
