import type { Lab } from "../../exercise";
import { checkGradient } from "./check-gradient";
import { logSumExp } from "./log-sum-exp";
import { softmax } from "./softmax";

export const startHereLab: Lab = {
  id: "00",
  topic: "00-start-here",
  title: "Start here",
  tensors: true,
  exercises: [softmax, logSumExp, checkGradient],
};
