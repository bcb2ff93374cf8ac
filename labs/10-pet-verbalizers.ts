// Made from solutions/10-pet-verbalizers.ts. A fresh copy: lab reset 10. As shipped: 28a9b00bdd44d566
/**
 * Lab 10: PET and verbalizers.
 *
 * Eight functions, in the order in which a label goes through PET: a prompt that keeps its question, words that become
 * labels, words of several tokens, words that are searched; then a loss, the vote of several patterns, the classifier
 * that learns from the vote, and the next generation's examples. Each stands alone. Replace each `throw` by your code,
 * save, and run the check: in a notebook `await check("10/pet-loss", petLoss)`, in a terminal `lab grade --lab 10`.
 *
 * All is plain arrays of numbers; logarithms are natural. A label is its number, 0 to L - 1, where the L labels are in a
 * fixed order. Leave the arguments as they are: return something new.
 */

/** A stretch of a prompt: its tokens, and whether some of them may be left out. */
export interface Stretch {
  readonly ids: readonly number[];
  readonly shorten: boolean;
}

/**
 * 1. A prompt that keeps its question.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * "{review} It was [MASK]." is three stretches, and a model has room for so many tokens. Cut the whole at its end, and
 * the mask is gone, and with it the question. So only stretches that may be shortened lose tokens: as long as the prompt
 * is too long, the LONGEST of them loses its last token (of equally long ones the one that comes last). All others stay
 * as they are. Give the ids of the whole prompt.
 *
 * shortenPrompt([{ ids: [1, 2, 3, 4], shorten: true }, { ids: [9], shorten: false }], 3)  ->  [1, 2, 9]
 *
 * @param room most tokens of the prompt
 * @throws RangeError where what must stay is longer than the room
 *
 * timoschick/pet, `PVP.truncate` in pvp.py; there too only parts marked shortenable are cut, the longer first.
 */
export function shortenPrompt(stretches: readonly Stretch[], room: number): number[] {
  // TODO: how many each stretch keeps; while there are too many, the longest that may loses one
  throw new Error("Not implemented yet: shortenPrompt");
}

/**
 * 2. From words to labels.   Difficulty 2 of 5, importance 5 of 5, about 15 minutes
 *
 * A masked model gives each word of its vocabulary a log-probability in the place of the mask. Only the label words
 * count; a label may have several. Three steps:
 *   - a softmax over ALL label words together: what would it say if it had to say one of them?
 *   - a label gets the mean of its words' probabilities, so that a label with more words is not likelier for that;
 *   - divide by the sum over the labels, so that they add up to 1.
 * Log-probabilities may be far below 0, and exp(-1000) is 0: take the largest away first.
 *
 * labelProbabilities([[Math.log(0.06)], [Math.log(0.02)]])                  ->  [0.75, 0.25]
 * labelProbabilities([[Math.log(0.06), Math.log(0.02)], [Math.log(0.04)]])  ->  [0.5, 0.5]
 *
 * @param wordLogProbs [labels][words of the label], each at least one
 *
 * Schick and Schütze (2021), "Exploiting cloze questions ...", section 3.1, for one word a label; Hu et al. (2022),
 * "Knowledgeable prompt-tuning", section 3.4, for several.
 */
export function labelProbabilities(wordLogProbs: readonly (readonly number[])[]): number[] {
  // TODO: exp of all words, less the largest; the mean of each label; divided by the sum of the means
  throw new Error("Not implemented yet: labelProbabilities");
}

/**
 * 3. A word of several tokens.   Difficulty 3 of 5, importance 4 of 5, about 15 minutes
 *
 * A mask holds one token. A causal model can score a word that its tokenizer splits: by the chain rule,
 *
 *     log P(a_0 ... a_(n-1) | prompt) = sum_k log P(a_k | prompt, a_0 ... a_(k-1))
 *
 * logits[k] are the scores of the whole vocabulary after the prompt and the first k tokens of the answer, so row k
 * judges token k. log P is a log-softmax: logits[k][a] - log(sum_j exp(logits[k][j])), and scores may be 10,000.
 * Each further token makes a word less likely. With `perToken` the sum is divided by the number of tokens.
 *
 * answerScore([[0, 0], [Math.log(3), 0]], [1, 0], false)  ->  -0.9808      log(1/2) + log(3/4)
 * answerScore([[0, 0], [Math.log(3), 0]], [1, 0], true)   ->  -0.4904
 *
 * @param logits a row for each token of the answer, or more: those after it judge nothing
 *
 * Brown et al. (2020), "Language models are few-shot learners", section 2.4.
 */
export function answerScore(
  logits: readonly (readonly number[])[],
  answer: readonly number[],
  perToken: boolean,
): number {
  // TODO: the log-softmax of each token by its row, summed up; then perhaps divided by their number
  throw new Error("Not implemented yet: answerScore");
}

/**
 * 4. Is this a good label word?   Difficulty 2 of 5, importance 3 of 5, about 15 minutes
 *
 * PETAL lets a few labelled texts choose the words. q[i] is the probability that the model gives the word in the mask
 * of text i. A good word for a label is likely in the texts of that label and unlikely in the others:
 *
 *     score = mean of log(q / (1 - q)) over the texts with the label  -  the same mean over all other texts
 *
 * Two means, so that a label with few texts counts as much as all others together. Where q is 0 or 1 the logarithm is
 * infinite: bring q into the range 1e-6 ... 1 - 1e-6 first.
 *
 * wordScore([0.5, 0.2, 0.2], [1, 0, 0], 1)  ->  1.3863        log(1) - log(1/4)
 *
 * @param labels of the texts; `label` is among them, and so is another one
 *
 * Schick, Schmid, Schütze (2020), "Automatically identifying words that can serve as labels for few-shot text
 * classification", equation 7 with the balance of equation 5.
 */
export function wordScore(q: readonly number[], labels: readonly number[], label: number): number {
  // TODO: log odds of each text, with q kept off 0 and 1; the mean of both sides
  throw new Error("Not implemented yet: wordScore");
}

/**
 * 5. The loss of PET.   Difficulty 3 of 5, importance 5 of 5, about 20 minutes
 *
 * With ten examples a model may learn the ten and forget its language. So PET trains on two things at once:
 *
 *     L = (1 - alpha) L_CE + alpha L_MLM
 *
 * L_CE is the cross-entropy of the right labels, the mean over the examples of -log q(label), where q is the softmax
 * over the scores of the LABEL WORDS alone: wordScores[n][l] is the score of label l's word in the mask of example n.
 * L_MLM is the mean of -log p of what was hidden in plain text; hiddenLogProbs has log p of each such token. With none
 * of them L_MLM is 0.
 *
 * petLoss([[0, 0]], [1], [-4, -2], 0)      ->  0.6931
 * petLoss([[0, 0]], [1], [-4, -2], 0.25)   ->  1.2699       0.75 * 0.6931 + 0.25 * 3
 *
 * @param wordScores [examples][labels], at least one example
 *
 * Schick and Schütze (2021), section 3.2 (alpha = 1e-4 there, since L_MLM is much larger than L_CE).
 */
export function petLoss(
  wordScores: readonly (readonly number[])[],
  labels: readonly number[],
  hiddenLogProbs: readonly number[],
  alpha: number,
): number {
  // TODO: the mean of -log softmax over the labels; the mean of -log p; their mixture
  throw new Error("Not implemented yet: petLoss");
}

/**
 * 6. The vote of several patterns.   Difficulty 3 of 5, importance 5 of 5, about 20 minutes
 *
 * Each pattern has trained a model of its own; scores[m][t][l] is what model m says for label l of unlabelled text t.
 * Nobody knows which pattern is best, so all of them vote, by their SCORES:
 *
 *     s(l) = sum_m w_m s_m(l) / sum_m w_m
 *
 * and the soft label of the text is the softmax of s(l) / temperature over the labels. A temperature of 2 makes soft
 * labels softer: a classifier then also learns how sure the others were.
 *
 * softLabels([[[2, 0]], [[0, 4]]], [3, 1], 0.5)  ->  [[0.7311, 0.2689]]      s = [1.5, 1], over 0.5
 *
 * @param weights one a model, not all 0: all 1, or the accuracy of its pattern before training
 * @returns [texts][labels]
 *
 * Schick and Schütze (2021), section 3.3; temperature as Hinton et al. (2015), "Distilling the knowledge in a neural
 * network", equation 1.
 */
export function softLabels(
  scores: readonly (readonly (readonly number[])[])[],
  weights: readonly number[],
  temperature: number,
): number[][] {
  // TODO: for each text: the weighted mean of the models' scores, then a softmax with temperature
  throw new Error("Not implemented yet: softLabels");
}

/**
 * 7. Distillation.   Difficulty 2 of 5, importance 4 of 5, about 10 minutes
 *
 * One classifier learns from the vote. Its loss is the cross-entropy with the SOFT labels, the mean over the texts of
 *
 *     - sum_l soft[t][l] log softmax(logits[t])_l
 *
 * With all of a soft label on one place this is the loss of ordinary training. Logits may be as large as 10,000: take
 * the largest away before exp. A soft label of 0 counts for nothing, also where the logit is -Infinity (0 times
 * Infinity is NaN).
 *
 * distillationLoss([[0, 0]], [[0.9, 0.1]])            ->  0.6931
 * distillationLoss([[Math.log(3), 0]], [[0.5, 0.5]])  ->  0.8370      -(log(3/4) + log(1/4)) / 2
 *
 * @param logits [texts][labels], of the classifier
 * @param soft [texts][labels], each row adds up to 1
 *
 * Hinton et al. (2015), section 2; Schick and Schütze (2021), section 3.3.
 */
export function distillationLoss(
  logits: readonly (readonly number[])[],
  soft: readonly (readonly number[])[],
): number {
  // TODO: log-sum-exp of each row; what each label's share costs; the mean over the texts
  throw new Error("Not implemented yet: distillationLoss");
}

/** An unlabelled text, by its number, with the label that others gave it. */
export interface Labelled {
  readonly text: number;
  readonly label: number;
}

/**
 * 8. The next generation.   Difficulty 4 of 5, importance 4 of 5, about 25 minutes
 *
 * iPET trains in generations: each gets a larger training set, labelled by the one before. A model must not teach
 * itself, or it would only grow surer of its mistakes. So for model `own`:
 *   - the mean of the probabilities of all OTHER models says how probable each label is for a text;
 *   - the text gets the most probable label (the lowest number of those that tie);
 *   - of the texts that got label l, the wanted[l] with the highest mean probability of l are taken, fewer where there
 *     are not so many. Where texts tie, the lower number comes first.
 * Give label 0's texts first, then label 1's, and so on; each label's by falling probability.
 *
 * nextTrainingSet([[[0.9, 0.1], [0.2, 0.8]], [[0.6, 0.4], [0.7, 0.3]]], 0, [1, 1])  ->  [{ text: 1, label: 0 }]
 *   (only model 1 counts; it gives both texts label 0, and is surer of text 1)
 *
 * @param probabilities [models][texts][labels], of two models or more
 * @param wanted how many texts of each label, in the shares of the labels of the first training set
 *
 * Schick and Schütze (2021), section 3.4. There a random part of the other models is asked, and texts are DRAWN, likelier
 * where those models are surer; here all are asked and the surest are taken, so that there is one right answer.
 */
export function nextTrainingSet(
  probabilities: readonly (readonly (readonly number[])[])[],
  own: number,
  wanted: readonly number[],
): Labelled[] {
  // TODO: the mean of the others; a label and its probability for each text; the surest of each label
  throw new Error("Not implemented yet: nextTrainingSet");
}
