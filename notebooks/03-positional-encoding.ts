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
// # 03 · Positional encoding
//
// *The dog bites the man* and *the man bites the dog* have the same words. Attention, the heart of a transformer, looks
// at all words at once, as at a heap of cards: it does not know in which order they lie. So the order must be told to it.
// This chapter measures that blindness, and then builds six cures.
//
// **After this chapter you can**
// - show by a measurement that attention is blind to order, and say when it is not;
// - write sinusoids, RoPE, ALiBi, T5's buckets and GLM's two positions yourself;
// - explain why RoPE turns queries and keys, and why only their distance counts;
// - say which scheme reads texts longer than those it was trained on, from measured curves.
//
// **Time:** about 2 hours, most of it for eight exercises. In a hurry? Sections 2, 5 and 9 are the core.
//
// **How it works.** Run a cell with Shift+Enter. You write your answers in the file `labs/03-positional-encoding.ts`,
// beside this notebook. Save it, run the check cell again: it always takes your newest code. `npx lab reset 03` in a
// terminal brings the empty exercises back and keeps a copy of yours.

// %%
import { readFileSync } from "fs";
import { fork, makeRng, normalTensor, shuffle, tf, useEngine } from "transformer-lab/engine";
import { readSafetensors } from "transformer-lab/checkpoints";
import { check, flipbook, heatmap, linePlot, measured, quiz, rotationFigure, show, table } from "transformer-lab/lab";
import { initPositional, positional, schemes } from "transformer-lab/models";
import type { PositionalParams, Scheme } from "transformer-lab/models";
import * as nn from "transformer-lab/nn";
import { logSoftmax, softmaxMasked, takeLast } from "transformer-lab/ops";
import { charTokenizer, trainChar } from "transformer-lab/text";
import { mapTensors, namedTensors } from "transformer-lab/tree";

await useEngine();
const rng = makeRng(3);
const ids = (...values: number[]) => tf.tensor1d(values, "int32");
const range = (n: number) => tf.range(0, n, 1, "int32");
const rowsOf = async (x: tf.Tensor) => (await x.array()) as number[][];
const numberOf = async (x: tf.Tensor) => (await x.data())[0];
console.log(`ready, on ${tf.getBackend()}`);

// %% [markdown]
// ## 1 · Predict first

// %%
show(
  quiz({
    question:
      "A layer of attention reads “the dog bites the man”, then “the man bites the dog”. Nothing tells it about positions. " +
      "How does its output for the word “dog” differ between the two?",
    choices: [
      {
        text: "a lot: the dog is the subject in one and the object in the other",
        why: "You know that from the order. Attention compares each word with each other one, and no comparison asks where they stand.",
      },
      {
        text: "a little: words that are far away count less",
        why: "Far and near are positions. Scores come from what the words are, not from where they stand.",
      },
      {
        text: "not at all",
        correct: true,
        why: "Query and keys are the same, so the scores are, and the sum of the values does not depend on its order.",
      },
    ],
  }),
);

// %% [markdown]
// ## 2 · Attention is blind to order
//
// Let us try. Eight tokens of random numbers go through a layer of attention with four heads; then the same tokens go
// through in another order. If attention is blind, the output is the old one in the new order, to the last digit or so.
// (Functions with this property are called **permutation equivariant**.)

// %%
const layer = nn.initAttention(fork(rng, "layer"), { dModel: 32, nHead: 4, bias: true, deviation: 0.3 });
const tokens = normalTensor(fork(rng, "tokens"), [8, 32]); // 8 tokens of 32 numbers
const order = shuffle(fork(rng, "order"), [0, 1, 2, 3, 4, 5, 6, 7]);
const shuffled = tf.gather(tokens, ids(...order));

/** The largest difference between the output of the shuffled tokens and the shuffled output; `add` is per place. */
async function gapOf(options: { add?: tf.Tensor; causal?: boolean } = {}): Promise<number> {
  const { add, causal = false } = options;
  const run = (x: tf.Tensor) =>
    nn.multiHeadAttention(layer, { nHead: 4 }, (add ? x.add(add) : x).expandDims(0), {}, { causal }).squeeze([0]);
  return numberOf(
    tf.tidy(() =>
      run(shuffled)
        .sub(tf.gather(run(tokens), ids(...order)))
        .abs()
        .max(),
    ),
  );
}

const blind = await gapOf();
const told = await gapOf({ add: nn.sinusoidTable(8, 32) });
const causal = await gapOf({ causal: true });
console.log(`new order: ${order.join(" ")}`);
show(
  table([
    { attention: "no positions", "largest difference": blind },
    { attention: "sinusoids added (section 3)", "largest difference": told },
    { attention: "no positions, but causal", "largest difference": causal },
  ]),
);
measured("largest difference, no positions", blind, {
  band: [0, 1e-5],
  reference: 0,
  source: "the sum of values has no order",
});
measured("largest difference with positions", told, { band: [0.05, 50] });
measured("largest difference, causal", causal, { band: [0.05, 50] });

// %% [markdown]
// Without positions: nothing but rounding. The third line is a surprise that is easy to miss: a **causal** model (each token
// sees only earlier ones) is *not* blind. The first token sees one token, the tenth sees ten, so the mask itself tells
// something about places. Section 9 measures how far a model gets with that alone.
//
// **Exercise 1:** write the comparison. Open `labs/03-positional-encoding.ts`, find `permutationGap`, write it, save, and
// run the next cell. Stuck? `hint("03/permutation-gap")` in a cell of your own tells you more each time.

// %%
import { permutationGap } from "./labs/03-positional-encoding";
await check("03/permutation-gap", permutationGap);

// %% [markdown]
// ## 3 · Sinusoids: a clock with many hands
//
// The first transformer (Vaswani et al. 2017) adds a row of numbers to each token, another one for each place: sines and
// cosines of many wave lengths,
//
// $$PE(pos, 2i) = \sin\frac{pos}{10000^{2i/C}} \qquad PE(pos, 2i+1) = \cos\frac{pos}{10000^{2i/C}}$$
//
// Think of a clock: the second hand turns fast and tells near places apart; the hour hand turns slowly and tells the
// morning from the evening. Each pair of columns is one hand, its sine and cosine are where it points.

// %%
const sinusoidRows = await rowsOf(nn.sinusoidTable(64, 64));
show(
  heatmap(sinusoidRows, {
    title: "Sinusoids: fast waves on the left, slow ones on the right",
    x: "column",
    y: "place",
    value: "value",
  }),
);

// %% [markdown]
// Why waves? The paper's reason: for a fixed distance $k$, the row of place $pos + k$ is the row of $pos$, turned by an angle
// that depends on $k$ alone. So the **dot product** of two rows should depend on their distance and on nothing else. Check:

// %%
const longRows = await rowsOf(nn.sinusoidTable(400, 128));
const product = (a: number, b: number) => longRows[a].reduce((sum, v, c) => sum + v * longRows[b][c], 0);
const apart = Array.from({ length: 121 }, (_, d) => d - 60);
show(
  linePlot(
    [100, 300].map((from) => ({
      name: `from place ${from}`,
      x: apart,
      y: apart.map((d) => product(from, from + d) / product(from, from)),
    })),
    {
      title: "Dot product of two places: one curve, wherever one begins",
      x: "distance",
      y: "dot product (1 at distance 0)",
    },
  ),
);
const worst = Math.max(...apart.map((d) => Math.abs(product(100, 100 + d) - product(300, 300 + d))));
measured("largest difference between the two curves", worst, {
  band: [0, 1e-3],
  reference: 0,
  source: "cos a cos b + sin a sin b = cos(a − b)",
});
measured("dot product at distance 1, of the one at 0", product(100, 101) / product(100, 100), { band: [0.96, 0.98] });

// %% [markdown]
// The curve is the same to both sides: a dot product alone cannot tell *before* from *after*. The weights of queries and keys
// can learn to, since they may turn the two differently. RoPE, below, does away with this detour.
//
// **Exercise 2:** write the table.

// %%
import { sinusoids } from "./labs/03-positional-encoding";
await check("03/sinusoids", sinusoids);

// %% [markdown]
// ## 4 · Learned positions: simple, and with an end
//
// BERT and GPT-1 to 3 do the simplest thing: a table with one row for each place, random at first, trained like any other
// weight. What does training make of it? For this chapter six small models were trained that differ in their scheme of
// positions only: two layers, four heads, 64 numbers a token, on Shakespeare's characters in pieces of 64
// (`datasets/position-models/CARD.md` has the settings). Here is the table of the one with learned positions: how similar are its rows?

// %%
const weights = await readSafetensors("datasets/position-models/models.safetensors");
const learnedRows = await rowsOf(await weights.tensor("learned/learned.table"));
const norm = (v: number[]) => Math.hypot(...v);
const cosine = (a: number[], b: number[]) => a.reduce((sum, v, c) => sum + v * b[c], 0) / (norm(a) * norm(b));
show(
  heatmap(
    learnedRows.map((a) => learnedRows.map((b) => cosine(a, b))),
    { title: "Learned rows: how similar each two places became", x: "place", y: "place", value: "cosine" },
  ),
);
const meanCosine = (d: number) =>
  learnedRows.slice(d).reduce((sum, row, i) => sum + cosine(row, learnedRows[i]), 0) / (learnedRows.length - d);
measured("cosine of neighbours", meanCosine(1), { band: [0.15, 0.3] });
measured("cosine of places 20 apart", meanCosine(20), { band: [-0.05, 0.12] });

// %% [markdown]
// Nobody told the table that place 5 is next to place 6. A thousand steps of training found it, faintly: neighbours are
// somewhat alike, far places hardly. And the table has an end: a place beyond it has no row.

// %%
try {
  nn.learned({ table: tf.zeros([64, 8]) }, ids(0, 63, 64));
} catch (error) {
  console.log((error as Error).message);
}

// %% [markdown]
// This is an error on purpose. Many libraries read past the table silently, or give zeros on a GPU. (In a compiled function
// no value can be looked at in time; there the row becomes NaN, which the loss then shows.)
//
// ## 5 · RoPE: turn queries and keys
//
// What attention needs is *how far apart* two tokens are. **RoPE** (rotary position embedding; Su et al. 2021) puts exactly
// that into the score. Take the numbers of a query in pairs: each pair is an arrow in a plane. At position $m$, turn pair $i$
// by the angle $m\,\theta_i$, with $\theta_i = 10000^{-2i/D}$. Do the same with the key at position $n$. Then multiply.

// %%
show(
  quiz({
    question: "The query stands at 12 and the key at 9. Both move on by 1,000 places. What happens to their score?",
    choices: [
      {
        text: "it falls: far positions count less",
        why: "Both turned by the same angle. The angle between them is as before.",
      },
      {
        text: "it stays",
        correct: true,
        why: "A dot product depends on lengths and on the angle between. Turning keeps lengths, and turning both keeps the angle.",
      },
      {
        text: "it changes without a rule, since angles repeat after a full turn",
        why: "Angles do repeat, but in the same way for both: the difference is 3 places times θ, wherever they stand.",
      },
    ],
  }),
);

// %%
show(
  rotationFigure({ q: [1, 0.2, 0.8, -0.4, 0.6, 0.5], k: [0.7, 0.7, -0.2, 0.9, 1, 0], positions: [12, 9], base: 100 }),
);

// %% [markdown]
// Move the query, then the key: the score changes. Now move both: the arrows turn, the score stands still. And on real
// vectors, with the library's own `rope`:

// %%
const q = normalTensor(fork(rng, "q"), [1, 1, 1, 64]);
const k = normalTensor(fork(rng, "k"), [1, 1, 1, 64]);
const turnedScore = (m: number, n: number) =>
  numberOf(
    tf.tidy(() =>
      nn
        .rope(q, ids(m))
        .mul(nn.rope(k, ids(n)))
        .sum(),
    ),
  );
const positionsTried: [number, number][] = [
  [12, 9],
  [112, 109],
  [1012, 1009],
  [12, 8],
  [9, 12],
];
const scoresTried = await Promise.all(positionsTried.map(([m, n]) => turnedScore(m, n)));
show(
  table(
    positionsTried.map(([m, n], i) => ({ query: m, key: n, distance: n - m, score: scoresTried[i] })),
    { title: "Scores of one query and one key" },
  ),
);
measured("both moved by 1,000 places: change of the score", Math.abs(scoresTried[0] - scoresTried[2]), {
  band: [0, 5e-3],
  reference: 0,
  source: "Su et al. 2021, equation 16",
});
measured("the key moved by one place: change of the score", Math.abs(scoresTried[0] - scoresTried[3]), {
  band: [0.01, 50],
});

// %% [markdown]
// Not exactly 0: angles are float32 numbers, and at position 1,000 fewer digits are left for the small part that counts.
// Compare distances 3 and −3: unlike the sinusoid's dot product, RoPE tells *before* from *after*.
//
// Two ways to write it are in use. The paper pairs neighbours (0 and 1, 2 and 3); GPT-NeoX and Hugging Face's LLaMA pair
// number $i$ with $i + D/2$. With the columns in another order they are the same; with the wrong one, a checkpoint is noise.
//
// **Exercises 3 and 4:** turn a tensor, and then compute a score without knowing the two positions at all.

// %%
import { applyRope } from "./labs/03-positional-encoding";
await check("03/apply-rope", applyRope);

// %%
import { ropeScore } from "./labs/03-positional-encoding";
await check("03/rope-score", ropeScore);

// %% [markdown]
// ### How fast do the pairs turn?
//
// The first pair turns by 57° a place, the last by almost nothing. A pair that has not gone round once within the texts of
// the training was never seen at most of its angles. The **base** sets how slow the slow ones are.

// %%
const headDim = 64;
const pairNumbers = Array.from({ length: headDim / 2 }, (_, i) => i);
const waveLength = (base: number, i: number) => 2 * Math.PI * base ** ((2 * i) / headDim);
show(
  linePlot(
    [10000, 100000, 500000].map((base) => ({
      name: `base ${base.toLocaleString("en")}`,
      x: pairNumbers,
      y: pairNumbers.map((i) => waveLength(base, i)),
    })),
    {
      title: "Places until a pair has gone round once",
      x: "pair",
      y: "places",
      log: "y",
      references: [{ value: 2048, label: "2,048 places (LLaMA 1)" }],
    },
  ),
);
measured(
  "pairs of 32 that go round within 2,048 places, base 10,000",
  pairNumbers.filter((i) => waveLength(10000, i) <= 2048).length,
  { band: [21, 21] },
);
measured("the same, base 100,000 (SmolLM2)", pairNumbers.filter((i) => waveLength(100000, i) <= 2048).length, {
  band: [17, 17],
});

// %% [markdown]
// The paper also claims **long-term decay** (section 3.4.3): a score tends to get smaller with the distance. It shows it for an
// upper bound. Here is that bound, and beside it the score itself for the simplest case, a query and a key of nothing but ones.

// %%
const decayDims = 128;
const thetas = Array.from({ length: decayDims / 2 }, (_, i) => 10000 ** ((-2 * i) / decayDims));
/** The mean of |S_j|, where S_j sums the first j unit vectors at the angles d θ_i. */
function bound(d: number): number {
  let [re, im, sum] = [0, 0, 0];
  for (const theta of thetas) {
    re += Math.cos(d * theta);
    im += Math.sin(d * theta);
    sum += Math.hypot(re, im);
  }
  return sum / thetas.length;
}
const ones = (d: number) => thetas.reduce((sum, theta) => sum + Math.cos(d * theta), 0) / thetas.length;
const farAway = Array.from({ length: 251 }, (_, d) => d);
show(
  linePlot(
    [
      { name: "the paper's bound", x: farAway, y: farAway.map((d) => bound(d) / bound(0)) },
      { name: "score of ones", x: farAway, y: farAway.map(ones) },
    ],
    {
      title: "The bound falls with the distance, in waves",
      x: "distance",
      y: "part of the value at distance 0",
      zero: true,
    },
  ),
);
measured("the bound at distance 100, of the one at 0", bound(100) / bound(0), { band: [0.2, 0.45] });

// %% [markdown]
// The bound falls, as figure 2 of the paper shows. It is a bound for *any* query and key: a trained model may still look
// far away where its weights say so, and later work finds heads that do (chapter 04 has some).
//
// ## 6 · ALiBi: a fee for distance
//
// **ALiBi** (attention with linear biases; Press, Smith and Lewis 2022) leaves tokens, queries and keys alone. It takes from
// each score a fee: the distance times a **slope**. Each head has its own fixed slope: some heads look near, others far.
// The figure shows where each of eight heads looks when all words are equally interesting.

// %%
const alibiHeads = 8;
const slopes = nn.alibiSlopes(alibiHeads);
const places = 16;
const earlier = tf.lessEqual(range(places).reshape([1, places]), range(places).reshape([places, 1]));
const fee = nn.alibiBias(alibiHeads, range(places), range(places)); // [1, H, T, S]
const looks = (await softmaxMasked(fee, earlier).squeeze([0]).array()) as number[][][];
show(
  flipbook(
    looks.map((head, h) => ({
      figure: heatmap(head, { title: `Head ${h}: slope 1/${1 / slopes[h]}`, x: "key", y: "query", value: "weight" }),
      say: `Head ${h}, slope ${slopes[h]}: the last query gives ${(100 * head[places - 1][places - 1]).toFixed(0)} % to itself and ${(100 * head[places - 1][0]).toFixed(1)} % to the first key`,
    })),
    { title: "ALiBi, one page a head: from near to far", what: "head" },
  ),
);
measured("first slope of eight heads", slopes[0], {
  band: [0.5, 0.5],
  reference: 0.5,
  source: "Press et al. 2022, section 3",
});
measured("last slope of eight heads", slopes[7], {
  band: [1 / 256, 1 / 256],
  reference: 1 / 256,
  source: "Press et al. 2022, section 3",
});

// %% [markdown]
// **Exercises 5 and 6:** the slopes (mind twelve heads: it is no power of two), and the bias.

// %%
import { alibiSlopes } from "./labs/03-positional-encoding";
await check("03/alibi-slopes", alibiSlopes);

// %%
import { alibiBias } from "./labs/03-positional-encoding";
await check("03/alibi-bias", alibiBias);

// %% [markdown]
// ## 7 · T5: learned fees, shared by far distances
//
// T5 (Raffel et al. 2020) also adds a number to each score, but *learns* it, for each head and each **bucket** of distances.
// Near distances have a bucket each. Far ones share: whether a word is 90 or 100 places away hardly matters. From distance 128
// on all are one bucket, so no distance is out of range.

// %%
const distancesTried = Array.from({ length: 281 }, (_, i) => i - 140);
show(
  linePlot(
    [
      {
        name: "encoder",
        x: distancesTried,
        y: distancesTried.map((d) => nn.relativeBucket(d, { bidirectional: true })),
      },
      {
        name: "decoder",
        x: distancesTried,
        y: distancesTried.map((d) => nn.relativeBucket(d, { bidirectional: false })),
      },
    ],
    { title: "32 buckets: steep near the query, flat far away", x: "key's position − query's position", y: "bucket" },
  ),
);
const encoderBuckets = new Set(distancesTried.map((d) => nn.relativeBucket(d, { bidirectional: true })));
measured("buckets in use by an encoder", encoderBuckets.size, { band: [31, 31] });

// %% [markdown]
// (31 of 32: the upper half counts from distance 1, so its bucket for distance 0 stays empty. T5 is like that.)
//
// What did our small model learn? Here are its four heads. Places farther than 63 never occurred in its training.

// %%
const relativeTable = await rowsOf(await weights.tensor("relative/relative.table")); // [bucket][head]
const back = Array.from({ length: 128 }, (_, d) => d);
show(
  linePlot(
    [0, 1, 2, 3].map((head) => ({
      name: `head ${head}`,
      x: back,
      y: back.map((d) => relativeTable[nn.relativeBucket(-d, { bidirectional: false })][head]),
    })),
    {
      title: "What each head adds to a score, by distance",
      x: "places back",
      y: "added to the score",
      references: [{ axis: "x", value: 63, label: "longest distance in training" }],
    },
  ),
);
const meanAdded = (from: number, to: number) => {
  const added = back.slice(from, to).flatMap((d) => relativeTable[nn.relativeBucket(-d, { bidirectional: false })]);
  return added.reduce((sum, v) => sum + v, 0) / added.length;
};
measured("added to a key 30 to 50 places back, mean", meanAdded(30, 51), { band: [-2, -0.9] });
measured("added to a key 100 to 127 places back, mean", meanAdded(100, 128), { band: [-0.4, 0.4] });

// %% [markdown]
// Near keys get a bonus, far keys a fee: the model has found something like ALiBi by itself. But right of the dashed line the
// buckets were never trained. They kept about their first value, 0, and so a key 100 places back gets *more* than one 50 places
// back. Remember this for section 9.
//
// **Exercise 7:** the buckets, for both directions.

// %%
import { relativeBucket } from "./labs/03-positional-encoding";
await check("03/relative-bucket", relativeBucket);

// %% [markdown]
// ## 8 · GLM: two positions for blanks
//
// GLM (Du et al. 2022) learns by filling blanks. Spans are cut out of a text; one `[MASK]` marks each hole (Part A). The
// model then writes the spans one after another (Part B), in any order. Which position has a word in Part B? Two: the first
// says *which hole* it belongs to, the second says *where in the hole*.

// %%
const partA = ["Like", "a", "[MASK]", ",", "like", "a", "[MASK]", "stone"];
const holes = [
  { mask: 6, words: ["rolling"] },
  { mask: 2, words: ["complete", "unknown"] },
];
const both = nn.glmPositions({
  partA: partA.length,
  spans: holes.map(({ mask, words }) => ({ mask, length: words.length })),
});
const allWords = [...partA, ...holes.flatMap(({ words }) => ["[START]", ...words])];
show(
  table(
    allWords.map((token, i) => ({
      token,
      part: i < partA.length ? "A" : "B",
      "first position": both.first[i],
      "second position": both.second[i],
    })),
    { title: "“Like a complete unknown, like a rolling stone”, with two blanks" },
  ),
);

// %% [markdown]
// Part A has one `[MASK]` whether one word is missing or two: the model cannot see how long a hole is, and must decide itself
// when it is full. That is the point of two positions: with one position only, the next word after the hole would have to
// leave room for it. *Departure:* the paper's figure counts the first position from 1; here, as in its code, from 0.
//
// **Exercise 8:** write both lists.

// %%
import { glmPositions } from "./labs/03-positional-encoding";
await check("03/glm-positions", glmPositions);

// %% [markdown]
// ## 9 · Train short, test long
//
// The six models saw pieces of 64 characters and no longer ones. What do they make of 128 and 256? Predict:

// %%
show(
  quiz({
    question: "Trained on 64 characters, tested on 256. Which scheme keeps its loss?",
    choices: [
      {
        text: "sinusoids: the waves go on for ever, so every place has a row",
        why: "The rows exist, but the model has never seen them. Vaswani et al. hoped for this in 2017; measure it.",
      },
      { text: "RoPE: only distances count", why: "But distances above 63 never occurred either." },
      {
        text: "ALiBi: far tokens count less and less",
        correct: true,
        why: "What is far away weighs almost nothing, so a longer text looks to each head like the texts of its training.",
      },
      { text: "learned positions", why: "They have no row for place 64 at all." },
    ],
  }),
);

// %% [markdown]
// Now measure: the same held-out text for all models, 16,384 characters, in pieces of 64, 128 and 256. The loss is in nats a
// character (the lower the better; a uniform guess is ln 66 = 4.19).

// %%
const shakespeare = readFileSync("datasets/tinyshakespeare/input.txt", "utf8");
const ninety = Math.floor(shakespeare.length * 0.9);
const characters = charTokenizer(trainChar(shakespeare.slice(0, ninety)));
const heldOut = characters.encode(shakespeare.slice(ninety));
const shape = { vocabSize: characters.vocabSize, dModel: 64, nLayer: 2, nHead: 4, places: 64 };

async function modelOf(scheme: Scheme): Promise<PositionalParams> {
  const empty = initPositional({ ...shape, scheme }, makeRng(0));
  const loaded = new Map<string, tf.Tensor>();
  for (const name of Array.from(namedTensors(empty).keys()))
    loaded.set(name, await weights.tensor(`${scheme}/${name}`));
  return mapTensors(empty, (_, name) => loaded.get(name)!) as PositionalParams;
}

/** The mean loss at each place of pieces of this length, over the same stretch of text: `length` numbers. */
async function lossByPlace(scheme: Scheme, params: PositionalParams, length: number): Promise<number[]> {
  const rows = 16384 / length;
  const starts = Array.from({ length: rows }, (_, i) => i * length);
  const piece = (shift: number) =>
    tf.tensor2d(
      starts.map((start) => heldOut.slice(start + shift, start + shift + length)),
      [rows, length],
      "int32",
    );
  const loss = tf.tidy(() => {
    const logits = positional(params, { ...shape, scheme }, piece(0)); // [B, T, V]
    return takeLast(logSoftmax(logits), piece(1)).neg().mean(0); // [T]
  });
  return Array.from(await loss.data());
}

const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const lengths = [64, 128, 256];
const byPlace = new Map<Scheme, number[]>();
const byLength = new Map<Scheme, number[]>();
for (const scheme of schemes) {
  const params = await modelOf(scheme);
  const found: number[] = [];
  for (const length of scheme === "learned" ? [64] : lengths) {
    const losses = await lossByPlace(scheme, params, length);
    found.push(mean(losses));
    byPlace.set(scheme, losses);
  }
  byLength.set(scheme, found);
  tf.dispose(Array.from(namedTensors(params).values()));
}
show(
  table(
    schemes.map((scheme) => {
      const [short, twice, four] = byLength.get(scheme)!;
      return {
        scheme,
        "64 (as trained)": short,
        "128 characters": twice ?? "error: no row",
        "256 characters": four ?? "error: no row",
      };
    }),
    { title: "Loss on held-out text (nats a character), by the length of the pieces" },
  ),
);
show(
  linePlot(
    schemes
      .filter((scheme) => scheme !== "learned")
      .map((scheme) => ({ name: scheme, x: lengths, y: byLength.get(scheme)! })),
    {
      title: "Train on 64, test on more: ALiBi holds, the others do not",
      x: "characters in a piece",
      y: "loss (nats a character)",
      log: "x",
    },
  ),
);

// %%
const at = (scheme: Scheme, i: number) => byLength.get(scheme)![i];
measured("ALiBi: loss at 256 minus loss at 64", at("alibi", 2) - at("alibi", 0), { band: [-0.1, 0.03] });
measured("sinusoids: loss at 256 minus loss at 64", at("sinusoid", 2) - at("sinusoid", 0), { band: [0.8, 1.4] });
measured("RoPE: loss at 256 minus loss at 64", at("rope", 2) - at("rope", 0), { band: [0.5, 1.1] });
measured("T5's buckets: loss at 256 minus loss at 64", at("relative", 2) - at("relative", 0), { band: [0.2, 0.65] });
measured("RoPE: loss at 128 minus loss at 64", at("rope", 1) - at("rope", 0), { band: [0, 0.12] });
measured("T5's buckets: loss at 128 minus loss at 64", at("relative", 1) - at("relative", 0), { band: [0.07, 0.22] });
measured("no positions: loss at 256 minus loss at 64", at("none", 2) - at("none", 0), { band: [0, 0.3] });
measured("RoPE's lead over learned positions, at 64", at("learned", 0) - at("rope", 0), { band: [0.08, 0.25] });
measured("what no positions cost, at 64, beside learned ones", at("none", 0) - at("learned", 0), {
  band: [0.15, 0.45],
});

// %% [markdown]
// Means hide *where* it goes wrong. Here is the loss at each place of the pieces of 256 (the mean of 8 places for each point).

// %%
const blocks = Array.from({ length: 32 }, (_, b) => b);
show(
  linePlot(
    schemes
      .filter((scheme) => scheme !== "learned")
      .map((scheme) => ({
        name: scheme,
        x: blocks.map((b) => 8 * b + 4),
        y: blocks.map((b) => mean(byPlace.get(scheme)!.slice(8 * b, 8 * b + 8))),
      })),
    {
      title: "Loss by place: sinusoids break at once, T5's buckets and RoPE later",
      x: "place",
      y: "loss (nats a character)",
      references: [{ axis: "x", value: 64, label: "end of training pieces" }],
    },
  ),
);
const tail = (scheme: Scheme) => mean(byPlace.get(scheme)!.slice(192));
const head = (scheme: Scheme) => mean(byPlace.get(scheme)!.slice(32, 64));
measured("ALiBi: last quarter against places 32 to 63", tail("alibi") / head("alibi"), {
  band: [0.9, 1.08],
  unit: "×",
});
measured("RoPE: last quarter against places 32 to 63", tail("rope") / head("rope"), { band: [1.5, 2.6], unit: "×" });

// %% [markdown]
// Sinusoids break at the very next place. T5's buckets break at about place 90, where keys of untrained buckets come into view.
// RoPE holds until about place 115 and then breaks worst. ALiBi goes on as if nothing had happened.
//
// **What the papers say, and what came out here**
//
// | claim | here |
// |---|---|
// | Sinusoids "may allow the model to extrapolate to sequence lengths longer than the ones encountered" (Vaswani 2017, 3.5: a hope, not a result) | No: the loss jumps right after place 64. Press et al. found the same |
// | RoPE and T5's biases go somewhat farther, T5's farther than RoPE (Press et al. 2022, figure 1) | In part. Both go farther than sinusoids. At 128 RoPE has lost less than T5's buckets, at 256 T5's less than RoPE |
// | ALiBi's loss stays, or falls (Press et al. 2022, figure 4) | Yes, at 4 times the length |
// | RoPE learns better than learned positions (Su et al. 2021, BERT and translation) | Yes within 64: the best of the six |
// | Causal models without positions are close to those with (Haviv et al. 2022, up to 1.3 billion parameters) | Not here: the worst of the six by far. Two layers are few; Haviv's models have 12 and more |
// | Without positions models extrapolate best (Kazemnejad et al. 2023, small reasoning tasks) | Its loss rises little, but from a bad start; ALiBi's rises less |
//
// One seed, two layers, characters: this ranks nothing for large models. It shows the *kind* of failure, and that a claim can be
// tested in a minute. `npx tsx bench/positions/train.ts` trains all six again.
//
// ## What you built, and what remains
//
// | scheme | used by | where it enters | learned | relative | beyond the training length |
// |---|---|---|---|---|---|
// | sinusoids | the first transformer | added to tokens | no | in part | rows exist, the model fails |
// | learned | BERT, GPT-1 to 3 | added to tokens | yes | no | no row |
// | RoPE | LLaMA, SmolLM2, most today | turns q and k | no | yes | fails slowly; can be stretched |
// | ALiBi | BLOOM, MPT | added to scores | no | yes | holds |
// | T5's buckets | T5 | added to scores | yes | yes | one bucket for all; fails slowly |
// | GLM's two | GLM (its successors took RoPE) | added to tokens | yes | no | no row |
//
// **Take away**
// - Attention is blind to order, unless a mask or a position tells it.
// - A dot product of two turned vectors knows their distance only: RoPE in one sentence.
// - "Can be computed for any length" and "works at any length" are two things. Measure the second.
//
// **At full scale** RoPE has won, and its limit is stretched rather than accepted: positions are squeezed into the trained range
// and the model is trained a little more (Chen et al. 2023, position interpolation), or the base is raised before training on longer
// texts (LLaMA 3 has 500,000, SmolLM2 100,000). ALiBi's far heads still look only as far as their slope lets them: its loss stays
// flat, which does not mean that it *uses* what is far away.
//
// **Check everything at once** in a terminal: `npx lab grade --lab 03`. Then go on to **04 · Multi-head attention**.
//
// **Read on:** Vaswani et al. 2017, section 3.5 · Gehring et al. 2017 (learned positions) · Su et al. 2021 (RoPE) · Press, Smith,
// Lewis 2022 (ALiBi) · Raffel et al. 2020 (T5) · Du et al. 2022 (GLM) · Haviv et al. 2022 and Kazemnejad et al. 2023 (no positions) ·
// Chen et al. 2023 (position interpolation).
