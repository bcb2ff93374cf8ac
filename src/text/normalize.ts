/**
 * BERT's text normalisation, character by character, with the place each character came from.
 *
 * Steps, in the order of Google's BasicTokenizer (and of Hugging Face's Rust `BertNormalizer`, whose results this
 * file reproduces): clean text, spaces around Chinese characters, decompose (NFD) and drop accents, lower case.
 * Then `bertWords` splits at white space and makes every punctuation mark a word of its own.
 */
import { MARKS, PUNCTUATION, REMOVED, UNDECOMPOSED } from "./bertTables";

/** Which steps are on. All-MiniLM and "bert-base-uncased" use them all. */
export interface BertNormalizerConfig {
  /** Drop control characters, U+0000 and U+FFFD; make every white space a plain space. */
  readonly cleanText: boolean;
  /** Put spaces around CJK ideographs, so each becomes a word (Japanese kana and Korean are left as they are). */
  readonly spaceChinese: boolean;
  /** Decompose (NFD) and drop non-spacing marks: é becomes e. */
  readonly stripAccents: boolean;
  /** Lower case each character on its own (so a Greek final sigma stays σ, as in the reference). */
  readonly lowercase: boolean;
}

export const bertUncased: BertNormalizerConfig = {
  cleanText: true,
  spaceChinese: true,
  stripAccents: true,
  lowercase: true,
};

/** A word after normalisation. `starts[i]`, `ends[i]`: where code unit i of `text` came from in the original. */
export interface BertWord {
  text: string;
  /** Code points in the word; `text` itself is cut after `limit + 1` of them. */
  length: number;
  starts: number[];
  ends: number[];
  /** End of the whole word in the original, also when `text` was cut. */
  end: number;
}

const removed = ranges(REMOVED);
const marks = ranges(MARKS);
const punctuation = ranges(PUNCTUATION);
const undecomposed = ranges(UNDECOMPOSED);

/** Is this code point a word of its own? ASCII symbols such as $ and ^ count, as in BERT. */
export function isBertPunctuation(codePoint: number): boolean {
  return inRanges(punctuation, codePoint);
}

/** Is this code point a CJK ideograph, in the blocks that BERT lists? (Its gap 2B820-2B91F is the reference's.) */
export function isChineseCharacter(cp: number): boolean {
  return (
    (cp >= 0x4e00 && cp <= 0x9fff) ||
    (cp >= 0x3400 && cp <= 0x4dbf) ||
    (cp >= 0x20000 && cp <= 0x2a6df) ||
    (cp >= 0x2a700 && cp <= 0x2b81f) ||
    (cp >= 0x2b920 && cp <= 0x2ceaf) ||
    (cp >= 0xf900 && cp <= 0xfaff) ||
    (cp >= 0x2f800 && cp <= 0x2fa1f)
  );
}

/** Unicode White_Space. */
export function isWhiteSpace(cp: number): boolean {
  return (
    cp === 0x20 ||
    (cp >= 0x9 && cp <= 0xd) ||
    (cp > 0x7f &&
      (cp === 0x85 ||
        cp === 0xa0 ||
        cp === 0x1680 ||
        (cp >= 0x2000 && cp <= 0x200a) ||
        cp === 0x2028 ||
        cp === 0x2029 ||
        cp === 0x202f ||
        cp === 0x205f ||
        cp === 0x3000))
  );
}

/** A character that a code point becomes, and what it does to words. */
interface Part {
  readonly text: string;
  readonly kind: "letter" | "space" | "punctuation";
  /** A mark that may change places with its neighbours in canonical order. */
  readonly movable: boolean;
}

/**
 * A normaliser: text in, words out, one at a time so that a 50 MB line needs no second copy.
 * A lone surrogate counts as U+FFFD, as it would after a trip through UTF-8.
 *
 * @param limit words longer than this many code points are cut (their end is still right): WordPiece calls them [UNK]
 */
export function bertWords(
  config: BertNormalizerConfig,
  limit = Infinity,
): (text: string) => Generator<BertWord, void> {
  // A pure function remembered: most texts use a few hundred different characters.
  const memo = new Map<number, readonly Part[]>();
  const expand = (cp: number): readonly Part[] => {
    let known = memo.get(cp);
    if (!known) memo.set(cp, (known = expandOne(cp, config)));
    return known;
  };

  return function* words(text: string): Generator<BertWord, void> {
    let word = emptyWord();
    for (let at = 0, next = 0; at < text.length; at = next) {
      const cp = text.codePointAt(at)!;
      next = at + (cp > 0xffff ? 2 : 1);
      const parts = expand(cp);
      for (let i = 0; i < parts.length; i++) {
        const part = parts[i];
        if (part.kind === "letter") {
          append(word, part, at, next, limit);
          continue;
        }
        if (word.length > 0) {
          yield word;
          word = emptyWord();
        }
        if (part.kind === "punctuation") {
          append(word, part, at, next, limit);
          yield word;
          word = emptyWord();
        }
      }
    }
    if (word.length > 0) yield word;
  };
}

/** The normalised text as BERT's pre-tokenizer sees it: words joined by single spaces. */
export function bertNormalize(text: string, config: BertNormalizerConfig = bertUncased): string {
  const words: string[] = [];
  for (const word of bertWords(config)(text)) words.push(word.text);
  return words.join(" ");
}

function expandOne(codePoint: number, config: BertNormalizerConfig): readonly Part[] {
  const cp = codePoint >= 0xd800 && codePoint <= 0xdfff ? 0xfffd : codePoint;
  if (config.cleanText && inRanges(removed, cp)) return [];
  if (isWhiteSpace(cp)) return [SPACE];
  let text = String.fromCodePoint(cp);
  if (config.stripAccents && cp > 0x7f) {
    const decomposed = inRanges(undecomposed, cp) ? text : text.normalize("NFD");
    text = "";
    for (const char of decomposed) if (!inRanges(marks, char.codePointAt(0)!)) text += char;
  }
  const movable = config.stripAccents && cp > 0x7f && hasCombiningClass(text);
  if (config.lowercase) text = text.toLowerCase();
  const parts = Array.from(text, (char): Part => {
    const own = isBertPunctuation(char.codePointAt(0)!);
    return { text: char, kind: own ? "punctuation" : "letter", movable };
  });
  return config.spaceChinese && isChineseCharacter(cp) ? [SPACE, ...parts, SPACE] : parts;
}

const SPACE: Part = { text: " ", kind: "space", movable: false };

/** U+0345 has the highest combining class (240): whatever NFD moves in front of it has a class of its own. */
function hasCombiningClass(char: string): boolean {
  return char !== "" && `\u0345${char}`.normalize("NFD") !== `\u0345${char}`;
}

function emptyWord(): BertWord {
  return { text: "", length: 0, starts: [], ends: [], end: 0 };
}

function append(word: BertWord, part: Part, start: number, end: number, limit: number): void {
  const char = part.text;
  word.end = end;
  if (++word.length > limit + 1) return;
  let place = word.text.length;
  if (part.movable) {
    // Canonical order (NFD) of the few marks that are not dropped, such as U+302E: NFD of two neighbours decides.
    for (let before = charBefore(word.text, place); before !== ""; before = charBefore(word.text, place)) {
      if ((before + char).normalize("NFD") === before + char) break;
      place -= before.length;
    }
  }
  if (place === word.text.length) word.text += char;
  else word.text = word.text.slice(0, place) + char + word.text.slice(place);
  for (let i = 0; i < char.length; i++) {
    word.starts.push(start);
    word.ends.push(end);
  }
}

/** The character that ends at `place`, or "". */
function charBefore(text: string, place: number): string {
  const low = text.charCodeAt(place - 1);
  const size = low >= 0xdc00 && low <= 0xdfff ? 2 : 1;
  return text.slice(Math.max(0, place - size), place);
}

/** Reads a table of bertTables.ts into [first, last, first, last, ...]. */
function ranges(table: string): Int32Array {
  const out: number[] = [];
  let at = 0;
  for (const item of table.split(" ")) {
    const [gap, more = "0"] = item.split("+");
    const first = at + parseInt(gap, 36);
    const last = first + parseInt(more, 36);
    out.push(first, last);
    at = last + 1;
  }
  return Int32Array.from(out);
}

function inRanges(table: Int32Array, cp: number): boolean {
  let low = 0;
  let high = table.length / 2 - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (cp < table[2 * middle]) high = middle - 1;
    else if (cp > table[2 * middle + 1]) low = middle + 1;
    else return true;
  }
  return false;
}
