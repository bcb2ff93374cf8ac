/**
 * Unigram language model tokenizer: of all ways to cut a text, the most probable one.
 *
 * Kudo, "Subword Regularization", ACL 2018, as sentencepiece runs it (Kudo & Richardson, EMNLP 2018): each piece has
 * a log-probability, a space is written as the visible character U+2581 and belongs to a piece, so decoding needs no
 * rules. Normalisation is sentencepiece's "identity": no NFKC, characters stay as they are.
 */
import { textToBytes, bytesToText } from "./bytes";
import { splitSpecial } from "./special";
import type { Piece, Tokenizer } from "./tokenizer";
import { bestPaths, fillLattice, makeLattice, makePieceTable, type Path, samplePath } from "./unigramLattice";
import { escapeSpaces, type SpacedText, SPACE } from "./unigramText";
import { viterbi } from "./unigramViterbi";
import { checkId, specialIds, tokenIds } from "./tokenList";

/** A trained Unigram tokenizer as plain data. An id is a place in `tokens` and `scores`. */
export interface UnigramModel {
  readonly kind: "unigram";
  readonly version: 1;
  readonly tokens: readonly string[];
  /** Natural log of each piece's probability; 0 for special tokens and bytes, which the search never asks for. */
  readonly scores: readonly number[];
  /** Tokens that are no pieces of text, `unknown` among them; each stands in `tokens`. */
  readonly special: readonly string[];
  readonly unknown: string;
  /** Write an unknown character as its UTF-8 bytes, tokens <0x00> to <0xFF>, all of which are then in `tokens`. */
  readonly byteFallback: boolean;
  /** Put a space before the text, so that "world" at its start and in "hello world" is the same piece. */
  readonly dummyPrefix: boolean;
  /** Drop spaces at both ends and write several as one. */
  readonly removeExtraSpaces: boolean;
}

/** A segmentation with its log-probability. */
export interface Segmentation {
  readonly ids: number[];
  readonly score: number;
}

export interface UnigramTokenizer extends Tokenizer {
  readonly kind: "unigram";
  readonly model: UnigramModel;
  /** The n most probable segmentations, best first. */
  nBest(text: string, n: number): Segmentation[];
  /**
   * Subword regularisation: a segmentation drawn with probability proportional to P^alpha. alpha = 0: every
   * segmentation is as likely as another; large: the best one.
   *
   * @param random gives uniform numbers in [0, 1), e.g. from a seeded generator
   */
  sample(text: string, alpha: number, random: () => number): Segmentation;
}

/** How sentencepiece decodes the unknown token. */
const UNKNOWN_TEXT = " \u2047 ";

/**
 * The tokenizer of a Unigram model.
 *
 * Text: a lone surrogate counts as U+FFFD. U+2581 in the text is a space. Neighbouring unknown characters are one
 * unknown token. `decode(encode(text))` is the text with lone surrogates replaced, unless characters are unknown
 * (" ⁇ ") or `removeExtraSpaces` is on. Special tokens are shown by `decode` (sentencepiece hides <s> and </s>).
 * `pieces`: a character belongs to the last of its bytes; dropped spaces to the piece before them.
 *
 * @throws RangeError when tokens and scores differ in number, a special token or a byte is missing
 */
export function unigramTokenizer(model: UnigramModel): UnigramTokenizer {
  const size = model.tokens.length;
  if (model.scores.length !== size)
    throw new RangeError(`The model has ${size} tokens but ${model.scores.length} scores.`);
  const ids = tokenIds(model.tokens);
  const special = specialIds(model.special, ids);
  const unknown = specialIds([model.unknown], ids, "unknown")[model.unknown];
  const byteIds = model.byteFallback ? byteTokens(ids) : undefined;
  const byteOf = new Map(byteIds?.map((id, byte) => [id, byte]));
  const specialIdSet = new Set(Object.values(special));
  const ordinary = model.tokens.map((token, id) =>
    specialIdSet.has(id) || id === unknown || byteOf.has(id) ? undefined : token,
  );
  const table = makePieceTable(ordinary, model.scores, unknown);

  /** Calls `emit` for each token of an ordinary stretch; start and end are places in `spaced.units`. */
  function walk(spaced: SpacedText, emit: (id: number, start: number, end: number) => void): void {
    // Neighbouring unknown characters wait here to become one token.
    let from = -1;
    let to = -1;
    const flush = () => {
      if (from >= 0) emit(unknown, from, to);
      from = -1;
    };
    viterbi(table, spaced.units, spaced.length, (id, start, end) => {
      if (id !== unknown) {
        flush();
        emit(id, start, end);
      } else if (byteIds) {
        const bytes = textToBytes(String.fromCharCode(...spaced.units.subarray(start, end)));
        bytes.forEach((byte, i) => emit(byteIds[byte], start, i === bytes.length - 1 ? end : start));
      } else {
        if (from < 0) from = start;
        to = end;
      }
    });
    flush();
  }

  function segmentation(
    text: string,
    choose: (lattice: ReturnType<typeof makeLattice>) => Path[],
  ): Segmentation[] {
    const spaced = escapeSpaces(text, model);
    const lattice = fillLattice(makeLattice(), table, spaced.units, 0, spaced.length);
    return choose(lattice).map(({ edges, score }) => {
      const out: number[] = [];
      for (const edge of edges) {
        const id = lattice.id[edge];
        if (id === unknown && byteIds) {
          const char = String.fromCharCode(...spaced.units.subarray(lattice.start[edge], lattice.end[edge]));
          for (const byte of textToBytes(char)) out.push(byteIds[byte]);
        } else if (id !== unknown || out.at(-1) !== unknown) out.push(id);
      }
      return { ids: out, score };
    });
  }

  function token(id: number): string {
    checkId(id, size);
    return model.tokens[id];
  }

  return {
    kind: "unigram",
    model,
    vocabSize: size,
    special,
    encode(text, options) {
      const out: number[] = [];
      for (const segment of splitSpecial(text, special, options?.allowSpecial)) {
        if (segment.id !== undefined) out.push(segment.id);
        else walk(escapeSpaces(segment.text, model), (id) => out.push(id));
      }
      return out;
    },
    decode(list) {
      const out: string[] = [];
      const bytes: number[] = [];
      // A space that the encoder put in front is taken off again, at the start of the text. With extra
      // spaces removed, every space at the start goes, however many pieces it is in.
      const spaceInFront = model.dummyPrefix || model.removeExtraSpaces;
      let atStart = spaceInFront;
      for (let i = 0; i < list.length; i++) {
        const id = list[i];
        const piece = token(id);
        const byte = byteOf.get(id);
        if (byte !== undefined) {
          bytes.push(byte);
          atStart = false;
          continue;
        }
        if (bytes.length > 0) out.push(bytesToText(Uint8Array.from(bytes.splice(0))));
        if (id === unknown) out.push(UNKNOWN_TEXT);
        else if (specialIdSet.has(id)) {
          out.push(piece);
          atStart = spaceInFront; // `encode` treats the stretch after a special token as a text of its own
          continue;
        } else if (atStart && piece.startsWith(SPACE)) {
          const rest = piece.slice(SPACE.length);
          out.push(rest.replaceAll(SPACE, " "));
          if (rest === "" && model.removeExtraSpaces) continue;
        } else out.push(piece.replaceAll(SPACE, " "));
        atStart = false;
      }
      if (bytes.length > 0) out.push(bytesToText(Uint8Array.from(bytes)));
      return out.join("");
    },
    pieces(text, options) {
      const out: Piece[] = [];
      const add = (id: number, start: number, end: number) =>
        out.push({ id, token: model.tokens[id], start, end });
      for (const segment of splitSpecial(text, special, options?.allowSpecial)) {
        const from = segment.start;
        if (segment.id !== undefined) {
          add(segment.id, from, from + segment.text.length);
          continue;
        }
        const spaced = escapeSpaces(segment.text, model, true);
        walk(spaced, (id, start, end) => add(id, from + spaced.origin[start], from + spaced.origin[end]));
      }
      return out;
    },
    token,
    id: (name) => ids.get(name),
    nBest: (text, n) => segmentation(text, (lattice) => bestPaths(lattice, n)),
    sample: (text, alpha, random) => segmentation(text, (lattice) => [samplePath(lattice, alpha, random)])[0],
  };
}

/** "<0x0A>", as sentencepiece names a byte. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

function byteTokens(ids: ReadonlyMap<string, number>): number[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const id = ids.get(byteToken(byte));
    if (id === undefined) throw new RangeError(`byteFallback needs the token ${byteToken(byte)}.`);
    return id;
  });
}
