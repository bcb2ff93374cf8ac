/**
 * How far people agree about answers, and what label is made of their votes. No reward model can be expected to agree with
 * people more than people agree with one another: Ouyang et al. 2022 (section 3.4) report 73 % for their labellers.
 */
import type { JudgedPair, PromptGroup, Vote } from "../data";
import { preferenceText } from "../data";
import type { Compared } from "./ranking";

/** The vote that more than half of the people gave; undefined where there is none. */
export function majorityLabel<L>(votes: readonly L[]): L | undefined {
  return [...new Set(votes)].find(
    (label) => 2 * votes.filter((vote) => vote === label).length > votes.length,
  );
}

/**
 * The share of the people who prefer the first answer, a tie as half a vote for each: what the probability
 * sigmoid(r_first - r_second) of a reward model should be, where `majorityLabel` throws away how sure people were.
 * @throws RangeError for no votes
 */
export function softLabel(votes: readonly Vote[]): number {
  if (votes.length === 0) throw new RangeError("softLabel: there are no votes");
  const shares = votes.map((vote): number => (vote === 1 ? 1 : vote === 0 ? 0.5 : 0));
  return shares.reduce((sum, share) => sum + share, 0) / votes.length;
}

/**
 * Of all pairs of people who judged one item, the share that gave one label, averaged over items (P-bar of Fleiss 1971).
 * @param items the labels that people gave to each item, in any order; at least two each
 * @throws RangeError where there are no items, or one has fewer than two labels
 */
export function rawAgreement<L>(items: readonly (readonly L[])[]): number {
  checkItems("rawAgreement", items);
  const shares = items.map((labels) => {
    const agreeing = [...countsOf(labels).values()].reduce((sum, count) => sum + count * (count - 1), 0);
    return agreeing / (labels.length * (labels.length - 1));
  });
  return shares.reduce((sum, share) => sum + share, 0) / items.length;
}

/**
 * Fleiss' kappa (Fleiss 1971, "Measuring nominal scale agreement among many raters"): (P - P_e) / (1 - P_e), the agreement
 * beyond what labels drawn at random, in the shares in which they were given, would reach. 1 is full agreement, 0 is chance;
 * NaN where all labels are the same, since chance alone would then agree fully.
 * @param items as `rawAgreement`, with equally many labels each, as the paper's derivation needs
 * @throws RangeError as `rawAgreement`; where items have not equally many labels
 */
export function fleissKappa<L>(items: readonly (readonly L[])[]): number {
  checkItems("fleissKappa", items);
  const raters = items[0]!.length;
  const other = items.findIndex((labels) => labels.length !== raters);
  if (other >= 0)
    throw new RangeError(
      `fleissKappa: item ${other} has ${items[other]!.length} labels and item 0 has ${raters}. Cure: keep the items that as many people judged.`,
    );
  const chance = [...countsOf(items.flat()).values()].reduce(
    (sum, count) => sum + (count / (items.length * raters)) ** 2,
    0,
  );
  return chance === 1 ? NaN : (rawAgreement(items) - chance) / (1 - chance);
}

/**
 * Cohen's kappa of two people (Cohen 1960): as Fleiss', but each has shares of labels of his own.
 * @param first his label of each item
 * @throws RangeError where there are none, or not as many of both
 */
export function cohenKappa<L>(first: readonly L[], second: readonly L[]): number {
  if (first.length === 0 || first.length !== second.length)
    throw new RangeError(
      `cohenKappa: ${first.length} and ${second.length} labels. Cure: one each for every item.`,
    );
  const n = first.length;
  const agreement = first.filter((label, i) => label === second[i]).length / n;
  const [one, two] = [countsOf(first), countsOf(second)];
  const chance = [...one].reduce((sum, [label, count]) => sum + (count / n) * ((two.get(label) ?? 0) / n), 0);
  return chance === 1 ? NaN : (agreement - chance) / (1 - chance);
}

/**
 * Pairs of a prompt as comparisons for a reward model: what the majority prefers. Pairs on which it says "tie", or on which
 * there is none, are left out, and prompts that keep none with them.
 */
export function comparedByMajority(groups: readonly PromptGroup[]): Compared[] {
  return groups.flatMap((group) => {
    const comparisons = group.pairs.flatMap(({ places: [first, second], votes }) => {
      const label = majorityLabel(votes);
      return label === 1 ? [[first, second] as const] : label === 2 ? [[second, first] as const] : [];
    });
    return comparisons.length > 0
      ? [{ prompt: preferenceText(group), answers: group.answers, comparisons }]
      : [];
  });
}

/** The votes of the person at a place, a pair each. @throws RangeError where a pair has none there */
export function votesOf(pairs: readonly JudgedPair[], person: number): Vote[] {
  return pairs.map(({ votes }, i) => {
    const vote = votes[person];
    if (vote === undefined) throw new RangeError(`votesOf: pair ${i} has no vote of person ${person}`);
    return vote;
  });
}

function countsOf<L>(labels: readonly L[]): Map<L, number> {
  const counts = new Map<L, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

function checkItems(who: string, items: readonly (readonly unknown[])[]): void {
  if (items.length === 0) throw new RangeError(`${who}: there are no items`);
  const few = items.findIndex((labels) => labels.length < 2);
  if (few >= 0)
    throw new RangeError(
      `${who}: item ${few} has ${items[few]!.length} labels. Cure: at least two, or nobody can agree.`,
    );
}
