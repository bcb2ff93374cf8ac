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
// # 06 · Pretraining
//
// A language model learns from plain text, without anybody telling it what is right: the text itself holds the answers.
// Hide a part of it, ask for that part, compare. This chapter climbs the ladder of language models on one text, from
// counting letters to a transformer; then it changes the *question*, as BERT, T5 and GLM do; and then it asks what more
// size would bring.
//
// **After this chapter you can**
// - measure a language model: nats, bits per byte, perplexity, on text that it has not seen;
// - build n-gram models with smoothing, and know why they are hard to beat on a small text;
// - say what causal, prefix, masked, span and blank-infilling training ask, and write each of them;
// - compare objectives at equal cost, and say what each is good for;
// - fit a scaling law, and say how far it can be trusted.
//
// **Time:** about 3 hours, 2½ of them for the exercises. In a hurry? Sections 2, 4 and 5 are the core.
//
// **How it works.** Run a cell with Shift+Enter. You write your answers in the file `labs/06-pretraining.ts`, beside this
// notebook. Save it, run the check cell again: it always takes your newest code. `npx lab reset 06` in a terminal brings
// the empty exercises back and keeps a copy of yours.

// %%
import { readFileSync } from "fs";
import * as data from "transformer-lab/data";
import { loadText } from "transformer-lab/data/node";
import { jit, makeRng, tf, uniform, useEngine } from "transformer-lab/engine";
import { barPlot, check, flipbook, heatmap, linePlot, live, measured, quiz, show, table } from "transformer-lab/lab";
import * as models from "transformer-lab/models";
import { blankInfillingMask, type Context } from "transformer-lab/nn";
import { crossEntropy } from "transformer-lab/ops";
import { charTokenizer, trainChar } from "transformer-lab/text";
import { disposeTraining, startTraining, train, type Schedule } from "transformer-lab/train";
import { loadTrained } from "transformer-lab/train/node";
import { countParams } from "transformer-lab/tree";

await useEngine();
const shakespeare = loadText("tinyshakespeare");
const tokenizer = charTokenizer(trainChar(shakespeare)); // 65 characters and [UNK]
const V = tokenizer.vocabSize;
const stream = data.splitStream(data.tokenStream(tokenizer, shakespeare)); // as nanoGPT: 90 % to learn from, 10 % to judge
const heldOutText = shakespeare.slice(stream.train.length);
console.log(`${V} ids; ${stream.train.length} to learn from, ${stream.validation.length} to be judged by`);

// %% [markdown]
// ## 1 · Predict first
//
// Choose before you open an answer.

// %%
show(
  quiz({
    question:
      "All models below learn from the same one million characters of Shakespeare, none for longer than two minutes. Which predicts the next characters of an unseen part best?",
    choices: [
      {
        text: "a table of pairs: how often does b follow a?",
        why: "It beats blind guessing by far, but one letter of memory is little.",
      },
      {
        text: "a table of six letters in a row, well smoothed",
        correct: true,
        why: "On a text of this size, counting wins. Section 5 shows by how much, and what it takes to turn the tables.",
      },
      {
        text: "a recurrent network (LSTM) of 200,000 numbers",
        why: "It has memory, but in two minutes it has not learned to use it as well as the table.",
      },
      {
        text: "a transformer of 800,000 numbers",
        why: "It will win in the end: with more steps and more size. Two minutes are not enough.",
      },
    ],
  }),
);

// %% [markdown]
// ## 2 · Counting: from nothing to pairs
//
// A **language model** gives each possible next token a probability, from the tokens before it. Its **loss** is how
// surprised it is by what really comes, $-\log p$, as a mean over a text that it has not seen (the *validation* text).
// With natural logarithms the unit is the **nat**. Three ways to say the same number:
//
// | name | formula | tells |
// |---|---|---|
// | loss, nats a token | $L = -\frac{1}{n}\sum_t \log p(x_t \mid x_{<t})$ | what training makes smaller |
// | perplexity | $e^{L}$ | among how many equally likely tokens the model is unsure |
// | bits per byte | $\frac{L}{\ln 2} \cdot \frac{\text{tokens}}{\text{bytes}}$ | comparable between tokenizers |
//
// The two lowest rungs of the ladder: **uniform** (all 66 ids are equal) and **unigram** (each id by its share of the text).
// Then the **bigram**: how often does b come after a? Here is its table, learned in a blink. Brighter is more likely. Can
// you find the q?

// %%
const unigram = models.addK(models.countNgrams(stream.train, 1, V), 1);
const bigram = models.addK(models.countNgrams(stream.train, 2, V), 1);
const letters = [..." abcdefghijklmnopqrstuvwxyz"];
const idOf = (letter: string) => tokenizer.id(letter) ?? 0;
show(
  heatmap(
    letters.map((a) => letters.map((b) => bigram([idOf(a)], 1, idOf(b)))),
    {
      title: "What follows what: p(b | a) of the bigram model",
      x: "next letter b",
      y: "letter a",
      xLabels: letters.map((letter) => (letter === " " ? "·" : letter)),
      yLabels: letters.map((letter) => (letter === " " ? "·" : letter)),
      value: "probability",
    },
  ),
);
const uniformLoss = models.sequenceLoss(models.uniformModel(V), stream.validation);
const unigramLoss = models.sequenceLoss(unigram, stream.validation);
const bigramLoss = models.sequenceLoss(bigram, stream.validation);
measured("uniform", uniformLoss, { band: [4.189, 4.19], unit: "nats", reference: Math.log(66), source: "ln 66" });
measured("unigram", unigramLoss, { band: [3.33, 3.36], unit: "nats" });
measured("bigram", bigramLoss, { band: [2.47, 2.5], unit: "nats" });
measured("perplexity of the bigram", data.perplexity(bigramLoss), { band: [11.8, 12.2] });

// %% [markdown]
// From 66 equally likely characters to 12, with a table of 66 × 66 numbers.
//
// **Exercise 1** is that table, **exercise 2** the perplexity. Open `labs/06-pretraining.ts`. Stuck? Run
// `hint("06/bigram")` in a cell of your own: each run tells you more.

// %%
import { bigramProbabilities } from "./labs/06-pretraining";
await check("06/bigram", bigramProbabilities);

// %%
import { perplexity } from "./labs/06-pretraining";
await check("06/perplexity", perplexity);

// %% [markdown]
// ## 3 · Longer contexts, and the runs that never occurred
//
// An **n-gram** model looks at the last n − 1 tokens. Longer should be better. But there are 66⁶, about 80 billion, possible
// runs of six characters, and the text has one million places: most runs of the *validation* text were never seen. A model
// that gives them probability 0 has infinite loss. **Smoothing** decides what the unseen gets:
//
// - **add-k**: every count plus k. Simple, and wasteful: billions of runs that will never come get a share.
// - **interpolation** (Jelinek and Mercer 1980): mix each order with the one below it; a held-out text says how much.
// - **Kneser-Ney** (1995): take a little off each count, and give it to a guess that asks after how many *different*
//   tokens something was seen.

// %%
const orders = [1, 2, 3, 4, 5, 6];
const heldOut = Math.floor(0.95 * stream.train.length); // the mixing weights must be learned from text that was not counted
const smoothings = orders.map((order) => {
  const counts = models.countNgrams(stream.train, order, V);
  const lambdas = models.fitJelinekMercer(
    models.countNgrams(stream.train.subarray(0, heldOut), order, V),
    stream.train.subarray(heldOut),
  );
  const loss = (model: models.NextProbability) => models.sequenceLoss(model, stream.validation);
  const kneserNeyModel = models.kneserNey(counts);
  return {
    order,
    add1: loss(models.addK(counts, 1)),
    addLittle: loss(models.addK(counts, 0.01)),
    mixed: loss(models.jelinekMercer(counts, lambdas)),
    kneserNey: loss(kneserNeyModel),
    model: kneserNeyModel,
  };
});
show(
  linePlot(
    [
      { name: "add 1", x: orders, y: smoothings.map(({ add1 }) => add1) },
      { name: "add 0.01", x: orders, y: smoothings.map(({ addLittle }) => addLittle) },
      { name: "interpolation", x: orders, y: smoothings.map(({ mixed }) => mixed) },
      { name: "Kneser-Ney", x: orders, y: smoothings.map((each) => each.kneserNey) },
    ],
    {
      title: "Longer contexts help only if the unseen is treated well",
      x: "n: characters in a run",
      y: "validation loss (nats)",
    },
  ),
);
const bestCounting = smoothings[5].kneserNey;
measured("6-gram, Kneser-Ney", bestCounting, { band: [1.54, 1.58], unit: "nats" });
measured("6-gram, add 1", smoothings[5].add1, { band: [2.5, 2.7], unit: "nats" });

// %% [markdown]
// With add-1 the six-gram is *worse than pairs*: the same counts, lost in smoothing. With Kneser-Ney it is at 1.56 nats, a
// perplexity below 5. Now let the models write. Each page is one n; the next character is drawn from its probabilities.

// %%
function write(model: models.NextProbability, start: string, length: number, seed: number): string {
  const rng = makeRng(seed);
  const ids = [...tokenizer.encode(start)];
  for (let i = 0; i < length; i++) {
    let u = uniform(rng);
    const next = models.nextDistribution(model, ids, V).findIndex((p) => (u -= p) < 0);
    ids.push(next < 0 ? 0 : next);
  }
  return tokenizer.decode(ids).replace(/\n+/g, " / ");
}
show(
  table(
    smoothings.map(({ order, model, kneserNey: loss }) => ({
      n: order,
      "loss (nats)": loss,
      "it writes": write(model, "\nKING ", 130, 7),
    })),
    { title: "Shakespeare by counting (Kneser-Ney)" },
  ),
);

// %% [markdown]
// At n = 6 most words are words. What they say is nothing: six letters are no thought. And the table cannot grow, since
// each letter more asks for many times the text.
//
// **Exercise 3:** Kneser-Ney for two tokens. It has one surprising idea; find the frequent token that is a bad guess.

// %%
import { kneserNey } from "./labs/06-pretraining";
await check("06/kneser-ney", kneserNey);

// %% [markdown]
// ## 4 · The loss of a network: shifted by one
//
// A neural model computes a row of scores (*logits*) at every place at once: from what it has read up to there, what comes
// next? So one row of text gives as many questions as it has tokens. The labels are the same ids, **one place further on**.

// %%
const example = data.causalLm(tokenizer.encode("To be or not"));
show(
  table(
    Array.from(example.inputs, (id, t) => ({
      place: t,
      "has read": tokenizer.decode(example.inputs.slice(0, t + 1)).replace(/ /g, "·"),
      "reads now": tokenizer.token(id).replace(" ", "·"),
      "is asked for": tokenizer.token(example.labels[t]).replace(" ", "·"),
    })),
    { title: "Inputs and labels of a causal model" },
  ),
);

// %%
show(
  quiz({
    question: "Somebody forgets to shift the labels. What does the loss do?",
    choices: [
      {
        text: "It stays at ln 66: nothing can be learned",
        why: "Something can be learned very well: to copy the input.",
      },
      {
        text: "It falls to nearly 0, faster than ever",
        correct: true,
        why: "Each place is asked for the token that it has just read. The model copies, and can write nothing. A loss that is too good is a sign of a leak.",
      },
      { text: "It rises", why: "The optimizer always finds something that lowers it." },
      {
        text: "It falls as usual: attention finds the next token",
        why: "The next token is hidden by the causal mask, and nobody asks for it.",
      },
    ],
  }),
);

// %% [markdown]
// **Exercise 4:** this loss, with the shift, with labels that do not count, and without overflow.

// %%
import { nextTokenLoss } from "./labs/06-pretraining";
await check("06/next-token-loss", nextTokenLoss);

// %% [markdown]
// ## 5 · Networks: recurrent, then attention
//
// A **recurrent network** (RNN) carries a state from token to token: $h_t = \tanh(x_t W + h_{t-1} U + b)$ (Elman 1990). Its
// memory has no fixed end, but everything must pass through one vector, step by step, and gradients fade on the way back.
// The **LSTM** (Hochreiter and Schmidhuber 1997) adds a cell with gates that decide what to forget, take in and show. The
// **transformer** (chapters 03 to 05) has no state: each place looks at all places before it, all at the same time.
//
// Three networks of about 200,000 numbers, the same batches, 300 steps each. The curves grow while they train; interrupt
// the kernel to stop.

// %%
/** Trains on random pieces of the text, and judges on all of the validation text. */
async function pretrain<P>(
  params: P,
  logits: (params: P, ids: tf.Tensor, ctx: Context) => tf.Tensor,
  steps: number,
  schedule: Schedule,
  onStep: (step: number, loss: number) => void = () => {},
): Promise<{ params: P; validation: number; seconds: number }> {
  const state = startTraining(params, 1);
  const started = Date.now();
  let validation = NaN;
  const records = train({
    state,
    loss: (p, batch: { inputs: tf.Tensor; labels: tf.Tensor }, ctx) =>
      crossEntropy(logits(p, batch.inputs, ctx), batch.labels),
    batch: (_, rng): data.LmBatch => data.randomBatch(stream.train, { batch: 12, length: 64 }, rng),
    steps,
    schedule,
    optimizer: { beta2: 0.99, weightDecay: 0.1, decay: "matrices" },
    clip: 1,
    weight: ({ labels }) => tf.sum(tf.notEqual(labels, tf.scalar(data.IGNORE, "int32")).cast("float32")),
    evaluate: { every: steps, batches: [...data.sequentialBatches(stream.validation, { batch: 64, length: 64 })] },
  });
  for await (const record of records) {
    onStep(record.step, record.loss);
    validation = record.validation ?? validation;
  }
  tf.dispose(state.optimizer as unknown as tf.TensorContainer);
  return { params: state.params, validation, seconds: (Date.now() - started) / 1000 };
}

const elmanConfig: models.RnnConfig = { vocabSize: V, cell: "elman", nLayer: 1, dModel: 288 };
const lstmConfig: models.RnnConfig = { vocabSize: V, cell: "lstm", nLayer: 1, dModel: 148 };
const gptConfig: models.GptConfig = { vocabSize: V, context: 64, nLayer: 4, dModel: 64, nHead: 4, order: "pre" };
const short: Schedule = { kind: "cosine", peak: 5e-3, warmup: 30, steps: 300 };
const curves: { name: string; x: number[]; y: number[] }[] = [];
const growing = live();
function curve(name: string): (step: number, loss: number) => void {
  const mine = { name, x: [] as number[], y: [] as number[] };
  curves.push(mine);
  let mean = NaN; // a running mean: single batches are noisy
  return (step, loss) => {
    mean = Number.isNaN(mean) ? loss : 0.9 * mean + 0.1 * loss;
    if (step % 15 !== 0) return;
    mine.x.push(step);
    mine.y.push(mean);
    growing.show(
      linePlot(curves, { title: "Three networks learn to spell", x: "step", y: "loss (nats, running mean)" }),
    );
  };
}
const rnnLogits = (config: models.RnnConfig) => (p: models.RnnParams, ids: tf.Tensor, ctx: Context) =>
  models.rnn(p, config, ids, ctx);
const gptLogits = (p: models.GptParams, ids: tf.Tensor, ctx: Context) => models.gpt(p, gptConfig, ids, ctx);
const elman = await pretrain(
  models.initRnn(elmanConfig, makeRng(1)),
  rnnLogits(elmanConfig),
  300,
  short,
  curve("Elman RNN"),
);
const lstm = await pretrain(models.initRnn(lstmConfig, makeRng(1)), rnnLogits(lstmConfig), 300, short, curve("LSTM"));
const gpt = await pretrain(models.initGpt(gptConfig, makeRng(1)), gptLogits, 300, short, curve("GPT"));
growing.done();
show(
  table(
    [
      {
        network: "Elman RNN",
        parameters: countParams(elman.params),
        "validation loss": elman.validation,
        seconds: elman.seconds,
      },
      {
        network: "LSTM",
        parameters: countParams(lstm.params),
        "validation loss": lstm.validation,
        seconds: lstm.seconds,
      },
      {
        network: "GPT",
        parameters: countParams(gpt.params),
        "validation loss": gpt.validation,
        seconds: gpt.seconds,
      },
    ],
    { title: "After 300 steps of 768 characters", best: { "validation loss": "low" } },
  ),
);
measured("Elman RNN, 300 steps", elman.validation, { band: [1.9, 2.3], unit: "nats" });
measured("LSTM, 300 steps", lstm.validation, { band: [2.0, 2.6], unit: "nats" });
measured("GPT, 300 steps", gpt.validation, { band: [2.0, 2.5], unit: "nats" });

// %% [markdown]
// 300 steps are a beginning. The lab has trained the same networks for 2,000 steps, and a larger GPT too (`npx tsx
// bench/pretraining.ts`, results in `datasets/scaling-runs`). Together with the rungs above, measured on the same
// characters, this is the ladder:

// %%
interface Run {
  readonly name: string;
  readonly total: number;
  readonly points: readonly { readonly step: number; readonly loss: number }[];
}
const readRuns = <T>(file: string): T[] =>
  (JSON.parse(readFileSync(`datasets/scaling-runs/${file}`, "utf8")) as { runs: T[] }).runs;
const lastLoss = ({ points }: { points: readonly { readonly loss: number }[] }) => points[points.length - 1].loss;
interface Sized extends Run {
  readonly nLayer: number;
  readonly dModel: number;
  readonly nHead: number;
  readonly parameters: number;
  readonly peak: number;
}
const sized = readRuns<Sized>("runs.json");
const ladder: { rung: string; loss: number; from: string }[] = [
  { rung: "uniform", loss: uniformLoss, from: "measured here" },
  { rung: "unigram", loss: unigramLoss, from: "measured here" },
  { rung: "bigram", loss: bigramLoss, from: "measured here" },
  { rung: "3-gram, Kneser-Ney", loss: smoothings[2].kneserNey, from: "measured here" },
  { rung: "6-gram, Kneser-Ney", loss: bestCounting, from: "measured here" },
  ...readRuns<Run>("ladder.json").map((run) => ({
    rung: `${run.name}, ${Math.round(run.total / 1000)} thousand`,
    loss: lastLoss(run),
    from: "2,000 steps, recorded",
  })),
  { rung: "GPT, 810 thousand", loss: lastLoss(sized[4]), from: "2,000 steps, recorded" },
];
show(barPlot(ladder.map(({ rung }) => rung), { name: "loss", values: ladder.map(({ loss }) => loss) }, { title: "The ladder, on one text", value: "validation loss (nats a character)" })); // prettier-ignore
const bytes = Buffer.byteLength(heldOutText);
show(
  table(
    ladder.map(({ rung, loss, from }) => ({
      rung,
      "nats a character": loss,
      perplexity: data.perplexity(loss),
      "bits per byte": data.bitsPerByte(loss, stream.validation.length, bytes),
      from,
    })),
    { title: "Every rung, in three units", best: { "nats a character": "low" } },
  ),
);

// %% [markdown]
// Read it honestly.
//
// - **No network reaches the six-gram**, which learned in three seconds. A million characters are little: a table can hold
//   them all, and a network must find them by small steps. Always put a cheap baseline beside a model: it tells whether the
//   model has earned its price.
// - Of the three networks of one size **the plain RNN is ahead** after so few steps (for each the better of two learning rates
//   is shown). It reads letters in order by construction. A transformer must first learn what a position is and where to look.
//   What it has for it: all places are computed at the same time, so that large machines are busy, and any two places are one
//   step apart, however long the text. Both pay off with size, length and steps, and on a laptop you see little of them.
// - What turns the tables is size and time. nanoGPT reports 1.88 for its laptop recipe (0.8 million numbers, 2,000 steps: the
//   size of the last row), and 1.47 for its recipe for a graphics card (10.7 million numbers, 5,000 steps of 64 × 256
//   characters), which is below the table of six letters. And a table of runs of words from a *trillion* tokens would fit nowhere.
//
// ### On the way: ELMo, two directions side by side
//
// **ELMo** (Peters 2018) was the first model whose vectors for a word depend on the sentence, and that many tasks could
// share: an LSTM from the left and one from the right, both trained as language models. A task mixes their layers by learned
// weights: $\gamma \sum_j s_j h_j$ with $s = \mathrm{softmax}(w)$. Layer 0 is the token alone; the layers above know the
// context.

// %%
const elmoConfig: models.ElmoConfig = { vocabSize: V, dModel: 48, nLayer: 2 };
const elmoRun = startTraining(models.initElmo(elmoConfig, makeRng(1)), 1);
async function trainElmo(): Promise<void> {
  const records = train({
    state: elmoRun,
    loss: (p, { inputs }: { inputs: tf.Tensor }, ctx) => models.elmoLoss(p, elmoConfig, inputs, ctx),
    batch: (_, rng) => ({ inputs: data.randomBatch(stream.train, { batch: 12, length: 48 }, rng).inputs }),
    steps: 150,
    schedule: { kind: "cosine", peak: 1e-2, warmup: 20, steps: 150 },
    clip: 1,
  });
  for await (const { step, loss } of records)
    if (step % 50 === 0) console.log(`step ${step}: ${(loss / 2).toFixed(3)} nats a direction`);
}
await trainElmo();
const phrases = ["the king", "she knew"]; // two k: one is spoken, one is silent
const [first, second] = phrases.map((phrase) =>
  tf.tidy(() =>
    models.elmoStates(elmoRun.params, elmoConfig, tf.tensor2d([tokenizer.encode(phrase)], undefined, "int32")),
  ),
);
const cosine = (a: tf.Tensor, b: tf.Tensor): number =>
  tf.tidy(
    () =>
      tf
        .sum(a.mul(b))
        .div(tf.norm(a).mul(tf.norm(b)))
        .dataSync()[0],
  );
const vectorAt = (layer: tf.Tensor, place: number): tf.Tensor => layer.slice([0, place, 0], [1, 1, -1]).flatten();
const alike = first.map((layer, i) => cosine(vectorAt(layer, 4), vectorAt(second[i], 4)));
show(
  table(
    alike.map((similarity, layer) => ({
      layer: layer === 0 ? "0 (the token)" : String(layer),
      "cosine of the two k": similarity,
    })),
    { title: `The k of “${phrases[0]}” and of “${phrases[1]}”` },
  ),
);
measured("cosine of the two k in layer 0", alike[0], { band: [0.9999, 1.0001] });
measured("cosine of the two k in layer 2", alike[2], { band: [-1, 0.999] });
disposeTraining(elmoRun);

// %% [markdown]
// ## 6 · Other questions: masks, spans, blanks
//
// Predicting the next token sees one side only. Other objectives hide something else. One sentence, and what each model
// reads and is asked for; `·` is a place without a question. (The sentence is short, so more than the usual 15 % is hidden.)

// %%
const words = "the old king walked slowly to the gate and saw his three daughters waiting".split(" ");
const names = [
  "[PAD]",
  "[CLS]",
  "[SEP]",
  "[MASK]",
  "[START]",
  "[END]",
  "<s0>",
  "<s1>",
  "<s2>",
  "[gMASK]",
  ...new Set(words),
];
const ids = words.map((word) => names.indexOf(word));
const say = (list: ArrayLike<number>) => Array.from(list, (id) => (id === data.IGNORE ? "·" : names[id])).join(" ");
const glmTokens = { mask: 3, documentMask: 9, startOfPiece: 4, endOfPiece: 5 };
const spanTokens = { sentinels: [6, 7, 8], end: 5, pad: 0 };
const bertTokens = { mask: 3, vocabSize: names.length, special: [0, 1, 2] };
const prefixRow = data.prefixLm(ids, 6);
const maskedRow = data.maskedLm([1, ...ids, 2], { ...bertTokens, share: 0.25 }, makeRng(18));
const spanRow = data.spanCorruption(ids, { ...spanTokens, density: 0.4 }, makeRng(1));
const blankRow = data.blankInfilling(ids, { ...glmTokens, share: 0.3 }, makeRng(6));
const causalRow = data.causalLm(ids);
show(
  table(
    [
      { objective: "causal (GPT)", reads: say(causalRow.inputs), "is asked for": say(causalRow.labels) },
      { objective: "prefix LM (6 words given)", reads: say(prefixRow.inputs), "is asked for": say(prefixRow.labels) },
      { objective: "masked (BERT)", reads: say(maskedRow.inputs), "is asked for": say(maskedRow.labels) },
      { objective: "spans (T5)", reads: say(spanRow.inputs), "is asked for": say(spanRow.labels) },
      { objective: "blanks (GLM)", reads: say(blankRow.inputs), "is asked for": say(blankRow.labels) },
      { objective: "  first position", reads: [...blankRow.positions].join(" "), "is asked for": "" },
      { objective: "  second position", reads: [...blankRow.blockPositions].join(" "), "is asked for": "" },
    ],
    { title: "One sentence, five questions" },
  ),
);
const document = data.documentInfilling(ids, glmTokens, makeRng(4));
console.log(`GLM, document form: ${say(document.inputs)}`);

// %% [markdown]
// - **Masked** (BERT): 15 % of the places are asked for. Of these, 80 % show `[MASK]`, 10 % a random token, 10 % the right
//   one: since any token may be wrong, the model must know about all of them, and not only about `[MASK]`.
// - **Spans** (T5): whole pieces are taken out, each leaves one sentinel; a decoder tells the pieces one after another.
// - **Blanks** (GLM): as T5, but in one stack, in random order, with two positions for each token. Of long texts the end is
//   cut off under `[gMASK]`, so that the same model learns to write at length.
//
// What a place may look at decides what it can learn from. Turn the pages: a filled cell means that the row may look at the
// column.

// %%
const pages = [
  { name: "causal", row: causalRow, front: 0, says: "Each word sees what is before it." },
  { name: "prefix", row: prefixRow, front: 6, says: "Six words are given and see each other; the rest is causal." },
  {
    name: "masked",
    row: maskedRow,
    front: maskedRow.inputs.length,
    says: "Everybody sees everybody: no order of writing.",
  },
  {
    name: "blanks",
    row: blankRow,
    front: blankRow.partA,
    says: "Part A sees itself, and nothing of Part B; Part B sees Part A and what is before it.",
  },
];
show(
  flipbook(
    pages.map(({ name, row, front, says }) => {
      const length = row.inputs.length;
      const mask = tf.tidy(() =>
        blankInfillingMask(tf.tensor1d([front], "int32"), length)
          .cast("float32")
          .reshape([length, length]),
      );
      const cells = mask.arraySync() as number[][];
      mask.dispose();
      const labels = Array.from(row.inputs, (id) => names[id]);
      return {
        figure: heatmap(cells, {
          title: name,
          x: "is seen",
          y: "looks",
          xLabels: labels,
          yLabels: labels,
          value: "may look",
        }),
        say: `${name}: ${says}`,
      };
    }),
    { title: "Who may look at whom", what: "objective" },
  ),
);

// %% [markdown]
// Do the numbers hold? On the whole validation text:

// %%
const bert = { mask: V, vocabSize: V, special: [] };
const corrupted = data.maskedLm(stream.validation, bert, makeRng(8));
const asked = [...corrupted.labels.keys()].filter((i) => corrupted.labels[i] !== data.IGNORE);
const share = (test: (i: number) => boolean) => asked.filter(test).length / asked.length;
measured("BERT: asked for", asked.length / stream.validation.length, {
  band: [0.1499, 0.1501],
  reference: 0.15,
  source: "Devlin et al. 2019, section 3.1",
});
measured(
  "BERT: of these [MASK]",
  share((i) => corrupted.inputs[i] === V),
  { band: [0.78, 0.82], reference: 0.8, source: "Devlin et al. 2019, section 3.1" },
);
measured(
  "BERT: of these unchanged",
  share((i) => corrupted.inputs[i] === corrupted.labels[i]),
  { band: [0.09, 0.12], reference: 0.1, source: "the same; a random character is now and then the right one" },
);
const t5 = data.noiseSpans(10_000, 0.15, 3, makeRng(9));
measured("T5: mean length of a span", t5.reduce((sum, { start, end }) => sum + end - start, 0) / t5.length, {
  band: [2.99, 3.01],
  reference: 3,
  source: "Raffel et al. 2020, section 3.3.4",
});
const bart = data.infillText(stream.validation, V, 0.3, makeRng(10)).spans;
measured("BART: spans of length 0", bart.filter(({ start, end }) => start === end).length / bart.length, {
  band: [0.045, 0.055],
  reference: Math.exp(-3),
  source: "Poisson with mean 3: e^-3; Lewis et al. 2020, section 2.2",
});

// %% [markdown]
// **Exercises 5, 6 and 7:** BERT's mask, T5's spans and GLM's blanks.

// %%
import { maskTokens } from "./labs/06-pretraining";
await check("06/mask-tokens", maskTokens);

// %%
import { spanCorruption } from "./labs/06-pretraining";
await check("06/span-corruption", spanCorruption);

// %%
import { blankInfilling } from "./labs/06-pretraining";
await check("06/blank-infilling", blankInfilling);

// %% [markdown]
// ### Two more: BART's noise, and the next sentence
//
// **BART** (Lewis 2020) spoils a text in any way and asks for the *whole* text back, by an encoder and a decoder. BERT had a
// second task, **next-sentence prediction**: does this text follow that one? Half of the pairs are real. (Later work,
// RoBERTa by Liu 2019, found that BERT is no worse without it.)

// %%
const shorter = ids.slice(0, 9);
const noises: [string, number[]][] = [
  ["token masking", data.maskTokens(shorter, 3, 0.3, makeRng(1))],
  ["token deletion", data.deleteTokens(shorter, 0.3, makeRng(2))],
  ["text infilling", data.infillText(shorter, 3, 0.4, makeRng(6)).ids],
  [
    "sentence permutation",
    data.permuteSentences(ids, (id) => names[id] === "gate" || names[id] === "king", makeRng(3)),
  ],
  ["document rotation", data.rotateDocument(shorter, makeRng(5))],
];
show(
  table(
    noises.map(([noise, spoiled]) => ({ noise, "the encoder reads": say(spoiled) })),
    { title: "BART: five ways to spoil a text (sentences end at “king” and “gate” here)" },
  ),
);
const plays = ["First Citizen", "Second Citizen"].map((speaker) =>
  shakespeare
    .split("\n\n")
    .filter((speech) => speech.startsWith(`${speaker}:\n`))
    .slice(0, 20)
    .map((speech) => tokenizer.encode(`${speech.split("\n")[1]} `)),
);
const pairs = data.nspPairs(plays, 0, { cls: V, sep: V + 1, length: 110 }, makeRng(1));
show(
  table(
    pairs
      .slice(0, 4)
      .map(({ inputs, label }) => ({
        pair: Array.from(inputs, (id) => (id === V ? "[CLS] " : id === V + 1 ? " [SEP] " : tokenizer.token(id))).join(
          "",
        ),
        label: label === 0 ? "IsNext" : "NotNext",
      })),
    { title: "Next-sentence pairs" },
  ),
);

// %% [markdown]
// ## 7 · Which question is best? Equal cost, equal network
//
// To compare objectives fairly, all else must be equal. `reader` is one small transformer for all five: only the mask, the
// positions and the labels differ. Every step reads 16 rows of 64 places, whatever the objective. Then all are asked the
// same about 1,024 windows of the validation text: the *next* character (only the left side is there), and a *hidden* one
// (both sides are there, for models that can use them). First a short run of two of them, here:

// %%
const layoutIds = data.layoutTokens(V);
const readerConfig: models.ReaderConfig = {
  vocabSize: layoutIds.vocabSize,
  dModel: 64,
  nLayer: 3,
  nHead: 4,
  places: 64,
};
const windows = Array.from({ length: 256 }, (_, i) => stream.validation.subarray(432 * i, 432 * i + 48));
/** Mean nats of the characters in a span, among characters alone. */
function answerLoss(params: models.ReaderParams, objective: data.Objective, span: data.Span): number {
  const rows = windows.map((window) => data.questionLayout(objective, window, span, layoutIds));
  const loss = tf.tidy(() => {
    const { labels, ...fields } = data.batchTensors(data.stackLayouts(rows, 64));
    return crossEntropy(models.reader(params, readerConfig, fields).slice([0, 0, 0], [-1, -1, V]), labels);
  });
  const [value] = loss.dataSync();
  loss.dispose();
  return value;
}
const questions = { next: { start: 47, end: 48 }, hidden: { start: 24, end: 25 } };
async function shortRun(objective: data.Objective) {
  const state = startTraining(models.initReader(readerConfig, makeRng(1)), 1);
  let asked = 0;
  const records = train({
    state,
    loss: (params, { labels, ...fields }: Record<keyof data.LayoutBatch, tf.Tensor>) =>
      crossEntropy(models.reader(params, readerConfig, fields), labels),
    batch: (_, rng): data.LayoutBatch => {
      const batch = data.layoutBatch(objective, stream.train, { batch: 16, length: 64 }, layoutIds, rng);
      asked += batch.labels.data.filter((label) => label !== data.IGNORE).length;
      return batch;
    },
    steps: 250,
    schedule: { kind: "cosine", peak: 3e-3, warmup: 30, steps: 250 },
    optimizer: { beta2: 0.99, weightDecay: 0.1, decay: "matrices" },
    clip: 1,
  });
  for await (const record of records) void record;
  const next = answerLoss(state.params, objective, questions.next);
  const hidden = answerLoss(state.params, objective, questions.hidden);
  disposeTraining(state);
  return { objective, questions: asked, next, hidden };
}
const shortRuns = [await shortRun("causal"), await shortRun("masked")];
show(
  table(shortRuns, { title: "After 250 steps: how many questions were asked, and the loss of two answers (nats)" }),
);
measured("questions: causal over masked", shortRuns[0].questions / shortRuns[1].questions, {
  band: [6.3, 6.5],
  reference: 64 / 10,
  source: "64 places a row, of which BERT asks for round(0.15 · 64) = 10",
});

// %% [markdown]
// The causal model is asked at *every* place, BERT's at one of six. That is why masked models learn slowly. With more steps
// (recorded in `datasets/scaling-runs/objectives.json`):

// %%
interface Compared {
  readonly objective: string;
  readonly points: readonly {
    readonly step: number;
    readonly next: number;
    readonly hidden: number;
    readonly span: number;
  }[];
}
const compared = readRuns<Compared>("objectives.json");
for (const [question, title] of [
  ["next", "The next character: only the left side is there"],
  ["hidden", "A hidden character: both sides are there"],
] as const)
  show(
    linePlot(
      compared.map(({ objective, points }) => ({
        name: objective,
        x: points.map(({ step }) => step),
        y: points.map((point) => point[question]),
      })),
      { title, x: "step (16 rows of 64 places)", y: "loss (nats)" },
    ),
  );
show(
  table(
    compared.map(({ objective, points }) => {
      const { next, hidden, span } = points[points.length - 1];
      return { objective, "next character": next, "hidden character": hidden, "hidden span of 4": span };
    }),
    {
      title: `After ${compared[0].points[compared[0].points.length - 1].step} steps, recorded (nats a character)`,
      best: { "next character": "low", "hidden character": "low", "hidden span of 4": "low" },
    },
  ),
);

// %% [markdown]
// Read it with care; it may not be what you expected.
//
// - **At this cost the causal model wins everywhere**, even for the hidden character, where it does not see the right side at
//   all. It was asked 64 questions a row, the masked model 10, and the prefix model about 32.
// - **The masked model** does use both sides: it is much better at the hidden character than at the next one, where its right
//   side is missing, which it never saw in training. Its curve still falls steeply when the run ends.
// - **Spans and blanks** are hardly better than the unigram (3.35 nats) at the first character of a blank. They meet about
//   three blanks a row, and a network must first find out which part of the text a blank belongs to. Inside of a span they
//   read their own letters, so a span of four goes better than a single character.
//
// This does not say that BERT, T5 and GLM are wrong. They were trained for many more steps (BERT: 256 rows of 512 tokens, a
// million steps), and on tokens, of which one says more than a letter. When compute is no longer short, what counts is what
// a model can see: after fine-tuning on tasks of understanding, masked and span objectives beat causal ones of the same size
// (Raffel et al. 2020, table 4). It says what the other questions *cost*.
//
// ## 8 · Scaling: what would a larger model bring?
//
// Five GPTs, from 6,600 to 793,000 numbers (embeddings not counted, as Kaplan et al. 2020 do), the same text, batches and
// number of steps. First the smallest again, here, with the same seed: does it come out as recorded?

// %%
const smallest = sized[0];
const smallConfig: models.GptConfig = {
  vocabSize: V,
  context: 64,
  nLayer: smallest.nLayer,
  dModel: smallest.dModel,
  nHead: smallest.nHead,
  order: "pre",
};
const again = await pretrain(
  models.initGpt(smallConfig, makeRng(1)),
  (p, inputs, ctx) => models.gpt(p, smallConfig, inputs, ctx),
  2000,
  { kind: "cosine", peak: smallest.peak, warmup: 100, steps: 2000, final: smallest.peak / 10 },
);
tf.dispose(again.params as unknown as tf.TensorContainer);
measured("the smallest GPT, trained again", again.validation, {
  band: [lastLoss(smallest) - 0.03, lastLoss(smallest) + 0.03],
  reference: lastLoss(smallest),
  source: "datasets/scaling-runs/runs.json",
  unit: "nats",
});

// %% [markdown]
// **Exercise 8:** the line through such points. A **power law**, $L = a\,N^{-\alpha}$, is a straight line on logarithmic axes.

// %%
import { fitPowerLaw } from "./labs/06-pretraining";
await check("06/power-law", fitPowerLaw);

// %%
/** Least squares on logarithms: y = scale x^(-exponent), and how far the points are from it. */
function powerLaw(x: readonly number[], y: readonly number[]) {
  const [u, v] = [x.map(Math.log), y.map(Math.log)];
  const mean = (list: readonly number[]) => list.reduce((sum, each) => sum + each, 0) / list.length;
  const [mu, mv] = [mean(u), mean(v)];
  const slope = mean(u.map((each, i) => (each - mu) * (v[i] - mv))) / mean(u.map((each) => (each - mu) ** 2));
  const at = (value: number) => Math.exp(mv + slope * (Math.log(value) - mu));
  return { exponent: -slope, at, residuals: y.map((each, i) => each / at(x[i]) - 1) };
}
const sizes = sized.map(({ parameters }) => parameters);
const losses = sized.map(lastLoss);
const bySize = powerLaw(sizes, losses);
show(
  linePlot(
    [
      { name: "GPT, 2,000 steps", x: sizes, y: losses },
      { name: `power law, exponent ${bySize.exponent.toFixed(3)}`, x: sizes, y: sizes.map(bySize.at) },
    ],
    { title: "Loss against size", x: "parameters N, without embeddings", y: "validation loss (nats)", log: "xy" },
  ),
);
show(
  table(
    sized.map(({ nLayer, dModel, parameters }, i) => ({
      size: `${nLayer} layers of ${dModel}`,
      N: parameters,
      loss: losses[i],
      "power law": bySize.at(parameters),
      "off by": `${(100 * bySize.residuals[i]).toFixed(1)} %`,
    })),
    { title: "The fit, and what is left over" },
  ),
);
measured("exponent of size", bySize.exponent, {
  band: [0.04, 0.065],
  reference: 0.076,
  source: "Kaplan et al. 2020, equation 1.1, with data enough",
});
measured("largest residual", Math.max(...bySize.residuals.map(Math.abs)), { band: [0, 0.03] });

// %% [markdown]
// Now against **compute**. A training costs about $C = 6 N D$ multiplications and additions, with D the number of tokens read
// (forward $2ND$, backward twice that; Kaplan et al. 2020, section 2.1). Each run is a curve, as it has a loss at every step.
// The lower edge of all curves is the best that a given compute could buy:

// %%
const paths = sized.map(({ nLayer, dModel, parameters, points }) => ({
  name: `${nLayer} x ${dModel}`,
  x: points.map(({ step }) => 6 * parameters * step * 768),
  y: points.map(({ loss }) => loss),
}));
const edge = paths
  .flatMap(({ x, y }) => x.map((compute, i) => ({ compute, loss: y[i] })))
  .sort((a, b) => a.compute - b.compute)
  .filter((point, i, all) => all.slice(0, i).every(({ loss }) => loss > point.loss));
const byCompute = powerLaw(
  edge.map(({ compute }) => compute),
  edge.map(({ loss }) => loss),
);
show(
  linePlot(
    [
      ...paths,
      {
        name: "power law of the edge",
        x: edge.map(({ compute }) => compute),
        y: edge.map(({ compute }) => byCompute.at(compute)),
      },
    ],
    { title: "Loss against compute", x: "C = 6 N D (operations)", y: "validation loss (nats)", log: "xy" },
  ),
);
measured("exponent of compute", byCompute.exponent, {
  band: [0.03, 0.08],
  reference: 0.05,
  source: "Kaplan et al. 2020, equation 1.3 (C_min)",
});

// %% [markdown]
// The exponent of size is smaller than the paper's: all five read the same few characters, and Kaplan's law is for data
// without end. That the exponent of compute is near the paper's is partly luck. Be careful with such lines:
//
// - *Five points, one text, one seed.* A line through five points always looks good; look at the residuals.
// - *No floor.* Text has an entropy that no model can go below. Hoffmann et al. (2022, "Chinchilla") fit
//   $L = E + A/N^{0.34} + B/D^{0.28}$ with a floor $E$. Our line would reach 0 some day, which cannot be.
// - *One million characters.* Here larger models would soon know the text by heart: the loss would rise again (overfitting).
// - *The schedule.* Points in the middle of a run have a learning rate that has not come down yet. They look worse than a run
//   of that length would; Hoffmann et al. found that just this misled Kaplan's advice on size against data.
//
// | | Kaplan 2020 | Hoffmann 2022 |
// |---|---|---|
// | for 10 times the compute | 5.5 times the size, 1.8 times the data | 3.2 times of each |
// | tokens for each parameter | falls with size | about 20 |
//
// ## 9 · Let it write
//
// After 300 steps the network of section 5 can spell, and not much more. The lab ships a larger one of the same kind: 6
// layers of 192, trained by `lab train shakespeare-char` (the recipe is in `recipes/`, what it came to in
// `recipes/results/`). Is it better than counting? Judge it on the same validation text first.

// %%
const shipped = await loadTrained("shakespeare-char");
const { context } = shipped.config;
const judge = jit((inputs: tf.Tensor, labels: tf.Tensor) =>
  crossEntropy(shipped.logits(shipped.params, inputs), labels),
);
async function judged(): Promise<number> {
  let [sum, characters] = [0, 0];
  for (const batch of data.sequentialBatches(stream.validation, { batch: 32, length: context })) {
    const { inputs, labels } = data.batchTensors(batch);
    const loss = judge(inputs, labels);
    const known = batch.labels.data.filter((id) => id !== data.IGNORE).length;
    sum += (await loss.data())[0] * known;
    characters += known;
    tf.dispose([inputs, labels, loss]);
  }
  judge.dispose();
  return sum / characters;
}
measured("validation loss of the shipped model", await judged(), {
  band: [1.45, 1.65],
  unit: "nats",
  reference: 1.47,
  source: "nanoGPT's run on a graphics card, 10.7 M parameters",
});

// %% [markdown]
// Now let it write. `temperature` divides the logits before softmax: below 1 the model plays safe (chapter 07 has more ways
// to choose).

// %%
const last = jit((ids: tf.Tensor) => shipped.logits(shipped.params, ids)); // one shape, so one program
function continueText(start: string, length: number, temperature: number): string {
  const rng = makeRng(11);
  const ids = [...shipped.tokenizer.encode(start)];
  for (let i = 0; i < length; i++) {
    const from = Math.max(0, ids.length - context);
    const place = ids.length - from - 1;
    const window = Int32Array.from({ length: context }, (_, t) => ids[from + t] ?? 0); // what is behind is not seen
    const probabilities = tf.tidy(() => {
      const logits = last(tf.tensor2d(window, [1, context], "int32")); // [1, T, V]
      return tf.softmax(logits.slice([0, place, 0], [1, 1, -1]).flatten().div(temperature)).dataSync();
    });
    let u = uniform(rng);
    const next = probabilities.findIndex((p) => (u -= p) < 0);
    ids.push(next < 0 ? 0 : next);
  }
  return shipped.tokenizer.decode(ids);
}
for (const temperature of [0.8, 1])
  console.log(`--- temperature ${temperature}${continueText("\nKING ", 240, temperature)}`);
last.dispose();
tf.dispose([elman.params, lstm.params, gpt.params, shipped.params] as unknown as tf.TensorContainer);

// %% [markdown]
// ## What you built, and what remains
//
// | objective | used by | sees | asks for | good for |
// |---|---|---|---|---|
// | causal | GPT, LLaMA | left | every token | writing; learns the most from each text |
// | prefix | PaLM-style, ChatGLM | given part: all | the rest | answering a given text |
// | masked | BERT | both sides | 15 % | understanding: vectors, labels |
// | spans | T5 | both sides (encoder) | 15 %, in pieces | text to text, one decoder for all tasks |
// | noise | BART | both sides (encoder) | the whole text | summaries, correction |
// | blanks | GLM | both sides, then left | 15 %, or the end | filling and writing with one model |
//
// **Take away**
// - One number for all models: the mean of −log p on text that was not learned from. Perplexity and bits per byte are the same
//   number in other clothes.
// - Put the cheap baseline beside the model. On a small text a smoothed six-gram is a hard one.
// - The label is the next token: shift by one. A loss that is too good is a leak.
// - An objective decides what may be seen and how many answers a text gives. Both count.
// - Loss falls as a power of size, data and compute, over as far as it was measured, and not further.
//
// **At full scale** the text is trillions of tokens, cleaned and without doubles, each seen about once; a row has thousands of
// tokens; the run takes weeks on thousands of cards, with checkpoints against failures. Small runs and a scaling law say
// beforehand which size to train. Nearly all large models of today are causal: each token of the text is a question.
//
// **Check everything at once** in a terminal: `npx lab grade --lab 06`.
//
// **Read on:** Shannon 1951 (how well people guess the next letter) · Chen, Goodman 1999 (smoothing) · Peters et al. 2018 (ELMo) ·
// Radford et al. 2018 (GPT) · Devlin et al. 2019 (BERT) · Raffel et al. 2020 (T5, with a comparison of objectives) · Lewis et al.
// 2020 (BART) · Du et al. 2022 (GLM) · Kaplan et al. 2020, Hoffmann et al. 2022 (scaling).
