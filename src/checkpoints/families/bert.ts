import { z } from "zod";
import type { BertConfig } from "../../models";
import { bertNames } from "../names/bert";
import { epsilonField, type Family, layersField, only, rateField, readFields, sizeField } from "./types";

/** What `BertConfig` has, with its values where a file says nothing. */
const fields = z.object({
  vocab_size: sizeField.default(30522),
  hidden_size: sizeField.default(768),
  num_hidden_layers: layersField.default(12),
  num_attention_heads: layersField.default(12),
  intermediate_size: sizeField.default(3072),
  hidden_act: only("gelu"),
  hidden_dropout_prob: rateField.default(0.1),
  max_position_embeddings: sizeField.default(512),
  type_vocab_size: sizeField.default(2),
  layer_norm_eps: epsilonField.default(1e-12),
  position_embedding_type: only("absolute"),
  is_decoder: only(false),
  tie_word_embeddings: only(true),
});

/** BERT, MiniLM: `BertForPreTraining`, or any part of it. */
export const bertFamily: Family<BertConfig> = {
  modelType: "bert",
  architecture: "BertForPreTraining",
  read(json, where) {
    const found = readFields(fields, json, where);
    if (found.hidden_size % found.num_attention_heads !== 0)
      throw new Error(
        `${where}: hidden_size ${found.hidden_size} is no multiple of num_attention_heads ${found.num_attention_heads}.`,
      );
    return {
      vocabSize: found.vocab_size,
      context: found.max_position_embeddings,
      dModel: found.hidden_size,
      nLayer: found.num_hidden_layers,
      nHead: found.num_attention_heads,
      dFfn: found.intermediate_size,
      segments: found.type_vocab_size,
      rate: found.hidden_dropout_prob,
      epsilon: found.layer_norm_eps,
    };
  },
  write(config) {
    const { dModel, dFfn = 4 * dModel, segments = 2, rate = 0, epsilon = 1e-12 } = config;
    return {
      vocab_size: config.vocabSize,
      hidden_size: dModel,
      num_hidden_layers: config.nLayer,
      num_attention_heads: config.nHead,
      intermediate_size: dFfn,
      hidden_act: "gelu",
      hidden_dropout_prob: rate,
      attention_probs_dropout_prob: rate,
      max_position_embeddings: config.context,
      type_vocab_size: segments,
      layer_norm_eps: epsilon,
      position_embedding_type: "absolute",
      pad_token_id: 0,
      tie_word_embeddings: true,
    };
  },
  names: bertNames,
};
