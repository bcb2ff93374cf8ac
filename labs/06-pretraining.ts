// Made from solutions/06-pretraining.ts. A fresh copy: lab reset 06. As shipped: d416e3c62fc2330f
/**
 * Lab 06: pretraining.
 *
 * Eight functions: how a model is scored, the best language model before neural ones, what BERT, T5 and GLM are asked,
 * the loss that all of them share, and the line through a scaling law. Each stands alone. Replace each `throw` by your
 * code, save, and run the check: in a notebook `await check("06/bigram", bigramProbabilities)`, in a terminal
 * `lab grade --lab 06`.
 *
 * Tokens are ids, 0 to vocabSize - 1, in plain arrays. Where something is random the draws are given, so that there is
 * one right answer. Leave the arguments as they are: return something new.
 */

/** A label that counts for nothing, as in PyTorch: the loss skips its place. */
export const IGNORE = -100;

/**
 * 1. Bigrams.   Difficulty 1 of 5, importance 4 of 5, about 10 minutes
 *
 * The simplest model that looks back: how likely is b after a? Count how often b follows a, add k to every count (so
 * that nothing is impossible), and divide by the row's sum: (count(a b) + k) / (count(a) + k vocabSize), where count(a)
 * is how often a is followed by anything. Row a of the answer holds the probabilities of all b.
 * With k = 0 a row without counts has no shares: give every b the same probability, 1 / vocabSize.
 *
 * bigramProbabilities([0, 1, 0, 1, 0, 0], 2, 1)  ->  [[0.4, 0.6], [0.75, 0.25]]
 *
 * Jurafsky and Martin, "Speech and Language Processing", section 3.6 (add-k smoothing).
 */
export function bigramProbabilities(ids: readonly number[], vocabSize: number, k: number): number[][] {
  // TODO: count each pair of neighbours in a table, then turn rows into probabilities
  throw new Error("Not implemented yet: bigramProbabilities");
}

/**
 * 2. Perplexity.   Difficulty 1 of 5, importance 5 of 5, about 10 minutes
 *
 * A model gave each token of a text, when its turn came, the probability probabilities[i]. The perplexity is
 * exp(mean of -log p), with natural logarithms: how many equally likely tokens the model was, on average, unsure
 * between. A model that gives every token 1/65 has perplexity 65.
 * The product of 10,000 probabilities is 0 for a computer, so add logarithms. A token with probability 0 makes the
 * perplexity Infinity.
 *
 * perplexity([0.5, 0.125])  ->  4      (mean of log 2 and log 8 is log 4)
 *
 * Jelinek, Mercer, Bahl, Baker (1977), "Perplexity: a measure of the difficulty of speech recognition tasks".
 */
export function perplexity(probabilities: readonly number[]): number {
  // TODO: the mean of -log p, back through exp
  throw new Error("Not implemented yet: perplexity");
}

/**
 * 3. Kneser-Ney.   Difficulty 3 of 5, importance 3 of 5, about 25 minutes
 *
 * The best way of smoothing counts. Take a `discount` D off every count that is not 0, and give what was taken to a
 * second guess. The second guess does not ask how OFTEN b occurs but after how many DIFFERENT tokens: "Francisco" is
 * frequent, yet after anything but "San" it is a bad guess.
 *
 *     p(b | a) = max(count(a b) - D, 0) / count(a)  +  D * kinds(a) / count(a) * guess(b)
 *     guess(b) = in how many rows b has a count  /  in how many cells of the table there is a count
 *
 * counts[a][b] says how often b follows a; count(a) is the sum of row a; kinds(a) is how many b of row a have a count.
 * A row without counts is the guess alone. The table holds at least one count. Row a of the answer holds p(b | a).
 *
 * kneserNey([[0, 2], [1, 1]], 0.5)  ->  [[0.0833, 0.9167], [0.4167, 0.5833]] (nearly)
 *
 * Kneser and Ney (1995); Chen and Goodman (1999), section 2.7, for two tokens.
 */
export function kneserNey(counts: readonly (readonly number[])[], discount: number): number[][] {
  // TODO: the second guess first, then each row: discounted share plus what was taken times the guess
  throw new Error("Not implemented yet: kneserNey");
}

/**
 * 4. The loss of a language model.   Difficulty 2 of 5, importance 5 of 5, about 20 minutes
 *
 * A model has read ids and gives a row of scores for each place: logits[t] says what comes AFTER ids[t]. So the label of
 * row t is ids[t + 1], and the last row has none. The loss is the mean of -log p(label) over the rows with a label,
 * where p = softmax(logits[t]): -log p(label) = log(sum_j exp(z_j)) - z_label.
 * A label that is IGNORE (-100; padding, or a prompt) does not count, neither in the sum nor in the mean. Where no label
 * counts the loss is 0.
 * Scores may be as large as 10,000: exp(10,000) is Infinity, so take each row's largest score away first (lab 00).
 *
 * nextTokenLoss([[0, 0], [Math.log(3), 0], [5, 0]], [0, 1, 0])  ->  0.4904  (mean of log 2 and log(4/3))
 *
 * Radford et al. (2018), "Improving Language Understanding by Generative Pre-Training", equation 1.
 */
export function nextTokenLoss(logits: readonly (readonly number[])[], ids: readonly number[]): number {
  // TODO: for each row with a label: log-sum-exp minus the label's score; then the mean
  throw new Error("Not implemented yet: nextTokenLoss");
}

/** Three numbers that were drawn for one place of a text. */
export interface Draw {
  /** In [0, 1): is this place chosen? */
  readonly choose: number;
  /** In [0, 1): what happens to it? */
  readonly change: number;
  /** The id that is put there, if it comes to that. */
  readonly random: number;
}

/** Ids that mean something of their own. */
export interface MaskTokens {
  /** [MASK] */
  readonly mask: number;
  /** [CLS], [SEP], [PAD]: never chosen. */
  readonly special: readonly number[];
}

/** What a model is shown, and what it is asked. */
export interface Example {
  readonly inputs: number[];
  readonly labels: number[];
}

/**
 * 5. BERT's mask.   Difficulty 2 of 5, importance 5 of 5, about 20 minutes
 *
 * Masked language modelling hides some tokens and asks for them. Place i is chosen when draws[i].choose < 0.15 and
 * ids[i] is not special ([CLS], [SEP], [PAD] are never chosen). A chosen place becomes
 *   - `mask`, when draws[i].change < 0.8 (80 %),
 *   - draws[i].random, when it is from 0.8 up to, but not including, 0.9 (10 %),
 *   - itself otherwise (10 %).
 * Labels are the ORIGINAL id at every chosen place, also where nothing changed, and IGNORE everywhere else.
 *
 * maskTokens([1, 7, 8], { mask: 3, special: [1] },
 *   [{ choose: 0, change: 0, random: 5 }, { choose: 0.1, change: 0.5, random: 5 }, { choose: 0.9, change: 0, random: 5 }])
 *   ->  { inputs: [1, 3, 8], labels: [-100, 7, -100] }
 *
 * Devlin et al. (2019), BERT, section 3.1. (BERT chooses exactly 15 % of the places; most code since chooses each with a
 * chance of 15 %, as here.)
 */
export function maskTokens(ids: readonly number[], tokens: MaskTokens, draws: readonly Draw[]): Example {
  // TODO: decide for each place whether it is chosen, and then what it becomes
  throw new Error("Not implemented yet: maskTokens");
}

/** A stretch of a text: the ids from `start` on, up to but without `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** T5's: the first sentinel (the next is 1 less), and the end of a text. */
export interface SpanTokens {
  readonly sentinel: number;
  readonly end: number;
}

/**
 * 6. T5's spans.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * T5 takes whole spans out of a text. In `inputs` each span becomes ONE sentinel; `labels` tells the spans one after
 * another, each behind its sentinel. Both finish with the end token. The first span's sentinel is tokens.sentinel, the
 * next one's is 1 less, and so on, since T5 keeps its sentinels at the end of the vocabulary, counting down.
 * Spans are given from left to right, none is empty, and at least one id stands between two of them.
 *
 * spanCorruption([10, 11, 12, 13, 14], [{ start: 1, end: 3 }, { start: 4, end: 5 }], { sentinel: 99, end: 1 })
 *   ->  { inputs: [10, 99, 13, 98, 1], labels: [99, 11, 12, 98, 14, 1] }
 *
 * Raffel et al. (2020), T5, section 3.1.4 and figure 2 (the figure shows one more sentinel at the end of the target; T5's
 * code, and this exercise, have none).
 */
export function spanCorruption(ids: readonly number[], spans: readonly Span[], tokens: SpanTokens): Example {
  // TODO: walk along the spans: text before the span to the inputs, the span to the labels, a sentinel to both
  throw new Error("Not implemented yet: spanCorruption");
}

/** What GLM reads: Part A, the text with blanks, then Part B, the spans. */
export interface Blanks extends Example {
  /** Where in Part A: for a token of Part B, the place of the [MASK] that it fills. */
  readonly positions: number[];
  /** Where in its span: 0 in Part A; 1 for the start token in Part B, then 2, 3, ... */
  readonly blockPositions: number[];
}

/** GLM's: [MASK], and what a span begins and ends with. */
export interface BlankTokens {
  readonly mask: number;
  readonly start: number;
  readonly end: number;
}

/**
 * 7. GLM's blanks.   Difficulty 4 of 5, importance 3 of 5, about 30 minutes
 *
 * GLM fills blanks as GPT writes: from left to right. Part A is the text in which each span became one [MASK]. Part B
 * follows: the spans in the order `order` (order[0] is the number of the span that is written first), each behind a start
 * token. In Part B the label of a token is the next token of its span, and the end token after the last; in Part A labels
 * are IGNORE.
 * Every token has two positions: `positions` is its place in Part A, counted from 0, and all tokens of a span share the
 * place of their [MASK]; `blockPositions` is 0 in Part A and counts 1, 2, 3, ... in each span, from its start token.
 * Spans are given from left to right, none is empty, and at least one id stands between two of them.
 *
 * blankInfilling([10, 11, 12, 13], [{ start: 1, end: 3 }], [0], { mask: 5, start: 6, end: 7 })
 *   ->  { inputs: [10, 5, 13, 6, 11, 12], labels: [-100, -100, -100, 11, 12, 7],
 *         positions: [0, 1, 2, 1, 1, 1], blockPositions: [0, 0, 0, 1, 2, 3] }
 *
 * Du et al. (2022), GLM, section 2.1 and figure 2 (which counts positions from 1).
 */
export function blankInfilling(
  ids: readonly number[],
  spans: readonly Span[],
  order: readonly number[],
  tokens: BlankTokens,
): Blanks {
  // TODO: Part A first, noting where each [MASK] stands; then the spans in their order
  throw new Error("Not implemented yet: blankInfilling");
}

/** y = scale * x^(-exponent). */
export interface PowerLaw {
  readonly scale: number;
  readonly exponent: number;
}

/**
 * 8. A power law.   Difficulty 3 of 5, importance 4 of 5, about 20 minutes
 *
 * Losses of language models fall as a power of their size: y = scale * x^(-exponent). On logarithmic axes that is a
 * line, log y = log scale - exponent * log x, so fit a line to the points (log x, log y) by least squares:
 *
 *     slope = sum_i (u_i - mean u) (v_i - mean v) / sum_i (u_i - mean u)^2        u = log x, v = log y
 *
 * The line goes through (mean u, mean v). A falling curve has a POSITIVE exponent. There are at least two different x,
 * and all numbers are above 0.
 *
 * fitPowerLaw([1, 10, 100], [8, 4, 2])  ->  { scale: 8, exponent: 0.301 } (nearly)
 *
 * Kaplan et al. (2020), "Scaling Laws for Neural Language Models", section 1.2.
 */
export function fitPowerLaw(x: readonly number[], y: readonly number[]): PowerLaw {
  // TODO: least squares on the logarithms, then back
  throw new Error("Not implemented yet: fitPowerLaw");
}
