/**
 * Word problems of one to four steps. Two models of one size, one trained with a chain and one without; and a third that
 * answers as the examples in its prompt do: examples with and without a chain, how many, in which order, by which
 * annotator, with wrong chains.
 *
 *   npx tsx bench/thought/stories.ts      writes datasets/thought-runs/stories.json
 */
import { storyProblems } from "../../src/data";
import type { StoryExample, StoryProblem, StoryStyle } from "../../src/data";
import { makeRng, useEngine } from "../../src/engine";
import { trainedDecoder } from "../../src/generate";
import { decoderWriter, storyScores } from "../../src/prompt";
import type { WriteEach } from "../../src/prompt";
import { loadTrained } from "../../src/train/node";
import { minutesSince, writeResult } from "./runs";

/** Held-out problems, as many of each number of steps. */
const problemsOf = (each: number): StoryProblem[] =>
  [1, 2, 3, 4].flatMap((steps) => storyProblems({ count: each, steps: [steps], part: "test" }, makeRng(11)));

/** Solved problems of two, three and one steps from those to learn from; another set for another seed. */
function examplesOf(set: number, style: StoryStyle): StoryExample[] {
  const rng = makeRng(100 + set);
  return [2, 3, 1].map((steps) => ({
    problem: storyProblems({ count: 1, steps: [steps], part: "train" }, rng)[0] as StoryProblem,
    style,
  }));
}

/** All orders of three. */
const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] as const; // prettier-ignore

async function writerOf(name: string): Promise<WriteEach> {
  const saved = await loadTrained(name);
  return decoderWriter({ decoder: trainedDecoder(saved), tokenizer: saved.tokenizer, rng: makeRng(1), batch: 100 }).writeEach; // prettier-ignore
}

async function main(): Promise<void> {
  const { engine, device } = await useEngine({});
  const started = performance.now();
  const many = problemsOf(100);
  const few = problemsOf(50);
  const rows: Record<string, unknown>[] = [];
  const measure = async (
    row: Record<string, unknown>,
    writeEach: WriteEach,
    problems: readonly StoryProblem[],
    examples: readonly StoryExample[],
  ): Promise<void> => {
    const { scores, written } = await storyScores(writeEach, problems, examples);
    const total = scores.reduce((sum, { right }) => sum + right, 0);
    const mistakes = written.filter(({ right }) => !right).slice(-2).map(({ problem, text }) => problem.question + text); // prettier-ignore
    rows.push({ ...row, problems: problems.length, right: total, bySteps: scores, mistakes });
    console.log(JSON.stringify(row), total, scores.map(({ right }) => right).join(" "), minutesSince(started), mistakes.at(-1) ?? ""); // prettier-ignore
  };

  for (const [model, style] of [["stories-direct", "direct"], ["stories-chain", "equations"]] as const) // prettier-ignore
    await measure({ study: "trained", model, style }, await writerOf(model), many, []);

  const shots = await writerOf("stories-shots");
  const model = "stories-shots";
  for (const style of ["direct", "equations", "words", "wrong"] as const)
    await measure({ study: "styles", model, style, shots: 3 }, shots, many, examplesOf(0, style));
  for (const style of ["direct", "equations", "words"] as const)
    for (const count of [0, 1, 2])
      if (count > 0 || style === "direct")
        await measure({ study: "count", model, style: count === 0 ? "none" : style, shots: count }, shots, few, examplesOf(0, style).slice(0, count)); // prettier-ignore
  for (const order of orders)
    await measure({ study: "order", model, style: "equations", order: order.join("") }, shots, few, order.map((i) => examplesOf(0, "equations")[i] as StoryExample)); // prettier-ignore
  for (const set of [0, 1, 2, 3, 4])
    for (const style of ["equations", "words"] as const)
      await measure({ study: "examples", model, style, set }, shots, few, examplesOf(set, style));
  // Two annotators in one prompt: whom does the model follow?
  for (const styles of [["direct", "direct", "equations"], ["equations", "equations", "direct"], ["words", "words", "equations"], ["equations", "equations", "words"]] as const) // prettier-ignore
    await measure({ study: "mixed", model, styles }, shots, few, examplesOf(0, "direct").map((each, i) => ({ ...each, style: styles[i] as StoryStyle }))); // prettier-ignore

  writeResult("stories", {
    about: "Right of held-out word problems of 1 to 4 steps, greedy. styles: how the answers were written.",
    command: "npx tsx bench/thought/stories.ts",
    seed: 11,
    engine,
    device,
    minutes: minutesSince(started),
    rows,
  });
}

void main();
