/**
 * Bytes: 256 tokens say every text in UTF-8, nothing is ever unknown, and sequences are longest of all.
 * ByT5 (Xue et al., TACL 2022) trains on them; byte-level BPE begins with them.
 */
import { bytesToText, showBytes, textToBytes } from "./bytes";
import { splitSpecial } from "./special";
import type { Piece, Tokenizer } from "./tokenizer";
import { checkId } from "./tokenList";

/** Nothing to train: ids 0 .. 255 are the bytes, special tokens follow. */
export interface ByteModel {
  readonly kind: "byte";
  readonly version: 1;
  readonly special: readonly string[];
}

/** A byte model with special tokens of your choice. */
export function byteModel(special: readonly string[] = ["<|endoftext|>"]): ByteModel {
  return { kind: "byte", version: 1, special };
}

/**
 * The byte tokenizer: `decode(encode(text))` is the text, a lone surrogate as U+FFFD. Bytes that are no UTF-8
 * decode to U+FFFD. `pieces`: a character belongs to its last byte, the others have its start as their end.
 *
 * @throws RangeError when a special token is there twice
 */
export function byteTokenizer(model: ByteModel = byteModel()): Tokenizer {
  const special: Record<string, number> = {};
  model.special.forEach((name, i) => {
    if (Object.hasOwn(special, name))
      throw new RangeError(`Special token ${JSON.stringify(name)} is there twice.`);
    special[name] = 256 + i;
  });
  const vocabSize = 256 + model.special.length;

  const tokens = [
    ...Array.from({ length: 256 }, (_, byte) => showBytes(Uint8Array.of(byte))),
    ...model.special,
  ];
  const idOf = new Map(tokens.map((token, id) => [token, id]));

  function token(id: number): string {
    checkId(id, vocabSize);
    return tokens[id];
  }

  return {
    kind: "byte",
    vocabSize,
    special,
    encode(text, options) {
      const out: number[] = [];
      for (const segment of splitSpecial(text, special, options?.allowSpecial)) {
        if (segment.id !== undefined) out.push(segment.id);
        else for (const byte of textToBytes(segment.text)) out.push(byte);
      }
      return out;
    },
    decode(list) {
      const out: string[] = [];
      let bytes: number[] = [];
      for (let i = 0; i < list.length; i++) {
        checkId(list[i], vocabSize);
        if (list[i] < 256) bytes.push(list[i]);
        else {
          out.push(bytesToText(Uint8Array.from(bytes)), model.special[list[i] - 256]);
          bytes = [];
        }
      }
      return out.join("") + bytesToText(Uint8Array.from(bytes));
    },
    pieces(text, options) {
      const out: Piece[] = [];
      for (const { text: part, start, id } of splitSpecial(text, special, options?.allowSpecial)) {
        if (id !== undefined) {
          out.push({ id, token: part, start, end: start + part.length });
          continue;
        }
        let at = start;
        for (const char of part) {
          const bytes = textToBytes(char);
          bytes.forEach((id, i) => {
            const end = i === bytes.length - 1 ? at + char.length : at;
            out.push({ id, token: tokens[id], start: at, end });
          });
          at += char.length;
        }
      }
      return out;
    },
    token,
    id: (name) => idOf.get(name),
  };
}
