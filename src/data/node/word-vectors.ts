import { join } from "node:path";
import { readSafetensors } from "../../checkpoints";
import { wordVectors } from "../../embeddings";
import type { WordVectors } from "../../embeddings";
import { labFolder } from "../../text/node/place";
import { readText } from "../../text/node/files";

/** The 3,773 GloVe vectors of datasets/word-vectors, 100 numbers a word. @throws Error that names the file */
export async function loadWordVectors(): Promise<WordVectors> {
  const folder = join(labFolder("datasets", "word-vectors"), "word-vectors");
  const words = readText(join(folder, "words.txt"), 2 ** 20)
    .trim()
    .split("\n");
  const file = await readSafetensors(join(folder, "vectors.safetensors"));
  try {
    const stored = await file.tensor("vectors");
    const values = await stored.data();
    stored.dispose();
    return wordVectors(words, values, values.length / words.length);
  } finally {
    await file.close();
  }
}
