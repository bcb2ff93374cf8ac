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
// # 05 · Architectures
//
// All transformers are built from the same few parts: attention, a feed-forward part, norms and additions. What makes BERT,
// T5, GPT and LLaMA different is **who may look at whom**, where the norms stand, and what is written at the end. This
// chapter takes the families apart and puts them side by side.
//
// **After this chapter you can**
// - tell an **encoder**, a **decoder** and an **encoder-decoder** apart by their masks, and test who sees whom;
// - write the translation loop: start token, one word at a time, end token; and say what **teacher forcing** is;
// - explain Post-LN, Pre-LN and DeepNorm by the gradients that you measure, and why warm-up was needed;
// - write LayerNorm, RMSNorm and SwiGLU yourself;
// - count the parameters and the operations of any GPT on paper, to the last digit.
//
// **Time:** about 2 hours 30 minutes, half of it for the eight exercises (`labs/05-architectures.ts`). In a hurry? Sections
// 2, 3 and 6 are the core. You should have done chapter 04 (attention) before.

// %%
import { readFileSync } from "fs";
import { fork, integer, jit, makeRng, normalTensor, report, shuffle, tf, useEngine } from "transformer-lab/engine";
import {
  barPlot,
  check,
  flipbook,
  heatmap,
  linePlot,
  lossCurve,
  measured,
  quiz,
  show,
  stopFlag,
  table,
} from "transformer-lab/lab";
import type { Frame } from "transformer-lab/lab";
import * as data from "transformer-lab/data";
import { cacheActivations } from "transformer-lab/lens";
import * as models from "transformer-lab/models";
import type { BertConfig, GptConfig, T5Config, T5Params } from "transformer-lab/models";
import * as nn from "transformer-lab/nn";
import type { Order } from "transformer-lab/nn";
import {
  crossEntropy,
  embed,
  gelu,
  geluTanh,
  layerNorm as layerNormOp,
  linear,
  rmsNorm as rmsNormOp,
} from "transformer-lab/ops";
import { disposeTraining, startTraining, train, valueAndGradients } from "transformer-lab/train";
import { countParams } from "transformer-lab/tree";

await useEngine();
const engine = await report();
console.log(`engine: ${engine.engine}${engine.jit ? ", with a compiler" : ""}`);

// %% [markdown]
// ## 1 · Predict first

// %%
show(
  quiz({
    question: "BERT reads “the cat [MASK] on the mat”. Which words may the place of [MASK] look at?",
    choices: [
      {
        text: "the words before it",
        why: "That is a decoder, such as GPT. It may not see what comes next, since it must guess it.",
      },
      {
        text: "all words, on both sides",
        correct: true,
        why: "An encoder has no order of reading: every place looks at every place. This is why it understands well, and why it cannot write word by word.",
      },
      { text: "its neighbours", why: "That is a band, as in the sparse layers of GPT-3. BERT looks at all." },
    ],
  }),
);
show(
  quiz({
    question:
      "How many places does a decoder of 6 words let look at each other, in pairs (who, at whom), itself counted?",
    choices: [
      { text: "36", why: "6 × 6 is the whole square: an encoder." },
      {
        text: "21",
        correct: true,
        why: "The first looks at 1, the second at 2, ... the sixth at 6: 6 · 7 / 2. Half of the square and the diagonal.",
      },
      {
        text: "15",
        why: "That leaves out the diagonal. A place may look at itself, and the first one has nothing else.",
      },
    ],
  }),
);

// %% [markdown]
// ## 2 · Three families, three masks
//
// A **mask** says for each place (a row) at which places (the columns) it may look. Play the book.
//
// - **Encoder** (BERT): no mask. Every place looks at every place.
// - **Decoder** (GPT, LLaMA): the **causal** mask. A place looks at itself and at what came before.
// - **Prefix LM** (T5's variant, GLM): the question is read from both sides, the answer is written from left to right.
// - **Encoder-decoder** (T5, BART): the decoder is causal, and looks at the *whole* source through **cross attention**.
//   Padding of the source is closed.

// %%
const words = ["the", "cat", "sat", "on", "the", "mat"];
const target = ["<start>", "die", "Katze", "saß"];
const n = words.length;
const asRows = async (mask: tf.Tensor, rows: number, columns: number): Promise<number[][]> =>
  (await mask.cast("float32").reshape([rows, columns]).array()) as number[][];
const open = tf.ones([n, n], "bool");
const causal = nn.causalMask(n);
const prefix = nn.prefixLmMask(tf.tensor1d([3], "int32"), n);
const padded = tf.tile(nn.paddingMask(tf.tensor1d([4], "int32"), n).reshape([1, n]), [target.length, 1]);
const maskPage = (rows: number[][], title: string, y: readonly string[], say: string): Frame => ({
  figure: heatmap(rows, {
    title,
    x: "is looked at",
    y: "looks",
    xLabels: words.map((word, i) => `${i + 1} ${word}`),
    yLabels: y.map((word, i) => `${i + 1} ${word}`),
    scale: "sequential",
  }),
  say,
});
show(
  flipbook(
    [
      maskPage(await asRows(open, n, n), "Encoder (BERT)", words, "All 36 pairs are open."),
      maskPage(await asRows(causal, n, n), "Decoder (GPT): causal", words, "Nobody looks ahead: 21 pairs."),
      maskPage(
        await asRows(prefix, n, n),
        "Prefix LM: 3 words of prefix",
        words,
        "The first three see each other, the rest is causal.",
      ),
      maskPage(
        await asRows(padded, target.length, n),
        "Cross attention (T5): 4 words and 2 of padding",
        target,
        "Each word of the target sees all real words of the source.",
      ),
    ],
    { title: "Who may look at whom", what: "mask", pace: 2500 },
  ),
);

// %% [markdown]
// Do models keep to it? Ask them. Change **one** input word, and see which outputs move. If output $i$ moves when word $j$
// is changed, then $i$ sees $j$, through however many layers. The three models below are tiny and not trained: who sees whom
// is a matter of their form, not of what they have learned.

// %%
const small = { vocabSize: 50, context: 16, dModel: 32, nLayer: 2, nHead: 2 };
const bertConfig: BertConfig = small;
const gptConfig: GptConfig = { ...small, order: "pre" };
const t5Config: T5Config = {
  vocabSize: 50,
  dModel: 32,
  nLayer: 2,
  nHead: 2,
  headDim: 16,
  dFfn: 64,
  activation: "relu",
  tied: true,
};
const bertParams = models.initBert(bertConfig, makeRng(1));
const gptParams = models.initGpt(gptConfig, makeRng(2));
const t5Params = models.initT5(t5Config, makeRng(3));
const sentence = [10, 11, 12, 13, 10, 14]; // the ids of "the cat sat on the mat"
const targetIds = [1, 20, 21, 22];
const idsTensor = (ids: number[]): tf.Tensor2D => tf.tensor2d([ids], undefined, "int32"); // [1, T]

/** moves[i][j]: how far output i moves when the word at place j becomes another one. */
async function whoMoves(run: (ids: number[]) => tf.Tensor, ids: number[]): Promise<number[][]> {
  const logits = async (given: number[]): Promise<number[][]> => {
    const result = tf.tidy(() => run(given)); // [1, T, V]
    const [rows] = (await result.array()) as number[][][];
    result.dispose();
    return rows;
  };
  const before = await logits(ids);
  const moves = before.map(() => ids.map(() => 0));
  for (let j = 0; j < ids.length; j++) {
    const after = await logits(ids.map((id, k) => (k === j ? id + 20 : id)));
    after.forEach((row, i) => (moves[i][j] = Math.max(...row.map((value, v) => Math.abs(value - before[i][v])))));
  }
  return moves;
}
const runBert = (ids: number[]): tf.Tensor =>
  models.bertMlm(bertParams, bertConfig, models.bert(bertParams, bertConfig, idsTensor(ids)));
const runGpt = (ids: number[]): tf.Tensor => models.gpt(gptParams, gptConfig, idsTensor(ids));
const runT5 = (source: number[], into: number[]): tf.Tensor =>
  models.t5(t5Params, t5Config, idsTensor(source), idsTensor(into));

const shapes = {
  "BERT, encoder": [runBert(sentence).shape, "a word for each place (the hidden ones are judged)"],
  "GPT, decoder": [runGpt(sentence).shape, "for each place the word that comes next"],
  "T5, encoder-decoder": [runT5(sentence, targetIds).shape, "for each place of the TARGET the word that comes next"],
} as const;
show(
  table(
    Object.entries(shapes).map(([model, [shape, scores]]) => ({
      model,
      reads: "[1, 6]",
      logits: `[${shape.join(", ")}]`,
      scores,
    })),
    { title: "One sentence through three models: shapes" },
  ),
);
const moved = {
  bert: await whoMoves(runBert, sentence),
  gpt: await whoMoves(runGpt, sentence),
  source: await whoMoves((ids) => runT5(ids, targetIds), sentence),
  target: await whoMoves((ids) => runT5(sentence, ids), targetIds),
};
const seen = (moves: number[][]): number[][] => moves.map((row) => row.map((size) => Number(size > 1e-6)));
const movePage = (moves: number[][], title: string, x: readonly string[], y: readonly string[]): Frame => ({
  figure: heatmap(seen(moves), {
    title,
    x: "word that is changed",
    y: "output",
    xLabels: x.map((word, i) => `${i + 1} ${word}`),
    yLabels: y.map((word, i) => `${i + 1} ${word}`),
    scale: "sequential",
  }),
  say: `${seen(moves).flat().filter(Boolean).length} of ${moves.flat().length} pairs move.`,
});
show(
  flipbook(
    [
      movePage(moved.bert, "BERT", words, words),
      movePage(moved.gpt, "GPT", words, words),
      movePage(moved.source, "T5: a word of the source", words, target),
      movePage(moved.target, "T5: a word of the target", target, target),
    ],
    { title: "Which outputs move when one word changes", what: "model", pace: 2500 },
  ),
);
const pairs = (moves: number[][]): number => seen(moves).flat().filter(Boolean).length;
measured("BERT: pairs that move", pairs(moved.bert), { band: [36, 36], reference: 36, source: "no mask: 6 × 6" });
measured("GPT: pairs that move", pairs(moved.gpt), { band: [21, 21], reference: 21, source: "causal: 6 · 7 / 2" });
measured("T5, source to target: pairs that move", pairs(moved.source), {
  band: [24, 24],
  reference: 24,
  source: "4 × 6",
});
measured("T5, target to target: pairs that move", pairs(moved.target), {
  band: [10, 10],
  reference: 10,
  source: "4 · 5 / 2",
});
const causalRows = await asRows(causal, n, n);
const differ = seen(moved.gpt)
  .flat()
  .filter((value, i) => value !== causalRows.flat()[i]).length;
measured("cells where GPT and the causal mask differ", differ, { band: [0, 0], reference: 0 });
tf.dispose([open, causal, prefix, padded, bertParams, gptParams, t5Params] as unknown as tf.TensorContainer);

// %% [markdown]
// What follows from the mask:
//
// | family | sees | learns by | good at | examples |
// |---|---|---|---|---|
// | encoder | both sides | filling in hidden words (masked LM) | understanding: classes, search, similarity | BERT, MiniLM |
// | encoder-decoder | the source from both sides, its own answer from the left | repairing spoilt text, text to text | translating, summarising | T5, BART |
// | decoder | the left | the next word | writing, chat, all tasks as text | GPT, LLaMA, Falcon, BLOOM |
//
// A decoder uses *every* place of a text as a lesson; BERT learns from the 15 % of words that are hidden. That, and one
// simple form for all tasks, is why most large models since 2020 are decoders.
//
// **Exercise 6** (cross attention) is the mask of the last page: write it now, with padding that nobody may see.

// %%
import { crossAttention } from "./labs/05-architectures";
await check("05/cross-attention", crossAttention);

// %% [markdown]
// ## 3 · The translation loop
//
// An encoder-decoder translates. The encoder reads the source **once**. The decoder then writes one word at a time:
//
// 1. It begins with the **start token** `<start>`.
// 2. It reads the source's states and what it has written so far, and scores every word of the vocabulary.
// 3. The best word is taken (*greedy*) and written behind the others. Back to 2.
// 4. When the best word is the **end token** `<end>`, it is done.
//
// Our task is small but a real translation: numbers, from English to German. German says *one-and-twenty*, so words change
// their order; 13 is two words; and *eins* becomes *ein* before other words. Word by word it cannot work.

// %%
const examples = [7, 21, 113, 4721];
show(
  table(
    examples.map((number) => ({
      number,
      english: data.numberInEnglish(number).join(" "),
      german: data.numberInGerman(number).join(" "),
    })),
    { title: "The task (German is written as one word; here its parts stand apart)", format: { number: String } },
  ),
);
const [PAD, START, END] = [0, 1, 2];
const numbers = Array.from({ length: 9999 }, (_, i) => i + 1);
const vocabulary = [
  "<pad>",
  "<start>",
  "<end>",
  ...new Set(numbers.flatMap((number) => [...data.numberInEnglish(number), ...data.numberInGerman(number)])),
];
const idOf = new Map(vocabulary.map((word, i) => [word, i]));
const idsOf = (text: readonly string[]): number[] => text.map((word) => idOf.get(word) as number);
const english = (number: number): number[] => idsOf(data.numberInEnglish(number));
const german = (number: number): number[] => [...idsOf(data.numberInGerman(number)), END];
const shuffled = shuffle(makeRng(5), numbers);
const [trainNumbers, heldOut] = [shuffled.slice(0, 2000), shuffled.slice(2000, 2300)];
console.log(
  `${vocabulary.length} words; ${trainNumbers.length} pairs to learn from, ${heldOut.length} that are never trained on`,
);

// %% [markdown]
// A cheap baseline first: a dictionary, word by word, with the German words of the numbers that are one English word.

// %%
const dictionary = new Map<string, readonly string[]>([
  ["hundred", ["hundert"]],
  ["thousand", ["tausend"]],
  ...numbers
    .filter((number) => data.numberInEnglish(number).length === 1)
    .map((number) => [data.numberInEnglish(number)[0], data.numberInGerman(number)] as const),
]);
const byDictionary = (number: number): string =>
  data
    .numberInEnglish(number)
    .flatMap((word) => dictionary.get(word) ?? [word])
    .join(" ");
const baseline =
  heldOut.filter((number) => byDictionary(number) === data.numberInGerman(number).join(" ")).length / heldOut.length;
console.log("21 by dictionary:", byDictionary(21), "· right:", data.numberInGerman(21).join(" "));
measured("right answers by dictionary", 100 * baseline, { band: [5, 50], unit: "%" });

// %% [markdown]
// **What the decoder reads in training.** It could read its own guesses, but at first these are nonsense. So it reads the
// *right* answer, one place late: `<start> vier tausend …` must give `vier tausend … <end>`. This is **teacher forcing**.
// All places learn at once, in one pass; the causal mask keeps each from seeing its own answer.
//
// **Exercise 5:** make these inputs.

// %%
import { shiftRight } from "./labs/05-architectures";
await check("05/shift-right", shiftRight);

// %% [markdown]
// Now train a T5 with two blocks in each stack. It takes a few seconds after compiling.

// %%
const [S, T] = [7, 8]; // the longest source and target
const config: T5Config = {
  vocabSize: vocabulary.length,
  dModel: 64,
  nLayer: 2,
  nHead: 4,
  headDim: 16,
  dFfn: 128,
  activation: "relu",
  tied: true,
};
const translation = (list: readonly number[]) => {
  const labels = list.map(german);
  return {
    ids: data.stackRows(list.map(english), { length: S, pad: PAD }),
    inputs: data.stackRows(
      labels.map((row) => [START, ...row.slice(0, -1)]),
      { length: T, pad: PAD },
    ),
    labels: data.stackRows(labels, { length: T, pad: data.IGNORE }),
  };
};
const isWord = (ids: tf.Tensor): tf.Tensor => tf.notEqual(ids, tf.scalar(PAD, "int32"));
const scores = (params: T5Params, ids: tf.Tensor, inputs: tf.Tensor): tf.Tensor =>
  models.t5(params, config, ids, inputs, {}, { mask: isWord(ids) });
const bestWords = jit(
  (params: T5Params, ids: tf.Tensor, inputs: tf.Tensor) => tf.argMax(scores(params, ids, inputs), -1),
  { name: "best words" },
);

/** The best next word at each place: [B, T] for what the decoder has read. */
async function predict(params: T5Params, list: readonly number[], read: readonly number[][]): Promise<number[][]> {
  const ids = data.intsTensor(data.stackRows(list.map(english), { length: S, pad: PAD }));
  const inputs = data.intsTensor(data.stackRows(read, { length: T, pad: PAD }));
  const best = bestWords(params, ids, inputs);
  const rows = (await best.array()) as number[][];
  tf.dispose([ids, inputs, best]);
  return rows;
}
/** The loop: each answer grows by its best next word, T times. */
async function translate(params: T5Params, list: readonly number[]): Promise<number[][]> {
  let read = list.map(() => [START]);
  for (let t = 0; t < T; t++) {
    const best = await predict(
      params,
      list,
      read.map((row) => row.slice(0, T)),
    );
    read = read.map((row, b) => [...row, best[b][t]]);
  }
  return read.map((row) => row.slice(1));
}
/** Shares of right words and of wholly right answers, up to the end token. */
function accuracy(list: readonly number[], answers: readonly number[][]): { words: number; whole: number } {
  const right = list.map((number, b) => german(number).map((word, t) => answers[b][t] === word));
  return {
    words: right.flat().filter(Boolean).length / right.flat().length,
    whole: right.filter((row) => row.every(Boolean)).length / right.length,
  };
}
const forcedAnswers = (params: T5Params): Promise<number[][]> =>
  predict(
    params,
    heldOut,
    heldOut.map((number) => [START, ...german(number).slice(0, -1)]),
  );

const state = startTraining(models.initT5(config, makeRng(1)), 3);
console.log(`${countParams(state.params).toLocaleString("en")} parameters`);
const STEPS = 400;
const curve: { step: number; forced: number; free: number; whole: number }[] = [];
const run = train({
  state,
  steps: STEPS,
  schedule: { kind: "cosine", peak: 2e-3, warmup: 40, steps: STEPS, final: 2e-4 },
  clip: 1,
  batch: (step, rng) =>
    translation(Array.from({ length: 64 }, (_, i) => trainNumbers[integer(fork(rng, i), trainNumbers.length)])),
  loss: (params, batch, ctx) =>
    crossEntropy(models.t5(params, config, batch.ids, batch.inputs, ctx, { mask: isWord(batch.ids) }), batch.labels),
  stop: stopFlag(),
});
for await (const { step } of lossCurve(run, { title: "Training the translator" })) {
  if (![25, 50, 75, 100, 150, 200, 300, 400].includes(step)) continue;
  const forced = accuracy(heldOut, await forcedAnswers(state.params));
  const free = accuracy(heldOut, await translate(state.params, heldOut));
  curve.push({ step, forced: 100 * forced.words, free: 100 * free.words, whole: 100 * free.whole });
}
const steps = curve.map(({ step }) => step);
show(
  linePlot(
    [
      { name: "words, teacher forcing", x: steps, y: curve.map(({ forced }) => forced) },
      { name: "words, free running", x: steps, y: curve.map(({ free }) => free) },
      { name: "whole answers, free running", x: steps, y: curve.map(({ whole }) => whole) },
    ],
    { title: "Held-out numbers: the same model, judged in three ways", x: "step", y: "right (%)", zero: true },
  ),
);
const early = curve[3];
const last = curve[curve.length - 1];
measured("words right at step 100, teacher forcing", early.forced, { band: [60, 98], unit: "%" });
measured("the same words in free running", early.free, { band: [30, 97], unit: "%" });
measured("whole answers at step 100", early.whole, { band: [3, 85], unit: "%" });
measured("whole answers after training, held out", last.whole, {
  band: [85, 100],
  unit: "%",
  source: `a dictionary: ${(100 * baseline).toFixed(0)} %`,
});

// %% [markdown]
// Three readings of one model. **Teacher forcing** hands it the right past at every place, so one mistake stays one mistake.
// In **free running** it reads its own words: a mistake is part of what it reads next, and more follow. And an answer of
// eight words is right only if all eight are: at 90 % a word that would be $0.9^8 = 43\,\%$. (This gap has a name, *exposure
// bias*; Bengio 2015.)

// %%
show(
  quiz({
    question: "For WHOLE answers, teacher forcing and greedy free running give exactly the same accuracy here. Why?",
    choices: [
      {
        text: "by chance",
        why: "It is so for every model and every set. Try to find a case where only one of the two is wholly right.",
      },
      {
        text: "an answer without any mistake reads the same words in both",
        correct: true,
        why: "As long as all words are right, its own past IS the right past. They part at the first mistake, and then the answer is not whole in either.",
      },
      {
        text: "the causal mask makes them the same",
        why: "Then their words would agree as well, and they do not after a mistake.",
      },
    ],
  }),
);

// %% [markdown]
// Now watch the loop. Each page is one pass through the decoder: what it has read, and what it thinks comes next.

// %%
const shown =
  heldOut.find((number) => number > 2000 && number % 100 > 20 && new Set(String(number) + "01").size === 6) ?? 4721;
const nextWord = jit(
  (params: T5Params, ids: tf.Tensor, inputs: tf.Tensor) => tf.softmax(scores(params, ids, inputs)),
  { name: "next word" },
);
const pages: Frame[] = [];
const written = [START];
while (written.length <= T && written[written.length - 1] !== END) {
  const ids = data.intsTensor(data.stackRows([english(shown)], { length: S, pad: PAD }));
  const inputs = data.intsTensor(data.stackRows([written], { length: T, pad: PAD }));
  const result = nextWord(state.params, ids, inputs);
  const probabilities = ((await result.array()) as number[][][])[0][written.length - 1];
  tf.dispose([ids, inputs, result]);
  const top = probabilities
    .map((p, id) => ({ p, id }))
    .sort((a, b) => b.p - a.p)
    .slice(0, 5);
  pages.push({
    figure: barPlot(
      top.map(({ id }) => vocabulary[id]),
      { name: "probability", values: top.map(({ p }) => p) },
      { title: `Word ${written.length}`, value: "probability" },
    ),
    say: `reads: ${written.map((id) => vocabulary[id]).join(" ")}  →  writes: ${vocabulary[top[0].id]}`,
  });
  written.push(top[0].id);
}
console.log("source:", data.numberInEnglish(shown).join(" "));
console.log(
  "answer:",
  written
    .slice(1)
    .map((id) => vocabulary[id])
    .join(" "),
);
show(flipbook(pages, { title: `The loop: ${data.numberInEnglish(shown).join(" ")}`, what: "step", pace: 1800 }));

// %% [markdown]
// And where does it look? The picture is the cross attention of the last block, the mean over its heads: for each word that
// was written (a row), the words of the source. Not every row is clear: a mean of four heads is no dictionary. But find the
// ten ("zwanzig", "dreißig", ...) and see where it looks: back, past the word that was written before it.

// %%
const answer = written.slice(0, -1);
const looked = tf.tidy(() => {
  const { activations } = cacheActivations(
    (ctx) => models.t5(state.params, config, idsTensor(english(shown)), idsTensor(answer), ctx),
    (name) => name === "decoder.blocks.1.cross.pattern",
  );
  return tf.mean(activations["decoder.blocks.1.cross.pattern"], 1).squeeze([0]); // [T, S]
});
show(
  heatmap((await looked.array()) as number[][], {
    title: "Cross attention while it writes",
    x: "source",
    y: "written next",
    xLabels: data.numberInEnglish(shown).map((word, i) => `${i + 1} ${word}`),
    yLabels: written.slice(1).map((id, i) => `${i + 1} ${vocabulary[id]}`),
    scale: "sequential",
  }),
);
const [weightSum] = await looked.sum(1).slice([0], [1]).data();
measured("weights of one word add up to", weightSum, { band: [0.999, 1.001], reference: 1 });
tf.dispose(looked);
disposeTraining(state);
bestWords.dispose();
nextWord.dispose();

// %% [markdown]
// ## 4 · Where the norm stands
//
// A block adds what a part finds to what came in: $x + f(x)$. A norm keeps the numbers in range. It can stand in three places:
//
// - **Post-LN** $\text{norm}(x + f(x))$: the first transformer, GPT-1, BERT. Every layer norms the stream itself.
// - **Pre-LN** $x + f(\text{norm}(x))$: GPT-2, LLaMA and nearly all since. The stream goes straight from bottom to top.
// - **DeepNorm** $\text{norm}(\alpha x + f(x))$: as Post-LN, but $x$ weighs more ($\alpha = (2L)^{1/4}$) and $f$ begins smaller
//   ($\beta = (8L)^{-1/4}$). Made for 1,000 layers (Wang 2022).
//
// **Exercise 3:** write all three.

// %%
import { residualPart } from "./labs/05-architectures";
await check("05/residual-part", residualPart);

// %%
show(
  quiz({
    question: "Deep models with Post-LN needed a warm-up: a learning rate that starts near 0. Why not Pre-LN?",
    choices: [
      { text: "Pre-LN has fewer parameters", why: "It has the same, and one norm more at the end." },
      {
        text: "with Post-LN the gradients of the last layers stay large, however deep the model is",
        correct: true,
        why: "Xiong 2020, theorem 1: in Pre-LN they fall with the root of the depth, since the stream grows and the last norm divides by it. A first step that is too large throws a Post-LN model off.",
      },
      {
        text: "Adam works only with Pre-LN",
        why: "BERT was trained with Adam and Post-LN, and with a warm-up of 10,000 steps.",
      },
    ],
  }),
);

// %% [markdown]
// Measure it. The stack below is a small decoder on letters, with Xavier's first weights as in the paper. For 2 to 24 blocks we
// take the gradient of one batch at the very start, and look at the second layer of each feed-forward part.

// %%
const letters = readFileSync("datasets/tinyshakespeare/input.txt", "utf8").slice(0, 200_000);
const alphabet = [...new Set(letters)].sort();
const stream = Int32Array.from(letters, (letter) => alphabet.indexOf(letter));
const [WIDTH, HEADS, PLACES] = [64, 4, 32];
const xavier = (inputs: number, outputs: number): number => Math.sqrt(2 / (inputs + outputs));

/** First parameters of a stack of blocks. */
function makeStack(order: Order, layers: number, seed: number) {
  const beta = order === "deep" ? nn.deepNorm(layers).beta : 1;
  const rng = makeRng(seed);
  const block = (i: number) => {
    const own = fork(rng, `block ${i}`);
    return {
      norm1: nn.initNorm("layer", WIDTH),
      attn: nn.initAttention(fork(own, "attn"), {
        dModel: WIDTH,
        nHead: HEADS,
        bias: true,
        deviation: xavier(WIDTH, WIDTH),
      }),
      norm2: nn.initNorm("layer", WIDTH),
      ffn: nn.initFfn(fork(own, "ffn"), {
        dModel: WIDTH,
        dFfn: 4 * WIDTH,
        activation: "relu",
        bias: true,
        deviation: xavier(WIDTH, 4 * WIDTH),
      }),
    };
  };
  return {
    tokens: normalTensor(fork(rng, "tokens"), [alphabet.length, WIDTH]),
    positions: normalTensor(fork(rng, "positions"), [PLACES, WIDTH]),
    blocks: Array.from({ length: layers }, (_, i) => nn.scaleDeepNorm(block(i), beta)),
    norm: nn.initNorm("layer", WIDTH),
    head: normalTensor(fork(rng, "head"), [WIDTH, alphabet.length], 1 / Math.sqrt(WIDTH)),
  };
}
type Stack = ReturnType<typeof makeStack>;

/** The loss of a batch: blocks of attention and feed-forward part, in one of the three orders. */
const stackLoss =
  (order: Order) =>
  (params: Stack, batch: { inputs: tf.Tensor; labels: tf.Tensor }): tf.Scalar => {
    const alpha = order === "deep" ? nn.deepNorm(params.blocks.length).alpha : 1;
    let x: tf.Tensor = embed(batch.inputs, params.tokens).add(params.positions); // [B, T, C]
    for (const { norm1, attn, norm2, ffn } of params.blocks) {
      const look = (y: tf.Tensor) => nn.multiHeadAttention(attn, { nHead: HEADS }, y, {}, { causal: true });
      x = nn.residual(order, x, look, (y) => nn.norm(norm1, y, 1e-5), alpha);
      x = nn.residual(
        order,
        x,
        (y) => nn.ffn(ffn, y, "relu"),
        (y) => nn.norm(norm2, y, 1e-5),
        alpha,
      );
    }
    return crossEntropy(linear(nn.norm(params.norm, x, 1e-5), params.head), batch.labels);
  };

/** For each block the length of its gradient, on one batch, before any training. */
async function gradientsByBlock(order: Order, layers: number, seed: number): Promise<number[]> {
  const lengths = tf.tidy(() => {
    const { inputs, labels } = data.randomBatch(stream, { batch: 4, length: PLACES }, fork(makeRng(seed), "batch"));
    const batch = { inputs: data.intsTensor(inputs), labels: data.intsTensor(labels) };
    const { gradients } = valueAndGradients(
      (params: Stack) => stackLoss(order)(params, batch),
      makeStack(order, layers, seed),
    );
    return tf.stack(gradients.blocks.map(({ ffn }) => ffn.down.weight.norm()));
  });
  const values = [...(await lengths.data())];
  lengths.dispose();
  return values;
}

const orders: readonly Order[] = ["post", "pre", "deep"];
const orderNames: Readonly<Record<Order, string>> = { post: "Post-LN", pre: "Pre-LN", deep: "DeepNorm" };
const depths = [2, 4, 8, 16, 24];
const lastGradient: Record<Order, number[]> = { post: [], pre: [], deep: [] };
const byBlock: Record<Order, number[]> = { post: [], pre: [], deep: [] };
for (const order of orders) {
  for (const depth of depths) {
    const seeds = [
      await gradientsByBlock(order, depth, 1),
      await gradientsByBlock(order, depth, 2),
      await gradientsByBlock(order, depth, 3),
    ];
    lastGradient[order].push(seeds.reduce((sum, lengths) => sum + lengths[depth - 1], 0) / seeds.length);
    byBlock[order] = seeds[0];
  }
}
show(
  linePlot(
    orders.map((order) => ({ name: orderNames[order], x: depths, y: lastGradient[order] })),
    {
      title: "The gradient of the LAST block before training, by depth",
      x: "blocks",
      y: "length of the gradient",
      log: "xy",
    },
  ),
);
show(
  linePlot(
    orders.map((order) => ({ name: orderNames[order], x: byBlock[order].map((_, i) => i + 1), y: byBlock[order] })),
    { title: "24 blocks: the gradient of each", x: "block", y: "length of the gradient", log: "y" },
  ),
);
/** The slope of a line through the logarithms: -0.5 is 1 / sqrt(depth). */
function slope(values: readonly number[]): number {
  const [xs, ys] = [depths.map(Math.log), values.map(Math.log)];
  const mean = (list: readonly number[]): number => list.reduce((sum, v) => sum + v, 0) / list.length;
  const [mx, my] = [mean(xs), mean(ys)];
  return xs.reduce((sum, x, i) => sum + (x - mx) * (ys[i] - my), 0) / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0);
}
measured("Post-LN: slope of the last gradient by depth", slope(lastGradient.post), {
  band: [-0.3, 0.3],
  reference: 0,
  source: "Xiong et al. 2020, theorem 1: does not depend on depth",
});
measured("Pre-LN: the same slope", slope(lastGradient.pre), {
  band: [-0.7, -0.15],
  reference: -0.5,
  source: "Xiong et al. 2020, theorem 1: 1 / sqrt(L)",
});
measured("DeepNorm: the same slope", slope(lastGradient.deep), {
  band: [-0.65, -0.35],
  reference: -0.5,
  source: "beta / alpha falls as 1 / sqrt(L), Wang et al. 2022",
});
const evenness = (values: readonly number[]): number => Math.max(...values) / Math.min(...values);
measured("DeepNorm, 24 blocks: largest over smallest gradient", evenness(byBlock.deep), { band: [1, 1.6] });
measured("Pre-LN, 24 blocks: largest over smallest gradient", evenness(byBlock.pre), { band: [1.8, 8] });

// %% [markdown]
// Post-LN's last gradient does not care about depth; Pre-LN's and DeepNorm's fall. Along the 24 blocks, Post-LN's gradients grow
// to the top (as in the paper's figure 3), Pre-LN's fall (the stream is small at first, and grows block by block), and in
// DeepNorm all blocks get the same. *Departure:* the paper measures a translation model; Pre-LN's slope is less than in the
// theorem, which is for large depth and begins with all attention scores at 0.
//
// Does it matter? Train four small models of 6 blocks at one learning rate, 0.002, without and with a warm-up. About half a
// minute.

// %%
const counts = alphabet.map((_, id) => stream.reduce((sum, each) => sum + Number(each === id), 0));
const unigram = -counts.reduce((sum, count) => sum + (count / stream.length) * Math.log(count / stream.length), 0);
const BLOCKS = 6;
const RUN = 200;
const warmups = [
  { name: "Post-LN, no warm-up", order: "post", warmup: 0 },
  { name: "Post-LN, 100 steps of warm-up", order: "post", warmup: 100 },
  { name: "Pre-LN, no warm-up", order: "pre", warmup: 0 },
  { name: "DeepNorm, no warm-up", order: "deep", warmup: 0 },
] as const;
/** The loss of each step of a run. */
async function trainStack(order: Order, warmup: number): Promise<number[]> {
  const training = startTraining(tf.tidy(() => makeStack(order, BLOCKS, 1) as never) as Stack, 3);
  const losses: number[] = [];
  for await (const { loss } of train({
    state: training,
    steps: RUN,
    schedule: { kind: "constant", peak: 2e-3, warmup },
    batch: (_, rng) => ({ ...data.randomBatch(stream, { batch: 8, length: PLACES }, rng) }),
    loss: stackLoss(order),
    stop: stopFlag(),
  }))
    losses.push(loss);
  disposeTraining(training);
  return losses;
}
const runs: { name: string; losses: number[]; end: number }[] = [];
for (const { name, order, warmup } of warmups) {
  const losses = await trainStack(order, warmup);
  const end = losses.slice(-20).reduce((sum, loss) => sum + loss, 0) / 20;
  runs.push({ name, losses, end });
  console.log(`${name}: ${end.toFixed(2)}`);
}
const smooth = (values: readonly number[]): number[] =>
  values.map((_, i) => {
    const window = values.slice(Math.max(0, i - 9), i + 1);
    return window.reduce((sum, v) => sum + v, 0) / window.length;
  });
show(
  linePlot(
    runs.map(({ name, losses }) => ({ name, y: smooth(losses) })),
    {
      title: "6 blocks, learning rate 0.002: mean loss of the last ten batches",
      x: "step",
      y: "loss (nats a letter)",
      references: [{ value: unigram, label: "counting letters" }],
    },
  ),
);
measured("Post-LN without warm-up, last 20 steps", runs[0].end, {
  band: [3.15, 4],
  reference: unigram,
  source: "counting letters: it has learned no more",
});
measured("Post-LN with warm-up", runs[1].end, { band: [2.3, 3.1] });
measured("Pre-LN without warm-up", runs[2].end, { band: [2.2, 2.7] });
measured("DeepNorm without warm-up", runs[3].end, { band: [2.2, 2.75] });

// %% [markdown]
// At this learning rate Post-LN without warm-up learns how frequent each letter is, and stays there: its first steps broke
// it. The warm-up saves it. Pre-LN and DeepNorm never needed it. (With a smaller rate Post-LN trains, too, only slower.)
// Xiong et al. trained translation models without warm-up in this way; most large models still keep a short one.
//
// ## 5 · The parts that changed: norms and feed-forward parts
//
// **LayerNorm** takes each row's mean away and divides by its standard deviation. **RMSNorm** only divides by the root of the
// mean square: fewer operations, no bias, and models are as good (Zhang and Sennrich 2019). What is the difference? Add the
// same number to all of a row.

// %%
const offsets = Array.from({ length: 21 }, (_, i) => i - 10);
const rows = tf.tensor2d(offsets.map((offset) => [1, 2, 3, 6].map((value) => value + offset)));
const [ones, zeros] = [tf.ones([4]), tf.zeros([4])];
const centred = (await layerNormOp(rows, ones, zeros, 1e-5).array()) as number[][];
const scaled = (await rmsNormOp(rows, ones, 1e-5).array()) as number[][];
show(
  linePlot(
    [
      { name: "LayerNorm", x: offsets, y: centred.map((row) => row[3]) },
      { name: "RMSNorm", x: offsets, y: scaled.map((row) => row[3]) },
    ],
    { title: "The last number of [1, 2, 3, 6] + offset, after the norm", x: "offset", y: "value" },
  ),
);
const spread = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
measured("LayerNorm: how much an offset changes", spread(centred.map((row) => row[3])), {
  band: [0, 1e-3],
  reference: 0,
});
measured("RMSNorm: the same", spread(scaled.map((row) => row[3])), { band: [0.5, 4] });
const double = (await rmsNormOp(rows.mul(1000), ones, 1e-5).array()) as number[][];
const scaleChange = Math.max(...double.flat().map((value, i) => Math.abs(value - scaled.flat()[i])));
measured("RMSNorm: change when the row is 1,000 times as large", scaleChange, { band: [0, 1e-3], reference: 0 });
tf.dispose([rows, ones, zeros]);

// %% [markdown]
// Both do not care how large a row is; only LayerNorm does not care where its middle is.
//
// **Exercises 1 and 2.**

// %%
import { layerNorm } from "./labs/05-architectures";
await check("05/layer-norm", layerNorm);

// %%
import { rmsNorm } from "./labs/05-architectures";
await check("05/rms-norm", rmsNorm);

// %% [markdown]
// **Activations.** Between the two layers of the feed-forward part stands a curve. ReLU cuts off below 0. GELU (BERT, GPT) and
// SiLU (in SwiGLU) are smooth, and dip a little below 0. GPT's code has an approximation of GELU by tanh: how far off is it?

// %%
const xs = Array.from({ length: 161 }, (_, i) => -4 + i / 20);
const line = tf.tensor1d(xs);
const curvesOf = tf.tidy(() => [tf.relu(line), gelu(line), geluTanh(line), line.mul(tf.sigmoid(line))]);
const [relu, exact, byTanh, silu] = await Promise.all(curvesOf.map(async (each) => [...(await each.data())]));
tf.dispose([line, curvesOf]);
show(
  linePlot(
    [
      { name: "ReLU", x: xs, y: relu },
      { name: "GELU", x: xs, y: exact },
      { name: "SiLU (Swish)", x: xs, y: silu },
    ],
    { title: "Three curves", x: "x", y: "activation" },
  ),
);
measured(
  "largest gap between GELU and its tanh form",
  Math.max(...exact.map((value, i) => Math.abs(value - byTanh[i]))),
  { band: [1e-4, 6e-4] },
);
measured("lowest point of GELU", Math.min(...exact), { band: [-0.171, -0.169], reference: -0.17 });

// %% [markdown]
// **Gates.** A GLU part has two layers side by side and multiplies them: one passes through the curve and says how much of the
// other gets through. That is a third matrix, so LLaMA makes the wide layer narrower, 8/3 of the model's width in place of 4, and
// pays the same (Shazeer 2020). Why gates help, the paper says, is left to "divine benevolence".

// %%
const llama7b = models.llamaPresets["llama-7b"];
const gated = 3 * llama7b.dModel * llama7b.dFfn;
measured("LLaMA-7B: its gated part over a plain one of width 4 C", gated / (8 * llama7b.dModel ** 2), {
  band: [1, 1.02],
  reference: 1,
  source: "Touvron et al. 2023: 2/3 · 4 d",
});

// %% [markdown]
// **Exercise 4.**

// %%
import { swiglu } from "./labs/05-architectures";
await check("05/swiglu", swiglu);

// %% [markdown]
// ## 6 · Count it
//
// How large is a model, and what does it cost? Both follow from a few sizes, on paper. First predict.

// %%
show(
  quiz({
    question: "Which part holds most of GPT-3's 175 billion parameters?",
    choices: [
      {
        text: "the embeddings of 50,257 tokens",
        why: "0.6 billion: a third of a per cent. In GPT-2 small it was 31 %.",
      },
      { text: "attention", why: "A third: 4 C² a block." },
      { text: "the feed-forward parts", correct: true, why: "Two thirds: 8 C² a block. A block is about 12 C²." },
    ],
  }),
);
const [gpt2Parts, gpt3Parts] = [
  models.gptParts(models.gptPresets["gpt-2"]),
  models.gptParts(models.gptPresets["gpt-3"]),
];
const shares = (parts: readonly models.PartCount[]): number[] =>
  parts.map(({ each, times }) => (100 * each * times) / models.totalCount(parts));
show(
  table(
    gpt2Parts.map(({ part, formula, each, times }) => ({ part, formula, each, times, "in all": each * times })),
    {
      title: "GPT-2 small, part by part (C = 768, V = 50,257, T = 1,024 positions)",
      format: { each: (v) => v.toLocaleString("en"), times: String, "in all": (v) => v.toLocaleString("en") },
    },
  ),
);
show(
  barPlot(
    gpt2Parts.map(({ part }) => part),
    [
      { name: "GPT-2 small", values: shares(gpt2Parts) },
      { name: "GPT-3", values: shares(gpt3Parts) },
    ],
    { title: "Where the parameters are", value: "% of all" },
  ),
);
measured("GPT-3: share of the feed-forward parts", shares(gpt3Parts)[3], { band: [66, 67], unit: "%" });

// %% [markdown]
// **Exercise 7:** count a GPT-2, all of it. Then see the same sum for every family. Nothing below is allocated: the
// numbers come from the sizes alone, and the tests compare them with the tensors of small models and with Hugging Face's.

// %%
import { countGpt2 } from "./labs/05-architectures";
await check("05/count-gpt2", countGpt2);

// %%
const counted: Record<string, number> = {};
for (const [name, preset] of Object.entries(models.gptPresets))
  counted[name] = models.totalCount(models.gptParts(preset));
for (const [name, preset] of Object.entries(models.bertPresets))
  counted[name] = models.totalCount(models.bertParts(preset));
for (const [name, preset] of Object.entries(models.t5Presets))
  counted[name] = models.totalCount(models.t5Parts(preset));
for (const [name, preset] of Object.entries(models.bartPresets))
  counted[name] = models.totalCount(models.bartParts(preset));
for (const [name, preset] of Object.entries(models.glmPresets))
  counted[name] = models.totalCount(models.glmParts(preset));
for (const [name, preset] of Object.entries(models.llamaPresets))
  counted[name] = models.totalCount(models.llamaParts(preset));
const millions = (value: number): string => `${(value / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} M`;
show(
  table(
    Object.entries(counted).map(([model, count]) => {
      const { paper, exact, source } = models.published[model];
      return { model, counted: count, "the paper prints": paper, "the checkpoint has": exact ?? null, source };
    }),
    {
      title: "Counted here, printed there",
      format: {
        counted: (v) => v.toLocaleString("en"),
        "the paper prints": millions,
        "the checkpoint has": (v) => v.toLocaleString("en"),
      },
    },
  ),
);
const wrong = Object.entries(counted).filter(([name, count]) => (models.published[name].exact ?? count) !== count);
measured("models whose count is not that of the checkpoint", wrong.length, { band: [0, 0], reference: 0 });
measured("GPT-2 small", counted["gpt-2"], {
  band: [124439808, 124439808],
  reference: 117e6,
  source: "Radford et al. 2019, table 2: a slip",
});
measured("GPT-3", counted["gpt-3"], {
  band: [174.5e9, 174.7e9],
  reference: 174.6e9,
  source: "Brown et al. 2020, table D.1",
});
measured("LLaMA-2-70B", counted["llama-2-70b"], {
  band: [68976648192, 68976648192],
  reference: 70e9,
  source: "Touvron et al. 2023b",
});

// %% [markdown]
// **Operations.** A weight of a matrix is used once for each token on its way forward: a multiplication and an addition, 2
// FLOPs. The way back costs twice as much. So training costs about **6 FLOPs for each parameter and token** (Kaplan 2020).
// What the rule leaves out: attention, whose price grows with the number of places that are looked at.

// %%
const contexts = [128, 512, 2048, 8192, 32768, 131072];
const attentionShare = (name: "gpt-2" | "gpt-3"): number[] =>
  contexts.map((context) => {
    const { attention, total } = models.forwardFlops(models.gptSizes(models.gptPresets[name]), context);
    return (100 * attention) / total;
  });
show(
  linePlot(
    [
      { name: "GPT-2 small", x: contexts, y: attentionShare("gpt-2") },
      { name: "GPT-3", x: contexts, y: attentionShare("gpt-3") },
    ],
    {
      title: "Attention's share of the work, by how many places are looked at",
      x: "places",
      y: "% of the FLOPs forward",
      log: "x",
      zero: true,
    },
  ),
);
const gpt3Training = models.ruleOfSix(counted["gpt-3"], 300e9);
measured("training GPT-3: FLOPs for 300 billion tokens, by the rule", gpt3Training, {
  band: [3.1e23, 3.2e23],
  reference: 3.14e23,
  source: "Brown et al. 2020, table D.1",
});
const exactTraining = 300e9 * models.trainingFlops(models.gptSizes(models.gptPresets["gpt-3"]), 2048);
measured("the exact sum over the rule, GPT-3 at 2,048 places", exactTraining / gpt3Training, { band: [1.0, 1.05] });

// %% [markdown]
// Is the formula true? The compiler knows: a compiled program lists every product of matrices with its shapes. Here is the whole
// training step of a small GPT, read off its own program. *Departure from the papers:* they leave the head out or in
// as they like; here it counts.

// %%
if (engine.jit) {
  const tiny: GptConfig = { vocabSize: 65, context: 32, dModel: 48, nLayer: 3, nHead: 4, order: "pre" };
  const tinyParams = models.initGpt(tiny, makeRng(1));
  const tinyIds = tf.zeros([4, 32], "int32");
  const step = jit((params: typeof tinyParams, ids: tf.Tensor) =>
    valueAndGradients((all) => crossEntropy(models.gpt(all, tiny, ids), ids), params),
  );
  const inProgram = models.programFlops(step.lower(tinyParams, tinyIds).text);
  const byFormula = 4 * 32 * models.trainingFlops(models.gptSizes(tiny), 32);
  console.log(
    `in the program: ${inProgram.toLocaleString("en")} FLOPs; by the formula: ${byFormula.toLocaleString("en")}`,
  );
  measured("FLOPs in the compiled step over the formula", inProgram / byFormula, { band: [1, 1], reference: 1 });
  step.dispose();
  tf.dispose([tinyParams, tinyIds] as unknown as tf.TensorContainer);
} else {
  console.log(`The engine ${engine.engine} has no compiler, so there is no program to read.`);
}

// %% [markdown]
// **Exercise 8.**

// %%
import { trainingFlops } from "./labs/05-architectures";
await check("05/training-flops", trainingFlops);

// %% [markdown]
// **Memory while writing.** A decoder keeps keys and values of all it has read. With as many heads of keys as of queries that
// is soon more than the weights; grouped heads (chapter 04) make it small.

// %%
const cacheOf = (name: "llama-2-7b" | "llama-2-70b" | "falcon-7b"): number =>
  models.cacheBytesPerToken(models.llamaSizes(models.llamaPresets[name]));
const ungrouped = models.cacheBytesPerToken(
  models.llamaSizes({ ...models.llamaPresets["llama-2-70b"], nKvHead: 64 }),
);
show(
  table(
    [
      { model: "LLaMA-2-7B", heads: "32 of 32 (MHA)", "KiB a token": cacheOf("llama-2-7b") / 1024 },
      { model: "LLaMA-2-70B", heads: "8 of 64 (GQA)", "KiB a token": cacheOf("llama-2-70b") / 1024 },
      { model: "LLaMA-2-70B, if it were not grouped", heads: "64 of 64", "KiB a token": ungrouped / 1024 },
      { model: "Falcon-7B", heads: "1 of 71 (MQA)", "KiB a token": cacheOf("falcon-7b") / 1024 },
    ],
    { title: "Keys and values, two bytes a number" },
  ),
);
measured("LLaMA-2-70B: bytes saved by grouping", ungrouped / cacheOf("llama-2-70b"), {
  band: [8, 8],
  unit: "×",
  reference: 8,
  source: "64 heads / 8",
});

// %% [markdown]
// ## 7 · The families
//
// What each model took over and what it changed, as its authors say. Most of it you have now written yourself.

// %%
const family = (
  year: number,
  model: string,
  kind: string,
  size: string,
  norm: string,
  activation: string,
  positions: string,
  taught: string,
) => ({ year, model, kind, size, norm, activation, positions, taught });
show(
  table(
    [
      family(
        2017,
        "Transformer",
        "encoder-decoder",
        "65 M, 213 M",
        "post, LayerNorm",
        "ReLU",
        "sinusoid",
        "translation",
      ),
      family(2018, "GPT-1", "decoder", "117 M", "post, LayerNorm", "GELU", "learned", "next word, then fine-tuned"),
      family(
        2018,
        "BERT",
        "encoder",
        "110 M, 340 M",
        "post, LayerNorm",
        "GELU",
        "learned",
        "hidden words, next sentence",
      ),
      family(2019, "GPT-2", "decoder", "0.1 to 1.5 B", "pre, LayerNorm", "GELU", "learned", "next word"),
      family(
        2019,
        "T5",
        "encoder-decoder",
        "60 M to 11 B",
        "pre, RMSNorm",
        "ReLU (1.1: GEGLU)",
        "relative buckets",
        "cut-out spans, all tasks as text",
      ),
      family(
        2019,
        "BART",
        "encoder-decoder",
        "140 M, 406 M",
        "post, LayerNorm",
        "GELU",
        "learned",
        "repairing spoilt text",
      ),
      family(
        2020,
        "GPT-3",
        "decoder",
        "0.1 to 175 B",
        "pre, LayerNorm",
        "GELU",
        "learned",
        "next word; half of its layers banded",
      ),
      family(
        2021,
        "GLM",
        "prefix decoder",
        "0.1 to 10 B",
        "pre, LayerNorm",
        "GELU",
        "learned, 2-d",
        "filling blanks word by word",
      ),
      family(
        2021,
        "TAPEX",
        "encoder-decoder (BART)",
        "140 M, 406 M",
        "post, LayerNorm",
        "GELU",
        "learned",
        "running SQL on tables",
      ),
      family(
        2021,
        "CodeParrot",
        "decoder (GPT-2)",
        "110 M, 1.5 B",
        "pre, LayerNorm",
        "GELU",
        "learned",
        "next word, of Python",
      ),
      family(
        2022,
        "InstructGPT",
        "decoder (GPT-3)",
        "1.3 to 175 B",
        "pre, LayerNorm",
        "GELU",
        "learned",
        "GPT-3, then human feedback",
      ),
      family(2022, "BLOOM", "decoder", "0.6 to 176 B", "pre, LayerNorm", "GELU", "ALiBi", "next word, 46 languages"),
      family(
        2022,
        "ChatGPT",
        "decoder",
        "not published",
        "not published",
        "not published",
        "not published",
        "as InstructGPT, in dialogues",
      ),
      family(2023, "LLaMA", "decoder", "7 to 65 B", "pre, RMSNorm", "SwiGLU", "RoPE", "next word, public data only"),
      family(
        2023,
        "GPT-4",
        "not published",
        "not published",
        "not published",
        "not published",
        "not published",
        "text and images",
      ),
      family(
        2023,
        "ChatGLM-6B",
        "prefix decoder",
        "6.2 B",
        "DeepNorm, LayerNorm",
        "GELU",
        "RoPE, 2-d",
        "GLM, then dialogues",
      ),
      family(
        2023,
        "ChatGLM2-6B",
        "decoder",
        "6.2 B",
        "pre, RMSNorm",
        "SwiGLU",
        "RoPE",
        "grouped keys, longer context",
      ),
      family(
        2023,
        "Falcon",
        "decoder",
        "7 to 180 B",
        "pre, LayerNorm, parallel",
        "GELU",
        "RoPE",
        "next word, filtered web; MQA",
      ),
      family(
        2023,
        "Baichuan",
        "decoder",
        "7 B, 13 B",
        "pre, RMSNorm",
        "SwiGLU",
        "RoPE (13 B: ALiBi)",
        "next word, Chinese and English",
      ),
      family(
        2023,
        "LLaMA-2",
        "decoder",
        "7 to 70 B",
        "pre, RMSNorm",
        "SwiGLU",
        "RoPE",
        "2 trillion tokens; 70 B: GQA",
      ),
      family(
        2025,
        "SmolLM2",
        "decoder",
        "0.1 to 1.7 B",
        "pre, RMSNorm",
        "SwiGLU",
        "RoPE",
        "11 trillion tokens for a small model",
      ),
    ],
    { title: "Families of transformers, as their papers describe them", format: { year: String } },
  ),
);

// %% [markdown]
// ## What you know now
//
// **Take away**
// - The mask makes the family: all see all (encoder), nobody sees ahead (decoder), or both with cross attention between them.
// - A decoder begins with the start token, reads what it wrote, and ends at the end token. In training it reads the right answer
//   instead, shifted by one place.
// - The norm before the part (Pre-LN) leaves a straight way for the stream. Post-LN's last gradients stay large at any depth, and
//   need a warm-up; DeepNorm cures it by two constants.
// - A block is about $12\,C^2$ parameters: a third attention, two thirds feed-forward. Training costs about 6 FLOPs a parameter
//   and token.
//
// **At full scale** nothing of this changes form. Models have 32 to 126 blocks, Pre-LN with RMSNorm, SwiGLU, RoPE and grouped
// keys; many put several feed-forward parts side by side and use two of them for each token (mixture of experts: more
// parameters, the same FLOPs). A run of $10^{25}$ FLOPs is planned with the two sums of section 6.
//
// **Check everything at once** in a terminal: `npx lab grade --lab 05`. Then go on to **06 · Pretraining**.
//
// **Read on:** Vaswani et al. 2017 · Devlin et al. 2019 (BERT) · Radford et al. 2019 (GPT-2) · Raffel et al. 2020 (T5) · Lewis et
// al. 2020 (BART) · Du et al. 2022 (GLM) · Touvron et al. 2023 (LLaMA) · Xiong et al. 2020 (Pre-LN) · Wang et al. 2022 (DeepNet) ·
// Shazeer 2020 (GLU) · Zhang and Sennrich 2019 (RMSNorm) · Kaplan et al. 2020 (scaling laws) · Bengio et al. 2015 (exposure bias).
