import { integer, uniform } from "../../engine";
import type { Rng } from "../../engine";
import { meanVector, squaredDistance } from "../numbers";

export interface KMeansOptions {
  /** Number of clusters. */
  readonly clusters: number;
  readonly rng: Rng;
  /** Most rounds; 100 without it. */
  readonly rounds?: number;
}

export interface KMeans {
  /** By vector, its cluster. */
  readonly assigned: readonly number[];
  /** [clusters][size] */
  readonly centres: readonly (readonly number[])[];
  /** Sum of the squared distances to the centres: what a round never makes larger. */
  readonly inertia: number;
  /** Rounds until nothing changed. */
  readonly rounds: number;
}

type Vector = ArrayLike<number>;

/**
 * k-means (Lloyd 1982) with the first centres of k-means++ (Arthur, Vassilvitskii 2007): each is drawn with a chance in
 * proportion to the squared distance from those before it. No cluster stays empty: it takes the vector furthest from its
 * centre. The same generator gives the same clusters.
 *
 * @param vectors [n][size]
 * @throws RangeError where there are fewer different vectors than clusters, or sizes differ
 */
export function kMeans(vectors: readonly Vector[], { clusters, rng, rounds = 100 }: KMeansOptions): KMeans {
  if (!Number.isInteger(clusters) || clusters < 1 || clusters > vectors.length)
    throw new RangeError(`kMeans: clusters must be from 1 to the ${vectors.length} vectors, got ${clusters}`);
  const odd = vectors.findIndex(({ length }) => length !== vectors[0]?.length);
  if (odd >= 0)
    throw new RangeError(`kMeans: vector ${odd} has ${vectors[odd]?.length} numbers, the first has ${vectors[0]?.length}`); // prettier-ignore
  let centres = firstCentres(vectors, clusters, rng);
  let assigned: number[] = [];
  for (let round = 1; ; round++) {
    const next = filled(
      vectors,
      centres,
      vectors.map((vector) => nearestCentre(vector, centres)),
    );
    const same = next.every((cluster, i) => cluster === assigned[i]);
    assigned = next;
    centres = centres.map((_, c) => meanVector(vectors.filter((_, i) => assigned[i] === c)));
    if (!same && round < rounds) continue;
    const inertia = vectors.reduce((sum, vector, i) => sum + squaredDistance(vector, centres[assigned[i] as number] as Vector), 0); // prettier-ignore
    return { assigned, centres, inertia, rounds: round };
  }
}

function firstCentres(vectors: readonly Vector[], clusters: number, rng: Rng): number[][] {
  const centres = [Array.from(vectors[integer(rng, vectors.length)] as Vector)];
  while (centres.length < clusters) {
    const weights = vectors.map((vector) =>
      Math.min(...centres.map((centre) => squaredDistance(vector, centre))),
    );
    const sum = weights.reduce((all, weight) => all + weight, 0);
    if (sum === 0)
      throw new RangeError(
        `kMeans: only ${centres.length} of the vectors are different, which is too few for ${clusters} clusters. Cure: fewer clusters.`,
      );
    let left = uniform(rng) * sum;
    let chosen = 0;
    for (const [i, weight] of weights.entries()) {
      if (weight === 0) continue;
      chosen = i; // the last one where rounding leaves something
      left -= weight;
      if (left < 0) break;
    }
    centres.push(Array.from(vectors[chosen] as Vector));
  }
  return centres;
}

/** Gives each empty cluster the vector that is furthest from its centre, of a cluster that has more than one. */
function filled(vectors: readonly Vector[], centres: readonly Vector[], assigned: number[]): number[] {
  const counts = centres.map((_, c) => assigned.filter((cluster) => cluster === c).length);
  for (const [empty, count] of counts.entries()) {
    if (count > 0) continue;
    let furthest = -1;
    let most = -1;
    vectors.forEach((vector, i) => {
      const cluster = assigned[i] as number;
      const far = squaredDistance(vector, centres[cluster] as Vector);
      if ((counts[cluster] as number) > 1 && far > most) [furthest, most] = [i, far];
    });
    counts[assigned[furthest] as number]! -= 1;
    assigned[furthest] = empty;
    counts[empty] = 1;
  }
  return assigned;
}

/** Of equally near centres, the first. */
function nearestCentre(vector: Vector, centres: readonly Vector[]): number {
  const distances = centres.map((centre) => squaredDistance(vector, centre));
  return distances.indexOf(Math.min(...distances));
}
