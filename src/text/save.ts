/** Tokenizers as JSON: written, read back and checked field by field. No files here: this also runs in a browser. */
import { z } from "zod";
import { bpeTokenizer } from "./bpe";
import type { BpeModel } from "./bpeModel";
import { type ByteModel, byteTokenizer } from "./byte";
import { type CharModel, charTokenizer } from "./char";
import type { Tokenizer } from "./tokenizer";
import { type UnigramModel, unigramTokenizer } from "./unigram";
import { type WordModel, wordTokenizer } from "./word";
import { type WordPieceModel, wordPieceTokenizer } from "./wordpiece";

/** Every tokenizer of the lab as plain data. */
export type TokenizerModel = WordModel | CharModel | ByteModel | BpeModel | WordPieceModel | UnigramModel;

/** Largest file that is read (a vocabulary of 200,000 tokens takes 6 MB), most tokens, longest token. */
export const MAX_TOKENIZER_BYTES = 64 * 2 ** 20;
const MAX_TOKENS = 2 ** 21;
const MAX_TOKEN_LENGTH = 2 ** 16;

const name = z.string().min(1).max(MAX_TOKEN_LENGTH);
const names = z.array(name).max(MAX_TOKENS);
const id = z.int().nonnegative().lt(MAX_TOKENS);
const version = z.literal(1);
const list = { version, tokens: names, special: names, unknown: name };

const schemas = {
  word: z.strictObject({ kind: z.literal("word"), ...list, lowercase: z.boolean() }),
  char: z.strictObject({ kind: z.literal("char"), ...list }),
  byte: z.strictObject({ kind: z.literal("byte"), version, special: names }),
  bpe: z.strictObject({
    kind: z.literal("bpe"),
    version,
    split: z.enum(["gpt2", "gpt2Digits", "cl100k", "o200k", "none"]),
    tokens: z.array(z.string().max(MAX_TOKEN_LENGTH)).max(MAX_TOKENS), // "" is a gap
    merges: z.union([z.array(z.tuple([id, id])).max(MAX_TOKENS), z.literal("ranks")]),
    wholeWords: z.boolean(),
    missingBytes: z.literal("drop").optional(),
    special: z.record(name, id),
  }),
  wordpiece: z.strictObject({
    kind: z.literal("wordpiece"),
    ...list,
    prefix: name,
    maxWordLength: z.int().positive(),
    normalizer: z.strictObject({
      cleanText: z.boolean(),
      spaceChinese: z.boolean(),
      stripAccents: z.boolean(),
      lowercase: z.boolean(),
    }),
  }),
  unigram: z.strictObject({
    kind: z.literal("unigram"),
    ...list,
    scores: z.array(z.number()).max(MAX_TOKENS),
    byteFallback: z.boolean(),
    dummyPrefix: z.boolean(),
    removeExtraSpaces: z.boolean(),
  }),
} satisfies Record<TokenizerModel["kind"], z.ZodType<TokenizerModel>>;

const kinds = Object.keys(schemas) as TokenizerModel["kind"][];

/** The tokenizer of any model. @throws RangeError when the model contradicts itself */
export function tokenizerOf(model: TokenizerModel): Tokenizer {
  switch (model.kind) {
    case "word":
      return wordTokenizer(model);
    case "char":
      return charTokenizer(model);
    case "byte":
      return byteTokenizer(model);
    case "bpe":
      return bpeTokenizer(model);
    case "wordpiece":
      return wordPieceTokenizer(model);
    case "unigram":
      return unigramTokenizer(model);
  }
}

/** A model as one line of JSON; the same model gives the same text. */
export function tokenizerToJson(model: TokenizerModel): string {
  return `${JSON.stringify(model)}\n`;
}

/**
 * Reads a model from JSON and checks it whole: kind, version, each field, and that they fit together.
 *
 * @param source what to call the text in an error: a file's path
 * @throws Error that names the source and the field
 */
export function parseTokenizerModel(json: string, source = "tokenizer"): TokenizerModel {
  if (json.length > MAX_TOKENIZER_BYTES) {
    throw new Error(
      `${source}: ${json.length} characters, more than the ${MAX_TOKENIZER_BYTES} that are read.`,
    );
  }
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${source}: not JSON, or cut off (${why}). Save the tokenizer again.`);
  }
  const kind = typeof data === "object" && data !== null && "kind" in data ? data.kind : undefined;
  const known = kinds.find((one) => one === kind);
  if (known === undefined) {
    throw new Error(`${source}: kind is ${short(kind)}, expected one of ${kinds.join(", ")}.`);
  }
  const checked = schemas[known].safeParse(data);
  if (!checked.success) {
    const { path, message } = checked.error.issues[0];
    throw new Error(`${source}: ${fieldName(path) || "the file"}: ${message}.`);
  }
  const model: TokenizerModel = checked.data;
  try {
    tokenizerOf(model);
  } catch (error) {
    throw new Error(`${source}: ${error instanceof Error ? error.message : String(error)}`);
  }
  return model;
}

/** The tokenizer of a model in JSON. @throws as `parseTokenizerModel` */
export function parseTokenizer(json: string, source?: string): Tokenizer {
  return tokenizerOf(parseTokenizerModel(json, source));
}

/** ["merges", 3, 0] as merges[3][0]. */
function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : i === 0 ? String(key) : `.${String(key)}`))
    .join("");
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? "missing";
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
