/**
 * How probable answers are after a prompt, by a model that writes from left to right: the chain rule,
 * ln P(a_1 .. a_n | prompt) = sum_k ln P(a_k | prompt, a_1 .. a_k-1). Prompts of an experiment begin alike (the same
 * instruction, the same demonstrations), and what they have in common is read once: the cache of keys and values goes back
 * to where the next prompt parts from the last.
 */
import { logSumExp, openReader } from "../generate";
import type { Reader } from "../generate";
import type { Decoder } from "../models";
import { byPrompt, checkRequests, commonLength, compareIds } from "./requests";
import type { ScoreRequest, Scorer } from "./scorer";

export interface CausalOptions {
  /** False: each request is read from its first token, as if it were the only one. For comparisons. */
  readonly sharing?: boolean;
  /** How many tokens a compiled call reads, as of `openReader`. */
  readonly widths?: readonly number[];
}

export interface CausalScorer extends Scorer {
  readonly vocabSize: number;
  /** Tokens that the model has read so far, without padding. */
  readonly read: number;
  /** Frees the cache; the decoder stays its owner's. */
  dispose(): void;
}

/**
 * A scorer that reads each token of the trie of all prompts once, and after a prompt each beginning of its answers once.
 * What it has read it remembers from one call to the next, so the parameters must not change while it is in use.
 *
 * @param decoder as `decoderOf` gives it. Its programs are compiled at the first call, and once more for prompts that need
 *   more room (128 tokens, 256, 512 ...): the memory is that of the longest prompt, not of the context
 */
export function causalScorer(decoder: Decoder, options: CausalOptions = {}): CausalScorer {
  const { sharing = true, widths = [1, 8, 16, 32, 64] } = options;
  const text = openText(decoder, widths);

  const score: Scorer["score"] = async (requests, progress) => {
    checkRequests(requests, decoder);
    text.room(requests.reduce((most, request) => Math.max(most, tokensOf(request)), 0));
    const results: number[][] = requests.map(() => []);
    let done = 0;
    for (const group of sharing ? byPrompt(requests) : requests.map((_, index) => [index])) {
      if (!sharing) text.forget();
      const members = group.map((index) => requests[index] as ScoreRequest);
      const { prompt } = members[0] as ScoreRequest;
      const values = await scoreAnswers(text, prompt, members.flatMap(({ answers }) => answers)); // prettier-ignore
      for (const [i, { answers }] of members.entries())
        results[group[i] as number] = values.splice(0, answers.length);
      progress?.((done += group.length), requests.length);
    }
    return results;
  };

  // There is one text to read in: a call waits for the one before it.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    context: decoder.context,
    vocabSize: decoder.vocabSize,
    get read() {
      return text.count;
    },
    score(requests, progress) {
      const result = turn.then(() => score(requests, progress));
      turn = result.catch(() => text.forget()); // what was read may be as wrong as what failed
      return result;
    },
    dispose: () => text.dispose(),
  };
}

const tokensOf = ({ prompt, answers }: ScoreRequest): number =>
  answers.reduce((most, { length }) => Math.max(most, prompt.length + length), 0);

/** What is asked after a beginning of answers: how probable the next token of each is. */
interface Branch {
  readonly beginning: readonly number[];
  readonly next: { readonly answer: number; readonly token: number }[];
}

/**
 * Log-probabilities of a prompt's answers. Their beginnings form a trie: its root is scored by the last token of the
 * prompt, and each path from there to a leaf is read from where it parts from the path before.
 */
async function scoreAnswers(
  text: Text,
  prompt: readonly number[],
  answers: readonly (readonly number[])[],
): Promise<number[]> {
  const branches = new Map<string, Branch>();
  answers.forEach((ids, answer) =>
    ids.forEach((token, k) => {
      const beginning = ids.slice(0, k);
      const key = beginning.join(" ");
      const branch = branches.get(key) ?? { beginning, next: [] };
      branches.set(key, branch);
      branch.next.push({ answer, token });
    }),
  );
  const sums = answers.map(() => 0);
  const add = (beginning: readonly number[], logits: Float32Array): void => {
    const total = logSumExp(logits); // in double precision
    for (const { answer, token } of branches.get(beginning.join(" "))?.next ?? [])
      sums[answer] = (sums[answer] as number) + ((logits[token] as number) - total);
  };

  add([], (await text.read(prompt)).at(-1) as Float32Array);
  const paths = [...branches.values()].map(({ beginning }) => beginning).sort(compareIds);
  for (const [i, path] of paths.entries()) {
    // The one after it goes on from it, and is read instead.
    if (path.length === 0 || commonLength(path, paths[i + 1] ?? []) === path.length) continue;
    const scores = await text.read([...prompt, ...path], true);
    scores.forEach((logits, k) => add(path.slice(0, path.length - scores.length + 1 + k), logits));
  }
  return sums;
}

type Text = ReturnType<typeof openText>;

/** One text that is read in, and that becomes the next one by going back to what both have in common. */
function openText(decoder: Decoder, widths: readonly number[]) {
  const open = (tokens: number): Reader => openReader(decoder, { size: tokens, widths });
  let size = Math.min(decoder.context, 128);
  let reader = open(size); // which takes memory when it reads
  let seen: readonly number[] = [];
  let count = 0;
  let disposed = false;
  return {
    /** Tokens read so far, in all texts. */
    get count() {
      return count;
    },
    /** Makes room for so many tokens. Sizes are powers of 2, because a program is compiled for each. */
    room(tokens: number): void {
      if (disposed) throw new Error("This scorer was disposed.");
      if (tokens <= size) return;
      reader.dispose();
      size = Math.min(decoder.context, 2 ** Math.ceil(Math.log2(tokens)));
      reader = open(size);
      seen = [];
    },
    forget(): void {
      seen = [];
    },
    /**
     * Logits [V] after the last token, or with `every` after each token that had not been read. At least the last token
     * is read, also where it had been: the reader keeps no scores.
     */
    async read(ids: readonly number[], every = false): Promise<Float32Array[]> {
      const known = Math.min(commonLength(seen, ids), ids.length - 1);
      const rest = ids.slice(known);
      reader.rewind(known);
      seen = ids.slice(0, known); // should reading fail
      // One token is scored either way, and needs no program of its own.
      const [scores] = await reader.read([rest], every && rest.length > 1);
      seen = ids;
      count += rest.length;
      return scores as Float32Array[];
    },
    dispose(): void {
      disposed = true;
      reader.dispose();
    },
  };
}
