import assert from "node:assert/strict";
import { assertNoLeaks, countLeaks, makeRng, useEngine } from "../../../src/engine";
import {
  decoderOf,
  generateAll,
  measureSpeculation,
  modelDrafter,
  ngramDrafter,
  promptLookup,
  speculate,
  speculativeSpeedup,
  temperature,
  topP,
  trainedDecoder,
} from "../../../src/generate";
import type { Drafter, SpeculateOptions, SpeculativeRound } from "../../../src/generate";
import { countNgrams, gptDecoder, initGpt, initLlama, kneserNey, llamaDecoder } from "../../../src/models";
import type { Decoder } from "../../../src/models";
import { encodeChat } from "../../../src/text";
import type { LoadedLlama } from "../../../src/checkpoints";
import { loadText } from "../../../src/data/node";
import { loadTrained } from "../../../src/train/node";
import type { SavedModel } from "../../../src/train/node";
import { disposeTree } from "../../../src/tree";
import { eachEngine, skipOnEmulatedCard } from "../../helpers/engines";
import { realModel } from "../../helpers/real-model";
import { skipLoudly } from "../../helpers/skip";
import { certain } from "./stubs";

const sizes = { vocabSize: 23, context: 40 };
const target = { ...sizes, dModel: 16, nLayer: 2, nHead: 4, nKvHead: 2, dFfn: 24, tied: true };
const draft = { ...sizes, dModel: 8, nLayer: 1, nHead: 2, order: "pre" as const };
const prompt = [3, 1, 4, 1, 5, 9, 2];

async function roundsOf(
  model: Decoder,
  drafter: Drafter,
  ids: number[],
  options: SpeculateOptions,
): Promise<SpeculativeRound[]> {
  const rounds: SpeculativeRound[] = [];
  for await (const round of speculate(model, drafter, ids, options)) rounds.push(round);
  return rounds;
}
const idsOf = (rounds: readonly SpeculativeRound[]): number[] => rounds.flatMap(({ ids }) => [...ids]);
const greedy = async (model: Decoder, ids: number[], maxNewTokens: number): Promise<readonly number[]> =>
  (await generateAll(model, ids, { maxNewTokens })).answers[0]!.ids;

/** A small target and a smaller draft, strangers to each other; nothing may be left of them. */
const withModels = (test: (model: Decoder, drafter: Drafter) => Promise<void>): Promise<void> =>
  assertNoLeaks(async () => {
    const [large, small] = [initLlama(target, makeRng(1)), initGpt(draft, makeRng(2))];
    const drafter = modelDrafter(gptDecoder(small, draft) as Decoder);
    await test(llamaDecoder(large, target) as Decoder, drafter);
    drafter.dispose();
    disposeTree(large);
    disposeTree(small);
  });

/** The same text, whichever engine computed it: found once, and equal from then on. */
const texts = new Map<number, number[]>();

eachEngine("generate/speculative", (engine) => {
  const few = engine === "webgpu" ? 4 : 16; // a software card takes a second a step

  it("greedy: what greedy decoding writes, token for token, whoever drafts", function () {
    skipOnEmulatedCard(this, engine);
    return withModels(async (model, drafter) => {
      const wanted = await greedy(model, prompt, few);
      for (const each of [drafter, promptLookup()])
        assert.deepEqual(idsOf(await roundsOf(model, each, prompt, { maxNewTokens: few, gamma: 3 })), wanted);
    });
  });

  it("drawn: the same seed gives the same text on every engine, another seed another one", () =>
    withModels(async (model, drafter) => {
      const processors = [temperature(0.1), topP(0.95)];
      for (const seed of [1, 2]) {
        const options = { maxNewTokens: few, gamma: 3, rng: makeRng(seed), processors };
        const rounds = await roundsOf(model, drafter, prompt, options);
        assert.equal(options.rng.drawn, 0, "the generator is not advanced");
        const ids = idsOf(rounds);
        const known = texts.get(seed) ?? ids;
        if (ids.length >= known.length) texts.set(seed, ids);
        // The last rounds of an answer draft less and use fewer numbers: of a shorter answer the first round is the same.
        const same = ids.length === known.length ? ids.length : rounds[0]!.ids.length;
        assert.deepEqual(ids.slice(0, same), known.slice(0, same));
      }
      assert.notDeepEqual(texts.get(1), texts.get(2));
    }));

  it("breaking out frees the target's cache, and so does an error of the drafter", () =>
    withModels(async (model, drafter) => {
      const { tensors } = await countLeaks(async () => {
        for await (const round of speculate(model, promptLookup(), prompt, { maxNewTokens: 9 })) {
          assert.ok(round.ids.length > 0);
          break;
        }
      });
      assert.equal(tensors, 0);
      const broken: Drafter = { propose: () => Promise.reject(new Error("no draft")), dispose() {} };
      await assert.rejects(roundsOf(model, broken, prompt, { maxNewTokens: 9 }), /no draft/);
      await assert.rejects(roundsOf(model, drafter, prompt, { maxNewTokens: 34 }), /model's context of 40/);
    }));
});

describe("generate/speculative: shakespeare-char and its draft", function () {
  this.timeout(300_000);
  let large: SavedModel;
  let small: SavedModel;
  before(async function () {
    try {
      await useEngine({ engine: "tensorflow" });
    } catch (error) {
      skipLoudly(this, (error as Error).message, { failInCI: true });
    }
    large = await loadTrained("shakespeare-char");
    small = await loadTrained("shakespeare-char-draft");
  });
  after(() => [large, small].forEach((model) => model && disposeTree(model.params)));

  it("greedy with a draft model, with n-grams and with prompt lookup equals greedy decoding, in fewer calls", async () => {
    const model = trainedDecoder(large);
    const ids = large.tokenizer.encode("ROMEO:\nWhat say you, ");
    const wanted = await greedy(model, ids, 100);
    const text = large.tokenizer.encode((await loadText("tinyshakespeare")).slice(0, 200_000));
    const { vocabSize } = model;
    const drafters: [string, Drafter, number][] = [
      ["model", modelDrafter(trainedDecoder(small)), 50],
      ["5-gram", ngramDrafter(kneserNey(countNgrams(text, 5, vocabSize)), vocabSize), 60],
      ["lookup", promptLookup({ longest: 8, shortest: 3 }), 90],
    ];
    for (const [name, drafter, mostCalls] of drafters) {
      const rounds = await roundsOf(model, drafter, ids, { maxNewTokens: 100, gamma: 4 });
      assert.deepEqual(idsOf(rounds), wanted, name);
      const { targetCalls } = rounds.at(-1)!.totals;
      assert.ok(targetCalls <= mostCalls, `${name}: ${targetCalls} calls of the target`);
      drafter.dispose();
    }
  });

  it("measured: rates of the size that the two losses lead to expect, and the formula's tokens a round", async () => {
    const drafter = modelDrafter(trainedDecoder(small));
    const prompts = ["ROMEO:\nO, ", "First Citizen:\nWe "].map((text) => large.tokenizer.encode(text));
    const options = { gamma: 3, maxNewTokens: 100, rng: makeRng(3) };
    const got = await measureSpeculation(trainedDecoder(large), drafter, prompts, options);
    drafter.dispose();
    assert.ok(got.perToken > 0.6 && got.perToken < 0.9, `${got.perToken}`);
    assert.ok(got.ofDrafted < got.perToken);
    assert.ok(Math.abs(got.tokensPerRound / got.expectedPerRound - 1) < 0.1);
    assert.equal(got.speedup, got.speculative / got.plain);
    assert.equal(got.drafting, 1);
    assert.equal(got.expectedSpeedup, speculativeSpeedup(got.perToken, 3, got.c));
    assert.equal(got.expectedSpeedupHere, speculativeSpeedup(got.perToken, 3, got.c, got.verify));
    assert.ok(got.c > 0 && got.verify > 0);
    const silent = await measureSpeculation(
      trainedDecoder(large),
      certain(() => []),
      prompts,
      options,
    );
    assert.deepEqual([silent.drafting, silent.expectedSpeedup, silent.expectedSpeedupHere], [0, 1, 1]);
    assert.ok(Number.isNaN(silent.perToken) && silent.speculative > 0);
  });
});

describe("generate/speculative: SmolLM2 looks up its prompt", function () {
  this.timeout(600_000);
  let model: LoadedLlama;
  before(async function () {
    model = await realModel(this, (load) => load("smollm2-135m-instruct"));
  });
  after(() => model && disposeTree(model.params));

  it("repeats a sentence in fewer calls than tokens, with greedy decoding's own words", async () => {
    const content = "Repeat word for word: The lamp of the lighthouse burns at a height of sixty metres.";
    const ids = encodeChat(model.tokenizer!, model.chat!, [{ role: "user", content }], {
      addGenerationPrompt: true,
    });
    const decoder = decoderOf(model);
    const rounds = await roundsOf(decoder, promptLookup(), ids, { maxNewTokens: 20, gamma: 4 });
    assert.deepEqual(idsOf(rounds), await greedy(decoder, ids, 20));
    const { targetCalls } = rounds.at(-1)!.totals;
    assert.ok(targetCalls <= 12, `${targetCalls} calls for 20 tokens: ${model.tokenizer!.decode(idsOf(rounds))}`); // prettier-ignore
  });
});
