import { gradeStory, storyPrompt } from "../../data";
import type { GradedStory, StoryExample, StoryProblem } from "../../data";
import type { WriteEach } from "./writer";

/** A problem, and what was written after its question. */
export interface WrittenStory extends GradedStory {
  readonly problem: StoryProblem;
  readonly text: string;
}

/** All problems of one difficulty. */
export interface StoryScore {
  readonly steps: number;
  readonly problems: number;
  /** Right answers; the share of them is the accuracy. */
  readonly right: number;
  /** Chains without a mistake; 0 where the model wrote none. */
  readonly rightChains: number;
  /** What was written, by its style: "direct", "equations", "words"; the rest is none of them. */
  readonly styles: Readonly<Partial<Record<string, number>>>;
}

/**
 * Lets a model that learned word problems answer some, after solved examples or without, and grades answers and chains
 * by the number of steps.
 * @param examples the same ones before each problem, or those that a function picks for it
 * @returns the scores, fewest steps first, and all texts in the problems' order
 * @throws Error where the model returned another number of texts
 */
export async function storyScores(
  writeEach: WriteEach,
  problems: readonly StoryProblem[],
  examples:
    readonly StoryExample[] | ((problem: StoryProblem, index: number) => readonly StoryExample[]) = [],
): Promise<{ scores: StoryScore[]; written: WrittenStory[] }> {
  const shown = (problem: StoryProblem, i: number): readonly StoryExample[] =>
    typeof examples === "function" ? examples(problem, i) : examples;
  const texts = await writeEach(
    problems.map((problem, i) => storyPrompt(shown(problem, i), problem)),
    { stop: ["\n"] },
  );
  if (texts.length !== problems.length)
    throw new Error(`writeEach: ${problems.length} prompts, ${texts.length} texts. Cure: return one text a prompt.`); // prettier-ignore
  const written = problems.map((problem, i) => ({
    problem,
    text: texts[i] as string,
    ...gradeStory(problem, texts[i] as string),
  }));
  const sizes = [...new Set(problems.map(({ steps }) => steps))].sort((a, b) => a - b);
  return { scores: sizes.map((steps) => scoreOf(steps, written)), written };
}

function scoreOf(steps: number, written: readonly WrittenStory[]): StoryScore {
  const own = written.filter(({ problem }) => problem.steps === steps);
  const styles: Partial<Record<string, number>> = {};
  for (const { style } of own) if (style) styles[style] = (styles[style] ?? 0) + 1;
  return {
    steps,
    problems: own.length,
    right: own.filter(({ right }) => right).length,
    rightChains: own.filter(({ rightChain }) => rightChain).length,
    styles,
  };
}
