/** The WordPiece of a Hugging Face `tokenizer.json`, as BERT and MiniLM have it. */
import { z } from "zod";
import { tokensOfVocab, vocabSchema } from "./bpeRead";
import { type WordPieceModel, wordPieceTokenizer } from "./wordpiece";

const file = z.object({
  normalizer: z.object({
    type: z.literal("BertNormalizer"),
    clean_text: z.boolean(),
    handle_chinese_chars: z.boolean(),
    strip_accents: z.boolean().nullish(),
    lowercase: z.boolean(),
  }),
  pre_tokenizer: z.object({ type: z.literal("BertPreTokenizer") }),
  added_tokens: z.array(z.object({ id: z.int().nonnegative(), content: z.string().min(1) })).default([]),
  model: z.object({
    type: z.literal("WordPiece").optional(),
    unk_token: z.string().min(1),
    continuing_subword_prefix: z.string().min(1),
    max_input_chars_per_word: z.int().positive(),
    vocab: vocabSchema,
  }),
});

/**
 * Reads a `tokenizer.json` whose model is a WordPiece behind BERT's normaliser. All added tokens become special tokens.
 * Its post-processor, padding and truncation are not read: `encode` gives what the original gives without special
 * tokens around, and `encodePair` puts them around.
 *
 * @throws Error that names the source and the first field that is wrong, or not supported
 */
export function readHuggingFaceWordPiece(json: string, source = "tokenizer.json"): WordPieceModel {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw new Error(`${source}: not JSON, or cut off (${(error as Error).message}).`);
  }
  const result = file.safeParse(data);
  if (!result.success) {
    const { path, message } = result.error.issues[0] as { path: PropertyKey[]; message: string };
    throw new Error(`${source}: ${path.map(String).join(".") || "the whole"}: ${message}.`);
  }
  const { normalizer, added_tokens, model } = result.data;
  const tokens = tokensOfVocab(model.vocab, {}, source);
  const gap = tokens.indexOf("");
  if (gap >= 0) throw new Error(`${source}: model.vocab has no token with the id ${gap}.`);
  for (const { id, content } of added_tokens) {
    if (tokens[id] === content) continue;
    if (id !== tokens.length)
      throw new Error(`${source}: the added token ${JSON.stringify(content)} has the id ${id} of another.`);
    tokens.push(content);
  }
  const found: WordPieceModel = {
    kind: "wordpiece",
    version: 1,
    tokens,
    special: added_tokens.map(({ content }) => content),
    unknown: model.unk_token,
    prefix: model.continuing_subword_prefix,
    maxWordLength: model.max_input_chars_per_word,
    normalizer: {
      cleanText: normalizer.clean_text,
      spaceChinese: normalizer.handle_chinese_chars,
      // Not said: as lower case.
      stripAccents: normalizer.strip_accents ?? normalizer.lowercase,
      lowercase: normalizer.lowercase,
    },
  };
  try {
    wordPieceTokenizer(found);
  } catch (error) {
    throw new Error(`${source}: ${(error as Error).message}`);
  }
  return found;
}
