import type { Lab } from "../../exercise";
import { attention } from "./attention";
import { causalMask } from "./causal-mask";
import { inductionScore } from "./induction-score";
import { kvCacheBytes } from "./kv-cache-bytes";
import { multiHeadAttention } from "./multi-head";
import { repeatKv } from "./repeat-kv";
import { splitHeads } from "./split-heads";
import { stridedMask } from "./strided-mask";

export const multiHeadLab: Lab = {
  id: "04",
  topic: "04-multi-head-attention",
  title: "Multi-head attention",
  tensors: true,
  exercises: [
    attention,
    causalMask,
    splitHeads,
    multiHeadAttention,
    repeatKv,
    kvCacheBytes,
    stridedMask,
    inductionScore,
  ],
};
