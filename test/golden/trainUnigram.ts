/** Trains the two small models of our own that unigram.py hands to sentencepiece; prints them as JSON. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { trainUnigram } from "../../src/text/unigramTrain";

const read = (path: string) => readFileSync(join(__dirname, "..", "..", "datasets", path), "utf8");

export function trainOurs() {
  return {
    english: trainUnigram(read("tinyshakespeare/input.txt").slice(0, 200_000).split("\n"), {
      vocabSize: 1000,
    }),
    chinese: trainUnigram(read("chinese-classics/lunyu.txt").split("\n"), {
      vocabSize: 1800,
      characterCoverage: 0.99,
      byteFallback: true,
      removeExtraSpaces: false,
    }),
  };
}

if (require.main === module) process.stdout.write(JSON.stringify(trainOurs()));
