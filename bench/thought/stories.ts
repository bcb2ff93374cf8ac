/**
 * Word problems of one to four steps. Two models of one size, one trained with a chain and one without; and a third that
 * answers as the examples in its prompt do: examples with and without a chain, how many, in which order, by which
 * annotator, with wrong chains.
 *
 *   npx tsx bench/thought/stories.ts [trained]      writes datasets/thought-runs/stories.json; trained: without the third
 */
import { storyAnswer, storyProblems, storyPrompt } from "../../src/data";
import type { StoryExample, StoryProblem, StoryStyle } from "../../src/data";
import { makeRng, useEngine } from "../../src/engine";
import { trainedDecoder } from "../../src/generate";
import { decoderWriter, storyScores } from "../../src/prompt";
import type { WriteEach } from "../../src/prompt";
import { loadTrained } from "../../src/train/node";
import { minutesSince, writeResult } from "./runs";

/** Held-out problems, as many of each number of steps; of one step there are few. */
const problemsOf = (each: number): StoryProblem[] =>
  [1, 2, 3, 4].flatMap((steps) =>
    storyProblems(
      { count: steps === 1 ? Math.min(20, each) : each, steps: [steps], part: "test" },
      makeRng(11),
    ),
  );

/** Characters that the model has seen in a row: a prompt and its answer have to stay within. */
const CONTEXT = 232;

/** Solved problems of two steps and of one, from those to learn from; others for another set. The same in each style. */
function examplesOf(set: number, styles: readonly [StoryStyle, StoryStyle]): StoryExample[] {
  const rng = makeRng(100 + set);
  for (;;) {
    const problems = [2, 1].map(
      (steps) => storyProblems({ count: 1, steps: [steps], part: "train" }, rng)[0]!,
    );
    const inWords = problems.map((problem) => ({ problem, style: "words" as const })); // the longest
    if (
      few.every((problem) => (storyPrompt(inWords, problem) + storyAnswer(problem, "words")).length < CONTEXT)
    )
      return problems.map((problem, i) => ({ problem, style: styles[i]! }));
  }
}

const many = problemsOf(100);
const few = problemsOf(50);

async function writerOf(name: string): Promise<WriteEach> {
  const saved = await loadTrained(name);
  return decoderWriter({ decoder: trainedDecoder(saved), tokenizer: saved.tokenizer, rng: makeRng(1), batch: 100 }).writeEach; // prettier-ignore
}

async function main(trainedOnly: boolean): Promise<void> {
  const { engine, device } = await useEngine({});
  const started = performance.now();
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

  const promptStudies = async (): Promise<void> => {
    const model = "stories-shots";
    const shots = await writerOf(model);
    for (const style of ["direct", "equations", "words", "wrong"] as const)
      await measure({ study: "styles", model, style, shots: 2 }, shots, many, examplesOf(0, [style, style]));
    await measure({ study: "count", model, style: "none", shots: 0 }, shots, few, []);
    for (const style of ["direct", "equations", "words"] as const)
    for (const count of [1, 2])
      await measure({ study: "count", model, style, shots: count }, shots, few, examplesOf(0, [style, style]).slice(0, count)); // prettier-ignore
    // Other examples, and each set in both orders.
    for (const style of ["equations", "words"] as const)
      for (const set of [1, 2, 3, 4])
        for (const order of ["longer first", "shorter first"] as const) {
          const examples = examplesOf(set, [style, style]);
          await measure({ study: "examples", model, style, set, order }, shots, few, order === "longer first" ? examples : [...examples].reverse()); // prettier-ignore
        }
    // Two annotators in one prompt: whom does the model follow?
    for (const styles of [
      ["direct", "equations"],
      ["equations", "direct"],
      ["equations", "words"],
      ["words", "equations"],
    ] as const)
      // prettier-ignore
      await measure({ study: "mixed", model, styles }, shots, few, examplesOf(0, styles));
  };

  for (const [model, style] of [
    ["stories-direct", "direct"],
    ["stories-chain", "equations"],
  ] as const)
    // prettier-ignore
    await measure({ study: "trained", model, style }, await writerOf(model), many, []);

  if (!trainedOnly) await promptStudies();
  writeResult("stories", {
    about: "Right of held-out word problems of 1 to 4 steps, greedy. styles: how the answers were written.",
    command: `npx tsx bench/thought/stories.ts${trainedOnly ? " trained" : ""}`,
    seed: 11,
    engine,
    device,
    minutes: minutesSince(started),
    rows,
  });
}

void main(process.argv[2] === "trained");
