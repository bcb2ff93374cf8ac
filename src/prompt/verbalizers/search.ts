/**
 * Verbalizers that are searched: which words would a few labelled examples choose? PETAL (Schick, Schmid and Schütze 2020,
 * "Automatically Identifying Words That Can Serve as Labels for Few-Shot Text Classification"), after timoschick/pet's
 * petal.py. What is searched in is what the model says in the place of the mask, for each example, of each word.
 */
import type { Tokenizer } from "../../text";
import { manual } from "./manual";
import type { Verbalizer } from "./manual";

/** A word that could serve as a label: one token. */
export interface Candidate {
  readonly id: number;
  readonly word: string;
}

export interface ScoredWord extends Candidate {
  /** As `SearchOptions.score` says; larger is better. */
  readonly score: number;
}

export interface SearchOptions {
  /** Words for each label; default 10 (section 4.2: with several, no single choice matters much). */
  readonly perLabel?: number;
  /** Words that a label chooses among, those likeliest for its own examples (section 4.1); default 1000. */
  readonly candidates?: number;
  /**
   * "ratio" (default), the likelihood ratio of equation 7: mean of ln q/(1-q) over the label's examples, less the mean over
   * all others. "crossEntropy", equation 6: mean of ln q, plus the mean of ln (1-q) over the others; it prefers words that
   * are frequent anywhere.
   */
  readonly score?: "ratio" | "crossEntropy";
  /** Equation 5: the label's examples count as much as all others together. Default true; false: each example counts 1. */
  readonly balanced?: boolean;
}

export interface Searched {
  readonly verbalizer: Verbalizer;
  /** The words of each label, best first. */
  readonly words: Readonly<Record<string, readonly ScoredWord[]>>;
}

/** Probabilities are kept this far from 0 and 1, so that their logarithms stay finite (as OpenPrompt does). */
const NEAR = 1e-15;

/**
 * Chooses words for labels. A word that several labels would take goes to the one where it scores highest (petal.py gives
 * it to each, and it then tells nothing apart); ties go to the label and the candidate that come first.
 *
 * Several patterns at once (petal.py's combine_patterns): give the rows of all of them, one after the other.
 *
 * @param logProbs ln q of the next token, or of the mask, [N][V]
 * @param labels of the N examples; a label of the verbalizer for each that occurs
 * @param words to choose from, as `candidateWords` lists them
 * @throws RangeError where there are not N labels, fewer than two different ones, not enough words, a score that is no
 *   log-probability, or an option below 1
 */
export function searchVerbalizer(
  logProbs: readonly ArrayLike<number>[],
  labels: readonly string[],
  words: readonly Candidate[],
  options: SearchOptions = {},
): Searched {
  const { perLabel = 10, candidates = 1000, score = "ratio", balanced = true } = options;
  for (const [name, value] of Object.entries({ perLabel, candidates }))
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`searchVerbalizer: ${name} is ${value}, a whole number from 1 is meant.`);
  if (labels.length !== logProbs.length)
    throw new RangeError(`searchVerbalizer: ${logProbs.length} examples, but ${labels.length} labels.`);
  const names = [...new Set(labels)];
  if (names.length < 2)
    throw new RangeError(
      `searchVerbalizer: examples of at least two labels are needed, got ${names.length}.`,
    );
  if (words.length < perLabel * names.length)
    throw new RangeError(
      `searchVerbalizer: ${names.length} labels with ${perLabel} words each, but only ${words.length} words to choose from.`,
    );

  const q = words.map(({ id, word }) => logProbs.map((row, n) => checked(row[id], n, word))); // [words][N]
  const choices = names.flatMap((label) => {
    const own = labels.map((each) => each === label);
    const likelihood = q.map((row) => sum(row, own, true)); // [words]
    const most = words.map((_, w) => w).sort((a, b) => likelihood[b]! - likelihood[a]! || a - b);
    return most.slice(0, candidates).map((w) => ({ label, w, score: scoreOf[score](q[w]!, own, balanced) }));
  });
  choices.sort((a, b) => b.score - a.score || names.indexOf(a.label) - names.indexOf(b.label) || a.w - b.w);

  const taken = new Set<number>();
  const found = new Map(names.map((label): [string, ScoredWord[]] => [label, []]));
  for (const { label, w, score } of choices) {
    const list = found.get(label)!;
    if (taken.has(w) || list.length === perLabel) continue;
    taken.add(w);
    list.push({ ...words[w]!, score });
  }
  const short = names.find((label) => found.get(label)!.length < perLabel);
  if (short !== undefined)
    throw new RangeError(
      `searchVerbalizer: other labels took the words of ${JSON.stringify(short)}: ${found.get(short)!.length} of ` +
        `${perLabel} are left of its ${candidates} candidates. Cure: more candidates, or fewer words a label.`,
    );
  const chosen = Object.fromEntries(found);
  const verbalizer = manual(Object.fromEntries([...found].map(([label, list]) => [label, list.map(({ word }) => word)]))); // prettier-ignore
  return { verbalizer, words: chosen };
}

/** Score of a word: its ln q [N], and which of the N examples have the label. */
const scoreOf = {
  ratio: (q: readonly number[], own: readonly boolean[], balanced: boolean): number => {
    const odds = q.map((value) => value - lnNot(value));
    return balanced
      ? mean(odds, own, true) - mean(odds, own, false)
      : sum(odds, own, true) - sum(odds, own, false);
  },
  crossEntropy: (q: readonly number[], own: readonly boolean[], balanced: boolean): number => {
    const not = q.map(lnNot);
    return balanced ? mean(q, own, true) + mean(not, own, false) : sum(q, own, true) + sum(not, own, false);
  },
};

/** ln (1 - q) of ln q. */
const lnNot = (lnQ: number): number => Math.log1p(-Math.exp(lnQ));

const sum = (values: readonly number[], own: readonly boolean[], which: boolean): number =>
  values.reduce((total, value, n) => (own[n] === which ? total + value : total), 0);

const mean = (values: readonly number[], own: readonly boolean[], which: boolean): number =>
  sum(values, own, which) / own.filter((each) => each === which).length;

function checked(value: number | undefined, n: number, word: string): number {
  if (value === undefined || Number.isNaN(value) || value > 1e-5)
    throw new RangeError(
      `searchVerbalizer: for example ${n} the word ${JSON.stringify(word)} has ${value}, no log-probability.`,
    );
  return Math.min(Math.max(value, Math.log(NEAR)), Math.log1p(-NEAR));
}

/**
 * Words of a vocabulary that can serve as labels: tokens of two letters or more that, with `lead` before it, a text becomes
 * whole (petal.py's filter_words). With texts of the task only the words that are frequent there (section 4.1).
 *
 * @param options `lead`: the spaces before the mask; `texts`: unlabelled texts of the task; `most`: how many words are kept
 *   of those that occur in them, default 10000
 * @returns by id, or with texts by falling frequency
 */
export function candidateWords(
  tokenizer: Tokenizer,
  { lead = " ", texts, most = 10_000 }: { lead?: string; texts?: readonly string[]; most?: number } = {},
): Candidate[] {
  const counts = texts && countTokens(tokenizer, texts, lead);
  const special = new Set(Object.values(tokenizer.special));
  const ids = counts ? [...counts.keys()] : Array.from({ length: tokenizer.vocabSize }, (_, id) => id);
  const found = ids.flatMap((id): Candidate[] => {
    if (special.has(id)) return [];
    const word = decoded(tokenizer, id).trim();
    if (!/^\p{L}{2,}$/u.test(word)) return [];
    const back = tokenizer.encode(lead + word);
    return back.length === 1 && back[0] === id ? [{ id, word }] : [];
  });
  if (!counts) return found;
  return found.sort((a, b) => counts.get(b.id)! - counts.get(a.id)! || a.id - b.id).slice(0, most);
}

/** How often each token stands in texts, a word at a text's beginning as one with `lead` before it. */
function countTokens(tokenizer: Tokenizer, texts: readonly string[], lead: string): Map<number, number> {
  const counts = new Map<number, number>();
  for (const text of texts)
    for (const id of tokenizer.encode(lead + text)) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

/** "" for an id that no token has: borrowed vocabularies have gaps. */
function decoded(tokenizer: Tokenizer, id: number): string {
  try {
    return tokenizer.decode([id]);
  } catch {
    return "";
  }
}
