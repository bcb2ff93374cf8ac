import { JitError } from "./jit/errors";
import { tracing } from "./jit/trace";
import { philox } from "./philox";
import type { Words } from "./philox";
import { tf } from "./tf";

/**
 * A random generator as plain data: a key, and how many 32-bit words were drawn. It can be stored as JSON and taken
 * up again, and gives the same numbers on every engine, since they are made on the host. Functions below that draw
 * advance `drawn`; nothing else changes, and there is no generator behind the scenes.
 */
export interface Rng {
  readonly key: readonly [number, number];
  drawn: number;
}

/**
 * A generator from a seed: an integer from 0 to 2^53 - 1.
 * @throws RangeError for any other number.
 */
export function makeRng(seed: number): Rng {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`seed must be an integer from 0 to 2^53 - 1, got ${seed}`);
  return { key: [seed >>> 0, Math.floor(seed / 2 ** 32)], drawn: 0 };
}

/**
 * An independent generator, named after its use: `fork(rng, "blocks.0.attn")`. It depends on the parent's key and
 * the name only, not on what was drawn, so a new layer does not change the numbers of its neighbours.
 */
export function fork(rng: Rng, name: string | number): Rng {
  const block: Words = [0, 0, 0, 0];
  let key = rng.key;
  const bytes = new TextEncoder().encode(`${typeof name}:${name}`);
  // Absorbs 8 bytes a block. Word 3 sets these blocks apart from drawn ones, whose words 2 and 3 are 0.
  for (let i = 0; i < bytes.length; i += 8) {
    const word = (at: number) =>
      [0, 1, 2, 3].reduce((sum, j) => sum + (bytes[at + j] ?? 0) * 2 ** (8 * j), 0);
    philox(key[0], key[1], [word(i), word(i + 4), bytes.length, 0x666f726b], block);
    key = [block[0], block[1]];
  }
  const child = { key, drawn: 0 };
  tracing()?.forks.set(child, { parent: rng, name });
  return child;
}

/** Whether a value is a generator: a plain object with just a key and a count. */
export function isRng(value: unknown): value is Rng {
  if (value === null || typeof value !== "object") return false;
  const { key, drawn } = value as Partial<Rng>;
  return (
    Array.isArray(key) && key.length === 2 && typeof drawn === "number" && Object.keys(value).length === 2
  );
}

const block: Words = [0, 0, 0, 0];
const counter: Words = [0, 0, 0, 0];

/** Calls `use(i, word)` for the next `n` words. A block of four is computed once, whatever the place to start at. */
function drawWords(rng: Rng, n: number, use: (i: number, word: number) => void): void {
  const trace = tracing();
  if (trace) throw hostDraw(trace.name);
  let loaded = -1;
  for (let i = 0; i < n; i++) {
    const place = rng.drawn + i;
    const index = Math.floor(place / 4);
    if (index !== loaded) {
      counter[0] = index >>> 0;
      counter[1] = Math.floor(index / 2 ** 32);
      philox(rng.key[0], rng.key[1], counter, block);
      loaded = index;
    }
    use(i, block[place % 4] as number);
  }
  rng.drawn += n;
}

function hostDraw(name: string): JitError {
  return new JitError(
    `jit(${name}): a random number is drawn in JavaScript, so it would be the same at every call of the compiled ` +
      "program. Cure: draw tensors (uniformTensor, normalTensor), or draw before the call and pass the number as a tensor",
  );
}

function drawWord(rng: Rng): number {
  let word = 0;
  drawWords(rng, 1, (_, drawn) => (word = drawn));
  return word;
}

/** A number from [0, 1), a multiple of 2^-53. */
export function uniform(rng: Rng): number {
  const high = drawWord(rng) >>> 5;
  return (high * 2 ** 26 + (drawWord(rng) >>> 6)) / 2 ** 53;
}

/**
 * A number from the normal distribution with mean 0 and deviation 1 (Box and Muller 1958, the cosine half). Made
 * from two 32-bit words, so no number lies further out than 6.7.
 */
export function normal(rng: Rng): number {
  return boxMuller(drawWord(rng), drawWord(rng));
}

function boxMuller(word0: number, word1: number): number {
  const u = (word0 + 0.5) / 2 ** 32; // never 0, so the logarithm is finite
  return Math.sqrt(-2 * Math.log(u)) * Math.cos((2 * Math.PI * word1) / 2 ** 32);
}

/**
 * An integer from 0 to n - 1, each as likely as any other: words past the last multiple of n are drawn again.
 * @throws RangeError unless n is an integer from 1 to 2^32.
 */
export function integer(rng: Rng, n: number): number {
  if (!Number.isInteger(n) || n < 1 || n > 2 ** 32)
    throw new RangeError(`n must be an integer from 1 to 2^32, got ${n}`);
  const limit = 2 ** 32 - (2 ** 32 % n);
  for (;;) {
    const word = drawWord(rng);
    if (word < limit) return word % n;
  }
}

/** A copy in random order (Fisher and Yates). */
export function shuffle<T>(rng: Rng, items: readonly T[]): T[] {
  const mixed = items.slice();
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = integer(rng, i + 1);
    [mixed[i], mixed[j]] = [mixed[j] as T, mixed[i] as T];
  }
  return mixed;
}

/** A tensor of normal numbers: the same as `normal` called for each element in turn, times `deviation`, plus `mean`. */
export function normalTensor(rng: Rng, shape: readonly number[], deviation = 1, mean = 0): tf.Tensor {
  const values = new Float32Array(sizeOf(shape));
  const trace = tracing();
  if (trace) return trace.random.normal(rng, shape, deviation, mean);
  let first = 0;
  drawWords(rng, 2 * values.length, (i, word) => {
    if (i % 2 === 0) first = word;
    else values[i >> 1] = mean + deviation * boxMuller(first, word);
  });
  return tf.tensor(values, [...shape], "float32");
}

/** A tensor of numbers from [low, high): the same as `uniform` called for each element in turn, scaled. */
export function uniformTensor(rng: Rng, shape: readonly number[], low = 0, high = 1): tf.Tensor {
  const values = new Float32Array(sizeOf(shape));
  const trace = tracing();
  if (trace) return trace.random.uniform(rng, shape, low, high);
  for (let i = 0; i < values.length; i++) values[i] = low + (high - low) * uniform(rng);
  return tf.tensor(values, [...shape], "float32");
}

function sizeOf(shape: readonly number[]): number {
  const bad = shape.findIndex((n) => !Number.isInteger(n) || n < 0);
  if (bad >= 0) throw new RangeError(`axis ${bad} of the shape must be a whole number, got ${shape[bad]}`);
  return shape.reduce((product, n) => product * n, 1);
}
