/**
 * Calls of a model, kept by their content: an experiment that was stopped goes on where it was, and one that is run again
 * with another verbalizer asks only what is new.
 */
import { byPrompt, checkRequests } from "./requests";
import type { ScoreRequest, Scorer } from "./scorer";
import { sha256 } from "./sha256";

/** What a call gave: a log-probability, or several numbers such as the ids of a written text. */
export type CallValue = number | readonly number[];

/** Where calls are kept: `memoryStore`, or a file (`fileStore` of transformer-lab/prompt/node). */
export interface CallStore {
  get(key: string): CallValue | undefined;
  set(key: string, value: CallValue): void;
}

/** All that decides what a call gives, besides what is asked. */
export interface CallIdentity {
  /** The model's name, with the revision of a model that can change: "smollm2-135m-instruct". */
  readonly model: string;
  /** What its weights are: "f32", "int8", or the hash of a checkpoint that was trained further. */
  readonly weights: string;
  /** How it is asked, such as "causal 1": raise the number where the same request may give other numbers. */
  readonly version: string;
}

export function memoryStore(): CallStore {
  const kept = new Map<string, CallValue>();
  return { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) };
}

/**
 * The key of a call: SHA-256 of who is asked and what, as 64 hexadecimal digits.
 * @param asked ids, such as a prompt and an answer, or settings such as a seed
 */
export function callKey(identity: CallIdentity, asked: readonly (string | CallValue)[]): string {
  const { model, weights, version } = identity;
  return sha256(JSON.stringify([model, weights, version, ...asked]));
}

export interface CachedScorer extends Scorer {
  /** Answers that the model was asked for. */
  readonly asked: number;
  /** Answers that the store had, or that came twice in one call. */
  readonly kept: number;
}

export interface CachedOptions {
  /**
   * How many different prompts the scorer is asked for at a time (16 without it); what it gives is kept before it is
   * asked for more, so an interrupt loses at most so many. They come in the order of their ids, so that prompts
   * which begin alike come together.
   */
  readonly chunk?: number;
}

/**
 * A scorer that asks another one only what the store does not have. Each answer to each prompt is an entry of its own, so
 * a label word more costs that word alone. The scorer stays its owner's.
 *
 * @param identity see there: two models of one identity would be given each other's numbers
 * @throws RangeError for an identity with an empty field, or a chunk below 1
 */
export function cachedScorer(
  scorer: Scorer & { readonly vocabSize?: number },
  store: CallStore,
  identity: CallIdentity,
  options: CachedOptions = {},
): CachedScorer {
  const { chunk = 16 } = options;
  if (!Number.isInteger(chunk) || chunk < 1) throw new RangeError(`A chunk of ${chunk} prompts.`);
  for (const field of ["model", "weights", "version"] as const)
    if (!identity[field])
      throw new RangeError(`The identity has no ${field}: calls of different models would be mixed.`);
  const counts = { asked: 0, kept: 0 };
  return {
    context: scorer.context,
    get asked() {
      return counts.asked;
    },
    get kept() {
      return counts.kept;
    },
    async score(requests, progress) {
      // Here, because the scorer sees parts: its index of a wrong request would not be the caller's.
      checkRequests(requests, scorer);
      const keys = requests.map(({ prompt, answers }) => answers.map((answer) => callKey(identity, [prompt, answer]))); // prettier-ignore
      const wanted = new Set(keys.flat().filter((key) => typeof store.get(key) !== "number"));
      const missing = byPrompt(requests).map((group) => missingOf(requests, keys, group, wanted));
      counts.asked += wanted.size;
      counts.kept += keys.flat().length - wanted.size;

      const left = missing.filter(({ request }) => request.answers.length > 0);
      let done = missing.reduce((sum, { request, of }) => sum + (request.answers.length > 0 ? 0 : of), 0);
      if (done > 0) progress?.(done, requests.length);
      const got = new Map<string, number>();
      for (let at = 0; at < left.length; at += chunk) {
        const part = left.slice(at, at + chunk);
        const scores = await scorer.score(part.map(({ request }) => request));
        for (const [i, { keys: own, of }] of part.entries()) {
          for (const [k, key] of own.entries()) {
            const value = scores[i]?.[k] as number;
            got.set(key, value);
            store.set(key, value);
          }
          done += of;
        }
        progress?.(done, requests.length);
      }
      return keys.map((own) => own.map((key) => got.get(key) ?? (store.get(key) as number)));
    },
  };
}

/** What is to be asked of the requests of one prompt: each answer once that is wanted; and of how many requests. */
function missingOf(
  requests: readonly ScoreRequest[],
  keys: readonly (readonly string[])[],
  group: readonly number[],
  wanted: ReadonlySet<string>,
): { request: ScoreRequest; keys: string[]; of: number } {
  const answers = new Map<string, readonly number[]>();
  for (const index of group)
    for (const [k, key] of (keys[index] as string[]).entries())
      if (wanted.has(key)) answers.set(key, (requests[index] as ScoreRequest).answers[k] as number[]);
  const { prompt } = requests[group[0] as number] as ScoreRequest;
  return { request: { prompt, answers: [...answers.values()] }, keys: [...answers.keys()], of: group.length };
}
