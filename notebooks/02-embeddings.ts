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
// # 02 · Embeddings
//
// A token is a number, and numbers say nothing: token 17 is not "a little less" than token 18. So the first thing a model
// does is to look up a **vector** (a list of numbers) for each token. These vectors are learned, and in them words that are
// used alike lie near each other. Such a table of vectors is called an **embedding**.
//
// **After this chapter you can**
// - measure how alike two vectors are, by their angle;
// - make word vectors in three ways: by counting, by word2vec, by GloVe;
// - test vectors against people's judgements and with analogies, and say what such tests do not show;
// - tell a *static* vector (one a word) from a *contextual* one (one a word *in its sentence*);
// - turn whole sentences into vectors, and explain why SimCSE needs dropout and wrong answers.
//
// **Time:** about 2 hours, most of it for the exercises. In a hurry? Sections 2, 4, 6 and 8 are the core.
//
// **How it works.** Your answers go into `labs/02-embeddings.ts`. Save it and run a check cell again: it takes your newest
// code. `npx lab reset 02` in a terminal brings the empty exercises back.

// %%
import { readFileSync } from "fs";
import { loadModel, readSafetensors } from "transformer-lab/checkpoints";
import * as emb from "transformer-lab/embeddings";
import { integer, makeRng, normal, tf, useEngine } from "transformer-lab/engine";
import {
  angleFigure,
  barPlot,
  check,
  cloudFigure,
  heatmap,
  linePlot,
  live,
  measured,
  nextTurn,
  quiz,
  show,
  table,
} from "transformer-lab/lab";
import { bert, initBert, sentenceEmbedding } from "transformer-lab/models";
import { within, type Context } from "transformer-lab/nn";
import { disposeTraining, startTraining, train } from "transformer-lab/train";

const engine = await useEngine();
const problems = readFileSync("datasets/word-problems/problems.txt", "utf8").split("\n\n");
const sentences = problems.flatMap(emb.sentencesOf);
const corpus = emb.makeCorpus(sentences, { minCount: 5 });
console.log(`${sentences.length.toLocaleString("en")} sentences, ${corpus.length.toLocaleString("en")} words`);
console.log(`${corpus.words.length.toLocaleString("en")} different ones: ${corpus.words.slice(0, 16).join(" ")} …`);

// %% [markdown]
// This text is small, and that is on purpose: you see everything being learned within seconds. It holds 2,819 word problems
// from GSM8K ("Natalia sold clips to 48 of her friends …") with their answers. Problems of this kind speak of few things again
// and again: numbers, days, fruit, money, families. Remember this when you look at the results. All numbers were made one
// word, `0`.
//
// ## 1 · Predict first

// %%
show(
  quiz({
    question:
      "Vectors are learned only from which words stand near each other. Which word will lie nearest to “monday”?",
    choices: [
      {
        text: "“mondays”: it looks most alike",
        why: "Spelling plays no part: to this method, words are mere numbers. (Subword models see parts of words.)",
      },
      {
        text: "“tuesday”: it is used in the same places",
        correct: true,
        why: "“on tuesday she …”, “on monday she …”. Words that can replace each other get like vectors.",
      },
      {
        text: "“on”: it stands beside “monday” most often",
        why: "To stand beside a word is not to be used like it. “on” has neighbours of all kinds.",
      },
    ],
  }),
);

// %% [markdown]
// The idea is old: "You shall know a word by the company it keeps" (J. R. Firth, 1957). This whole chapter is that sentence
// made into arithmetic.
//
// ## 2 · How alike are two vectors?
//
// The simplest vector for word 17 is **one-hot**: a 1 in place 17, zeros elsewhere. Any two one-hot vectors stand at right
// angles, so no word is nearer to one than to another, and each vector is as long as the vocabulary. We want short vectors of
// full numbers in which the **angle** means something. Move the sliders:

// %%
show(angleFigure({ degrees: 40, length: 1.5 }));

// %% [markdown]
// The **cosine** is 1 for the same direction, 0 at right angles, −1 for opposite ones. The **dot product**
// $a \cdot b = |a|\,|b| \cos\theta$ is the cosine times both lengths. For words we mostly use the cosine, because the length
// of a word's vector depends on how frequent the word is.
//
// In many dimensions two random vectors are nearly always close to right angles. That is why there is room for so many words:

// %%
const rng = makeRng(2);
const randomVector = (size: number): number[] => Array.from({ length: size }, () => normal(rng));
const spread = [2, 3, 10, 50, 100, 384, 768].map((size) => {
  const cosines = Array.from({ length: 400 }, () => Math.abs(emb.cosine(randomVector(size), randomVector(size))));
  return { size, mean: cosines.reduce((a, b) => a + b, 0) / cosines.length };
});
show(
  linePlot(
    { name: "400 random pairs", x: spread.map(({ size }) => size), y: spread.map(({ mean }) => mean) },
    {
      title: "The more dimensions, the nearer random vectors come to right angles",
      x: "numbers a vector",
      y: "mean size of the cosine",
      log: "x",
      zero: true,
    },
  ),
);
measured("mean |cosine| of random vectors, 384 numbers", spread[5].mean, {
  band: [0.036, 0.046],
  reference: Math.sqrt(2 / (Math.PI * 384)),
  source: "√(2 / (π d)), the mean of a normal number's size",
});

// %% [markdown]
// **Exercise 1:** the cosine. It is short, and the edge cases matter: what is the angle of a vector of zeros?

// %%
import { cosineSimilarity } from "./labs/02-embeddings";
await check("02/cosine", cosineSimilarity);

// %% [markdown]
// ## 3 · Vectors by counting
//
// Count for each word how often each other word stands near it, at most five places away. Row by row, this table is already
// an embedding: one number for each neighbour.
//
// **Exercise 2:** count the neighbours.

// %%
import { countNeighbours } from "./labs/02-embeddings";
await check("02/count-neighbours", countNeighbours);

// %%
const counts = emb.cooccurrence(corpus, { window: 5, weighting: "linear" });
const rowWords = ["monday", "tuesday", "red", "blue", "apples", "oranges"];
const columnWords = ["the", "on", "and", "balls", "color", "picked", "sold", "friday"];
const idOf = (word: string): number => corpus.words.indexOf(word);
const part = (matrix: emb.SparseMatrix): number[][] =>
  rowWords.map((row) => columnWords.map((column) => emb.sparseAt(matrix, idOf(row), idOf(column))));
const look = { x: "near this word", y: "word", xLabels: columnWords, yLabels: rowWords };
show(heatmap(part(counts), { title: "Counts: “the”, “and” and “on” outshine everything", value: "count", ...look }));

// %% [markdown]
// Frequent words win everywhere, and say little. **Pointwise mutual information** (PMI) asks instead: how much *more often*
// than by chance do the two words meet? What is below chance is set to 0 (**PPMI**, positive PMI):
//
// $$\text{PPMI}(w, c) = \max\left(0, \log \frac{p(w, c)}{p(w)\,p(c)}\right)$$
//
// **Exercise 3:** write it.

// %%
import { ppmi } from "./labs/02-embeddings";
await check("02/ppmi", ppmi);

// %%
const sharpened = emb.ppmi(counts, { smoothing: 0.75 });
show(
  heatmap(part(sharpened), { title: "PPMI: what is special for each word remains", value: "PPMI (nats)", ...look }),
);
const filled = (100 * sharpened.values.length) / corpus.words.length ** 2;
measured("cells of the PPMI table that are not 0", filled, { band: [1, 4], unit: "%" });

// %% [markdown]
// Each row has as many numbers as there are words, and nearly all are 0. A **singular value decomposition** (SVD) finds the 50
// directions that keep most of the table. A row then becomes 50 numbers, and two words that never shared a neighbour, but had
// *like* neighbours, come near each other. (Counting and SVD is Latent Semantic Analysis, 1990, with PPMI in front.)

// %%
const width = 50; // numbers a vector
const svd = emb.truncatedSvd(sharpened, width, makeRng(1), { iterations: 3 });
// The left vectors, weighted by the root of the singular values (Levy, Goldberg, Dagan 2015, section 3.3).
const counted = emb.wordVectors(
  corpus.words,
  svd.left.map((value, i) => value * Math.sqrt(svd.singular[i % width])),
  width,
);
const probes = ["monday", "red", "apples", "mother", "three", "dog", "bought", "week"];
const neighbours = (vectors: emb.WordVectors, words: readonly string[], count = 5) =>
  words.map((word) => ({
    word,
    "nearest words, with their cosine": emb
      .nearest(vectors, word, count)
      .map((near) => `${near.word} ${near.cosine.toFixed(2)}`)
      .join(", "),
  }));
show(table(neighbours(counted, probes), { title: "Neighbours by counting: PPMI, then SVD to 50 numbers" }));

// %% [markdown]
// No one told the program what a day or a colour is. Now turn the cloud: this is its shadow in three dimensions, found by
// **PCA** (principal component analysis: the three directions of largest spread). Drag it, or use the arrow keys.

// %%
const groups: Record<string, string[]> = {
  days: ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
  colours: ["red", "blue", "green", "yellow", "white", "black"],
  family: ["mother", "father", "sister", "brother", "grandmother", "uncle"],
  fruit: ["apples", "oranges", "pears", "bananas", "strawberries", "grapes"],
  numbers: ["two", "three", "four", "five", "six", "ten"],
  animals: ["dog", "cat", "dogs", "cats", "cows", "chickens"],
};
function showCloud(
  vectors: emb.WordVectors,
  sets: Record<string, string[]>,
  title: string,
  lines: (readonly [string, string])[] = [],
): number {
  const words = Object.values(sets)
    .flat()
    .filter((word) => vectors.id(word) !== undefined);
  const unit = emb.normalized(emb.selectWords(vectors, words));
  const { points, explained } = emb.pca(unit.values, unit.size, 3);
  const seen = explained.reduce((a, b) => a + b, 0);
  const place = (word: string) => {
    const at = 3 * words.indexOf(word);
    return { label: word, x: points[at], y: points[at + 1], z: points[at + 2] };
  };
  show(
    cloudFigure(
      Object.entries(sets).map(([name, list]) => ({
        name,
        points: list.filter((word) => words.includes(word)).map(place),
      })),
      {
        title,
        lines,
        note: `These three directions hold ${Math.round(100 * seen)} % of the spread; the rest is not seen.`,
      },
    ),
  );
  return seen;
}
const seenShare = showCloud(counted, groups, "Words by counting, in three of 50 dimensions");
measured("share of the spread that the cloud shows", 100 * seenShare, { band: [25, 75], unit: "%" });

// %% [markdown]
// A shadow can lie: two points that touch in it may be far apart in the 50 dimensions. Trust cosines, and use clouds to find
// questions.
//
// How well do the groups hold together? For each of these words, is its nearest one *among all the words of the groups* from
// its own group? By chance it would be so for about one word in seven.

// %%
const grouped = Object.values(groups).flat();
function purity(vectors: emb.WordVectors): number {
  const known = grouped.filter((word) => vectors.id(word) !== undefined);
  const some = emb.selectWords(vectors, known);
  const groupOf = (word: string) => Object.values(groups).findIndex((list) => list.includes(word));
  return known.filter((word) => groupOf(emb.nearest(some, word, 1)[0].word) === groupOf(word)).length / known.length;
}
const randomVectors = emb.wordVectors(
  corpus.words,
  Float32Array.from({ length: corpus.words.length * width }, () => normal(rng)),
  width,
);
measured("nearest word from the same group, by counting", 100 * purity(counted), { band: [85, 100], unit: "%" });
measured("the same, random vectors", 100 * purity(randomVectors), { band: [0, 40], unit: "%" });

// %% [markdown]
// ## 4 · word2vec: learn to tell neighbours from strangers
//
// Instead of counting first, make it a game (Mikolov et al. 2013). Take a word from the text (the **centre**) and one of its
// neighbours (the **context**). Draw a few random words (**negatives**). Every word has two vectors, $v$ as a centre and $o$ as
// a neighbour, both random at first. The true pair should get a high score $o \cdot v$, the others a low one:
//
// $$\text{loss} = -\log \sigma(o \cdot v) - \sum_k \log \sigma(-n_k \cdot v), \qquad \sigma(x) = \frac{1}{1 + e^{-x}}$$
//
// Each pair moves the vectors a little, and after a few passes over the text the table is done. This is **skip-gram with
// negative sampling**.

// %%
show(
  quiz({
    question: "Why does the game need the random words?",
    choices: [
      {
        text: "without them, all vectors could become equal and long",
        correct: true,
        why: "If only true pairs count, one direction for all words wins: every score is high and the loss is 0. This is called collapse, and we meet it again in section 8.",
      },
      {
        text: "they make training faster",
        why: "They cost time. (They are far cheaper than a softmax over the whole vocabulary, though, which is what they replace.)",
      },
      {
        text: "they bring in words that the text does not have",
        why: "They are drawn from the text's own words, frequent ones more often (by count to the power 3/4).",
      },
    ],
  }),
);

// %% [markdown]
// **Exercise 4:** the loss of one pair and its gradient. This is the first training step that you write by hand; all later
// chapters leave gradients to the library.

// %%
import { negativeSampling } from "./labs/02-embeddings";
await check("02/negative-sampling", negativeSampling);

// %%
const skipConfig = { ...emb.skipGramDefaults, size: width, epochs: 5, rate: 0.05 };
const skip = emb.initSkipGram(corpus.words.length, width, makeRng(2));
const curve = live();
const steps: emb.SkipGramStep[] = [];
const skipStarted = performance.now();
for await (const step of emb.trainSkipGram(skip, corpus, skipConfig, makeRng(3), { records: 40 })) {
  steps.push(step);
  curve.show(
    linePlot(
      { name: "loss", x: steps.map(({ done }) => skipConfig.epochs * done), y: steps.map(({ loss }) => loss) },
      {
        title: "word2vec learns to tell neighbours from strangers",
        x: "passes over the text",
        y: "loss of a pair (nats)",
        references: [{ value: 6 * Math.log(2), label: "knowing nothing: 6 log 2" }],
      },
    ),
  );
  await nextTurn();
}
curve.done();
console.log(`${((performance.now() - skipStarted) / 1000).toFixed(1)} s`);
const skipGram = emb.wordVectors(corpus.words, skip.input, width);
show(table(neighbours(skipGram, probes), { title: "Neighbours by word2vec" }));
measured("loss of the last pairs", steps[steps.length - 1].loss, { band: [1.9, 2.35], unit: "nats" });
measured("nearest word from the same group, word2vec", 100 * purity(skipGram), { band: [75, 100], unit: "%" });

// %% [markdown]
// Two details of the paper do much work. **Subsampling**: frequent words are skipped at random (a word with share $f$ of the
// text stays with probability $\sqrt{t/f}$), or "the" would fill the windows. And each place draws its own window width, so
// near neighbours count more. Counting and word2vec are close relatives: with $k$ negatives, skip-gram factorises the PMI table
// minus $\log k$ (Levy and Goldberg 2014).
//
// ## 5 · GloVe: fit the logarithm of the counts
//
// **GloVe** (Pennington et al. 2014) goes back to the table of counts $X$ and asks directly that dot products be logarithms of
// counts: $w \cdot c + b + b' \approx \log X$, with a weight $f(X)$ so that rare counts matter less.
//
// **Exercise 5:** its loss for one count.

// %%
import { gloveLoss } from "./labs/02-embeddings";
await check("02/glove-loss", gloveLoss);

// %%
const gloveConfig = { ...emb.gloveDefaults, size: width, epochs: 15, xMax: 10 };
const gloveCounts = emb.cooccurrence(corpus, { window: 5, weighting: "harmonic" });
const gloveModel = emb.initGlove(corpus.words.length, width, makeRng(4));
const gloveLosses: number[] = [];
const gloveCurve = live();
for await (const { loss } of emb.trainGlove(gloveModel, gloveCounts, gloveConfig, makeRng(5))) {
  gloveLosses.push(loss);
  gloveCurve.show(
    linePlot(
      { name: "loss", x: gloveLosses.map((_, i) => i + 1), y: gloveLosses },
      {
        title: "GloVe fits the logarithms of the counts",
        x: "passes over the table",
        y: "weighted square",
        zero: true,
      },
    ),
  );
  await nextTurn();
}
gloveCurve.done();
const glove = emb.wordVectors(corpus.words, emb.gloveVectors(gloveModel), width);
show(table(neighbours(glove, probes), { title: "Neighbours by GloVe" }));
measured("GloVe: last loss over first", gloveLosses[gloveLosses.length - 1] / gloveLosses[0], { band: [0.05, 0.6] });

// %% [markdown]
// *Departure:* the paper's `xMax` is 100, for billions of words. Our counts are small, so here it is 10.
//
// ### Which vectors are best? Ask people
//
// WordSim-353 holds pairs of words that people scored from 0 to 10: *tiger – cat* 7.35, *king – cabbage* 0.23. **Spearman's**
// correlation compares the order: 1 is the same order as people's, 0 is no relation.

// %%
const wordSim = emb.parseSimilarity(readFileSync("datasets/word-similarity/wordsim353.txt", "utf8"));
const simLex = emb.parseSimilarity(readFileSync("datasets/word-similarity/simlex999.txt", "utf8"));
const contenders = { "PPMI + SVD": counted, word2vec: skipGram, GloVe: glove, "random vectors": randomVectors };
const small = Object.entries(contenders).map(([name, vectors]) => ({
  name,
  ...emb.wordSimilarity(vectors, wordSim),
}));
show(
  table(
    small.map(({ name, spearman, used, total }) => ({
      vectors: name,
      "Spearman's correlation": spearman,
      pairs: `${used} of ${total}`,
    })),
    { title: "Our vectors against people, WordSim-353" },
  ),
);
measured("pairs whose words are both in our text", small[0].used, { band: [60, 120], source: "of 353" });
measured("PPMI + SVD", small[0].spearman, { band: [0.25, 0.65] });
measured("random vectors", small[3].spearman, { band: [-0.3, 0.3] });

// %% [markdown]
// Be careful with this table. Only a quarter of the pairs can be asked at all, so a difference of 0.1 between two methods may
// be luck. What one can say: counting and word2vec know something that random vectors do not. GloVe does *not* pass this test
// here, although its days, colours and months are right. It learns only from pairs that met, and in a small text most pairs of
// rare words never do; PPMI and word2vec also learn from meetings that did not happen. On billions of words the three methods come
// close to each other when they are tuned alike (Levy, Goldberg and Dagan 2015). A quarter of a million words is a very small text.
//
// ## 6 · Real vectors, and the famous analogies
//
// The folder `datasets/word-vectors` holds an extract of the real GloVe vectors: trained on 6 billion words of Wikipedia and
// news, 100 numbers a word.

// %%
const file = await readSafetensors("datasets/word-vectors/vectors.safetensors");
const stored = await file.tensor("vectors");
const real = emb.wordVectors(
  readFileSync("datasets/word-vectors/words.txt", "utf8").trim().split("\n"),
  await stored.data(),
  100,
);
stored.dispose();
await file.close();
show(
  table(neighbours(real, ["monday", "king", "coffee", "river", "computer", "happy", "paris"]), {
    title: `Neighbours among ${real.words.length.toLocaleString("en")} words, real GloVe`,
  }),
);
const people = [wordSim, simLex].map((pairs) => emb.wordSimilarity(real, pairs));
measured("WordSim-353 (relatedness)", people[0].spearman, {
  band: [0.45, 0.65],
  reference: 0.658,
  source: "Pennington et al. 2014, table 3, with 300 numbers a vector",
});
measured("SimLex-999 (similarity proper)", people[1].spearman, { band: [0.2, 0.4] });

// %% [markdown]
// SimLex is the harder test: *coffee – cup* are related but not similar, and *good – bad* are opposites. Vectors made from
// company mix the two: opposites keep the same company.

// %%
measured("cosine of good and bad", emb.cosine(emb.vectorOf(real, "good"), emb.vectorOf(real, "bad")), {
  band: [0.6, 0.9],
});

// %% [markdown]
// Now the analogies. If *king − man* is a step that means "royal", then *woman* plus this step should arrive near *queen*:
// $v_\text{king} - v_\text{man} + v_\text{woman} \approx v_\text{queen}$. Predict:

// %%
show(
  quiz({
    question:
      "Compute king − man + woman with real vectors. Which of all words has the greatest cosine with the result?",
    choices: [
      {
        text: "queen",
        why: "Almost: queen comes second. The published rule leaves the words of the question out, and then it is first.",
      },
      {
        text: "king",
        correct: true,
        why: "The step from man to woman is short, so the result stays nearest to where it started. This is why the words of the question are left out.",
      },
      { text: "woman", why: "The result lies nearer to king: king − man is a longer step." },
    ],
  }),
);

// %%
const question = ["man", "king", "woman"] as const;
show(
  table(
    [true, false].map((keepQuestion) => ({
      "words of the question": keepQuestion ? "allowed" : "left out",
      "nearest to king − man + woman": emb
        .analogy(real, question, 4, { keepQuestion })
        .map(({ word, cosine }) => `${word} ${cosine.toFixed(2)}`)
        .join(", "),
    })),
  ),
);
measured("queen is first, question's words left out", Number(emb.analogy(real, question, 1)[0].word === "queen"), {
  band: [1, 1],
});
measured(
  "king is first, all words allowed",
  Number(emb.analogy(real, question, 1, { keepQuestion: true })[0].word === "king"),
  { band: [1, 1] },
);

// %% [markdown]
// **Exercise 6:** write the rule.

// %%
import { analogy } from "./labs/02-embeddings";
await check("02/analogy", analogy);

// %%
const analogies = emb.parseAnalogies(readFileSync("datasets/word-analogy/questions-words.txt", "utf8"));
/** At most 150 questions of each group, evenly spaced, so that this cell stays quick. */
const sample = <T>(all: readonly T[]): T[] => {
  const every = Math.max(1, Math.floor(all.length / 150));
  return all.filter((_, i) => i % every === 0).slice(0, 150);
};
const rows: { group: string; right: number; kept: number }[] = [];
for (const [group, questions] of analogies) {
  const chosen = sample(questions);
  const share = (keepQuestion: boolean) => {
    const { right, used } = emb.analogyAccuracy(real, chosen, { keepQuestion });
    return (100 * right) / used;
  };
  rows.push({ group, right: share(false), kept: share(true) });
  await nextTurn();
}
show(
  barPlot(
    rows.map(({ group }) => group),
    [
      { name: "words of the question left out", values: rows.map(({ right }) => right) },
      { name: "all words allowed", values: rows.map(({ kept }) => kept) },
    ],
    { title: "Analogies answered rightly: most of the success is in the rule", value: "right answers (%)" },
  ),
);
const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
measured("analogies right, mean of the groups", mean(rows.map(({ right }) => right)), {
  band: [60, 95],
  unit: "%",
  source: "our 3,773 words only; with 400,000 words to choose from it is harder",
});
measured("analogies right, all words allowed", mean(rows.map(({ kept }) => kept)), { band: [5, 45], unit: "%" });

// %% [markdown]
// Both bars use the same vectors. The difference is the rule alone: in most groups it makes more than half of the success (Linzen 2016; Rogers et al. 2017). So analogies are a nice
// picture of *directions with a meaning*, and a poor proof of understanding. Turn the cloud and look for parallel lines:

// %%
const royalPairs = [
  ["man", "woman"],
  ["king", "queen"],
  ["uncle", "aunt"],
  ["father", "mother"],
  ["son", "daughter"],
  ["prince", "princess"],
] as const;
showCloud(
  real,
  { "he words": royalPairs.map(([a]) => a), "she words": royalPairs.map(([, b]) => b) },
  "Pairs of family and court, real GloVe in three dimensions",
  royalPairs.map(([a, b]) => [a, b] as const),
);

// %% [markdown]
// **What people wrote is what vectors learn**, prejudice included. The direction *she − he* is a direction like any other. Which
// professions lie on which side of it?

// %%
const sheHe = Array.from(emb.vectorOf(real, "she"), (value, d) => value - emb.vectorOf(real, "he")[d]);
const jobs = [
  "nurse",
  "teacher",
  "secretary",
  "doctor",
  "lawyer",
  "engineer",
  "captain",
  "professor",
  "president",
  "scientist",
];
const leaning = jobs
  .filter((job) => real.id(job) !== undefined)
  .map((job) => ({ job, side: emb.cosine(sheHe, emb.vectorOf(real, job)) }))
  .sort((a, b) => b.side - a.side);
show(
  barPlot(
    leaning.map(({ job }) => job),
    { name: "cosine", values: leaning.map(({ side }) => side) },
    { title: "Professions along the direction she − he (right: she)", value: "cosine with she − he" },
  ),
);
measured("professions measured", leaning.length, { band: [6, 10] });
measured("spread between the two ends", leaning[0].side - leaning[leaning.length - 1].side, {
  band: [0.2, 0.7],
  source: "Bolukbasi et al. 2016 found it for word2vec",
});

// %% [markdown]
// Look at *nurse*, and at *captain* and *president*. One word may surprise you: *secretary* lies on the side of "he". In the news it
// is mostly a minister, "the secretary of state". A vector knows its text, not the word.
//
// ## 7 · One vector a word, or one a word in its sentence?
//
// *We sat on the bank of the river. The bank raised its rates.* In all tables above, "bank" has **one** vector for both. It is
// **static**. A transformer starts from such a table too, but every layer mixes in the other words of the sentence, so at the
// end "bank" has another vector in each sentence. It is **contextual** (ELMo 2018, BERT 2019). MiniLM is a small BERT with six
// layers; here are its vectors of "bank".

// %%
const miniLM = await loadModel("minilm-l6-v2");
const wordPiece = miniLM.tokenizer!;
const withEnds = (text: string): number[] => [
  wordPiece.special["[CLS]"],
  ...wordPiece.encode(text),
  wordPiece.special["[SEP]"],
];
/** MiniLM's vectors of all tokens of a text, [T][384]. */
async function states(text: string): Promise<number[][]> {
  const out = tf.tidy(() => miniLM.run(tf.tensor2d([withEnds(text)], undefined, "int32")).squeeze([0]));
  const values = (await out.array()) as number[][];
  out.dispose();
  return values;
}
const bankSentences = [
  "We sat on the bank of the river and watched the water.",
  "The boat was tied to the muddy bank of the stream.",
  "Trees grow along the bank of the lake.",
  "The bank raised its interest rates again.",
  "She opened a savings account at the bank.",
  "The bank lent the company two million dollars.",
];
const bankId = wordPiece.encode("bank")[0];
const bankVectors: number[][] = [];
for (const text of bankSentences) bankVectors.push((await states(text))[withEnds(text).indexOf(bankId)]);
const bankCosines = bankVectors.map((a) => bankVectors.map((b) => emb.cosine(a, b)));
const bankNames = ["river", "stream", "lake", "rates", "account", "lent"];
show(
  heatmap(bankCosines, {
    title: "“bank” in six sentences: cosines of its contextual vectors",
    x: "sentence",
    y: "sentence",
    xLabels: bankNames,
    yLabels: bankNames,
    value: "cosine",
    scale: "sequential",
  }),
);
const pairsOf = (same: boolean) =>
  bankCosines.flatMap((row, i) => row.filter((_, j) => i < j && (i < 3 === j < 3) === same));
measured("“bank” and “bank”, same meaning", mean(pairsOf(true)), { band: [0.8, 0.92] });
measured("“bank” and “bank”, another meaning", mean(pairsOf(false)), { band: [0.6, 0.8] });
measured("difference of the two", mean(pairsOf(true)) - mean(pairsOf(false)), { band: [0.1, 0.25] });
const [rowA, rowB] = [0, 3].map((i) => withEnds(bankSentences[i]).find((id) => id === bankId)!);
const tableRows = tf.tidy(() => miniLM.params.tokens.gather(tf.tensor1d([rowA, rowB], "int32")));
const [staticA, staticB] = (await tableRows.array()) as number[][];
tableRows.dispose();
measured("the same two words in MiniLM's static table, river and rates", emb.cosine(staticA, staticB), {
  band: [0.999999, 1],
});

// %% [markdown]
// Where in the network does the meaning separate? Take the vector of "bank" after each layer:

// %%
const layerNames = ["embeddings", ...Array.from({ length: miniLM.config.nLayer }, (_, i) => `layer ${i + 1}`)];
const perLayer: number[][][] = layerNames.map(() => []);
for (const text of bankSentences) {
  const at = withEnds(text).indexOf(bankId);
  const kept: tf.Tensor[] = [];
  const listen: Context = {
    tap: (name, value) => {
      if (name === "blocks.0.pre" || /^blocks\.\d+\.post$/.test(name))
        kept.push(tf.keep(value.slice([0, at, 0], [1, 1, -1]).clone()));
      return value;
    },
  };
  tf.tidy(() => void miniLM.run(tf.tensor2d([withEnds(text)], undefined, "int32"), listen));
  for (const [layer, vector] of kept.entries()) {
    perLayer[layer].push(Array.from(await vector.data()));
    vector.dispose();
  }
}
const meanCosine = (vectors: number[][], same: boolean) =>
  mean(
    vectors.flatMap((a, i) =>
      vectors.filter((_, j) => i < j && (i < 3 === j < 3) === same).map((b) => emb.cosine(a, b)),
    ),
  );
show(
  linePlot(
    [
      { name: "same meaning", y: perLayer.map((vectors) => meanCosine(vectors, true)) },
      { name: "another meaning", y: perLayer.map((vectors) => meanCosine(vectors, false)) },
    ],
    {
      title: "“bank” leaves “bank” behind, layer by layer",
      x: "layer (0: token plus position)",
      y: "mean cosine",
      zero: true,
    },
  ),
);
const apart = perLayer.map((vectors) => meanCosine(vectors, true) - meanCosine(vectors, false));
measured("same minus another meaning, before the first layer", apart[0], { band: [-0.02, 0.05] });
measured("same minus another meaning, after the last layer", apart[apart.length - 1], { band: [0.1, 0.25] });

// %% [markdown]
// At layer 0 the vectors differ only by their positions in the sentence: both curves start near 1, and together. Layer by layer
// the other words are mixed in, and at the end the two meanings stand apart.
//
// ## 8 · Whole sentences
//
// To compare sentences we need one vector for each. The simplest way is the **mean** of its words' vectors. It does not see the
// order of words, and frequent words rule it. A *sentence encoder* is a transformer trained so that the mean of its last
// states is a good vector for the sentence. MiniLM was trained on a billion pairs of sentences that belong together.

// %%
async function encodeSentences(texts: readonly string[]): Promise<number[][]> {
  const rows = texts.map(withEnds);
  const longest = Math.max(...rows.map(({ length }) => length));
  const padded = rows.map((ids) => [...ids, ...Array<number>(longest - ids.length).fill(0)]);
  const out = tf.tidy(() => {
    const ids = tf.tensor2d(padded, undefined, "int32"); // [B, T]
    const mask = tf.greater(ids, 0); // [PAD] is 0
    return sentenceEmbedding(miniLM.run(ids, {}, { mask }), mask); // [B, 384]
  });
  const values = (await out.array()) as number[][];
  out.dispose();
  return values;
}
/** The baseline: the mean of the static vectors of the words. */
const meanOfWords = (text: string): number[] => {
  const known = (text.toLowerCase().match(/[a-z]+/g) ?? []).filter((word) => real.id(word) !== undefined);
  const vectors = known.map((word) => emb.vectorOf(real, word));
  return Array.from({ length: real.size }, (_, d) => mean(vectors.map((vector) => vector[d])));
};
const topics: Record<string, string[]> = {
  weather: [
    "It will rain all day tomorrow.",
    "The forecast says there will be heavy storms.",
    "Take an umbrella, the sky looks dark.",
  ],
  cooking: [
    "Fry the onions until they are golden.",
    "Add salt and let the soup boil for an hour.",
    "The cake needs more sugar and butter.",
  ],
  football: [
    "Our team won the match in the last minute.",
    "The striker scored two goals.",
    "Fans cheered when the keeper saved the penalty.",
  ],
  money: [
    "The bank raised its interest rates.",
    "She wants to borrow some cash to buy a house.",
    "Stock prices fell sharply this week.",
  ],
};
const texts = Object.values(topics).flat();
const topicOf = (i: number): number => Math.floor(i / 3);
const byMiniLM = await encodeSentences(texts);
const byWords = texts.map(meanOfWords);
const sentenceNames = texts.map((_, i) => `${Object.keys(topics)[topicOf(i)]} ${1 + (i % 3)}`);
for (const [name, vectors] of [
  ["the mean of static vectors", byWords],
  ["MiniLM", byMiniLM],
] as const)
  show(
    heatmap(
      vectors.map((a) => vectors.map((b) => emb.cosine(a, b))),
      {
        title: `Twelve sentences, by ${name}`,
        x: "sentence",
        y: "sentence",
        xLabels: sentenceNames,
        yLabels: sentenceNames,
        value: "cosine",
        scale: "sequential",
      },
    ),
  );
const topicRight = (vectors: readonly number[][]) =>
  vectors.filter((a, i) => {
    const others = vectors.map((b, j) => (j === i ? -2 : emb.cosine(a, b)));
    return topicOf(others.indexOf(Math.max(...others))) === topicOf(i);
  }).length;
measured("nearest sentence has the same topic, MiniLM", topicRight(byMiniLM), { band: [10, 12], source: "of 12" });
measured("nearest sentence has the same topic, mean of words", topicRight(byWords), {
  band: [3, 12],
  source: "of 12",
});
/** Mean cosine of sentences of one topic, minus that of different topics. */
const contrastOf = (vectors: readonly number[][]) => {
  const part = (same: boolean) =>
    mean(
      vectors.flatMap((a, i) =>
        vectors.filter((_, j) => i < j && (topicOf(i) === topicOf(j)) === same).map((b) => emb.cosine(a, b)),
      ),
    );
  return part(true) - part(false);
};
measured("same topic minus other topics, MiniLM", contrastOf(byMiniLM), { band: [0.2, 0.35] });
measured("same topic minus other topics, mean of words", contrastOf(byWords), { band: [0.03, 0.15] });
const [bites, bitten] = await encodeSentences(["The dog bites the man.", "The man bites the dog."]);
measured("dog bites man / man bites dog, MiniLM", emb.cosine(bites, bitten), { band: [0.8, 0.999] });
measured(
  "dog bites man / man bites dog, mean of words",
  emb.cosine(meanOfWords("The dog bites the man."), meanOfWords("The man bites the dog.")),
  { band: [0.999999, 1] },
);

// %% [markdown]
// In this easy test the mean of words names the topics as well as MiniLM does: a cheap baseline always belongs beside the model.
// But look at the colours: to the mean *all* sentences are alike (cosines of 0.6 to 0.9), since they share "the" and "a". For MiniLM
// different topics stand at right angles. And word order does not exist for the mean at all, while even MiniLM finds the two dog
// sentences very much alike: it was trained to see what a text is *about*.
//
// ### SimCSE: a sentence is its own paraphrase
//
// Pairs of sentences that belong together are costly. **SimCSE** (Gao et al. 2021) needs none: encode the *same* sentence twice
// with **dropout** on (dropout sets random numbers to 0 in training; chapter 04 uses it). The two vectors differ a little. Train so
// that they find each other among all sentences of the batch:
//
// $$\text{loss}_i = -\log \frac{e^{\cos(h_i, h'_i)/\tau}}{\sum_j e^{\cos(h_i, h'_j)/\tau}}$$
//
// **Exercise 7:** this loss, with tensors.

// %%
import { simcseLoss } from "./labs/02-embeddings";
await check("02/simcse", simcseLoss);

// %% [markdown]
// Now train a tiny encoder (two layers, 64 numbers) from nothing, on sentences of our word problems, in three ways:
//
// 1. **SimCSE**: dropout makes the two views, the other sentences are the wrong answers.
// 2. **without dropout**: both views are the same vector. The right answer is always perfect; what is left to learn?
// 3. **without wrong answers**: only pull the two views together.
//
// Two numbers tell what happens (Wang and Isola 2020). **Alignment**: how far two views of one sentence lie apart (0 is best).
// **Uniformity**: how evenly all sentences spread over the sphere (0: all in one point; lower is better).

// %%
const tokenIds = new Map(corpus.words.map((word, i) => [word, i + 2])); // 0 is padding, 1 an unknown word
const time = 16;
const toIds = (words: readonly string[]): number[] =>
  Array.from({ length: time }, (_, i) => (words[i] === undefined ? 0 : (tokenIds.get(words[i]) ?? 1)));
const perProblem = problems
  .map((problem) => emb.sentencesOf(problem).filter(({ length }) => length >= 5 && length <= time))
  .filter(({ length }) => length >= 2);
const heldOut = perProblem.slice(-128);
const trainSentences = perProblem.slice(0, -128).flat().map(toIds);
const encoderConfig = {
  vocabSize: corpus.words.length + 2,
  context: time,
  dModel: 64,
  nLayer: 2,
  nHead: 4,
  dFfn: 128,
  rate: 0.1,
};
/** A fresh encoder: BERT without the heads of its pretraining. */
const freshEncoder = () => {
  const { tokens, positions, segments, norm, blocks, pooler, mlm, nsp } = initBert(encoderConfig, makeRng(7));
  tf.dispose([pooler, mlm, nsp] as unknown as tf.Tensor[]);
  return { tokens, positions, segments, norm, blocks };
};
type Encoder = ReturnType<typeof freshEncoder>;
/** float32 [B, 64], of length 1. Departure: the mean of the states, where the paper takes [CLS] through a layer. */
const encode = (params: Encoder, ids: tf.Tensor, ctx: Context = {}): tf.Tensor => {
  const mask = tf.greater(ids, 0);
  return sentenceEmbedding(bert(params, encoderConfig, ids, ctx, { mask }), mask);
};
type Batch = { readonly ids: tf.Tensor };
const ways: Record<string, (params: Encoder, batch: Batch, ctx: Context) => tf.Scalar> = {
  SimCSE: (params, { ids }, ctx) =>
    emb.simcseLoss(encode(params, ids, within(ctx, "first")), encode(params, ids, within(ctx, "second"))),
  "without dropout": (params, { ids }) => emb.simcseLoss(encode(params, ids), encode(params, ids)),
  "without wrong answers": (params, { ids }, ctx) =>
    emb.alignment(encode(params, ids, within(ctx, "first")), encode(params, ids, within(ctx, "second"))),
};

// %%
const firstIds = heldOut.map(([first]) => toIds(first));
const secondIds = heldOut.map(([, second]) => toIds(second));
/** On sentences that were never trained on: alignment of two dropout views, uniformity, mean cosine, and a small search task. */
function judge(params: Encoder): { alignment: number; uniformity: number; cosine: number; found: number } {
  const [alignment, uniformity, cosine, found] = tf
    .tidy(() => {
      const a = encode(params, tf.tensor2d(firstIds, undefined, "int32")) as tf.Tensor2D; // [N, 64]
      const b = encode(params, tf.tensor2d(secondIds, undefined, "int32")) as tf.Tensor2D;
      const view = (seed: number) =>
        encode(params, tf.tensor2d(firstIds, undefined, "int32"), { rng: makeRng(seed) });
      const n = firstIds.length;
      const others = tf
        .matMul(a, a, false, true)
        .sum()
        .sub(n)
        .div(n * (n - 1));
      const hits = tf.equal(tf.argMax(tf.matMul(a, b, false, true), 1), tf.range(0, n, 1, "int32"));
      return tf.stack([emb.alignment(view(1), view(2)), emb.uniformity(a), others, tf.mean(hits.cast("float32"))]);
    })
    .dataSync();
  return { alignment, uniformity, cosine, found };
}
const untrained = freshEncoder();
const judged: Record<string, ReturnType<typeof judge>> = { untrained: judge(untrained) };
tf.dispose(untrained as unknown as tf.TensorContainer);
const losses: Record<string, number[]> = {};
const contrast = live();
async function trainEncoder(name: string): Promise<void> {
  losses[name] = [];
  const state = startTraining(freshEncoder(), 3);
  const draw = (rng: Parameters<typeof integer>[0]) => trainSentences[integer(rng, trainSentences.length)];
  const batch = (_step: number, rng: Parameters<typeof integer>[0]): Batch => ({
    ids: tf.tensor2d(
      Array.from({ length: 32 }, () => draw(rng)),
      undefined,
      "int32",
    ),
  });
  for await (const step of train<Encoder, Batch>({
    state,
    loss: ways[name],
    batch,
    steps: 50,
    schedule: 1e-3,
    clip: 1,
  })) {
    losses[name].push(step.loss);
    if (step.step % 10 !== 0) continue;
    contrast.show(
      linePlot(
        Object.entries(losses).map(([label, y]) => ({ name: label, y })),
        { title: "Three ways to train a sentence encoder", x: "step", y: "loss", zero: true },
      ),
    );
  }
  judged[name] = judge(state.params);
  disposeTraining(state);
}
for (const name of Object.keys(ways)) await trainEncoder(name);
contrast.done();
show(
  table(
    Object.entries(judged).map(([name, { alignment, uniformity, cosine, found }]) => ({
      encoder: name,
      "alignment (0 best)": alignment,
      "uniformity (0: one point)": uniformity,
      "cosine of different sentences": cosine,
      "finds the next sentence of its problem (%)": 100 * found,
    })),
    {
      title: `Judged on ${heldOut.length} held-out problems; by chance ${(100 / heldOut.length).toFixed(1)} % are found`,
    },
  ),
);
measured("SimCSE: last loss", losses["SimCSE"][49], {
  band: [0, 0.5],
  unit: "nats",
  source: `log 32 = ${Math.log(32).toFixed(2)} where nothing is learned`,
});
measured("uniformity, SimCSE", judged["SimCSE"].uniformity, { band: [-4, -2] });
measured("uniformity, without wrong answers (collapse)", judged["without wrong answers"].uniformity, {
  band: [-0.3, 0],
});
measured("cosine of different sentences, without wrong answers", judged["without wrong answers"].cosine, {
  band: [0.9, 1],
});
measured(
  "alignment, without dropout over with dropout",
  judged["without dropout"].alignment / judged["SimCSE"].alignment,
  { band: [0.95, 2], unit: "×", source: "Gao et al. 2021, figure 2: above 1, much so after long training" },
);

// %% [markdown]
// What the numbers say, and what they do not:
//
// - **Without wrong answers the encoder collapses.** Its loss is the best of all, and all sentences have become one point: a
//   cosine of 1 between any two of them. A low loss is no proof of a good representation.
// - **SimCSE spreads the sentences** over the sphere while it keeps the two views of each together.
// - **Without dropout** the pair is right from the start, and only pushing apart is left to learn. Here that makes hardly a
//   difference: 50 steps of a tiny model show the mechanism, not its worth. In the paper (BERT base, a million sentences) the
//   correlation with people on STS-B is 82.5 with dropout, 71.1 without, and 43.6 where both views get the *same* dropout (table 3).
// - **None of our three encoders searches better than the untrained one**, which works like a bag of words (and is far above
//   chance). Sentence encoders start from a pretrained model, and chapter 06 shows why.
//
// ## What you built, and what remains
//
// | | one vector for | learned from | sees the sentence |
// |---|---|---|---|
// | one-hot | a word | nothing | no |
// | PPMI + SVD | a word | counts | no |
// | word2vec | a word | pairs against random words | no |
// | GloVe | a word | logarithms of counts | no |
// | BERT, MiniLM states | a token in its sentence | filling in words | yes |
// | SimCSE, MiniLM sentences | a sentence | pairs against other sentences | yes |
//
// **Take away**
// - Meaning as company: words used alike get like vectors. The angle tells how alike.
// - Counting, word2vec and GloVe are relatives; the text decides more than the method.
// - Learning by contrast needs wrong answers: word2vec's negatives and SimCSE's batch do the same work, against collapse.
// - Analogies look better than they are: read the rule of the test. And vectors learn our prejudices with our words.
// - Static vectors mix all meanings of a word; a transformer's layers take them apart.
//
// **At full scale** the table of a large model is learned together with the rest of it, not before. It has 32,000 to 256,000
// rows of 2,000 to 16,000 numbers (512 in the first transformer), is often the same matrix as the output layer, and in a small
// model it is the largest part. Sentence vectors are what a vector database stores for search (a later chapter).
//
// **Check everything at once** in a terminal: `npx lab grade --lab 02`.
//
// **Read on:** Mikolov et al. 2013 (word2vec) · Levy and Goldberg 2014 (word2vec factorises PMI) · Pennington, Socher, Manning 2014
// (GloVe) · Linzen 2016 (analogies) · Bolukbasi et al. 2016 (bias) · Peters et al. 2018 (ELMo) · Reimers and Gurevych 2019
// (Sentence-BERT) · Wang and Isola 2020 (alignment, uniformity) · Gao, Yao, Chen 2021 (SimCSE).

// %%
miniLM.dispose();
