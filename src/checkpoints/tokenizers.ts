/** Tokenizers and chat templates of published models. What we cannot read exactly, we do not read. */
import { createHash } from "node:crypto";
import { readHuggingFaceBpe, readHuggingFaceWordPiece, readMerges } from "../text";
import type { BpeModel, ChatTemplateName, SplitName, TokenizerModel } from "../text";
import { type GgufHeader, showValue } from "./gguf";

/**
 * The tokenizer of a `tokenizer.json`: byte-level BPE or BERT's WordPiece.
 *
 * @throws Error that names the source and the field that is wrong, or not supported
 */
export function readTokenizerJson(json: string, source = "tokenizer.json"): TokenizerModel {
  // The kind is a word in the file; all else is checked by the reader of that kind.
  const kind = /"type"\s*:\s*"(BPE|WordPiece|Unigram|WordLevel)"/.exec(json)?.[1];
  if (kind === "BPE") return readHuggingFaceBpe(json, source);
  if (kind === "WordPiece") return readHuggingFaceWordPiece(json, source);
  throw new Error(`${source}: model.type is ${kind ?? "missing or unknown"}; BPE and WordPiece can be read.`);
}

/** How llama.cpp calls the rules by which words are cut. */
const ggufSplits: Readonly<Record<string, SplitName>> = { smollm: "gpt2Digits", "gpt-2": "gpt2" };
/** Kinds of tokens there. */
const [CONTROL, USER_DEFINED] = [3, 4];

/**
 * The tokenizer in the metadata of a GGUF file: a byte-level BPE ("gpt2" there).
 *
 * @throws Error that names the file and the key that is missing, wrong or not supported
 */
export function readGgufTokenizer(header: GgufHeader, file: string): BpeModel {
  const { metadata } = header;
  const fail = (key: string, why: string): never => {
    throw new Error(`${file}: tokenizer.ggml.${key} ${why}.`);
  };
  const strings = (key: string): string[] => {
    const value = metadata.get(`tokenizer.ggml.${key}`);
    if (Array.isArray(value) && value.every((each) => typeof each === "string")) return value;
    return fail(key, "is no list of texts");
  };
  const model = metadata.get("tokenizer.ggml.model");
  if (model !== "gpt2")
    fail(
      "model",
      `is ${model === undefined ? "missing" : showValue(model)}; only "gpt2", a byte-level BPE, can be read`,
    );
  const pre = String(metadata.get("tokenizer.ggml.pre"));
  const split = Object.hasOwn(ggufSplits, pre) ? ggufSplits[pre] : undefined;
  if (!split)
    return fail("pre", `is ${JSON.stringify(pre)}; ${Object.keys(ggufSplits).join(", ")} can be read`);
  const tokens = strings("tokens");
  const types = metadata.get("tokenizer.ggml.token_type");
  if (!Array.isArray(types) || types.length !== tokens.length)
    return fail("token_type", "is not as long as tokens");
  const special: Record<string, number> = {};
  const vocab: Record<string, number> = {};
  tokens.forEach((token, id) => {
    const into = types[id] === CONTROL || types[id] === USER_DEFINED ? special : vocab;
    if (Object.hasOwn(into, token)) fail("tokens", `has ${JSON.stringify(token)} twice`);
    into[token] = id;
  });
  const merges = strings("merges").join("\n");
  const options = { split, special, missingBytes: "drop" as const };
  return readMerges(merges, { ...options, source: `${file}: tokenizer.ggml` }, JSON.stringify(vocab));
}

/** Templates by the sha256 of the Jinja text that they were compared with, letter by letter (test/golden/chat.py). */
const knownTemplates: Readonly<Record<string, ChatTemplateName>> = {
  "872be49dbb638044ad01b60388f48d469ff2980e5f0dccdc22ec907db54d0788": "smollm2",
  "153280e3ff55d19da1398bdb3914ee2a51b80429bfaedde11d7d216c39db80f3": "chatml",
  ba03a121d097859c7b5b9cd03af99aafe95275210d2876f642ad9929a150f122: "llama3",
  e8d5b5a546d3f19df16a5320c614fab05bdc4edd50e850f1afd947b503ea41cf: "llama2",
  "66291cf0045c2425a3a667cf3cbb7af2b11f09e025c02f97245323ab79119362": "zephyr",
};

/** Our template that writes what this Jinja text writes; undefined where none is known to. */
export function findChatTemplate(jinja: string): ChatTemplateName | undefined {
  const hash = createHash("sha256").update(jinja.trimEnd()).digest("hex");
  return Object.hasOwn(knownTemplates, hash) ? knownTemplates[hash] : undefined;
}
