/** @throws RangeError naming the text where it is empty or has an id outside the vocabulary */
export function checkIds(ids: readonly number[], vocabSize: number, what: string): void {
  if (ids.length === 0)
    throw new RangeError(
      `${what} is empty: a model needs at least one token to go on from. Cure: begin with its first special token, or any word.`,
    );
  const at = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= vocabSize);
  if (at >= 0)
    throw new RangeError(`${what} has id ${ids[at]} at place ${at}, outside 0 to ${vocabSize - 1}.`);
}
