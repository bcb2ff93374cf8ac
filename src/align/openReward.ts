import { makeRng } from "../engine";
import { causalModel, parseJson, readTree, savedModelSchema } from "../train";
import type { CausalParams, SavedConfig, SavedFiles } from "../train";
import { disposeTree } from "../tree";
import { initReward } from "./reward";
import type { RewardParams } from "./reward";

/** A reward model that was trained. */
export interface SavedReward {
  readonly config: SavedConfig;
  /** The caller disposes them. */
  readonly params: RewardParams<CausalParams>;
}

/** A reward model of its files, in Node and in a page. @throws Error that names the file that is wrong, and the cure */
export async function openReward({
  name,
  model,
  weights,
}: Omit<SavedFiles, "tokenizer">): Promise<SavedReward> {
  const config = parseJson(savedModelSchema, model, `${name}/model.json`);
  const first = causalModel(config.model, config).init(makeRng(0));
  const like = initReward(first, config.model.dModel, makeRng(0));
  try {
    return { config, params: await readTree(weights, `${name}/model.safetensors`, like) };
  } finally {
    disposeTree([first, like]);
  }
}
