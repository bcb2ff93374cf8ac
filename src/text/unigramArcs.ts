import type { UnigramTokenizer } from "./unigram";
import { escapeSpaces } from "./unigramText";

/** All pieces of the vocabulary that stand in a word, and which of them make the best cut: what a figure draws. */
export interface WordArcs {
  /** The word as the search sees it, spaces written as U+2581. */
  readonly text: string;
  /** `start` and `end` are UTF-16 offsets into `text`; `score` is the piece's log-probability in nats. */
  readonly arcs: readonly {
    readonly piece: string;
    readonly start: number;
    readonly end: number;
    readonly score: number;
  }[];
  /** Indexes into `arcs`: the most probable cut, from left to right. */
  readonly path: readonly number[];
}

/**
 * The lattice of one word (Kudo 2018, section 3.2), in the open: every substring is looked up, so the work grows with
 * the square of the word's length. Meant for words, not for texts. Characters that are no piece have no arc.
 */
export function wordArcs(tokenizer: UnigramTokenizer, word: string): WordArcs {
  const { model } = tokenizer;
  const { units, length } = escapeSpaces(word, model);
  const text = String.fromCharCode(...units.subarray(0, length));
  const arcs: WordArcs["arcs"][number][] = [];
  for (let start = 0; start < length; start++) {
    for (let end = start + 1; end <= length; end++) {
      const piece = text.slice(start, end);
      const id = tokenizer.id(piece);
      if (id !== undefined && !model.special.includes(piece))
        arcs.push({ piece, start, end, score: model.scores[id] });
    }
  }
  let at = 0;
  const path = tokenizer.encode(word).map((id) => {
    const start = at;
    at += tokenizer.token(id).length;
    return arcs.findIndex((arc) => arc.start === start && arc.piece === tokenizer.token(id));
  });
  return { text, arcs, path: path.filter((arc) => arc >= 0) };
}
