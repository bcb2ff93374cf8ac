/**
 * WordPiece, the tokenizer of BERT: the longest piece of the vocabulary that fits, again and again.
 *
 * Paper: Schuster & Nakajima, "Japanese and Korean Voice Search", 2012; used by Devlin et al., "BERT", 2019,
 * section 3. A piece inside a word carries the prefix ##. A word that cannot be built whole is one [UNK].
 */
import { type BertNormalizerConfig, bertUncased, type BertWord, bertWords } from "./normalize";
import { splitSpecial } from "./special";
import type { EncodeOptions, Piece, Tokenizer } from "./tokenizer";
import { checkId, specialIds, tokenIds } from "./tokenList";

/** A trained WordPiece tokenizer as plain data. An id is a place in `tokens`. */
export interface WordPieceModel {
  readonly kind: "wordpiece";
  readonly version: 1;
  readonly tokens: readonly string[];
  /** Tokens with a meaning of their own; each stands in `tokens`. */
  readonly special: readonly string[];
  /** The token for a word that cannot be built; stands in `tokens`. */
  readonly unknown: string;
  /** Marks a piece that continues a word. */
  readonly prefix: string;
  /** A word of more code points is unknown at once: BERT uses 100. */
  readonly maxWordLength: number;
  readonly normalizer: BertNormalizerConfig;
}

/** BERT's settings around a vocabulary (a vocab.txt of its uncased models). */
export function bertModel(tokens: readonly string[]): WordPieceModel {
  return {
    kind: "wordpiece",
    version: 1,
    tokens,
    special: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].filter((token) => tokens.includes(token)),
    unknown: "[UNK]",
    prefix: "##",
    maxWordLength: 100,
    normalizer: bertUncased,
  };
}

/**
 * Greedy longest match first: the pieces of one word, or undefined where some rest of it has no piece.
 *
 * At each place the longest vocabulary entry wins, and is never taken back: "unaffable" -> un ##aff ##able.
 * At most `longest` code units are tried at each place, so the work is bounded by length x longest.
 */
export function longestMatch(
  word: string,
  ids: ReadonlyMap<string, number>,
  { prefix = "##", longest = word.length }: { prefix?: string; longest?: number } = {},
): { id: number; start: number; end: number }[] | undefined {
  const pieces: { id: number; start: number; end: number }[] = [];
  for (let start = 0; start < word.length;) {
    let end = Math.min(word.length, start + longest);
    let id: number | undefined;
    for (; end > start; end--) {
      const piece = word.slice(start, end);
      id = ids.get(start === 0 ? piece : prefix + piece);
      if (id !== undefined) break;
    }
    if (id === undefined) return undefined;
    pieces.push({ id, start, end });
    start = end;
  }
  return pieces;
}

/** White space that ends a word in every configuration (other kinds are left to the normaliser). */
function isPlainSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x9 && code <= 0xd && code !== 0xb && code !== 0xc);
}

/** Most distinct stretches between spaces that a tokenizer remembers, and their greatest length. */
const MEMO_SIZE = 1 << 16;
const MEMO_LENGTH = 32;

/**
 * The tokenizer of a WordPiece model.
 *
 * `decode` joins words by one space, none before . , ! ? (as Hugging Face's decoder does): case, accents and the
 * original spaces are gone, so `decode(encode(text))` is a normalised form of the text. Special tokens are shown.
 * `pieces` gives places in the original text; dropped characters belong to no piece or lie inside one.
 *
 * @throws RangeError when tokens repeat, or a special or the unknown token is not in the vocabulary
 */
export function wordPieceTokenizer(model: WordPieceModel): Tokenizer {
  const ids = tokenIds(model.tokens);
  const special = specialIds(model.special, ids);
  const unknown = specialIds([model.unknown], ids, "unknown")[model.unknown];
  const longest = model.tokens.reduce((most, token) => Math.max(most, token.length), 0);
  const words = bertWords(model.normalizer, model.maxWordLength);
  const memo = new Map<string, readonly number[]>();

  const match = (word: BertWord) =>
    word.length > model.maxWordLength
      ? undefined
      : longestMatch(word.text, ids, { prefix: model.prefix, longest });

  /** Ids of a stretch without white space. Nothing in it depends on what is around it, so it can be remembered. */
  function encodeStretch(text: string): readonly number[] {
    const known = memo.get(text);
    if (known) return known;
    const out: number[] = [];
    for (const word of words(text)) {
      const pieces = match(word);
      if (pieces) for (const piece of pieces) out.push(piece.id);
      else out.push(unknown);
    }
    if (text.length <= MEMO_LENGTH) {
      if (memo.size >= MEMO_SIZE) memo.clear();
      memo.set(text, out);
    }
    return out;
  }

  function encodeText(text: string, out: number[]): void {
    for (let at = 0; at < text.length;) {
      while (at < text.length && isPlainSpace(text.charCodeAt(at))) at++;
      let end = at;
      while (end < text.length && !isPlainSpace(text.charCodeAt(end))) end++;
      if (end > at) for (const id of encodeStretch(text.slice(at, end))) out.push(id);
      at = end;
    }
  }

  function token(id: number): string {
    checkId(id, model.tokens.length);
    return model.tokens[id];
  }

  return {
    kind: "wordpiece",
    vocabSize: model.tokens.length,
    special,
    encode(text, options) {
      const out: number[] = [];
      for (const segment of splitSpecial(text, special, options?.allowSpecial)) {
        if (segment.id !== undefined) out.push(segment.id);
        else encodeText(segment.text, out);
      }
      return out;
    },
    decode(list) {
      const out: string[] = [];
      for (let i = 0; i < list.length; i++) {
        const piece = token(list[i]);
        const inside = i > 0 && piece.startsWith(model.prefix);
        out.push(
          inside ? piece.slice(model.prefix.length) : i > 0 && !/^[.,!?]$/.test(piece) ? ` ${piece}` : piece,
        );
      }
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
        for (const word of words(segment.text)) {
          const pieces = match(word);
          if (!pieces) add(unknown, from + word.starts[0], from + word.end);
          else
            for (const piece of pieces)
              add(piece.id, from + word.starts[piece.start], from + word.ends[piece.end - 1]);
        }
      }
      return out;
    },
    token,
    id: (name) => ids.get(name),
  };
}

/** What BERT reads: ids, and for each id whether it belongs to the first (0) or the second text (1). */
export interface BertInput {
  readonly ids: number[];
  readonly typeIds: number[];
}

/**
 * [CLS] a [SEP], or [CLS] a [SEP] b [SEP] (BERT, figure 2).
 *
 * `maxLength` counts every id. The longer text is cut first, then both alike, as in Hugging Face's "longest first".
 *
 * @throws RangeError when the tokenizer has no [CLS] or [SEP], or `maxLength` has no room for them
 */
export function encodePair(
  tokenizer: Tokenizer,
  a: string,
  b?: string,
  options: EncodeOptions & { readonly maxLength?: number } = {},
): BertInput {
  const { "[CLS]": cls, "[SEP]": sep } = tokenizer.special;
  if (cls === undefined || sep === undefined) {
    throw new RangeError(
      `encodePair needs the special tokens [CLS] and [SEP]; this ${tokenizer.kind} has not both.`,
    );
  }
  const first = tokenizer.encode(a, options);
  const second = b === undefined ? [] : tokenizer.encode(b, options);
  const marks = b === undefined ? 2 : 3;
  const room = (options.maxLength ?? Infinity) - marks;
  if (room < 0) {
    throw new RangeError(`maxLength ${options.maxLength} has no room for the ${marks} special tokens.`);
  }
  const [n, m] = longestFirst(first.length, second.length, room);
  const ids = [cls, ...first.slice(0, n), sep];
  const typeIds = ids.map(() => 0);
  if (b !== undefined) {
    for (const id of [...second.slice(0, m), sep]) {
      ids.push(id);
      typeIds.push(1);
    }
  }
  return { ids, typeIds };
}

/** Lengths after cutting: keep the shorter text whole if it fits in half of the room. */
function longestFirst(n: number, m: number, room: number): [number, number] {
  if (n + m <= room) return [n, m];
  const short = Math.min(n, m);
  let a = short;
  let b = short > room ? short : Math.max(short, room - short);
  if (a + b > room) {
    a = Math.floor(room / 2);
    b = a + (room % 2);
  }
  return n > m ? [b, a] : [a, b];
}
