// Made from solutions/08-in-context-learning.ts. A fresh copy: lab reset 08. As shipped: c23389049597d079
/**
 * Lab 08: in-context learning.
 *
 * Eight functions: a prompt with demonstrations, how sure a result is, a cure for what a model prefers anyway, which
 * demonstrations to show and in which order, and three models of what learning from a prompt may be: copying, regression,
 * and a start that is quick to adapt. Replace each `throw` by your code, save, and run the check: in a notebook
 * `await check("08/few-shot-prompt", fewShotPrompt)`, in a terminal `lab grade --lab 08`.
 *
 * All of it is plain numbers and texts, no tensors. Leave the arguments as they are.
 */

/** A text with its right answer. */
export interface Example {
  readonly text: string;
  readonly label: string;
}

/**
 * 1. A prompt with demonstrations.   Difficulty 2 of 5, importance 5 of 5, about 15 minutes
 *
 * A template says how one example is written: {text} once, and after it {label} once, at the very end. The prompt is
 *   - each demonstration, with its text and its label filled in, followed by an empty line ("\n\n"), in the given order;
 *   - then the question, filled in up to where its label would stand, and without spaces at the end: a model has learned
 *     " positive" as one token with its space, and after "Sentiment: " it would have to go on without it.
 * Texts come from people: one may hold "{label}", or "$&", which String.replace takes for something else.
 *
 * With template "Review: {text}\nSentiment: {label}":
 * fewShotPrompt(template, [{ text: "Great.", label: "positive" }], "Awful.")
 *   ->  "Review: Great.\nSentiment: positive\n\nReview: Awful.\nSentiment:"
 *
 * Brown et al. (2020), "Language models are few-shot learners", section 2.4 and figure 2.1.
 */
export function fewShotPrompt(
  template: string,
  demonstrations: readonly Example[],
  question: string,
): string {
  // TODO: cut the template at its two slots, put the pieces together for each demonstration, then for the question
  throw new Error("Not implemented yet: fewShotPrompt");
}

/** A mean, and the ends of its interval. */
export type Interval = Readonly<Record<"mean" | "low" | "high", number>>;

/**
 * 2. An interval over seeds.   Difficulty 1 of 5, importance 5 of 5, about 10 minutes
 *
 * Other demonstrations, another accuracy. A few seeds are a sample of all draws, and their mean is only near the mean of
 * all. With n values, s^2 = sum of (value - mean)^2 over (n - 1), and the interval is
 *
 *     mean - t s / sqrt(n)   to   mean + t s / sqrt(n)
 *
 * with t from Student's distribution (for 95 %: 4.303 with 3 values, 3.182 with 4, 2.776 with 5).
 *
 * seedInterval([0.6, 0.7, 0.8], 4.303)  ->  { mean: 0.7, low: 0.452, high: 0.948 }: three seeds say little
 *
 * @throws RangeError for fewer than two values, which have no spread
 *
 * Student (1908), "The probable error of a mean".
 */
export function seedInterval(values: readonly number[], t: number): Interval {
  // TODO: refuse fewer than two; the mean, the variance with n - 1, then half of the width
  throw new Error("Not implemented yet: seedInterval");
}

/**
 * 3. Contextual calibration.   Difficulty 2 of 5, importance 5 of 5, about 10 minutes
 *
 * A model prefers some labels whatever it reads. To see which, ask it about texts without content ("N/A", an empty one).
 * Take the mean of what it says of them, label by label; divide its answer by this, label by label; divide by the sum.
 *
 * calibrate([0.7, 0.3], [[0.9, 0.1], [0.7, 0.3]])  ->  [0.368, 0.632]: the mean is [0.8, 0.2], and 0.875 is less than 1.5
 *
 * @param probabilities of the labels for the real text; they add up to 1
 * @param contentFree of the labels for each text without content, at least one, nothing in it 0
 *
 * Zhao et al. (2021), "Calibrate before use", section 5: W = diag(p_cf)^-1, b = 0.
 */
export function calibrate(
  probabilities: readonly number[],
  contentFree: readonly (readonly number[])[],
): number[] {
  // TODO: the mean over the content-free texts, the quotients, and their sum
  throw new Error("Not implemented yet: calibrate");
}

/**
 * 4. The nearest demonstrations.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * The places in the pool of the k examples whose vectors have the largest cosine with the question's vector,
 * cos(a, b) = a . b / (|a| |b|). The NEAREST comes LAST, right before the question; of equally near ones the earlier in
 * the pool counts as nearer. With k larger than the pool, all of it. No vector is all zeros.
 *
 * nearestShots([1, 0], [[0, 1], [5, 5], [1, 0]], 2)  ->  [1, 2]: place 2 has cosine 1, place 1 has 0.707
 *
 * Liu et al. (2022), "What makes good in-context examples for GPT-3?", section 3 (KATE).
 */
export function nearestShots(
  query: readonly number[],
  pool: readonly (readonly number[])[],
  k: number,
): number[] {
  // TODO: a cosine for each place, sort the places by it, keep k, turn them round
  throw new Error("Not implemented yet: nearestShots");
}

/**
 * 5. Is an order any good?   Difficulty 2 of 5, importance 3 of 5, about 15 minutes
 *
 * Some orders of the same demonstrations make a model give one label to everything. That shows without any right answer:
 * ask about some texts, take the likeliest label of each (of equal ones the first), and count. Global entropy is the
 * entropy of the shares of the labels,
 *
 *     GlobalE = -sum over labels of  q log q       q: the label's share of the answers, natural logarithm, 0 log 0 = 0
 *
 * It is 0 where all texts get one label, log 2 where two labels come equally often. High is good.
 *
 * globalEntropy([[0.6, 0.4], [0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])  ->  0.562: shares 3/4 and 1/4
 *
 * @param distributions what the model says of each text, [texts][labels]; at least one
 *
 * Lu et al. (2022), "Fantastically ordered prompts and where to find them", section 3.2, equation 4.
 */
export function globalEntropy(distributions: readonly (readonly number[])[]): number {
  // TODO: count the likeliest labels, make shares of the counts, take their entropy
  throw new Error("Not implemented yet: globalEntropy");
}

/**
 * 6. What an induction head says.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * "A B ... A": what came after A before? Look for the earlier places that hold the same token as the last place. Each of
 * them votes for the token that came right after it. Give the share of the votes of each token, an array over the
 * vocabulary. Where the last token is new, nothing is known: all tokens alike.
 *
 * inductionGuess([3, 1, 2, 3, 0, 3], 4)  ->  [0.5, 0.5, 0, 0]: token 3 came twice before, followed by 1 and by 0
 * inductionGuess([0, 1], 4)              ->  [0.25, 0.25, 0.25, 0.25]
 *
 * @param ids at least one, each from 0 to vocabSize - 1
 *
 * Elhage et al. (2021), "A mathematical framework for transformer circuits"; Olsson et al. (2022), "In-context learning
 * and induction heads".
 */
export function inductionGuess(ids: readonly number[], vocabSize: number): number[] {
  // TODO: count what came after the earlier copies of the last token, then make shares of the counts
  throw new Error("Not implemented yet: inductionGuess");
}

/**
 * Solves A z = b (given, nothing to do here): Gauss's elimination with row exchange.
 * @param matrix A, [D][D], not singular
 */
export function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let best = column;
    for (let r = column; r < size; r++)
      if (Math.abs(rows[r][column]) > Math.abs(rows[best][column])) best = r;
    [rows[column], rows[best]] = [rows[best], rows[column]];
    for (let r = 0; r < size; r++) {
      if (r === column) continue;
      const factor = rows[r][column] / rows[column][column];
      for (let c = column; c <= size; c++) rows[r][c] -= factor * rows[column][c];
    }
  }
  return rows.map((row, i) => row[size] / row[i]);
}

/**
 * 7. Regression in context.   Difficulty 3 of 5, importance 4 of 5, about 25 minutes
 *
 * A prompt of numbers: x_1, y_1, ... x_n, y_n, and then x. What is y? Ridge regression takes the weights w that make
 * sum over i of (w . x_i - y_i)^2 + lambda |w|^2 smallest. They solve
 *
 *     (X^T X + lambda I) w = X^T y        X: the x_i as rows, [n][D];  I: 1 on the diagonal, 0 elsewhere
 *
 * and the prediction is w . x. No intercept. `solve` above solves such a system. A lambda above 0 makes it solvable also
 * where there are fewer examples than dimensions; with none at all the prediction is 0.
 *
 * ridgePrediction([[1, 0], [0, 2]], [3, 4], [1, 1], 0)  ->  5: w = [3, 2]
 * ridgePrediction([[1, 0], [0, 2]], [3, 4], [1, 1], 1)  ->  3.1: (1 + 1) w_1 = 3 and (4 + 1) w_2 = 8
 *
 * Garg et al. (2022), "What can transformers learn in-context?", section 3; Akyürek et al. (2023).
 */
export function ridgePrediction(
  xs: readonly (readonly number[])[],
  ys: readonly number[],
  x: readonly number[],
  lambda: number,
): number {
  // TODO: build X^T X + lambda I and X^T y, solve for w, multiply with x
  throw new Error("Not implemented yet: ridgePrediction");
}

/** Examples of one task: inputs [n][D] and their answers [n]. */
export interface Examples {
  readonly xs: readonly (readonly number[])[];
  readonly ys: readonly number[];
}

/**
 * The gradient of the loss (given, nothing to do here). L(w) = mean over the n examples of (w . x - y)^2, so that
 * gradient(w) = mean of 2 (w . x - y) x.
 */
export function gradient(weights: readonly number[], { xs, ys }: Examples): number[] {
  const errors = xs.map((x, i) => x.reduce((sum, value, a) => sum + value * weights[a], -ys[i]));
  return weights.map((_, a) => xs.reduce((sum, x, i) => sum + 2 * errors[i] * x[a], 0) / xs.length);
}

/** What the two loops give, each [D]. */
export type MetaStep = Readonly<Record<"adapted" | "metaGradient", number[]>>;

/**
 * 8. The outer loop of MAML.   Difficulty 4 of 5, importance 4 of 5, about 30 minutes
 *
 * MAML looks for a START from which one step learns a new task. Inner loop: one step on the task's support examples,
 *
 *     w' = w - rate * gradient(w, support)
 *
 * Outer loop: how does the loss of w' on the QUERY examples change with the start w? By the chain rule
 *
 *     d L_query(w') / d w = (I - rate H) gradient(w', query)      H = mean over the support of 2 x x^T, [D][D]
 *
 * H is the second derivative of the support's loss. So each number a of the answer is
 * g_a - rate * sum over b of H_ab g_b, where g = gradient(w', query). Give w' and this meta-gradient.
 *
 * With weights [0], support { xs: [[1]], ys: [1] }, query { xs: [[2]], ys: [4] } and rate 0.25: the gradient at w = 0 is -2,
 * so w' = 0.5; there the query's is 2 (1 - 4) 2 = -12; H = 2, and (1 - 0.5) times -12 is -6:
 * ->  { adapted: [0.5], metaGradient: [-6] }
 *
 * Finn, Abbeel, Levine (2017), "Model-agnostic meta-learning", equation 1 and algorithm 1.
 */
export function mamlGradient(
  weights: readonly number[],
  support: Examples,
  query: Examples,
  rate: number,
): MetaStep {
  // TODO: one inner step; the query's gradient there; then times (I - rate H)
  throw new Error("Not implemented yet: mamlGradient");
}
