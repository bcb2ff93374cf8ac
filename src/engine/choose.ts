import { platform } from "./platform";
import { tf } from "./tf";
import { engineNames } from "./types";
import type { EngineName, Loaded } from "./types";

/** An engine on this machine: loaded, or why not. */
export type Availability =
  | { readonly engine: EngineName; readonly ok: true; readonly loaded: Loaded }
  | { readonly engine: EngineName; readonly ok: false; readonly reason: string };

/** The engine in use and the road to it. */
export interface Choice {
  readonly engine: EngineName;
  readonly loaded: Loaded;
  readonly reasons: readonly string[];
}

export interface ChooseOptions {
  /** The engine to use. Without it: LAB_ENGINE, and without that the best one of this machine. */
  readonly engine?: EngineName | undefined;
}

// A process loads each engine once: tfjs itself keeps its backends in one global registry.
const attempts = new Map<string, Promise<Availability>>();

function attempt(engine: EngineName, asked: boolean): Promise<Availability> {
  const key = `${engine} ${asked}`;
  let done = attempts.get(key);
  if (!done) {
    done = tryToLoad(engine, asked);
    attempts.set(key, done);
  }
  return done;
}

async function tryToLoad(engine: EngineName, asked: boolean): Promise<Availability> {
  const before = tf.engine().backendName;
  try {
    const loaded = await platform.load(engine, asked);
    if (!(await tf.setBackend(engine))) throw new Error("tfjs could not start it");
    return { engine, ok: true, loaded };
  } catch (error) {
    // Loading tfjs-node, and a failed setBackend, both leave another backend active than before.
    if (before) await tf.setBackend(before);
    return { engine, ok: false, reason: (error as Error).message };
  }
}

/**
 * Chooses and starts an engine, the best first: native TensorFlow, WebGPU (a real card), wasm, plain JavaScript; in
 * a browser WebGPU, WebGL, wasm, plain JavaScript. Nothing is loaded before this call.
 * @throws Error where the engine asked for (option or LAB_ENGINE) is unknown or cannot start, with the cure.
 */
export async function choose(options: ChooseOptions = {}): Promise<Choice> {
  const [wanted, by] = options.engine
    ? [options.engine, "asked for by name"]
    : [platform.wanted(), "LAB_ENGINE"];
  if (wanted !== undefined && !isEngine(wanted)) {
    throw new Error(`Engine "${wanted}" (${by}) is unknown. Cure: one of ${platform.engines.join(", ")}`);
  }
  const reasons: string[] = [];
  for (const engine of wanted ? [wanted] : platform.engines) {
    const outcome = await attempt(engine, wanted !== undefined);
    if (outcome.ok) {
      await tf.setBackend(engine);
      reasons.push(wanted ? `${engine}: ${by}` : `${engine}: the best engine that works here`);
      return { engine, loaded: outcome.loaded, reasons };
    }
    if (wanted) throw new Error(`Engine "${wanted}" (${by}) cannot be used: ${outcome.reason}`);
    reasons.push(`not ${engine}: ${outcome.reason}`);
  }
  throw new Error(`No engine works here. ${reasons.join(". ")}`);
}

/**
 * Every engine of this platform, loaded or with the reason why not (for tests and `lab doctor`). A graphics adapter
 * emulated in software counts. The engine in use stays in use.
 */
export async function available(): Promise<Availability[]> {
  const before = tf.engine().backendName;
  const all: Availability[] = [];
  for (const engine of platform.engines) all.push(await attempt(engine, true));
  if (before) await tf.setBackend(before);
  return all;
}

function isEngine(name: string): name is EngineName {
  return (engineNames as readonly string[]).includes(name);
}
