import { callKey } from "../calls";
import type { CallIdentity, CallStore } from "../calls";
import { checkCount } from "./write";
import type { Write } from "./write";

export interface CachedWrite {
  readonly write: Write;
  /** Calls that the model was asked for, and calls that the store had. */
  readonly asked: number;
  readonly kept: number;
}

/** Between two texts of a call; no code unit. */
const END = -1;

/**
 * A `Write` that asks another one only what the store does not have, so that an experiment that was stopped goes on
 * where it was. The key is the prompt and all settings. The texts are kept as UTF-16 code units.
 *
 * @param identity who is asked; its version must tell of what the settings do not, such as the seed of the draws
 * @throws RangeError for an identity with an empty field
 */
export function cachedWrite(write: Write, store: CallStore, identity: CallIdentity): CachedWrite {
  for (const field of ["model", "weights", "version"] as const)
    if (!identity[field])
      throw new RangeError(`The identity has no ${field}: calls of different models would be mixed.`);
  const counts = { asked: 0, kept: 0 };
  return {
    get asked() {
      return counts.asked;
    },
    get kept() {
      return counts.kept;
    },
    async write(prompt, options = {}) {
      const { count = 1, maxNewTokens = 0, temperature = 0, stop = [] } = options;
      checkCount("count", count);
      const key = callKey(identity, ["write", prompt, count, maxNewTokens, temperature, ...stop]);
      const known = store.get(key);
      if (typeof known === "object") {
        const texts = textsOf(known);
        if (texts.length === count) {
          counts.kept++;
          return texts;
        }
      }
      counts.asked++;
      const texts = await write(prompt, options);
      store.set(key, texts.flatMap((text) => [...unitsOf(text), END])); // prettier-ignore
      return texts;
    },
  };
}

const unitsOf = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

function textsOf(units: readonly number[]): string[] {
  const texts: string[] = [];
  let text = "";
  for (const unit of units)
    if (unit === END) {
      texts.push(text);
      text = "";
    } else text += String.fromCharCode(unit);
  return texts;
}
