/** Layer prompt: patterns and verbalizers, answers scored by a model, demonstrations chosen and ordered. */
export type { Scorer, ScoreRequest } from "./scorer";
