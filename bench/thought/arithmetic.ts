/**
 * Accuracy of a model that a recipe arithmetic-* trained, on held-out sums by their digits:
 * npx tsx bench/thought/arithmetic.ts FOLDER [PROBLEMS OF EACH SIZE]
 */
import { arithmeticProblems, chainForms } from "../../src/data";
import { makeRng, useEngine } from "../../src/engine";
import { trainedDecoder } from "../../src/generate";
import { arithmeticScores, decoderWriter } from "../../src/prompt";
import { loadTrained } from "../../src/train/node";

async function main(place: string, count: number): Promise<void> {
  const form = chainForms.find((each) => place.replace(/\/+$/, "").endsWith(each));
  if (!form) throw new Error(`${place}: its name must end in a form, one of ${chainForms.join(", ")}`);
  await useEngine({});
  const saved = await loadTrained(place);
  const decoder = trainedDecoder(saved);
  const { writeEach } = decoderWriter({ decoder, tokenizer: saved.tokenizer, rng: makeRng(1), batch: count });
  const problems = [2, 3, 4].flatMap((size) =>
    arithmeticProblems({ count, digits: [size], part: "test" }, makeRng(11)),
  );
  const started = performance.now();
  const { scores, written } = await arithmeticScores(writeEach, problems, form);
  console.table(scores);
  for (const { problem, text } of written.filter(({ right }) => !right).slice(-3))
    console.log(`${problem.question}${text}`);
  console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
}

void main(process.argv[2] ?? "arithmetic-scratchpad", Number(process.argv[3] ?? 200));
