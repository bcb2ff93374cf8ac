import type { Rng } from "../../engine";
import { squaredDistance } from "../numbers";
import { numbersIn } from "./answers";
import type { Exemplar } from "./few-shot";
import { kMeans } from "./kmeans";
import type { Write, WriteOptions } from "./write";
import { zeroShotThought } from "./zero-shot";

/**
 * Auto-CoT (Zhang et al. 2022, "Automatic Chain of Thought Prompting in Large Language Models"): demonstrations without
 * a person who writes them. Questions are put into clusters, so that they differ (wrong chains come in groups of alike
 * questions); of each cluster the one nearest to its centre that is simple enough gets a chain by zero-shot prompting.
 */
export interface AutoCotOptions {
  readonly questions: readonly string[];
  /** A vector a question, such as its sentence embedding: [questions][size]. */
  readonly vectors: readonly ArrayLike<number>[];
  /** Number of demonstrations. */
  readonly clusters: number;
  readonly write: Write;
  readonly rng: Rng;
  /** Longest question, in words; 60 as in the paper. */
  readonly maxWords?: number;
  /** Longest chain, in lines; 5 as in the paper. */
  readonly maxSteps?: number;
  /** Most questions of a cluster that are tried; all without it. Each costs two calls. */
  readonly tries?: number;
  readonly reason?: WriteOptions;
  readonly answer?: WriteOptions;
}

/** Why a question did not become a demonstration; undefined for the one that did. */
export type Refusal = "long question" | "long chain" | "no chain" | "no answer" | "answer not in chain";

/** One question that was looked at. */
export interface AutoCotTry {
  /** Its place in `questions`. */
  readonly index: number;
  /** From the centre of its cluster (Euclidean). */
  readonly distance: number;
  readonly refused: Refusal | undefined;
  /** What was written, where it was asked. */
  readonly chain: string | undefined;
}

export interface AutoCotCluster {
  /** Places of its questions, the nearest to the centre first. */
  readonly members: readonly number[];
  readonly tries: readonly AutoCotTry[];
  /** Undefined where no question passed. */
  readonly exemplar: Exemplar | undefined;
}

/**
 * Clusters, and a demonstration of each where one passes the rules: a question of at most 60 words, a chain of at most 5
 * lines, and an answer that the chain mentions.
 * @throws RangeError as `kMeans`; where questions and vectors are not equally many
 */
export async function autoCot(
  options: AutoCotOptions,
): Promise<{ clusters: AutoCotCluster[]; exemplars: Exemplar[] }> {
  const { questions, vectors, clusters: count, rng } = options;
  if (questions.length !== vectors.length)
    throw new RangeError(`autoCot: ${questions.length} questions and ${vectors.length} vectors. Cure: one vector each.`); // prettier-ignore
  const { assigned, centres } = kMeans(vectors, { clusters: count, rng });
  const clusters: AutoCotCluster[] = [];
  for (const [c, centre] of centres.entries()) {
    const far = (i: number): number => Math.sqrt(squaredDistance(vectors[i] as ArrayLike<number>, centre));
    const members = questions.map((_, i) => i).filter((i) => assigned[i] === c);
    members.sort((i, j) => far(i) - far(j) || i - j);
    const tries: AutoCotTry[] = [];
    let exemplar: Exemplar | undefined;
    for (const index of members.slice(0, options.tries)) {
      const result = await tryQuestion(questions[index] as string, options);
      exemplar = result.exemplar;
      tries.push({ index, distance: far(index), refused: result.refused, chain: result.chain });
      if (exemplar) break;
    }
    clusters.push({ members, tries, exemplar });
  }
  return { clusters, exemplars: clusters.flatMap(({ exemplar }) => exemplar ?? []) };
}

interface Tried {
  readonly refused: Refusal | undefined;
  readonly chain: string | undefined;
  readonly exemplar: Exemplar | undefined;
}

async function tryQuestion(question: string, options: AutoCotOptions): Promise<Tried> {
  const { write, maxWords = 60, maxSteps = 5, reason, answer: answerOptions } = options;
  const refuse = (refused: Refusal, chain?: string): Tried => ({ refused, chain, exemplar: undefined });
  if (wordsOf(question) > maxWords) return refuse("long question");
  const thought = await zeroShotThought(write, question, { reason, answer: answerOptions });
  const steps = thought.reasoning.split("\n").map((line) => line.trim()).filter((line) => line !== ""); // prettier-ignore
  const chain = steps.join(" ");
  if (steps.length === 0) return refuse("no chain", chain);
  if (steps.length > maxSteps) return refuse("long chain", chain);
  const { answer } = thought;
  if (answer === undefined) return refuse("no answer", chain);
  if (!mentions(chain, answer)) return refuse("answer not in chain", chain);
  return { refused: undefined, chain, exemplar: { question, chain, answer } };
}

const wordsOf = (text: string): number => text.trim().split(/\s+/).length;

const mentions = (chain: string, answer: number | string): boolean =>
  typeof answer === "string" ? chain.includes(answer) : numbersIn(chain).includes(answer);
