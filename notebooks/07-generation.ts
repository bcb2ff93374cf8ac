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
// # 07 · Generation
//
// A language model says how likely each next token is. It does not write: somebody must choose. This chapter is about that
// choice, and about its price. First the ways to choose, from greedy to sampling. Then a model that remembers what it has
// read, and what bounds its speed. Then the ideas with which a large model writes several tokens in one step:
// **speculative decoding** and **Medusa**. All of it runs on real models, and each speed-up is measured here, also where
// there is none.
//
// **After this chapter you can**
// - say what temperature, top-k, top-p, min-p and typical sampling do to a distribution, and choose between them;
// - explain why greedy decoding and beam search repeat themselves;
// - write attention with a cache, count its memory, and say why decoding waits for memory and not for arithmetic;
// - prove, and test, that speculative decoding does not change what a model says;
// - read a tree of guesses in one step, and accept the plausible ones;
// - tell from two measured numbers whether any of this will pay on a machine.
//
// **Time:** about 3½ hours, 2½ of them for the exercises. In a hurry? Sections 3, 6 and 8 are the core.
//
// **How it works.** Run a cell with Shift+Enter. You write your answers in the file `labs/07-generation.ts`, beside this
// notebook. Save it, run the check cell again: it always takes your newest code. `npx lab reset 07` in a terminal brings
// the empty exercises back and keeps a copy of yours.

// %%
import { loadModel } from "transformer-lab/checkpoints";
import * as data from "transformer-lab/data";
import { loadText } from "transformer-lab/data/node";
import { makeRng, tf, uniform, useEngine } from "transformer-lab/engine";
import * as gen from "transformer-lab/generate";
import { loadMedusa } from "transformer-lab/generate/node";
import * as lab from "transformer-lab/lab";
import { check, heatmap, linePlot, measured, quiz, show, table } from "transformer-lab/lab";
import * as models from "transformer-lab/models";
import { charTokenizer, decodeStream, encodeChat, trainChar } from "transformer-lab/text";
import { disposeTraining, startTraining } from "transformer-lab/train";
import { loadTrained } from "transformer-lab/train/node";
import { bytesOf } from "transformer-lab/tree";

await useEngine();
console.log(`ready, on ${tf.getBackend()}`);

// %% [markdown]
// ## 1 · Predict first
//
// Choose before you open an answer. Each of the three comes back in the chapter, with a measurement.

// %%
show(
  quiz({
    question:
      "A model gives two tokens 60 % and 40 %. You set the temperature to 0.2. How often does the second come?",
    choices: [
      { text: "40 % of the time", why: "That is temperature 1: the distribution as it is." },
      { text: "8 %: a fifth of 40 %", why: "Temperature divides the logits, not the probabilities." },
      {
        text: "about 12 %",
        correct: true,
        why: "The odds are 40 to 60, and 1 / 0.2 = 5: they become (40/60)⁵ = 0.13 to 1. That is 12 % of the time.",
      },
      { text: "never", why: "That is temperature 0: greedy decoding." },
    ],
  }),
);
show(
  quiz({
    question:
      "A model writes one token after the other. The processor could do a hundred times more arithmetic than that takes. What does it wait for?",
    choices: [
      {
        text: "The weights: all of them are read from memory for each token",
        correct: true,
        why: "A token needs every weight once, for one multiplication and one addition. Reading a weight takes much longer than using it. Section 7 measures both.",
      },
      {
        text: "The text: attention must look at all tokens before",
        why: "It does, and for very long texts that becomes the larger part. Here it is small beside the weights.",
      },
      { text: "The random numbers of sampling", why: "One random number a token: nothing." },
      {
        text: "TypeScript",
        why: "The step is one compiled program; so little is done outside of it that you cannot see it in a plot.",
      },
    ],
  }),
);
show(
  quiz({
    question:
      "In speculative decoding a small model drafts, and a large one checks several tokens at once. It is two times faster. How does the text change?",
    choices: [
      { text: "It becomes as bad as the small model's", why: "What the large model would not say is refused." },
      {
        text: "It becomes a mixture of the two models",
        why: "That would be easy to build. The acceptance rule is made so that it is not so.",
      },
      {
        text: "Not at all: it has the distribution of the large model alone",
        correct: true,
        why: "Exactly, for any small model. Section 8 proves it in two lines, and tests it with 20,000 draws. A bad draft costs time and nothing else.",
      },
      { text: "Only with temperature 0 it stays the same", why: "The rule is for sampling too: that is its beauty." },
    ],
  }),
);

// %% [markdown]
// ## 2 · Greedy, and why it loops
//
// The simplest choice is the likeliest token, again and again: **greedy decoding**. We use two models: *SmolLM2*, a real
// model of 135 million parameters and 49,152 tokens (about 100 MB, loaded once), and the lab's own *character model*
// (chapter 06), which is small enough to try a thing a thousand times.

// %%
const smol = await loadModel("smollm2-135m-instruct");
const smolDecoder = gen.decoderOf(smol); // made once: its compiled programs belong to it
const words = smol.tokenizer!;

const saved = await loadTrained("shakespeare-char");
const characters = saved.tokenizer;
const shakespeare = gen.trainedDecoder(saved);
const text = loadText("tinyshakespeare");
const stream = data.splitStream(data.tokenStream(charTokenizer(trainChar(text)), text)); // the last tenth was not trained on
const openings = Array.from({ length: 16 }, (_, i) =>
  Array.from(stream.validation.subarray(5000 * i, 5000 * i + 24)),
);
const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;

// %%
const unicorns = "In a shocking finding, scientists discovered a herd of unicorns";
const greedyAnswer = (
  await gen.generateAll(smolDecoder, words.encode(unicorns), { maxNewTokens: 84, logProbs: true, tokenizer: words })
).answers[0];
console.log(unicorns + greedyAnswer.text);

// %% [markdown]
// The first sentences are fine. Then the model falls into a loop and never leaves it. That is not a fault of a small model:
// GPT-2 did the same with this very prompt (Holtzman et al. 2020, figure 1). Why?
//
// Let the model read one sentence again and again, and look how much each repetition surprises it: the mean of
// $-\log p$ over the sentence's tokens, in nats.

// %%
/** -log p of each token of a row after the first, in nats. */
async function surprises(decoder: models.Decoder, ids: readonly number[]): Promise<number[]> {
  const reader = gen.openReader(decoder, { size: Math.min(decoder.context, ids.length) });
  const [scores] = await reader.read([ids.slice(0, -1)], true);
  reader.dispose();
  return scores.map((logits, i) => -gen.logProbability(logits, ids[i + 1]));
}
const repetitions = 8;
const sentences = [" The old man walked slowly down to the sea.", " She has never seen such a thing before."];
const byRepetition: number[][] = [];
for (const sentence of sentences) {
  const ids = words.encode(sentence);
  const all = await surprises(smolDecoder, [
    smol.special.begin ?? 0,
    ...Array.from({ length: repetitions }, () => ids).flat(),
  ]);
  byRepetition.push(
    Array.from({ length: repetitions }, (_, r) => mean(all.slice(r * ids.length, (r + 1) * ids.length))),
  );
}
show(
  linePlot(
    sentences.map((name, i) => ({ name: name.trim(), x: byRepetition[i].map((_, r) => r + 1), y: byRepetition[i] })),
    {
      title: "The more often a sentence came, the surer the model is that it comes again",
      x: "time that it reads the sentence",
      y: "surprise (nats a token)",
      zero: true,
    },
  ),
);
measured("surprise at the first reading", byRepetition[0][0], { band: [3.5, 5.5], unit: "nats" });
measured("surprise at the eighth", byRepetition[0][7], { band: [0.02, 0.2], unit: "nats" });

// %% [markdown]
// Each repetition makes the next one likelier (it is the induction heads of chapter 04 at work: *what came after this
// before?*). Once the likeliest token is the one that repeats, greedy decoding cannot get out: it never takes a chance.
// People do not write likely words only. Let us measure that, too.

// %%
/** Sixteen texts of the character model, written side by side, and how much the model itself is surprised by each. */
async function writeMany(processors: readonly gen.Processor[], seed = 1) {
  const { answers } = await gen.generateAll(shakespeare, openings, {
    maxNewTokens: 100,
    processors,
    rng: makeRng(seed),
    tokenizer: characters,
  });
  const reader = gen.openReader(shakespeare, { batch: openings.length });
  const rows = openings.map((ids, i) => [...ids, ...answers[i].ids]);
  const scores = await reader.read(
    rows.map((row) => row.slice(0, -1)),
    true,
  );
  reader.dispose();
  const nats = rows.map((row, i) =>
    mean(scores[i].slice(23).map((logits, t) => -gen.logProbability(logits, row[24 + t]))),
  );
  return {
    texts: answers.map((answer) => answer.text),
    surprise: mean(nats),
    repeated: mean(answers.map(({ ids }) => repeats(ids, 6))),
  };
}
/** The share of runs of n tokens that came before in the same text. */
function repeats(ids: readonly number[], n: number): number {
  const runs = ids.slice(n - 1).map((_, i) => ids.slice(i, i + n).join());
  return runs.filter((run, i) => runs.indexOf(run) < i).length / runs.length;
}
const people = mean(
  await Promise.all(
    openings.map(async (_, i) =>
      mean(
        (await surprises(shakespeare, Array.from(stream.validation.subarray(5000 * i, 5000 * i + 125)))).slice(23),
      ),
    ),
  ),
);
const temperatures = [0, 0.4, 0.7, 1, 1.25, 1.5];
const written: Awaited<ReturnType<typeof writeMany>>[] = [];
for (const t of temperatures) written.push(await writeMany([gen.temperature(t)]));
show(
  linePlot([{ name: "the model's own texts", x: temperatures, y: written.map(({ surprise }) => surprise) }], {
    title: "How surprising is what it writes?",
    x: "temperature",
    y: "surprise (nats a character)",
    references: [{ value: people, label: "Shakespeare's own text" }],
    zero: true,
  }),
);
show(
  table(
    [0, 2, 3, 5].map((i) => ({
      temperature: temperatures[i],
      "surprise (nats)": written[i].surprise,
      "runs of 6 that came before": `${(100 * written[i].repeated).toFixed(0)} %`,
      "it writes": JSON.stringify(written[i].texts[2].slice(0, 70)).slice(1, -1),
    })),
    { title: "The character model at four temperatures" },
  ),
);
measured("surprise of Shakespeare's own text", people, { band: [1.35, 1.8], unit: "nats" });
measured("surprise of greedy text", written[0].surprise, { band: [0.6, 1.1], unit: "nats" });
measured("surprise of text drawn at temperature 1, over that of Shakespeare's", written[3].surprise / people, {
  band: [0.8, 1.2],
  reference: 1,
  source: "a model that had learned the text perfectly would give 1",
});

// %% [markdown]
// Text that people write surprises the model much more than its own likeliest text does. So the likeliest text is *not* the
// most natural one. **Sampling**, to draw each token by its probability, hits the right amount at
// temperature 1, where nothing was bent. (A draw is the *inverse of the distribution function*: a random number $u$
// between 0 and 1, and the first token at which the probabilities up to it sum to more than $u$.) But look at the text: at
// temperature 1 there are more slips. Each of 66 characters keeps a small chance, also where it is nonsense, and one slip
// leads to the next. With 49,152 tokens the long tail of unlikely ones is much heavier. So we want to draw, and to cut the
// tail. The question is *where*.
//
// ## 3 · Temperature, top-k, top-p, min-p: where to cut
//
// | name | keeps | idea |
// |---|---|---|
// | temperature $t$ | all | logits are divided by $t$: below 1 sharper, above 1 flatter |
// | top-k | the $k$ likeliest | a fixed number (Fan et al. 2018) |
// | top-p, "nucleus" | the fewest that have $p$ together | as many as the model needs (Holtzman et al. 2020) |
// | min-p | those with at least $p$ times the best one's probability | few where the model is sure (Nguyen et al. 2024) |
// | typical | those whose surprise is nearest to the entropy, until they have $p$ | not too odd, not too dull (Meister et al. 2023) |
//
// What is kept is divided by its sum, so that it adds up to 1 again. Move the sliders. Can you find a setting that leaves
// *Paris* alone in the first figure, and still some ten tokens in the second?

// %%
async function scoresAfter(prompt: string): Promise<Float32Array> {
  const reader = gen.openReader(smolDecoder, { size: 128 });
  const [[logits]] = await reader.read([words.encode(prompt)]);
  reader.dispose();
  return logits;
}
const sure = "The capital of France is";
const unsure = "Once upon a time, there was a";
const [sureScores, unsureScores] = [await scoresAfter(sure), await scoresAfter(unsure)];
const token = (id: number): string => words.decode([id]);
show(lab.nextTokenFigure(sureScores, { token, prompt: sure, title: "SmolLM2, sure of itself" }));
show(lab.nextTokenFigure(unsureScores, { token, prompt: unsure, title: "SmolLM2, with many ways to go on" }));

// %% [markdown]
// How many tokens does each rule keep, in the two places?

// %%
const cuts: [string, gen.Processor][] = [
  ["top-k 40", gen.topK(40)],
  ["top-p 0.9", gen.topP(0.9)],
  ["min-p 0.1", gen.minP(0.1)],
  ["typical 0.9", gen.typicalP(0.9)],
  [
    "temperature 0.7, then top-p 0.9",
    (logits, seen) => gen.applyProcessors([gen.temperature(0.7), gen.topP(0.9)], logits, seen),
  ],
];
const keeps = (cut: gen.Processor, logits: Float32Array): number =>
  cut(logits, []).filter((x) => x > -Infinity).length;
show(
  table(
    cuts.map(([name, cut]) => ({ rule: name, [sure]: keeps(cut, sureScores), [unsure]: keeps(cut, unsureScores) })),
    { title: "Tokens that can still come" },
  ),
);
measured("entropy where it is sure", gen.entropy(gen.softmax(sureScores)), { band: [1.2, 1.8], unit: "nats" });
measured("entropy where it is not", gen.entropy(gen.softmax(unsureScores)), { band: [5.2, 6], unit: "nats" });
measured("tokens of top-p 0.9 where it is sure", keeps(gen.topP(0.9), sureScores), { band: [5, 20] });
measured("tokens of top-p 0.9 where it is not", keeps(gen.topP(0.9), unsureScores), { band: [500, 900] });

// %% [markdown]
// Top-k is blind: 40 tokens where one is right, and 40 where hundreds would do. Top-p and min-p follow the model. The order
// counts, too: a low temperature first makes the distribution sharper, so top-p then keeps fewer.
//
// **Exercises 1 to 3:** softmax with temperature, top-k, top-p. Open `labs/07-generation.ts`. Stuck? Run
// `hint("07/top-p")` in a cell of your own: each run tells you more.

// %%
import { softmaxTemperature } from "./labs/07-generation";
await check("07/softmax-temperature", softmaxTemperature);

// %%
import { topK } from "./labs/07-generation";
await check("07/top-k", topK);

// %%
import { topP } from "./labs/07-generation";
await check("07/top-p", topP);

// %% [markdown]
// Now let SmolLM2 go on with the unicorns. Each row has the same seed, so what differs is the rule. There is one more rule
// in the table: a **repetition penalty** divides the scores of tokens that came before (Keskar et al. 2019). It breaks
// loops, but it also punishes words that must come again, as names do.

// %%
const rules: [string, gen.Processor[]][] = [
  ["as it is", []],
  ["temperature 1.5", [gen.temperature(1.5)]],
  ["temperature 1.5, min-p 0.1", [gen.temperature(1.5), gen.minP(0.1)]],
  ["temperature 0.7, top-p 0.9", [gen.temperature(0.7), gen.topP(0.9)]],
  ["temperature 0, repetition penalty 1.3", [gen.repetitionPenalty(1.3), gen.temperature(0)]],
];
const continued: (gen.Answer & { rule: string })[] = [];
for (const [rule, processors] of rules) {
  const { answers } = await gen.generateAll(smolDecoder, words.encode(unicorns), {
    maxNewTokens: 28,
    processors,
    rng: makeRng(11),
    logProbs: true,
    tokenizer: words,
  });
  continued.push({ rule, ...answers[0] });
}
show(
  table(
    [{ rule: "greedy", ...greedyAnswer }, ...continued].map((each) => ({
      rule: each.rule,
      "runs of 4 that came before": `${(100 * repeats(each.ids, 4)).toFixed(0)} %`,
      [`… a herd of unicorns`]: each.text.replace(/\s+/g, " ").slice(0, 260),
    })),
    { title: "One prompt, one seed, six rules" },
  ),
);
measured("runs of 4 that came before, greedy", 100 * repeats(greedyAnswer.ids, 4), { band: [25, 75], unit: "%" });
measured("the same, drawn as it is", 100 * repeats(continued[0].ids, 4), { band: [0, 10], unit: "%" });

// %% [markdown]
// ## 4 · Beam search: the likeliest text, and why nobody wants it
//
// Greedy decoding takes the likeliest *token* each time; that need not lead to the likeliest *text*. **Beam search** keeps the
// $b$ best beginnings at each step, lets each go on with every token, and keeps the $b$ best of these. It finds likelier
// texts. For translation that is good: there is nearly one right answer. Here it is not:

// %%
const fourBeams = await gen.beamSearch(smolDecoder, words.encode(unicorns), { beams: 4, maxNewTokens: 28 });
const searched = [
  { how: "drawn, temperature 1", ids: continued[0].ids, logP: mean(continued[0].logProbs) },
  { how: "greedy", ids: greedyAnswer.ids.slice(0, 28), logP: mean(greedyAnswer.logProbs.slice(0, 28)) },
  { how: "4 beams, the best", ids: fourBeams[0].ids, logP: fourBeams[0].score },
  { how: "4 beams, the second", ids: fourBeams[1].ids, logP: fourBeams[1].score },
];
show(
  table(
    searched.map(({ how, ids, logP }) => ({
      how,
      "log p a token": logP,
      "runs of 4 that came before": `${(100 * repeats(ids, 4)).toFixed(0)} %`,
      "… a herd of unicorns": words.decode(ids).replace(/\s+/g, " ").slice(0, 200),
    })),
    { title: "Searching and drawing, 28 tokens", best: { "log p a token": "high" } },
  ),
);
measured("log p a token of four beams, above greedy", searched[2].logP - searched[1].logP, {
  band: [0, 0.6],
  unit: "nats",
});
measured("log p a token of a drawn text, below greedy", searched[1].logP - searched[0].logP, {
  band: [0.5, 4],
  unit: "nats",
});

// %% [markdown]
// Four beams find a likelier text than greedy decoding does, as they should, and the four often differ in a word or two only. What is drawn
// is far less likely, and far more like what people write (section 2). With more beams it becomes worse, not better: Holtzman et
// al. (2020, figure 1) show GPT-2 with 32 beams in an endless loop. For open questions, stories and talk, people sample.
//
// ## 5 · Where it ends: stop rules, half characters, and talk
//
// An answer ends at a special token that the model was trained to write, at a **stop string** ("when a new speaker begins"),
// or after so many tokens. A stop string may come in pieces, spread over tokens: what could be its beginning is held back.
// The character model, stopped before the second speaker:

// %%
const speech = await gen.generateText(shakespeare, "ROMEO:\n", {
  maxNewTokens: 110,
  rng: makeRng(5),
  processors: [gen.temperature(0.8)],
  stop: { strings: ["\n\n"] },
  tokenizer: characters,
});
console.log(`ROMEO:\n${speech}`);

// %% [markdown]
// When text is shown while it is written, there is one more trap. A token of a byte-level tokenizer can be *a part of a
// character*. Decode each token alone and you show broken signs; hold the bytes back until the character is whole, and all is
// well.

// %%
const emoji = words.encode("学 🦄!");
const careful = decodeStream(words as unknown as { decodeBytes(ids: ArrayLike<number>): Uint8Array });
const pieces = emoji.map((id) => ({
  id,
  "each token alone": words.decode([id]),
  "held back until whole": careful.push(id),
}));
show(table(pieces, { title: "学 🦄! as a stream of tokens" }));
const broken = pieces.filter((piece) => piece["each token alone"].includes("\ufffd")).length;
measured("tokens that are no whole character", broken, { band: [3, 12] });
measured(
  "broken signs in the careful stream",
  pieces.filter((piece) => piece["held back until whole"].includes("\ufffd")).length,
  { band: [0, 0] },
);

// %% [markdown]
// Now talk to SmolLM2. It was tuned on talk in one layout, with marks for who speaks (chapter 01). Give it that layout, let it
// write until its end mark, and show each piece at once. **Ask something else** in this cell; interrupt the kernel to stop it.
// The second question comes with all that was said before, which the model keeps (section 6): it reads only what is new.

// %%
const question = "What is a unicorn? Answer in one sentence.";

const chat = gen.openChat(smol, {
  decoder: smolDecoder,
  size: 128,
  maxNewTokens: 36,
  processors: [gen.temperature(0.6), gen.topP(0.9)],
  rng: makeRng(3),
});
async function say(question: string) {
  const window = lab.live();
  const steps: gen.ChatStep[] = [];
  let said = "";
  for await (const step of chat.say(question, lab.stopFlag())) {
    steps.push(step);
    said += step.text;
    window.text(`${question}\n\n${said}`);
  }
  window.done();
  const later = steps.slice(1).reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    question,
    "tokens read first": steps[0].read,
    "to the first token (s)": steps[0].seconds,
    "tokens of the answer": steps.length,
    "tokens a second": (steps.length - 1) / later,
    "ended by": steps[steps.length - 1].finished,
  };
}
const turns = [await say(question), await say("And what would it eat?")];
show(table(turns, { title: "A conversation in two turns: the second reads only what is new" }));
measured(
  "tokens of the conversation when the second question came, over those read",
  (turns[0]["tokens read first"] + turns[0]["tokens of the answer"] + turns[1]["tokens read first"]) /
    turns[1]["tokens read first"],
  { band: [2, 20], unit: "×" },
);
chat.dispose();

// %% [markdown]
// ## 6 · The KV cache: never read twice
//
// To choose token 101, the model needs the keys and values of tokens 1 to 100 (chapter 04). They do not depend on what comes
// later, so they can be **kept**: the *KV cache*. Without it, each step reads the whole text again. The two pictures show
// which places a model computes at each step, after a prompt of 6 tokens: without a cache a triangle, with it one a step.

// %%
const [promptPlaces, allPlaces] = [6, 20];
const work = (cached: boolean) =>
  Array.from({ length: allPlaces - promptPlaces + 1 }, (_, step) =>
    Array.from({ length: allPlaces }, (_, place) => {
      const end = promptPlaces + step;
      if (place >= end) return 0;
      return !cached || step === 0 || place === end - 1 ? 1 : 0.4;
    }),
  );
for (const [cached, title] of [
  [false, "Without a cache: all is computed anew"],
  [true, "With a cache: only what is new"],
] as const)
  show(heatmap(work(cached), { title, x: "place in the text", y: "step", value: "1 computed, 0.4 kept, 0 empty" }));
const computed = (cached: boolean) =>
  work(cached)
    .flat()
    .filter((value) => value === 1).length;
measured("places computed without a cache", computed(false), {
  band: [195, 195],
  reference: 195,
  source: "6 + 7 + … + 20",
});
measured("with a cache", computed(true), { band: [20, 20], reference: 20 });

// %% [markdown]
// Two kinds of steps remain. **Prefill** reads the prompt: many tokens at once. **Decode** reads one token at a time. In the
// library a `Reader` does both: `read` gives the scores after what it was given and keeps keys and values. The cache has one
// shape from the first token to the last, with a mask over places that are empty, so each kind of step is compiled once.
//
// Does it compute the same? SmolLM2 reads 24 tokens at once, without a cache, and then one by one.

// %%
const sample = words.encode(unicorns + greedyAnswer.text).slice(0, 24);
const atOnce = tf.tidy(() => smol.run(tf.tensor2d([sample], undefined, "int32")).squeeze([0]));
const uncached = (await atOnce.array()) as number[][];
atOnce.dispose();
const oneByOne = gen.openReader(smolDecoder, { size: 128 }); // of one size with the others: one program
let apart = 0;
for (const [place, id] of sample.entries()) {
  const [[logits]] = await oneByOne.read([[id]]);
  const [a, b] = [gen.softmax(logits), gen.softmax(Float32Array.from(uncached[place]))];
  a.forEach((p, i) => (apart = Math.max(apart, Math.abs(p - b[i]))));
}
oneByOne.dispose();
measured("largest difference of a probability, cached and uncached", apart, {
  band: [0, 1e-4],
  reference: 1e-5,
  source: "rounding: 30 layers, sums in another order",
});

// %% [markdown]
// **Exercise 4:** attention with a cache. Mind the places that are not in use: they are not empty.

// %%
import { cachedAttention } from "./labs/07-generation";
await check("07/cached-attention", cachedAttention);

// %% [markdown]
// ### What it saves, and what it costs
//
// Time first. The same 64 tokens: in one call, one after the other with a cache, and as a program without one would have to do
// it (for each token the whole text again; measured for the last token).

// %%
/** The median of a few runs, in milliseconds. The first one, which compiles, does not count. */
async function median(work: () => Promise<unknown>, runs = 5): Promise<number> {
  await work();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[runs >> 1];
}
const sixtyFour = words.encode(unicorns + greedyAnswer.text).slice(0, 64);
const timed = gen.openReader(smolDecoder, { size: 128 });
const prefill = await median(async () => {
  timed.rewind(0);
  await timed.read([sixtyFour]);
});
const decode = await median(async () => {
  timed.rewind(64);
  await timed.read([[sixtyFour[0]]]);
}, 9);
timed.dispose();
show(
  table(
    [
      { kind: "prefill: 64 tokens in one call", "ms a call": prefill, "tokens a second": 64000 / prefill },
      { kind: "decode: one token, cached", "ms a call": decode, "tokens a second": 1000 / decode },
      { kind: "one token, without a cache", "ms a call": prefill, "tokens a second": 1000 / prefill },
    ],
    { title: "SmolLM2 here" },
  ),
);
measured("tokens a second: prefill over decode", (64 * decode) / prefill, { band: [1, 1000], unit: "×" });

// %% [markdown]
// Now memory. For each token, layer and KV head a key and a value of $D$ numbers are kept:
//
// $$\text{bytes} = 2 \cdot \text{layers} \cdot H_{kv} \cdot D \cdot \text{tokens} \cdot \text{bytes of a number}$$
//
// That is why models share keys and values among heads (chapter 04): **MHA** has one KV head a query head, **GQA** one for a
// group, **MQA** one for all. Here is SmolLM2's shape with 9, 3 (its own) and 1 KV heads: the formula as lines, and what the
// engine really holds as marks.

// %%
const kvHeads = [9, 3, 1];
const lengths = Array.from({ length: 60 }, (_, i) => Math.round(64 * 2 ** (i / 10)));
const heldLengths = [64, 256, 1024, 2048];
const held = heldLengths.map((places) => gen.cacheMemory(smol.config, { batch: 1, places }, kvHeads));
const { nLayer } = smol.config;
const headDim = 64;
show(
  linePlot(
    [
      ...kvHeads.map((heads, i) => ({
        name: `${held[0][i].kind} (${heads}), formula`,
        x: lengths,
        y: lengths.map((tokens) => (2 * nLayer * heads * headDim * tokens * 4) / 1e6),
      })),
      ...kvHeads.map((heads, i) => ({
        name: `${held[0][i].kind} (${heads}), held`,
        x: heldLengths,
        y: held.map((memory) => memory[i].measured / 1e6),
      })),
    ],
    { title: "What the cache of one text takes", x: "tokens", y: "megabytes", log: "xy" },
  ),
);
const [, gqa] = held[3];
measured("held over the formula, 3 KV heads, 2,048 tokens", gqa.measured / gqa.formula, {
  band: [1, 1],
  reference: 1,
});
measured("cache of one token, SmolLM2", gqa.measured / 2048, {
  band: [46080, 46080],
  unit: "bytes",
  reference: 46080,
  source: "2 · 30 · 3 · 64 · 4",
});

// %% [markdown]
// At full scale: a model of 80 layers with heads of 128 numbers, in 2 bytes each, keeps 0.33 MB a token with 8 KV heads
// (LLaMA-2-70B), so 1.3 GB for one text of 4,096 tokens. With 64 KV heads it would be 11 GB. For many texts at a time the cache
// is larger than the weights.

// %% [markdown]
// ## 7 · Why writing is slow: the roofline
//
// A step for one token uses each of SmolLM2's 135 million numbers once: one multiplication, one addition. In float32 that is
// 538 MB to be read and 0.27 billion operations to be done: half an **operation a byte**. This number is the *arithmetic
// intensity*. A machine can do much more for each byte that it reads, so the arithmetic waits for the memory. The **roofline**
// (Williams et al. 2009) says how fast a program can be at best:
//
// $$\text{speed} \le \min(\text{peak of arithmetic},\ \text{intensity} \times \text{bandwidth of memory})$$
//
// Both are measured here: the peak by a product of two large matrices, the bandwidth by a row times a matrix of 134 MB, which
// does little but read. Then three kinds of steps of SmolLM2.

// %%
const machine = await gen.measureMachine({ megabytes: 134 });

const sixteen = gen.openReader(smolDecoder, { batch: 16, size: 128, widths: [1] });
const sixteenTokens = Array.from({ length: 16 }, (_, i) => [sixtyFour[i]]);
await sixteen.read(sixteenTokens);
const batch16 = await median(async () => {
  sixteen.rewind(1);
  await sixteen.read(sixteenTokens);
}, 3);
sixteen.dispose();

const weightBytes = bytesOf(smol.params);
const smolSizes = models.llamaSizes(smol.config);
const stepKinds = [
  { kind: "decode, one text", ms: decode, work: gen.decodeWork(smolSizes, { weightBytes, seen: 64 }) },
  { kind: "decode, 16 texts", ms: batch16, work: gen.decodeWork(smolSizes, { weightBytes, batch: 16 }) },
  { kind: "prefill, 64 tokens", ms: prefill, work: gen.readWork(smolSizes, 64, { weightBytes }) },
];
const intensities = Array.from({ length: 60 }, (_, i) => 0.25 * 2 ** (i / 7));
const giga = (value: number): number => value / 1e9;
show(
  linePlot(
    [
      { name: "the roof", x: intensities, y: intensities.map((each) => giga(gen.roofAt(machine, each))) },
      ...stepKinds.map(({ kind, ms, work }) => ({
        name: kind,
        x: [work.intensity],
        y: [giga((1000 * work.flops) / ms)],
      })),
    ],
    {
      title: "What bounds a step: memory on the slope, arithmetic on the flat",
      x: "operations for each byte read",
      y: "billion operations a second",
      log: "xy",
      references: [{ axis: "x", value: gen.ridge(machine), label: "the ridge" }],
    },
  ),
);
show(
  table(
    stepKinds.map(({ kind, ms, work }) => {
      const best = gen.attainable(machine, work);
      return {
        step: kind,
        "operations a byte": work.intensity,
        "waits for": best.bound === "memory" ? "memory" : "arithmetic",
        "ms a step": ms,
        "of the roof": `${((100 * best.seconds * 1000) / ms).toFixed(0)} %`,
        "tokens a second": (1000 * work.tokens) / ms,
      };
    }),
    {
      title: `Roof here: ${giga(machine.flopsPerSecond).toFixed(0)} billion operations and ${giga(machine.bytesPerSecond).toFixed(1)} GB a second`,
      best: { "tokens a second": "high" },
    },
  ),
);
measured("operations a byte of a step for one text", stepKinds[0].work.intensity, {
  band: [0.45, 0.55],
  reference: 0.5,
  source: "2 operations for 4 bytes",
});
measured("operations a byte at the ridge", gen.ridge(machine), { band: [0.5, 1000] });
measured("tokens a second: 16 texts over one", (16 * decode) / batch16, { band: [0.5, 64], unit: "×" });

// %% [markdown]
// One text stands far left, on the slope: more arithmetic would not help it. Sixteen texts share each weight that is read, so
// they come nearly for free until the ridge is reached: that is why servers collect requests into batches. And it says how else to be
// faster: read fewer bytes, or do more with each. **Fewer bytes**: keep weights in 8 or 4 bits, with a scale for each group of
// 32 (*quantised*), and unpack them on the way. What does that cost? The character model tells, by its loss on unseen text:

// %%
const judged = Array.from({ length: 12 }, (_, i) => Array.from(stream.validation.subarray(4000 * i, 4000 * i + 128)));
async function lossOf(decoder: models.Decoder): Promise<number> {
  const reader = gen.openReader(decoder, { batch: judged.length });
  const scores = await reader.read(
    judged.map((row) => row.slice(0, -1)),
    true,
  );
  reader.dispose();
  return mean(scores.map((row, i) => mean(row.map((logits, t) => -gen.logProbability(logits, judged[i][t + 1])))));
}
const characterParams = saved.params as models.GptParams;
const characterConfig = {
  ...(saved.config.model as Omit<models.GptConfig, "vocabSize" | "context">),
  vocabSize: characters.vocabSize,
  context: shakespeare.context,
};
const packedLosses = [
  {
    weights: "float32",
    "bits a weight": 32,
    "loss (nats)": await lossOf(shakespeare),
    "error of the weights": "0 %",
  },
];
for (const [kind, bits] of [
  ["bf16", 16],
  ["int8", 9],
  ["int4", 6],
] as const) {
  const packed = await models.packParams(characterParams, kind);
  const loss = await lossOf(models.gptDecoder(packed.params, characterConfig));
  packedLosses.push({
    weights: kind,
    "bits a weight": bits,
    "loss (nats)": loss,
    "error of the weights": `${(100 * packed.error).toFixed(2)} %`,
  });
}
show(table(packedLosses, { title: "Fewer bits, the same text (scales and least weights of groups included)" }));
measured("loss of int8, above float32", packedLosses[2]["loss (nats)"] - packedLosses[0]["loss (nats)"], {
  band: [-0.005, 0.01],
  unit: "nats",
});
measured("loss of int4, above float32", packedLosses[3]["loss (nats)"] - packedLosses[0]["loss (nats)"], {
  band: [-0.01, 0.1],
  unit: "nats",
});

// %% [markdown]
// And what does it gain? The file that SmolLM2 came from has its weights in 4 bits already; so far we have unpacked them when we
// loaded it. Now they stay as they are in the file: the same model, to the last bit of each weight.

// %%
const packedSmol = await loadModel("smollm2-135m-instruct", { weights: "file" });
const packedReader = gen.openReader(gen.decoderOf(packedSmol), { size: 128, widths: [1] });
const packedDecode = await median(async () => {
  packedReader.rewind(0);
  await packedReader.read([[sixtyFour[0]]]);
}, 9);
packedReader.dispose();
const packedBytes = bytesOf(packedSmol.params);
show(
  table(
    [
      {
        weights: "float32",
        "megabytes of weights": weightBytes / 1e6,
        "ms a token": decode,
        "tokens a second": 1000 / decode,
      },
      {
        weights: "as in the file",
        "megabytes of weights": packedBytes / 1e6,
        "ms a token": packedDecode,
        "tokens a second": 1000 / packedDecode,
      },
    ],
    { title: "SmolLM2, one text", best: { "tokens a second": "high" } },
  ),
);
packedSmol.dispose();
measured("bytes of weights: float32 over packed", weightBytes / packedBytes, { band: [2, 8], unit: "×" });
measured("speed-up of packed weights", decode / packedDecode, {
  band: [0.1, 20],
  reference: 3,
  source: "llama2.c, int8 on 64 threads: 4.6 to 14 tokens a second",
});

// %% [markdown]
// Fewer bytes do not make it faster by the same factor: unpacking is arithmetic, and that is not endless on a processor either. The other way
// is to *do more with each byte*: read several tokens in one step. But of one text only one next token is known. Unless somebody
// guesses.

// %% [markdown]
// ## 8 · Speculative decoding: guess, then check all guesses at once
//
// If a step for one token and a step for five cost nearly the same, then *checking* is cheap and *writing* is dear. So let
// somebody cheap write ahead, and let the large model, the **target**, check the guesses in one step (Leviathan et al. 2023;
// Chen et al. 2023). The guesses come from a small model, the **draft**.
//
// The **acceptance rule**. The draft drew token $x$ from its distribution $q$; the target, reading all guesses at once, has $p$ at
// this place.
//
// - Accept $x$ with probability $\min(1, p(x)/q(x))$.
// - If it is refused, draw another from the **residual** $\max(0, p - q)$, divided by its sum: just what the draft gives too
//   seldom. The rest of the draft is thrown away.
// - If all are accepted, the target's last distribution gives one more token, free of charge: the **bonus**.
//
// *Why it changes nothing.* Token $x$ comes out accepted with chance $q(x)\min(1, p(x)/q(x)) = \min(p(x), q(x))$, and as a
// replacement with chance $\max(0, p(x)-q(x))$ (the chance of a refusal is just the residual's sum). Together: $p(x)$.
//
// The lab's draft for the character model has one layer of width 64: 63,000 parameters, 43 times fewer. We do not believe
// proofs only: 20,000 draws at one place, by the rule and by a rule that looks right but is not. **χ²** compares counts with
// what is expected: about as large as its *degrees of freedom* if all is well.

// %%
const draft = gen.trainedDecoder(await loadTrained("shakespeare-char-draft"));

async function nextOf(decoder: models.Decoder, prompt: string): Promise<Float32Array> {
  const reader = gen.openReader(decoder);
  const [[logits]] = await reader.read([characters.encode(prompt)]);
  reader.dispose();
  return gen.softmax(logits);
}
const place = "First Citizen:\nBefore we proceed any further, hear me s";
const [p, q] = [await nextOf(shakespeare, place), await nextOf(draft, place)];
const draws = 20000;

type Rule = (x: number, u: number, v: number) => number;
const byTheRule: Rule = (x, u, v) => {
  const { accepted, next } = gen.acceptDrafted([x], [q], [p, p], [u, v]);
  return accepted === 1 ? x : next;
};
const replacedFromP: Rule = (x, u, v) => (u < p[x] / q[x] ? x : gen.sampleFrom(p, v));
const draftAlone: Rule = (x) => x;
function outcomes(rule: Rule): number[] {
  const rng = makeRng(17);
  const counts = new Array<number>(p.length).fill(0);
  for (let i = 0; i < draws; i++) counts[rule(gen.sampleFrom(q, rng), uniform(rng), uniform(rng))]++;
  return counts;
}
/** Pearson's chi-square against p; what is expected less than 5 times goes together into one bin. */
function chiSquare(counts: readonly number[]): { chi2: number; freedom: number } {
  const bins = [...counts.keys()].filter((id) => draws * p[id] >= 5);
  const rest = [...counts.keys()].filter((id) => draws * p[id] < 5);
  const sum = (ids: number[], of: (id: number) => number) => ids.reduce((total, id) => total + of(id), 0);
  const cells = bins.map((id) => [counts[id], draws * p[id]]);
  cells.push([sum(rest, (id) => counts[id]), sum(rest, (id) => draws * p[id])]);
  return {
    chi2: cells.reduce((total, [got, expected]) => total + (got - expected) ** 2 / expected, 0),
    freedom: cells.length - 1,
  };
}
const results = (
  [
    ["the rule", byTheRule],
    ["replacement drawn from p, not from the residual", replacedFromP],
    ["the draft alone", draftAlone],
  ] as [string, Rule][]
).map(([name, rule]) => ({ name, counts: outcomes(rule) }));
const likely = [...p.keys()].sort((a, b) => p[b] - p[a]).slice(0, 9);
show(
  lab.barPlot(
    likely.map((id) => characters.token(id)),
    [
      { name: "target p", values: likely.map((id) => p[id]) },
      { name: "draft q", values: likely.map((id) => q[id]) },
      { name: "what came out", values: likely.map((id) => results[0].counts[id] / draws) },
    ],
    { title: "After “hear me s”: the draft guesses, and p comes out", value: "probability" },
  ),
);
show(
  table(
    results.map(({ name, counts }) => ({ "20,000 draws": name, ...chiSquare(counts) })),
    { title: "Is it p?", columns: { "20,000 draws": "20,000 draws", chi2: "χ²", freedom: "degrees of freedom" } },
  ),
);
const [right, wrong] = [chiSquare(results[0].counts), chiSquare(results[1].counts)];
measured("χ² of the rule, over its degrees of freedom", right.chi2 / right.freedom, { band: [0.2, 2], reference: 1 });
measured("χ² of the wrong rule, over its degrees of freedom", wrong.chi2 / wrong.freedom, { band: [5, 1000] });

// %% [markdown]
// **Exercise 5:** test a draft. It is the heart of this chapter; the residual is where most people slip.

// %%
import { acceptDraft } from "./labs/07-generation";
await check("07/accept-draft", acceptDraft);

// %% [markdown]
// Now a whole text, four guesses a round. Step through it.

// %%
const speculated: gen.SpeculativeRound[] = [];
const heading = "KING RICHARD III:\n";
const drafter = gen.modelDrafter(draft);
async function speculateOnce(rounds: gen.SpeculativeRound[], processors: gen.Processor[], maxNewTokens: number) {
  const options = { maxNewTokens, gamma: 4, processors, rng: makeRng(2) };
  for await (const round of gen.speculate(shakespeare, drafter, characters.encode(heading), options))
    rounds.push(round);
}
await speculateOnce(speculated, [], 100);
const symbol = (id: number): string => characters.decode([id]);
show(
  lab.draftFigure(
    speculated.map(({ drafted, accepted, ids }) => ({
      drafted: drafted.map(symbol),
      accepted,
      next: symbol(ids[ids.length - 1]),
    })),
    { title: "A small model drafts, a large one checks", prompt: heading },
  ),
);
const greedyRounds: gen.SpeculativeRound[] = [];
await speculateOnce(greedyRounds, [gen.temperature(0)], 72);
const plainGreedy = await gen.generateAll(shakespeare, characters.encode(heading), { maxNewTokens: 72 });
const sameText =
  characters.decode(greedyRounds.flatMap(({ ids }) => ids)) === characters.decode(plainGreedy.answers[0].ids);
measured("at temperature 0: the same text as greedy decoding", Number(sameText), { band: [1, 1] });

// %% [markdown]
// ### Does it pay?
//
// Two numbers are called the **acceptance rate**. Of all drafted tokens, how many stay? And of all *tested* ones? After a
// refusal the rest is never tested, so the first is lower, the more so the more is drafted. The second is the paper's $a$, and with it
// a round of $g$ guesses gives on average
//
// $$1 + a + a^2 + \dots + a^g = \frac{1-a^{g+1}}{1-a}$$
//
// tokens, if every guess has the same chance whatever came before. **Exercise 6** is this bookkeeping, with the gain in time.

// %%
import { speculativeGain } from "./labs/07-generation";
await check("07/speculative-gain", speculativeGain);

// %%
const gammas = [1, 2, 4, 8];
const starts = openings.slice(0, 2);
const sweeps: gen.SpeculationMeasure[] = [];
for (const gamma of gammas)
  sweeps.push(
    await gen.measureSpeculation(shakespeare, drafter, starts, { gamma, maxNewTokens: 80, rng: makeRng(4) }),
  );
show(
  linePlot(
    [
      { name: "measured", x: gammas, y: sweeps.map(({ tokensPerRound }) => tokensPerRound) },
      {
        name: "formula, with the a of each run",
        x: gammas,
        y: sweeps.map(({ expectedPerRound }) => expectedPerRound),
      },
    ],
    {
      title: "Tokens that one round gives",
      x: "g: tokens drafted a round",
      y: "tokens a round",
      references: [{ value: 1, label: "without a draft" }],
    },
  ),
);
show(
  table(
    sweeps.map((each) => ({
      g: each.gamma,
      "kept of drafted": each.ofDrafted,
      "kept of tested (a)": each.perToken,
      "tokens a round": each.tokensPerRound,
      "a drafted token costs": each.c,
      "a check costs": each.verify,
      "speed-up": each.speedup,
    })),
    { title: "Character model and its draft, here; costs in steps of the target", best: { "speed-up": "high" } },
  ),
);
const four = sweeps[2];
measured("kept of tested, g = 4", four.perToken, { band: [0.6, 0.9] });
measured("kept of drafted, g = 4", four.ofDrafted, {
  band: [0.4, 0.8],
  reference: gen.shareOfDrafted(four.perToken, 4),
  source: "(a + … + a⁴) / 4",
});
measured("tokens a round over the formula, g = 4", four.tokensPerRound / four.expectedPerRound, {
  band: [0.85, 1.15],
  reference: 1,
});
measured("speed-up, g = 4", four.speedup, {
  band: [0, 10],
  reference: 1.8,
  source: "gpt2-large from distilgpt2 on a laptop; papers: 2 to 3",
});

// %% [markdown]
// The formula fits: guesses are about equally likely to hold, wherever they stand. The speed-up is smaller than the number of
// tokens a round, for two reasons. *A drafted token is not free*: the draft has 43 times fewer numbers, but a step of it does not
// cost 43 times less, since each step has a fixed price, and it must choose a token too. And *a check costs more than one step*: the paper takes both as
// equal, which holds where a machine waits for memory. For this tiny model it nearly holds; SmolLM2 comes below. Theorem
// 3.8 with both costs:
//
// $$\text{speed-up} = \frac{1 - a^{g+1}}{1 - a} \cdot \frac{1}{g\,c + v}$$
//
// with $c$ the cost of a drafted token and $v$ that of a check, in steps of the target ($v = 1$ in the paper). So there is a best
// $g$: more guesses bring less and less, and each costs the same.
//
// ### Drafts for nothing
//
// Anything that guesses can draft. The **six-gram table** of chapter 06 is a language model, too. And often the answer repeats
// the *prompt*: summaries, corrections, code. **Prompt lookup** looks for the last few tokens earlier in the text and proposes what
// followed there. It costs nothing and needs no second model.

// %%
const table6 = models.kneserNey(models.countNgrams(stream.train, 6, characters.vocabSize));
const byTable = await gen.measureSpeculation(shakespeare, gen.ngramDrafter(table6, characters.vocabSize), starts, {
  gamma: 4,
  maxNewTokens: 80,
  rng: makeRng(4),
});
const letter =
  "Dear Mr Smith, the meeting of the garden club is moved from Monday to Thursday, because the hall is beeing painted. Please bring your own chair.";
const asked = (text: string) =>
  encodeChat(words, smol.chat!, [{ role: "user", content: text }], { addGenerationPrompt: true });
const lookedUp: { task: string; result: gen.SpeculationMeasure }[] = [];
for (const [task, prompt] of [
  ["correct a letter", asked(`Correct the spelling mistakes: ${letter}`)],
  ["tell a story", asked("Tell me a story about a gardener.")],
] as [string, number[]][]) {
  const options = { gamma: 4, maxNewTokens: 26, stop: { ids: smol.special.end } }; // greedy
  lookedUp.push({ task, result: await gen.measureSpeculation(smolDecoder, gen.promptLookup(), [prompt], options) });
}
const drafts = [
  { draft: "1 layer of width 64", target: "character model", task: "plays, temperature 1", result: four },
  { draft: "six-gram table", target: "character model", task: "plays, temperature 1", result: byTable },
  ...lookedUp.map(({ task, result }) => ({
    draft: "prompt lookup",
    target: "SmolLM2",
    task: `${task}, greedy`,
    result,
  })),
];
show(
  table(
    drafts.map(({ draft, target, task, result }) => ({
      draft,
      target,
      task,
      "kept of tested (a)": result.perToken,
      "a drafted token costs": result.c,
      "a check costs": result.verify,
      "tokens a second, without": result.plain,
      with: result.speculative,
      "speed-up": result.speedup,
    })),
    { title: "Four guesses a round, from three kinds of drafts", best: { "speed-up": "high" } },
  ),
);
measured("kept of tested: six-gram table", byTable.perToken, { band: [0.45, 0.85] });
measured("kept of tested: prompt lookup, correcting", lookedUp[0].result.perToken, { band: [0.4, 1] });
measured("speed-up of prompt lookup, correcting", lookedUp[0].result.speedup, { band: [0, 10] });

// %% [markdown]
// Below 1 a speed-up is a slow-down. Look at *a check costs* for SmolLM2: on two cores five tokens cost one and a half to three times as much as one. (The step for one
// token is bound by memory, and this machine's arithmetic is not far behind: the ridge of section 7 is at a few operations
// a byte. On a graphics card it is at a hundred and more.) So a draft that seldom holds loses time here. Where answers repeat
// their prompt, most guesses hold, and the same check pays. (Rates count rounds with four guesses only; the speed counts all
// rounds, also those in which nothing was found and that cost no more than a plain step.)
//
// ## 9 · Medusa: the model guesses for itself
//
// A second model must be found, and kept beside the first. **Medusa** (Cai et al. 2024, after Stern et al. 2018) puts a few more
// **heads** on the model itself. Its last state predicts the next token; head 1 predicts from the *same* state the token after that
// (the "next-next" one), head 2 one further, and so on. A head is one small layer, $h + \mathrm{silu}(W h + b)$, then an
// unembedding; $W$ begins as zero, so a head begins as the model's own. The model stays as it is; only heads are trained
// (*Medusa-1*). The lab ships four heads for the character model (1,500 steps, 6 minutes). The first 40 steps again, here:

// %%
const { heads } = await loadMedusa("shakespeare-medusa");
const ownTokens = (saved.params as models.GptParams).tokens;
const fresh = startTraining(gen.initMedusa({ heads: 4, dModel: ownTokens.shape[1] as number, own: ownTokens }), 1);
const headCurve: { x: number[]; y: number[] } = { x: [], y: [] };
const growing = lab.live();
async function trainHeads(): Promise<void> {
  const run = { state: fresh, decoder: shakespeare, stream: stream.train, batch: 8, length: 64, steps: 40 };
  for await (const { step, loss } of gen.trainMedusa({ ...run, schedule: 2e-3 })) {
    headCurve.x.push(step);
    headCurve.y.push(loss);
    if (step % 10 === 0)
      growing.show(
        linePlot(
          { name: "loss", ...headCurve },
          { title: "Four heads learn", x: "step", y: "0.8 L₁ + 0.64 L₂ + … (nats)" },
        ),
      );
  }
}
await trainHeads();
growing.done();
disposeTraining(fresh);
const [firstLoss, lastLoss] = [headCurve.y[0], mean(headCurve.y.slice(-5))];
measured("loss of the heads, first step over the last five", firstLoss / lastLoss, { band: [1.1, 5] });

// %% [markdown]
// How good are they? The paper says of models with 7 and more billion parameters: the next-next token is right at the first
// guess in about 60 % of cases, and among the best five in over 80 %. Two kinds of text: Shakespeare that nobody trained on,
// and text that the model itself writes, greedily (which is what will count).

// %%
const unseen = Array.from({ length: 48 }, (_, i) => stream.validation.slice(2000 * i, 2000 * i + 101));
const ownText = await gen.greedyRows(
  shakespeare,
  unseen.slice(0, 24).map((row) => row.subarray(0, 32)),
  64,
);
const onUnseen = await gen.headAccuracy(shakespeare, heads, unseen);
const onOwn = await gen.headAccuracy(shakespeare, heads, ownText, { from: 32 });
const shareOf = (value: number) => `${(100 * value).toFixed(1)} %`;
show(
  table(
    onUnseen.map(({ head, top1, top5 }, i) => ({
      head: head === 0 ? "the model's own: next" : `head ${head}: ${"next-".repeat(head)}next`,
      "unseen: first guess": shareOf(top1),
      "best five": shareOf(top5),
      "own text: first guess": shareOf(onOwn[i].top1),
      "best five ": shareOf(onOwn[i].top5),
    })),
    { title: "How often heads are right" },
  ),
);
measured("next-next, first guess, own text", 100 * onOwn[1].top1, {
  band: [40, 68],
  unit: "%",
  reference: 60,
  source: "Cai et al. 2024: Vicuna 7B, words",
});
measured("next-next, best five, own text", 100 * onOwn[1].top5, {
  band: [75, 95],
  unit: "%",
  reference: 80,
  source: "Cai et al. 2024: over 80 %",
});
measured("next-next, first guess, unseen text", 100 * onUnseen[1].top1, { band: [26, 40], unit: "%" });

// %% [markdown]
// On unseen text even the model's own next character is right only half of the time: nobody can know what comes. On its own
// text the heads come near to the paper's numbers, with characters for words.
//
// ### Not one guess, but a tree of them
//
// The first guess is right in half of the cases, one of the best five in most. So check *several* at once: the best $k_1$ of head 1,
// under each the best $k_2$ of head 2. All of them lie in one row and are read in one call, as a **tree**: a mask lets each node
// look at the text, at the nodes on its own way and at nothing else, and its position is its *depth*. Two guesses of head 1 and
// three of head 2 make 2 + 6 nodes, and the root, which is the model's own next token:

// %%
const twoByThree = gen.treeBuffers(gen.cartesian([2, 3]));
const nodeNames = twoByThree.paths.map((path) =>
  path.length === 0 ? "root" : path.map((rank) => rank + 1).join("·"),
);
show(
  heatmap(
    twoByThree.mask.map((row) => row.map(Number)),
    {
      title: "Which node may look at which (1·3: best of head 1, then third of head 2)",
      x: "looked at",
      y: "looks",
      xLabels: nodeNames,
      yLabels: nodeNames,
      value: "may look",
    },
  ),
);
console.log(`positions after the root: ${twoByThree.positions.join(" ")}`);
measured("nodes of the tree 2 × 3", twoByThree.paths.length, { band: [9, 9], reference: 9, source: "1 + 2 + 2 · 3" });

// %% [markdown]
// **Exercise 7:** the tree's mask, positions, and ways to its leaves.

// %%
import { treeBuffers } from "./labs/07-generation";
await check("07/tree-buffers", treeBuffers);

// %% [markdown]
// ### Typical acceptance
//
// Greedy, a node holds if it is the model's likeliest token: the text is that of greedy decoding. For sampling Medusa does not
// keep the exact distribution. It asks whether the model finds a token *plausible*: its probability must be above
//
// $$\min\big(\epsilon,\ \delta\, e^{-H}\big)$$
//
// where $H$ is the entropy of the model's distribution there. Where the model is sure, a token must be likely; where many would
// do, a small probability is enough. The first token (the root) is always taken, so that each round gives one token at least. The longest path
// that holds becomes text. **Exercise 8:** that test.

// %%
import { typicalAcceptance } from "./labs/07-generation";
await check("07/typical-acceptance", typicalAcceptance);

// %% [markdown]
// A real run, round by round: guess, check, take. The tree has the 14 nodes that are right most often (section 2.3.3 of the paper): not
// all combinations, but those that are worth their place.

// %%
const accuracies = onOwn.slice(1).map(({ ranks }) => ranks);
const tree14 = gen.sparseTree(accuracies, 14);
async function medusaRounds(
  tree: readonly gen.TreePath[],
  prompt: readonly number[],
  maxNewTokens: number,
  accept: gen.AcceptOptions = {},
  most = Infinity,
) {
  const rounds: gen.MedusaRound[] = [];
  for await (const round of gen.medusaGenerate(shakespeare, heads, prompt, { tree, maxNewTokens, ...accept })) {
    rounds.push(round);
    if (rounds.length === most) break;
  }
  return rounds;
}
const medusaHeading = characters.encode("KING RICHARD III:\nNow");
const sampleRounds = await medusaRounds(tree14, medusaHeading, 72, { temperature: 0.7 }, 8);
let readSoFar = characters.decode(medusaHeading);
show(
  lab.tokenTreeFigure(
    sampleRounds.map(({ nodes, ids }) => {
      const round = {
        read: readSoFar,
        nodes: nodes.map(({ token, parent, verdict }) => ({
          token: symbol(token),
          parent,
          accepted: parent < 0 || verdict?.accepted === true,
          probability: verdict?.probability,
          threshold: verdict?.threshold,
        })),
        path: nodes.flatMap(({ taken }, i) => (taken ? [i] : [])),
      };
      readSoFar += characters.decode(ids);
      return round;
    }),
    { title: "Medusa writes: a tree of characters, round by round" },
  ),
);
console.log(readSoFar);
const greedyMedusa = await medusaRounds(tree14, characters.encode(heading), 72);
measured(
  "at temperature 0: the same text as greedy decoding ",
  Number(characters.decode(greedyMedusa.flatMap(({ ids }) => ids)) === characters.decode(plainGreedy.answers[0].ids)),
  { band: [1, 1] },
);

// %% [markdown]
// ### How large a tree, how strict a threshold?
//
// A larger tree gives more tokens a round, and a round costs more. Where is the best size? That depends on how much a call of
// many tokens costs beside a call of one, so it is a question about the machine.

// %%
const treeSizes = [0, 1, 3, 7, 15, 63];
const someOpenings = openings.slice(0, 2);
async function medusaSweep(tree: readonly gen.TreePath[], accept: gen.AcceptOptions = {}) {
  await medusaRounds(tree, someOpenings[0], 72, accept, 2); // compiles
  const all: gen.MedusaRound[] = [];
  const ids: number[][] = [];
  for (const prompt of someOpenings) {
    const rounds = await medusaRounds(tree, prompt, 72, accept);
    all.push(...rounds);
    ids.push([...prompt, ...rounds.flatMap((round) => round.ids)]);
  }
  const tokens = all.reduce((sum, round) => sum + round.ids.length, 0);
  const seconds = all.map((round) => round.seconds).sort((a, b) => a - b);
  return { perRound: tokens / all.length, ms: 1000 * seconds[seconds.length >> 1], ids };
}
const sizes: { nodes: number; perRound: number; expected: number; ms: number }[] = [];
for (const nodes of treeSizes) {
  const tree = gen.sparseTree(accuracies, nodes);
  sizes.push({ nodes, expected: gen.expectedTokens(tree, accuracies), ...(await medusaSweep(tree)) });
}
show(
  linePlot(
    [
      { name: "measured", x: treeSizes, y: sizes.map(({ perRound }) => perRound) },
      { name: "as if heads were independent", x: treeSizes, y: sizes.map(({ expected }) => expected) },
      { name: "speed-up", x: treeSizes, y: sizes.map(({ perRound, ms }) => (perRound * sizes[0].ms) / ms) },
    ],
    { title: "Larger trees, greedy", x: "nodes below the root", y: "tokens a round; speed-up", zero: true },
  ),
);
show(
  table(
    sizes.map(({ nodes, perRound, ms }) => ({
      nodes,
      "tokens a round": perRound,
      "a round costs (ms)": ms,
      "in steps of one token": ms / sizes[0].ms,
      "speed-up": (perRound * sizes[0].ms) / ms,
    })),
    { title: "Medusa here, greedy", best: { "speed-up": "high" } },
  ),
);
measured("tokens a round, 15 nodes", sizes[4].perRound, {
  band: [1.7, 3.2],
  reference: 2.31,
  source: "Spec-Bench: Vicuna 7B, 63 nodes",
});
measured("tokens a round, 63 nodes", sizes[5].perRound, {
  band: [1.8, 3.8],
  reference: 2.31,
  source: "Spec-Bench: Vicuna 7B, 63 nodes",
});
measured("best speed-up", Math.max(...sizes.map(({ perRound, ms }) => (perRound * sizes[0].ms) / ms)), {
  band: [0.2, 10],
  reference: 1.71,
  source: "Spec-Bench: A100; the authors say over 2.2",
});

// %%
const epsilons = [0.01, 0.03, 0.09, 0.2, 0.4, 0.8];
const byEpsilon: { perRound: number; surprise: number }[] = [];
for (const epsilon of epsilons) {
  const { perRound, ids } = await medusaSweep(tree14, { temperature: 0.7, epsilon, delta: Math.sqrt(epsilon) });
  const surprise = mean(
    (await Promise.all(ids.map((row) => surprises(shakespeare, row)))).map((nats) => mean(nats.slice(23))),
  );
  byEpsilon.push({ perRound, surprise });
}
show(
  linePlot(
    [
      { name: "tokens a round", x: epsilons, y: byEpsilon.map(({ perRound }) => perRound) },
      { name: "surprise of the text (nats)", x: epsilons, y: byEpsilon.map(({ surprise }) => surprise) },
    ],
    {
      title: "A stricter threshold: fewer tokens a round, likelier text",
      x: "ε (δ is its root)",
      y: "tokens a round; nats a character",
      log: "x",
      references: [{ axis: "x", value: 0.09, label: "the authors' 0.09" }],
    },
  ),
);
measured("tokens a round: ε 0.01 over ε 0.8", byEpsilon[0].perRound / byEpsilon[5].perRound, { band: [1, 2.5] });

// %% [markdown]
// A low threshold takes nearly everything: more tokens a round, and text that the model finds more surprising. A high one comes
// near to greedy decoding. This is not the model's distribution any more: what you save in time, you pay with a bent one. The
// paper reports about 10 % more speed than greedy decoding from it.
//
// *Departures from the paper:* one text at a time and characters for words; heads of the shipped file were trained on the text that
// the model was trained on, 1,500 steps; the entropy has no small number added inside of its logarithm.
//
// ## 10 · Beside the papers
//
// | | papers and others | why it differs here |
// |---|---|---|
// | greedy text loops | GPT-2, Holtzman et al. 2020, figure 1 | it does not: SmolLM2 loops on the same prompt |
// | speculative decoding, large models | 2 to 3 times (T5-XXL, Leviathan et al. 2023), 2 to 2.5 times (Chinchilla, Chen et al. 2023) | accelerators wait for memory much more than two cores do |
// | on a laptop | 1.8 times, 0.71 of drafted kept, 2.84 tokens a round (gpt2-large from distilgpt2) | another pair of models; their rate is the one of *drafted* |
// | no gain | llama2-7b for 70b: 330 to 427 tokens a second; two small models: none | the draft's price; as the table of section 8 |
// | Medusa | over 2.2 times (the authors); 1.71 (A100), 1.44 (RTX 3090), 2.31 tokens a step (Spec-Bench, Vicuna-7B, greedy) | characters are easier than words, and a call of 64 tokens is not free here |
// | heads, next-next | 60 % at first, over 80 % of five | own text; on unseen text nobody can know |

// %%
const bestTree = sizes.reduce((a, b) => (b.perRound / b.ms > a.perRound / a.ms ? b : a));
show(
  table(
    [
      {
        what: "tokens a round, draft of 4",
        "measured here": four.tokensPerRound,
        "papers and others": "2.84 (laptop)",
      },
      { what: "kept of drafted", "measured here": four.ofDrafted, "papers and others": "0.71 (laptop)" },
      {
        what: "speed-up, draft model",
        "measured here": four.speedup,
        "papers and others": "1.8 (laptop), 2 to 3 (papers)",
      },
      {
        what: "speed-up, prompt lookup, story",
        "measured here": lookedUp[1].result.speedup,
        "papers and others": "no gain where nothing repeats",
      },
      { what: "next-next, first guess", "measured here": onOwn[1].top1, "papers and others": "0.60" },
      { what: "next-next, best five", "measured here": onOwn[1].top5, "papers and others": "0.80" },
      {
        what: "tokens a round, Medusa, 63 nodes",
        "measured here": sizes[sizes.length - 1].perRound,
        "papers and others": "2.31 (Spec-Bench)",
      },
      {
        what: `speed-up, Medusa, ${bestTree.nodes} nodes`,
        "measured here": (bestTree.perRound * sizes[0].ms) / bestTree.ms,
        "papers and others": "1.44 to 1.71 (Spec-Bench), over 2.2 (authors)",
      },
      {
        what: "speed-up, Medusa, 63 nodes",
        "measured here": (sizes[sizes.length - 1].perRound * sizes[0].ms) / sizes[sizes.length - 1].ms,
        "papers and others": "the same trees",
      },
    ],
    { title: "Measured here, and elsewhere" },
  ),
);

// %% [markdown]
// **Take away**
// - The likeliest text is not the most natural one. Draw, and cut the tail where the model says (top-p, min-p), not at a fixed
//   number.
// - Keep keys and values: a step then costs the same wherever it stands. The price is memory, in step with length, layers and KV
//   heads.
// - Writing waits for memory: half an operation a byte. Batches, fewer bits and several tokens a step all attack the same bound.
// - Speculative decoding does not change what comes out; the residual makes it so. Two numbers decide whether it pays: how often
//   guesses hold, and what a check costs on this machine.
// - Medusa needs no second model: heads, a tree with its mask, and a test for what is plausible. Its typical acceptance is
//   not the model's distribution.
// - Measure a speed-up on the machine that you will use. It can be below 1.
//
// **At full scale** servers write for hundreds of people at once. The cache is cut into pages of a few tokens, as memory of an
// operating system is, so that nothing is wasted on texts that end early (vLLM's *PagedAttention*), and requests with the same
// beginning share pages. A new request joins the running batch at the next step, and a finished one leaves it (*continuous
// batching*). Full batches already use the arithmetic, so speculation helps most where few people wait.
//
// **Check everything at once** in a terminal: `npx lab grade --lab 07`.
//
// **Read on:** Holtzman et al. 2020 (nucleus sampling) · Fan et al. 2018 (top-k) · Meister et al. 2023 (typical) · Nguyen et al.
// 2024 (min-p) · Shazeer 2019 (MQA) · Ainslie et al. 2023 (GQA) · Williams et al. 2009 (roofline) · Pope et al. 2022 (inference at
// scale) · Leviathan et al. 2023, Chen et al. 2023 (speculative decoding) · Saxena 2023 (prompt lookup) · Stern et al. 2018, Cai et
// al. 2024 (Medusa) · Kwon et al. 2023 (PagedAttention).
