/**
 * Verbalizers without words: a label is the mean of its examples' vectors, its prototype, and an input belongs to the
 * nearest (Snell, Swersky and Zemel 2017, "Prototypical Networks for Few-shot Learning", equations 1 and 2; Cui et al. 2022,
 * "Prototypical Verbalizer for Prompt-based Few-shot Tuning", with the hidden state at the mask and cosines). Any vectors
 * will do: hidden states, log-probabilities of the vocabulary, sentence embeddings.
 */
import { cosine } from "../../embeddings";
import { meanVector, softmax, squaredDistance } from "../numbers";

export interface Prototypes {
  readonly labels: readonly string[];
  /** One vector a label, [labels][d]. */
  readonly vectors: readonly (readonly number[])[];
  /** Taken off every vector before it is compared, [d]: zeros, or the mean of all examples. */
  readonly centre: readonly number[];
}

export interface PrototypeOptions {
  /**
   * Take the mean of all examples off first; default false. Hidden states of a language model share a large common part,
   * next to which all cosines are near 1; without it they tell labels apart. Euclidean distances do not change.
   */
  readonly centred?: boolean;
}

export interface ProximityOptions {
  /** "cosine" (Cui et al.), or "euclidean", minus the squared distance (Snell et al.); default "cosine". */
  readonly by?: "cosine" | "euclidean";
  /** Divides the proximities before the softmax: below 1 the nearest label stands out more; default 1. */
  readonly temperature?: number;
}

/**
 * The mean vector of each label, labels in the order of their first example.
 *
 * @param vectors of the examples, [N][d]
 * @param labels of the examples, [N]
 * @throws RangeError for no examples, not N labels, vectors of different lengths, or a number that is not finite
 */
export function prototypes(
  vectors: readonly ArrayLike<number>[],
  labels: readonly string[],
  { centred = false }: PrototypeOptions = {},
): Prototypes {
  if (vectors.length === 0) throw new RangeError("prototypes: there are no examples.");
  if (labels.length !== vectors.length)
    throw new RangeError(`prototypes: ${vectors.length} vectors, but ${labels.length} labels.`);
  const size = vectors[0]!.length;
  vectors.forEach((vector, n) => checkVector(vector, size, `prototypes: the vector of example ${n}`));
  const centre = centred ? meanVector(vectors) : Array.from({ length: size }, () => 0);
  const names = [...new Set(labels)];
  const means = names.map((label) => meanVector(vectors.filter((_, n) => labels[n] === label)));
  return { labels: names, vectors: means.map((each) => less(each, centre)), centre };
}

/**
 * How probable each label is for a vector: softmax over the labels of its proximity to their prototypes.
 *
 * @param vector [d]
 * @returns probabilities in the order of the labels, [labels]
 * @throws RangeError where the vector has another length or a number that is not finite, or the temperature is not above 0
 */
export function prototypeProbabilities(
  { vectors, centre }: Prototypes,
  vector: ArrayLike<number>,
  { by = "cosine", temperature = 1 }: ProximityOptions = {},
): number[] {
  if (!(temperature > 0 && temperature < Infinity))
    throw new RangeError(`prototypes: temperature must be a number above 0, got ${temperature}.`);
  checkVector(vector, centre.length, "prototypes: the vector");
  const x = less(vector, centre);
  return softmax(
    vectors.map((each) => (by === "cosine" ? cosine(x, each) : -squaredDistance(x, each)) / temperature),
  );
}

const less = (a: ArrayLike<number>, b: ArrayLike<number>): number[] =>
  Array.from(a, (value, i) => value - b[i]!);

function checkVector(vector: ArrayLike<number>, size: number, what: string): void {
  if (vector.length !== size || size === 0)
    throw new RangeError(`${what} has ${vector.length} numbers, ${size || "at least one"} meant.`);
  for (let i = 0; i < size; i++)
    if (!Number.isFinite(vector[i])) throw new RangeError(`${what} has ${vector[i]} at place ${i}.`);
}
