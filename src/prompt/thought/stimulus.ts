import { writeOne } from "./write";
import type { Write, WriteOptions } from "./write";

/**
 * Directional stimulus (Li et al. 2023, "Guiding Large Language Models via Directional Stimulus Prompting"): a small
 * model writes hints for this very input, such as keywords, and a large one is asked to follow them.
 */
export interface StimulusOptions {
  readonly input: string;
  /** What to do, such as "Summarize the article in two sentences". */
  readonly instruction: string;
  /** The small model, or any rule: hints for the input, in order. */
  readonly hint: (input: string) => Promise<readonly string[]> | readonly string[];
  readonly write: Write;
  readonly options?: WriteOptions;
  /** What the input and the hints are called in the prompt; "Article" and "Keywords" without it. */
  readonly names?: { readonly input: string; readonly hints: string };
}

export interface Stimulated {
  readonly hints: readonly string[];
  readonly prompt: string;
  readonly text: string;
  /** Share of the hints that the text mentions; 1 where there are none. */
  readonly followed: number;
  /** The same without hints, to compare with. */
  readonly plain: { readonly prompt: string; readonly text: string; readonly followed: number };
}

const articles = { input: "Article", hints: "Keywords" };

/** The prompt of the paper's figure 1; without hints it is the plain one. */
export function stimulusPrompt(
  input: string,
  instruction: string,
  hints: readonly string[],
  names: { readonly input: string; readonly hints: string } = articles,
): string {
  const what = instruction.trim().replace(/[.:]$/, "");
  const begin = `${names.input}: ${input.trim()}\n`;
  if (hints.length === 0) return `${begin}${what}:`;
  return `${begin}${names.hints}: ${hints.join("; ")}\n${what} based on the ${names.hints.toLowerCase()}:`;
}

/** Share of the hints that a text mentions, in whatever case; 1 where there are none. */
export function hintsFollowed(hints: readonly string[], text: string): number {
  if (hints.length === 0) return 1;
  const said = text.toLowerCase();
  return hints.filter((hint) => said.includes(hint.toLowerCase())).length / hints.length;
}

/** Asks with the hints and without them. Empty hints, and those that came before, are left out. */
export async function directionalStimulus(asked: StimulusOptions): Promise<Stimulated> {
  const { input, instruction, hint, write, options, names } = asked;
  const hints = [...new Set((await hint(input)).map((each) => each.trim()))].filter((each) => each !== "");
  const run = async (with_: readonly string[]) => {
    const prompt = stimulusPrompt(input, instruction, with_, names);
    const text = await writeOne(write, prompt, options);
    return { prompt, text, followed: hintsFollowed(hints, text) };
  };
  return { hints, ...(await run(hints)), plain: await run([]) };
}
