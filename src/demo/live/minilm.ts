/** MiniLM with its head for masks (datasets/minilm-mlm), packed in 8 bits, in Node and in a page. */
import { isRecord } from "../../engine";
import { bertModel, wordPieceTokenizer } from "../../text";
import type { Tokenizer } from "../../text";
import type { BertConfig, BertParams } from "../../models";
import { disposeTree } from "../../tree";
import { linesOf, textFile } from "./models";
import { unpackRows } from "./rows8";
import type { Files } from "./widget";

export interface OpenMiniLM {
  readonly config: BertConfig;
  readonly params: BertParams;
  readonly tokenizer: Tokenizer;
  /** The id of [MASK]. */
  readonly mask: number;
  dispose(): void;
}

/** @throws Error that names the file that is wrong, and the cure */
export async function openMiniLM(files: Files): Promise<OpenMiniLM> {
  const vocabulary = linesOf(await textFile(files, "minilm-wordpiece/vocab.txt"));
  const tokenizer = wordPieceTokenizer(bertModel(vocabulary));
  const config: unknown = JSON.parse(await textFile(files, "minilm-packed/config.json"));
  if (!isRecord(config) || config["vocabSize"] !== vocabulary.length)
    throw new Error(
      "minilm-packed/config.json is not of this vocabulary. Cure: build the site again (lab demo).",
    );
  const name = "minilm-packed/model.safetensors";
  const params = unpackRows(await files.bytes(name), name) as BertParams;
  return {
    config: config as unknown as BertConfig,
    params,
    tokenizer,
    mask: tokenizer.special["[MASK]"] as number,
    dispose: () => disposeTree(params),
  };
}
