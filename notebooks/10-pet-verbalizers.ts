// ---
// jupyter:
//   jupytext:
//     text_representation:
//       extension: .ts
//       format_name: percent
//       format_version: '1.3'
//   kernelspec:
//     display_name: Lab (TypeScript)
//     language: typescript
//     name: lab
// ---

// %% [markdown]
// # 10 · PET and verbalizers
//
// You have a task, a thousand texts, and patience to label ten of them. A model that has read much knows what *great* and
// *terrible* mean; the usual way to use it throws that away and puts a new layer of random numbers on top. This chapter
// asks the question in the model's own language: *The battery died. It was* `[MASK]`*.* Which word does it put there? That
// is a **pattern**, and the words that stand for labels are the **verbalizer**. With both, ten labels go a long way. How
// long is measured here, with intervals, against three older ways.
//
// **After this chapter you can**
// - tell four ways to build a text classifier apart, and say what each brings along before the first label;
// - write a pattern-verbalizer pair, and see at once what a model makes of it;
// - say what good label words are, find them by hand or let ten texts find them, and calibrate them;
// - train with PET's loss, and explain why it needs fewer labels than a new head;
// - let several patterns vote, distil the vote into one classifier, and grow it over generations (iPET);
// - judge all that by seeds and intervals, and not by the best run.
//
// **Time:** about 3 hours, 2 of them for the exercises. In a hurry? Sections 3, 5 and 6 are the core.
//
// **How it works.** Run a cell with Shift+Enter. You write your answers in the file `labs/10-pet-verbalizers.ts`, beside this
// notebook. Save it, run the check cell again: it always takes your newest code. `npx lab reset 10` in a terminal brings
// the empty exercises back and keeps a copy of yours.

// %%
import { readFileSync } from "fs";
import { loadModel } from "transformer-lab/checkpoints";
import { fewShotTask } from "transformer-lab/data/node";
import { fork, makeRng, tf, useEngine } from "transformer-lab/engine";
import { decoderOf } from "transformer-lab/generate";
import { barPlot, check, linePlot, measured, quiz, show, table } from "transformer-lab/lab";
import * as prompt from "transformer-lab/prompt";
import { loadMasked } from "transformer-lab/train/node";
import { disposeTree } from "transformer-lab/tree";

await useEngine();
console.log(`ready, on ${tf.getBackend()}`);

// %% [markdown]
// ## 1 · Predict first
//
// Choose before you open an answer. Each of the three comes back in the chapter.

// %%
show(
  quiz({
    question:
      "A masked model reads *The battery died after two days. It was [MASK].* In the gap it gives *terrible* 0.4 % and *great* 0.1 %; the other 99.5 % go to other words. The label words are these two. How sure is PET that the sentence is negative?",
    choices: [
      { text: "Not at all: both words are far too unlikely", why: "How likely they are among 30,522 words does not matter." },
      { text: "0.4 %", why: "That is the probability in the whole vocabulary. A label must be one of the two." },
      {
        text: "80 %",
        correct: true,
        why: "Only label words count: 0.4 / (0.4 + 0.1). The softmax goes over them alone (section 3, exercise 2).",
      },
      { text: "100 %: the larger one wins", why: "That is the label that it chooses, and not how sure it is." },
    ],
  }),
);
show(
  quiz({
    question:
      "RoBERTa-large is trained with 32 labelled film reviews in the pattern *It was [MASK].*, with *great* for positive and *terrible* for negative: 93 % right. Now the words are exchanged, *terrible* means positive, and it is trained again. What comes out?",
    choices: [
      { text: "7 %: always the wrong way round", why: "That is what happens without training. Here it may learn." },
      { text: "50 %: it is confused for good", why: "32 labels can turn a word's meaning round, at a price." },
      {
        text: "83 %, and another number in each run",
        correct: true,
        why: "Gao et al. 2021, table 2: 83.2 ± 6.9. The labels must first undo what the model knows. Section 5 does it with our small model.",
      },
      { text: "93 %: words are only names", why: "For a new head they would be. A language model knows what they mean." },
    ],
  }),
);
show(
  quiz({
    question:
      "Three models, each trained with its own pattern on ten labels, shall label new texts for a next round of training. Who labels for model A?",
    choices: [
      {
        text: "B and C",
        correct: true,
        why: "What the others are sure of may be new to A. That is iPET (section 8).",
      },
      {
        text: "A itself: it knows its pattern best",
        why: "It would learn what it believes already, and grow surer of it, right or wrong.",
      },
      {
        text: "The best of the three",
        why: "Nobody knows which it is: ten labels are too few to tell.",
      },
      { text: "A person", why: "Then you would have labels, and no need of all this." },
    ],
  }),
);

// %% [markdown]
// ## 2 · Four ways to a classifier
//
// Text classifiers have been built in four ways, each a step further from counting words:
//
// | | what is prepared before the first label | what the labels must teach |
// |---|---|---|
// | **features**: TF-IDF and naive Bayes | nothing but a rule for counting words | which words speak for which label |
// | **architecture**: word vectors and an LSTM | a vector for each word, from plain text | how to read a sentence, and the labels |
// | **pre-train, fine-tune**: an encoder with a new head | how to read a sentence | what the new head's numbers must be |
// | **pre-train, prompt, predict** | how to read a sentence, *and* which word belongs there | nearly nothing: the task is what the model was trained on |
//
// One task, the same few labels for all of them. The **sentiment** task: sentences from reviews of products, films and
// restaurants (Kotzias et al. 2015), negative or positive; 300 of them are put aside to test with. The encoder is MiniLM (six
// layers, 22 million numbers). It was published without a head for words, so the lab gave it one: masked language modelling on
// the reviews and on questions of a bank's customers, labels not looked at, tests left out (`npx lab train minilm-mlm`;
// Gururangan et al. 2020 call it *pretraining that does not stop*).

// %%
const task = fewShotTask("sentiment");
const masked = await loadMasked("minilm-mlm");
const words = masked.tokenizer;
const frame = prompt.bertFrame(words); // [CLS] prompt [SEP], and the id of [MASK]
const scorer = prompt.maskedScorer(masked);
show(
  table(
    [0, 1, 2, 3, 4, 5].map((i) => ({ text: task.test[i].text, label: task.test[i].label })),
    { title: `Of ${task.train.length} sentences to learn from and ${task.test.length} to test with` },
  ),
);

// %% [markdown]
// All four learn from the same rows. With ten labels much depends on *which* ten, so every experiment of this chapter was
// run with five draws (seeds), each judged on the same 300 sentences; what you see is the mean over draws with its 95 %
// interval. The runs are recorded in `datasets/pet-runs`, each with the command that repeats it; where a run is a matter of
// seconds this notebook runs it again, and the two must agree.

// %%
/** One classifier, judged on the test sentences. */
interface PetRun {
  readonly method: string;
  readonly task: string;
  readonly labels: number;
  readonly seed: number;
  readonly pattern?: string;
  readonly kind?: string;
  readonly words?: { readonly negative: string | string[]; readonly positive: string | string[] };
  readonly generation?: number;
  readonly size?: number;
  readonly correct: number;
  readonly total: number;
}
const runsOf = (file: string): PetRun[] =>
  (JSON.parse(readFileSync(`datasets/pet-runs/${file}.json`, "utf8")) as { runs: PetRun[] }).runs;
const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
/** Per cent right, the mean over draws with its interval (several patterns of a draw are one number, their mean). */
function overDraws(runs: readonly PetRun[]): prompt.Interval {
  const draws = [...new Set(runs.map((run) => run.seed))];
  const values = draws.map((seed) =>
    mean(runs.filter((run) => run.seed === seed).map((run) => (100 * run.correct) / run.total)),
  );
  if (values.length > 1) return prompt.meanInterval(values);
  return { estimate: values[0] ?? NaN, low: NaN, high: NaN };
}
const percent = ({ estimate, low, high }: prompt.Interval) =>
  `${(100 * estimate).toFixed(0)} % (${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)})`;
/** "71 (66 to 76)" of an interval in per cent. */
const told = ({ estimate, low, high }: prompt.Interval) =>
  `${estimate.toFixed(1)}${Number.isNaN(low) ? "" : ` (${low.toFixed(1)} to ${high.toFixed(1)})`}`;
const share = (said: readonly { readonly label: string }[], label: string) =>
  `${((100 * said.filter((each) => each.label === label).length) / said.length).toFixed(0)} %`;
const few = runsOf("few-shot").filter((run) => run.task === "sentiment");
const rungs = [...runsOf("ladder").filter((run) => run.task === "sentiment"), ...few];
const ways: [name: string, method: string][] = [
  ["TF-IDF + naive Bayes", "naive Bayes"],
  ["word vectors + LSTM", "word vectors + LSTM"],
  ["encoder + new head, [CLS]", "head"],
  ["encoder + new head, mean", "head, mean"],
  ["PET, three patterns vote", "PET ensemble"],
];
const bySize = (method: string, count: number) =>
  overDraws(rungs.filter((run) => run.method === method && run.labels === count));
show(
  barPlot(
    ways.map(([name]) => name),
    [10, 50, 100].map((count) => ({
      name: `${count} labels`,
      values: ways.map(([, method]) => bySize(method, count).estimate),
      low: ways.map(([, method]) => bySize(method, count).low),
      high: ways.map(([, method]) => bySize(method, count).high),
    })),
    { title: "Four ways, the same few labels", value: "right (%); 50 % is guessing" },
  ),
);
/** The draw of a seed, as in the recorded runs. */
const drawOf = (count: number, seed: number) =>
  prompt.drawLabelled(task.train, task.labels, count, fork(makeRng(seed), `sentiment ${count}`));
const bayes = prompt.trainNaiveBayes(drawOf(10, 1).labelled, task.labels);
const bayesScores = task.test.map((each) => prompt.naiveBayes(bayes, each.text));
const bayesRight = prompt.decided(bayesScores, task.labels).filter((label, i) => label === task.test[i].label).length;
const recordedBayes = rungs.find((run) => run.method === "naive Bayes" && run.labels === 10 && run.seed === 1)!;
measured("naive Bayes, 10 labels, draw 1: right here less recorded", bayesRight - recordedBayes.correct, {
  band: [0, 0],
});
measured("naive Bayes, 10 labels", bySize("naive Bayes", 10).estimate, { band: [45, 70], unit: "%" });
measured("word vectors + LSTM, 10 labels", bySize("word vectors + LSTM", 10).estimate, { band: [45, 80], unit: "%" });

// %% [markdown]
// _LADDERTEXT
//
// ## 3 · A pattern and a verbalizer
//
// A **pattern** $P$ turns a text into a question with one gap; a **verbalizer** $v$ says which words stand for which label. The
// pair $(P, v)$ is the whole description of a task. As in the authors' program it is two functions: `parts` gives the pieces
// of the prompt, `verbalize` the words of a label. Here is one. Run it, then **make it yours**.

// %%
type Sentiment = { readonly text: string };
const labels = task.labels; // negative, positive
const myPair: prompt.Pattern<Sentiment> = {
  // P(x): the text, which may be shortened, and a question with one mask
  parts: (review) => [prompt.shortenable(review.text), prompt.fixed(" It was "), prompt.mask, prompt.fixed(".")],
  // v(y): the words that stand for a label
  verbalize: (label) => (label === "positive" ? ["great"] : ["terrible"]),
};
const mine = [
  "I could eat here every single day!",
  "The battery died after two days.",
  "The film is two hours long.",
  "Not bad at all.",
  "I wanted to like it.",
];

/** What the model says of each text: bars of the labels' probabilities, and the words that it would write itself. */
async function ask(pair: prompt.Pattern<Sentiment>, texts: readonly string[]): Promise<void> {
  const reviews = texts.map((each) => ({ text: each }));
  const said = await prompt.classify(scorer, pair, words, reviews, labels, frame);
  show(
    barPlot(
      [...texts],
      labels.map((label, l) => ({
        name: `${label}: ${pair.verbalize(label).join(", ")}`,
        values: said.map((each) => each.probabilities[l]),
      })),
      { title: prompt.plainText(pair.parts({ text: "…" })), value: "probability, of the label words alone" },
    ),
  );
  const prompts = reviews.map((review) => prompt.fit(pair.parts(review), words, 64, frame).ids);
  const everything = await prompt.maskLogProbs(masked, prompts);
  show(
    table(
      texts.map((each, i) => ({ text: each, "it would write itself": likeliest(everything[i], 6) })),
      { title: "The likeliest words of all 30,522, with their probability" },
    ),
  );
}
function likeliest(logProbs: Float32Array, count: number): string {
  const order = Array.from(logProbs.keys()).sort((a, b) => logProbs[b] - logProbs[a]);
  return order
    .slice(0, count)
    .map((id) => `${words.decode([id])} ${(100 * Math.exp(logProbs[id])).toFixed(0)} %`)
    .join(", ");
}
await ask(myPair, mine);

// %% [markdown]
// Nobody has told this model what a sentiment is. Now **change the cell above and run it again**: other texts, other words
// in the pattern, other label words. Can you make it read *Not bad at all.* the right way? What happens when you exchange
// *great* and *terrible*? (Section 5 does that for all 300 test sentences.)
//
// How often is this first pair right, without any label? The model reads the 300 test sentences once, in the pattern, and tells
// the logarithm of the probability of every word in the gap. Any two words can then be compared.

// %%
const itWas = prompt.petPatterns.sentiment()[0]; // "… It was {mask}.", great, terrible
const gold = task.test.map((each) => each.label);
const inPattern = (rows: readonly Sentiment[]) =>
  rows.map((row) => prompt.fit(itWas.parts(row), words, 32, frame).ids);
const testLogProbs = await prompt.maskLogProbs(masked, inPattern(task.test)); // [300][30522]
/** How often labels are right where these words stand for them. */
function rightWith(verbalize: (label: string) => readonly string[]): prompt.Interval {
  const ids = labels.map((label) => verbalize(label).map((word) => words.encode(` ${word}`)[0]));
  const said = testLogProbs.map((row) => prompt.labelProbabilities(ids.map((list) => list.map((id) => row[id]))));
  return prompt.accuracy(prompt.decided(said, labels), gold);
}
const zeroRight = rightWith(itWas.verbalize);
console.log(`${percent(zeroRight)} of ${gold.length} test sentences (95 % interval, Wilson)`);
measured("right without any label", 100 * zeroRight.estimate, { band: [0, 100], unit: "%" });

// %% [markdown]
// ### The question must survive
//
// A model reads so many tokens and no more. A review that is too long must be cut, and whoever cuts at the end cuts the
// question away. So a pattern says which of its parts **may be shortened** (`shortenable`, or `{text:shorten}` in a template);
// `fit` takes tokens from the longest of them and leaves the rest alone. Here is a long review, with room for 40 tokens:

// %%
const long = task.train.filter((each) => each.label === "negative").slice(0, 8).map((each) => each.text).join(" "); // prettier-ignore
const whole = prompt.fit(itWas.parts({ text: long }), words, 512, frame);
const cutAtEnd = whole.ids.slice(0, 40);
const fitted = prompt.fit(itWas.parts({ text: long }), words, 40, frame);
const readable = (ids: readonly number[]) => ids.map((id) => words.token(id)).join(" ").replaceAll(" ##", ""); // prettier-ignore
console.log(`cut at its end:  ${readable(cutAtEnd)}\n`);
console.log(`as fit does it:  ${readable(fitted.ids)}`);
measured("tokens of the whole prompt", whole.ids.length, { band: [60, 250] });
measured("masks left: cut at the end", cutAtEnd.filter((id) => id === masked.mask).length, { band: [0, 0] });
measured("masks left: shortened", fitted.ids.filter((id) => id === masked.mask).length, { band: [1, 1] });

// %% [markdown]
// **Exercise 1** is `fit` in small. Open `labs/10-pet-verbalizers.ts`. Stuck? Run `hint("10/shorten-prompt")` in a cell of your
// own: each run tells you more.

// %%
import { shortenPrompt } from "./labs/10-pet-verbalizers";
await check("10/shorten-prompt", shortenPrompt);

// %% [markdown]
// ### From words to labels
//
// The model gives a score $M(w \mid P(x))$ to each word $w$ in the place of the mask. PET looks at label words only:
//
// $$q(l \mid x) = \frac{e^{s(l \mid x)}}{\sum_{l'} e^{s(l' \mid x)}}, \qquad s(l \mid x) = M(v(l) \mid P(x))$$
//
// What it thinks of the 30,520 other words does not matter: the sum goes over the label words. With several words for a label
// (*great, good, wonderful*) the mean of their probabilities counts, so that one odd word matters less. **Exercise 2.**

// %%
import { labelProbabilities } from "./labs/10-pet-verbalizers";
await check("10/label-probabilities", labelProbabilities);

// %% [markdown]
// One mask holds one token. A word that the tokenizer splits cannot be a label word of a masked model, and it is better to
// hear so at once than to score half of a word:

// %%
const fancy = (label: string) => (label === "positive" ? ["unputdownable"] : ["terrible"]);
try {
  prompt.labelWords(labels, fancy, words, { single: true });
} catch (error) {
  console.log((error as Error).message);
}

// %% [markdown]
// ## 4 · The same pair, another model
//
// A causal model has no mask: it reads from left to right and says what comes next. So the pattern must **end** with the
// place of the answer, and nothing may stand behind it. In return a word may have as many tokens as it likes: its
// log-probability is the sum of theirs. *SmolLM2* has 135 million numbers, six times as many as MiniLM, and has read
// incomparably more.

// %%
const smol = await loadModel("smollm2-135m-instruct");
const smolWords = smol.tokenizer!;
// What it has answered once it is not asked again: calls are kept by their content.
const smolScorer = prompt.cachedScorer(
  prompt.causalScorer(decoderOf(smol), { widths: [8, 32, 64] }),
  prompt.memoryStore(),
  { model: "smollm2-135m-instruct", weights: "f32", version: "causal 1" },
);
const smolPair = prompt.pattern<Sentiment>(
  "Review: {text:shorten}\nSentiment: {mask}",
  prompt.manual({ negative: "negative", positive: "positive" }),
);
const contentFree = prompt.contentFreeTexts.map((each) => ({ text: each })); // "N/A", "[MASK]", ""
const smolTexts = mine.map((each) => ({ text: each }));
const smolPlain = await prompt.classify(smolScorer, smolPair, smolWords, smolTexts, labels);
const smolCalibrated = await prompt.classify(smolScorer, smolPair, smolWords, smolTexts, labels, {
  contentFree: contentFree,
});
show(
  barPlot(
    mine,
    [
      { name: "positive", values: smolPlain.map((each) => each.probabilities[1]) },
      { name: "positive, calibrated", values: smolCalibrated.map((each) => each.probabilities[1]) },
    ],
    { title: "SmolLM2: Review: …  Sentiment:", value: "probability of “positive”, against “negative”" },
  ),
);

// %% [markdown]
// A model may like a word whatever it has read. **Contextual calibration** (Zhao et al. 2021) asks it about texts without
// content (*N/A*, *[MASK]*, nothing), takes the answer as its bias, and divides each probability by it. Does it help here?

// %%
const smolTest = task.test.slice(0, 60);
const smolGold = smolTest.map((each) => each.label);
const rightOf = (said: readonly { readonly label: string }[], of: readonly string[]) =>
  prompt.accuracy(said.map((each) => each.label), of); // prettier-ignore
const smolSaid = await prompt.classify(smolScorer, smolPair, smolWords, smolTest, labels);
const smolSaidCalibrated = await prompt.classify(smolScorer, smolPair, smolWords, smolTest, labels, {
  contentFree: contentFree,
});
const smolRight = rightOf(smolSaid, smolGold);
const smolRightCalibrated = rightOf(smolSaidCalibrated, smolGold);
show(
  table(
    [
      { "SmolLM2, no label": "as it says", right: percent(smolRight), "says positive": share(smolSaid, "positive") },
      {
        "SmolLM2, no label": "calibrated",
        right: percent(smolRightCalibrated),
        "says positive": share(smolSaidCalibrated, "positive"),
      },
    ],
    { title: "60 test sentences (half of them are positive)" },
  ),
);
measured("SmolLM2, as it says", 100 * smolRight.estimate, { band: [0, 100], unit: "%" });
measured("SmolLM2, calibrated", 100 * smolRightCalibrated.estimate, { band: [0, 100], unit: "%" });

// %% [markdown]
// **Exercise 3:** the score of a word of several tokens.

// %%
import { answerScore } from "./labs/10-pet-verbalizers";
await check("10/answer-score", answerScore);

// %% [markdown]
// ## 5 · Which words?
//
// The pattern looks like the important half. It is not the only one: with the pattern left alone, label words alone move the
// result a lot. Without any label, on all 300 test sentences:

// %%
const pairsOfWords: { words: string; kind: string; right: prompt.Interval }[] = [];
const choices: [kind: string, negative: string, positive: string][] = [
  ["good", "terrible", "great"],
  ["good", "bad", "good"],
  ["poor", "slow", "fast"],
  ["unrelated", "dog", "cat"],
  ["unrelated, exchanged", "cat", "dog"],
  ["reversed", "great", "terrible"],
];
for (const [kind, negative, positive] of choices) {
  const right = rightWith((label) => [label === "positive" ? positive : negative]);
  pairsOfWords.push({ words: `${positive} / ${negative}`, kind: kind, right: right });
}
show(
  barPlot(
    pairsOfWords.map((each) => each.words),
    {
      name: "right",
      values: pairsOfWords.map((each) => 100 * each.right.estimate),
      low: pairsOfWords.map((each) => 100 * each.right.low),
      high: pairsOfWords.map((each) => 100 * each.right.high),
    },
    { title: "“… It was [MASK].”, positive / negative, no labels", value: "right (%), with 95 % intervals" },
  ),
);

// %% [markdown]
// Without training a reversed pair is the mirror of the right one, and unrelated words are a coin. With training it is
// less simple, for the model may *learn* that *cat* means positive. Gao et al. (2021, table 2) trained RoBERTa-large with 16
// examples a label on SST-2, film reviews; beside it our model with 10 labels in all, trained as in section 6 (mean over
// seeds; recorded in `datasets/pet-runs/verbalizers.json`):

// %%
const wordRuns = runsOf("verbalizers");
const written = (list: string | readonly string[]) => (typeof list === "string" ? list : list.join(", "));
const nameOf = (run: PetRun) => `${written(run.words!.positive)} / ${written(run.words!.negative)}`;
const gao: Record<string, string> = {
  "great / terrible": "92.7 ± 0.9",
  "good / bad": "92.5 ± 1.0",
  "cat / dog": "91.5 ± 1.4",
  "dog / cat": "86.2 ± 5.4",
  "terrible / great": "83.2 ± 6.9",
};
const wordRows = [...new Set(wordRuns.map(nameOf))].map((name) => {
  const own = wordRuns.filter((run) => nameOf(run) === name);
  return {
    name: name,
    kind: own[0].kind,
    untrained: overDraws(own.filter((run) => run.labels === 0 && run.pattern === "all in all")),
    trained: overDraws(own.filter((run) => run.labels === 10)),
  };
});
show(
  table(
    wordRows.map((row) => ({
      "positive / negative": row.name,
      kind: row.kind,
      "untrained (%)": row.untrained.estimate.toFixed(1),
      "10 labels (%)": told(row.trained),
      "Gao et al., 32 labels, 355 million (%)": gao[row.name] ?? "",
    })),
    { title: "“… All in all, it was [MASK].” with other words" },
  ),
);

// %% [markdown]
// VERBALIZERTEXT
//
// ### Let the labels choose
//
// Good words can be found. **PETAL** (Schick, Schmid and Schütze 2020) takes the few labelled texts and asks of every frequent
// word: is it likelier in the mask of *this* label's texts than in the others'? Its score is the likelihood ratio
//
// $$\frac{1}{|T_l|}\sum_{x \in T_l} \log\frac{q(w \mid x)}{1 - q(w \mid x)} - \frac{1}{|T \setminus T_l|}\sum_{x \notin T_l} \log\frac{q(w \mid x)}{1 - q(w \mid x)}$$
//
// **Exercise 4** is that score.

// %%
import { wordScore } from "./labs/10-pet-verbalizers";
await check("10/word-score", wordScore);

// %%
const drawn = drawOf(50, 1);
const candidates = prompt.candidateWords(words, { texts: task.train.map((each) => each.text), most: 2000 });
const fewLogProbs = await prompt.maskLogProbs(masked, inPattern(drawn.labelled)); // [50][30522]
const fewLabels = drawn.labelled.map((each) => each.label);
const searched = prompt.searchVerbalizer(fewLogProbs, fewLabels, candidates, { perLabel: 10 });
show(
  table(
    labels.map((label) => ({ label: label, words: searched.words[label].map((each) => each.word).join(", ") })),
    { title: "Ten words a label, chosen by 50 labelled sentences" },
  ),
);
const several: Record<string, string[]> = {
  negative: ["terrible", "bad", "awful", "poor", "horrible"],
  positive: ["great", "good", "wonderful", "excellent", "amazing"],
};
const bySearch = rightWith((label) => prompt.wordsOf(searched.verbalizer, label));

// %% [markdown]
// A verbalizer can do without words. A **prototype** is the mean of what the model says of a label's texts (of all 30,522
// words at once); a new text belongs to the nearer one (Snell et al. 2017; Cui et al. 2022). That is a *soft* verbalizer:
// there is nothing left to choose, and nothing left to read.

// %%
const soft = prompt.prototypes(fewLogProbs, fewLabels, { centred: true });
const bySoft = prompt.accuracy(
  prompt.decided(
    testLogProbs.map((row) => prompt.prototypeProbabilities(soft, row)),
    soft.labels,
  ),
  gold,
);
const verbalizers: [string, number, prompt.Interval][] = [
  ["great / terrible", 0, zeroRight],
  ["five words a label, by hand", 0, rightWith((label) => several[label])],
  ["ten words a label, searched", 50, bySearch],
  ["prototypes", 50, bySoft],
];
show(
  barPlot(
    verbalizers.map(([name, count]) => `${name} (${count} labels)`),
    {
      name: "right",
      values: verbalizers.map(([, , right]) => 100 * right.estimate),
      low: verbalizers.map(([, , right]) => 100 * right.low),
      high: verbalizers.map(([, , right]) => 100 * right.high),
    },
    { title: "Four verbalizers, one pattern, a model that is not trained", value: "right (%)" },
  ),
);
measured("ten searched words", 100 * bySearch.estimate, { band: [0, 100], unit: "%" });
measured("prototypes", 100 * bySoft.estimate, { band: [0, 100], unit: "%" });

// %% [markdown]
// ## 6 · Fine-tune the question
//
// So far no number of the model has changed. **Prompt-oriented fine-tuning** keeps the question and trains the model to
// answer it: the loss is the cross-entropy of $q(l \mid x)$ over the label words. The usual way, a new linear layer on the
// state of `[CLS]`, differs in one thing only: its layer begins with random numbers, and everything that it says must come
// from the labels. PET begins with what the model already says (section 3), and the labels correct it.
//
// With few labels a model may forget its language over them. PET therefore adds a little of what it was pretrained with,
// on unlabelled texts:
//
// $$L = (1 - \alpha)\, L_{CE} + \alpha\, L_{MLM}, \qquad \alpha = 10^{-4} \text{ in the paper}$$
//
// **Exercise 5:** that loss.

// %%
import { petLoss } from "./labs/10-pet-verbalizers";
await check("10/pet-loss", petLoss);

// %% [markdown]
// Now for real: ten labelled sentences, once with the pattern and once with a new head, everything else the same. The lower
// blocks stay as they are (their states are computed once); the last blocks and the head learn.

// %%
const settings = prompt.petSettings;
const ten = drawOf(10, 1);
const targets = ten.labelled.map((each) => prompt.oneHot(labels, each.label)); // [10][2]: 1 for the right label
const pair = prompt.petPatterns.sentiment().find((each) => each.name === "all in all")!;
const wordIds = labels.map((label) => pair.verbalize(label).map((word) => words.encode(` ${word}`)[0]));
/** Texts after the frozen blocks, in the pattern or as they are. */
const asCloze = (rows: readonly Sentiment[]) =>
  prompt.frozenStates(masked, prompt.clozeRows(pair, words, rows, settings.length), {
    from: settings.from,
    length: settings.length,
  });
const asText = (rows: readonly Sentiment[]) =>
  prompt.frozenStates(masked, prompt.plainRows(words, rows.map((each) => each.text), settings.length), {
    from: settings.from,
    length: settings.length,
  }); // prettier-ignore

async function tenLabels<Head>(readout: prompt.Readout<Head>, states: typeof asText, name: string) {
  const tuner = prompt.tuner(masked, readout, settings.from);
  const [learned, judged] = [states(ten.labelled), states(task.test)];
  const losses: number[] = [];
  const right = async (tuned: prompt.Tuned<Head>) =>
    prompt.decided(await tuner.logits(tuned, judged), labels).filter((label, i) => label === gold[i]).length;
  const untuned = tuner.untuned(1);
  const before = await right(untuned);
  const started = performance.now();
  const tuned = await tuner.tune(learned, targets, {
    steps: settings.steps(10),
    learningRate: settings.learningRate,
    batch: settings.batch,
    seed: 1,
    progress: (_step, loss) => losses.push(loss),
  });
  const seconds = (performance.now() - started) / 1000;
  const after = await right(tuned);
  disposeTree([untuned, tuned, learned, judged] as never);
  tuner.dispose();
  return { name: name, before: before, after: after, losses: losses, seconds: seconds };
}
const livePet = await tenLabels(prompt.wordReadout(masked, wordIds), asCloze, "PET, “all in all”");
const liveHead = await tenLabels(prompt.linearReadout(masked, labels.length, "cls"), asText, "new head, [CLS]");
show(
  linePlot(
    [livePet, liveHead].map((each) => ({ name: each.name, y: each.losses, x: each.losses.map((_, i) => i + 1) })),
    { title: "Ten sentences: the loss of labels", x: "step", y: "cross-entropy (nats)", zero: true },
  ),
);
show(
  table(
    [livePet, liveHead].map((each) => ({
      "10 labels, draw 1": each.name,
      "before training": `${((100 * each.before) / gold.length).toFixed(0)} %`,
      after: `${((100 * each.after) / gold.length).toFixed(0)} %`,
      seconds: each.seconds,
    })),
    { title: "Right on 300 test sentences" },
  ),
);

// %% [markdown]
// One draw of ten sentences is luck. The lab has done this for FIVE draws and 0, 10, 50 and 100 labels
// (COMMAND, recorded in `datasets/pet-runs/few-shot.json`); the run above is one of them, and must come
// out the same:

// %%
const recordedRun = (method: string, pattern?: string) =>
  few.find((run) => run.method === method && run.labels === 10 && run.seed === 1 && run.pattern === pattern)!;
measured("PET, this run less the recorded one", livePet.after - recordedRun("PET", "all in all").correct, {
  band: [-6, 6],
  unit: "of 300",
});
measured("head, this run less the recorded one", liveHead.after - recordedRun("head").correct, {
  band: [-6, 6],
  unit: "of 300",
});
const sizes = [0, 10, 50, 100];
const curves: [name: string, method: string][] = [
  ["PET, one pattern (mean)", "PET"],
  ["PET, vote", "PET ensemble"],
  ["head, [CLS]", "head"],
  ["head, mean", "head, mean"],
];
const at = (method: string, count: number) =>
  overDraws(few.filter((run) => run.method === method && run.labels === count));
show(
  linePlot(
    curves.map(([name, method]) => ({
      name: name,
      x: sizes,
      y: sizes.map((count) => at(method, count).estimate),
      low: sizes.map((count) => at(method, count).low),
      high: sizes.map((count) => at(method, count).high),
    })),
    {
      title: "Sentiment: PET and a new head, by labels",
      x: "labels",
      y: "right (%)",
      references: [{ value: 50, label: "guessing" }],
    },
  ),
);
show(
  table(
    curves.map(([name, method]) => ({
      method: name,
      ...Object.fromEntries(sizes.map((count) => [`${count} labels`, told(at(method, count))])),
    })),
    { title: "Right (%), mean over five draws with 95 % interval" },
  ),
);

// %% [markdown]
// FEWSHOTTEXT
//
// ## 7 · Which pattern? All of them
//
// With ten labels there is nothing to choose a pattern *with*: a validation set would take labels that you do not have. And
// patterns differ:

// %%
const patternNames = prompt.petPatterns.sentiment().map((each) => each.name);
const ofPattern = (pattern: string, count: number) =>
  overDraws(few.filter((run) => run.method === "PET" && run.pattern === pattern && run.labels === count));
show(
  barPlot(
    prompt.petPatterns.sentiment().map((each) => each.source.replace("{text:shorten}", "…").replace("{mask}", "[MASK]")),
    [0, 10, 100].map((count) => ({
      name: count === 0 ? "untrained" : `${count} labels`,
      values: patternNames.map((name) => ofPattern(name, count).estimate),
      low: patternNames.map((name) => ofPattern(name, count).low),
      high: patternNames.map((name) => ofPattern(name, count).high),
    })),
    { title: "Three patterns, the same words, the same draws", value: "right (%)" },
  ),
);
/** The best pattern less the worst, in per cent, of one draw. */
const spreadOf = (count: number, seed: number) => {
  const values = few
    .filter((run) => run.method === "PET" && run.labels === count && run.seed === seed)
    .map((run) => (100 * run.correct) / run.total);
  return Math.max(...values) - Math.min(...values);
};
const spread10 = mean([1, 2, 3, 4, 5].map((seed) => spreadOf(10, seed)));
measured("best pattern less worst, 10 labels, mean over draws", spread10, {
  band: [0, 30],
  unit: "%",
  reference: 23,
  source: "pet issue 96: one user's patterns on AG's News, 10 labels, 56 to 79 %",
});

// %% [markdown]
// SPREADTEXT So PET lets all patterns vote. Each trains a model of its own; for an unlabelled text their scores are averaged,
// and a softmax with temperature 2 makes a **soft label** of them:
//
// $$s(l \mid x) = \frac{1}{Z}\sum_p w(p)\, s_p(l \mid x)$$
//
// with $w(p) = 1$, or the accuracy of pattern $p$ before training. Six sentences, what each pattern says of them without
// training, and the vote:

// %%
const sixTexts = [...mine, task.test[3].text];
const six = sixTexts.map((each) => ({ text: each }));
const votes: number[][][] = []; // [patterns][texts][labels]
for (const each of prompt.petPatterns.sentiment()) {
  const said = await prompt.classify(scorer, each, words, six, labels, frame);
  votes.push(said.map((one) => one.probabilities.map(Math.log)));
}
const voted = prompt.softLabels(votes, { temperature: 2 });
show(
  barPlot(
    sixTexts,
    [
      ...patternNames.map((name, p) => ({ name: name, values: votes[p].map((row) => Math.exp(row[1])) })),
      { name: "vote, temperature 2", values: voted.map((row) => row[1]) },
    ],
    { title: "Three patterns and their soft label", value: "probability of “positive”" },
  ),
);

// %% [markdown]
// **Exercise 6** is the vote. **Exercise 7** is what comes next: one ordinary classifier with a head learns from the soft
// labels of many unlabelled texts, with the cross-entropy of whole distributions. That is **distillation** (Hinton et al.
// 2015): what is used in the end is one small model, without patterns.

// %%
import { softLabels } from "./labs/10-pet-verbalizers";
await check("10/soft-labels", softLabels);

// %%
import { distillationLoss } from "./labs/10-pet-verbalizers";
await check("10/distillation-loss", distillationLoss);

// %%
/** The best of a draw's patterns: nobody can pick it without test labels. */
const bestPattern = overDraws(
  [1, 2, 3, 4, 5].flatMap((seed) => {
    const of = few.filter((run) => run.method === "PET" && run.labels === 10 && run.seed === seed);
    return of.filter((run) => run.correct === Math.max(...of.map((each) => each.correct))).slice(0, 1);
  }),
);
const steps7: [string, prompt.Interval][] = [
  ["one pattern, on average", at("PET", 10)],
  ["the best pattern, known afterwards", bestPattern],
  ["the vote", at("PET ensemble", 10)],
  ["distilled: one classifier", at("PET distilled", 10)],
  ["a head trained on the 10 labels", at("head", 10)],
];
show(
  barPlot(
    steps7.map(([name]) => name),
    {
      name: "right",
      values: steps7.map(([, interval]) => interval.estimate),
      low: steps7.map(([, interval]) => interval.low),
      high: steps7.map(([, interval]) => interval.high),
    },
    { title: "Ten labels and 300 texts without", value: "right (%), mean over five draws" },
  ),
);

// %% [markdown]
// DISTILLTEXT
//
// ## 8 · Generations: iPET
//
// The vote is no better than its voters, who have all learned from the same ten texts and never from one another. **iPET**
// lets them: each model's next training set is made of texts that *others* have labelled, the ones they are surest of, in
// the same shares of labels, several times as many as before. Then all train anew, from the pretrained model, and so on.
// **Exercise 8** chooses the texts.

// %%
import { nextTrainingSet } from "./labs/10-pet-verbalizers";
await check("10/next-training-set", nextTrainingSet);

// %%
const generations = runsOf("ipet").filter((run) => run.task === "sentiment");
const starts = [...new Set(generations.map((run) => run.labels))].sort((a, b) => a - b);
const rounds = [...new Set(generations.filter((run) => run.method === "iPET").map((run) => run.generation!))].sort();
const inRound = (count: number, round: number) =>
  overDraws(generations.filter((run) => run.method === "iPET" && run.labels === count && run.generation === round));
const distilledFrom = (count: number) =>
  overDraws(generations.filter((run) => run.method === "iPET distilled" && run.labels === count));
show(
  linePlot(
    starts.map((count) => ({
      name: `from ${count} labels`,
      x: rounds,
      y: rounds.map((round) => inRound(count, round).estimate),
      low: rounds.map((round) => inRound(count, round).low),
      high: rounds.map((round) => inRound(count, round).high),
    })),
    { title: "iPET: the vote, by generation", x: "generation", y: "right (%)" },
  ),
);
show(
  table(
    starts.map((count) => ({
      start: `${count} labels`,
      ...Object.fromEntries(
        rounds.map((round) => [
          `generation ${round}, ${generations.find((run) => run.generation === round && run.labels === count)?.size ?? 0} texts`,
          told(inRound(count, round)),
        ]),
      ),
      distilled: told(distilledFrom(count)),
    })),
    { title: "Right (%), mean over draws with 95 % interval" },
  ),
);

// %% [markdown]
// IPETTEXT
//
// ## 9 · Beside the papers
//
// Schick and Schütze (2021, table 1), RoBERTa-large (355 million numbers), per cent right:
//
// | labels | | Yelp (5 classes) | AG's News (4) | Yahoo (10) | MNLI (3) |
// |---|---|---|---|---|---|
// | 0 | mean of patterns, untrained | 33.8 | 69.5 | 44.0 | 39.1 |
// | 0 | iPET | 56.7 | 87.5 | 70.7 | 53.6 |
// | 10 | head | 21.1 | 25.0 | 10.1 | 34.2 |
// | 10 | PET | 52.9 | 87.5 | 63.8 | 41.8 |
// | 10 | iPET | 57.6 | 89.3 | 70.7 | 43.2 |
// | 100 | head | 53.0 | 86.0 | 62.9 | 47.9 |
// | 100 | PET | 61.9 | 88.3 | 69.2 | 74.7 |
// | 100 | iPET | 62.9 | 89.6 | 71.2 | 78.4 |
//
// A new head on ten labels is a coin in all four: 20, 25, 10 and 33 % is what guessing gives. Here:

// %%
show(
  table(
    [0, 10, 50, 100].map((count) => ({
      labels: count,
      head: count === 0 ? "–" : told(at("head", count)),
      "one pattern, mean": told(at("PET", count)),
      "PET vote": told(at("PET ensemble", count)),
      "PET distilled": told(at("PET distilled", count)),
    })),
    { title: "Sentiment, MiniLM of 22 million numbers, right (%)" },
  ),
);

// %% [markdown]
// **Take away**
// - A pattern-verbalizer pair is two functions. It turns a task into the question that the model was pretrained on.
// - Label words matter as much as the pattern. Take words that the model would say itself, several for a label; let a few texts
//   choose them if you have some.
// - A new head begins with nothing; a question begins with what the model knows. The fewer labels, the more that is worth, and
//   with many labels both meet.
// - Patterns differ, and ten labels cannot tell which is best. Let all of them vote, and distil the vote.
// - Soft labels make unlabelled texts useful; generations use them better, as long as no model teaches itself.
// - Report draws and intervals. With ten labels the luck of the draw is larger than most differences between methods.
//
// **At full scale** the same idea went two ways. Very large models answer the question untrained, or with a few examples in the
// prompt (chapter 08), so that label words are simply what they write. And where models are trained, the words of the pattern
// themselves became numbers that learn (*prompt tuning*, *P-tuning*): hard prompts became soft ones, and the model around them
// stays as it is.
//
// **Check everything at once** in a terminal: `npx lab grade --lab 10`.
//
// **Read on:** Schick and Schütze 2021 (PET, iPET) · Schick and Schütze 2021, "It's Not Just Size That Matters" (words of several
// tokens) · Schick, Schmid and Schütze 2020 (PETAL) · Gao et al. 2021 (LM-BFF) · Hu et al. 2022 (several words) · Zhao et al. 2021
// (calibration) · Snell et al. 2017, Cui et al. 2022 (prototypes) · Hinton et al. 2015 (distillation) · Gururangan et al. 2020
// (pretraining on the domain) · Jurafsky and Martin, chapter on naive Bayes.
