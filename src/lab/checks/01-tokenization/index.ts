import type { Lab } from "../../exercise";
import { countPairs } from "./count-pairs";
import { decodeBytes } from "./decode-bytes";
import { encodeBpe } from "./encode-bpe";
import { encodeChars } from "./encode-chars";
import { mergePair } from "./merge-pair";
import { trainBpe } from "./train-bpe";
import { viterbi } from "./viterbi";
import { wordPiece } from "./wordpiece";

/** Lab 01, in rising difficulty. */
export const tokenizationLab: Lab = {
  id: "01",
  topic: "01-tokenization",
  title: "Tokenization",
  exercises: [encodeChars, countPairs, mergePair, decodeBytes, trainBpe, encodeBpe, wordPiece, viterbi],
};
