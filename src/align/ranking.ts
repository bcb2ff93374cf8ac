/**
 * What a labeller says about the answers to one prompt. A labeller who puts K answers in order says something about each of
 * the C(K, 2) pairs at once (Ouyang et al. 2022, section 3.5), so the order is kept whole and pairs are made of it when they
 * are needed: the page that asks for labels, the reader of preference files and the reward model share this form.
 */

/** Answers to one prompt and their places. */
export interface Ranking {
  readonly prompt: string;
  /** At least two, no two alike. */
  readonly answers: readonly string[];
  /** One an answer: 1 is the best; equal ranks are a tie. */
  readonly ranks: readonly number[];
}

/** One comparison: the usual row of public preference sets. */
export interface PreferencePair {
  readonly prompt: string;
  readonly chosen: string;
  readonly rejected: string;
}

/** Places of two answers in a list: the first was preferred. */
export type Comparison = readonly [winner: number, loser: number];

/** Answers to one prompt and any comparisons over them: what no order holds (pairs left out, or in a circle) fits too. */
export interface Compared {
  readonly prompt: string;
  readonly answers: readonly string[];
  readonly comparisons: readonly Comparison[];
}

/**
 * @throws RangeError naming the field where there are fewer than two answers, two are alike, or ranks are not one whole
 *   number from 1 an answer
 */
export function checkRanking({ prompt, answers, ranks }: Ranking, name = "ranking"): void {
  if (typeof prompt !== "string") throw new RangeError(`${name}.prompt must be a text`);
  if (answers.length < 2)
    throw new RangeError(
      `${name}.answers has ${answers.length}. Cure: at least two answers, or there is nothing to compare.`,
    );
  const twice = answers.findIndex((answer, i) => answers.indexOf(answer) !== i);
  if (twice >= 0)
    throw new RangeError(
      `${name}.answers[${twice}] is the same text as answers[${answers.indexOf(answers[twice] as string)}]. ` +
        "Cure: give each text once.",
    );
  if (ranks.length !== answers.length)
    throw new RangeError(`${name}.ranks has ${ranks.length} for ${answers.length} answers. Cure: one each.`);
  const wrong = ranks.findIndex((rank) => !Number.isInteger(rank) || rank < 1);
  if (wrong >= 0)
    throw new RangeError(
      `${name}.ranks[${wrong}] is ${ranks[wrong]}. Cure: a whole number from 1, the best.`,
    );
}

/** The pairs that ranks decide, C(K, 2) without ties: no pair has equal ranks. The best winner comes first. */
export function comparisonsOf(ranks: readonly number[]): Comparison[] {
  const order = ranks.map((_, i) => i).sort((a, b) => (ranks[a] as number) - (ranks[b] as number) || a - b);
  return order.flatMap((winner) =>
    order
      .filter((loser) => (ranks[winner] as number) < (ranks[loser] as number))
      .map((loser): Comparison => [winner, loser]),
  );
}

/** The pairs that a ranking decides, as texts; none where all are tied. @throws as `checkRanking` */
export function pairsOf(ranking: Ranking): PreferencePair[] {
  checkRanking(ranking);
  const { prompt, answers, ranks } = ranking;
  return comparisonsOf(ranks).map(([winner, loser]) => ({
    prompt,
    chosen: answers[winner] as string,
    rejected: answers[loser] as string,
  }));
}

/** A ranking as its comparisons. @throws as `checkRanking` */
export function comparedOf(ranking: Ranking): Compared {
  checkRanking(ranking);
  const { prompt, answers, ranks } = ranking;
  return { prompt, answers, comparisons: comparisonsOf(ranks) };
}

/**
 * Pairs gathered by their prompt: all answers to one prompt become one entry, in the order in which they first appear.
 * Nothing is lost: a pair that comes twice counts twice, and labellers who contradict one another both stand.
 * @throws RangeError where a pair prefers an answer to itself
 */
export function comparedFrom(pairs: readonly PreferencePair[]): Compared[] {
  const entries = new Map<string, { places: Map<string, number>; comparisons: Comparison[] }>();
  for (const [i, { prompt, chosen, rejected }] of pairs.entries()) {
    if (chosen === rejected)
      throw new RangeError(`pairs[${i}] has the same text as chosen and as rejected. Cure: leave it out.`);
    const entry = entries.get(prompt) ?? { places: new Map<string, number>(), comparisons: [] };
    entries.set(prompt, entry);
    entry.comparisons.push([placeOf(chosen, entry.places), placeOf(rejected, entry.places)]);
  }
  return [...entries].map(([prompt, { places, comparisons }]) => ({
    prompt,
    answers: [...places.keys()],
    comparisons,
  }));
}

function placeOf(answer: string, places: Map<string, number>): number {
  const place = places.get(answer) ?? places.size;
  places.set(answer, place);
  return place;
}

/**
 * Pairs as rankings that say the same and no more: where the pairs of a prompt are all those of one order, with or without
 * ties, they are one ranking; where they are not (some are missing, or they contradict one another) each pair stands as a
 * ranking of two, since any order of them all would claim what nobody said. Pairs that come twice count once.
 * @throws as `comparedFrom`
 */
export function rankingsFrom(pairs: readonly PreferencePair[]): Ranking[] {
  return comparedFrom(pairs).flatMap(({ prompt, answers, comparisons }) => {
    const said = new Map(comparisons.map((pair) => [pair.join(), pair]));
    const ranks = ranksByWins(answers.length, [...said.values()]);
    const implied = comparisonsOf(ranks);
    if (implied.length === said.size && implied.every((pair) => said.has(pair.join())))
      return [{ prompt, answers, ranks }];
    return [...said.values()].map(([winner, loser]) => ({
      prompt,
      answers: [answers[winner] as string, answers[loser] as string],
      ranks: [1, 2],
    }));
  });
}

/** In an order an answer beats exactly those below it, so numbers of wins sort it. */
function ranksByWins(answers: number, comparisons: readonly Comparison[]): number[] {
  const wins = new Array<number>(answers).fill(0);
  for (const [winner] of comparisons) wins[winner] = (wins[winner] as number) + 1;
  const levels = [...new Set(wins)].sort((a, b) => b - a);
  return wins.map((count) => levels.indexOf(count) + 1);
}
