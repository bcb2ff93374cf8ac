import type { Lab } from "../../exercise";
import { alibiBias } from "./alibi-bias";
import { alibiSlopes } from "./alibi-slopes";
import { applyRope } from "./apply-rope";
import { glmPositions } from "./glm-positions";
import { permutationGap } from "./permutation-gap";
import { relativeBucket } from "./relative-bucket";
import { ropeScore } from "./rope-score";
import { sinusoids } from "./sinusoids";

export const positionalEncodingLab: Lab = {
  id: "03",
  topic: "03-positional-encoding",
  title: "Positional encoding",
  tensors: true,
  exercises: [
    permutationGap,
    sinusoids,
    applyRope,
    ropeScore,
    alibiSlopes,
    alibiBias,
    relativeBucket,
    glmPositions,
  ],
};
