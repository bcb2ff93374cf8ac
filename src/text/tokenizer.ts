/**
 * What every tokenizer of the lab is: text in, ids out, and back.
 *
 * A tokenizer is made by a factory (`charTokenizer(model)`, `bpeTokenizer(model)`, ...) from plain data, its
 * *model*, which training returns and `save` writes. The same tokenizer must serve training and generation:
 * an id means nothing without the table that made it.
 */
export interface Tokenizer {
  /** The scheme, for reports: "word", "char", "byte", "bpe", "wordpiece" or "unigram". */
  readonly kind: string;
  /** Number of ids, special tokens included; ids are 0 .. vocabSize - 1 (gaps are possible in borrowed tables). */
  readonly vocabSize: number;
  /** Special tokens by name, e.g. { "<|endoftext|>": 50256 }. */
  readonly special: Readonly<Record<string, number>>;
  /** Text to ids. */
  encode(text: string, options?: EncodeOptions): number[];
  /** Ids to text. Throws a RangeError that names the first id outside the vocabulary. */
  decode(ids: ArrayLike<number>): string;
  /** The pieces behind the ids, with their place in the text: what a figure colours. */
  pieces(text: string, options?: EncodeOptions): Piece[];
  /** A printable form of one id (a byte that is no text on its own shows as <0xE4>). Throws as `decode` does. */
  token(id: number): string;
  /** The id of exactly this token, or undefined. */
  id(token: string): number | undefined;
}

export interface EncodeOptions {
  /**
   * Which special tokens may appear in the text as themselves: "all", "none" (default: their characters are
   * ordinary text, so a user cannot type <|endoftext|> and end a document), or a list of names.
   */
  readonly allowSpecial?: "all" | "none" | readonly string[];
}

/** One token of a text. `start` and `end` are UTF-16 offsets into the text that was encoded. */
export interface Piece {
  readonly id: number;
  /** Printable form of the token, as `Tokenizer.token(id)` gives it. */
  readonly token: string;
  readonly start: number;
  readonly end: number;
}
