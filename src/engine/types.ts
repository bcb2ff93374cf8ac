/** What can compute: native TensorFlow (CPU or CUDA), the graphics card, WebAssembly, plain JavaScript. */
export type EngineName = "tensorflow" | "webgpu" | "webgl" | "wasm" | "cpu";

export const engineNames: readonly EngineName[] = ["tensorflow", "webgpu", "webgl", "wasm", "cpu"];

/** What `useEngine` and `report` say. */
export interface EngineReport {
  readonly engine: EngineName;
  /** Whether functions can be compiled by XLA here: a StableHLO program was really compiled and run. */
  readonly jit: boolean;
  /** The processor or card that computes, in words. */
  readonly device: string;
  /** True where a graphics card is only emulated on the CPU: right numbers, but slow. */
  readonly software: boolean;
  /** Versions by name: node, tfjs, tensorflow ... */
  readonly versions: Readonly<Record<string, string>>;
  /** Speed of a square f32 matrix product in 1e9 operations a second, or null where it was not measured. */
  readonly gflops: number | null;
  /** Why this engine is in use and none of the better ones. */
  readonly reasons: readonly string[];
  /** What would make it faster. */
  readonly advice: readonly string[];
}

/** What a platform tells of an engine that it has loaded and registered on tfjs. */
export interface Loaded {
  readonly device: string;
  readonly software: boolean;
  readonly versions: Readonly<Record<string, string>>;
}

/** The part that differs between Node (platform.ts) and a browser (platform.browser.ts). */
export interface Platform {
  /** The engines of this platform, best first. */
  readonly engines: readonly EngineName[];
  /** The engine that the user's environment asks for (LAB_ENGINE), if any. */
  wanted(): string | undefined;
  /**
   * Loads an engine and registers it on tfjs. Throws an Error that says why it cannot be had, with the cure.
   * @param asked the user named this engine: a graphics card emulated in software is then good enough.
   */
  load(engine: EngineName, asked: boolean): Promise<Loaded>;
  /** Versions and advice that hold whatever the engine is. */
  versions(): Record<string, string>;
  advice(engine: EngineName, loaded: Loaded, jit: boolean): string[];
  /** After a program did not compile: whether what was wrong was mended, so that the call can be made again. */
  mendPrograms?(error: unknown): boolean;
}
