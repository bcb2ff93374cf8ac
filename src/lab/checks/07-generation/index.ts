import type { Lab } from "../../exercise";
import { acceptDraft } from "./accept-draft";
import { cachedAttention } from "./cached-attention";
import { softmaxTemperature } from "./softmax-temperature";
import { speculativeGain } from "./speculative-gain";
import { topK } from "./top-k";
import { topP } from "./top-p";
import { treeBuffers } from "./tree-buffers";
import { typicalAcceptance } from "./typical-acceptance";

/** Lab 07, in the order of the chapter. */
export const generationLab: Lab = {
  id: "07",
  topic: "07-generation",
  title: "Generation",
  tensors: true,
  exercises: [
    softmaxTemperature,
    topK,
    topP,
    cachedAttention,
    acceptDraft,
    speculativeGain,
    treeBuffers,
    typicalAcceptance,
  ],
};
