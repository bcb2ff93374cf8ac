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
// # 00 · Start here
//
// A transformer is a function of numbers in boxes. This chapter shows the boxes (**tensors**), how a machine learns from
// them (**gradients**), what computes them on your machine (the **engine**), and how a whole function becomes one fast
// program (the **compiler**). No model yet: these are the tools of every later chapter.
//
// **After this chapter you can**
// - read a shape such as `[8, 64, 128]`, and say what broadcasting makes of two shapes;
// - write a softmax that does not overflow, and say why the simple one does;
// - check a gradient by trying, and choose the step for it;
// - say what your machine computes with, and read the program that a compiler is given;
// - repeat an experiment exactly, and find a memory leak.
//
// **Time:** about 90 minutes, half of it for three exercises. In a hurry? Sections 1, 2 and 3 are the core.
//
// **How it works.** Run a cell with Shift+Enter. Questions come *before* the cell that answers them: choose first. You
// write your answers in the file `labs/00-start-here.ts`, beside this notebook. Save it, run the check cell again: it
// always takes your newest code. You cannot break anything: `npx lab reset 00` in a terminal brings the empty exercises
// back and keeps a copy of yours.

// %%
import {
  countLeaks,
  fork,
  jit,
  makeRng,
  normal,
  normalTensor,
  report,
  tf,
  uniform,
  useEngine,
} from "transformer-lab/engine";
import {
  barPlot,
  broadcastFigure,
  check,
  flipbook,
  linePlot,
  measured,
  programFigure,
  quiz,
  show,
  table,
} from "transformer-lab/lab";

await useEngine(); // the best engine of this machine; section 4 says which one
console.log(`ready, on ${tf.getBackend()}`);

// %% [markdown]
// ## 1 · Tensors: numbers with a shape
//
// A **tensor** is a box of numbers. Its **shape** says how many there are in each direction, and each direction is an
// **axis**, counted from 0. `[3]` is a list, `[2, 3]` a table of 2 rows and 3 columns, `[8, 64, 128]` eight tables: in a
// transformer, 8 texts of 64 tokens of 128 numbers each. A single number has no axis: its shape is `[]`. The **dtype** is
// the kind of number: `float32` (a fraction), `int32` (a whole number), `bool` (yes or no).

// %%
const twoRows = [
  [1, 2, 3],
  [4, 5, 6],
];
const rows = tf.tensor(twoRows);
const examples: [code: string, what: string, made: tf.Tensor][] = [
  ["rows", "as it was made", rows],
  ["rows.sum(0)", "adds down axis 0", rows.sum(0)],
  ["rows.sum(1)", "adds along axis 1", rows.sum(1)],
  ["rows.sum(1, true)", "the same, and keeps the axis", rows.sum(1, true)],
  ["rows.sum()", "adds everything", rows.sum()],
  ["rows.reshape([3, 2])", "same numbers, same order", rows.reshape([3, 2])],
  ["rows.transpose()", "rows become columns", rows.transpose()],
  ["rows.greater(2)", "yes or no", rows.greater(2)],
];
const values = await Promise.all(examples.map(([, , made]) => made.array())); // out of the engine, into JavaScript
show(
  table(
    examples.map(([code, what, made], i) => ({
      code,
      what,
      shape: `[${made.shape.join(", ")}]`,
      dtype: made.dtype,
      numbers: made.size,
      values: JSON.stringify(values[i]),
    })),
    { title: "One tensor, and what becomes of it" },
  ),
);

// %% [markdown]
// An axis that is added over goes away. With `true` it stays, with size 1: that looks like a detail, and it decides
// whether the next line works. Predict:

// %%
show(
  quiz({
    question: "`a` is a column of shape `[3, 1]`, `b` a row of shape `[1, 4]`. What is `a + b`?",
    choices: [
      {
        text: "an error: the shapes differ",
        why: "They fit: on each axis the sizes are equal, or one of them is 1.",
      },
      {
        text: "shape `[3, 4]`: each of `a` with each of `b`",
        correct: true,
        why: "A size of 1 is stretched to the other size. This is called broadcasting.",
      },
      {
        text: "shape `[3, 1]`: the first tensor decides",
        why: "Neither decides. On each axis the larger size wins, and a size of 1 is stretched to it.",
      },
      {
        text: "shape `[4]`: axes of size 1 disappear",
        why: "Broadcasting stretches axes of size 1. They disappear only where you ask for it (`squeeze`, `sum`).",
      },
    ],
  }),
);

// %% [markdown]
// **Broadcasting**: where two shapes differ, axes of size 1 are stretched; missing axes count as size 1, on the left. Point
// at a cell to see what it is made of.

// %%
const column = [[10], [20], [30]];
const row = [[1, 2, 3, 4]];
show(broadcastFigure({ a: column, b: row, symbol: "+", apply: (a, b) => a + b, title: "A column plus a row" }));
const both = tf.tensor(column).add(tf.tensor(row));
console.log("tfjs agrees:", JSON.stringify(await both.array()));
measured("numbers in a + b", both.size, { band: [12, 12], reference: 12, source: "3 rows × 4 columns" });

// %% [markdown]
// And where shapes do not fit, the error tells both of them. Read it: it is the error you will meet most often.

// %%
try {
  rows.add(tf.tensor([1, 2]));
} catch (error) {
  console.log((error as Error).message);
}
show(
  broadcastFigure({
    a: twoRows,
    b: [[6], [15]],
    symbol: "÷",
    apply: (a, b) => a / b,
    title: "Each row divided by its sum: the axis was kept, so [2, 1] stretches over [2, 3]",
  }),
);

// %% [markdown]
// ## 2 · Float32: seven digits, and an end
//
// A `float32` has 24 bits for its digits and 8 for its size. So it keeps about seven digits, and it ends at $3.4 \cdot
// 10^{38}$: what is larger becomes infinity. Both limits can be found by trying.

// %%
const halves = Array.from({ length: 40 }, (_, i) => 2 ** -i);
const aboveOne = await tf.tensor1d(halves).add(1).sub(1).data(); // 1 + 2^-i - 1
const smallest = Math.min(...halves.filter((_, i) => aboveOne[i] > 0));
measured("smallest power of two that 1 + e still notices", smallest, {
  band: [2 ** -23, 2 ** -23],
  reference: 2 ** -23,
  source: "IEEE 754: 23 bits after the point",
});
const powers = await tf
  .tensor1d(Array.from({ length: 120 }, (_, i) => i))
  .exp()
  .data();
const lastFinite = powers.findIndex((power) => !Number.isFinite(power)) - 1;
measured("largest whole x for which exp(x) is finite", lastFinite, {
  band: [88, 88],
  reference: 88,
  source: "ln(3.4 · 10^38) = 88.7",
});

// %% [markdown]
// **Softmax** turns scores into probabilities: $p_i = e^{x_i} / \sum_j e^{x_j}$. Every attention layer and every output
// of a language model uses it. Scores above 88 are common. What then?

// %%
show(
  quiz({
    question: "Softmax of the scores 1000 and 1000, written just like the formula, gives:",
    choices: [
      { text: "0.5 and 0.5", why: "That is the right answer. The formula as it stands does not reach it." },
      { text: "infinity and infinity", why: "Each power is infinity, but then one is divided by the sum." },
      {
        text: "NaN and NaN",
        correct: true,
        why: "Both powers are infinity, their sum too, and infinity ÷ infinity is NaN: not a number. It spreads to all that it touches.",
      },
      {
        text: "an error",
        why: "Floating-point numbers never stop a program. They turn into infinity and NaN, and the program goes on.",
      },
    ],
  }),
);

// %%
const simpleSoftmax = (x: tf.Tensor) => tf.tidy(() => x.exp().div(x.exp().sum(-1, true)));
console.log("1, 2, 3      →", (await simpleSoftmax(tf.tensor([1, 2, 3])).data()).join(", "));
console.log("1000, 1000   →", (await simpleSoftmax(tf.tensor([1000, 1000])).data()).join(", "));

// %% [markdown]
// The cure costs one subtraction: take the largest score away first. It divides out above and below, and no power is
// larger than $e^0 = 1$.
//
// **Exercise 1:** write it. Open `labs/00-start-here.ts`, find `softmax`. A tip for this first one: write the formula as
// it stands, save, run the check and read what it says. Then mend it. Stuck? Run `hint("00/softmax")` in a cell of your
// own: each run tells you more. `helpWith("00/softmax", "NaN")` helps with something that you see.

// %%
import { softmax } from "./labs/00-start-here";
await check("00/softmax", softmax);

// %% [markdown]
// A check does more than compare: it tries sizes, shapes, extremes and gradients, watches your memory, and tells the
// classic mistakes by name. It computes in plain JavaScript, so that points are the same on every machine. `npx lab grade --lab 00` runs the same checks in a process of its own; that is what counts.
// Once you have passed, `solution("00/softmax")` shows the lab's own way.
//
// **Exercise 2:** log-sum-exp, $\log \sum_j e^{x_j}$, is the other half of every loss. Here minus infinity comes in: the
// logarithm of probability 0. What is the sum of nothing but zeros?

// %%
import { logSumExp } from "./labs/00-start-here";
await check("00/log-sum-exp", logSumExp);

// %% [markdown]
// ## 3 · Gradients: which way is down?
//
// A model learns by changing its numbers a little, in the direction that makes its **loss** (its error, one number)
// smaller. The **gradient** holds, for each number, how fast the loss changes with it: the slope. For one number it is the
// slope of the tangent. You can find it by trying: step h to the side, and divide the change by h. Flip through the steps.

// %%
const f = (x: number) => x ** 3 / 3 - x;
const x0 = 1.5;
const slope = x0 ** 2 - 1; // by the rules of calculus
const places = Array.from({ length: 61 }, (_, i) => i / 20);
/** The line through (x0, f(x0)) with this rise, from y = -1.5 up to y = 6. */
const along = (rise: number) => (x: number) => f(x0) + rise * (x - x0);
const ends = (rise: number) => [x0 + (-1.5 - f(x0)) / rise, Math.min(3, x0 + (6 - f(x0)) / rise)];
show(
  flipbook(
    [1.4, 1, 0.5, 0.25, 0.1, 0.02].map((h) => {
      const secant = (f(x0 + h) - f(x0)) / h;
      const inside = places.filter((x) => x >= ends(slope)[0]);
      const [from, to] = ends(secant);
      const marks = [from, x0, x0 + h, to];
      return {
        figure: linePlot(
          [
            { name: "f", x: places, y: places.map(f) },
            { name: "tangent", x: inside, y: inside.map(along(slope)) },
            { name: "through x and x + h", x: marks, y: marks.map(along(secant)) },
          ],
          { title: `Step h = ${h}`, x: "x", y: "f(x)" },
        ),
        say: `h = ${h}: the slope through both points is ${secant.toFixed(4)}, the tangent's is ${slope}: off by ${Math.abs(secant - slope).toFixed(4)}`,
      };
    }),
    { title: "The smaller the step, the closer to the tangent", what: "step size h" },
  ),
);

// %% [markdown]
// tfjs finds gradients without trying. While a function runs, it writes down every operation (the **tape**), and then goes
// backwards through the list with the chain rule. This is **backpropagation**: one pass back gives the slope for *all*
// inputs at once, a million as easily as one.

// %%
const cube = (x: tf.Tensor) => x.pow(3).div(3).sub(x).sum();
const gradient = await tf
  .grad(cube)(tf.tensor1d([0, 1, x0, 2]))
  .data();
console.log("slopes at 0, 1, 1.5, 2:", Array.from(gradient).join(", "));
measured("slope at 1.5, by the tape", gradient[2], {
  band: [slope - 1e-4, slope + 1e-4],
  reference: slope,
  source: "x² − 1, by hand",
});

// %% [markdown]
// Trying is slow, but it needs no rules: the perfect test for hand-written gradients. How small should the step be?

// %%
show(
  quiz({
    question:
      "A float32 function, its slope by trying. You make the step 1,000 times smaller, from 0.001 to 0.000001. The error:",
    choices: [
      {
        text: "gets 1,000 times smaller",
        why: "So says calculus, whose numbers have endless digits. Float32 has seven.",
      },
      {
        text: "stays the same",
        why: "Two things pull at it: the curve bends less, and fewer digits are left. They do not cancel.",
      },
      {
        text: "gets larger",
        correct: true,
        why: "f(x + h) and f(x) now agree in nearly all of their seven digits. What is left of the difference is rounding, and dividing by a tiny h makes it large.",
      },
    ],
  }),
);

// %% [markdown]
// Measure it: $f(x) = x^3$ in float32 at 101 places, steps from 1 to $10^{-7}$, with the *forward* difference $(f(x+h) -
// f(x))/h$ and the *central* one, $(f(x+h) - f(x-h))/2h$. The dashed lines are the steps that theory calls best, with
// $e = 2^{-23}$, the rounding error of section 2.

// %%
const steps = Array.from({ length: 29 }, (_, i) => 10 ** (-i / 4));
const xs = Array.from({ length: 101 }, (_, i) => 0.5 + (1.5 * i) / 100);
const at = async (by: (h: number) => number) => {
  const points = steps.flatMap((h) => xs.map((x) => x + by(h)));
  const values = tf.tidy(() => {
    const x = tf.tensor1d(points);
    return x.mul(x).mul(x);
  });
  return values.data();
};
const [up, here, down] = [await at((h) => h), await at(() => 0), await at((h) => -h)];
const medianError = (slopeAt: (k: number, h: number) => number) =>
  steps.map((h, s) => {
    const errors = xs.map((x, i) => Math.abs(slopeAt(s * xs.length + i, h) / (3 * x * x) - 1));
    return errors.sort((a, b) => a - b)[50];
  });
const forward = medianError((k, h) => (up[k] - here[k]) / h);
const central = medianError((k, h) => (up[k] - down[k]) / (2 * h));
show(
  linePlot(
    [
      { name: "forward", x: steps, y: forward },
      { name: "central", x: steps, y: central },
    ],
    {
      title: "From right to left the error falls with the step, then rounding takes over",
      x: "step h",
      y: "relative error (median of 101 places)",
      log: "xy",
      references: [
        { axis: "x", value: Math.sqrt(smallest), label: "√e" },
        { axis: "x", value: Math.cbrt(smallest), label: "∛e" },
      ],
    },
  ),
);
const best = (errors: number[]) => errors.indexOf(Math.min(...errors));
measured("best step, forward difference", steps[best(forward)], {
  band: [3e-5, 3e-3],
  reference: Math.sqrt(2 ** -23),
  source: "√e, Press et al. 2007, section 5.7",
});
measured("best step, central difference", steps[best(central)], {
  band: [8e-4, 4e-2],
  reference: Math.cbrt(2 ** -23),
  source: "∛e, Press et al. 2007, section 5.7",
});
measured("least error, forward over central", Math.min(...forward) / Math.min(...central), {
  band: [3, 300],
  unit: "×",
});
measured("error with the step 10⁻⁶, over the least error", central[24] / Math.min(...central), {
  band: [100, 1e6],
  unit: "×",
});

// %% [markdown]
// The central difference is exact for parabolas, so it may take larger steps, and that keeps more digits: its least error is
// the smaller one, at the price of one more call for each coordinate.
//
// **Exercise 3:** write the test that every hand-written gradient of this lab must pass.

// %%
import { checkGradient } from "./labs/00-start-here";
await check("00/check-gradient", checkGradient);

// %% [markdown]
// **Down the hill.** With the gradient, learning is a loop: take a small step against it, again and again. Here the model is
// a straight line $w x + b$, the data are 64 points near $2x + 1$, and the loss is the mean squared error.

// %%
const dataRng = makeRng(3);
const inputs = normalTensor(dataRng, [64]);
const targets = tf.tidy(() =>
  inputs
    .mul(2)
    .add(1)
    .add(normalTensor(dataRng, [64], 0.1)),
);
const fit = (w: tf.Tensor, b: tf.Tensor) => inputs.mul(w).add(b).sub(targets).square().mean() as tf.Scalar;
let [w, b]: tf.Tensor[] = [tf.scalar(0), tf.scalar(0)];
const losses: number[] = [];
for (let step = 0; step < 60; step++) {
  const { value, grads } = tf.valueAndGrads(fit)([w, b]);
  losses.push((await value.data())[0]);
  const [nextW, nextB] = tf.tidy(() => [w.sub(grads[0].mul(0.1)), b.sub(grads[1].mul(0.1))]);
  tf.dispose([w, b, value, grads]);
  [w, b] = [nextW, nextB];
}
show(
  linePlot(
    { name: "loss", y: losses },
    { title: "Sixty steps down the hill", x: "step", y: "mean squared error", log: "y" },
  ),
);
measured("w after 60 steps", (await w.data())[0], {
  band: [1.9, 2.1],
  reference: 2,
  source: "the line that made the data",
});
measured("loss at the end", losses[losses.length - 1], {
  band: [0.005, 0.02],
  reference: 0.01,
  source: "the noise in the data: 0.1²",
});

// %% [markdown]
// ## 4 · The engine: what computes here
//
// tfjs describes the work; an **engine** does it. The lab takes the best one that your machine has: native TensorFlow (C++,
// many threads, perhaps a graphics card), WebGPU (a graphics card), WebAssembly, or plain JavaScript. The numbers agree to
// about six digits; the speed does not. `npx lab doctor` in a terminal says the same as this cell, and what would make
// it faster.

// %%
const engine = await report();
show(
  table(
    [
      { what: "engine", here: engine.engine, means: "what does the arithmetic" },
      { what: "device", here: engine.device, means: "the processor or card it runs on" },
      {
        what: "speed",
        here: `${engine.gflops?.toFixed(1) ?? "?"} GFLOP/s`,
        means: "billions of multiplications and additions a second, in a matrix product",
      },
      {
        what: "compiler",
        here: engine.jit ? "XLA" : "none",
        means: engine.jit
          ? "whole functions become one program (next section)"
          : "functions run operation by operation",
      },
      {
        what: "versions",
        here: Object.entries(engine.versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(", "),
        means: "what to write into a bug report",
      },
      { what: "why", here: engine.reasons.join("; "), means: "why this one, and none of the better ones" },
      { what: "advice", here: engine.advice.join(" ") || "none", means: "what would make it faster" },
    ],
    { title: "What lab doctor says" },
  ),
);
measured("speed of a matrix product", engine.gflops ?? NaN, { band: [0.02, 1e6], unit: "GFLOP/s" });

// %% [markdown]
// A matrix product of two 1,000 × 1,000 matrices is 2 billion operations, so you can now guess how long one takes here.
// (Another engine for comparison: start JupyterLab with `LAB_ENGINE=wasm npm start`, or `cpu`.)
//
// ## 5 · Eager, and compiled
//
// tfjs is **eager**: each line runs at once, as a small ready-made program called a **kernel**. Each kernel reads its
// inputs from memory and writes its result back, and launching one costs some microseconds. A train step of a small GPT is
// over a thousand kernels. A **compiler** sees the whole function first, and makes one program of it. Predict:

// %%
show(
  quiz({
    question:
      "A compiler turns the five kernels of a softmax into one program. Where does the time that it saves come from?",
    choices: [
      {
        text: "fewer multiplications and additions",
        why: "The arithmetic is the same: each exp, each sum and each division is still done.",
      },
      {
        text: "fewer launches, and fewer trips to memory",
        correct: true,
        why: "One launch instead of five, and what one operation makes the next one uses at once, while it is still in the processor. This is called fusion.",
      },
      {
        text: "less exact numbers",
        why: "The program computes in float32 as well. Results agree to about six digits; only the order of additions may differ.",
      },
    ],
  }),
);

// %% [markdown]
// `jit(fn)` ("just in time") calls your function **once** with empty tensors that compute nothing: they only write down what
// is done to them. What they write is **StableHLO**, a small language of tensor operations, and **XLA** (the compiler inside
// TensorFlow and JAX) makes machine code of it. `lower` shows the text. Point at a line to see where its inputs come from.

// %%
const stableSoftmax = (x: tf.Tensor) =>
  tf.tidy(() => {
    const powersOf = x.sub(x.max(-1, true)).exp();
    return powersOf.div(powersOf.sum(-1, true));
  });
const fastSoftmax = jit(stableSoftmax, { name: "softmax" });
const small = tf.tensor([
  [1, 2, 3],
  [1000, 1000, 0],
]);
console.log("compiled or not:", JSON.stringify(await fastSoftmax(small).array()));
if (engine.jit) {
  const lowered = fastSoftmax.lower(small);
  show(programFigure(lowered.text, { title: "softmax, as the compiler is given it" }));
  measured("kernels that are launched without jit", lowered.kernels.length, {
    band: [5, 9],
    source: "one program with jit",
  });
} else {
  console.log(`The engine ${engine.engine} has no compiler, so there is no program to show: jit(fn) is fn here.`);
}

// %% [markdown]
// Read it from the top. `%arg0` is the input, `tensor<2x3xf32>` its shape and dtype. Each line makes one new value, and is
// never changed again. A few lines of tfjs become some more here, since a broadcast is a line of its own, and so is the
// rule that NaN stays NaN. XLA then fuses them.
//
// A program is made for one combination of shapes. Another shape is another program; the same shape finds its program in a
// **cache**.

// %%
if (engine.jit) {
  const calls = [
    [2, 3],
    [2, 3],
    [4, 3],
    [2, 3],
  ].map((shape) => {
    const before = fastSoftmax.cacheInfo().misses;
    const start = performance.now();
    fastSoftmax(tf.zeros(shape));
    const milliseconds = performance.now() - start;
    const made = fastSoftmax.cacheInfo().misses > before;
    return { shape: `[${shape.join(", ")}]`, milliseconds, program: made ? "made now" : "from the cache" };
  });
  show(table(calls, { title: "Four calls" }));
  const { misses, size } = fastSoftmax.cacheInfo();
  measured("programs in the cache", size, { band: [2, 2] });
  measured("times that the function was traced", misses, { band: [2, 2] });
} else {
  console.log("No compiler here, so no programs and no cache.");
}

// %% [markdown]
// ### How much faster?
//
// It depends on the work. First a chain of cheap operations on 100,000 numbers (`x · 1.01 + 0.1`, tanh, again and again):
// much of it is launches and trips to memory. Then a whole train step of a small network: two matrix products, their gradients and the
// update of the weights.

// %%
/** Median time of a call in milliseconds, after three calls to warm up. The result is read: cards work on in the background. */
async function timed(work: () => tf.Tensor, calls = 9): Promise<number> {
  const times: number[] = [];
  for (let i = -3; i < calls; i++) {
    const start = performance.now();
    const result = work();
    await result.data();
    if (i >= 0) times.push(performance.now() - start);
    result.dispose();
  }
  return times.sort((a, b) => a - b)[Math.floor(calls / 2)];
}
const chain = (length: number) => (x: tf.Tensor) =>
  tf.tidy(() => {
    let y = x;
    for (let i = 0; i < length; i++) y = y.mul(1.01).add(0.1).tanh();
    return y.mean(); // all of y is needed: a compiler leaves out what nobody reads
  });
const lengths = [1, 2, 4, 8, 16];
const many = normalTensor(makeRng(1), [100_000]);
const eagerTimes: number[] = [];
const jitTimes: number[] = [];
for (const length of lengths) {
  const eager = chain(length);
  eagerTimes.push(await timed(() => eager(many)));
  const compiled = jit(eager, { name: `chain${length}` });
  if (engine.jit) jitTimes.push(await timed(() => compiled(many)));
  compiled.dispose();
}
show(
  linePlot(
    [
      { name: "eager", x: lengths.map((n) => 3 * n), y: eagerTimes },
      ...(engine.jit ? [{ name: "jit", x: lengths.map((n) => 3 * n), y: jitTimes }] : []),
    ],
    {
      title: `A chain of operations on 100,000 numbers, on ${engine.engine}`,
      x: "operations in the chain",
      y: "milliseconds a call",
      zero: true,
    },
  ),
);
if (engine.jit) {
  const saved = eagerTimes[4] / jitTimes[4];
  measured("chain of 48 operations, eager over jit", saved, { band: [0.7, 1000], unit: "×" });
} else {
  console.log(`jit is not measured here: the engine ${engine.engine} has no compiler.`);
}

// %% [markdown]
// What became of the 48 operations? XLA shows that, too. After `ENTRY` stands what the program does; each `fusion` is one
// loop through memory, however many operations it does on the way.

// %%
if (engine.jit) {
  const longest = jit(chain(16), { name: "chain" });
  const lowered = longest.lower(many);
  const optimized = await lowered.optimized(); // compiled in a process of its own: a second or two
  const entry = optimized.slice(optimized.indexOf("ENTRY"));
  console.log(entry.trim());
  measured("kernels without jit", lowered.kernels.length, { band: [48, 60], source: "16 × 3, and the mean" });
  measured("loops through memory with jit", entry.split(" fusion(").length - 1, { band: [1, 6] });
  longest.dispose();
} else {
  console.log("No compiler here, so nothing is fused.");
}

// %%
const netRng = makeRng(5);
const firstWeights = [
  normalTensor(fork(netRng, "w1"), [64, 128], 0.1),
  tf.zeros([128]),
  normalTensor(fork(netRng, "w2"), [128, 10], 0.1),
  tf.zeros([10]),
];
const batch = normalTensor(fork(netRng, "x"), [64, 64]);
const wanted = normalTensor(fork(netRng, "y"), [64, 10]);
/** One step of learning: the loss, and the weights moved against their gradient. */
const trainStep = (weights: tf.Tensor[], x: tf.Tensor, y: tf.Tensor): tf.Tensor[] =>
  tf.tidy(() => {
    const loss = (w1: tf.Tensor, b1: tf.Tensor, w2: tf.Tensor, b2: tf.Tensor) =>
      x.matMul(w1).add(b1).tanh().matMul(w2).add(b2).sub(y).square().mean() as tf.Scalar;
    const { value, grads } = tf.valueAndGrads(loss)(weights);
    return [value, ...weights.map((weight, i) => weight.sub(grads[i].mul(0.1)))];
  });
const fastStep = jit(trainStep, { name: "trainStep" });

/** The losses of 30 steps from the same first weights, and the median time of a step in milliseconds. */
async function train(step: typeof trainStep): Promise<{ losses: number[]; ms: number }> {
  let weights = firstWeights.map((weight) => weight.clone());
  const found: number[] = [];
  const times: number[] = [];
  for (let i = 0; i < 30; i++) {
    const start = performance.now();
    const [loss, ...next] = step(weights, batch, wanted);
    found.push((await loss.data())[0]);
    times.push(performance.now() - start);
    tf.dispose([loss, weights]);
    weights = next;
  }
  tf.dispose(weights);
  return { losses: found, ms: times.sort((a, b) => a - b)[15] };
}
const eagerRun = await train(trainStep);
const jitRun = await train(fastStep);
show(
  barPlot(
    engine.jit ? ["eager", "jit"] : ["eager"],
    { name: "step", values: engine.jit ? [eagerRun.ms, jitRun.ms] : [eagerRun.ms] },
    { title: `A train step of a small network, on ${engine.engine}`, value: "milliseconds" },
  ),
);
if (engine.jit) {
  const apart = Math.max(...eagerRun.losses.map((loss, i) => Math.abs(loss - jitRun.losses[i])));
  measured("largest difference of the 30 losses, eager and jit", apart, { band: [0, 1e-4] });
  const { kernels } = fastStep.lower(firstWeights, batch, wanted);
  measured("kernels of the step without jit", kernels.length, { band: [20, 120], source: "one program with jit" });
  measured("train step, eager over jit", eagerRun.ms / jitRun.ms, { band: [0.7, 1000], unit: "×" });
} else {
  console.log("No compiler here: both runs were eager, and their losses are equal. The ratio is not measured.");
}
fastStep.dispose();

// %% [markdown]
// The larger the matrices, the smaller the gain: a large product takes its time in either way. Compiling costs time once (the
// first call), so a function that runs once is not worth it. And a compiled function may not look at values, since while it
// is traced there are none. `jit` says so:

// %%
const stopsEarly = jit((x: tf.Tensor) => (x.sum().dataSync()[0] > 0 ? x : x.neg()), { name: "stopsEarly" });
try {
  if (engine.jit) stopsEarly(small);
  else console.log("No compiler here, so nothing is traced.");
} catch (error) {
  console.log((error as Error).message);
}

// %% [markdown]
// ## 6 · Random numbers that repeat
//
// Weights start random, data are shuffled, text is sampled. To repeat an experiment, the numbers must repeat. In this lab a
// generator is plain data: a key (made from the **seed**) and how many numbers were drawn. Same seed, same numbers, on every
// engine and in compiled functions too. Nothing is hidden behind the scenes: what is not given a generator draws nothing.

// %%
const [one, two, other] = [makeRng(7), makeRng(7), makeRng(8)];
const draws = (rng: ReturnType<typeof makeRng>) => Array.from({ length: 4 }, () => normal(rng).toFixed(4)).join("  ");
show(
  table([
    { generator: "seed 7", numbers: draws(one) },
    { generator: "seed 7 again", numbers: draws(two) },
    { generator: "seed 8", numbers: draws(other) },
    { generator: "seed 7, its fork “attention”", numbers: draws(fork(makeRng(7), "attention")) },
  ]),
);
const sameNumbers = Number(uniform(makeRng(7)) === uniform(makeRng(7)));
measured("equal numbers from equal seeds", sameNumbers, { band: [1, 1] });
const drawn = normalTensor(makeRng(1), [20_000]);
const { mean, variance } = tf.moments(drawn);
measured("mean of 20,000 normal numbers", (await mean.data())[0], { band: [-0.03, 0.03], reference: 0 });
measured("their variance", (await variance.data())[0], { band: [0.95, 1.05], reference: 1 });

// %% [markdown]
// A **fork** is a generator with a name of its own. A new layer in the middle of a model then changes nobody else's numbers.
//
// ## 7 · Memory: what you make, you free
//
// JavaScript frees an object that nobody holds any more. It cannot see what a tensor holds outside, in the engine's memory.
// So tensors are freed by hand, or by **`tf.tidy`**: it frees every tensor made inside, apart from what it returns.

// %%
show(
  quiz({
    question:
      "A loss is computed as `x.sub(y).square().mean()`, 1,000 times, without `tf.tidy`; only the result is disposed. How many tensors stay?",
    choices: [
      {
        text: "none: the result was disposed",
        why: "The result was one of three. `sub` and `square` made tensors too, and nobody has their names.",
      },
      {
        text: "2,000",
        correct: true,
        why: "Two a step have no name and are never freed. At [64, 1024, 768] float32 that is 200 MB each.",
      },
      {
        text: "it depends on the garbage collector",
        why: "It frees the small JavaScript object. The memory behind it belongs to the engine.",
      },
    ],
  }),
);

// %%
const [from, to] = [normalTensor(makeRng(1), [64]), normalTensor(makeRng(2), [64])];
const messy = () => from.sub(to).square().mean();
const tidy = () => tf.tidy(messy);
const alive = (loss: () => tf.Tensor) => {
  const atFirst = tf.memory().numTensors;
  return Array.from({ length: 20 }, () => {
    loss().dispose();
    return tf.memory().numTensors - atFirst;
  });
};
show(
  linePlot(
    [
      { name: "without tidy", y: alive(messy) },
      { name: "with tidy", y: alive(tidy) },
    ],
    { title: "Tensors that are still alive", x: "step", y: "tensors", zero: true },
  ),
);
const found = countLeaks(messy);
console.log("left behind by one call:", JSON.stringify(found.shapes));
measured("tensors left behind by a call, without tidy", found.tensors, {
  band: [2, 2],
  reference: 2,
  source: "sub, square",
});
measured("with tidy", countLeaks(tidy).tensors, { band: [0, 0], reference: 0 });

// %% [markdown]
// `countLeaks(fn)` counts and names what a call leaves behind; `assertNoLeaks(fn)` makes it an error. Every function of
// this library passes it, and so must your exercises.
//
// ## What you know now
//
// **Take away**
// - A shape is the first thing to know of a tensor, and the first to look at when something fails.
// - Float32 has seven digits and ends at $3.4 \cdot 10^{38}$. Take the largest away before exp, and choose a step of $\sqrt[3]{e}$.
// - Backpropagation gives all slopes in one pass; trying gives one slope at a time, and tests it.
// - Eager launches kernels one by one. A compiler sees the whole function, and saves launches and trips to memory.
// - Same seed, same numbers. `tf.tidy` around whatever makes tensors.
//
// **At full scale** weights are kept in 16 bits (bfloat16: the range of float32 with two or three digits), with sums still in
// float32, and the softmax trick is inside the attention kernel itself (FlashAttention keeps a running maximum). Compilers
// do the same for thousands of cards at once: JAX and XLA train on pods of TPUs from one traced function.
//
// **Check everything at once** in a terminal: `npx lab grade --lab 00`. Then go on to **01 · Tokenization**.
//
// **Read on:** Goodfellow, Bengio, Courville 2016, "Deep Learning", chapters 4 and 6.5 · Baydin et al. 2018, "Automatic
// differentiation in machine learning: a survey" · Press et al. 2007, "Numerical Recipes", section 5.7 · Blanchard, Higham,
// Higham 2021 (log-sum-exp) · Salmon et al. 2011 (Philox, the generator) · the StableHLO specification, openxla.org.
