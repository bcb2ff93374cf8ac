import { choose } from "./choose";
import type { Choice, ChooseOptions } from "./choose";
import { platform } from "./platform";
import { tf } from "./tf";
import type { EngineReport } from "./types";
import { canCompile } from "./xla";

let inUse: Choice | undefined;

/**
 * Chooses an engine (see `choose`) and makes it the one that all tensors use from here on.
 *
 * ```ts
 * await useEngine();                    // the best one; the variable LAB_ENGINE can name another
 * await useEngine({ engine: "wasm" });  // this one, or an Error with the cure
 * ```
 * @returns what is in use and why; `gflops` is null here, since `report` measures it.
 * @throws Error where the engine asked for is unknown or cannot start.
 */
export async function useEngine(options: ChooseOptions = {}): Promise<EngineReport> {
  inUse = await choose(options);
  return describe(inUse, null);
}

/** What is in use, with its speed measured now (under a second; up to 3 s on the slowest engine). */
export async function report(): Promise<EngineReport> {
  inUse ??= await choose();
  return describe(inUse, await measureGflops(inUse.engine === "cpu" || inUse.loaded.software ? 256 : 1024));
}

function describe({ engine, loaded, reasons }: Choice, gflops: number | null): EngineReport {
  const jit = canCompile();
  return {
    engine,
    jit,
    device: loaded.device,
    software: loaded.software,
    versions: { ...platform.versions(), ...loaded.versions },
    gflops,
    reasons,
    advice: platform.advice(engine, loaded, jit),
  };
}

/**
 * Speed of the f32 matrix product [n, n] x [n, n] on the engine in use, in 1e9 operations a second (a product has
 * 2 n^3), as the median of `repeats` calls after two to warm up. One element of the result is read each time, since
 * a graphics card only starts the work when it is called.
 */
export async function measureGflops(n: number, repeats = 7): Promise<number> {
  const a = tf.randomUniform([n, n], -1, 1, "float32", 1);
  const b = tf.randomUniform([n, n], -1, 1, "float32", 2);
  const seconds: number[] = [];
  for (let i = -2; i < repeats; i++) {
    const start = performance.now();
    const corner = tf.tidy(() => tf.slice(tf.matMul(a, b), [0, 0], [1, 1]));
    await corner.data();
    if (i >= 0) seconds.push((performance.now() - start) / 1000);
    corner.dispose();
  }
  tf.dispose([a, b]);
  const median = seconds.sort((x, y) => x - y)[Math.floor(repeats / 2)] ?? Number.NaN;
  return (2 * n ** 3) / median / 1e9;
}
