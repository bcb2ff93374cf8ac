import type { Lab } from "../../exercise";
import { countGpt2 } from "./count-gpt2";
import { crossAttention } from "./cross-attention";
import { layerNorm } from "./layer-norm";
import { residualPart } from "./residual-part";
import { rmsNorm } from "./rms-norm";
import { shiftRight } from "./shift-right";
import { swiglu } from "./swiglu";
import { trainingFlops } from "./training-flops";

export const architecturesLab: Lab = {
  id: "05",
  topic: "05-architectures",
  title: "Architectures",
  tensors: true,
  exercises: [layerNorm, rmsNorm, residualPart, swiglu, shiftRight, crossAttention, countGpt2, trainingFlops],
};
