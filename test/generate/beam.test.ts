import assert from "node:assert/strict";
import { join } from "node:path";
import { loadModel } from "../../src/checkpoints";
import type { LoadedGpt, LoadedLlama } from "../../src/checkpoints";
import { assertNoLeaks } from "../../src/engine";
import { beamSearch, beamSteps, decoderOf, noRepeatNgram, repetitionPenalty } from "../../src/generate";
import type { Beam, BeamOptions, Processor } from "../../src/generate";
import { eachEngine } from "../helpers/engines";
import { golden } from "../helpers/tiny";
import { stubReader } from "./stub-reader";

interface Case {
  readonly options: {
    readonly num_beams: number;
    readonly max_new_tokens: number;
    readonly length_penalty?: number;
    readonly eos_token_id?: number[];
    readonly early_stopping?: boolean | "never";
    readonly repetition_penalty?: number;
    readonly no_repeat_ngram_size?: number;
  };
  readonly prompt: number[];
  readonly answers: { readonly ids: number[]; readonly score: number }[];
}
const wanted = golden<{ beams: Record<"gpt2" | "llama", Case[]> }>("generate").beams;

/** Ours by Hugging Face's names. */
function optionsOf(given: Case["options"]): BeamOptions {
  const processors: Processor[] = [];
  if (given.repetition_penalty) processors.push(repetitionPenalty(given.repetition_penalty));
  if (given.no_repeat_ngram_size) processors.push(noRepeatNgram(given.no_repeat_ngram_size));
  return {
    beams: given.num_beams,
    maxNewTokens: given.max_new_tokens,
    lengthPenalty: given.length_penalty,
    end: given.eos_token_id,
    earlyStopping: given.early_stopping,
    processors,
  };
}

eachEngine("generate/beam", (engine) => {
  if (engine === "webgpu") return; // a software card takes a second a step
  for (const name of ["gpt2", "llama"] as const)
    it(`${name}: all beams of transformers, their order and their scores`, () =>
      assertNoLeaks(async () => {
        const folder = join(__dirname, "..", "golden", `tiny-${name}`);
        const model = (await loadModel(folder)) as LoadedGpt | LoadedLlama;
        const decoder = decoderOf(model);
        const cases = engine === "tensorflow" ? wanted[name] : wanted[name].slice(0, 6);
        for (const { options, prompt, answers } of cases) {
          const what = JSON.stringify(options);
          const found = await beamSearch(decoder, prompt, optionsOf(options));
          same(found, answers, what);
        }
        model.dispose();
      }));
});

function same(found: readonly Beam[], answers: Case["answers"], what: string): void {
  assert.deepEqual(
    found.map(({ ids }) => ids),
    answers.map(({ ids }) => ids),
    what,
  );
  found.forEach(({ score }, i) =>
    assert.ok(Math.abs(score / answers[i]!.score - 1) < 1e-5, `${what}: ${score}, ${answers[i]!.score}`),
  );
}

describe("generate/beam, by hand", () => {
  // Greedy takes 1 (0.6) and then gets 0.3 at best: 0.18. By 2 (0.4) there is a 0.9: 0.36.
  const tree: Record<number, Record<number, number>> = {
    0: { 1: 0.6, 2: 0.4 },
    1: { 3: 0.3, 4: 0.25, 5: 0.25, 6: 0.2 },
    2: { 3: 0.9, 4: 0.1 },
  };
  const reader = (beams: number) =>
    stubReader(
      7,
      (id) =>
        Object.fromEntries(Object.entries(tree[id] ?? { 0: 1 }).map(([next, p]) => [next, Math.log(p)])),
      { batch: beams, rest: -Infinity },
    );

  it("finds what the first choice misses", async () => {
    const [greedy] = await beamSearch(reader(1), [0], { beams: 1, maxNewTokens: 2 });
    assert.deepEqual(greedy!.ids, [1, 3]);
    const options = { beams: 2, maxNewTokens: 2, lengthPenalty: 0 };
    const [best, second] = await beamSearch(reader(2), [0], options);
    assert.deepEqual(best!.ids, [2, 3]);
    assert.ok(Math.abs(best!.score - Math.log(0.36)) < 1e-6);
    assert.deepEqual(second!.ids, [1, 3]);
    const steps = [];
    for await (const step of beamSteps(reader(2), [0], options)) steps.push(step);
    assert.deepEqual(
      steps.map(({ running, finished }) => [running.map(({ ids }) => ids), finished.length]),
      [[[[1], [2]], 0], [[], 2]], // prettier-ignore
    );
  });

  it("an interrupt keeps what is finished; bad numbers are errors", async () => {
    assert.deepEqual(
      await beamSearch(reader(2), [0], { beams: 2, maxNewTokens: 2, interrupt: () => true }),
      [],
    );
    const wrong: [Partial<BeamOptions>, readonly number[], RegExp][] = [
      [{ beams: 0 }, [0], /beams must be a whole number from 1, got 0/],
      [{ lengthPenalty: NaN }, [0], /lengthPenalty is NaN/],
      [{ end: [9] }, [0], /stop.ids has 9/],
      [{ maxNewTokens: 0 }, [0], /maxNewTokens/],
      [{}, [], /Prompt 0 is empty/],
    ];
    for (const [options, prompt, message] of wrong)
      await assert.rejects(beamSearch(reader(2), prompt, { beams: 2, maxNewTokens: 2, ...options }), message);
  });
});
