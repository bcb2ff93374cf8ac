/** Label distributions of many inputs, [N][L]: what a model says of each, normalised over the labels. */
export type Distributions = readonly (readonly number[])[];

/** The mean distribution over the inputs, [L]. */
export function meanDistribution(distributions: Distributions): number[] {
  const [first = []] = distributions;
  return first.map(
    (_, label) => distributions.reduce((sum, p) => sum + (p[label] as number), 0) / distributions.length,
  );
}

/** @throws RangeError that names the row: none there, rows of other lengths, or one that is no distribution */
export function expectDistributions(who: string, distributions: Distributions): void {
  const labels = distributions[0]?.length ?? 0;
  if (labels === 0)
    throw new RangeError(`${who}: there are no distributions. Cure: give one an input, [N][L]`);
  distributions.forEach((row, n) => {
    if (row.length !== labels)
      throw new RangeError(`${who}: distribution ${n} has ${row.length} labels and the first has ${labels}`);
    const total = row.reduce((sum, p) => sum + p, 0);
    if (!row.every((p) => p >= 0) || !(Math.abs(total - 1) < 1e-3))
      throw new RangeError(
        `${who}: distribution ${n} is [${row.join(", ")}]: probabilities from 0 that sum to 1 were expected. ` +
          "Cure: take the softmax of the labels' log-probabilities",
      );
  });
}
