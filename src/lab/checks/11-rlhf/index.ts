import type { Lab } from "../../exercise";
import { bestOfN } from "./best-of-n";
import { clippedLoss } from "./clipped-loss";
import { dpoLoss } from "./dpo-loss";
import { gae } from "./gae";
import { pairLoss } from "./pair-loss";
import { ptxLoss } from "./ptx-loss";
import { rankingLoss } from "./ranking-loss";
import { shapedRewards } from "./shaped-rewards";

/** Lab 11, in the order of the chapter. */
export const rlhfLab: Lab = {
  id: "11",
  topic: "11-rlhf",
  title: "RLHF",
  tensors: true,
  exercises: [pairLoss, rankingLoss, shapedRewards, gae, clippedLoss, ptxLoss, bestOfN, dpoLoss],
};
