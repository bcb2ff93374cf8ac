/**
 * Pairs of answers that people compared: the human-labelled test set of PandaLM (Wang et al. 2023, "PandaLM: An Automatic
 * Evaluation Benchmark for LLM Instruction Tuning Optimization"). A prompt is an instruction with an input to it.
 */
import { z } from "zod";
import type { Rng } from "../engine";
import { stratifiedSplit } from "./split";

/** What one person said of a pair: 1 or 2, that answer is better; 0, a tie. */
export type Vote = 0 | 1 | 2;

export interface PreferencePrompt {
  readonly instruction: string;
  /** What the instruction is about; often empty. */
  readonly input: string;
}

export interface JudgedPair extends PreferencePrompt {
  readonly answers: readonly [string, string];
  /** The models that gave them. */
  readonly models: readonly [string, string];
  /** One a person, the same person at the same place in every pair. */
  readonly votes: readonly Vote[];
}

/** Two of a prompt's answers, by their places, and what people said of them: vote 1 is for the first place. */
export interface JudgedPlaces {
  readonly places: readonly [number, number];
  readonly votes: readonly Vote[];
}

/** All that is known of one prompt. */
export interface PromptGroup extends PreferencePrompt {
  /** No two alike, in order of appearance. */
  readonly answers: readonly string[];
  readonly pairs: readonly JudgedPlaces[];
}

const vote = z.union([z.literal(0), z.literal(1), z.literal(2)]);
// A table program took six answers "True" for a truth value.
const answer = z.union([z.string(), z.boolean().transform((value) => (value ? "True" : "False"))]);
const row = z.object({
  instruction: z.string().min(1),
  input: z.string(),
  response1: answer,
  response2: answer,
  cmp_key: z.string().regex(/^[^_]+_[^_]+$/, 'two models joined by "_" were expected'),
  annotator1: vote,
  annotator2: vote,
  annotator3: vote,
});

/**
 * Reads the pairs of PandaLM's `testset-v1.json`.
 * @throws SyntaxError that names the pair, by its number from 1, and the field
 */
export function parsePreferences(json: string): JudgedPair[] {
  let rows: unknown;
  try {
    rows = JSON.parse(json);
  } catch (error) {
    throw new SyntaxError(`no JSON: ${(error as Error).message}`);
  }
  if (!Array.isArray(rows)) throw new SyntaxError("a list of pairs was expected");
  return rows.map((each: unknown, i) => {
    const { success, data, error } = row.safeParse(each);
    if (!success) {
      const { path, message } = error.issues[0]!;
      throw new SyntaxError(`pair ${i + 1}${path.length > 0 ? `, ${path.join(".")}` : ""}: ${message}`);
    }
    const { instruction, input, response1, response2, cmp_key: models } = data;
    return {
      ...{ instruction, input, answers: [response1, response2] as const },
      models: models.split("_") as [string, string],
      votes: [data.annotator1, data.annotator2, data.annotator3],
    };
  });
}

/** A prompt as one text: the instruction, and below an empty line its input where there is one. */
export const preferenceText = ({ instruction, input }: PreferencePrompt): string =>
  input === "" ? instruction : `${instruction}\n\n${input}`;

/**
 * The pairs by their prompts: all answers to a prompt, each once, and the pairs over them. A reward model that sees all
 * answers of a prompt in one step reads each once (Ouyang et al. 2022, section 3.5).
 */
export function groupByPrompt(pairs: readonly JudgedPair[]): PromptGroup[] {
  const groups = new Map<string, PreferencePrompt & { answers: string[]; pairs: JudgedPlaces[] }>();
  for (const { instruction, input, answers, votes } of pairs) {
    const key = JSON.stringify([instruction, input]);
    const group = groups.get(key) ?? { instruction, input, answers: [], pairs: [] };
    groups.set(key, group);
    const [first, second] = answers.map((text) => {
      const place = group.answers.indexOf(text);
      return place >= 0 ? place : group.answers.push(text) - 1;
    });
    group.pairs.push({ places: [first as number, second as number], votes });
  }
  return [...groups.values()];
}

/**
 * Pairs in two parts that share no prompt, case and blanks aside, each part in random order: a pair of a prompt whose
 * other pairs were trained on would ask what the training has told.
 * @param share of the pairs that go to the test, met as closely as whole prompts allow
 * @throws RangeError as `stratifiedSplit`
 */
export function splitByPrompt(
  pairs: readonly JudgedPair[],
  share: number,
  rng: Rng,
): { train: JudgedPair[]; test: JudgedPair[] } {
  const rows = pairs.map((pair) => ({ pair, text: preferenceText(pair), label: "pair" }));
  const { train, test } = stratifiedSplit(rows, share, rng);
  return { train: train.map(({ pair }) => pair), test: test.map(({ pair }) => pair) };
}
