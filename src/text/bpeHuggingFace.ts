/** The byte-level BPE of a Hugging Face `tokenizer.json`. */
import { z } from "zod";
import type { BpeModel } from "./bpeModel";
import { byteToPrintable } from "./bytes";
import { modelOfMerges, tokensOfVocab, vocabSchema } from "./bpeRead";
import type { SplitName } from "./split";

const byteLevel = z.object({
  type: z.literal("ByteLevel"),
  add_prefix_space: z.boolean(),
  use_regex: z.boolean().default(true),
});
const splitRule = z.object({
  type: z.literal("Split"),
  pattern: z.object({ Regex: z.string() }),
  behavior: z.literal("Isolated"),
  invert: z.literal(false),
});
const digits = z.object({ type: z.literal("Digits"), individual_digits: z.literal(true) });
const preTokenizer = z.union(
  [
    byteLevel,
    z.object({
      type: z.literal("Sequence"),
      pretokenizers: z.tuple([z.union([splitRule, digits]), byteLevel]),
    }),
  ],
  { error: "only ByteLevel alone, or after one Split by a pattern or Digits one by one, is supported" },
);

const file = z.object({
  normalizer: z.null().optional(),
  pre_tokenizer: z.unknown(),
  added_tokens: z.array(z.object({ id: z.int().nonnegative(), content: z.string().min(1) })).default([]),
  model: z.object({
    type: z.literal("BPE"),
    dropout: z.null().optional(),
    unk_token: z.string().nullish(),
    continuing_subword_prefix: z.union([z.null(), z.literal("")]).optional(),
    end_of_word_suffix: z.union([z.null(), z.literal("")]).optional(),
    ignore_merges: z.boolean().default(false),
    vocab: vocabSchema,
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
  }),
});

/** Split rules as they stand in such files, letter by letter OpenAI's own; another pattern may cut otherwise. */
const knownPatterns: Readonly<Record<string, SplitName>> = {
  "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++|\\p{N}{1,3}+| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]|\\s+(?!\\S)|\\s":
    "cl100k",
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+":
    "o200k",
};

/**
 * Reads a `tokenizer.json` whose model is a byte-level BPE without normalizer, cut as GPT-2 does it (with digits
 * apart, as SmolLM2) or by one of OpenAI's patterns. All added tokens become special tokens. Its post-processor is not read: `encode` gives what
 * the original gives without special tokens around.
 *
 * @throws Error that names the source and the first field that is wrong, or not supported
 */
export function readHuggingFaceBpe(json: string, source = "tokenizer.json"): BpeModel {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw new Error(
      `${source}: not JSON, or cut off (${error instanceof Error ? error.message : String(error)}).`,
    );
  }
  const { added_tokens, model, pre_tokenizer } = parse(file, data, source);
  const split = splitOf(parse(preTokenizer, pre_tokenizer, source, "pre_tokenizer"), source);
  const special = Object.fromEntries(added_tokens.map(({ content, id }) => [content, id]));
  const tokens = tokensOfVocab(model.vocab, special, source);
  const pairs = model.merges.map((merge, i): [string, string] => {
    const [left, right, ...more] = typeof merge === "string" ? merge.split(" ") : merge;
    if (!left || !right || more.length > 0)
      throw new Error(`${source}: model.merges[${i}] is not two tokens.`);
    return [left, right];
  });
  const rest = { split, tokens, pairs, special, wholeWords: model.ignore_merges };
  return modelOfMerges({ ...rest, ...dropping(tokens, model.unk_token, source) }, source);
}

/** What becomes of bytes that are no tokens. With an unknown token it would be that; such a file is not read. */
function dropping(
  tokens: readonly string[],
  unknown: string | null | undefined,
  source: string,
): { missingBytes?: "drop" } {
  const all = new Set(tokens);
  if (byteToPrintable.every((char) => all.has(char))) return {};
  if (unknown == null) return { missingBytes: "drop" };
  throw new Error(`${source}: model.unk_token beside a vocabulary without all bytes is not supported.`);
}

function splitOf(rule: z.infer<typeof preTokenizer>, source: string): SplitName {
  const bytes = rule.type === "ByteLevel" ? rule : rule.pretokenizers[1];
  if (bytes.add_prefix_space)
    throw new Error(`${source}: pre_tokenizer.add_prefix_space is true; only false is supported.`);
  if (rule.type === "ByteLevel") return bytes.use_regex ? "gpt2" : "none";
  const first = rule.pretokenizers[0];
  if (first.type === "Digits") {
    if (bytes.use_regex) return "gpt2Digits";
    throw new Error(`${source}: pre_tokenizer: Digits without GPT-2's pattern after it is not supported.`);
  }
  const { Regex: pattern } = first.pattern;
  const known =
    Object.hasOwn(knownPatterns, pattern) && !bytes.use_regex ? knownPatterns[pattern] : undefined;
  if (known === undefined)
    throw new Error(`${source}: the split pattern ${JSON.stringify(pattern)} is not supported.`);
  return known;
}

function parse<T>(schema: z.ZodType<T>, data: unknown, source: string, field = "the whole"): T {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0];
  throw new Error(`${source}: ${path.map(String).join(".") || field}: ${message}.`);
}
