/** Text of ids that come one at a time. */
export interface DecodeStream {
  /** Takes the next id; returns the text that is complete by now, "" while a character waits for its last byte. */
  push(id: number): string;
  /** No more ids: a character that was never completed comes out as U+FFFD. */
  end(): string;
}

/**
 * Decodes while a model writes. A token can end inside a character ("学" is two tokens of GPT-2), and `decode`
 * of each token alone would show U+FFFD twice; this holds the bytes back until the character is complete. All
 * that is returned, joined, is `decode` of all ids.
 *
 * @param tokenizer a byte-level one. `push` throws a RangeError for an unknown id, as `decode` does.
 */
export function decodeStream(tokenizer: { decodeBytes(ids: ArrayLike<number>): Uint8Array }): DecodeStream {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    push: (id) => decoder.decode(tokenizer.decodeBytes([id]), { stream: true }),
    end: () => decoder.decode(),
  };
}
