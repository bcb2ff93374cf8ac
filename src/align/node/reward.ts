/** Reward models on disk, for Node. */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { makeRng } from "../../engine";
import { writeSafetensors } from "../../checkpoints";
import type { SafetensorsOptions } from "../../checkpoints";
import { causalModel, parseJson, savedModelSchema } from "../../train";
import type { CausalParams, SavedConfig } from "../../train";
import { readTreeFile, writeWhole } from "../../train/node";
import { modelFolder } from "../../text/node/place";
import { disposeTree, namedTensors } from "../../tree";
import { initReward } from "../reward";
import type { RewardParams } from "../reward";

/** Writes what `loadReward` reads: model.json and model.safetensors. */
export async function saveReward(
  folder: string,
  config: SavedConfig,
  params: RewardParams<CausalParams>,
  options: SafetensorsOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeWhole(join(folder, "model.json"), `${JSON.stringify(config, null, 2)}\n`);
  const metadata = { format: "pt", ...options.metadata };
  await writeSafetensors(join(folder, "model.safetensors"), Object.fromEntries(namedTensors(params)), { ...options, metadata }); // prettier-ignore
}

/**
 * A reward model that `lab train` has trained; the caller frees it: `disposeTree`.
 * @param place a folder, or the name of one below datasets/, such as "tales-reward"
 * @throws Error that names the file that is missing or wrong, and the cure
 */
export async function loadReward(place: string): Promise<RewardParams<CausalParams>> {
  const folder = modelFolder(place);
  const json = join(folder, "model.json");
  if (!existsSync(json))
    throw new Error(`${folder}: it holds no reward model (no model.json). Cure: lab train rlhf --out FOLDER`);
  const config = parseJson(savedModelSchema, await readFile(json, "utf8"), json);
  const first = causalModel(config.model, config).init(makeRng(0));
  const like = initReward(first, config.model.dModel, makeRng(0));
  try {
    return await readTreeFile(join(folder, "model.safetensors"), like);
  } finally {
    disposeTree([first, like]);
  }
}
