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
import { loadModel, readSafetensors } from "transformer-lab/checkpoints";
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
      {
        text: "Not at all: both words are far too unlikely",
        why: "How likely they are among 30,522 words does not matter.",
      },
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
      {
        text: "93 %: words are only names",
        why: "For a new head they would be. A language model knows what they mean.",
      },
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
      { text: "The best of the three", why: "Nobody knows which it is: ten labels are too few to tell." },
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
// With ten labels much depends on *which* ten. So every number below is a mean over twenty draws with its 95 % interval (Student's),
// each judged on the same 300 sentences. The first of the four ways takes a second: it counts words. What can it learn from
// ten sentences?

// %%
const labels = task.labels; // negative, positive
const gold = task.test.map((each) => each.label);
const pool = prompt.causalPool(task.train); // 600 rows: labels are drawn from them
const draws = Array.from({ length: 20 }, (_, i) => i + 1);
/** Labelled rows of the pool, as many of each label; the same for every method. */
const drawn = (count: number, seed: number) =>
  prompt.drawLabelled(pool, labels, count, fork(makeRng(seed), `causal ${count}`));
const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
/** The mean over draws with its interval; of a single number the number. */
const interval = (values: readonly number[]): prompt.Interval =>
  values.length > 1 ? prompt.meanInterval(values) : { estimate: values[0], low: NaN, high: NaN };
/** How often labels are right, of the test sentences; and in per cent, as a number and as text. */
const rightBy = (scores: readonly (readonly number[])[]) => prompt.accuracy(prompt.decided(scores, labels), gold);
const inPercent = (right: prompt.Interval) => 100 * right.estimate;
const percent = ({ estimate, low, high }: prompt.Interval) =>
  `${(100 * estimate).toFixed(0)} % (${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)})`;
const told = ({ estimate, low, high }: prompt.Interval) =>
  `${estimate.toFixed(1)}${Number.isNaN(low) ? "" : ` (${low.toFixed(1)} to ${high.toFixed(1)})`}`;
const share = (said: readonly { readonly label: string }[], label: string) =>
  `${((100 * said.filter((each) => each.label === label).length) / said.length).toFixed(0)} %`;
const counted = [10, 50, 100];
const bayesDraws = counted.map((count) =>
  draws.map((seed) => {
    const model = prompt.trainNaiveBayes(drawn(count, seed).labelled, labels);
    return inPercent(rightBy(task.test.map((each) => prompt.naiveBayes(model, each.text))));
  }),
);
show(
  table(
    counted.map((count, n) => ({
      labels: count,
      "right (%), mean of 20 draws": told(interval(bayesDraws[n])),
      "worst draw": Math.min(...bayesDraws[n]).toFixed(1),
      "best draw": Math.max(...bayesDraws[n]).toFixed(1),
    })),
    { title: "TF-IDF and naive Bayes; 50 % is guessing" },
  ),
);
measured("naive Bayes, 10 labels", mean(bayesDraws[0]), { band: [48, 62], unit: "%" });
measured("naive Bayes, 100 labels", mean(bayesDraws[2]), { band: [55, 72], unit: "%" });

// %% [markdown]
// Ten sentences hold some eighty different words, and a new sentence shares two or three with them. Word vectors could help, for
// *superb* is near *great*; an encoder that can read should. Section 9 puts them beside each other. Now the fourth way.
//
// ## 3 · A pattern and a verbalizer
//
// A **pattern** $P$ turns a text into a question with one gap; a **verbalizer** $v$ says which words stand for which label. The
// pair $(P, v)$ is the whole description of a task. As in the authors' program it is two functions: `parts` gives the pieces
// of the prompt, `verbalize` the words of a label. Here is one. Run it, then **make it yours**.

// %%
type Sentiment = { readonly text: string };
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
// *great* and *terrible*?
//
// How often is this first pair right, without any label? The model reads the 300 test sentences once, in the pattern, and tells
// the logarithm of the probability of every word in the gap. Any two words can then be compared.

// %%
const itWas = prompt.petPatterns.sentiment()[0]; // "… It was {mask}.", great, terrible
const inPattern = (rows: readonly Sentiment[]) =>
  rows.map((row) => prompt.fit(itWas.parts(row), words, 32, frame).ids);
const testLogProbs = await prompt.maskLogProbs(masked, inPattern(task.test)); // [300][30522]
/** How often labels are right where these words stand for them. */
function rightWith(verbalize: (label: string) => readonly string[]): prompt.Interval {
  const ids = labels.map((label) => verbalize(label).map((word) => words.encode(` ${word}`)[0]));
  return rightBy(testLogProbs.map((row) => prompt.labelProbabilities(ids.map((list) => list.map((id) => row[id])))));
}
const zeroRight = rightWith(itWas.verbalize);
console.log(`${percent(zeroRight)} of ${gold.length} test sentences (95 % interval, Wilson)`);
measured("right without any label", 100 * zeroRight.estimate, { band: [60, 75], unit: "%" });

// %% [markdown]
// Two of three, without a label: more than a guess, less than one would like. The head that the lab gave this model has learned from
// some six thousand short texts, and the last block with it; a BERT has read billions of words.
//
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
const smolPair = prompt.causalPatterns.find((each) => each.name === "review")!; // "Review: …\nSentiment: {mask}", negative, positive
const contentFree = prompt.contentFreeTexts.map((each) => ({ text: each })); // "N/A", "[MASK]", ""
const smolTexts = mine.map((each) => ({ text: each }));
const smolPlain = await prompt.classify<Sentiment>(smolScorer, smolPair, smolWords, smolTexts, labels);
const smolCalibrated = await prompt.classify<Sentiment>(smolScorer, smolPair, smolWords, smolTexts, labels, {
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
const smolTest = task.test.slice(0, 40);
const smolGold = smolTest.map((each) => each.label);
const rightOf = (said: readonly { readonly label: string }[], of: readonly string[]) =>
  prompt.accuracy(said.map((each) => each.label), of); // prettier-ignore
const smolSaid = await prompt.classify<Sentiment>(smolScorer, smolPair, smolWords, smolTest, labels);
const smolSaidCalibrated = await prompt.classify<Sentiment>(smolScorer, smolPair, smolWords, smolTest, labels, {
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
    { title: "40 test sentences" },
  ),
);
measured("SmolLM2, as it says", 100 * smolRight.estimate, { band: [75, 95], unit: "%" });
measured("SmolLM2, calibrated", 100 * smolRightCalibrated.estimate, { band: [75, 95], unit: "%" });

// %% [markdown]
// It changes little here. The pair is nearly in balance already; asked about *nothing* the model leans a bit to *negative*, so that
// *positive* is lifted a bit. Chapter 08 has cases where it decides.
//
// **Exercise 3:** the score of a word of several tokens.

// %%
import { answerScore } from "./labs/10-pet-verbalizers";
await check("10/answer-score", answerScore);

// %% [markdown]
// ### What a score is made of
//
// The score of a word is the word's **row** of the output table times the **state** $h$ at the end of the prompt, 576 numbers. So as
// long as the model stays as it is, states can be computed once and kept. The lab has done that for the 300 test sentences and
// 600 others, in three patterns (`npx tsx bench/pet/states.ts`, `datasets/pet-states`). From here on PET is arithmetic on them, and
// each experiment of this chapter runs in the cell where you see it, with as many draws as you like. First: are the kept states
// those of this model? Ten sentences are read again.

// %%
const patterns = prompt.causalPatterns; // pairs with the mask last
const shownPattern = (source: string) =>
  source.replace("{text:shorten}", "…").replace("{mask}", "").replace("\n", " / ").trim();
const file = await readSafetensors("datasets/pet-states/sentiment.safetensors");
interface Kept {
  readonly test: Float32Array[];
  readonly of: ReadonlyMap<string, Float32Array>;
  /** Rows of the label words, [2][576]. */
  readonly rows: number[][];
}
const rowsOfWords = (verbalize: (label: string) => readonly string[]) =>
  prompt.wordRows(
    smol,
    labels.map((label) => verbalize(label).map((word) => smolWords.encode(` ${word}`)[0])),
  );
async function keptStates(pair: prompt.NamedPattern): Promise<Kept> {
  const tensor = await file.tensor(pair.name); // [900, 576], the test sentences first
  const flat = (await tensor.data()) as Float32Array;
  const width = tensor.shape[1] as number;
  tensor.dispose();
  const row = (i: number) => flat.slice(i * width, (i + 1) * width);
  return {
    test: gold.map((_, i) => row(i)),
    of: new Map(pool.map((each, i) => [each.text, row(gold.length + i)])),
    rows: await rowsOfWords(pair.verbalize),
  };
}
const kept: Kept[] = [];
for (const pair of patterns) kept.push(await keptStates(pair));
await file.close();
const rereadPrompts = task.test
  .slice(0, 10)
  .map((each) => prompt.fit(patterns[0].parts(each), smolWords, prompt.causalSettings.length).ids);
const reread = (await prompt.answerStates(smol, rereadPrompts, { widths: [48] })) as Float32Array[];
const difference = Math.max(
  ...reread.map((state, n) => Math.max(...state.map((value, i) => Math.abs(value - kept[0].test[n][i])))),
);
const largest = Math.max(...reread.map((state) => Math.max(...state.map(Math.abs))));
measured("states read again: largest difference, of the largest number", difference / largest, { band: [0, 0.02] });
const untrained = patterns.map((_, p) =>
  rightBy(prompt.linearScores({ weight: kept[p].rows, bias: [0, 0] }, kept[p].test)),
);
show(
  barPlot(
    [
      ...patterns.map(
        (pair) => `${shownPattern(pair.source)}  ${pair.verbalize("positive")[0]} / ${pair.verbalize("negative")[0]}`,
      ),
    ],
    {
      name: "right",
      values: untrained.map((each) => 100 * each.estimate),
      low: untrained.map((each) => 100 * each.low),
      high: untrained.map((each) => 100 * each.high),
    },
    { title: "SmolLM2, three pairs, no labels", value: "right (%) of 300, with 95 % intervals" },
  ),
);
measured("untrained, It was", inPercent(untrained[0]), { band: [55, 63], unit: "%" });
measured("untrained, Sentiment:", inPercent(untrained[2]), { band: [83, 89], unit: "%" });

// %% [markdown]
// One model, one task, no labels: from a guess to 86 %, by the pattern alone. After *It was* and *I found it* SmolLM2 says *great* and
// *good* of nearly everything; after *Sentiment:* it will have read *positive* and *negative*. It cannot be known before there are
// labels which pattern a model likes. (MiniLM, with its masked head of the lab, got 67 % from *It was*.)
//
// The liking for praise is what calibration is for. Divided by its answer to *N/A*, *It was* rises from 59 to 83 %, without a label; and
// *Sentiment:*, which has no such liking, falls from 87 to 73 % (recorded in `datasets/pet-runs/ladder.json`). One text without content
// is a coarse measure, and whether it helps cannot be known before there are labels, either.

//
// ## 5 · Which words?
//
// The pattern looks like the important half. It is not the only one: with the pattern left alone, label words alone move the
// result a lot. Gao et al. (2021, table 2) trained RoBERTa-large with 16 examples a label on film reviews (SST-2), with good,
// unrelated and exchanged words. Here is the same table: *… It was*, untrained, and with ten labels as section 6
// trains (twenty draws).

// %%
const itWasStates = kept[0];
const oneHots = (rows: readonly { readonly label: string }[]) => rows.map((row) => prompt.oneHot(labels, row.label));
const statesFor = (states: Kept, rows: readonly Sentiment[]) => rows.map((row) => states.of.get(row.text)!);
const training = { steps: prompt.causalSettings.steps, learningRate: prompt.causalSettings.learningRate };
const beginning = (rows: number[][]): prompt.LinearScores => ({ weight: rows, bias: rows.map(() => 0) });
/** Trains two rows on labelled texts. */
const learnFrom = (
  states: Kept,
  start: number[][],
  rows: readonly { readonly text: string; readonly label: string }[],
) => prompt.trainLinear(beginning(start), statesFor(states, rows), oneHots(rows), training);
const gao: Record<string, string> = {
  "great / terrible": "92.7 ± 0.9",
  "good / bad": "92.5 ± 1.0",
  "cat / dog": "91.5 ± 1.4",
  "dog / cat": "86.2 ± 5.4",
  "terrible / great": "83.2 ± 6.9",
};
const choices: [kind: string, positive: string, negative: string][] = [
  ["good", "great", "terrible"],
  ["good", "good", "bad"],
  ["poor", "fast", "slow"],
  ["unrelated", "cat", "dog"],
  ["unrelated, exchanged", "dog", "cat"],
  ["reversed", "terrible", "great"],
];
const wordResults: { name: string; kind: string; before: number; after: prompt.Interval }[] = [];
for (const [kind, positive, negative] of choices) {
  const rows = await rowsOfWords((label) => [label === "positive" ? positive : negative]);
  const before = inPercent(rightBy(prompt.linearScores(beginning(rows), itWasStates.test)));
  const after = draws.map((seed) =>
    inPercent(rightBy(prompt.linearScores(learnFrom(itWasStates, rows, drawn(10, seed).labelled), itWasStates.test))),
  );
  wordResults.push({
    name: `${positive} / ${negative}`,
    kind: kind,
    before: before,
    after: prompt.meanInterval(after),
  });
}
show(
  table(
    wordResults.map((each) => ({
      "positive / negative": each.name,
      kind: each.kind,
      "untrained (%)": each.before.toFixed(1),
      "10 labels (%)": told(each.after),
      "Gao et al., 32 labels (%)": gao[each.name] ?? "",
    })),
    { title: "“… It was” with other words: SmolLM2, and RoBERTa-large on SST-2" },
  ),
);
show(
  barPlot(
    wordResults.map((each) => each.name),
    [
      { name: "untrained", values: wordResults.map((each) => each.before) },
      {
        name: "10 labels",
        values: wordResults.map((each) => each.after.estimate),
        low: wordResults.map((each) => each.after.low),
        high: wordResults.map((each) => each.after.high),
      },
    ],
    { title: "The same pattern, positive / negative", value: "right (%)" },
  ),
);
const trainedWith = (name: string) => wordResults.find((each) => each.name === name)!.after.estimate;
measured("great / terrible, 10 labels", trainedWith("great / terrible"), { band: [75, 82], unit: "%", reference: 92.7, source: "Gao et al. 2021, table 2" }); // prettier-ignore
measured("great / terrible less terrible / great, 10 labels", trainedWith("great / terrible") - trainedWith("terrible / great"), { band: [8, 25], unit: "%", reference: 9.5, source: "Gao et al. 2021, table 2" }); // prettier-ignore
measured("cat / dog less dog / cat, 10 labels", trainedWith("cat / dog") - trainedWith("dog / cat"), { band: [-8, 5], unit: "%", reference: 5.3, source: "Gao et al. 2021, table 2" }); // prettier-ignore

// %% [markdown]
// Untrained, exchanged words are the mirror of the right ones, and unrelated words are a coin. With ten labels the order of the
// paper is here, too: good words, then poor and unrelated ones, and the reversed pair last: its labels must first undo what
// the model knows. Everything is lower and further apart than in the paper, and it should be: our model has a third of the
// size, ten labels and not 32, and only two of its rows learn. What *cat / dog* reach is what a head reaches that knows nothing of
// words (section 6). One thing differs: in the paper exchanging *cat* and *dog* costs 5 points, here nothing (the intervals touch).

//
// ### Let the labels choose
//
// Good words can be found. **PETAL** (Schick, Schmid and Schütze 2020) takes the few labelled texts and asks of every frequent
// word: is it likelier after *this* label's texts than after the others? Its score is the likelihood ratio
//
// $$\frac{1}{|T_l|}\sum_{x \in T_l} \log\frac{q(w \mid x)}{1 - q(w \mid x)} - \frac{1}{|T \setminus T_l|}\sum_{x \notin T_l} \log\frac{q(w \mid x)}{1 - q(w \mid x)}$$
//
// **Exercise 4** is that score.

// %%
import { wordScore } from "./labs/10-pet-verbalizers";
await check("10/word-score", wordScore);

// %%
const fifty = drawn(50, 1).labelled;
const fiftyStates = statesFor(itWasStates, fifty);
const fiftyLabels = fifty.map((each) => each.label);
/** ln q of all 49,152 tokens after each text: the states times the whole table, then a log-softmax. */
async function logProbsOf(states: readonly Float32Array[]): Promise<Float32Array[]> {
  const result = tf.tidy(() => {
    const stacked = tf.stack(states.map((state) => tf.tensor1d(state))); // [N, 576]
    return tf.logSoftmax(tf.matMul(stacked, smol.params.tokens, false, true)); // [N, 49152]
  });
  const flat = (await result.data()) as Float32Array;
  const size = result.shape[1] as number;
  result.dispose();
  return states.map((_, n) => flat.subarray(n * size, (n + 1) * size));
}
const candidates = prompt.candidateWords(smolWords, { texts: pool.map((each) => each.text), most: 1000 });
const searched = prompt.searchVerbalizer(await logProbsOf(fiftyStates), fiftyLabels, candidates, {
  perLabel: 10,
  candidates: 500,
});
show(
  table(
    labels.map((label) => ({ label: label, words: searched.words[label].map((each) => each.word).join(", ") })),
    { title: "Ten words a label, chosen by 50 labelled sentences" },
  ),
);

// %% [markdown]
// A verbalizer can do without words. A **prototype** is the mean of the states of a label's texts; a new text belongs to the
// nearer one (Snell et al. 2017; Cui et al. 2022). That is a *soft* verbalizer: nothing is left to choose, and nothing to read.

// %%
const several: Record<string, string[]> = {
  negative: ["terrible", "bad", "awful", "poor", "horrible"],
  positive: ["great", "good", "wonderful", "excellent", "amazing"],
};
const byWords = async (verbalize: (label: string) => readonly string[]) =>
  rightBy(prompt.linearScores(beginning(await rowsOfWords(verbalize)), itWasStates.test));
const soft = prompt.prototypes(fiftyStates, fiftyLabels, { centred: true });
const bySoft = prompt.accuracy(
  prompt.decided(
    itWasStates.test.map((state) => prompt.prototypeProbabilities(soft, state)),
    soft.labels,
  ),
  gold,
);
const verbalizers: [string, number, prompt.Interval][] = [
  ["great / terrible", 0, await byWords(patterns[0].verbalize)],
  ["five words a label, by hand", 0, await byWords((label) => several[label])],
  ["ten words a label, searched", 50, await byWords((label) => prompt.wordsOf(searched.verbalizer, label))],
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
measured("ten searched words", inPercent(verbalizers[2][2]), { band: [55, 72], unit: "%" });
measured("prototypes", inPercent(bySoft), { band: [68, 82], unit: "%" });

// %% [markdown]
// Fifty sentences choose words that a person might have chosen, and a few that nobody would (*months*? complaints tell how long
// something lasted). They are no better than five words by hand: what is wrong here is not the words but the model's liking for
// praise after *It was*, whatever it has read. Prototypes have no such liking, as they compare states with states, and lead.

//
// ## 6 · Fine-tune the question
//
// So far no number of the model has changed. **Prompt-oriented fine-tuning** keeps the question and trains the model to
// answer it: the loss is the cross-entropy of $q(l \mid x)$ over the label words. With few labels a model may forget its
// language over them, so PET adds a little of what it was pretrained with, on unlabelled texts:
//
// $$L = (1 - \alpha)\, L_{CE} + \alpha\, L_{MLM}, \qquad \alpha = 10^{-4} \text{ in the paper}$$
//
// **Exercise 5:** that loss.

// %%
import { petLoss } from "./labs/10-pet-verbalizers";
await check("10/pet-loss", petLoss);

// %% [markdown]
// What is the difference to a new head? Make the comparison as small as it can be: the model stays as it is, and only two rows
// learn, the scores of the labels being $Wh + b$. **PET** begins with the rows of *great* and *terrible*, a **new head** with zeros (which
// is kinder to it than random numbers). The same ten texts, the same states, the same gradient descent. One draw, by steps:

// %%
const firstTen = drawn(10, 1).labelled;
const newRows = (): number[][] => itWasStates.rows.map((row) => row.map(() => 0));
const after = (start: number[][], steps: number) =>
  prompt.trainLinear(beginning(start), statesFor(itWasStates, firstTen), oneHots(firstTen), {
    steps: steps,
    learningRate: training.learningRate,
  });
const stepCounts = [0, 1, 2, 3, 5, 10, 20, 50, 100];
const curveOf = (start: number[][]) =>
  stepCounts.map((steps) => inPercent(rightBy(prompt.linearScores(after(start, steps), itWasStates.test))));
show(
  linePlot(
    [
      { name: "begins with words", x: stepCounts, y: curveOf(itWasStates.rows) },
      { name: "begins with zeros", x: stepCounts, y: curveOf(newRows()) },
    ],
    { title: "Ten labelled sentences, draw 1", x: "steps of gradient descent", y: "right of 300 (%)" },
  ),
);

// %% [markdown]
// One draw of ten sentences is luck. Twenty draws, 0 to 100 labels:

// %%
const sizes = [0, 10, 50, 100];
/** Per cent right for each draw. */
function overDraws(count: number, start: number[][], states: Kept = itWasStates): number[] {
  if (count === 0) return [inPercent(rightBy(prompt.linearScores(beginning(start), states.test)))];
  return draws.map((seed) =>
    inPercent(rightBy(prompt.linearScores(learnFrom(states, start, drawn(count, seed).labelled), states.test))),
  );
}
const petDraws = sizes.map((count) => overDraws(count, itWasStates.rows));
const headDraws = counted.map((count) => overDraws(count, newRows()));
const [petCurve, headCurve] = [petDraws.map(interval), headDraws.map(interval)];
show(
  linePlot(
    [
      {
        name: "PET: great / terrible",
        x: sizes,
        y: petCurve.map((each) => each.estimate),
        low: petCurve.map((each) => each.low),
        high: petCurve.map((each) => each.high),
      },
      {
        name: "new head",
        x: counted,
        y: headCurve.map((each) => each.estimate),
        low: headCurve.map((each) => each.low),
        high: headCurve.map((each) => each.high),
      },
    ],
    { title: "SmolLM2: two rows learn", x: "labels", y: "right (%), mean of 20 draws, 95 % intervals" },
  ),
);
show(
  table(
    sizes.map((count, n) => ({
      labels: count,
      "PET: great / terrible (%)": told(petCurve[n]),
      "new head (%)": n === 0 ? "–" : told(headCurve[n - 1]),
      "PET's lead":
        n === 0 ? "–" : told(prompt.meanInterval(petDraws[n].map((each, d) => each - headDraws[n - 1][d]))),
    })),
    { title: "Mean of 20 draws with 95 % interval; the lead is draw by draw" },
  ),
);
measured("PET, 10 labels", petCurve[1].estimate, { band: [75, 82], unit: "%" });
measured("new head, 10 labels", headCurve[0].estimate, { band: [68, 76], unit: "%" });
measured("10 labels: low end of PET's interval less high end of the head's", petCurve[1].low - headCurve[0].high, {
  band: [0, 12],
  unit: "%",
});
measured("PET's lead at 100 labels", petCurve[3].estimate - headCurve[2].estimate, { band: [-2, 2], unit: "%" });

// %% [markdown]
// At ten labels PET leads by more than the intervals of both, at 50 by less, and at 100 the labels know what the words knew. Why
// does it lead? A gradient is a sum of states of labelled texts. Ten texts can change $W$ in nine directions (their mean is taken
// off), and in the other 567 it stays what it was: zero for a new head, *great* and *terrible* for PET. The first figure tells a
// second thing: after a few steps PET is at its best, and then it falls (in this draw by 12 points, on average by one). It learns the
// ten sentences and loses language, which is what $L_{MLM}$ is for.

// %% [markdown]
// ### When a block learns, too
//
// Two rows are the least that can be trained. Now the MiniLM of section 3, trained as models are: its last block and its head learn
// on ten sentences, by AdamW, and the blocks below stay as they are (so their states are computed once). Three draws, once with the
// question and once with a new head on the state of `[CLS]`; the readout is the only line that differs.

// %%
const settings = prompt.petSettings;
const wordIds = labels.map((label) => itWas.verbalize(label).map((word) => words.encode(` ${word}`)[0]));
/** Texts after the frozen blocks, in the pattern or as they are. */
const below = prompt.stateReader(masked, { from: settings.from, length: settings.length });
const asCloze = (rows: readonly Sentiment[]) => below.read(prompt.clozeRows(itWas, words, rows, settings.length));
const asText = (rows: readonly Sentiment[]) =>
  below.read(
    prompt.plainRows(
      words,
      rows.map((each) => each.text),
      settings.length,
    ),
  );
const threeDraws = [1, 2, 3];
async function tenLabels<Head>(readout: prompt.Readout<Head>, read: typeof asText, rate: number) {
  const tuner = prompt.tuner(masked, readout, settings.from);
  const judged = read(task.test);
  const results: { before: number; after: number; losses: number[]; seconds: number }[] = [];
  for (const seed of threeDraws) {
    const { labelled } = drawn(10, seed);
    const learned = read(labelled);
    const losses: number[] = [];
    const untunedModel = tuner.untuned(seed);
    const before = inPercent(rightBy(await tuner.logits(untunedModel, judged)));
    const started = performance.now();
    const tuned = await tuner.tune(learned, oneHots(labelled), {
      steps: settings.steps(10),
      learningRate: rate,
      batch: settings.batch,
      seed: seed,
      progress: (_step, loss) => losses.push(loss),
    });
    const seconds = (performance.now() - started) / 1000;
    const afterwards = inPercent(rightBy(await tuner.logits(tuned, judged)));
    results.push({ before: before, after: afterwards, losses: losses, seconds: seconds });
    disposeTree([untunedModel, tuned, learned]);
  }
  disposeTree(judged);
  tuner.dispose();
  return results;
}
const tunedPet = await tenLabels(prompt.wordReadout(masked, wordIds), asCloze, settings.learningRate.words);
const tunedHead = await tenLabels(
  prompt.linearReadout(masked, labels.length, "cls"),
  asText,
  settings.learningRate.head,
);
below.dispose();
show(
  linePlot(
    [
      { name: "PET", y: tunedPet[0].losses },
      { name: "new head", y: tunedHead[0].losses },
    ],
    { title: "MiniLM, ten sentences, draw 1", x: "step", y: "cross-entropy of the labels (nats)", zero: true },
  ),
);
show(
  table(
    threeDraws.map((seed, d) => ({
      draw: seed,
      "PET, before (%)": tunedPet[d].before.toFixed(1),
      "PET, 10 labels (%)": tunedPet[d].after.toFixed(1),
      "new head, 10 labels (%)": tunedHead[d].after.toFixed(1),
      "seconds of training": tunedPet[d].seconds.toFixed(1),
    })),
    { title: "MiniLM, the last block learns" },
  ),
);
measured("MiniLM, PET with 10 labels, mean of three draws", mean(tunedPet.map((each) => each.after)), {
  band: [54, 74],
  unit: "%",
});
measured("MiniLM, new head with 10 labels, mean of three draws", mean(tunedHead.map((each) => each.after)), {
  band: [50, 70],
  unit: "%",
});

// %% [markdown]
// This is the other half of the truth. Here the question is hardly better than a new head, and in most draws the ten labels do it
// HARM: before it had seen them it was right in 67 of 100 cases. Its loss is 0 after a few steps, ten sentences learned by heart, and
// what the block knew is bent to fit them. A question is worth as much as what the model has learned to answer. The head of this model
// saw some six thousand short texts, and that is too little to be corrected by ten labels and stay upright; SmolLM2's saw two
// trillion tokens, and only its two label rows could move. PET in the paper trains all of RoBERTa-large, with small steps and with
// $L_{MLM}$ beside.

// %% [markdown]
// ## 7 · Which pattern? All of them
//
// With ten labels there is nothing to choose a pattern *with*: a validation set would take labels that you do not have. And
// patterns differ:

// %%
const byPattern = kept.map((states) => [0, 10, 100].map((count) => overDraws(count, states.rows, states)));
const headByPattern = kept.map((states) => overDraws(10, newRows(), states));
show(
  barPlot(
    patterns.map((pair) => shownPattern(pair.source)),
    [
      { name: "PET, untrained", of: byPattern.map((values) => interval(values[0])) },
      { name: "PET, 10 labels", of: byPattern.map((values) => interval(values[1])) },
      { name: "new head, 10 labels", of: headByPattern.map(interval) },
      { name: "PET, 100 labels", of: byPattern.map((values) => interval(values[2])) },
    ].map((each) => ({
      name: each.name,
      values: each.of.map((right) => right.estimate),
      low: each.of.map((right) => right.low),
      high: each.of.map((right) => right.high),
    })),
    { title: "Three patterns, the same draws", value: "right (%)" },
  ),
);
/** Best pattern less worst of each draw, 10 labels. */
const spread = draws.map((_, d) => {
  const values = byPattern.map((each) => each[1][d]);
  return Math.max(...values) - Math.min(...values);
});
measured("best pattern less worst, 10 labels, mean over draws", mean(spread), {
  band: [3, 20],
  unit: "%",
  reference: 23,
  source: "pet issue 96: a user's patterns on AG's News, 10 labels, 56 to 79 %",
});

// %% [markdown]
// The kind of pattern decides more than ten labels do. And with *Sentiment:* the ten labels HURT: an untrained pair that is right in 86 % is taught by
// ten sentences that know less than it does. A hundred labels bring it above. A new head cannot be hurt, and lies below PET in each pattern.

//
// So PET lets all patterns vote. Each trains a model of its own; for an unlabelled text their scores are averaged, and a softmax with
// temperature 2 makes a **soft label** of them:
//
// $$s(l \mid x) = \frac{1}{Z}\sum_p w(p)\, s_p(l \mid x)$$
//
// with $w(p) = 1$, or the accuracy of pattern $p$ before training. **Exercise 6** is the vote. **Exercise 7** is what comes next: one
// classifier learns from the soft labels of many unlabelled texts, with the cross-entropy of whole distributions. That is
// **distillation** (Hinton et al. 2015): what is used in the end is one model, not three.

// %%
import { softLabels } from "./labs/10-pet-verbalizers";
await check("10/soft-labels", softLabels);

// %%
import { distillationLoss } from "./labs/10-pet-verbalizers";
await check("10/distillation-loss", distillationLoss);

// %% [markdown]
// Six test sentences, what each pattern says of them after training on the ten labels of draw 1, and the vote:

// %%
const trainedOn = (seed: number) => kept.map((states) => learnFrom(states, states.rows, drawn(10, seed).labelled));
const models1 = trainedOn(1);
const six = [0, 1, 2, 3, 4, 5];
const sixScores = kept.map((states, p) =>
  prompt.linearScores(
    models1[p],
    six.map((i) => states.test[i]),
  ),
); // [3][6][2]
const chance = (scores: readonly number[]) => 1 / (1 + Math.exp(scores[0] - scores[1])); // softmax of two
const vote = prompt.softLabels(sixScores, { temperature: 2 });
show(
  barPlot(
    six.map((i) => task.test[i].text),
    [
      ...patterns.map((pair, p) => ({ name: pair.name, values: sixScores[p].map(chance) })),
      { name: "vote, temperature 2", values: vote.map((row) => row[1]) },
    ],
    { title: "Three patterns and their soft label", value: "probability of “positive”" },
  ),
);

// %% [markdown]
// And whether it pays, over twenty draws. The distilled classifier begins with zeros, and reads 590 texts of which it knows the
// vote alone.

// %%
/** The texts of the pool that a draw left over: 590; that they have labels is not looked at. */
const leftOver = (seed: number) => drawn(10, seed).unlabelled.map((each) => each.text);
const statesOf = (states: Kept, texts: readonly string[]) => texts.map((each) => states.of.get(each)!);
function ensemble(seed: number) {
  const models = trainedOn(seed);
  const single = models.map((model, p) => prompt.linearScores(model, kept[p].test));
  const unlabelled = leftOver(seed);
  const soft2 = prompt.softLabels(
    models.map((model, p) => prompt.linearScores(model, statesOf(kept[p], unlabelled))),
  );
  const student = prompt.trainLinear(beginning(newRows()), statesOf(itWasStates, unlabelled), soft2, training);
  return {
    single: single.map((scores) => inPercent(rightBy(scores))),
    vote: inPercent(rightBy(prompt.softLabels(single))),
    distilled: inPercent(rightBy(prompt.linearScores(student, itWasStates.test))),
  };
}
const ensembles = draws.map(ensemble);
const ways7: [string, number[]][] = [
  ["a new head on the 10 labels", headDraws[0]],
  ["one pattern, on average", ensembles.map((each) => mean(each.single))],
  ["the worst pattern of a draw", ensembles.map((each) => Math.min(...each.single))],
  ["the best, known afterwards", ensembles.map((each) => Math.max(...each.single))],
  ["the vote", ensembles.map((each) => each.vote)],
  ["distilled: one classifier", ensembles.map((each) => each.distilled)],
];
show(
  barPlot(
    ways7.map(([name]) => name),
    {
      name: "right",
      values: ways7.map(([, values]) => interval(values).estimate),
      low: ways7.map(([, values]) => interval(values).low),
      high: ways7.map(([, values]) => interval(values).high),
    },
    { title: "Ten labels, and 590 texts without", value: "right (%), mean of 20 draws" },
  ),
);
const gain = (of: (each: (typeof ensembles)[0]) => number) => mean(ensembles.map(of));
measured(
  "the vote less one pattern on average",
  gain((each) => each.vote - mean(each.single)),
  { band: [1, 8], unit: "%" },
);
measured(
  "distilled less the vote",
  gain((each) => each.distilled - each.vote),
  { band: [-3, 3], unit: "%" },
);

// %% [markdown]
// The vote (85 %) is better than a pattern on average (80 %), and as good as the best one (84 %), which nobody could have picked: the patterns make
// different mistakes. And the distilled classifier is as good as its three teachers, though it has seen no label at all, and though
// it began with zeros and reads one pattern alone, where ten labels brought a head to 72 %. What the ten labels could not tell it,
// 590 texts with the teachers' opinions did.

//
// ## 8 · Generations: iPET
//
// The vote is no better than its voters, who have all learned from the same ten texts and never from one another. **iPET**
// lets them: each model's next training set is made of texts that *others* have labelled, the ones they are surest of, in
// the same shares of labels, five times as many as before. Then all train anew, from the pretrained model, and so on.
// **Exercise 8** chooses the texts.

// %%
import { nextTrainingSet } from "./labs/10-pet-verbalizers";
await check("10/next-training-set", nextTrainingSet);

// %%
/** The vote of each generation, in per cent right: 10 labels (or none), then 50 texts, then 250. */
function generations(count: number, seed: number): number[] {
  const { labelled } = drawn(count, seed);
  const rest = pool.filter((row) => !labelled.includes(row)).map((each) => each.text);
  let models = kept.map((states) =>
    count === 0 ? beginning(states.rows) : learnFrom(states, states.rows, labelled),
  );
  const said = () =>
    inPercent(rightBy(prompt.softLabels(models.map((model, p) => prompt.linearScores(model, kept[p].test)))));
  const results = [said()];
  for (const size of prompt.generationSizes(10, 5, 2)) {
    const scores = models.map((model, p) => prompt.linearScores(model, statesOf(kept[p], rest)));
    models = kept.map((states, p) => {
      const rng = fork(makeRng(seed), `generation ${size}, pattern ${p}`);
      const asked = prompt.teachers(p, kept.length, 0.5, rng); // one of the two others
      const grown = prompt.growSet(asked.map((teacher) => scores[teacher])[0], (size - count) / 2, rng);
      const rows = [...labelled, ...grown.map((each) => ({ text: rest[each.index], label: labels[each.label] }))];
      return learnFrom(states, states.rows, rows);
    });
    results.push(said());
  }
  return results;
}
const tenDraws = draws.slice(0, 10);
const fromTen = tenDraws.map((seed) => generations(10, seed));
const fromNone = tenDraws.map((seed) => generations(0, seed));
const inRound = (results: number[][], round: number) => interval(results.map((each) => each[round]));
const rounds = [0, 1, 2];
show(
  linePlot(
    [
      { name: "from 10 labels", results: fromTen },
      { name: "from none", results: fromNone },
    ].map(({ name, results }) => ({
      name: name,
      x: rounds,
      y: rounds.map((round) => inRound(results, round).estimate),
      low: rounds.map((round) => inRound(results, round).low),
      high: rounds.map((round) => inRound(results, round).high),
    })),
    { title: "iPET: the vote, by generation (10, 50, 250 texts)", x: "generation", y: "right (%), ten draws" },
  ),
);
measured("no labels: the vote, untrained", inRound(fromNone, 0).estimate, { band: [57, 65], unit: "%" });
measured("no labels: after two generations", inRound(fromNone, 2).estimate, { band: [70, 90], unit: "%" });
measured("10 labels: two generations gain", inRound(fromTen, 2).estimate - inRound(fromTen, 0).estimate, {
  band: [-2, 6],
  unit: "%",
});

// %% [markdown]
// Without any label the vote begins at 61 %, since two of the three patterns praise everything. Each learns from texts that another
// is sure of, in equal shares of both labels, and two generations later they stand at 81 %. The intervals
// are wide: it depends on who teaches whom. From ten labels they gain two points. Both are as in the paper, where iPET
// gains most without labels (table below).

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
// A new head on ten labels is a guess in all four: 20, 25, 10 and 33 % is what guessing gives. Here, and with the older ways
// on the same kind of draws (50 % is guessing):

// %%
/** The vote of the three patterns for each draw, in per cent right. */
const voteOf = (count: number) =>
  draws.map((seed) => {
    const scores = kept.map((states) =>
      prompt.linearScores(learnFrom(states, states.rows, drawn(count, seed).labelled), states.test),
    );
    return inPercent(rightBy(prompt.softLabels(scores)));
  });
/** Recorded runs: per cent right for each draw (of several patterns of a draw the mean); none where there are none. */
interface PetRun {
  readonly method: string;
  readonly task: string;
  readonly labels: number;
  readonly seed: number;
  readonly correct: number;
  readonly total: number;
  readonly kind?: string;
  readonly pattern?: string;
  readonly generation?: number;
}
const recordedRuns = (name: string) =>
  (JSON.parse(readFileSync(`datasets/pet-runs/${name}.json`, "utf8")) as { runs: PetRun[] }).runs;
const byDraw = (runs: readonly PetRun[]): number[] =>
  [...new Set(runs.map((run) => run.seed))].map((seed) =>
    mean(runs.filter((run) => run.seed === seed).map((run) => (100 * run.correct) / run.total)),
  );
const recorded = ["ladder", "few-shot"].flatMap(recordedRuns);
const recordedDraws = (method: string, count: number, name = "sentiment", runs = recorded): number[] =>
  byDraw(runs.filter((run) => run.task === name && run.method === method && run.labels === count));
const ofRecorded = (method: string) => counted.map((count) => recordedDraws(method, count));
const ladder9: [string, number[][]][] = [
  ["TF-IDF + naive Bayes", bayesDraws],
  ["word vectors + LSTM *", ofRecorded("word vectors + LSTM")],
  ["MiniLM + head on [CLS] *", ofRecorded("head")],
  ["MiniLM + head on the mean *", ofRecorded("head, mean")],
  ["MiniLM, PET, patterns vote *", ofRecorded("PET ensemble")],
  ["SmolLM2's state + new head", headDraws],
  ["PET, great / terrible", petDraws.slice(1)],
  [
    "PET, three patterns vote",
    counted.map((count) => (count === 10 ? ensembles.map((each) => each.vote) : voteOf(count))),
  ],
];
const orNone = (values: readonly number[]) =>
  values.length > 0 ? interval(values) : { estimate: NaN, low: NaN, high: NaN };
const shownCounts = counted.filter((_, n) => n !== 1 || ladder9.every(([, values]) => values[1].length > 0));
show(
  barPlot(
    ladder9.map(([name]) => name),
    shownCounts.map((count) => ({
      name: `${count} labels`,
      values: ladder9.map(([, values]) => orNone(values[counted.indexOf(count)]).estimate),
      low: ladder9.map(([, values]) => orNone(values[counted.indexOf(count)]).low),
      high: ladder9.map(([, values]) => orNone(values[counted.indexOf(count)]).high),
    })),
    { title: "Ways to a classifier (* recorded, up to five draws)", value: "right (%); 50 % is guessing" },
  ),
);
measured(
  "MiniLM, 10 labels: PET's vote less the head on [CLS]",
  mean(recordedDraws("PET ensemble", 10)) - mean(recordedDraws("head", 10)),
  { band: [-4, 8], unit: "%" },
);

// %% [markdown]
// The picture is the paper's, in small: the less is prepared before the first label, the more labels it takes. Counted words begin near
// a guess and end at 67 %. A head on the state of a model that has read much begins at 72 %, since the state already holds what the
// text is like. The question brings another 7 points with ten labels, the vote of three questions 13. With a hundred labels head and
// question meet, as they nearly do in the paper (AG's News: 86 and 88 %).
//
// Rows with a star were recorded (`npx tsx bench/pet/run.ts few-shot` and `ladder`, draws from all sentences to learn from): the LSTM on
// word vectors, and MiniLM with its last block trained, once with a new head (on `[CLS]`, or on the mean of all states, the vector that
// it was published for) and once with three patterns in the mask. The LSTM is no better than counting: a hundred sentences do not teach
// it to read. The fine-tuned encoder is, once it has a hundred; with ten its head and its question are alike, for the reason above.

// %% [markdown]
// ### Another task
//
// Is that the luck of one task? The same with questions of a bank's customers, in five **topics** (card, transfer, cash, exchange,
// identity; 20 % is guessing), with the settings of sentiment as they are. All recorded: SmolLM2's rows in three patterns
// (`npx tsx bench/pet/run.ts rows topics`, twenty draws), MiniLM with its last block (`few-shot topics`, five draws).

// %%
const rowRuns = recordedRuns("rows");
const topics9: [string, number[][]][] = [
  ["TF-IDF + naive Bayes", counted.map((count) => recordedDraws("naive Bayes", count, "topics", rowRuns))],
  ["MiniLM + head on [CLS]", counted.map((count) => recordedDraws("head", count, "topics"))],
  ["MiniLM + head on the mean", counted.map((count) => recordedDraws("head, mean", count, "topics"))],
  ["MiniLM, PET, patterns vote", counted.map((count) => recordedDraws("PET ensemble", count, "topics"))],
  ["SmolLM2's state + new head", counted.map((count) => recordedDraws("head", count, "topics", rowRuns))],
  ["PET, mean of three patterns", counted.map((count) => recordedDraws("PET", count, "topics", rowRuns))],
  ["PET, three patterns vote", counted.map((count) => recordedDraws("PET, patterns vote", count, "topics", rowRuns))],
];
show(
  barPlot(
    topics9.map(([name]) => name),
    counted.map((count, n) => ({
      name: `${count} labels`,
      values: topics9.map(([, values]) => interval(values[n]).estimate),
      low: topics9.map(([, values]) => interval(values[n]).low),
      high: topics9.map(([, values]) => interval(values[n]).high),
    })),
    { title: "Five topics of a bank's customers", value: "right (%); 20 % is guessing" },
  ),
);
const [topicHead, topicPet] = [topics9[4], topics9[5]].map(([, values]) => interval(values[0]));
measured("topics, SmolLM2, 10 labels: low end of PET's interval less high end of the head's", topicPet.low - topicHead.high, { band: [0, 40], unit: "%" }); // prettier-ignore
measured("topics, MiniLM, 10 labels: PET's vote less the head on [CLS]", mean(topics9[3][1][0]) - mean(topics9[1][1][0]), { band: [-30, 0], unit: "%" }); // prettier-ignore

// %% [markdown]
// With SmolLM2 it is the same picture, larger: PET 76 %, a new head 55 % at ten labels, which are *two* a topic, and the lead is
// still 4 points at a hundred. With MiniLM it is the other way round. The head on `[CLS]` is right in 86 of 100 cases after ten labels,
// which is the best bar here, and the question in 64 to 71. Nothing is wrong with either. MiniLM was published as an encoder of *sentences*: it
// was trained on a billion pairs to put texts of one meaning beside each other, so the topics lie apart in the very state that
// the head reads, and two questions each say which is which. Its head for words is a few minutes old. RoBERTa in the paper has
// never been trained on sentences; there the words are the only door, and a new head is a guess. So PET's claim, said with care:
// **with few labels, ask a model in the way in which it was pretrained.** For SmolLM2 and RoBERTa that is a question.
//
// What else was recorded with MiniLM on sentiment (five draws of ten labels where nothing else is said):

// %%
const ofMiniLM = (name: string, keep: (run: PetRun) => boolean) =>
  told(interval(byDraw(recordedRuns(name).filter(keep))));
const ofKind = (kind: string, count: number) =>
  ofMiniLM("verbalizers", (run) => run.pattern === "all in all" && run.kind === kind && run.labels === count);
const generation = (count: number, g: number) =>
  ofMiniLM("ipet", (run) => run.method === "iPET" && run.labels === count && run.generation === g);
show(
  table(
    [
      ...["good", "several", "unrelated", "reversed"].map((kind) => ({
        what: `words: ${kind}`,
        "no label (%)": ofKind(kind, 0),
        "10 labels (%)": ofKind(kind, 10),
      })),
      ...[0, 1, 2].map((g) => ({
        what: `iPET, generation ${g}`,
        "no label (%)": generation(0, g),
        "10 labels (%)": generation(10, g),
      })),
      ...["PET with L_MLM", "PET, a quarter of the steps"].map((method) => ({
        what: method,
        "no label (%)": "",
        "10 labels (%)": ofMiniLM("variants", (run) => run.method === method),
      })),
    ],
    { title: "MiniLM, the last block learns (datasets/pet-runs: verbalizers, ipet, variants)" },
  ),
);

// %% [markdown]
// Words matter in the same order as with SmolLM2. The other two do not help: generations gain nothing, since teachers that are right in two
// of three cases teach their mistakes too, and $L_{MLM}$ with the paper's weight of $10^{-4}$ changes nothing over twenty steps. Fewer
// steps help a little. None of these differences is larger than its interval.

//
// **Take away**
// - A pattern-verbalizer pair is two functions. It turns a task into the question that the model was pretrained on.
// - Label words matter as much as the pattern. Take words that the model would say itself; let a few texts choose them if you
//   have some.
// - A new head begins with nothing; a question begins with what the model knows. The fewer labels, the more that is worth, and
//   with many labels both meet.
// - That holds for a model that *has* been asked such questions in its pretraining. One that was trained to compare sentences is
//   better asked by a head.
// - Patterns differ, and ten labels cannot tell which is best. Let all of them vote, and distil the vote.
// - Soft labels make unlabelled texts useful; generations use them better, as long as no model teaches itself.
// - Report draws and intervals. With ten labels the luck of the draw is larger than most differences between methods.
//
// **At full scale** the same idea went two ways. Very large models answer the question untrained, or with a few examples in the
// prompt (chapter 08), so that label words are simply what they write. And where models are trained, the words of the pattern
// themselves became numbers that learn (*prompt tuning*, *P-tuning*): hard prompts became soft ones, and the model around them
// stays as it is.
//
// *Departures from the paper:* SmolLM2 reads from left to right and answers at the end; only the two label rows learn, without
// $L_{MLM}$, where the paper trains the whole model; three patterns; the distilled classifier reads the states of the first pattern.
//
// **Check everything at once** in a terminal: `npx lab grade --lab 10`.
//
// **Read on:** Schick and Schütze 2021 (PET, iPET) · Schick and Schütze 2021, "It's Not Just Size That Matters" (words of several
// tokens) · Schick, Schmid and Schütze 2020 (PETAL) · Gao et al. 2021 (LM-BFF) · Hu et al. 2022 (several words) · Zhao et al. 2021
// (calibration) · Snell et al. 2017, Cui et al. 2022 (prototypes) · Hinton et al. 2015 (distillation) · Gururangan et al. 2020
// (pretraining on the domain).
