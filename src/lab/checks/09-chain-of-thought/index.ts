import type { Lab } from "../../exercise";
import { ablate } from "./ablate";
import { chainAnswer } from "./chain-answer";
import { chainPrompt } from "./chain-prompt";
import { chooseShots } from "./choose-shots";
import { judge24 } from "./judge24";
import { majorityVote } from "./majority-vote";
import { scratchpad } from "./scratchpad";
import { treeStep } from "./tree-step";

/** Lab 09, in the order of the chapter. */
export const chainOfThoughtLab: Lab = {
  id: "09",
  topic: "09-chain-of-thought",
  title: "Chain of thought",
  exercises: [scratchpad, ablate, chainPrompt, chainAnswer, chooseShots, majorityVote, treeStep, judge24],
};
