import type { Decoder } from "../models";
import { logSumExp } from "./distribution";
import { checkGenerate } from "./generate-check";
import type { GenerateOptions } from "./generate";
import { applyProcessors } from "./processors";
import { openReader } from "./reader";
import type { Reader } from "./reader";
import { boundOfLargest, fewestReaching } from "./select";
import { isStopped, nextTurn } from "./turn";

export interface BeamOptions extends Pick<GenerateOptions, "maxNewTokens" | "processors" | "interrupt"> {
  /** How many texts go on at a time. */
  readonly beams: number;
  /** An answer ends with any of these tokens. */
  readonly end?: readonly number[];
  /** A finished answer's score is its log probability over (its tokens)^lengthPenalty: 1 without it, 0 for the sum. */
  readonly lengthPenalty?: number;
  /**
   * When to stop: false (without it), when the best running text, at its present length, could not beat the worst of
   * `beams` finished ones; true, as soon as there are `beams` finished ones; "never", when no length could beat them.
   */
  readonly earlyStopping?: boolean | "never";
}

/** A way that a text could go on. */
export interface Beam {
  /** New tokens, an end token included. */
  readonly ids: readonly number[];
  /** Of a running text the sum of its tokens' log probabilities; of a finished one that over length^lengthPenalty. */
  readonly score: number;
}

/** After a step: what goes on and what is finished, best first. */
export interface BeamStep {
  readonly step: number;
  readonly running: readonly Beam[];
  readonly finished: readonly Beam[];
  readonly seconds: number;
}

interface Candidate extends Beam {
  /** The running text that it goes on. */
  readonly from: number;
}

/**
 * Beam search (Graves 2012; Sutskever et al. 2014, section 3.2): of all ways to go on by a token, the `beams` with the
 * largest log probability are kept at each step. Length penalty and the rules of stopping are those of Hugging Face's
 * `generate(num_beams=...)`, which this equals: processors see log probabilities, and of each step's best (1 + number of
 * end tokens) * beams candidates, at least 2 * beams, the unfinished go on, while only the first `beams` may finish.
 *
 * @param model a decoder, or an empty reader of `beams` texts, which stays its owner's
 * @throws RangeError as `generate`; for a bad number of beams, length penalty, or end token
 */
export async function* beamSteps(
  model: Decoder | Reader,
  prompt: readonly number[],
  options: BeamOptions,
): AsyncGenerator<BeamStep> {
  const { beams, maxNewTokens, end = [], lengthPenalty = 1, interrupt } = options;
  if (!Number.isInteger(beams) || beams < 1)
    throw new RangeError(`beams must be a whole number from 1, got ${beams}.`);
  if (!Number.isFinite(lengthPenalty)) throw new RangeError(`lengthPenalty is ${lengthPenalty}.`);
  const texts = new Array<readonly number[]>(beams).fill(prompt);
  checkGenerate(model, texts, { maxNewTokens, stop: { ids: end } });
  const kept = Math.max(2, 1 + end.length) * beams;
  const widths = "context" in model ? [1, Math.min(64, model.context)] : [];
  const own = "read" in model ? undefined : openReader(model, { batch: beams, size: prompt.length + maxNewTokens, widths }); // prettier-ignore
  const reader = own ?? (model as Reader);
  let running: Beam[] = [{ ids: [], score: 0 }]; // at first all are the same text: one is enough
  let finished: Beam[] = [];
  let unread = texts;
  try {
    for (let step = 1; step <= maxNewTokens; step++) {
      if (isStopped(interrupt)) return;
      const started = performance.now();
      const logits = await reader.read(unread);
      const best = running
        .flatMap((beam, from) =>
          continuations(
            beam,
            from,
            (logits[from] as Float32Array[])[0] as Float32Array,
            kept,
            prompt,
            options,
          ),
        ) // prettier-ignore
        .sort((a, b) => b.score - a.score)
        .slice(0, kept);
      const ends = ({ ids }: Beam): boolean => step === maxNewTokens || end.includes(ids.at(-1) as number);
      const done = best.slice(0, beams).filter(ends);
      const scored = done.map(({ ids, score }) => ({ ids, score: score / step ** lengthPenalty }));
      finished = [...finished, ...scored].sort((a, b) => b.score - a.score).slice(0, beams);
      const open = best.filter((each) => !ends(each)).slice(0, beams);
      running = open.map(({ ids, score }) => ({ ids, score }));
      yield { step, running, finished, seconds: (performance.now() - started) / 1000 };
      await nextTurn();
      if (running.length === 0 || isOver(running, finished, step, options)) return;
      // Fewer than `beams` go on where the vocabulary is tiny; the rest of the batch reads along.
      const rows = texts.map((_, i) => open[i] ?? (open[0] as Candidate));
      reader.reorder(rows.map(({ from }) => from));
      unread = rows.map(({ ids }) => [ids.at(-1) as number]);
    }
  } finally {
    own?.dispose();
  }
}

/**
 * `beamSteps` to its end.
 * @returns finished answers, best first; where it was interrupted, those that were finished by then
 */
export async function beamSearch(
  model: Decoder | Reader,
  prompt: readonly number[],
  options: BeamOptions,
): Promise<readonly Beam[]> {
  let last: readonly Beam[] = [];
  for await (const { finished } of beamSteps(model, prompt, options)) last = finished;
  return last;
}

/** The `kept` best tokens after one text: no more of them can be among the best of all. */
function continuations(
  beam: Beam,
  from: number,
  logits: Float32Array,
  kept: number,
  prompt: readonly number[],
  { processors = [] }: BeamOptions,
): Candidate[] {
  const normalizer = logSumExp(logits);
  const logProbs = logits.map((x) => x - normalizer);
  const scores = applyProcessors(processors, logProbs, [...prompt, ...beam.ids]);
  const count = Math.min(kept, scores.length);
  return Array.from(fewestReaching(scores, undefined, count, boundOfLargest(scores, count)))
    .sort((a, b) => a - b) // of equal scores the lower id stays in front
    .map((id) => ({ ids: [...beam.ids, id], score: beam.score + (scores[id] as number), from }));
}

function isOver(
  running: readonly Beam[],
  finished: readonly Beam[],
  step: number,
  { beams, maxNewTokens, lengthPenalty = 1, earlyStopping = false }: BeamOptions,
): boolean {
  if (finished.length < beams) return false;
  if (earlyStopping === true) return true;
  const length = earlyStopping === "never" && lengthPenalty > 0 ? maxNewTokens : step;
  return (running[0] as Beam).score / length ** lengthPenalty <= (finished.at(-1) as Beam).score;
}
