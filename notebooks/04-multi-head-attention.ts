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
// # 04 · Multi-head attention
//
// A token on its own means little: *bank* by a river, *bank* with money. **Attention** lets each token look at the others
// and take from them what it needs. It is the only part of a transformer where tokens meet. This chapter takes it apart,
// builds it again, and then looks into a trained model, SmolLM2, to see what its heads have learned to do.
//
// **After this chapter you can**
// - compute attention by hand: scores → scale → mask → softmax → mix;
// - say why scores are divided by √D, with a measurement;
// - split a model into heads, and say what one head costs in memory (MHA, GQA, MQA);
// - draw sparse patterns and count what they save;
// - say what the feed-forward part is for, and what happens without skip connections;
// - find the heads of a real model that look back, that look for copies, and that copy; and prove it by taking one out.
//
// **Time:** about 2.5 hours, most of it for eight exercises. In a hurry? Sections 2, 5 and 10 are the core.
//
// **How it works.** Run a cell with Shift+Enter. You write your answers in the file `labs/04-multi-head-attention.ts`,
// beside this notebook. Save it, run the check cell again: it always takes your newest code. `npx lab reset 04` in a
// terminal brings the empty exercises back and keeps a copy of yours.

// %%
import { fork, integer, makeRng, normalTensor, tf, useEngine } from "transformer-lab/engine";
import {
  attentionFigure,
  barPlot,
  check,
  flipbook,
  heatmap,
  linePlot,
  measured,
  quiz,
  show,
  table,
} from "transformer-lab/lab";
import * as lens from "transformer-lab/lens";
import * as models from "transformer-lab/models";
import * as nn from "transformer-lab/nn";
import { crossEntropy, softmaxMasked } from "transformer-lab/ops";
import { loadModel } from "transformer-lab/checkpoints";

await useEngine();
console.log(`ready, on ${tf.getBackend()}`);

// %% [markdown]
// ## 1 · Predict first
//
// Each token sends out three vectors. The **query** says what it looks for, the **key** says what it offers, the **value**
// is what it gives. A query is compared with all keys; the better a key fits, the more of its value is taken. It works
// like a dictionary that always answers with a *mixture* of its entries.

// %%
show(
  quiz({
    question: "All keys are equal. What does a token take from the values?",
    choices: [
      { text: "nothing: no key stands out", why: "The weights always add up to 1. They must go somewhere." },
      {
        text: "the mean of all values it may see",
        correct: true,
        why: "Equal scores give equal weights after the softmax: 1/n each. That is also what an untrained head does, nearly.",
      },
      { text: "its own value only", why: "A token has no special place for itself: it is one key among the others." },
      {
        text: "the sum of all values",
        why: "The weights are shares of 1. With n equal keys each is 1/n: a mean, not a sum.",
      },
    ],
  }),
);

// %% [markdown]
// ## 2 · Attention, stage by stage
//
// Four tokens, keys and queries of two numbers, values of three. **Drag the query** of a token and watch all stages follow.
// Click on a row to take another token in hand. Switch the scale or the mask off. Point at a cell: the line below tells how
// it is made.

// %%
const words = ["The", "cat", "sat", "it"];
const toy = {
  q: [[0.5, 0.5], [1, 2], [2, -1], [0.5, 3]], // prettier-ignore
  k: [[0, 0.5], [0.5, 2], [2, 0], [-1, 0.5]], // prettier-ignore
  v: [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.5]], // prettier-ignore
};
show(attentionFigure({ tokens: words, ...toy, title: "What does “it” look at? Drag its query" }));

// %% [markdown]
// The same in tensors, for all tokens at once. This is the equation to keep:
// $$\mathrm{Attention}(Q, K, V) = \mathrm{softmax}\!\left(\frac{Q K^\top}{\sqrt D}\right) V$$

// %%
const toyMixed = tf.tidy(() => {
  const [q, k, v] = [toy.q, toy.k, toy.v].map((rows) => tf.tensor2d(rows));
  const scores = q.matMul(k, false, true).div(Math.sqrt(2)); // [T, T]
  return softmaxMasked(scores, nn.causalMask(4)).matMul(v); // [T, E]
});
const mixedRows = (await toyMixed.array()) as number[][];
show(
  table(
    mixedRows.map((row, i) => ({ token: words[i], ...Object.fromEntries(row.map((x, e) => [`v${e}`, x])) })),
    { title: "What each token takes" },
  ),
);
measured("how much “The” takes of its own value", mixedRows[0][0], {
  band: [1, 1],
  reference: 1,
  source: "the first token sees only itself",
});

// %% [markdown]
// **Exercise 1:** write it. Mind where the mask comes in, and rows with nothing to look at. Stuck? `hint("04/attention")`.

// %%
import { attention } from "./labs/04-multi-head-attention";
await check("04/attention", attention);

// %% [markdown]
// ## 3 · Why √D?
//
// Take two vectors of D random numbers (mean 0, variance 1). Their dot product is a sum of D products, each of mean 0 and
// variance 1. So its variance is D, and typical scores grow like √D. What does a softmax do with large scores?

// %%
show(
  quiz({
    question: "64 keys, heads of D = 256, scores NOT divided by √D. The largest weight of a row is typically",
    choices: [
      { text: "about 1/64", why: "That would need equal scores. Here they are spread over some ±16." },
      { text: "about 0.3", why: "So it is with scores of spread 2 or 3. Here the spread is √256 = 16." },
      {
        text: "almost 1",
        correct: true,
        why: "The best score leads the second best by several units, and e to the power of several is a lot. One key takes all.",
      },
    ],
  }),
);

// %%
const widths = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
interface Spread {
  variance: number;
  top: number;
  slope: number;
}
/** 256 queries against 64 keys of `width` random numbers: the scores' variance, the largest weight, the gradient. */
const spreadOf = async (width: number, scaled: boolean): Promise<Spread> => {
  const numbers = tf.tidy(() => {
    const rng = makeRng(4);
    const q = normalTensor(fork(rng, "q"), [256, width]);
    const k = normalTensor(fork(rng, "k"), [64, width]);
    const weights = normalTensor(fork(rng, "w"), [256, 64]); // a loss: a random weighted sum of the pattern
    const scores = q.matMul(k, false, true).div(scaled ? Math.sqrt(width) : 1); // [256, 64]
    const loss = (x: tf.Tensor) => softmaxMasked(x).mul(weights).sum();
    const gradient = tf.grad(loss)(scores);
    return tf.stack([
      tf.moments(scores).variance,
      softmaxMasked(scores).max(-1).mean(),
      gradient.square().sum(-1).sqrt().mean(),
    ]);
  });
  const [variance, top, slope] = await numbers.data();
  numbers.dispose();
  return { variance, top, slope };
};
const raw: Spread[] = [];
const divided: Spread[] = [];
for (const width of widths) {
  raw.push(await spreadOf(width, false));
  divided.push(await spreadOf(width, true));
}
const curves = (of: (spread: Spread) => number) => [
  { name: "as they are", x: widths, y: raw.map(of) },
  { name: "divided by √D", x: widths, y: divided.map(of) },
];
show(
  linePlot(
    curves((s) => s.variance),
    { title: "The variance of dot products is D", x: "D", y: "variance", log: "xy" },
  ),
);
show(
  linePlot(
    curves((s) => s.top),
    { title: "Without the scale, one key takes all", x: "D", y: "largest of 64 weights", log: "x" },
  ),
);
show(
  linePlot(
    curves((s) => s.slope),
    { title: "... and a softmax that is certain passes no gradient", x: "D", y: "size of the gradient", log: "xy" },
  ),
);

// %%
const at256 = widths.indexOf(256);
measured("variance of the scores over D, D = 256", raw[at256].variance / 256, {
  band: [0.85, 1.15],
  reference: 1,
  source: "Vaswani et al. 2017, section 3.2.1, footnote 4",
});
measured("the same, divided by √D", divided[at256].variance, { band: [0.85, 1.15], reference: 1 });
measured("largest weight without the scale, D = 256", raw[at256].top, { band: [0.8, 1] });
measured("largest weight with it", divided[at256].top, { band: [0.03, 0.25] });
measured("gradient with the scale over without, D = 1024", divided[10].slope / raw[10].slope, {
  band: [1.5, 20],
  unit: "×",
});

// %% [markdown]
// The scale keeps the scores' spread at 1, whatever D is. The softmax stays soft, and gradients flow, from the first step of
// training on. Once trained, a head may still make its scores as large as it likes: through its weights.
//
// ## 4 · The causal mask
//
// A model that predicts the next token must not see it. During training all places are computed at once, so the future is
// hidden by a **mask**: the score becomes −∞, and $e^{-\infty} = 0$. When the model writes, only the newest token looks, at
// all that is in the cache: then the mask is the *last rows* of the square.

// %%
const asRows = async (mask: tf.Tensor) => {
  const [rows, columns] = mask.shape.slice(-2);
  const values = await mask.data();
  mask.dispose();
  return Array.from({ length: rows }, (_, i) => Array.from(values.slice(i * columns, (i + 1) * columns)));
};
const maskPages = [
  { mask: nn.causalMask(8), say: "training: 8 tokens, each sees itself and all before" },
  { mask: nn.causalMask(3, 8), say: "decoding: the last 3 of 8; the first 5 are in the cache" },
  { mask: nn.causalMask(1, 8), say: "decoding one token: it sees everything, the mask hides nothing" },
  {
    mask: nn.prefixLmMask(tf.tensor1d([4], "int32"), 8),
    say: "prefix LM: the first 4 see each other, the rest goes from left to right",
  },
];
const pages = [];
for (const { mask, say } of maskPages)
  pages.push({ figure: heatmap(await asRows(mask), { title: "may look", x: "looked at", y: "looks" }), say });
show(flipbook(pages, { title: "Who may look at whom", what: "mask" }));

// %% [markdown]
// **Exercise 2:** the causal mask, for both cases.

// %%
import { causalMask } from "./labs/04-multi-head-attention";
await check("04/causal-mask", causalMask);

// %% [markdown]
// ## 5 · Heads: several questions at once
//
// One softmax can look at one thing at a time: a mixture of *subject* and *last comma* would be a mean of both. So the C
// numbers of a token are cut into H **heads** of D = C / H, and each head attends for itself, with its own pattern. Then the
// results are put side by side, and one more matrix mixes them. The price is the same as that of one wide head.

// %%
show(
  quiz({
    question: "x is [B, T, C]. You want [B, H, T, D]. Is `x.reshape([B, H, T, D])` right?",
    choices: [
      {
        text: "yes: the sizes multiply to the same",
        why: "So it runs, without an error. That is the danger: it cuts the list B, T, C in the wrong places.",
      },
      {
        text: "no: it mixes numbers of different tokens into one head",
        correct: true,
        why: "A reshape moves nothing. Reshape to [B, T, H, D], where each token's C numbers are cut in H pieces, then transpose.",
      },
      {
        text: "no: it throws an error",
        why: "The number of elements is right, so tfjs has nothing to complain about.",
      },
    ],
  }),
);

// %% [markdown]
// **Exercises 3 and 4:** split into heads, then the whole of multi-head attention from given weights.

// %%
import { splitHeads } from "./labs/04-multi-head-attention";
await check("04/split-heads", splitHeads);

// %%
import { multiHeadAttention } from "./labs/04-multi-head-attention";
await check("04/multi-head", multiHeadAttention);

// %% [markdown]
// ## 6 · What a head costs: MHA, GQA, MQA
//
// A model that writes keeps the keys and values of all it has read. For long texts this **cache** is larger than
// anything else, and reading it is what takes the time. Queries need not be kept. So heads of queries may *share* keys and
// values: all of them one head (**multi-query**, MQA), or groups of them (**grouped-query**, GQA).

// %%
const gb = (bytes: number) => bytes / 2 ** 30;
const shapes: Record<string, { nLayer: number; nHead: number; nKvHead?: number; dModel: number }> = {
  "GPT-2": models.gptPresets["gpt-2"],
  "SmolLM2 135M": models.llamaPresets["smollm2-135m"],
  "LLaMA-2 7B": models.llamaPresets["llama-2-7b"],
  "LLaMA-2 70B": models.llamaPresets["llama-2-70b"],
  "LLaMA-2 70B, were it MHA": { ...models.llamaPresets["llama-2-70b"], nKvHead: 64 },
  "LLaMA-2 70B, were it MQA": { ...models.llamaPresets["llama-2-70b"], nKvHead: 1 },
};
const perToken = ({ nLayer, nHead, nKvHead = nHead, dModel }: (typeof shapes)[string]) =>
  2 * nLayer * nKvHead * (dModel / nHead) * 2; // float16
show(
  table(
    Object.entries(shapes).map(([model, shape]) => ({
      model,
      layers: shape.nLayer,
      queries: shape.nHead,
      keys: shape.nKvHead ?? shape.nHead,
      bytes: perToken(shape),
      gb: gb(perToken(shape) * 4096 * 16),
    })),
    {
      title: "Cache in float16, computed",
      columns: {
        model: "model",
        layers: "layers",
        queries: "query heads",
        keys: "key heads",
        bytes: "bytes a token",
        gb: "GiB for 16 texts of 4,096",
      },
    },
  ),
);

// %% [markdown]
// Computed is not measured. Make real caches with the library, and count the bytes that the engine holds:

// %%
const heldBy = (make: () => nn.CacheState) => {
  const before = tf.memory().numBytes;
  const made = make();
  const bytes = tf.memory().numBytes - before;
  tf.dispose([made.length, made.start, ...Object.values(made.layers).flatMap(({ k, v }) => [k, v])]);
  return bytes;
};
const places = 256;
const caches = [
  {
    model: "GPT-2",
    held: heldBy(() => models.gptCache(models.gptPresets["gpt-2"], 1, places)),
    formula: 2 * perToken(shapes["GPT-2"]) * places, // float32
  },
  {
    model: "SmolLM2 135M",
    held: heldBy(() => models.llamaCache(models.llamaPresets["smollm2-135m"], 1, places)),
    formula: 2 * perToken(shapes["SmolLM2 135M"]) * places,
  },
];
show(
  table(caches, {
    title: `A cache of ${places} places in float32`,
    columns: { model: "model", held: "bytes held", formula: "by the formula" },
  }),
);
for (const { model, held, formula } of caches)
  measured(`${model}: bytes held over the formula`, held / formula, {
    band: [1, 1.001],
    reference: 1,
    source: "2 · layers · key heads · D · places · 4",
  });
measured("LLaMA-2 70B: GQA saves", perToken(shapes["LLaMA-2 70B, were it MHA"]) / perToken(shapes["LLaMA-2 70B"]), {
  band: [8, 8],
  unit: "×",
  reference: 8,
  source: "64 query heads share 8 key heads (Touvron et al. 2023b, table 1)",
});

// %% [markdown]
// (The few bytes more are two small counters of the cache.) **Exercises 5 and 6:** let heads share keys, and compute the price.

// %%
import { repeatKv } from "./labs/04-multi-head-attention";
await check("04/repeat-kv", repeatKv);

// %%
import { kvCacheBytes } from "./labs/04-multi-head-attention";
await check("04/kv-cache-bytes", kvCacheBytes);

// %% [markdown]
// ## 7 · Sparse patterns: not everybody looks at everybody
//
// T tokens make T² scores: twice the text, four times the work. Long texts need patterns with fewer. Flip through them and
// see how many scores are left. (Our masks *say* which scores a sparse kernel would compute; here all are computed, and
// hidden.)

// %%
const T = 32;
const patterns: Record<string, (time: number) => tf.Tensor> = {
  "full, causal": (time) => nn.causalMask(time),
  "local band of 8 (GPT-3's odd layers)": (time) => nn.localMask(time, 8),
  "strided, 6 (Child 2019)": (time) => nn.stridedMask(time, 6),
  "fixed, blocks of 6 (Child 2019)": (time) => nn.fixedMask(time, 6),
  "blocks of 4, neighbours + global + random (BigBird)": (time) => nn.blockSparseMask(time, { block: 4 }, makeRng(1)),
};
const sparsePages = [];
const counts: { pattern: string; scores: number; share: number }[] = [];
for (const [pattern, make] of Object.entries(patterns)) {
  const grid = await asRows(make(T));
  const scores = grid.flat().reduce((a, b) => a + b, 0);
  counts.push({ pattern, scores, share: (100 * scores) / (T * T) });
  sparsePages.push({
    figure: heatmap(grid, { title: pattern, x: "looked at", y: "looks" }),
    say: `${pattern}: ${scores} scores, ${((100 * scores) / (T * T)).toFixed(1)} % of ${T} × ${T}`,
  });
}
show(flipbook(sparsePages, { title: `Five patterns, ${T} places`, what: "pattern" }));
show(
  table(counts, { title: "What is left", columns: { pattern: "pattern", scores: "scores", share: "% of T × T" } }),
);

// %%
const lengths = [64, 256, 1024];
const sparseCounts = { full: [] as number[], strided: [] as number[] };
for (const time of lengths) {
  for (const [name, make] of [
    ["full", () => nn.causalMask(time)],
    ["strided", () => nn.stridedMask(time, Math.sqrt(time))],
  ] as const) {
    const sum = tf.tidy(() => make().sum()); // true counts as 1
    sparseCounts[name].push((await sum.data())[0]);
    sum.dispose();
  }
}
show(
  linePlot(
    Object.entries(sparseCounts).map(([name, y]) => ({ name, x: lengths, y })),
    { title: "Full grows with T², strided by √T more slowly", x: "T", y: "scores", log: "xy" },
  ),
);
const power = ([first, , last]: number[]) => Math.log(last / first) / Math.log(1024 / 64);
measured("full: scores grow with T to the power", power(sparseCounts.full), { band: [1.95, 2.01], reference: 2 });
measured("strided by √T: to the power", power(sparseCounts.strided), {
  band: [1.4, 1.6],
  reference: 1.5,
  source: "Child et al. 2019, section 4: O(n √n)",
});

// %% [markdown]
// **Exercise 7:** the strided pattern.

// %%
import { stridedMask } from "./labs/04-multi-head-attention";
await check("04/strided-mask", stridedMask);

// %% [markdown]
// ## 8 · The feed-forward part: where the parameters are
//
// After tokens have met, each is worked on *alone*: `down(activation(up(x)))`, to a layer about four times as wide and back.
// Attention moves information between places; the feed-forward part (**FFN**) uses it. And it holds most of the weights:

// %%
const partsOf = {
  "GPT-2": models.gptParts(models.gptPresets["gpt-2"]),
  "LLaMA-2 7B": models.llamaParts(models.llamaPresets["llama-2-7b"]),
};
const shareOf = (parts: models.PartCount[], name: string) => {
  const found = parts.filter(({ part }) => part === name).reduce((sum, { each, times }) => sum + each * times, 0);
  return found / models.totalCount(parts);
};
const kinds = ["tokens", "attention", "feed-forward"];
show(
  barPlot(
    kinds,
    Object.entries(partsOf).map(([name, parts]) => ({
      name,
      values: kinds.map((kind) => 100 * shareOf(parts, kind)),
    })),
    { title: "Where the parameters are", value: "% of all" },
  ),
);
measured(
  "GPT-2: feed-forward over attention",
  shareOf(partsOf["GPT-2"], "feed-forward") / shareOf(partsOf["GPT-2"], "attention"),
  { band: [1.95, 2.05], reference: 2, source: "8 C² against 4 C²" },
);

// %% [markdown]
// Read it as a memory (Geva et al. 2021): row i of `up` is a **key**, compared with x; row i of `down` is a **value**; the
// activation says how much of it is taken. It is attention over a fixed list that is the same for all texts, without the
// softmax. Check that the sum over memories *is* the FFN:

// %%
const ffnError = tf.tidy(() => {
  const config = { dModel: 8, dFfn: 32, activation: "relu", bias: false, deviation: 0.5 } as const;
  const params = nn.initFfn(makeRng(3), config);
  const x = normalTensor(makeRng(5), [1, 6, 8]);
  const whole = nn.ffn(params, x, "relu");
  let memories: tf.Tensor = tf.zeros([6, 8]);
  for (let i = 0; i < 32; i++) {
    const key = params.up.weight.slice([0, i], [8, 1]); // [C, 1]
    const value = params.down.weight.slice([i, 0], [1, 8]); // [1, C]
    memories = memories.add(tf.relu(x.reshape([6, 8]).matMul(key)).matMul(value));
  }
  return whole.reshape([6, 8]).sub(memories).abs().max();
});
measured("FFN against the sum over 32 memories, largest difference", (await ffnError.data())[0], { band: [0, 1e-5] });

// %% [markdown]
// ## 9 · Why skip connections: without them, all tokens become one
//
// Attention takes *means* of tokens. Means are closer together than what they are made of. Do it again and again, and all
// tokens become the same vector: the matrix of states has **rank 1**. Dong et al. (2021) prove that pure attention loses
// everything that sets tokens apart, doubly exponentially with depth. What saves a transformer?

// %%
show(
  quiz({
    question: "Which part keeps tokens apart in a deep, untrained transformer?",
    choices: [
      { text: "more heads", why: "Each head takes means. A mixture of means is still a mean." },
      {
        text: "the skip connection x + f(x)",
        correct: true,
        why: "The token itself goes on beside what it takes from others. What sets it apart is not lost.",
      },
      {
        text: "the feed-forward part",
        why: "Where two tokens are equal, it makes equal results. It can slow the collapse a little, not stop it (Dong et al. 2021).",
      },
    ],
  }),
);

// %%
const width = 64;
const depth = 12;
/** How far states [T, C] are from all rows being equal: |X - mean row| / |X|. 0 is rank 1. */
const apart = (x: tf.Tensor) => tf.norm(x.sub(x.mean(1, true))).div(tf.norm(x));
const collapse = async (skip: boolean, withFfn: boolean) => {
  const shares = tf.tidy(() => {
    let x = normalTensor(makeRng(9), [1, 32, width]); // 32 random tokens
    const found = [apart(x)];
    for (let layer = 0; layer < depth; layer++) {
      const rng = fork(makeRng(10), layer);
      const sizes = { dModel: width, bias: false, deviation: 1 / Math.sqrt(width) };
      const attn = nn.initAttention(fork(rng, "attn"), { ...sizes, nHead: 4 });
      const mixed = nn.multiHeadAttention(attn, { nHead: 4 }, x);
      x = skip ? x.add(mixed) : mixed;
      if (withFfn) {
        const feed = nn.initFfn(fork(rng, "ffn"), {
          ...sizes,
          dFfn: 256,
          activation: "relu",
          outDeviation: Math.sqrt(2 / 256),
        });
        const out = nn.ffn(feed, x, "relu");
        x = skip ? x.add(out) : out;
      }
      x = x.div(tf.norm(x).div(Math.sqrt(32 * width))); // the same size again: a factor changes no direction
      found.push(apart(x));
    }
    return tf.stack(found);
  });
  const values = Array.from(await shares.data());
  shares.dispose();
  return values;
};
const depths = Array.from({ length: depth + 1 }, (_, i) => i);
const collapsed = {
  "attention alone": await collapse(false, false),
  "attention + FFN": await collapse(false, true),
  "attention, skip": await collapse(true, false),
  "attention + FFN, skip": await collapse(true, true),
};
show(
  linePlot(
    Object.entries(collapsed).map(([name, y]) => ({ name, x: depths, y })),
    { title: "Without skips, tokens become one", x: "layers", y: "how far from rank 1", log: "y" },
  ),
);
measured("attention alone, after 4 layers", collapsed["attention alone"][4], {
  band: [0, 1e-4],
  reference: 0,
  source: "Dong et al. 2021, theorem 2.2: to 0, doubly exponentially",
});
measured("attention + FFN, after 4 layers", collapsed["attention + FFN"][4], { band: [0, 1e-4] });
measured("with skips, after 4 layers", collapsed["attention, skip"][4], { band: [0.7, 1] });
measured("with skips, after all 12", collapsed["attention, skip"][depth], { band: [0.08, 0.4] });
measured("with skips and FFN, after all 12", collapsed["attention + FFN, skip"][depth], { band: [0.03, 0.3] });

// %% [markdown]
// *Departure from the paper:* Dong measures with a composite norm, on trained models too; here it is the Frobenius norm and
// random weights, and the states get their size back after each layer, since only directions matter. See how the way down gets
// steeper with each layer: 0.8, 0.3, 0.01, then nothing that float32 could hold. With skips it also goes down, since what is
// common to all adds up, but slowly: each token keeps its own part. A feed-forward part with random weights hardly helps.
//
// ## 10 · Inside a real model: the attention maps of SmolLM2
//
// SmolLM2 has 30 layers of 9 heads and 135 million parameters. It is loaded once (about 100 MB). **Write your own sentence**
// into this cell, choose a layer, and flip through its heads. Rows look, columns are looked at.

// %%
const sentence = "The black cat chased the mouse, and the mouse ran away.";
const layer = 18;

// %%
const smol = await loadModel("smollm2-135m-instruct");
const begin = smol.special.begin ?? 0;
const tokensOf = (text: string) => [begin, ...smol.tokenizer!.encode(text)];
const headMaps = async (text: string, layer: number) => {
  const ids = tokensOf(text);
  const input = tf.tensor2d([ids], undefined, "int32");
  const name = `blocks.${layer}.attn.pattern`;
  const { result, activations } = lens.cacheActivations((ctx) => smol.run(input, ctx), [name]);
  const [heads] = (await activations[name].array()) as number[][][][]; // [H, T, T]
  tf.dispose([input, result, activations]);
  return { heads, labels: ids.map((id) => smol.tokenizer!.token(id)) };
};
const own = await headMaps(sentence, layer);
show(
  flipbook(
    own.heads.map((rows, head) => ({
      figure: heatmap(rows, {
        title: `layer ${layer}, head ${head}`,
        x: "looked at",
        y: "looks",
        xLabels: own.labels,
        yLabels: own.labels,
      }),
      say: `Layer ${layer}, head ${head}: “${own.labels.at(-1)}” looks most at “${own.labels[argmax(rows.at(-1)!)]}”`,
    })),
    { title: "Nine heads, nine questions", what: "head" },
  ),
);
function argmax(row: number[]) {
  return row.indexOf(Math.max(...row));
}

// %% [markdown]
// In layer 18 nearly every row looks at the very first token. It means nothing: a softmax must put its weights *somewhere*,
// and the first token is where a head parks what it does not need (an **attention sink**; Xiao et al. 2023). Head 6 of this
// layer will turn out to be the best copier of all; it just has nothing to do here. Try layer 2, 8 or 11 too.
//
// Which heads do what? Ask by number, not by eye. The text is 30 random tokens, **twice**. Nothing in it can be known from
// language: who predicts the second half well must look up what came after the same token in the first.
//
// - **previous-token** head: looks at the place right before;
// - **duplicate-token** head: looks at earlier copies of its token;
// - **induction** head: looks at what came *after* an earlier copy. "A B … A": it looks at B (Olsson et al. 2022).

// %%
const half = 30;
const low = Array.from({ length: 17 }, (_, i) => i); // SmolLM2's special tokens
const repeated = lens.repeatedTokens(makeRng(1), {
  batch: 2,
  length: half,
  vocabSize: smol.config.vocabSize,
  first: begin,
  without: low,
});
const looked = lens.cacheActivations((ctx) => smol.run(repeated, ctx), /pattern$/);
const scores = await lens.headScores(looked.activations, repeated);
tf.dispose(looked.activations);
const nameOf = ({ attention, head }: lens.HeadScores) => `layer ${attention.split(".")[1]}, head ${head}`;
const bestBy = (key: "previous" | "duplicate" | "induction" | "first") => [...scores].sort((a, b) => b[key] - a[key]);
for (const key of ["previous", "duplicate", "induction"] as const) {
  const top = bestBy(key).slice(0, 5);
  show(
    barPlot(
      top.map(nameOf),
      { name: key, values: top.map((score) => score[key]) },
      { title: `Heads by their ${key} score`, value: "share of attention" },
    ),
  );
}
measured("heads in all", scores.length, { band: [270, 270], reference: 270, source: "30 layers × 9 heads" });
measured(
  "heads that give the first token over half of their attention",
  scores.filter(({ first }) => first > 0.5).length,
  { band: [60, 140] },
);
measured("best previous-token score", bestBy("previous")[0].previous, { band: [0.7, 1] });
measured("best duplicate-token score", bestBy("duplicate")[0].duplicate, { band: [0.5, 1] });
measured("best induction score", bestBy("induction")[0].induction, { band: [0.8, 1] });
measured("a head chosen blindly (median), induction", bestBy("induction")[135].induction, { band: [0, 0.1] });

// %% [markdown]
// See the best of each kind, on 14 random tokens twice. In the second half an induction head draws a clean diagonal, one place
// to the right of the duplicate-token head's.

// %%
const short = lens.repeatedTokens(makeRng(2), {
  batch: 1,
  length: 14,
  vocabSize: smol.config.vocabSize,
  first: begin,
  without: low,
});
const seen = lens.cacheActivations((ctx) => smol.run(short, ctx), /pattern$/);
const kindPages = [];
for (const key of ["previous", "duplicate", "induction", "first"] as const) {
  const head = bestBy(key)[0];
  const [heads] = (await seen.activations[`${head.attention}.pattern`].array()) as number[][][][]; // [H, T, T]
  kindPages.push({
    figure: heatmap(heads[head.head], { title: `${key}: ${nameOf(head)}`, x: "looked at", y: "looks" }),
    say: `${key}, ${nameOf(head)}: score ${head[key].toFixed(2)}`,
  });
}
show(flipbook(kindPages, { title: "The best head of each kind", what: "kind" }));
tf.dispose([short, seen.result, seen.activations]);

// %% [markdown]
// **Exercise 8:** the score itself.

// %%
import { inductionScore } from "./labs/04-multi-head-attention";
await check("04/induction-score", inductionScore);

// %% [markdown]
// ## 11 · Proof: take the heads out
//
// A pattern is a hint, not a proof. If these heads do the copying, then the loss on the *second* half must rise without
// them, and that on the first half must not. And it must rise more than without some other heads. An **ablation** sets what
// a head has mixed to zero.

// %%
show(
  quiz({
    question:
      "You take out the ONE best previous-token head, which never looks at copies. The loss on the second half",
    choices: [
      {
        text: "stays as it is: copying is the work of induction heads",
        why: "An induction head finds the place AFTER a copy. How does it know that this place came after an A? Somebody must have told it.",
      },
      {
        text: "rises a lot",
        correct: true,
        why: "The previous-token head, in an earlier layer, writes into each place which token came before. Induction heads look for just that. It is a circuit of two.",
      },
      {
        text: "falls: one thing less to do",
        why: "Random tokens are not the place to learn something from the neighbour, but the circuit needs it.",
      },
    ],
  }),
);

// %%
const lossOf = (logits: tf.Tensor, from: number, to: number) =>
  tf.tidy(() =>
    crossEntropy(logits.slice([0, from, 0], [-1, to - from, -1]), repeated.slice([0, from + 1], [-1, to - from])),
  );
/** Loss of both halves without these heads, in nats a token. */
const lossWithout = async (heads: readonly lens.HeadScores[]) => {
  const edits = heads.map(({ attention, head }) => lens.zeroAblation([`${attention}.mixed`], { heads: [head] }));
  const logits = lens.edited((ctx) => smol.run(repeated, ctx), edits);
  const losses = tf.tidy(() => tf.stack([lossOf(logits, 0, half), lossOf(logits, half + 1, 2 * half)]));
  const [first, second] = await losses.data();
  tf.dispose([logits, losses]);
  return { first, second };
};
const induction = bestBy("induction");
const others = induction.slice(30); // heads that copy little
const dice = makeRng(12);
const anyHead = () => others[integer(dice, others.length)];
const trials: { taken: string; first: number; second: number }[] = [
  { taken: "nothing", ...(await lossWithout([])) },
  { taken: `best induction head (${nameOf(induction[0])})`, ...(await lossWithout(induction.slice(0, 1))) },
  { taken: "4 best induction heads", ...(await lossWithout(induction.slice(0, 4))) },
  {
    taken: `best previous-token head (${nameOf(bestBy("previous")[0])})`,
    ...(await lossWithout(bestBy("previous").slice(0, 1))),
  },
];
const random: number[] = [];
for (let i = 0; i < 5; i++) {
  const head = anyHead();
  const without = await lossWithout([head]);
  random.push(without.second);
  trials.push({ taken: `a random head (${nameOf(head)})`, ...without });
}
show(
  table(trials, {
    title: "Loss in nats a token",
    columns: { taken: "taken out", first: "first half (new)", second: "second half (repeated)" },
  }),
);
const medianRandom = [...random].sort((a, b) => a - b)[2];
measured("second half, nothing taken out", trials[0].second, { band: [2, 4] });
measured("first half: it cannot be known", trials[0].first, {
  band: [10.5, 16],
  reference: Math.log(smol.config.vocabSize),
  source: "ln V: all tokens alike",
});
measured("without the best induction head, rise", trials[1].second - trials[0].second, {
  band: [1, 4],
  unit: "nats",
});
measured("without 4 of them, rise", trials[2].second - trials[0].second, { band: [5, 12], unit: "nats" });
measured("without the best previous-token head, rise", trials[3].second - trials[0].second, {
  band: [3, 10],
  unit: "nats",
});
measured("without a random head (median of 5), rise", medianRandom - trials[0].second, {
  band: [-0.5, 1],
  unit: "nats",
});
tf.dispose([repeated, looked.result]);
smol.dispose();

// %% [markdown]
// Four heads of 270, and most of the ability to copy is gone, while the first half does not notice. The first half is worse
// than chance, by the way: the model expects language and is sure of itself, and random tokens are not what it expects.
//
// *What this does not prove:* zeros are an unusual input for later layers, so some of the rise may be confusion. Replace
// `zeroAblation` by `meanAblation` in the cell above, and compare.
//
// ## 12 · Take away
//
// - Attention is a soft look-up: scores, ÷ √D, mask, softmax, mix. It is the only place where tokens meet.
// - √D keeps the softmax soft; without it one key takes all, and gradients vanish.
// - Heads are several look-ups side by side. They share keys to save cache: GQA.
// - T² scores are the price; patterns make it smaller, and cost reach.
// - The FFN holds most of the weights. Skips keep tokens apart.
// - Heads of trained models can be found by score, and proved by ablation.
//
// **What changes at full scale.** LLaMA-2 70B has 5,120 heads of queries, and its cache for one text of 4,096 tokens is 1.25
// GiB in float16. Kernels such as FlashAttention never write the T × T table to memory: they go over it in tiles (our op
// `attention` does the same by blocks of rows). Induction heads appear early in training, all at once, at the same moment as
// a bump in the loss curve (Olsson et al. 2022): they are the first form of *in-context learning*, which a later chapter is about.
