import type { Lab } from "../../exercise";
import { bigram } from "./bigram";
import { blankInfilling } from "./blank-infilling";
import { kneserNey } from "./kneser-ney";
import { maskTokens } from "./mask-tokens";
import { nextTokenLoss } from "./next-token-loss";
import { perplexity } from "./perplexity";
import { powerLaw } from "./power-law";
import { spanCorruption } from "./span-corruption";

/** Lab 06, in the order of the chapter. */
export const pretrainingLab: Lab = {
  id: "06",
  topic: "06-pretraining",
  title: "Pretraining",
  exercises: [
    bigram,
    perplexity,
    kneserNey,
    nextTokenLoss,
    maskTokens,
    spanCorruption,
    blankInfilling,
    powerLaw,
  ],
};
