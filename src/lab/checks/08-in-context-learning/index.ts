import type { Lab } from "../../exercise";
import { calibrate } from "./calibrate";
import { fewShotPrompt } from "./few-shot-prompt";
import { globalEntropy } from "./global-entropy";
import { inductionGuess } from "./induction-guess";
import { mamlGradient } from "./maml-gradient";
import { nearestShots } from "./nearest-shots";
import { ridgePrediction } from "./ridge-prediction";
import { seedInterval } from "./seed-interval";

/** Lab 08, in the order of the chapter. */
export const inContextLab: Lab = {
  id: "08",
  topic: "08-in-context-learning",
  title: "In-context learning",
  exercises: [
    fewShotPrompt,
    seedInterval,
    calibrate,
    nearestShots,
    globalEntropy,
    inductionGuess,
    ridgePrediction,
    mamlGradient,
  ],
};
