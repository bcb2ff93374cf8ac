import { fork } from "../rng";
import type { Rng } from "../rng";
import type { tf } from "../tf";
import { tensorOf } from "./backend";
import { JitError } from "./errors";
import * as hlo from "./hlo";
import { emit, theTrace } from "./trace";
import type { RandomTensors, Shape, Trace, Value } from "./trace";

/**
 * Random tensors in a compiled program: Philox4x32-10 written in StableHLO, so a generator gives the same numbers as
 * on the host (rng.ts), and goes on from call to call. Key and place of each generator are a row of one input.
 * Source: Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
 */

/** How to fill a row of the input "random", and how far the program moves the generator on. */
export interface RngPlan {
  /** The generator that it begins with: a leaf of the arguments, or one that the function refers to. */
  readonly root: { readonly leaf: number } | { readonly rng: Rng };
  /** The names by which it was forked from that one. */
  readonly path: readonly (string | number)[];
  /** 32-bit words that the program draws. */
  readonly words: number;
}

/** Stands for the number of generators, which is known at the end of the trace only. */
const rowsMark = "?ROWS?";
const inputType = `tensor<${rowsMark}x4xi32>`;

/** The program's text with the input "random" of `rows` rows. */
export function withRows(text: string, rows: number): string {
  return text.replaceAll(rowsMark, String(rows));
}

export const randomInput = `%random: ${inputType}`;

export const random: RandomTensors = {
  // As `uniform` on the host: 53 random bits, in f64.
  uniform(rng, shape, low, high) {
    const n = hlo.sizeOf(shape);
    const pairs = hlo.reshape(words(rng, 2 * n), [n, 2]);
    const bits = (column: number, shift: number): Value => {
      const word = hlo.reshape(hlo.slice(pairs, [0, column], [n, column + 1]), [n]);
      const cut = hlo.binary("shift_right_logical", word, hlo.constant(shift, [n], "ui32"));
      return hlo.convert(cut, "f64");
    };
    const whole = hlo.binary("add", scaled(bits(0, 5), 2 ** 26), bits(1, 6));
    return shaped(hlo.binary("add", f64(low, [n]), scaled(scaled(whole, 2 ** -53), high - low)), shape);
  },

  // As `normal` on the host: Box and Muller 1958, the cosine half.
  normal(rng, shape, deviation, mean) {
    const n = hlo.sizeOf(shape);
    const pairs = hlo.reshape(words(rng, 2 * n), [n, 2]);
    const word = (column: number): Value =>
      hlo.convert(hlo.reshape(hlo.slice(pairs, [0, column], [n, column + 1]), [n]), "f64");
    const u = scaled(hlo.binary("add", word(0), f64(0.5, [n])), 2 ** -32);
    const radius = hlo.unary("sqrt", scaled(hlo.unary("log", u), -2));
    const angle = hlo.unary("cosine", scaled(scaled(word(1), 2 * Math.PI), 2 ** -32));
    const value = hlo.binary("multiply", radius, angle);
    return shaped(hlo.binary("add", f64(mean, [n]), scaled(value, deviation)), shape);
  },
};

const f64 = (value: number, shape: Shape): Value => hlo.constant(value, shape, "f64");
const scaled = (x: Value, by: number): Value => hlo.binary("multiply", x, f64(by, x.shape));
const shaped = (x: Value, shape: Shape): tf.Tensor => tensorOf(hlo.reshape(hlo.convert(x, "f32"), shape));

/** The generator's next n words, as ui32 [n]. */
function words(rng: Rng, n: number): Value {
  const trace = theTrace();
  if (trace.blocks.length > 1) {
    throw new JitError(
      `jit(${trace.name}): random numbers are drawn inside a loop's body, where each round would get the same ones. ` +
        "Cure: draw them for all rounds before the loop and pass them as its xs",
    );
  }
  const { row, base } = rowOf(trace, rng);
  const state = hlo.bitcast(
    emit(
      `stablehlo.slice %random [${row}:${row + 1}, 0:4] : (${inputType}) -> tensor<1x4xi32>`,
      [1, 4],
      "i32",
    ),
    "ui32",
  );
  const part = (i: number): Value => hlo.reshape(hlo.slice(state, [0, i], [1, i + 1]), []);
  const wide = (x: Value): Value => hlo.convert(x, "ui64");
  const u64 = (value: number, shape: Shape = []): Value => hlo.constant(value, shape, "ui64");

  // place = words drawn before; a block has four words, and the first one may be in the middle of a block
  const high = hlo.binary("shift_left", wide(part(3)), u64(32));
  const place = hlo.binary("add", hlo.binary("or", high, wide(part(2))), u64(rng.drawn - base));
  const blocks = Math.ceil(n / 4) + 1;
  const first = hlo.binary("shift_right_logical", place, u64(2));
  const index = hlo.binary("add", hlo.broadcast(first, [blocks]), hlo.iota([blocks], 0, "ui64"));
  const zero = hlo.constant(0, [blocks], "ui32");
  const counter: [Value, Value, Value, Value] = [low32(index), high32(index), zero, zero];
  const made = philox(part(0), part(1), counter, blocks);
  const columns = made.map((word) => hlo.reshape(word, [blocks, 1]));
  const all = hlo.reshape(hlo.concatenate(columns, 1), [4 * blocks]);
  rng.drawn += n;
  const skip = hlo.convert(hlo.binary("and", place, u64(3)), "i32");
  return hlo.dynamicSlice(all, [skip], [n]);
}

const low32 = (x: Value): Value =>
  hlo.convert(hlo.binary("and", x, hlo.constant(0xffffffff, x.shape, "ui64")), "ui32");
const high32 = (x: Value): Value =>
  hlo.convert(hlo.binary("shift_right_logical", x, hlo.constant(32, x.shape, "ui64")), "ui32");

/** Ten rounds, for n blocks at once. */
function philox(
  key0: Value,
  key1: Value,
  [c0, c1, c2, c3]: [Value, Value, Value, Value],
  n: number,
): Value[] {
  const product = (x: Value, by: number): Value =>
    hlo.binary("multiply", hlo.convert(x, "ui64"), hlo.constant(by, [n], "ui64"));
  const mix = (...xs: Value[]): Value => xs.reduce((a, b) => hlo.binary("xor", a, b));
  const next = (key: Value, by: number): Value => hlo.binary("add", key, hlo.constant(by, [], "ui32"));
  for (let round = 0; round < 10; round++) {
    const p0 = product(c0, 0xd2511f53);
    const p1 = product(c2, 0xcd9e8d57);
    [c0, c1, c2, c3] = [
      mix(high32(p1), c1, hlo.broadcast(key0, [n])),
      low32(p1),
      mix(high32(p0), c3, hlo.broadcast(key1, [n])),
      low32(p0),
    ];
    [key0, key1] = [next(key0, 0x9e3779b9), next(key1, 0xbb67ae85)];
  }
  return [c0, c1, c2, c3];
}

function rowOf(trace: Trace, rng: Rng): { readonly row: number; readonly base: number } {
  let known = trace.rngs.get(rng);
  if (!known) trace.rngs.set(rng, (known = { row: trace.rngs.size, base: rng.drawn }));
  return known;
}

/** What to do for each generator at a call; generators of the caller are where they were before the trace. */
export function planRngs(trace: Trace, given: readonly unknown[]): RngPlan[] {
  return [...trace.rngs].map(([rng, { base }]) => {
    const words = rng.drawn - base;
    const path: (string | number)[] = [];
    let root = rng;
    for (let from = trace.forks.get(root); from; from = trace.forks.get(root)) {
      path.unshift(from.name);
      root = from.parent;
    }
    const leaf = given.indexOf(root);
    rng.drawn = base;
    return { root: leaf >= 0 ? { leaf } : { rng: root }, path, words };
  });
}

/** The input "random" of a call, and moves the caller's generators on. */
export function randomRows(plans: readonly RngPlan[], leaves: readonly unknown[]): Int32Array {
  const rows = new Int32Array(4 * plans.length);
  plans.forEach(({ root, path, words }, i) => {
    const caller = "leaf" in root ? (leaves[root.leaf] as Rng) : root.rng;
    const rng = path.reduce<Rng>((parent, name) => fork(parent, name), caller);
    rows.set([rng.key[0], rng.key[1], rng.drawn % 2 ** 32, Math.floor(rng.drawn / 2 ** 32)], 4 * i);
    rng.drawn += words;
  });
  return rows;
}
