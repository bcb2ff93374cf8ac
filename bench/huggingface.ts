import { Tokenizer } from "@huggingface/tokenizers";
import type { BpeModel } from "../src/text";

/** GPT-2 in Hugging Face's own JavaScript tokenizer; `encode` of one text at a time. */
export function huggingFace(model: BpeModel, text: string): () => number[] {
  const vocab = Object.fromEntries(model.tokens.map((token, id) => [token, id]));
  const json = {
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: null,
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab, merges: mergeList(model), unk_token: null, continuing_subword_prefix: "", end_of_word_suffix: "", fuse_unk: false, byte_fallback: false, ignore_merges: false },
  }; // prettier-ignore
  const tokenizer = new Tokenizer(json, { model_max_length: 1e9 });
  return () => tokenizer.encode(text).ids;
}

/**
 * The list of merges behind a table of ranks: each token's last merge is what joins the two tokens that remain when it
 * is encoded with the lower ranks alone.
 */
function mergeList(model: BpeModel): [string, string][] {
  const rank = new Map(model.tokens.map((token, id) => [token, id]));
  return model.tokens.slice(256).map((token, i) => {
    let parts = [...token];
    while (parts.length > 2) {
      let best = -1;
      let lowest = 256 + i;
      for (let k = 0; k + 1 < parts.length; k++) {
        const found = rank.get(parts[k] + parts[k + 1]) ?? Infinity;
        if (found < lowest) [best, lowest] = [k, found];
      }
      parts = [...parts.slice(0, best), parts[best] + parts[best + 1], ...parts.slice(best + 2)];
    }
    return [parts[0], parts[1]];
  });
}
