/** Reward models on disk, for Node. */
import { existsSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "../../checkpoints";
import type { SafetensorsOptions } from "../../checkpoints";
import type { CausalParams, SavedConfig } from "../../train";
import { writeWhole } from "../../text/node/files";
import { modelFolder } from "../../text/node/place";
import { namedTensors } from "../../tree";
import { openReward } from "../openReward";
import type { RewardParams } from "../reward";

/** Writes what `loadReward` reads: model.json and model.safetensors. */
export async function saveReward(
  folder: string,
  config: SavedConfig,
  params: RewardParams<CausalParams>,
  options: SafetensorsOptions,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  writeWhole(join(folder, "model.json"), `${JSON.stringify(config, null, 2)}\n`);
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
  const weights = await readSafetensors(join(folder, "model.safetensors"));
  try {
    return (await openReward({ name: folder, model: await readFile(json, "utf8"), weights })).params;
  } finally {
    await weights.close();
  }
}
