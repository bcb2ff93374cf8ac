import type { Lab } from "../../exercise";
import { answerScore } from "./answer-score";
import { distillationLoss } from "./distillation-loss";
import { labelProbabilities } from "./label-probabilities";
import { nextTrainingSet } from "./next-training-set";
import { petLoss } from "./pet-loss";
import { shortenPrompt } from "./shorten-prompt";
import { softLabels } from "./soft-labels";
import { wordScore } from "./word-score";

/** Lab 10, in the order of the chapter. */
export const petVerbalizersLab: Lab = {
  id: "10",
  topic: "10-pet-verbalizers",
  title: "PET and verbalizers",
  exercises: [
    shortenPrompt,
    labelProbabilities,
    answerScore,
    wordScore,
    petLoss,
    softLabels,
    distillationLoss,
    nextTrainingSet,
  ],
};
