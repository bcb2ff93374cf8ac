import { z } from "zod";
import type { BartConfig } from "../../models";
import { bartNames } from "../names/bart";
import { type Family, layersField, only, rateField, readFields, sizeField } from "./types";

/** What `BartConfig` has, with its values where a file says nothing. */
const fields = z.object({
  vocab_size: sizeField.default(50265),
  max_position_embeddings: sizeField.default(1024),
  d_model: sizeField.default(1024),
  encoder_layers: layersField.default(12),
  decoder_layers: layersField.default(12),
  encoder_attention_heads: layersField.default(16),
  decoder_attention_heads: layersField.default(16),
  encoder_ffn_dim: sizeField.default(4096),
  decoder_ffn_dim: sizeField.default(4096),
  dropout: rateField.default(0.1),
  attention_dropout: rateField.default(0),
  activation_function: only("gelu"),
  scale_embedding: only(false),
  tie_word_embeddings: only(true),
  // Of the first files: BART has the norm after each part, and no norm at the end.
  normalize_before: only(false),
  add_final_layer_norm: only(false),
});

/** BART: `BartForConditionalGeneration`. */
export const bartFamily: Family<BartConfig> = {
  modelType: "bart",
  architecture: "BartForConditionalGeneration",
  read(json, where) {
    const found = readFields(fields, json, where);
    for (const heads of [found.encoder_attention_heads, found.decoder_attention_heads])
      if (found.d_model % heads !== 0)
        throw new Error(`${where}: d_model ${found.d_model} is no multiple of ${heads} heads.`);
    return {
      vocabSize: found.vocab_size,
      context: found.max_position_embeddings,
      dModel: found.d_model,
      nLayer: found.encoder_layers,
      nDecoderLayer: found.decoder_layers,
      nHead: found.encoder_attention_heads,
      nDecoderHead: found.decoder_attention_heads,
      dFfn: found.encoder_ffn_dim,
      dDecoderFfn: found.decoder_ffn_dim,
      rate: found.dropout,
      attentionRate: found.attention_dropout,
    };
  },
  write(config) {
    const { dModel, nLayer, nHead, dFfn = 4 * dModel, epsilon = 1e-5 } = config;
    if (epsilon !== 1e-5) throw new Error(`BART of Hugging Face has an epsilon of 1e-5, not ${epsilon}.`);
    return {
      vocab_size: config.vocabSize,
      max_position_embeddings: config.context,
      d_model: dModel,
      encoder_layers: nLayer,
      decoder_layers: config.nDecoderLayer ?? nLayer,
      encoder_attention_heads: nHead,
      decoder_attention_heads: config.nDecoderHead ?? nHead,
      encoder_ffn_dim: dFfn,
      decoder_ffn_dim: config.dDecoderFfn ?? dFfn,
      dropout: config.rate ?? 0,
      attention_dropout: config.attentionRate ?? 0,
      activation_dropout: 0,
      activation_function: "gelu",
      scale_embedding: false,
      is_encoder_decoder: true,
      tie_word_embeddings: true,
      // transformers' own numbers, where the vocabulary has them.
      ...(config.vocabSize > 2
        ? { bos_token_id: 0, pad_token_id: 1, eos_token_id: 2, decoder_start_token_id: 2 }
        : {}),
    };
  },
  names: bartNames,
};
