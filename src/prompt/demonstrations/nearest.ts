import { cosine } from "../../embeddings";
import { expectPool } from "./check";

/** A demonstration by its place in the pool. */
export interface Retrieved {
  readonly index: number;
  readonly similarity: number;
}

/**
 * The demonstrations most like the question: nearest neighbours of its sentence vector by cosine (KATE: Liu et al. 2022,
 * "What Makes Good In-Context Examples for GPT-3?"). The paper finds no order of them that is always best;
 * reverse the list to have the nearest right before the question.
 *
 * @param query [D]
 * @param vectors [N][D], one of each example of the pool, made by the same encoder
 * @param exclude places that are not wanted: the question's own, where it is of the pool
 * @returns nearest first; of equal ones, the earlier in the pool
 * @throws RangeError for an empty pool, more than it has, or vectors of other lengths
 */
export function nearestDemonstrations(
  query: ArrayLike<number>,
  vectors: readonly ArrayLike<number>[],
  count: number,
  exclude: readonly number[] = [],
): Retrieved[] {
  const skip = new Set(exclude);
  const places = vectors.map((_, index) => index).filter((index) => !skip.has(index));
  expectPool("nearestDemonstrations", places.length, count);
  return places
    .map((index) => ({ index, similarity: similarityTo(query, vectors[index] as ArrayLike<number>, index) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, count);
}

function similarityTo(query: ArrayLike<number>, vector: ArrayLike<number>, index: number): number {
  if (vector.length !== query.length)
    throw new RangeError(
      `nearestDemonstrations: the question's vector has ${query.length} numbers and that of example ${index} ` +
        `${vector.length}. Cure: encode both with one model`,
    );
  const similarity = cosine(query, vector);
  if (Number.isNaN(similarity))
    throw new RangeError(
      `nearestDemonstrations: the vector of the question or of example ${index} holds NaN`,
    );
  return similarity;
}
