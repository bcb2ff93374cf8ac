/** What the labelling page asks, and what an answer to it means: which item comes next, and ranks by the order shown. */
import { checkRanking } from "../../align";
import type { Ranking } from "../../align";
import { fork, makeRng, shuffle } from "../../engine";

/** What is to be labelled: a prompt and at least two answers to it, no two alike. */
export interface LabelItem {
  readonly prompt: string;
  readonly answers: readonly string[];
}

/** An item with the order in which its answers are shown. */
export interface PreparedItem extends LabelItem {
  /** Tells it from other items, also in a file of another session: prompt and answers, in any order. */
  readonly key: string;
  /** Places in `answers`, in the order shown. */
  readonly shown: readonly number[];
}

/** What the page shows next. */
export interface LabelView {
  readonly total: number;
  readonly done: number;
  /** Undefined where all are labelled. */
  readonly item?: { readonly id: number; readonly prompt: string; readonly answers: readonly string[] };
}

/** Most answers to one prompt: more than nine have no keys, and nobody can order them. */
export const MAX_ANSWERS = 9;

export const keyOf = ({ prompt, answers }: LabelItem): string =>
  JSON.stringify([prompt, ...[...answers].sort()]);

/**
 * Items with their answers in random order, so that the place of an answer says nothing of it. The order hangs on the seed
 * and the item alone: a page that is loaded again shows the same. An item that comes twice is asked once.
 * @throws RangeError naming the item that has too few or too many answers, or two alike
 */
export function prepareItems(items: readonly LabelItem[], seed: number): PreparedItem[] {
  const prepared = new Map<string, PreparedItem>();
  items.forEach(({ prompt, answers }, i) => {
    // As a tie, an item is checked as a ranking is.
    checkRanking({ prompt, answers, ranks: answers.map(() => 1) }, `items[${i}]`);
    if (answers.length > MAX_ANSWERS)
      throw new RangeError(
        `items[${i}].answers has ${answers.length}. Cure: at most ${MAX_ANSWERS} for one prompt`,
      );
    const key = keyOf({ prompt, answers });
    const shown = shuffle(fork(makeRng(seed), key), answers.map((_, place) => place)); // prettier-ignore
    if (!prepared.has(key)) prepared.set(key, { prompt, answers, key, shown });
  });
  return [...prepared.values()];
}

/** The first item without a label. @param labelled keys of those that have one */
export function viewOf(items: readonly PreparedItem[], labelled: ReadonlySet<string>): LabelView {
  const done = items.filter(({ key }) => labelled.has(key)).length;
  const id = items.findIndex(({ key }) => !labelled.has(key));
  const item = items[id];
  if (!item) return { total: items.length, done };
  const { prompt, answers, shown } = item;
  return {
    total: items.length,
    done,
    item: { id, prompt, answers: shown.map((place) => answers[place] as string) },
  };
}

/** Ranks of the answers as shown, as a ranking of the item. @throws RangeError where they are not one rank an answer */
export function rankingOf({ prompt, answers, shown }: PreparedItem, ranksShown: readonly number[]): Ranking {
  const ranks = new Array<number>(answers.length).fill(NaN);
  shown.forEach((place, i) => (ranks[place] = ranksShown[i] ?? NaN));
  const ranking = { prompt, answers, ranks: ranksShown.length > answers.length ? [...ranksShown] : ranks };
  checkRanking(ranking, "label");
  return ranking;
}
