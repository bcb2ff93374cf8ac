import { mergeWord } from "./bpeMerge";
import { type BpeModel, compileBpe } from "./bpeModel";
import { bytesToPrintable, bytesToText, bytesToTextStrict, showBytes, textToBytes, writeUtf8 } from "./bytes";
import { IdList } from "./idList";
import { splitSpecial } from "./special";
import { nextWord } from "./split";
import type { EncodeOptions, Piece, Tokenizer } from "./tokenizer";
import { WordCache } from "./wordCache";

/** A byte-level BPE tokenizer: besides the common interface, its model and the bytes behind the ids. */
export interface BpeTokenizer extends Tokenizer {
  readonly kind: "bpe";
  readonly model: BpeModel;
  /** The bytes behind the ids, which need not be valid UTF-8. Throws as `decode` does. */
  decodeBytes(ids: ArrayLike<number>): Uint8Array;
}

/**
 * Byte-level byte-pair encoding (Sennrich et al. 2016; on bytes: Radford et al. 2019, section 2.2).
 *
 * encode: text -> words by the model's split -> UTF-8 bytes of each word -> merges. Every text can be encoded;
 * a lone surrogate counts as U+FFFD, so `decode(encode(x))` is `x.toWellFormed()`.
 * decode: bytes of all tokens joined -> text; what is not UTF-8 there becomes U+FFFD, as TextDecoder does it.
 * pieces: a character belongs to the token that has its last byte. So the pieces tile the text, and a token
 * that ends inside a character has the start of that character as its end.
 *
 * @throws RangeError when the model contradicts itself (see `compileBpe`).
 */
export function bpeTokenizer(model: BpeModel): BpeTokenizer {
  const { merges, byteIds, idOf, vocabSize, pool, offsets } = compileBpe(model);
  const longest = offsets.reduce((most, offset, i) => Math.max(most, offset - (offsets[i - 1] ?? 0)), 0);
  const next = nextWord[model.split];
  const cache = new WordCache();
  const smallBytes = new Uint8Array(SMALL_WORD * 3);
  const shortIds = new IdList(4 * SHORT_TEXT);
  const smallIds = new Int32Array(SMALL_WORD * 3);

  /** Ids of the one word text[start, end), in a buffer that holds until the next call. */
  function encodeWord(text: string, start: number, end: number): { ids: Int32Array; count: number } {
    const small = end - start <= SMALL_WORD;
    const bytes = small ? smallBytes : new Uint8Array((end - start) * 3);
    const length = writeUtf8(text, start, end, bytes);
    const ids = small ? smallIds : new Int32Array(length);
    if (model.wholeWords && length <= longest) {
      const id = idOf.get(bytesToPrintable(bytes, length));
      if (id !== undefined) {
        ids[0] = id;
        return { ids, count: 1 };
      }
    }
    let known = 0;
    for (let i = 0; i < length; i++) {
      const id = byteIds[bytes[i]];
      if (id >= 0) ids[known++] = id;
    }
    return { ids, count: mergeWord(merges, ids, known) };
  }

  function encodeOrdinary(text: string, out: IdList): void {
    for (let start = 0; start < text.length;) {
      const end = next(text, start);
      out.reserve(3 * WordCache.maxWord);
      const length = cache.read(text, start, end, out.data, out.length);
      if (length >= 0) {
        out.length = length;
      } else {
        const { ids, count } = encodeWord(text, start, end);
        out.append(ids, count);
        cache.write(text, start, end, ids, count);
      }
      start = end;
    }
  }

  function encode(text: string, options: EncodeOptions = {}): number[] {
    const out = text.length <= SHORT_TEXT ? shortIds : new IdList(text.length >> 1);
    out.length = 0;
    for (const segment of splitSpecial(text, model.special, options.allowSpecial)) {
      if (segment.id === undefined) encodeOrdinary(segment.text, out);
      else out.push(segment.id);
    }
    return out.toArray();
  }

  function check(id: number): void {
    if (!(Number.isInteger(id) && id >= 0 && id < vocabSize)) {
      throw new RangeError(`Unknown id ${id}: the vocabulary has ${vocabSize} ids, 0 to ${vocabSize - 1}.`);
    }
    if (offsets[id + 1] === offsets[id]) {
      throw new RangeError(`Unknown id ${id}: a gap, no token of the ${vocabSize} in the vocabulary has it.`);
    }
  }

  function decodeBytes(ids: ArrayLike<number>): Uint8Array {
    let length = 0;
    for (let i = 0; i < ids.length; i++) {
      check(ids[i]);
      length += offsets[ids[i] + 1] - offsets[ids[i]];
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (let i = 0; i < ids.length; i++) {
      const end = offsets[ids[i] + 1];
      for (let from = offsets[ids[i]]; from < end; from++) bytes[at++] = pool[from];
    }
    return bytes;
  }

  const bytesOf = (id: number) => pool.subarray(offsets[id], offsets[id + 1]);

  const printed: string[] = []; // printable forms, made when first asked for: bytes that are no text are slow to print

  function token(id: number): string {
    check(id);
    return (printed[id] ??= showBytes(bytesOf(id)));
  }

  /** Bytes of the character at `at` that are tokens. */
  const knownLength = model.missingBytes
    ? (text: string, at: number) =>
        textToBytes(String.fromCodePoint(text.codePointAt(at)!)).filter((byte) => byteIds[byte] >= 0).length
    : utf8Length;

  function pieces(text: string, options: EncodeOptions = {}): Piece[] {
    const out: Piece[] = [];
    for (const segment of splitSpecial(text, model.special, options.allowSpecial)) {
      const { start, id } = segment;
      if (id !== undefined) {
        out.push({ id, token: segment.text, start, end: start + segment.text.length });
        continue;
      }
      const ids = new IdList(segment.text.length);
      encodeOrdinary(segment.text, ids);
      let end = 0;
      let bytesAhead = 0; // bytes of the tokens so far that belong to a character not yet complete
      for (const id of ids.toArray()) {
        const from = end;
        bytesAhead += offsets[id + 1] - offsets[id];
        while (end < segment.text.length && knownLength(segment.text, end) <= bytesAhead) {
          bytesAhead -= knownLength(segment.text, end);
          end += segment.text.codePointAt(end)! > 0xffff ? 2 : 1;
        }
        out.push({ id, token: token(id), start: start + from, end: start + end });
      }
    }
    return out;
  }

  let idOfShown: Map<string, number> | undefined;

  /** Inverse of `token`; where two ids print alike, the one that is text itself wins. */
  function id(shown: string): number | undefined {
    if (Object.hasOwn(model.special, shown)) return model.special[shown];
    if (idOfShown === undefined) {
      idOfShown = new Map();
      for (const id of idOf.values()) {
        const text = bytesToTextStrict(bytesOf(id));
        const name = text ?? token(id);
        if (text !== undefined || !idOfShown.has(name)) idOfShown.set(name, id);
      }
    }
    return idOfShown.get(shown);
  }

  return {
    kind: "bpe",
    model,
    vocabSize,
    special: model.special,
    encode,
    decode: (ids) => bytesToText(decodeBytes(ids)),
    decodeBytes,
    pieces,
    token,
    id,
  };
}

/** Texts up to this many UTF-16 units share one list: a new one costs as much as encoding a line. */
const SHORT_TEXT = 4096;

/** Words up to this many UTF-16 units share one buffer. */
const SMALL_WORD = 256;

/** Bytes of the character at `at` in UTF-8. */
function utf8Length(text: string, at: number): number {
  const point = text.codePointAt(at)!;
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}
