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
// # 08 · In-context learning
//
// Show a language model three solved examples, then a fourth without its answer, and it answers. No weight has changed.
// GPT-3 made this famous: **in-context learning**. This chapter treats it as an experiment. You write prompts and see at once
// what the model thinks of each example. Then the questions: how many examples help, which, in which order? Must their labels
// be right? How sure are we of any of this? The second half asks *where* it comes from, with small models that were trained
// in this lab: heads that copy, transformers that do regression while they read, training that prepares for it.
//
// **After this chapter you can**
// - write zero-, one- and few-shot prompts, and score answers instead of hoping for them;
// - report an accuracy with its interval, over test items and over seeds, and say when a difference is none;
// - measure what a model prefers whatever it reads, and take it out (contextual calibration);
// - choose demonstrations and orders without labels, and test whether it helped;
// - explain induction heads, and what a transformer computes that was trained on regression;
// - say what MetaICL, self-supervised in-context training and MAML optimise, and how they differ from fine-tuning.
//
// **Time:** about 3½ hours, 2¼ of them for the exercises. In a hurry? Sections 2 to 5 are the core.
//
// **How it works.** Run a cell with Shift+Enter. You write your answers in the file `labs/08-in-context-learning.ts`, beside
// this notebook. Save it, run the check cell again: it always takes your newest code. `npx lab reset 08` in a terminal brings
// the empty exercises back and keeps a copy of yours.

// %%
import { readFileSync } from "fs";
import { loadModel } from "transformer-lab/checkpoints";
import type { LabelledText } from "transformer-lab/data";
import { loadBanking, loadSentiment, loadSms } from "transformer-lab/data/node";
import { cosine } from "transformer-lab/embeddings";
import { fork, makeRng, tf, useEngine } from "transformer-lab/engine";
import { decoderOf, entropy } from "transformer-lab/generate";
import {
  barPlot,
  check,
  heatmap,
  linePlot,
  live,
  measured,
  quiz,
  scatterPlot,
  show,
  table,
} from "transformer-lab/lab";
import * as prompting from "transformer-lab/prompt";
import { loadInduction, loadRegression, loadSines, loadWarmUps } from "transformer-lab/prompt/node";
import { disposeTraining } from "transformer-lab/train";

await useEngine();
console.log(`ready, on ${tf.getBackend()}`);

// %% [markdown]
// ## 1 · Predict first
//
// Choose before you open an answer. Each comes back, with a measurement.

// %%
show(
  quiz({
    question:
      "Eight demonstrations, and each shows a label that was drawn at random. What happens to GPT-3's accuracy, against eight right labels?",
    choices: [
      { text: "It falls to chance", why: "That is what learning from examples would mean. It is not what happens." },
      {
        text: "It hardly changes",
        correct: true,
        why: "Min et al. (2022) measured it on 12 models: a few points less. Demonstrations show which labels there are and how answers look; the model knows the task. Section 5 asks it of a model a thousand times smaller.",
      },
      { text: "It rises: noise keeps it from overfitting", why: "Nothing is fitted: no weight changes." },
      { text: "The model refuses", why: "It goes on with the likeliest token, whatever was shown." },
    ],
  }),
);
show(
  quiz({
    question:
      "Asked about the review “N/A”, a model says positive with 0.8. Of a real review it says positive with 0.7. What does the review speak for?",
    choices: [
      { text: "Positive: 0.7 is more than half", why: "But it said more than that of nothing at all." },
      {
        text: "Negative",
        correct: true,
        why: "It moved the model from 4 to 1 down to 2.3 to 1. Dividing by what it says of nothing is contextual calibration, section 4.",
      },
      {
        text: "One cannot tell from two numbers",
        why: "One can, as far as “N/A” has no content. Section 4 averages three such texts.",
      },
    ],
  }),
);
show(
  quiz({
    question:
      "A small transformer is trained on prompts x₁ y₁ x₂ y₂ … x, each with a new random line y = w·x. Asked about a line it has never seen, what does it come close to?",
    choices: [
      { text: "The lines of its training, averaged", why: "The average of all lines is y = 0. It does much better." },
      {
        text: "The y of the nearest x",
        why: "A fair guess of what attention might do; least squares is far better, and so is the model.",
      },
      {
        text: "Least squares on the examples of the prompt",
        correct: true,
        why: "Garg et al. (2022). Its forward pass does what a fitting algorithm does. Section 8 compares the two, number of examples by number of examples.",
      },
    ],
  }),
);
show(
  quiz({
    question: "MAML trains the start of a network. What is a good start?",
    choices: [
      {
        text: "One that is right for as many tasks as possible",
        why: "That is plain training on all tasks at once. For sine waves of all phases it is a flat line.",
      },
      {
        text: "One from which a single step on a few examples goes far",
        correct: true,
        why: "The loss is measured AFTER the step. Section 10 puts both starts side by side.",
      },
      { text: "Zero", why: "From zero all hidden units learn the same." },
    ],
  }),
);

// %% [markdown]
// ## 2 · A prompt, and what the model makes of it
//
// The model is *SmolLM2-135M-Instruct*: 135 million parameters, a thousand times fewer than GPT-3. The task: is a sentence
// from a review positive or negative?
//
// We do not let the model write. We ask it how probable each answer is after the prompt, and normalise over the labels. That
// is how the GPT-3 paper scores such tasks, and it has two advantages: there is always an answer, and there is a number on it.

// %%
const smol = await loadModel("smollm2-135m-instruct");
const words = smol.tokenizer!;
const reading = prompting.causalScorer(decoderOf(smol), { widths: [32, 64] });
const scorer = prompting.cachedScorer(reading, prompting.memoryStore(), {
  model: "smollm2-135m-instruct",
  weights: "f32",
  version: "causal 1",
}); // a prompt that was asked before costs nothing
const reviews = loadSentiment(); // 2,997 sentences about products, films and restaurants

/** How a prompt is written: one example, the words that stand for the labels, and what is shown before the question. */
interface Prompt {
  readonly template: string;
  readonly words: Readonly<Record<string, string>>;
  readonly demonstrations: readonly LabelledText[];
}
/** For each text, how probable the model finds each label. */
async function askModel(prompt: Prompt, texts: readonly string[]): Promise<number[][]> {
  const [before, between] = prompt.template.split(/\{text\}|\{label\}/);
  const shots = prompting.formatDemonstrations(
    prompt.demonstrations,
    ({ text, label }) => before + text + between + prompt.words[label],
  );
  const verbalizer = prompting.manual(prompt.words);
  const pattern = prompting.pattern<{ shots: string; text: string }>(
    `{shots}${prompt.template.replace("{label}", "{mask}")}`,
    verbalizer,
  );
  const examples = texts.map((text) => ({ shots, text }));
  const answers = await prompting.classify(scorer, pattern, words, examples, verbalizer.labels);
  return answers.map(({ probabilities }) => [...probabilities]);
}
const indexOfMax = (p: readonly number[]): number => p.indexOf(Math.max(...p));
/** One bar a text: how far the model is for the second label. Before each text: is that right, and what would be? */
function showAnswers(
  title: string,
  examples: readonly LabelledText[],
  answers: readonly (readonly number[])[],
  labels: readonly string[],
) {
  const right = examples.map(({ label }, i) => labels[indexOfMax(answers[i])] === label);
  show(
    barPlot(
      examples.map(({ text, label }, i) => `${right[i] ? "✓" : "✗"} ${label.slice(0, 3)} · ${text}`),
      { name: `says ${labels[1]}`, values: answers.map((p) => p[1]) },
      {
        title: `${title}: ${right.filter(Boolean).length} of ${right.length} right`,
        value: `probability of “${labels[1]}”; above 0.5 it is the answer`,
      },
    ),
  );
}

// %% [markdown]
// **This is the cell to play with.** Change the template, the words, the demonstrations, their labels, the questions, and run
// it again: the figure follows at once. Each bar is one example; above one half the model says *positive*. Some things to try:
// no demonstrations at all (`[]`); `{ negative: "terrible", positive: "great" }` with the template `{text} It was {label}`;
// both labels turned round; your own reviews.

// %%
const mine: Prompt = {
  template: "Review: {text}\nSentiment: {label}",
  words: { negative: "negative", positive: "positive" },
  demonstrations: [
    { text: "The battery died after two days.", label: "negative" },
    { text: "Our waiter was kind and the soup was perfect.", label: "positive" },
  ],
};
const questions: LabelledText[] = [
  { text: "What a waste of money.", label: "negative" },
  { text: "Works exactly as described, very happy.", label: "positive" },
  { text: "The plot is thin, but I could not stop watching.", label: "positive" },
  { text: "Not bad at all!", label: "positive" },
  { text: "I would rather eat cardboard.", label: "negative" },
  { text: "I expected more from such a famous place.", label: "negative" },
  { text: "It does what it should.", label: "positive" },
  { text: "Five stars for the box, none for what is in it.", label: "negative" },
];
const myAnswers = await askModel(
  mine,
  questions.map(({ text }) => text),
);
showAnswers("Two demonstrations", questions, myAnswers, Object.keys(mine.words));

// %% [markdown]
// The same questions without any demonstration, for comparison:

// %%
const noShots: Prompt = { ...mine, demonstrations: [] };
const zeroAnswers = await askModel(
  noShots,
  questions.map(({ text }) => text),
);
showAnswers("Zero-shot", questions, zeroAnswers, Object.keys(noShots.words));

// %% [markdown]
// Look at the level of the bars, and not only at the marks. Two demonstrations move *all* of them, also those of sentences
// that have nothing to do with batteries or soup. We will come back to that.
//
// **Exercise 1:** build such a prompt yourself. The space at its end is the most common mistake in prompting.

// %%
import { fewShotPrompt } from "./labs/08-in-context-learning";
await check("08/few-shot-prompt", fewShotPrompt);

// %% [markdown]
// ## 3 · Zero, one, few
//
// Eight sentences prove nothing. The experiment asks more of them, and draws the demonstrations anew with several seeds. On two
// cores that takes some minutes, so it is a script (`npx tsx bench/icl/run.ts`), and what the model said is in
// `datasets/icl-runs/runs.json`: the probabilities of every label for every item, and for three texts without content. All that
// follows is computed from these here.
//
// | task | items | labels | prompt |
// |---|---|---|---|
// | sentiment | 24 to 40 sentences of reviews | negative, positive | `Review: … Sentiment:` |
// | intents | 30 questions to a bank | lost, exchange, PIN, delivery, refund | `Question: … Topic:` |
// | messages | 40 text messages | normal, spam | `Message: … Type:` |

// %%
interface Recorded {
  readonly experiment: string;
  readonly task: TaskName;
  readonly variant: string;
  readonly seed: number;
  readonly shots?: readonly (readonly [row: number, label: string | null])[];
  readonly p: readonly (readonly number[])[]; // [items][labels]
  readonly contentFree?: readonly (readonly number[])[]; // [3][labels]
  readonly tokens: number; // of a prompt, on average
  readonly seconds: number;
}
type TaskName = "sentiment" | "banking" | "sms";
interface RecordedTask {
  readonly name: TaskName;
  readonly labels: readonly string[];
  readonly body: string;
  readonly words: Readonly<Record<string, string>>;
  readonly test: readonly number[];
}
const file = JSON.parse(readFileSync("datasets/icl-runs/runs.json", "utf8")) as {
  tasks: readonly RecordedTask[];
  runs: readonly Recorded[];
};
const bankQuestions = loadBanking();
const rowsOf: Record<TaskName, readonly LabelledText[]> = {
  sentiment: reviews,
  banking: [...bankQuestions.train, ...bankQuestions.test],
  sms: loadSms(),
};
const taskOf = (name: TaskName): RecordedTask => file.tasks.find((task) => task.name === name)!;
const runsOf = (experiment: string, task: TaskName, variant?: string): Recorded[] =>
  file.runs.filter(
    (run) => run.experiment === experiment && run.task === task && (variant ?? run.variant) === run.variant,
  );
const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
/** What a run said of an item; calibrated by its content-free texts, where asked. */
const saidOf = (run: Recorded, item: number, calibrate: boolean): number[] =>
  calibrate ? prompting.calibrated(run.p[item], run.contentFree!) : [...run.p[item]];
/** Whether each item was answered rightly. */
function rightOf(run: Recorded, calibrate = false): boolean[] {
  const { labels, test } = taskOf(run.task);
  return run.p.map(
    (_, item) => labels[indexOfMax(saidOf(run, item, calibrate))] === rowsOf[run.task][test[item]].label,
  );
}
const accuracyOf = (run: Recorded, calibrate = false): number => mean(rightOf(run, calibrate).map(Number));
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
console.log(
  `${file.runs.length} runs, ${(file.runs.reduce((sum, { seconds }) => sum + seconds, 0) / 60).toFixed(0)} minutes of computing`,
);

// %% [markdown]
// First a piece of it again, live: two demonstrations, seed 1, the first twelve items. Does the model say what the file says?

// %%
const recordedTwo = runsOf("shots", "sentiment", "2").find(({ seed }) => seed === 1)!;
const sentimentTask = taskOf("sentiment");
const liveItems = sentimentTask.test.slice(0, 12).map((row) => reviews[row]);
const liveAnswers = await askModel(
  {
    template: sentimentTask.body.replace("{mask}", "{label}"),
    words: sentimentTask.words,
    demonstrations: recordedTwo.shots!.map(([row]) => reviews[row]),
  },
  liveItems.map(({ text }) => text),
);
showAnswers("The recorded prompt, asked again", liveItems, liveAnswers, sentimentTask.labels);
measured(
  "largest difference from the file",
  Math.max(...liveAnswers.map((p, item) => Math.abs(p[1] - recordedTwo.p[item][1]))),
  { band: [0, 0.02], reference: 0, source: "datasets/icl-runs/runs.json" },
);

// %% [markdown]
// Other demonstrations, another accuracy. So an accuracy needs two intervals: one for the draw of the *items* (40 of them
// leave a lot of room: at 80 % it is from 65 to 90), and one for the draw of the *demonstrations*, over seeds.
//
// **Exercise 2:** the second kind.

// %%
import { seedInterval } from "./labs/08-in-context-learning";
await check("08/seed-interval", seedInterval);

// %%
/** The numbers of demonstrations that were tried. */
const variantsOf = (task: TaskName): string[] =>
  [...new Set(runsOf("shots", task).map(({ variant }) => variant))].sort((a, b) => Number(a) - Number(b));
/** Accuracy by number of demonstrations, with an interval over seeds where there are several. */
function curveOf(name: string, task: TaskName, calibrate: boolean) {
  const variants = variantsOf(task);
  const points = variants.map((variant) => {
    const each = runsOf("shots", task, variant).map((run) => accuracyOf(run, calibrate));
    if (each.length < 2) return { estimate: each[0], low: NaN, high: NaN };
    const { estimate, low, high } = prompting.meanInterval(each);
    return { estimate, low: Math.max(0, low), high: Math.min(1, high) };
  });
  return {
    name,
    x: variants.map(Number),
    y: points.map(({ estimate }) => 100 * estimate),
    low: points.map(({ low }) => 100 * low),
    high: points.map(({ high }) => 100 * high),
  };
}
const names: Record<TaskName, string> = { sentiment: "sentiment", banking: "intents", sms: "messages" };
const taskNames = (["sentiment", "banking", "sms"] as const).filter((task) => runsOf("shots", task).length > 0);
const plainCurves = taskNames.map((task) => curveOf(names[task], task, false));
show(
  linePlot(plainCurves, {
    title: "Accuracy by number of demonstrations, SmolLM2-135M",
    x: "demonstrations",
    y: "accuracy (%), mean over seeds",
    references: [
      { value: 50, label: "chance, two labels" },
      { value: 20, label: "chance, five labels" },
    ],
  }),
);
show(
  table(
    taskNames.flatMap((task) =>
      variantsOf(task).map((variant) => {
        const runs = runsOf("shots", task, variant);
        const each = runs.map((run) => accuracyOf(run));
        const all = runs.flatMap((run) => rightOf(run));
        const items = prompting.accuracyInterval(
          all.slice(0, runs[0].p.length).filter(Boolean).length,
          runs[0].p.length,
        );
        return {
          task: names[task],
          demonstrations: Number(variant),
          "by seed": each.map(percent).join(", "),
          "first seed, items' interval": `${percent(items.low)} to ${percent(items.high)}`,
          "tokens of a prompt": Math.round(mean(runs.map(({ tokens }) => tokens))),
        };
      }),
    ),
    { title: "Each seed by itself, and what a prompt costs" },
  ),
);

// %% [markdown]
// Five things to see.
//
// *Zero-shot is hard to beat, where the model knows the task.* This model was trained on instructions, and it knows what *positive* means.
// In GPT-3's paper accuracy rises with demonstrations, steeply for 175 billion parameters and hardly for 1.3 billion, which
// is still ten times ours. On sentiment ours gets *worse* with them, on average.
//
// *Where the labels are new, demonstrations pay.* That "delivery" stands for a card that has not arrived, nobody told it. One
// demonstration of one intent makes things worse (the model says that intent again), one of each of the five makes them better.
//
// *Messages* stay near chance: the words "normal" and "spam" in this form tell the model nothing, and where all demonstrations that were
// drawn are normal ones, it calls everything normal.
//
// *The seeds differ more than the numbers of shots.* With two demonstrations one draw is nearly as good as zero-shot, and another is near to
// a coin. An experiment with one prompt can prove anything.
//
// *More than five or six bring little here.* From 4 to 16 on sentiment, and from 5 to 10 on intents, no step is larger than its
// intervals, and each demonstration costs its tokens anew at every question. What they can tell is soon told: which
// labels there are, how an answer looks, which texts to expect. Many examples would be needed to learn the *mapping* from text to
// label, and section 5 asks whether that happens at all. (GPT-3's paper takes 10 to 100, as many as its context holds.)
//
// ## 4 · What the model prefers anyway: calibration
//
// Put "N/A" where the review stands. There is nothing to judge, and yet the model has an opinion: it has read the
// demonstrations, it has seen one label more often in its life, it has read one last. Zhao et al. (2021) name three causes: the
// **majority** label of the demonstrations, the **most recent** one, and the **common token**. Their cure needs no data: ask
// about texts without content, take the mean $\bar p$ of the answers, and divide:
//
// $$\hat q_k = \frac{p_k / \bar p_k}{\sum_j p_j / \bar p_j}$$
//
// How large is the bias? Each point is one set of demonstrations:

// %%
const biasOf = (run: Recorded): number => mean(run.contentFree!.map((p) => p[1]));
const biasRuns = runsOf("shots", "sentiment");
const positiveShare = (run: Recorded): number =>
  run.shots!.length === 0 ? 0.5 : run.shots!.filter(([, label]) => label === "positive").length / run.shots!.length;
const lastLabel = (run: Recorded): string =>
  run.shots!.length === 0 ? "none" : run.shots![run.shots!.length - 1][1]!;
show(
  scatterPlot(
    ["positive", "negative", "none"].map((last) => {
      const own = biasRuns.filter((run) => lastLabel(run) === last);
      return {
        name: `last label: ${last}`,
        x: own.map((run) => 100 * positiveShare(run)),
        y: own.map((run) => 100 * biasOf(run)),
      };
    }),
    {
      title: "What the model says of nothing",
      x: "demonstrations that are positive (%)",
      y: "“positive” for texts without content (%)",
      references: [{ value: 50, label: "no bias" }],
    },
  ),
);
const biases = biasRuns.map(biasOf);
measured("smallest bias to positive", Math.min(...biases), { band: [0, 0.5] });
measured("largest bias to positive", Math.max(...biases), { band: [0.5, 1] });

// %% [markdown]
// **Exercise 3:** take it out.

// %%
import { calibrate } from "./labs/08-in-context-learning";
await check("08/calibrate", calibrate);

// %%
const calibratedCurves = taskNames.map((task) => curveOf(names[task], task, true));
show(
  linePlot(
    taskNames.flatMap((task, i) => [
      { ...plainCurves[i], name: `${names[task]}, as it is`, low: undefined, high: undefined },
      { ...calibratedCurves[i], name: `${names[task]}, calibrated`, low: undefined, high: undefined },
    ]),
    { title: "Before and after calibration", x: "demonstrations", y: "accuracy (%), mean over seeds" },
  ),
);
/** Mean accuracy and its deviation between seeds, over all runs with demonstrations, as it is and calibrated. */
const spreadOf = (task: TaskName, calibrate: boolean) => {
  const variants = variantsOf(task).filter((variant) => variant !== "0");
  const groups = variants.map((variant) => runsOf("shots", task, variant).map((run) => accuracyOf(run, calibrate)));
  const deviation = (each: readonly number[]) =>
    Math.sqrt(each.reduce((sum, value) => sum + (value - mean(each)) ** 2, 0) / (each.length - 1));
  return {
    mean: mean(groups.flat()),
    deviation: mean(groups.filter((each) => each.length > 1).map(deviation)),
    worst: Math.min(...groups.flat()),
  };
};
const spreads = taskNames.map((task) => ({ task, plain: spreadOf(task, false), fixed: spreadOf(task, true) }));
show(
  table(
    spreads.flatMap(({ task, plain, fixed }) =>
      (
        [
          ["as it is", plain],
          ["calibrated", fixed],
        ] as const
      ).map(([how, spread]) => ({
        task: names[task],
        answers: how,
        "mean accuracy": percent(spread.mean),
        "deviation between seeds": `${(100 * spread.deviation).toFixed(1)} points`,
        "worst set of demonstrations": percent(spread.worst),
      })),
    ),
    { title: "One shot and more: what calibration changes" },
  ),
);

// %% [markdown]
// The scatter says what went wrong. Where the last demonstration is negative, the model says *negative* to nothing at all; where it
// is positive, mostly *positive*. That is the **recency** bias, and here it counts for more than the majority. The intents show it even better: after
// one demonstration the model says its label to nothing with 0.98 and more.
//
// Calibration takes most of that out. The mean rises by ten points on sentiment and by seventeen on intents, the worst sets gain
// most, and the deviation between seeds falls to about a half. The model could tell the sentences apart all the time; only the threshold was in the wrong place. It is what Zhao et al.
// found with GPT-3: up to 30 points more, and less spread. But see what calibration does *not* do: on sentiment few-shot
// is now as good as zero-shot, and not better.
//
// ## 5 · Do the labels matter?
//
// Eight demonstrations with the *right* labels, with labels drawn at *random*, with *wrong* ones only, and the eight texts
// with *no* labels at all. If a model learned the task from its demonstrations, random labels would be its ruin. Min et al. (2022)
// found them nearly as good as right ones, on 12 models from 774 million to 175 billion parameters.

// %%
const allLabelKinds: [name: string, runs: Recorded[]][] = [
  ["no demonstrations", runsOf("shots", "sentiment", "0")],
  ["right labels", runsOf("shots", "sentiment", "8")],
  ["random labels", runsOf("labels", "sentiment", "random")],
  ["wrong labels", runsOf("labels", "sentiment", "wrong")],
  ["no labels", runsOf("labels", "sentiment", "none")],
];
const labelKinds = allLabelKinds.filter(([, runs]) => runs.length > 0);
const overSeeds = (runs: readonly Recorded[], calibrate: boolean) => {
  const each = runs.map((run) => 100 * accuracyOf(run, calibrate));
  if (each.length < 2) return { estimate: each[0], low: NaN, high: NaN };
  const { estimate, low, high } = prompting.meanInterval(each);
  return { estimate, low: Math.max(0, low), high: Math.min(100, high) };
};
const labelBars = ([false, true] as const).map((calibrate) => {
  const all = labelKinds.map(([, runs]) => overSeeds(runs, calibrate));
  return {
    name: calibrate ? "calibrated" : "as it is",
    values: all.map(({ estimate }) => estimate),
    low: all.map(({ low }) => low),
    high: all.map(({ high }) => high),
  };
});
show(
  barPlot(
    labelKinds.map(([name]) => name),
    labelBars,
    { title: "Eight demonstrations with other labels, sentiment", value: "accuracy (%), interval over seeds" },
  ),
);
/** Right labels against another kind, item by item and seed by seed. */
const pairedDrop = (runs: readonly Recorded[], calibrate: boolean) =>
  prompting.pairedBootstrap(
    runs.flatMap((run) => {
      const right = runsOf("shots", "sentiment", "8").find(({ seed }) => seed === run.seed)!;
      return rightOf(right, calibrate).slice(0, run.p.length);
    }),
    runs.flatMap((run) => rightOf(run, calibrate)),
    { rng: makeRng(8) },
  );
const randomDrop = pairedDrop(labelKinds[2][1], true);
const wrongDrop = pairedDrop(labelKinds[3][1], true);
show(
  table(
    [
      ["random", randomDrop],
      ["wrong", wrongDrop],
    ].map(([name, drop]) => ({
      labels: name as string,
      "accuracy lost": `${(100 * (drop as prompting.Interval).estimate).toFixed(1)} points`,
      "95 % interval": `${(100 * (drop as prompting.Interval).low).toFixed(1)} to ${(100 * (drop as prompting.Interval).high).toFixed(1)}`,
    })),
    { title: "Against right labels, calibrated, the same items" },
  ),
);
measured("accuracy lost by random labels", 100 * randomDrop.estimate, {
  band: [-5, 20],
  unit: "points",
  reference: 2.6,
  source: "Min et al. 2022: 0 to 5 points, larger models",
});

// %% [markdown]
// As it is, wrong labels look *better* than right ones. That is no discovery: the bias of section 4 is larger than any effect of the
// labels, and hides it. Who had stopped here would have published nonsense.
//
// Calibrated, there is an order: right, random, wrong. Random labels cost some points, a little more than Min et al. report for
// larger models, with an interval that begins at zero. But look at *wrong*: a model that learned the mapping of its demonstrations would
// turn everything round, and be right in a quarter of cases. It is right in nearly three quarters. It has seen eight examples of
// the opposite, and mostly keeps to what it knew. So demonstrations give it labels, form and texts, and a little of the mapping.
//
// ## 6 · Which demonstrations, in which order, in which form?
//
// ### Which: the nearest
//
// Liu et al. (2022) do not draw demonstrations, they look them up: those whose sentence vectors lie nearest to the question's. Here
// MiniLM (chapter 02) makes the vectors. One question to the bank, and its neighbours among fifty:

// %%
const miniLM = await loadModel("minilm-l6-v2");
const wordPiece = miniLM.tokenizer!;
async function sentenceVector(text: string): Promise<number[]> {
  const ids = [wordPiece.special["[CLS]"], ...wordPiece.encode(text), wordPiece.special["[SEP]"]];
  const vector = tf.tidy(() =>
    miniLM
      .run(tf.tensor2d([ids], undefined, "int32"))
      .squeeze([0])
      .mean(0),
  ); // [D]
  const values = Array.from(await vector.data());
  vector.dispose();
  return values;
}
const bankTask = taskOf("banking");
const bankTested = new Set(bankTask.test);
const bankPool = bankTask.labels.flatMap((label) =>
  rowsOf.banking.filter((row, i) => row.label === label && !bankTested.has(i)).slice(0, 10),
);
const bankQuestion = rowsOf.banking[bankTask.test[0]];
const questionVector = await sentenceVector(bankQuestion.text);
const poolVectors: number[][] = [];
for (const { text } of bankPool) poolVectors.push(await sentenceVector(text));
const neighbours = prompting.nearestDemonstrations(questionVector, poolVectors, bankPool.length);
show(
  table(
    [...neighbours.slice(0, 4), ...neighbours.slice(-2)].map(({ index, similarity }) => ({
      cosine: similarity,
      intent: bankPool[index].label,
      text: bankPool[index].text,
    })),
    { title: `Nearest and farthest of: ${bankQuestion.text} (${bankQuestion.label})` },
  ),
);
miniLM.dispose();

// %% [markdown]
// **Exercise 4:** find them.

// %%
import { nearestShots } from "./labs/08-in-context-learning";
await check("08/nearest-shots", nearestShots);

// %%
const selections = (["sentiment", "banking"] as const).flatMap((task) => {
  const many = task === "sentiment" ? "4" : "5"; // demonstrations
  const random = runsOf("shots", task, many);
  const chosen = runsOf("selection", task);
  return [
    { task, how: `${many} at random`, value: mean(random.map((run) => accuracyOf(run))), runs: random },
    ...chosen.map((run) => ({ task, how: `${many}, ${run.variant}`, value: accuracyOf(run), runs: [run] })),
  ];
});
const selectionIntervals = selections.map(({ runs }) =>
  runs.length > 1
    ? prompting.meanInterval(runs.map((run) => accuracyOf(run)))
    : prompting.accuracyInterval(rightOf(runs[0]).filter(Boolean).length, runs[0].p.length),
);
show(
  barPlot(
    selections.map(({ task, how }) => `${names[task]}: ${how}`),
    {
      name: "accuracy",
      values: selections.map(({ value }) => 100 * value),
      low: selectionIntervals.map(({ low }) => 100 * Math.max(0, low)),
      high: selectionIntervals.map(({ high }) => 100 * Math.min(1, high)),
    },
    {
      title: "Demonstrations chosen for each question",
      value: "accuracy (%); interval over seeds, or over items where there is one run",
    },
  ),
);

// %% [markdown]
// This is the largest gain of the chapter, and it needs no calibration. For sentiment the nearest four lift few-shot above
// zero-shot for the first time. Why? The nearest questions to the bank mostly *are* of the right intent, so to repeat the label that it has just
// read, the model's worst habit, is now right. With neighbours, a large part of the work is done by MiniLM.
//
// A retriever can also *learn* from the language model which demonstrations help (Rubin et al. 2022, `trainRetriever`). Ours had
// 60 questions to learn from and is right in 28 of 30, where the plain cosine is in 29: so little is not enough to improve on
// MiniLM, which was trained for just this. The paper has tens of thousands, and gains much.
//
// ### In which order
//
// The *same* four demonstrations, two of each label, in eight of their 24 orders. Lu et al. (2022) saw accuracies from chance to the state of
// the art. Their way to find good orders without labels: **global entropy**, the entropy of the histogram of the labels that
// are given. An order that makes a model say one thing to all has 0.
//
// **Exercise 5:** global entropy.

// %%
import { globalEntropy } from "./labs/08-in-context-learning";
await check("08/global-entropy", globalEntropy);

// %%
/** Pearson's correlation. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const [u, v] = [x.map((value) => value - mean(x)), y.map((value) => value - mean(y))];
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  return dot(u, v) / Math.sqrt(dot(u, u) * dot(v, v));
}
const orders = runsOf("order", "sentiment");
const orderAccuracies = orders.map((run) => accuracyOf(run));
const orderEntropies = orders.map(({ p }) => prompting.globalEntropy(p));
const lastOf = ({ shots }: Recorded): string => shots![shots!.length - 1][1]!;
show(
  scatterPlot(
    sentimentTask.labels.map((label) => {
      const own = orders.map((run, i) => i).filter((i) => lastOf(orders[i]) === label);
      return {
        name: `${label} comes last`,
        x: own.map((i) => orderEntropies[i]),
        y: own.map((i) => 100 * orderAccuracies[i]),
        labels: own.map((i) => orders[i].variant),
      };
    }),
    {
      title: "Orders of the same four demonstrations",
      x: "global entropy (nats)",
      y: "accuracy (%)",
      references: [{ axis: "x", value: Math.LN2, label: "as many of each label" }],
    },
  ),
);
const bestThree = orders
  .map((_, i) => i)
  .sort((a, b) => orderEntropies[b] - orderEntropies[a])
  .slice(0, 3);
const calibratedOrders = orders.map((run) => accuracyOf(run, true));
show(
  table(
    [
      { orders: "all eight", accuracies: orderAccuracies },
      { orders: "the three of highest global entropy", accuracies: bestThree.map((i) => orderAccuracies[i]) },
      { orders: "all eight, calibrated", accuracies: calibratedOrders },
    ].map(({ orders: which, accuracies }) => ({
      orders: which,
      worst: percent(Math.min(...accuracies)),
      mean: percent(mean(accuracies)),
      best: percent(Math.max(...accuracies)),
    })),
    { title: "Order, entropy, calibration" },
  ),
);
measured("best order less worst", 100 * (Math.max(...orderAccuracies) - Math.min(...orderAccuracies)), {
  band: [20, 50],
  unit: "points",
  reference: 40,
  source: "Lu et al. 2022, figure 1: SST-2, from near 50 % to over 90 %",
});
measured(
  "three by entropy less all, mean accuracy",
  100 * (mean(bestThree.map((i) => orderAccuracies[i])) - mean(orderAccuracies)),
  { band: [0, 20], unit: "points" },
);
console.log(`correlation of global entropy and accuracy: ${correlation(orderEntropies, orderAccuracies).toFixed(2)}`);

// %% [markdown]
// The same four examples, and a third of all accuracy hangs on their order. Global entropy sees the bad ones without a label: the order at the
// far left calls everything negative. The three orders of highest entropy are better than the mean. Calibration
// does the same from the other side: it lifts the bad orders, and takes nothing from the good ones on average. (*Departures:* 8 of 24
// orders of one set, and the entropy is taken over the items themselves, without their labels; Lu et al. let the model write a probing set.)
//
// ### The best prompt, without any label: mutual information
//
// Sorensen et al. (2022) choose among whole prompts: the best is likely the one whose answers depend most on the input.
// $I(X; Y) = H(Y) - H(Y|X)$ is high where the model is sure of each item, and not of the same label for all. It needs no
// labels. Each point is a prompt with four demonstrations, another set or another order:

// %%
const fourSets = [...runsOf("shots", "sentiment", "4"), ...runsOf("information", "sentiment"), ...orders].map(
  (run) => ({
    ...run,
    p: run.p.slice(0, orders[0].p.length), // the same items for all
  }),
);
const information = fourSets.map(({ p }) => prompting.mutualInformation(p));
const fourAccuracies = fourSets.map((run) => accuracyOf(run));
show(
  scatterPlot(
    [
      {
        name: "prompts with four demonstrations",
        x: information,
        y: fourAccuracies.map((value) => 100 * value),
        labels: fourSets.map(({ experiment, seed, variant }) => (experiment === "order" ? variant : `seed ${seed}`)),
      },
    ],
    { title: "Prompts by mutual information", x: "mutual information (nats)", y: "accuracy (%)" },
  ),
);
const byInformation = indexOfMax(information);
measured(
  "accuracy of the prompt chosen by mutual information, less the mean",
  100 * (fourAccuracies[byInformation] - mean(fourAccuracies)),
  { band: [0, 20], unit: "points" },
);
console.log(`correlation of mutual information and accuracy: ${correlation(information, fourAccuracies).toFixed(2)}`);

// %% [markdown]
// ### In which form
//
// The same question in five forms:

// %%
const formNames: Record<string, string> = {
  review: "Review: … Sentiment: positive",
  arrow: "… => positive",
  cloze: "… It was great",
  instruction: "an instruction, then the first",
  chat: "chat, with its own tokens",
};
const formRows = Object.keys(formNames).map((form) => {
  const runs = runsOf("form", "sentiment", form);
  const zero = runs.filter(({ seed }) => seed === 0);
  const four = runs.filter(({ seed }) => seed > 0);
  return {
    form,
    zero: accuracyOf(zero[0]),
    zeroFixed: accuracyOf(zero[0], true),
    four: mean(four.map((run) => accuracyOf(run))),
    fourFixed: mean(four.map((run) => accuracyOf(run, true))),
  };
});
show(
  barPlot(
    formRows.map(({ form }) => formNames[form]),
    [
      { name: "zero-shot", values: formRows.map(({ zero }) => 100 * zero) },
      { name: "zero-shot, calibrated", values: formRows.map(({ zeroFixed }) => 100 * zeroFixed) },
      { name: "four demonstrations", values: formRows.map(({ four }) => 100 * four) },
      { name: "four, calibrated", values: formRows.map(({ fourFixed }) => 100 * fourFixed) },
    ],
    { title: "The same 24 sentences in five forms", value: "accuracy (%)" },
  ),
);

// %% [markdown]
// The form counts as much as anything before. The model's own chat form, which should suit it best, does worst: asked like that it
// says *Positive* to nearly everything, and calibration helps only in part. The cloze has a strong bias too, and calibration
// repairs it. With the arrow calibration makes things *worse*: "N/A => " is perhaps not as empty as it seems. It is no
// law that it helps; look at the bias, and at a few examples.
//
// ## 7 · Where it comes from: heads that copy
//
// How can a fixed network learn anything while it reads? The simplest case: a text that repeats. "A B … A": what comes next? B,
// for it came after A before. Chapter 04 found heads that look there, **induction heads**. Olsson et al. (2022) argue that they are
// the seed of in-context learning: they form suddenly in training, and at that moment the loss of later tokens falls.
//
// Here it is in the small: attention without feed-forward parts, trained on random tokens. Each row repeats a segment of its own,
// 8 to 23 tokens long, so nothing can be known of a token that comes for the first time, and everything later. The rule itself
// is a few lines. **Exercise 6:** write it.

// %%
import { inductionGuess } from "./labs/08-in-context-learning";
await check("08/induction-guess", inductionGuess);

// %% [markdown]
// Can a network find this rule? Training two layers here takes half a minute (you may stop it: the shipped model goes on).
// Two losses are watched: of tokens that come for the first time, and of those that came before.

// %%
const growing = live();
const course: { step: number; first: number; again: number; induction: number }[] = [];
const inductionTraining = prompting.inductionRun({ nLayer: 2, steps: 360, every: 20 });
const uniformLoss = Math.log(prompting.inductionRows.vocabSize);
const courseFigure = () =>
  linePlot(
    [
      { name: "token is new", x: course.map(({ step }) => step), y: course.map(({ first }) => first) },
      { name: "token came before", x: course.map(({ step }) => step), y: course.map(({ again }) => again) },
      {
        name: "best head's attention to what followed, times 4",
        x: course.map(({ step }) => step),
        y: course.map(({ induction }) => 4 * induction),
      },
    ],
    {
      title: "Two layers learn to copy",
      x: "step",
      y: "loss (nats)",
      references: [{ value: uniformLoss, label: "all 48 tokens alike" }],
      zero: true,
    },
  );
async function watchInduction(): Promise<void> {
  for await (const { step, losses, heads } of inductionTraining.records) {
    course.push({
      step,
      first: losses.first,
      again: losses.again,
      induction: Math.max(...heads.map((head) => head.induction)),
    });
    growing.show(courseFigure());
  }
}
await watchInduction();
growing.done();
disposeTraining(inductionTraining.state);
measured("loss of tokens that came before, step 360", course[course.length - 1].again, {
  band: [0, 0.6],
  unit: "nats",
});

// %% [markdown]
// For some two hundred steps the loss creeps: the model finds out which tokens belong to a row's segment. Then it falls at once,
// and at the same steps a head of the second layer turns to *what followed the same token before*. It cannot do so alone: it looks
// for places whose **predecessor** is the present token, and that a token has a predecessor must be written there by a head of
// the first layer. With one layer there is nobody to write it:

// %%
interface InductionCourse {
  readonly layers: number;
  readonly curve: readonly {
    readonly step: number;
    readonly again: number;
    readonly heads: readonly { readonly head: string; readonly previous: number; readonly induction: number }[];
  }[];
}
const inductionFile = JSON.parse(readFileSync("datasets/incontext-induction/training.json", "utf8")) as {
  runs: readonly InductionCourse[];
};
const courseOfLayers = (layers: number): InductionCourse => inductionFile.runs.find((run) => run.layers === layers)!;
const bestOf = (run: InductionCourse, score: "previous" | "induction") =>
  run.curve.map(({ heads }) => Math.max(...heads.map((head) => head[score])));
show(
  linePlot(
    [1, 2].map((layers) => ({
      name: `${layers} ${layers === 1 ? "layer" : "layers"}`,
      x: courseOfLayers(layers).curve.map(({ step }) => step),
      y: courseOfLayers(layers).curve.map(({ again }) => again),
    })),
    { title: "Loss of tokens that came before, 600 steps", x: "step", y: "loss (nats)", zero: true },
  ),
);
show(
  linePlot(
    [
      {
        name: "induction: to what followed the same token",
        x: courseOfLayers(2).curve.map(({ step }) => step),
        y: bestOf(courseOfLayers(2), "induction"),
      },
      {
        name: "previous token",
        x: courseOfLayers(2).curve.map(({ step }) => step),
        y: bestOf(courseOfLayers(2), "previous"),
      },
      {
        name: "induction, one layer",
        x: courseOfLayers(1).curve.map(({ step }) => step),
        y: bestOf(courseOfLayers(1), "induction"),
      },
    ],
    { title: "The two heads form together", x: "step", y: "best head's share of attention", zero: true },
  ),
);
const induction = await loadInduction();
const sameLength = prompting.repeatedSegments(fork(makeRng(8), "rows"), {
  ...prompting.inductionRows,
  count: 64,
  shortest: 20,
  longest: 20,
});
const twoLosses = await prompting.repeatLosses(induction.two.params, induction.two.config, sameLength);
const oneLosses = await prompting.repeatLosses(induction.one.params, induction.one.config, sameLength);
/** What the plain rule loses on the same rows, with one percent kept for what it does not expect. */
const ruleByPlace = twoLosses.byPlace.map((_, t) =>
  mean(
    sameLength.map(({ ids }) => {
      const votes = new Map<number, number>();
      let total = 0;
      for (let place = 0; place < t; place++) {
        if (ids[place] !== ids[t]) continue;
        votes.set(ids[place + 1], (votes.get(ids[place + 1]) ?? 0) + 1);
        total++;
      }
      const even = 1 / prompting.inductionRows.vocabSize;
      const share = total === 0 ? even : (votes.get(ids[t + 1]) ?? 0) / total;
      return -Math.log(0.99 * share + 0.01 * even);
    }),
  ),
);
show(
  linePlot(
    [
      { name: "one layer", y: oneLosses.byPlace },
      { name: "two layers", y: twoLosses.byPlace },
      { name: "the rule of exercise 6", y: ruleByPlace },
    ],
    {
      title: "The in-context loss drop: segments of 20 tokens",
      x: "place in the row",
      y: "loss of the next token (nats)",
      references: [{ axis: "x", value: 20, label: "the first repetition" }],
      zero: true,
    },
  ),
);
measured("two layers, tokens that came before", twoLosses.again, {
  band: [0, 0.1],
  unit: "nats",
  reference: 0,
  source: "the rule",
});
measured("one layer, tokens that came before", oneLosses.again, { band: [1.2, 3.5], unit: "nats" });
const dropOfTwo = mean(twoLosses.byPlace.slice(21, 38)) - mean(twoLosses.byPlace.slice(0, 18));
measured("in-context loss drop, two layers", dropOfTwo, {
  band: [-4.5, -3],
  unit: "nats",
  reference: -0.4,
  source: "Olsson et al. 2022: token 500 less token 50, models of text",
});

// %% [markdown]
// The drop is as large as it can be, because all that there is to know stands in the row. In text it is some tenths of a nat, with the same
// sudden step in training. *Departure from the paper:* a small language without meaning, and rows that repeat exactly; Olsson et al.
// trained on text, and found heads that also match what is only similar. That, they argue, is how few-shot prompts are read: "a
// text *like* this one was followed by *positive*".
//
// ## 8 · Regression in a prompt
//
// Copying is one algorithm. Can a transformer carry out another while it reads? Garg et al. (2022) train on prompts of numbers:
//
// $$x_1\ y_1\ x_2\ y_2\ \dots\ x_k \quad\to\quad y_k \qquad y = w \cdot x,\quad w \sim \mathcal N(0, I)$$
//
// with a *new* $w$ for every prompt. Nothing about $w$ can be in the weights: it must be worked out from the prompt. What one would
// do with pen and paper is least squares. **Exercise 7:** do it, with ridge.

// %%
import { ridgePrediction } from "./labs/08-in-context-learning";
await check("08/ridge-prediction", ridgePrediction);

// %%
const lines = await loadRegression();
const lineSize = { points: lines.clean.config.points, dimension: lines.clean.config.dimension };
const lineTasks = prompting.linearTasks(fork(makeRng(8), "lines"), { ...lineSize, count: 256 });
const noisyTasks = prompting.linearTasks(fork(makeRng(8), "noisy"), {
  count: 256,
  ...lineSize,
  noise: lines.noisy.noise,
});
async function errorsOf(
  model: (typeof lines)["clean"],
  tasks: readonly prompting.LinearTask[],
  others: Record<string, prompting.LinearPredictor>,
) {
  const said = await prompting.regressionPredictions(model.params, model.config, tasks);
  const curves: [string, prompting.Interval[]][] = [
    ["transformer", prompting.errorCurve(said, tasks)],
    ...Object.entries(others).map(([name, predictor]): [string, prompting.Interval[]] => [
      name,
      prompting.errorCurve(
        tasks.map((task) => prompting.predictions(predictor, task)),
        tasks,
      ),
    ]),
  ];
  return Object.fromEntries(curves);
}
const cleanErrors = await errorsOf(lines.clean, lineTasks, {
  "least squares": prompting.leastSquares,
  "average of y x": prompting.averaging,
  "always 0": prompting.zeroPredictor,
});
const errorFigure = (title: string, errors: Record<string, prompting.Interval[]>, top = 1.5) =>
  linePlot(
    Object.entries(errors).map(([name, curve]) => ({
      name,
      y: curve.map(({ estimate }) => (estimate > top ? NaN : estimate)),
      low: curve.map(({ estimate, low }) => (estimate > top ? NaN : Math.max(0, low))),
      high: curve.map(({ estimate, high }) => (estimate > top ? NaN : Math.min(top, high))),
    })),
    {
      title,
      x: "examples in the prompt",
      y: "squared error over d",
      references: [{ axis: "x", value: lineSize.dimension, label: "as many as dimensions" }],
      zero: true,
    },
  );
show(errorFigure(`Lines without noise, d = ${lineSize.dimension}`, cleanErrors));
const noisyErrors = await errorsOf(lines.noisy, noisyTasks, {
  "least squares": prompting.leastSquares,
  "ridge, the best there is": prompting.ridge(lines.noisy.noise ** 2),
  "always 0": prompting.zeroPredictor,
});
show(errorFigure(`Lines with noise of deviation ${lines.noisy.noise}`, noisyErrors));
const lastPoint = lineSize.points - 1;
measured("without noise, no example", cleanErrors.transformer[0].estimate, {
  band: [0.8, 1.5],
  reference: 1,
  source: "nothing is known",
});
measured("without noise, 12 examples", cleanErrors.transformer[lastPoint].estimate, {
  band: [0, 0.1],
  reference: cleanErrors["least squares"][lastPoint].estimate,
  source: "least squares, the same tasks",
});
measured(
  "with noise, 12 examples: transformer over ridge",
  noisyErrors.transformer[lastPoint].estimate / noisyErrors["ridge, the best there is"][lastPoint].estimate,
  { band: [0.9, 2], reference: 1, source: "Garg et al. 2022, figure 2: matches the optimal one" },
);

// %% [markdown]
// With no example there is nothing to know. Then each example takes away a dimension, and the transformer goes down with least squares,
// far below the simple guess. At four examples least squares has solved the four unknowns, and its error is 0; the
// transformer stops at some hundredths: 152,000 numbers and two minutes of training are not a solver of equations to the last digit.
//
// With noise it gets more interesting. At just as many examples as dimensions least squares fits the noise, and its error shoots up. The
// transformer's does not. It was trained on noisy prompts, and does what is best there: ridge with $\lambda = \sigma^2$, without
// ever having been told of it.
//
// Is it really least squares, or only as good on such prompts? Make every x three times as long, farther than the model has ever
// seen. Least squares does not mind.

// %%
const farTasks = prompting.linearTasks(fork(makeRng(8), "far"), { ...lineSize, count: 256, scale: 3 });
const farErrors = await errorsOf(lines.clean, farTasks, { "least squares": prompting.leastSquares });
const farShare = (name: string) => farErrors[name].map(({ estimate }) => estimate / 9); // y is 3 times, its square 9 times as large
show(
  linePlot(
    [
      { name: "x as in training", y: cleanErrors.transformer.map(({ estimate }) => estimate) },
      { name: "x three times as long, error over 9", y: farShare("transformer") },
      { name: "least squares, both", y: farShare("least squares") },
    ],
    {
      title: "Outside of what it was trained on",
      x: "examples in the prompt",
      y: "squared error, in shares of y²",
      zero: true,
    },
  ),
);
measured("far from training, 12 examples", farShare("transformer")[lastPoint], {
  band: [0.02, 1.5],
  reference: farShare("least squares")[lastPoint],
  source: "least squares",
});

// %% [markdown]
// It is not least squares. It is a function that agrees with least squares on prompts like those of its training, and loses much of
// it outside: a third of the variance stays, where before it was a fiftieth. Garg et al. report the same kind of limit. Whether such a network "implements"
// gradient descent or ridge inside is an open and lively question (Akyürek et al. 2023, von Oswald et al. 2023). What is
// certain: learning happened, and no weight changed.
//
// ## 9 · Warm-up: training that prepares for prompts
//
// A model of text has learned from prompts by accident. One can also train for it, before it is used: a **warm-up**.
//
// - **MetaICL** (Min et al. 2022) is supervised: many labelled tasks, and each training row is a prompt, k examples of one
//   task and a question. The loss is that of the answer alone. What is learned is to find out from examples what is wanted.
// - **ICT**, self-supervised (Chen et al. 2022), needs no labels: plain text is cut into questions and answers ("what is the last
//   word?", "what is the masked word?"), and a row shows several of one kind.
// - Plain fine-tuning, for comparison, goes on with text.
//
// The lab's toy is a language of words in 12 topics, where *marks* go with topics within one document. A model of text in it
// (two layers, minutes of training) is warmed up in the three ways, from the same start. Then all are asked tasks with topics and marks
// that no warm-up task has used: "which mark goes with this word's topic here?" Chance is one half. A row of each kind:

// %%
const toyName = (id: number): string => {
  if (id === prompting.PERIOD) return ".";
  if (id === prompting.BLANK) return "_";
  const marksFrom = prompting.toyLanguage.topics * prompting.toyLanguage.words;
  return id < marksFrom
    ? `${"abcdefghijkl"[prompting.topicOf(id)]}${id % prompting.toyLanguage.words}`
    : `#${id - marksFrom}`;
};
const toyRng = fork(makeRng(8), "toy");
const toyTask = prompting.labelTask(fork(toyRng, "task"), "new topics");
const toyEpisode = prompting.labelEpisode(fork(toyRng, "episode"), toyTask, 4);
const ictRow = prompting.ictBatch(fork(toyRng, "ict"), { batch: 1, length: 24 });
console.log(`text      ${prompting.toyText(fork(toyRng, "text"), 24).map(toyName).join(" ")}`);
console.log(`ICT       ${Array.from(ictRow.inputs.data).map(toyName).join(" ")}`);
console.log(`MetaICL   ${toyEpisode.prompt.map(toyName).join(" ")}  ->  ${toyName(toyEpisode.answer)}`);

// %%
interface WarmRun {
  readonly name: "base" | "plain" | "ict" | "metaicl";
  readonly steps: number;
  readonly minutes: number;
  readonly accuracy: Readonly<Record<WarmPart, readonly (readonly [mean: number, low: number, high: number])[]>>;
}
type WarmPart = "warm-up" | "new pairs" | "new topics";
const warmFile = JSON.parse(readFileSync("datasets/incontext-warmup/training.json", "utf8")) as {
  judged: { shots: readonly number[] };
  runs: readonly WarmRun[];
};
const warmNames = { base: "text", plain: "more text", ict: "ICT", metaicl: "MetaICL" };
type WarmName = keyof typeof warmNames;
const warmKinds = Object.keys(warmNames) as WarmName[];
const warmRun = (name: WarmName): WarmRun => warmFile.runs.find((run) => run.name === name)!;
for (const part of ["warm-up", "new topics"] as const)
  show(
    linePlot(
      warmKinds.map((name) => ({
        name: warmNames[name],
        x: warmFile.judged.shots,
        y: warmRun(name).accuracy[part].map(([value]) => 100 * value),
        low: warmRun(name).accuracy[part].map((interval) => 100 * interval[1]),
        high: warmRun(name).accuracy[part].map((interval) => 100 * interval[2]),
      })),
      {
        title:
          part === "warm-up" ? "Tasks of the kind that MetaICL practised" : "Topics and marks that no task has used",
        x: "examples in the prompt",
        y: "accuracy (%)",
        references: [{ value: 50, label: "chance" }],
      },
    ),
  );
const warmAt = (name: WarmName, part: WarmPart, shots: number): number =>
  100 * warmRun(name).accuracy[part][warmFile.judged.shots.indexOf(shots)][0];
show(
  table(
    warmKinds.map((name) => ({
      "trained on": warmNames[name],
      steps: warmRun(name).steps,
      ...Object.fromEntries(
        (["warm-up", "new pairs", "new topics"] as const).map((part) => [
          `${part}: 2, 8 examples`,
          `${warmAt(name, part, 2).toFixed(0)} %, ${warmAt(name, part, 8).toFixed(0)} %`,
        ]),
      ),
    })),
    { title: "What the warm-ups bring" },
  ),
);
const warmModels = await loadWarmUps();
const warmLive = await prompting.accuracyByShots(warmModels.ict, fork(makeRng(8), "live"), {
  part: "new topics",
  shots: [8],
  count: 300,
});
measured("ICT, 8 examples, 300 new tasks asked here", 100 * warmLive[0].estimate, {
  band: [warmAt("ict", "new topics", 8) - 8, warmAt("ict", "new topics", 8) + 8],
  reference: warmAt("ict", "new topics", 8),
  source: "datasets/incontext-warmup",
  unit: "%",
});
measured(
  "MetaICL less more text, its own kind of task, 2 examples",
  warmAt("metaicl", "warm-up", 2) - warmAt("plain", "warm-up", 2),
  { band: [0, 20], unit: "points" },
);
measured(
  "MetaICL less more text, new topics, 8 examples",
  warmAt("metaicl", "new topics", 8) - warmAt("plain", "new topics", 8),
  { band: [-30, 10], unit: "points" },
);
measured(
  "ICT less more text, new topics, 8 examples",
  warmAt("ict", "new topics", 8) - warmAt("plain", "new topics", 8),
  { band: [-5, 12], unit: "points" },
);
tf.dispose(Object.values(warmModels) as unknown as tf.TensorContainer);

// %% [markdown]
// Look at the lower curves first: **text alone** has taught most of it. In this language a mark means something only within its document, so
// to predict the next token *is* to learn from the document, and the loss of plain text pays for that.
//
// MetaICL helps where it should: on its own kind of task, and with few examples. But it practised with few topics, and on topics
// that it has never practised it loses what the text had taught. The paper trains on up to 142 tasks, and says that their number and
// their *diversity* decide; ours has one kind. It is the forgetting of every fine-tuning, in a small jar.
//
// ICT stays with the whole language, as plain text does, and comes out a little better than as much plain text on new topics. The intervals
// overlap: 600 tasks do not settle it. Chen et al. (2022) report that such a warm-up beats plain training on two benchmarks.
//
// ## 10 · MAML: learn a start
//
// GPT-3's paper describes pretraining as *meta-learning*: an outer loop (gradient descent on text) makes a model whose inner loop
// (reading a prompt) learns fast. MAML (Finn et al. 2017) says the same with the inner loop written out, as gradient steps:
//
// $$\text{inner: } \theta_t = \theta - \alpha \nabla L^{\text{support}}_t(\theta) \qquad \text{outer: } \theta \leftarrow \theta - \beta \nabla_\theta \sum_t L^{\text{query}}_t(\theta_t)$$
//
// The toy of the paper: tasks are sine waves of random amplitude and phase, and ten points of one are given. Plain training on all
// of them together gives the best *single* curve, which fits none of them. MAML asks for the best *start*. The lab has trained both
// for some thousand steps, with the same network and the same waves (`bench/incontext/maml.ts`). First the beginning of MAML's training again:

// %%
interface MetaRun {
  readonly method: "maml" | "first order" | "joint" | "random";
  readonly curve?: readonly (readonly [step: number, loss: number])[];
  readonly errors: Readonly<Record<string, readonly (readonly (number | null)[])[]>>; // by rate: [mean, low, high] after each step
}
const metaFile = JSON.parse(readFileSync("datasets/incontext-maml/training.json", "utf8")) as {
  steps: number;
  runs: readonly MetaRun[];
};
const metaRun = (method: MetaRun["method"]): MetaRun => metaFile.runs.find((run) => run.method === method)!;
const queryLosses: number[] = [];
const begun = await prompting.trainSine({ method: "maml", steps: 300, each: (_, loss) => queryLosses.push(loss) });
tf.dispose(begun as unknown as tf.TensorContainer);
show(
  linePlot(
    (["maml", "first order", "joint"] as const).map((method) => ({
      name:
        method === "joint" ? "plain training, all waves at once" : method === "maml" ? "MAML" : "MAML, first order",
      x: metaRun(method).curve!.map(([step]) => step),
      y: metaRun(method).curve!.map(([, loss]) => loss),
    })),
    { title: "Outer loop: loss on the queries", x: "step", y: "squared error, mean of 100 steps", zero: true },
  ),
);
measured("mean query loss of steps 201 to 300, trained here", mean(queryLosses.slice(200)), {
  band: [0.9 * metaRun("maml").curve![2][1], 1.1 * metaRun("maml").curve![2][1]],
  reference: metaRun("maml").curve![2][1],
  source: "datasets/incontext-maml",
});

// %% [markdown]
// Now the test: a hundred new waves, ten points of each, and gradient steps from both starts. MAML was made for a rate of 0.01.
// For the other start the best of several rates is taken, so that it has its chance.

// %%
const starts = await loadSines();
/** The rate with the least error after ten steps, in the file's test; null is what diverged. */
function bestRate(method: MetaRun["method"]): number {
  const after = (rate: string): number => metaRun(method).errors[rate][10][0] ?? Infinity;
  return Number(
    Object.keys(metaRun(method).errors).reduce((best, rate) => (after(rate) < after(best) ? rate : best)),
  );
}
const newWaves = prompting.sineBatch(fork(makeRng(8), "waves"), 100, 10, 50); // 10 points each, judged on 50 others
const jointRate = bestRate("joint");
const adapting = await prompting.adaptationErrors(starts.maml, newWaves, { rate: 0.01, steps: 10 });
const finetuning = await prompting.adaptationErrors(starts.joint, newWaves, { rate: jointRate, steps: 10 });
const adaptationSeries = (name: string, errors: readonly (readonly number[])[]) => {
  const intervals = errors.map((each) => prompting.meanInterval(each));
  return {
    name,
    y: intervals.map(({ estimate }) => estimate),
    low: intervals.map(({ low }) => low),
    high: intervals.map(({ high }) => high),
  };
};
show(
  linePlot(
    [
      adaptationSeries("start by MAML, rate 0.01", adapting),
      adaptationSeries(`start by plain training, rate ${jointRate}`, finetuning),
    ],
    {
      title: "A new sine wave from ten points: gradient steps from two starts",
      x: "gradient steps on its ten points",
      y: "squared error on other points",
      zero: true,
    },
  ),
);
measured("error after one step, MAML", mean(adapting[1]), {
  band: [0.2, 2.5],
  reference: 0.5,
  source: "about, Finn et al. 2017, figure 3, after 70,000 steps",
});
measured("error after one step, plain training", mean(finetuning[1]), { band: [1.5, 8] });
measured("error after ten steps, plain training over MAML", mean(finetuning[10]) / mean(adapting[10]), {
  band: [1.5, 20],
});
measured("one step: plain training over MAML", mean(finetuning[1]) / mean(adapting[1]), { band: [1.2, 20] });

// %%
/** One wave, the ten points, and both networks before and after one step. */
const wave = { amplitude: 3.5, phase: 1 };
const gridX = Array.from({ length: 81 }, (_, i) => -5 + i / 8);
const wavePoints = prompting.sinePoints(fork(makeRng(8), "one wave"), [wave], 10);
async function curveFrom(start: prompting.SineParams, rate: number, steps: number): Promise<number[]> {
  const y = tf.tidy(() => {
    const fast = prompting.adapt(prompting.sineLoss, prompting.forTasks(start, 1), wavePoints, { rate, steps });
    return prompting.sineNetwork(fast, tf.tensor3d([gridX.map((x) => [x])])); // [1, 81, 1]
  });
  const values = Array.from(await y.data());
  y.dispose();
  return values;
}
const waveCurves = [
  { name: "the wave", y: gridX.map((x) => prompting.sineAt(wave, x)) },
  { name: "MAML, before", y: await curveFrom(starts.maml, 0.01, 0) },
  { name: "MAML, one step", y: await curveFrom(starts.maml, 0.01, 1) },
  { name: "plain, before", y: await curveFrom(starts.joint, jointRate, 0) },
  { name: "plain, one step", y: await curveFrom(starts.joint, jointRate, 1) },
];
show(
  linePlot(
    waveCurves.map(({ name, y }) => ({ name, x: gridX, y })),
    { title: "One step on ten points of a new wave", x: "x", y: "y" },
  ),
);
tf.dispose([
  wavePoints,
  newWaves.support,
  newWaves.query,
  starts.maml,
  starts.firstOrder,
  starts.joint,
] as unknown as tf.TensorContainer);

// %% [markdown]
// Before any step both starts are equally bad: the error is the same. One step on ten points, and MAML's network has found the wave. The
// other start hardly moves: it bears only a small rate (at MAML's own it diverges), and ten steps of it do not go half of the way. The MAML start is a place in the space of weights from which the
// gradient of ten points leads far in the right direction. Its price is in the outer loop: the gradient goes *through* the
// inner step, and brings second derivatives. **Exercise 8:** that gradient, for a linear model, where it can be written down.

// %%
import { mamlGradient } from "./labs/08-in-context-learning";
await check("08/maml-gradient", mamlGradient);

// %% [markdown]
// | | what changes for a new task | what training optimises |
// |---|---|---|
// | fine-tuning | weights, many steps | the task itself |
// | MAML | weights, one step or a few | the loss *after* those steps |
// | MetaICL, ICT | nothing: the examples are read | the loss of the last answer *after reading* examples |
// | plain pretraining | nothing | the loss of every token after reading what is before it |
//
// Read from the bottom: a language model that predicts the 500th token of a text better than the 50th has learned to learn from what it
// reads. That was nobody's aim. Section 7 shows what it needs.
//
// ## 11 · Beside the papers
//
// Everything about SmolLM2 is of one model, a few sets of demonstrations and 40 to 60 items: read the intervals before the means.

// %%
const bestPlain = Math.max(...plainCurves[0].y.slice(1));
const sentimentSpread = spreads[0];
show(
  table(
    [
      {
        what: "sentiment: best number of shots less zero-shot",
        here: `${(bestPlain - plainCurves[0].y[0]).toFixed(0)} points`,
        elsewhere:
          "with 175 billion parameters it rises steeply, with 1.3 billion hardly (Brown et al. 2020, figure 1.2)",
      },
      {
        what: "calibration, mean over all sets of demonstrations",
        here: `${(100 * (sentimentSpread.fixed.mean - sentimentSpread.plain.mean)).toFixed(0)} points more`,
        elsewhere: "up to 30 points, GPT-2 and GPT-3 (Zhao et al. 2021)",
      },
      {
        what: "deviation between sets, before and after",
        here: `${(100 * sentimentSpread.plain.deviation).toFixed(0)} and ${(100 * sentimentSpread.fixed.deviation).toFixed(0)} points`,
        elsewhere: "smaller after calibration (Zhao et al. 2021)",
      },
      {
        what: "random labels for right ones, calibrated",
        here: `${(100 * randomDrop.estimate).toFixed(0)} points lost`,
        elsewhere: "0 to 5 points (Min et al. 2022)",
      },
      {
        what: "best order less worst",
        here: `${(100 * (Math.max(...orderAccuracies) - Math.min(...orderAccuracies))).toFixed(0)} points`,
        elsewhere: "up to 40 points (Lu et al. 2022)",
      },
      {
        what: "in-context loss drop when induction heads form",
        here: `${dropOfTwo.toFixed(1)} nats, toy`,
        elsewhere: "-0.4 nats, text, models of every size (Olsson et al. 2022)",
      },
      {
        what: "transformer over ridge, 12 examples with noise",
        here: `${(noisyErrors.transformer[lastPoint].estimate / noisyErrors["ridge, the best there is"][lastPoint].estimate).toFixed(2)}`,
        elsewhere: "1 (Garg et al. 2022, 20 dimensions, 22 million parameters)",
      },
      {
        what: "MAML, error after one step over that of plain training",
        here: `${(mean(adapting[1]) / mean(finetuning[1])).toFixed(2)}`,
        elsewhere: "about 0.2 (Finn et al. 2017, figure 3, after 70,000 steps)",
      },
    ],
    { title: "Measured here, and elsewhere" },
  ),
);

// %% [markdown]
// **Take away**
// - A prompt is an experiment: score the answers, ask many items, draw the demonstrations several times, give intervals.
// - Demonstrations move *all* answers. A small model echoes the labels that it has read, the last one most of all.
// - Calibration costs three prompts and no labels, and takes most of that out. Try it first, and look whether it helps.
// - Whether demonstrations teach the task or only the form is a question to measure, model by model: put random labels in.
// - Selection, order and form make differences as large as those between models. Who reports one prompt reports luck.
// - Copying needs two layers: one head writes each token's predecessor, another looks for it. It forms suddenly, and the loss of
//   later tokens falls with it.
// - A transformer that was trained on regression prompts does regression while it reads, as well as the textbook does, where
//   it was trained.
// - Warm-up and MAML train the learning itself: the loss is taken after the examples were read, or after the step.
//
// **At full scale** a prompt with demonstrations is paid at every call; the cache of the shared beginning (chapter 07) is kept
// on the servers, and providers sell it cheaper than fresh tokens. Instruction tuning has taken over much of what demonstrations
// were for: a model that was trained on instructions is *told* the task, and shown examples only where form matters. Contexts of a million
// tokens have brought demonstrations back, hundreds or thousands of them, and there their number counts again (Agarwal et al. 2024). And a
// few hundred labelled examples are often better spent on fine-tuning: chapters 10 to 12.
//
// **The experiments of this chapter** are repeated by `npx tsx bench/icl/run.ts` (SmolLM2; it goes on where it was stopped),
// `bench/incontext/induction.ts`, `regression.ts`, `warmup.ts` and `maml.ts`.
//
// **Check everything at once** in a terminal: `npx lab grade --lab 08`.
//
// **Read on:** Brown et al. 2020 (GPT-3) · Zhao et al. 2021 (calibration) · Liu et al. 2022 (nearest demonstrations) · Rubin et al. 2022
// (learned retriever) · Sorensen et al. 2022 (mutual information) · Lu et al. 2022 (order) · Min et al. 2022a (what demonstrations do)
// and 2022b (MetaICL) · Chen et al. 2022 (self-supervised in-context training) · Olsson et al. 2022 (induction heads) · Garg et al. 2022,
// Akyürek et al. 2023, von Oswald et al. 2023 (regression in context) · Finn et al. 2017 (MAML) · Dong et al. 2023 (a survey) ·
// Agarwal et al. 2024 (many-shot).
