import { decodeStream } from "../text";
import type { DecodeStream } from "../text";
import { stopFilter } from "./stop";

/** What a text stream needs of a tokenizer: every tokenizer of the lab has it. */
export interface Decodes {
  decode(ids: ArrayLike<number>): string;
  /** Byte-level ones have this too. */
  decodeBytes?(ids: ArrayLike<number>): Uint8Array;
}

/** The text of an answer while it is written. */
export interface TextStream {
  /** Takes the next token. Gives the text that is certain by now, and whether a stop string ended it. */
  push(id: number): { readonly text: string; readonly stopped: boolean };
  /** No more tokens: what was held back comes, and half a character as U+FFFD. */
  end(): { readonly text: string; readonly stopped: boolean };
}

/**
 * Tokens to text, a piece a token. Half a character is held back until it is whole, and so is text that could be the
 * beginning of a stop string. All pieces, joined, are the text of all tokens, cut before the first stop string.
 *
 * @param stops strings that end the text
 * @param before the tokens that the text follows: a tokenizer that writes spaces between tokens needs to know
 * @throws RangeError for an empty stop string; `push`: for an id outside the vocabulary
 */
export function textStream(
  tokenizer: Decodes,
  stops: readonly string[] = [],
  before: readonly number[] = [],
): TextStream {
  const { decodeBytes } = tokenizer;
  const characters = decodeBytes ? decodeStream({ decodeBytes }) : growingText(tokenizer, before);
  const filter = stopFilter(stops);
  return {
    push: (id) => filter.push(characters.push(id)),
    end() {
      const last = filter.push(characters.end());
      return last.stopped ? last : { text: last.text + filter.end(), stopped: false };
    },
  };
}

/** Enough tokens before a text to see how it goes on: whether a space comes, or a character is whole. */
const contextTokens = 8;

/**
 * For tokenizers whose text is not the sum of its tokens' texts: all tokens are decoded anew, and what came out before
 * is taken off. U+FFFD at the end can be a character that is not whole yet, and waits.
 */
function growingText(tokenizer: Decodes, before: readonly number[]): DecodeStream {
  const ids = before.slice(-contextTokens);
  let given = tokenizer.decode(ids).replace(/\ufffd+$/, "").length;
  const since = (text: string): string => {
    const more = text.slice(given);
    given = Math.max(given, text.length);
    return more;
  };
  return {
    push(id) {
      ids.push(id);
      return since(tokenizer.decode(ids).replace(/\ufffd+$/, ""));
    },
    end: () => since(tokenizer.decode(ids)),
  };
}
