import { jit, measureGflops, normalTensor, makeRng, tf } from "../engine";
import { cacheBytesPerToken, forwardFlops } from "../models";
import type { StackSizes } from "../models";
import { emptyCache } from "../nn";
import { bytesOf, disposeTree } from "../tree";

/**
 * The roofline model (Williams, Waterman and Patterson 2009): a program can be no faster than its arithmetic, and no
 * faster than its memory traffic. Which of the two it meets depends on how many operations it does with each byte, its
 * arithmetic intensity. One token with the whole model as weights is two operations a weight: far below what a machine
 * could compute while it reads that weight.
 */
export interface Machine {
  /** Peak, in floating point operations a second. */
  readonly flopsPerSecond: number;
  /** Of reading from memory. */
  readonly bytesPerSecond: number;
}

export interface MeasureMachine {
  /** Side of the square matrices that are multiplied; 1024 without it. */
  readonly side?: number;
  /** Megabytes that are read; 256 without it: more than caches hold. */
  readonly megabytes?: number;
}

/** Measures the engine in use: a product of matrices, and a product of one row with a large matrix. Seconds at most. */
export async function measureMachine({
  side = 1024,
  megabytes = 256,
}: MeasureMachine = {}): Promise<Machine> {
  const flopsPerSecond = 1e9 * (await measureGflops(side));
  const columns = 8192;
  const rows = Math.max(16, Math.round((megabytes * 1e6) / (4 * columns * 16)) * 16);
  const matrix = normalTensor(makeRng(1), [rows, columns]);
  const row = normalTensor(makeRng(2), [1, rows]);
  const read = jit((x: tf.Tensor, w: tf.Tensor) => tf.max(tf.matMul(x, w)), { name: "bandwidth" });
  const seconds: number[] = [];
  try {
    for (let i = -2; i < 7; i++) {
      const start = performance.now();
      const result = tf.tidy(() => read(row, matrix));
      await result.data();
      result.dispose();
      if (i >= 0) seconds.push((performance.now() - start) / 1000);
    }
  } finally {
    read.dispose();
    tf.dispose([matrix, row]);
  }
  // The least: whatever else ran on the machine only adds to the time.
  return { flopsPerSecond, bytesPerSecond: (4 * rows * columns) / Math.min(...seconds) };
}

/** What one call of a model computes and moves. */
export interface Work {
  readonly flops: number;
  readonly bytes: number;
  /** Operations a byte. */
  readonly intensity: number;
  /** How many tokens it reads, all texts together. */
  readonly tokens: number;
}

const work = (flops: number, bytes: number, tokens: number): Work => ({
  flops,
  bytes,
  intensity: flops / bytes,
  tokens,
});

export interface WorkOptions {
  /** Bytes of all weights that are read, as `bytesOf(params)` says. */
  readonly weightBytes: number;
  /** Texts side by side; 1 without it. */
  readonly batch?: number;
  /** Tokens that were read before, a text; 0 without it. */
  readonly seen?: number;
  /** Bytes of a number in the cache; 4 without it. */
  readonly cacheNumber?: number;
}

/** One token for each text: all weights are read once for all, and each text's own keys and values. */
export const decodeWork = (sizes: StackSizes, options: WorkOptions): Work => readWork(sizes, 1, options);

/** `time` tokens of each text at once, of which the last is scored: the same weights, read once for all of them. */
export function readWork(
  sizes: StackSizes,
  time: number,
  { weightBytes, batch = 1, seen = 0, cacheNumber = 4 }: WorkOptions,
): Work {
  // A token sees those before it and itself.
  const { blocks, attention, head } = forwardFlops(sizes, seen + (time + 1) / 2);
  const flops = batch * (time * (blocks + attention) + head);
  const cache = batch * (seen + time) * cacheBytesPerToken(sizes, cacheNumber);
  return work(flops, weightBytes + cache, batch * time);
}

/** Where work stands under the roof. */
export interface Attainable {
  /** The roof at its intensity. */
  readonly flopsPerSecond: number;
  readonly seconds: number;
  readonly tokensPerSecond: number;
  /** What it waits for. */
  readonly bound: "memory" | "compute";
}

/** The most that a machine can do of some work: min(peak, intensity times bandwidth). */
export function attainable(machine: Machine, { flops, bytes, intensity, tokens }: Work): Attainable {
  const roof = roofAt(machine, intensity);
  const seconds = Math.max(flops / machine.flopsPerSecond, bytes / machine.bytesPerSecond);
  return {
    flopsPerSecond: roof,
    seconds,
    tokensPerSecond: tokens / seconds,
    bound: intensity < ridge(machine) ? "memory" : "compute",
  };
}

/** Operations a second that memory allows at an intensity, up to the peak. */
export const roofAt = ({ flopsPerSecond, bytesPerSecond }: Machine, intensity: number): number =>
  Math.min(flopsPerSecond, intensity * bytesPerSecond);

/** The intensity at which the roof becomes flat. */
export const ridge = ({ flopsPerSecond, bytesPerSecond }: Machine): number => flopsPerSecond / bytesPerSecond;

/** A cache of keys and values: how many bytes by the formula, and in the tensors that hold it. */
export interface CacheMemory {
  /** As many heads of keys and values as of queries, one, or between. */
  readonly kind: "MHA" | "MQA" | "GQA";
  readonly nKvHead: number;
  /** 2 layers H_kv D places texts, times the bytes of a number. */
  readonly formula: number;
  readonly measured: number;
}

/**
 * Memory of a cache of `places` tokens of `batch` texts, float32, for each number of heads of keys and values. The
 * tensors are made to be measured, and freed.
 * @param heads numbers that divide nHead; without them all heads (MHA), and one (MQA), and the model's own between
 * @throws RangeError for a number that does not divide nHead
 */
export function cacheMemory(
  sizes: Pick<StackSizes, "dModel" | "nLayer" | "nHead" | "nKvHead" | "headDim">,
  { batch, places }: { readonly batch: number; readonly places: number },
  heads: readonly number[] = [...new Set([sizes.nHead, sizes.nKvHead ?? sizes.nHead, 1])],
): CacheMemory[] {
  const { dModel, nLayer, nHead, headDim = dModel / nHead } = sizes;
  return heads.map((nKvHead) => {
    if (!Number.isInteger(nHead / nKvHead))
      throw new RangeError(`cacheMemory: ${nKvHead} heads of keys do not divide ${nHead} of queries`);
    const names = Array.from({ length: nLayer }, (_, i) => `blocks.${i}.attn`);
    const state = emptyCache({ names, batch, nKvHead, headDim, size: places });
    const measured = bytesOf(state.layers);
    disposeTree(state);
    return {
      kind: nKvHead === nHead ? "MHA" : nKvHead === 1 ? "MQA" : "GQA",
      nKvHead,
      formula: 2 * nLayer * nKvHead * headDim * 4 * places * batch,
      measured,
    };
  });
}
