import assert from "node:assert/strict";
import { assertNoLeaks, makeRng, tf } from "../../src/engine";
import {
  argmax,
  generate,
  generateAll,
  generateText,
  openReader,
  temperature,
  topK,
  usualRate,
} from "../../src/generate";
import type { Generated, GenerateStep, Processor, Reader } from "../../src/generate";
import { gptDecoder, initGpt, initLlama, llama, llamaDecoder } from "../../src/models";
import type { Decoder } from "../../src/models";
import { charTokenizer } from "../../src/text";
import { disposeTree } from "../../src/tree";
import { gptConfig, llamaConfig } from "../helpers/decoders";
import { eachEngine } from "../helpers/engines";
import { stubReader } from "./stub-reader";

const letters = [..."abcdefghijklmnopqrstuvw"];
const tokenizer = charTokenizer({
  kind: "char",
  version: 1,
  tokens: letters,
  special: ["a"],
  unknown: "a",
});
const V = letters.length;
const prompts = [
  [3, 1, 4, 1, 5, 9, 2],
  [6, 5],
  [3, 5, 8, 9],
];

const processors: Processor[] = [temperature(0.5), topK(12)];

/** A model in a test; nothing may be left of it. */
const withDecoder = (make: () => Decoder, test: (decoder: Decoder) => Promise<void>): Promise<void> =>
  assertNoLeaks(async () => {
    const decoder = make();
    await test(decoder);
    disposeTree(decoder.params);
  });
const smallGpt = (): Decoder => gptDecoder(initGpt(gptConfig, makeRng(1)), gptConfig) as Decoder;
const smallLlama = (): Decoder => llamaDecoder(initLlama(llamaConfig, makeRng(2)), llamaConfig) as Decoder;

/** The same text, whoever computed it: found once, and equal from then on. */
const texts = new Map<string, Generated["answers"]>();

eachEngine("generate", (engine) => {
  const few = engine === "webgpu" ? 2 : 8; // a software card takes a second a step

  it("greedy: the most likely token of the whole text, again and again", () =>
    withDecoder(smallLlama, async (decoder) => {
      const { answers } = await generateAll(decoder, prompts[0]!, { maxNewTokens: few });
      const text = [...prompts[0]!];
      for (const id of answers[0]!.ids) {
        const scores = tf.tidy(() => {
          const ids = tf.tensor2d([text], undefined, "int32");
          const logits = llama(decoder.params as Parameters<typeof llama>[0], llamaConfig, ids);
          return logits.slice([0, text.length - 1, 0], [1, 1, V]).flatten();
        });
        const best = argmax((await scores.data()) as Float32Array);
        scores.dispose();
        assert.equal(id, best);
        text.push(id);
      }
      assert.equal(answers[0]!.finished, "length");
    }));

  it("a seed determines the text: alone, in a batch, and on every engine", () =>
    withDecoder(smallGpt, async (decoder) => {
      const options = { maxNewTokens: few, processors, rng: makeRng(7), tokenizer };
      const { answers } = await generateAll(decoder, [...prompts, prompts[1]!], options);
      assert.equal(options.rng.drawn, 0);
      assert.notDeepEqual(
        answers[1]!.ids,
        answers[3]!.ids,
        "the second of equal prompts has its own numbers",
      );
      for (const [i, prompt] of prompts.entries()) {
        if (engine === "webgpu" && i > 0) break;
        assert.deepEqual((await generateAll(decoder, prompt, options)).answers[0], answers[i]);
      }
      const known = texts.get("seed 7") ?? answers;
      texts.set("seed 7", known);
      answers.forEach(({ ids }, i) => {
        const both = Math.min(ids.length, known[i]!.ids.length);
        assert.deepEqual(ids.slice(0, both), known[i]!.ids.slice(0, both));
      });
    }));
});

/** After each letter the next of the alphabet. */
const alphabet = (batch = 1): Reader => stubReader(V, (id) => ({ [(id + 1) % V]: 20 }), { batch });

const stepsOf = async (steps: AsyncIterable<GenerateStep>): Promise<GenerateStep[]> => {
  const all: GenerateStep[] = [];
  for await (const step of steps) all.push(step);
  return all;
};

describe("generate, with a model of fixed scores", () => {
  it("each text of a batch stops by itself; what comes after its end is not told", async () => {
    const options = { maxNewTokens: 5, stop: { ids: [6], strings: ["mn"] }, tokenizer, logProbs: true };
    const steps = await stepsOf(generate(alphabet(3), [[3], [10], [15]], options));
    assert.deepEqual(
      steps.map(({ step, ids, text, finished }) => [step, ids, text, finished]),
      [
        [1, [4, 11, 16], ["e", "l", "q"], [undefined, undefined, undefined]],
        [2, [5, 12, 17], ["f", "", "r"], [undefined, undefined, undefined]],
        [3, [6, 13, 18], ["", "", "s"], ["stop id", "stop string", undefined]],
        [4, [undefined, undefined, 19], [undefined, undefined, "t"], [undefined, undefined, undefined]],
        [5, [undefined, undefined, 20], [undefined, undefined, "u"], [undefined, undefined, "length"]],
      ],
    );
    for (const { logProbs, seconds, tokensPerSecond, ids } of steps) {
      const count = ids.filter((id) => id !== undefined).length;
      assert.ok(Math.abs(tokensPerSecond * seconds - count) < 1e-9);
      ids.forEach((id, row) => {
        if (id === undefined) assert.equal(logProbs[row], undefined);
        else assert.ok(Math.abs(logProbs[row]!) < 1e-6);
      });
    }
    const { answers } = await generateAll(alphabet(3), [[3], [10], [15]], options);
    assert.deepEqual(
      answers.map(({ text, ids }) => [text, ids.length]),
      [["ef", 3], ["l", 3], ["qrstu", 5]], // prettier-ignore
    );
  });

  it("ends as soon as all texts have ended, and gives held text back at the end", async () => {
    const steps = await stepsOf(generate(alphabet(2), [[3], [4]], { maxNewTokens: 9, stop: { ids: [6] } }));
    assert.equal(steps.length, 3);
    const held = await generateAll(alphabet(), [3], {
      maxNewTokens: 3,
      tokenizer,
      stop: { strings: ["fgh"] },
    });
    assert.deepEqual([held.answers[0]!.text, held.answers[0]!.finished], ["efg", "length"]);
  });

  it("the usual rate is a median: a step that compiles does not show", () => {
    assert.deepEqual([[], [4], [1, 9], [0.1, 8, 7, 9]].map(usualRate), [0, 4, 5, 7.5]);
  });

  it("draws as often as the probabilities say", async () => {
    const reader = stubReader(V, () => ({ 1: Math.log(0.7), 2: Math.log(0.2), 3: Math.log(0.1) }), {
      batch: 400,
    });
    const many = new Array<number[]>(400).fill([0]);
    const { answers } = await generateAll(reader, many, { maxNewTokens: 10, rng: makeRng(3) });
    const counts = [1, 2, 3].map((id) =>
      answers.reduce((n, a) => n + a.ids.filter((x) => x === id).length, 0),
    );
    const expected = [2800, 800, 400];
    const chi2 = counts.reduce((sum, n, i) => sum + (n - expected[i]!) ** 2 / expected[i]!, 0);
    assert.ok(chi2 < 13.8, `chi-square ${chi2} of ${counts.join(", ")}: above 13.8 once in a thousand`);
  });

  it("an interrupt ends the answer after a whole step; one that was asked before lets none be made", async () => {
    const abort = new AbortController();
    let steps = 0;
    for await (const { step } of generate(alphabet(), [0], { maxNewTokens: 9, interrupt: abort.signal }))
      if ((steps = step) === 3) abort.abort();
    assert.equal(steps, 3);
    assert.deepEqual(
      await stepsOf(generate(alphabet(), [0], { maxNewTokens: 9, interrupt: () => true })),
      [],
    );
  });

  it("goes on from what a reader has read, and sees the whole text", async () => {
    const reader = alphabet();
    await reader.read([[0, 1]]);
    let first: readonly number[] = [];
    const look: Processor = (logits, seen) => {
      if (first.length === 0) first = [...seen];
      return logits;
    };
    const { answers } = await generateAll(reader, [0, 1, 8], { maxNewTokens: 2, processors: [look] });
    assert.deepEqual(answers[0]!.ids, [9, 10]);
    assert.deepEqual(first, [0, 1, 8]);
    assert.equal(reader.length, 4, "the last token is not read: nothing comes after it");
  });

  it("says what is wrong before it computes", async () => {
    const untouched: Reader = { ...alphabet(), read: () => assert.fail("it read") };
    const options = { maxNewTokens: 2 };
    const wrong: [Promise<unknown>, RegExp][] = [
      [generateAll(untouched, [], options), /The prompt is empty.*Cure/],
      [generateAll(untouched, [[]], options), /The prompt is empty/],
      [generateAll(untouched, [V], options), /The prompt has id 23 at place 0, outside 0 to 22/],
      [generateAll(untouched, [1.5], options), /id 1.5/],
      [generateAll(untouched, [[1], [2]], options), /2 prompts for a reader of 1 texts/],
      [generateAll(untouched, [1], { maxNewTokens: 0 }), /maxNewTokens must be a whole number from 1, got 0/],
      [generateAll(untouched, [1], { maxNewTokens: NaN }), /maxNewTokens .* got NaN/],
      [generateAll(untouched, [1], { ...options, stop: { ids: [99] } }), /stop.ids has 99/],
      [
        generateAll(untouched, [1], { ...options, stop: { strings: ["x"] } }),
        /stop.strings needs a tokenizer/,
      ],
      [
        generateAll(untouched, [1], { ...options, tokenizer, stop: { strings: [""] } }),
        /stop string is empty/,
      ],
    ];
    for (const [promise, message] of wrong)
      await assert.rejects(promise, (error) => error instanceof RangeError && message.test(error.message));
    const read = alphabet();
    await read.read([[1, 2]]);
    await assert.rejects(generateAll(read, [1, 2], options), /at least one must be new/);
  });

  it("says where all tokens are banned, or scores are no numbers", async () => {
    const ban: Processor = (logits, seen) => (seen.length < 3 ? logits : logits.map(() => -Infinity));
    await assert.rejects(
      generateAll(alphabet(), [0], { maxNewTokens: 5, processors: [ban] }),
      /text 0, token 3: Every token is banned/,
    );
    const broken = stubReader(V, () => ({ 4: NaN }));
    await assert.rejects(
      generateAll(broken, [0], { maxNewTokens: 1 }),
      /token 1: The score of token 4 is NaN/,
    );
  });
});

describe("generate, with a model", function () {
  this.timeout(300_000);

  it("frees what it took when the reader of its records leaves, or throws", () =>
    withDecoder(smallGpt, async (decoder) => {
      for await (const { step } of generate(decoder, prompts, { maxNewTokens: 9 })) if (step === 2) break;
      await assert.rejects(async () => {
        for await (const { step } of generate(decoder, prompts, { maxNewTokens: 9 }))
          if (step === 2) throw new Error("enough");
      }, /enough/);
    }));

  it("more tokens than the context are an error; exactly as many are not", () =>
    withDecoder(smallGpt, async (decoder) => {
      const full = { maxNewTokens: 36 };
      await assert.rejects(
        generateAll(decoder, [1, 2, 3, 4, 5], full),
        /5 tokens and 36 new ones are more than the model's context of 40\. Cure/,
      );
      assert.equal((await generateAll(decoder, [1, 2, 3, 4], full)).answers[0]!.ids.length, 36);
    }));

  it("leaves a reader that it was given open", () =>
    withDecoder(smallGpt, async (decoder) => {
      const reader = openReader(decoder, { size: 20 });
      const { answers } = await generateAll(reader, [1, 2, 3], { maxNewTokens: 4 });
      reader.rewind(2);
      assert.deepEqual((await generateAll(reader, [1, 2, 3], { maxNewTokens: 4 })).answers, answers);
      reader.dispose();
    }));

  it("several texts go on from a beginning that was read, where they are of one length", () =>
    withDecoder(smallGpt, async (decoder) => {
      const reader = openReader(decoder, { batch: 2, size: 20 });
      const texts = [
        [1, 2, 3],
        [1, 2, 5],
      ];
      const { answers } = await generateAll(reader, texts, { maxNewTokens: 4 });
      reader.rewind(2);
      assert.deepEqual((await generateAll(reader, texts, { maxNewTokens: 4 })).answers, answers);
      reader.rewind(2);
      await assert.rejects(
        generateAll(
          reader,
          [
            [1, 2, 3],
            [1, 2, 5, 4],
          ],
          { maxNewTokens: 4 },
        ),
        /several texts that has read a beginning needs prompts of one length\. Cure: rewind\(0\)/,
      );
      reader.dispose();
    }));

  it("text to text", () =>
    withDecoder(smallGpt, async (decoder) => {
      const text = await generateText(decoder, "cab", { tokenizer, maxNewTokens: 5 });
      assert.equal(text.length, 5);
    }));
});
