// expect: distance of city blocks
// Absolute values.
interface Clusters {
  readonly assigned: number[];
  readonly centres: number[][];
  readonly chosen: (number | undefined)[];
}

export function chooseShots(
  vectors: readonly (readonly number[])[],
  centres: readonly (readonly number[])[],
): Clusters {
  const far = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0);
  const nearest = (distances: readonly number[]): number => distances.indexOf(Math.min(...distances));
  const assigned = vectors.map((vector) => nearest(centres.map((centre) => far(vector, centre))));
  const members = centres.map((_, c) => [...vectors.keys()].filter((i) => assigned[i] === c));
  const moved = centres.map((centre, c) =>
    members[c].length === 0
      ? [...centre]
      : centre.map((_, d) => members[c].reduce((sum, i) => sum + vectors[i][d], 0) / members[c].length),
  );
  const chosen = members.map((own, c) =>
    own.length === 0 ? undefined : own[nearest(own.map((i) => far(vectors[i], moved[c])))],
  );
  return { assigned, centres: moved, chosen };
}
