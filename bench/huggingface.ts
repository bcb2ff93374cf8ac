import { Tokenizer } from "@huggingface/tokenizers";
import { type BpeModel, writeMerges } from "../src/text";

/** GPT-2 in Hugging Face's own JavaScript tokenizer; `encode` of one text at a time. */
export function huggingFace(model: BpeModel): (text: string) => number[] {
  const vocab = Object.fromEntries(model.tokens.map((token, id) => [token, id]));
  const merges = writeMerges(model)
    .split("\n")
    .slice(1, -1)
    .map((line) => line.split(" "));
  const json = {
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab, merges, unk_token: null, continuing_subword_prefix: "", end_of_word_suffix: "", fuse_unk: false, byte_fallback: false, ignore_merges: false },
  }; // prettier-ignore
  const tokenizer = new Tokenizer(json, { model_max_length: 1e9 });
  return (text) => tokenizer.encode(text).ids;
}
