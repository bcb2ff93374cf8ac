import type { Lab } from "../../exercise";
import { analogy } from "./analogy";
import { cosine } from "./cosine";
import { countNeighbours } from "./count-neighbours";
import { gloveLoss } from "./glove-loss";
import { negativeSampling } from "./negative-sampling";
import { ppmi } from "./ppmi";
import { simcse } from "./simcse";

/** Lab 02, in the order of the chapter. */
export const embeddingsLab: Lab = {
  id: "02",
  topic: "02-embeddings",
  title: "Embeddings",
  tensors: true,
  exercises: [cosine, countNeighbours, ppmi, negativeSampling, gloveLoss, analogy, simcse],
};
