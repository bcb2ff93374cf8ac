/**
 * What prompting asks of a model, whatever the model is: how probable an answer is after a prompt (a decoder), or in the
 * place of a mask (an encoder). Answers are token ids, so a label word that the tokenizer splits is one answer of several
 * tokens, and its log-probability is the sum of theirs.
 */
export interface ScoreRequest {
  readonly prompt: readonly number[];
  readonly answers: readonly (readonly number[])[];
}

/** Scores many requests at once, because an implementation saves work among them (shared beginnings, batches). */
export interface Scorer {
  /** Tokens that a prompt and its longest answer may have together. */
  readonly context: number;
  /**
   * @returns for each request, in its order, the log-probability of each answer (natural logarithm, not normalised over
   *   the answers)
   * @throws RangeError naming the request that is empty, has no answer, an empty answer or too many tokens
   */
  score(
    requests: readonly ScoreRequest[],
    progress?: (done: number, all: number) => void,
  ): Promise<number[][]>;
}
