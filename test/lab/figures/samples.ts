import type { Figure } from "../../../src/lab/figure";
import * as lab from "../../../src/lab/browser";
import type { Piece } from "../../../src/text/tokenizer";

/** Learner text at its worst: markup, NUL, escape sequences, lone surrogates, bidirectional overrides. */
export const hostile = `<script>alert(1)</script>"'&\u0000\u001b[31m\ud83d \u202eevil\u2066\ufeff]]>--><img src=x onerror=alert(1)>`;

/** Pieces of `text` by their lengths; ids count up from `firstId`. */
export function cut(text: string, lengths: readonly number[], firstId = 100): Piece[] {
  let at = 0;
  return lengths.map((length, i) => {
    const [start, end] = [at, (at += length)];
    return { id: firstId + i * 37, token: text.slice(start, end), start, end };
  });
}

const english = "The tokenizer reads unhappiness,\n\tnot happiness.";
const chinese = "天地玄黃 😀 ok";

const bytePieces: Piece[] = [
  { id: 11, token: "天", start: 0, end: 1 },
  { id: 12, token: "<0xE5>", start: 1, end: 1 },
  { id: 13, token: "<0x9C><0xB0>", start: 1, end: 2 },
  { id: 14, token: "玄", start: 2, end: 3 },
  { id: 15, token: "[UNK]", start: 3, end: 4 },
  { id: 16, token: " 😀", start: 4, end: 7 },
  { id: 17, token: " ok", start: 7, end: 10 },
  { id: 2, token: "<|endoftext|>", start: 10, end: 10 },
];

const softmaxModule = `module @softmax {
  func.func public @main(%arg0: tensor<2x3xf32>) -> (tensor<2x3xf32>) {
    %0 = stablehlo.constant dense<0xFF800000> : tensor<f32>  // Max
    %1 = stablehlo.reduce(%arg0 init: %0) applies stablehlo.maximum across dimensions = [1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<2xf32>
    %2 = stablehlo.broadcast_in_dim %1, dims = [0] : (tensor<2xf32>) -> tensor<2x3xf32>  // Sub
    %3 = stablehlo.subtract %arg0, %2 : tensor<2x3xf32>
    %4 = stablehlo.exponential %3 : tensor<2x3xf32>  // Exp
    return %4 : tensor<2x3xf32>
  }
}
`;

const loss = Array.from({ length: 300 }, (_, i) => 1.1 + 3.1 * Math.exp(-i / 60) + 0.08 * Math.sin(i * 1.7));
const slower = Array.from(
  { length: 300 },
  (_, i) => 1.4 + 2.8 * Math.exp(-i / 110) + 0.05 * Math.sin(i * 2.3),
);

const lowest = ["l", "o", "w", "e", "s", "t"];
const merges: lab.MergesTrace = {
  word: "lowest lowest",
  steps: [
    { tokens: [...lowest, " ", ...lowest] },
    { tokens: ["l", "o", "w", "es", "t", " ", "l", "o", "w", "es", "t"], pair: ["e", "s"], rank: 0 },
    { tokens: ["l", "o", "w", "est", " ", "l", "o", "w", "est"], pair: ["es", "t"], rank: 1 },
    { tokens: ["lo", "w", "est", " ", "lo", "w", "est"], pair: ["l", "o"], rank: 12 },
    { tokens: ["low", "est", " ", "low", "est"], pair: ["lo", "w"], rank: 13 },
    { tokens: ["low", "est", " low", "est"], pair: [" ", "low"], rank: 4021 },
  ],
};

const lattice: lab.Lattice = {
  text: "tokens",
  arcs: [
    { piece: "t", start: 0, end: 1, score: -5.1 },
    { piece: "o", start: 1, end: 2, score: -5.4 },
    { piece: "k", start: 2, end: 3, score: -6.8 },
    { piece: "e", start: 3, end: 4, score: -4.6 },
    { piece: "n", start: 4, end: 5, score: -5.2 },
    { piece: "s", start: 5, end: 6, score: -4.0 },
    { piece: "to", start: 0, end: 2, score: -6.2 },
    { piece: "ken", start: 2, end: 5, score: -9.5 },
    { piece: "en", start: 3, end: 5, score: -6.9 },
    { piece: "ok", start: 1, end: 3, score: -9.9 },
    { piece: "token", start: 0, end: 5, score: -8.3 },
    { piece: "ens", start: 3, end: 6, score: -9.1 },
  ],
  path: [10, 5],
};

const counted: [string, string, number][] = [
  ["e", " ", 27643],
  ["t", "h", 22739],
  ["t", " ", 16508],
  ["s", " ", 15364],
  ["d", " ", 14137],
  [",", " ", 13908],
  ["o", "u", 12703],
  ["e", "r", 11711],
];

/** 400 tokens with made-up logits that fall slowly. */
const nextLogits = Float32Array.from({ length: 400 }, (_, id) => 6 - 1.4 * Math.log(1 + ((id * 7) % 400)));

const treeRounds: lab.TreeRound[] = [
  {
    read: "First Citizen:\nBefore",
    nodes: [
      { token: " we", parent: -1, probability: 0.71, threshold: 0.09, accepted: true },
      { token: " pro", parent: 0, probability: 0.42, threshold: 0.08, accepted: true },
      { token: " are", parent: 0, probability: 0.03, threshold: 0.08, accepted: false },
      { token: "ceed", parent: 1, probability: 0.97, threshold: 0.27, accepted: true },
      { token: "vide", parent: 1, probability: 0.01, threshold: 0.27, accepted: false },
      { token: " the", parent: 2, probability: 0.2, threshold: 0.1, accepted: true },
    ],
    path: [0, 1, 3],
  },
  {
    read: "First Citizen:\nBefore we proceed",
    nodes: [{ token: " any", parent: -1, accepted: true }],
    path: [0],
  },
];

const check = (id: string, state: lab.CheckState, score: number, message: string): lab.CheckResult => ({
  id,
  title: `check ${id}`,
  state,
  score,
  max: 2,
  message,
});

/** The game of 24 with 4 9 10 13: two states kept at each depth. */
const thoughtBoxes: readonly lab.ThoughtBox[] = [
  { label: "4 9 10 13", parent: -1, kept: true },
  { label: "4 4 10", move: "13 - 9 = 4", parent: 0, score: 0.93, kept: true },
  { label: "9 10 17", move: "4 + 13 = 17", parent: 0, score: 0.02, kept: false },
  { label: "4 9 23", move: "10 + 13 = 23", parent: 0, score: 0.31, kept: true },
  { label: "4 6", move: "10 - 4 = 6", parent: 1, score: 0.99, kept: true },
  { label: "8 10", move: "4 + 4 = 8", parent: 1, score: 0.01, kept: false },
  { label: "4 14", move: "23 - 9 = 14", parent: 3, score: 0.04, kept: true },
  { label: "24", move: "4 * 6 = 24", parent: 4, score: 1, kept: false, solved: true },
  { label: "18", move: "4 + 14 = 18", parent: 6, score: 0, kept: false },
];

/** One of each figure, as chapters use them: drawn as snapshots and in the browser. */
export const samples: Readonly<Record<string, () => Figure>> = {
  "line-two": () =>
    lab.linePlot(
      [
        { name: "subwords", y: loss },
        { name: "characters", y: slower },
      ],
      {
        title: "Validation loss falls, and subwords are ahead",
        x: "step",
        y: "loss (nats per token)",
        references: [{ value: 1.88, label: "nanoGPT 1.88" }],
      },
    ),
  "line-log": () =>
    lab.linePlot(
      { name: "encode", x: [1e3, 1e4, 1e5, 1e6], y: [0.0004, 0.0031, 0.028, 0.31] },
      { title: "Time grows in step with the text", x: "characters", y: "seconds", log: "xy" },
    ),
  scatter: () =>
    lab.scatterPlot(
      [
        { name: "before 2018", x: [1, 2, 3.1], y: [2, 4, 3], labels: ["word2vec", "GloVe", "ELMo"] },
        { name: "after 2018", x: [4, 4.2, 6], y: [6, 6.1, 8], labels: ["GPT", "BERT", "T5"] },
      ],
      { title: "Models by size", x: "log size", y: "score" },
    ),
  bars: () =>
    lab.barPlot(
      ["this lab", "gpt-tokenizer", "tiktoken (wasm)", "@huggingface/tokenizers"],
      { name: "encode", values: [61.2, 38.4, 9.1, 3.07] },
      { title: "Encoding speed, GPT-2 vocabulary", value: "MB/s" },
    ),
  "bars-grouped": () =>
    lab.barPlot(
      ["English", "Chinese", "emoji"],
      [
        { name: "GPT-2", values: [228, 1650, 2900] },
        { name: "o200k", values: [214, 610, 1350] },
      ],
      { title: "Tokens per 1,000 characters", value: "tokens" },
    ),
  "bars-intervals": () =>
    lab.barPlot(
      ["head", "pattern"],
      [
        { name: "10 labels", values: [0.56, 0.81], low: [0.52, 0.78], high: [0.6, 0.84] },
        { name: "100 labels", values: [0.83, 0.86], low: [0.81, NaN], high: [0.85, NaN] },
      ],
      { title: "Accuracy with intervals", value: "share right" },
    ),
  "line-intervals": () =>
    lab.linePlot(
      [
        {
          name: "head",
          x: [10, 50, 100],
          y: [0.56, 0.74, 0.83],
          low: [0.52, 0.7, 0.81],
          high: [0.6, 0.78, 0.85],
        },
        {
          name: "pattern",
          x: [0, 10, 50, 100],
          y: [0.7, 0.81, 0.85, 0.86],
          low: [NaN, 0.78, 0.83, 0.85],
          high: [NaN, 0.84, 0.87, 0.87],
        },
      ],
      { title: "Accuracy by labels", x: "labels", y: "share right" },
    ),
  "heat-small": () =>
    lab.heatmap(
      [
        [1, 0, 0, 0],
        [0.62, 0.38, 0, 0],
        [0.11, 0.71, 0.18, 0],
        [0.05, 0.12, 0.63, 0.2],
      ],
      {
        title: "Attention of head 3",
        x: "key",
        y: "query",
        xLabels: ["The", " cat", " sat", " down"],
        yLabels: ["The", " cat", " sat", " down"],
        value: "weight",
      },
    ),
  "heat-large": () =>
    lab.heatmap(
      Array.from({ length: 66 }, (_, r) =>
        Array.from({ length: 66 }, (_, c) => Math.sin(r / 9) * Math.cos(c / 7)),
      ),
      { title: "Position encodings, dot products", x: "position", y: "position", value: "q·k" },
    ),
  table: () =>
    lab.table(
      [
        { name: "words", vocab: 11455, tokens: 209892, seconds: 0.0412, exact: false },
        { name: "BPE", vocab: 8000, tokens: 312004, seconds: 0.81, exact: true },
        { name: "中文 and 😀", vocab: 256, tokens: 1115394, seconds: 0.0021, exact: true },
      ],
      {
        title: "Six ways to cut one text",
        columns: {
          name: "scheme",
          vocab: "vocabulary",
          tokens: "tokens",
          seconds: "seconds",
          exact: "lossless",
        },
        best: { tokens: "low", seconds: "low" },
      },
    ),
  tokens: () =>
    lab.tokenFigure(
      [
        {
          name: "GPT-2",
          text: english,
          pieces: cut(english, [3, 6, 4, 6, 3, 4, 6, 1, 1, 3, 10, 1]),
          vocabSize: 50257,
        },
        {
          name: "characters",
          text: english,
          pieces: cut(
            english,
            Array.from(english, () => 1),
          ),
          vocabSize: 65,
        },
      ],
      { title: "One sentence, two tokenizers" },
    ),
  "tokens-bytes": () =>
    lab.tokenFigure(
      {
        name: "bytes and special tokens",
        text: chinese,
        pieces: bytePieces,
        special: { "[UNK]": 15, "<|endoftext|>": 2 },
      },
      { title: "Characters outside the vocabulary" },
    ),
  merges: () => lab.mergesFigure(merges),
  training: () =>
    lab.trainingFigure(
      counted.map(([a, b, count]) => ({ pair: [a, b] as const, count, newToken: a + b })),
      { title: "The first merges of Tiny Shakespeare" },
    ),
  curve: () =>
    lab.vocabularyCurve(
      [256, 512, 1024, 2048, 4096, 8192, 16384, 32768].flatMap((vocabSize, i) => [
        { name: "English", vocabSize, tokens: Math.round(1e6 * 0.82 ** i), characters: 1e6 },
        { name: "Chinese", vocabSize, tokens: Math.round(3e6 * 0.78 ** i), characters: 1e6 },
      ]),
      { width: 768, marks: { "here 8,192": 8192 } },
    ),
  lattice: () => lab.latticeFigure(lattice),
  attention: () =>
    lab.attentionFigure({
      tokens: ["The", " cat", " sat"],
      q: [
        [1, 0],
        [0, 2],
        [2, 1],
      ],
      k: [
        [1, 0],
        [0, 1],
        [-1, 1],
      ],
      v: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    }),
  cloud: () =>
    lab.cloudFigure(
      [
        {
          name: "people",
          points: [
            { label: "king", x: 2, y: 1, z: 0.2 },
            { label: "queen", x: 2, y: -1, z: 0.1 },
            { label: "man", x: 0.5, y: 1, z: -0.2 },
            { label: "woman", x: 0.5, y: -1, z: -0.1 },
          ],
        },
        {
          name: "fruit",
          points: [
            { label: "apple", x: -2, y: 0.2, z: 2 },
            { label: "pear", x: -2.2, y: -0.1, z: 1.7 },
          ],
        },
      ],
      {
        title: "Six words in space",
        lines: [
          ["man", "king"],
          ["woman", "queen"],
        ],
        note: "Made by hand.",
      },
    ),
  angle: () => lab.angleFigure({ degrees: 60, length: 1.5 }),
  rotation: () =>
    lab.rotationFigure({ q: [1, 0.2, 0.8, -0.4, 0.6, 0.5], k: [0.7, 0.7, -0.2, 0.9, 1, 0], base: 100 }),
  broadcast: () =>
    lab.broadcastFigure({
      a: [[10], [20], [30]],
      b: [[1, 2, 3, 4]],
      symbol: "+",
      apply: (a, b) => a + b,
      title: "A column plus a row",
    }),
  flipbook: () =>
    lab.flipbook(
      [1, 0.5].map((h) => ({
        figure: lab.linePlot(
          { name: "secant", y: [0, h] },
          { title: `h = ${h}`, x: "x", y: "f(x)", references: [{ value: 1, label: "top" }] },
        ),
        say: `h = ${h}: slope ${h}`,
      })),
      { title: "Two steps", what: "step size h" },
    ),
  drafts: () =>
    lab.draftFigure(
      [
        { drafted: [" to", " be", " or", " that"], accepted: 3, next: " not" },
        { drafted: [" to", " be"], accepted: 2, next: ":" },
        { drafted: [" this"], accepted: 0, next: " that" },
      ],
      { title: "Eight tokens in three rounds", prompt: "Hamlet:" },
    ),
  next: () =>
    lab.nextTokenFigure(nextLogits, {
      token: (id) => ` t${id}`,
      prompt: "The capital of France is",
      start: { temperature: 0.8, topP: 0.7 },
    }),
  tree: () => lab.tokenTreeFigure(treeRounds),
  thoughts: () => lab.thoughtTreeFigure(thoughtBoxes),
  program: () => lab.programFigure(softmaxModule, { title: "A softmax, compiled" }),
  progress: () =>
    lab.progressTable([
      {
        id: "01",
        title: "Tokenization",
        score: 17.5,
        max: 30,
        exercises: [
          { title: "Characters to ids", passed: true, best: 1, hints: 0, tries: 1 },
          { title: "Count pairs", passed: false, best: 0.75, hints: 2, tries: 4 },
          { title: "Merge a pair", passed: false, best: 0, hints: 1, tries: 2 },
          { title: "Train BPE", passed: false, best: 0, hints: 0, tries: 0 },
        ],
      },
      { id: "02", title: "Embeddings", score: 0, max: 0, exercises: [] },
    ]),
  quiz: () =>
    lab.quiz({
      question: "GPT-2 reads `unhappiness` as three tokens. What happens to the count for `Unhappiness`?",
      choices: [
        {
          text: "It stays at three.",
          why: "The first letter's case is part of the token: `un` and `Un` are two entries.",
        },
        {
          text: "It may change.",
          correct: true,
          why: "Merges were learned on lower-case text far more often.",
        },
        {
          text: "It becomes `[UNK]`.",
          why: "Byte-level BPE has no unknown token: at worst it falls back to bytes.",
        },
      ],
    }),
  report: () =>
    lab.reportFigure({
      title: "Exercise 3: train BPE",
      score: 5,
      max: 8,
      state: "partial",
      checks: [
        check("hand case", "pass", 2, ""),
        check(
          "random texts",
          "partial",
          1,
          '412 of 500 texts agree.\ngot      [["a","b"]]\nexpected [["b","c"]]',
        ),
        check("ties", "fail", 0, "This is what comes out when ties go to the last pair: take the first."),
        check(
          "one letter, a million times",
          "timeout",
          0,
          "Not done after 2 s. Is the work per merge larger than the number of places that change?",
        ),
        check("input not changed", "todo", 0, "The stub still throws."),
      ],
    }),
};
