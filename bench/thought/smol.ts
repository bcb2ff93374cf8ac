/** SmolLM2-135M-Instruct as a writer whose calls are kept in .lab/thought: an experiment that was stopped goes on. */
import { join } from "node:path";
import { loadModel } from "../../src/checkpoints";
import { makeRng, useEngine } from "../../src/engine";
import { decoderOf } from "../../src/generate";
import { cachedWrite, causalScorer, sharedWriter } from "../../src/prompt";
import type { Write } from "../../src/prompt";
import { fileStore } from "../../src/prompt/node";
import { work } from "./runs";

const seed = 1;

export async function openSmol() {
  const { engine, device } = await useEngine({});
  const model = await loadModel("smollm2-135m-instruct", { weights: "file" });
  const { tokenizer } = model;
  if (!tokenizer) throw new Error("smollm2-135m-instruct has no tokenizer");
  const decoder = decoderOf(model);
  const ids = Object.values(tokenizer.special); // none of them belongs into an answer
  const { write: ask, dispose } = sharedWriter({
    decoder,
    tokenizer,
    rng: makeRng(seed),
    size: 704,
    stop: { ids },
  });
  const store = fileStore(join(work, "calls.jsonl"));
  const identity = { model: "smollm2-135m-instruct", weights: "file", version: `write 1, seed ${seed}` };
  const cached = cachedWrite(ask, store, identity);
  const write: Write = (prompt, options) => cached.write(prompt, options);
  const scorer = causalScorer(decoder, { widths: [1, 8, 64] });
  return {
    about: { model: "smollm2-135m-instruct, the file's weights", seed, engine, device },
    write,
    /** Log-probabilities of answers after a prompt. */
    score: async (prompt: string, answers: readonly string[]): Promise<number[]> => {
      const request = {
        prompt: tokenizer.encode(prompt),
        answers: answers.map((text) => tokenizer.encode(text)),
      };
      return [...((await scorer.score([request]))[0] as readonly number[])];
    },
    counts: () => `${cached.asked} calls asked, ${cached.kept} kept`,
    close: (): void => {
      dispose();
      scorer.dispose();
      model.dispose();
    },
  };
}
