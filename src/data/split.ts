import { fork, shuffle } from "../engine";
import type { Rng } from "../engine";
import type { LabelledText } from "./labelled";

/**
 * Rows in two parts that have the labels in the same shares (a stratified split), each part in random order. Rows of a
 * label with the same text, case and blanks aside, stay together: else the test would ask what the training has told,
 * and the nearest neighbour of a test row would be the row itself. Parts may be some rows off the share for that.
 *
 * @param share of the rows of each label that go to the test, between 0 and 1; at least one text, and not all
 * @throws RangeError where the share is not between 0 and 1, there are no rows, or a label has only one text
 */
export function stratifiedSplit<T extends LabelledText>(
  rows: readonly T[],
  share: number,
  rng: Rng,
): { train: T[]; test: T[] } {
  if (!(share > 0 && share < 1))
    throw new RangeError(`stratifiedSplit: share must lie between 0 and 1, got ${share}`);
  if (rows.length === 0) throw new RangeError("stratifiedSplit: there are no rows");
  const train: T[] = [];
  const test: T[] = [];
  for (const [label, own] of groupBy(rows, (row) => row.label)) {
    const texts = [...groupBy(own, (row) => normalizedText(row.text)).values()];
    if (texts.length < 2)
      throw new RangeError(
        `stratifiedSplit: label "${label}" has one text, which cannot be in both parts. Cure: leave the label out`,
      );
    const wanted = Math.round(share * own.length);
    let taken = 0;
    shuffle(fork(rng, label), texts).forEach((same, i) => {
      const toTest = i === 0 || (taken + same.length <= wanted && i < texts.length - 1);
      if (toTest) taken += same.length;
      (toTest ? test : train).push(...same);
    });
  }
  return { train: shuffle(fork(rng, "train order"), train), test: shuffle(fork(rng, "test order"), test) };
}

/** The rows without those whose text, case and blanks aside, came before. */
export function distinctTexts<T extends { readonly text: string }>(rows: readonly T[]): T[] {
  return [...groupBy(rows, (row) => normalizedText(row.text)).values()].map(([first]) => first as T);
}

/** Rows by key, keys and rows in order of appearance. */
function groupBy<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

const normalizedText = (text: string): string => text.toLowerCase().trim().replace(/\s+/g, " ");
