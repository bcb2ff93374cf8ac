import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { loadModel } from "../../src/checkpoints";
import type { LoadedLlama } from "../../src/checkpoints";
import { makeRng, shuffle, tf, useEngine } from "../../src/engine";
import { decoderOf } from "../../src/generate";
import { gpt, gptDecoder, initGpt, initLlama, llama, llamaDecoder } from "../../src/models";
import type { Decoder, GptConfig } from "../../src/models";
import { causalScorer } from "../../src/prompt";
import type { ScoreRequest } from "../../src/prompt";
import { disposeTree } from "../../src/tree";
import { gptConfig, llamaConfig } from "../helpers/decoders";
import { eachEngine, skipOnEmulatedCard } from "../helpers/engines";
import { realModel } from "../helpers/real-model";
import { golden } from "../helpers/tiny";

const V = 23;

const tinyGpt = (): Decoder => gptDecoder(initGpt(gptConfig, makeRng(1)), gptConfig) as Decoder;

/** ln P(id) under the scores of one place. */
function logSoftmax(logits: ArrayLike<number>, id: number): number {
  const max = Math.max(...Array.from(logits));
  return logits[id]! - max - Math.log(Array.from(logits).reduce((sum, x) => sum + Math.exp(x - max), 0));
}

type Forward = (ids: tf.Tensor) => tf.Tensor;

/** The plain way: prompt and answer as one text through the whole model, without a cache, answer by answer. */
async function plainly(forward: Forward, requests: readonly ScoreRequest[]): Promise<number[][]> {
  const results: number[][] = [];
  for (const { prompt, answers } of requests) {
    const row: number[] = [];
    for (const answer of answers) {
      const text = [...prompt, ...answer];
      const logits = tf.tidy(() => forward(tf.tensor2d([text], undefined, "int32")));
      const values = await logits.data(); // [1, T, V]
      logits.dispose();
      const at = (t: number): Float32Array => values.slice(t * V, (t + 1) * V) as Float32Array;
      row.push(answer.reduce((sum, id, k) => sum + logSoftmax(at(prompt.length + k - 1), id), 0));
    }
    results.push(row);
  }
  return results;
}

function assertNear(got: number[][], wanted: number[][], tolerance: number, what = ""): void {
  assert.deepEqual(got.map((row) => row.length), wanted.map((row) => row.length)); // prettier-ignore
  wanted.forEach((row, i) =>
    row.forEach((value, k) =>
      assert.ok(
        Math.abs(got[i]![k]! - value) <= tolerance,
        `${what} request ${i}, answer ${k}: ${got[i]![k]}, wanted ${value}`,
      ),
    ),
  );
}

/** Prompts that share beginnings, equal ones, one that goes on from another, and from another with its answer. */
const requests: ScoreRequest[] = [
  { prompt: [3, 1, 4, 1, 5, 9, 2, 6], answers: [[7], [8], [7, 7, 2]] },
  { prompt: [3, 1, 4, 2], answers: [[1, 2], [1, 3], [1], [1, 2, 5, 6]] },
  { prompt: [9], answers: [[3, 1, 4, 1, 5, 9, 2, 6, 5, 3]] },
  { prompt: [3, 1, 4, 1, 5, 9, 2, 6], answers: [[8, 1], [7]] },
  { prompt: [3, 1, 4, 1, 5], answers: [[9], [9], [9, 2]] },
  { prompt: [3, 1, 4, 2, 1], answers: [[2], [3]] },
  { prompt: Array.from({ length: 30 }, (_, i) => (7 * i) % V), answers: [[22], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]] },
]; // prettier-ignore

eachEngine("prompt/causal", (engine) => {
  const few = engine === "webgpu"; // a software card takes a second a step
  const asked = few ? requests.slice(0, 3) : requests;

  it("gives what the whole model gives to prompt and answer as one text, with sharing and without", async function () {
    skipOnEmulatedCard(this, engine);
    const small = initGpt(gptConfig, makeRng(1));
    const grouped = initLlama(llamaConfig, makeRng(2));
    const models: [string, Decoder, Forward][] = [
      ["gpt", gptDecoder(small, gptConfig) as Decoder, (ids) => gpt(small, gptConfig, ids)],
      ["llama", llamaDecoder(grouped, llamaConfig) as Decoder, (ids) => llama(grouped, llamaConfig, ids)],
    ];
    for (const [name, decoder, forward] of few ? models.slice(1) : models) {
      const wanted = await plainly(forward, asked);
      const before = tf.memory().numTensors;
      for (const sharing of few ? [true] : [true, false]) {
        const scorer = causalScorer(decoder, { sharing, widths: [4, 16] });
        assert.equal(scorer.context, 40);
        assertNear(await scorer.score(asked), wanted, 1e-5, `${name}, sharing ${sharing}:`);
        // What it remembers of the first call serves the second, and changes nothing.
        if (sharing) assertNear(await scorer.score([...asked].reverse()), [...wanted].reverse(), 1e-5, `${name}, again:`); // prettier-ignore
        scorer.dispose();
      }
      assert.equal(tf.memory().numTensors, before, `${name}: tensors are left`);
    }
    for (const [, decoder] of models) disposeTree(decoder.params);
  });
});

describe("prompt/causal: beside transformers", () => {
  before(() => useEngine({ engine: "cpu" }));

  it("the tiny models of test/golden: the chain rule over PyTorch's logits", async () => {
    const wanted = golden<Record<"gpt2" | "llama", { ids: number[][]; logits: number[] }>>("decoders");
    for (const family of ["gpt2", "llama"] as const) {
      const { ids, logits } = wanted[family]; // logits of [2, 7, 40]
      const model = await loadModel(join(__dirname, "..", "golden", `tiny-${family}`));
      const scorer = causalScorer(decoderOf(model));
      const at = (row: number, t: number): number =>
        logSoftmax(logits.slice((row * 7 + t) * 40, (row * 7 + t + 1) * 40), ids[row]![t + 1]!);
      const asked = ids.flatMap((text) => [1, 3].map((n) => ({ prompt: text.slice(0, n), answers: [text.slice(n, n + 1), text.slice(n)] }))); // prettier-ignore
      const sums = ids.flatMap((_, row) =>
        [1, 3].map((n) => [
          at(row, n - 1),
          Array.from({ length: 7 - n }, (_, k) => at(row, n - 1 + k)).reduce((a, b) => a + b),
        ]),
      );
      assertNear(await scorer.score(asked), sums, 1e-4, family);
      scorer.dispose();
      model.dispose();
    }
  });
});

/** A model whose scores after a token are known: no arithmetic, and a record of what was read in each call. */
function known(scoresAfter: (id: number) => number[], context = 40): { decoder: Decoder; calls: number[][] } {
  const calls: number[][] = [];
  const size = scoresAfter(0).length;
  const decoder: Decoder = {
    vocabSize: size,
    context,
    params: {},
    states(_, ids) {
      const row = Array.from(ids.dataSync());
      calls.push(row);
      return tf.tensor3d([row.map(scoresAfter)]); // [1, T, V]
    },
    head: (_, states) => states.clone(),
    cache: () => ({ layers: {}, length: tf.scalar(0, "int32"), start: tf.zeros([1], "int32") }),
  };
  return { decoder, calls };
}

describe("prompt/causal: what is read", () => {
  before(() => useEngine({ engine: "cpu" }));

  /** After token i the token i + 1 has odds 3 to 1 against each of the other three: probabilities 1/2, 1/6, 1/6, 1/6. */
  const next = (id: number): number[] => [0, 1, 2, 3].map((k) => (k === (id + 1) % 4 ? Math.log(3) : 0));

  it("by hand: an answer of several tokens is the product of its tokens' probabilities", async () => {
    const scorer = causalScorer(known(next).decoder);
    const [row] = await scorer.score([{ prompt: [0], answers: [[1], [2], [1, 2], [1, 3, 0], [2, 2, 2]] }]);
    const wanted = [1 / 2, 1 / 6, 1 / 4, 1 / 2 / 6 / 2, 1 / 6 ** 3];
    wanted.forEach((p, i) => assert.ok(Math.abs(Math.exp(row![i]!) - p) < 1e-7, `${i}`));
  });

  it("each shared beginning once, in the order of the trie, and beginnings of answers once a prompt", async () => {
    const { decoder, calls } = known(next);
    const scorer = causalScorer(decoder);
    const asked: ScoreRequest[] = [
      { prompt: [2, 2, 1], answers: [[1]] },
      { prompt: [1, 2, 3], answers: [[0], [3, 0, 1], [3, 0, 2], [3, 1, 1], [3, 0, 1]] },
      { prompt: [2, 2], answers: [[0], [1]] },
      { prompt: [1, 2, 3], answers: [[3, 0], [2]] },
      { prompt: [1, 2, 0], answers: [[1]] },
    ];
    await scorer.score(asked);
    // [1 2 0]; back to [1 2], then 3; its answers' beginnings [3 0] and [3 1]; [2 2], on to [2 2 1].
    assert.deepEqual(calls, [[1, 2, 0], [3], [3, 0], [1], [2, 2], [1]]);
    assert.equal(scorer.read, 10);
    // A prompt that was just read, and one that it began with: their last token is read again, for its scores.
    calls.length = 0;
    await scorer.score([asked[0]!]);
    await scorer.score([asked[2]!]);
    assert.deepEqual(calls, [[1], [2]]);
    assert.equal(scorer.read, 12);

    calls.length = 0;
    const plain = causalScorer(decoder, { sharing: false });
    await plain.score(asked);
    assert.deepEqual(calls, [[2, 2, 1], [1, 2, 3], [3, 0], [1], [2, 2], [1, 2, 3], [3], [1, 2, 0]]);
    assert.equal(plain.read, 18);
  });

  it("numbers are those of each request alone, in any order of the requests", async () => {
    const small: GptConfig = { ...gptConfig, context: 12, dModel: 8, nLayer: 1 };
    const decoder = gptDecoder(initGpt(small, makeRng(1)), small) as Decoder;
    const ids = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 });
    const answers = fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }); // prettier-ignore
    const request = fc.record({ prompt: ids, answers });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { maxLength: 5 }), fc.nat(), async (asked, seed) => {
        const [shared, alone] = [causalScorer(decoder), causalScorer(decoder, { sharing: false })];
        const wanted = await alone.score(asked);
        const order = shuffle(makeRng(seed), [...asked.keys()]);
        const got = await shared.score(order.map((i) => asked[i]!));
        assertNear(got, order.map((i) => wanted[i]!), 1e-5); // prettier-ignore
        assert.ok(shared.read <= alone.read);
        // Nothing of the trie is read twice: the distinct beginnings of prompts, and of answers of each prompt.
        const nodes = new Set<string>();
        for (const { prompt, answers: all } of asked) {
          prompt.forEach((_, n) => nodes.add(prompt.slice(0, n + 1).join()));
          for (const answer of all)
            answer.slice(1).forEach((_, n) => nodes.add(`${prompt.join()} ${answer.slice(0, n + 1).join()}`));
        }
        assert.ok(shared.read <= nodes.size, `${shared.read} tokens of ${nodes.size}`);
        shared.dispose();
        alone.dispose();
      }),
      { numRuns: 20 },
    );
    disposeTree(decoder.params);
  });

  it("a prompt that needs more room than those before, and one that fills the context to the last token", async () => {
    const { decoder } = known(next, 300);
    const scorer = causalScorer(decoder);
    const long = (length: number): number[] => Array.from({ length }, (_, i) => i % 4);
    for (const length of [5, 200, 299]) {
      const [row] = await scorer.score([{ prompt: long(length), answers: [[length % 4]] }]);
      assert.ok(Math.abs(Math.exp(row![0]!) - 1 / 2) < 1e-7, `${length} tokens`);
    }
    assert.equal(scorer.read, 5 + 200 + 299);
  });

  it("calls at the same time wait for each other, and progress is told by requests", async () => {
    const scorer = causalScorer(known(next).decoder);
    const told: number[][] = [];
    const asked = [[0], [1], [0]].map((prompt) => ({ prompt, answers: [[1], [1, 2]] }));
    const [a, b] = await Promise.all([
      scorer.score(asked, (done, all) => told.push([done, all])),
      scorer.score([{ prompt: [3, 0], answers: [[1]] }]),
    ]);
    assertNear(a, [[1 / 2, 1 / 4], [1 / 6, 1 / 12], [1 / 2, 1 / 4]].map((row) => row.map(Math.log)), 1e-6); // prettier-ignore
    assertNear(b, [[Math.log(1 / 2)]], 1e-6);
    assert.deepEqual(told, [[2, 3], [3, 3]]); // prettier-ignore
    assert.deepEqual(await scorer.score([]), []);
  });
});

describe("prompt/causal: bad input", () => {
  before(() => useEngine({ engine: "cpu" }));
  const fine: ScoreRequest = { prompt: [1, 2], answers: [[3]] };

  it("names the request, says what is wrong with it, and goes on with the next call", async () => {
    const decoder = tinyGpt();
    const scorer = causalScorer(decoder);
    const wrong: [ScoreRequest, RegExp][] = [
      [{ prompt: [], answers: [[1]] }, /^Request 1: its prompt is empty.*Cure/],
      [{ prompt: [1], answers: [] }, /^Request 1: it has no answer.*Cure/],
      [{ prompt: [1], answers: [[1], []] }, /^Request 1: its answer 1 is empty.*Cure/],
      [{ prompt: new Array<number>(39).fill(1), answers: [[1], [1, 2]] }, /^Request 1: its prompt of 39 tokens and answer 1 of 2 are more than the context of 40.*Cure/], // prettier-ignore
      [{ prompt: [1, V], answers: [[1]] }, /^Request 1: its prompt has id 23 at place 1, outside 0 to 22/],
      [{ prompt: [1], answers: [[1, 0.5]] }, /^Request 1: its answer 0 has id 0.5 at place 1/],
      [{ prompt: [1], answers: [[-1]] }, /^Request 1: its answer 0 has id -1/],
    ];
    for (const [request, message] of wrong)
      await assert.rejects(scorer.score([fine, request]), (error: Error) => {
        assert.ok(error instanceof RangeError);
        assert.match(error.message, message);
        return true;
      });
    assert.equal(scorer.read, 0, "nothing is read of a call that is wrong");
    assert.equal((await scorer.score([fine]))[0]!.length, 1);
    scorer.dispose();
    await assert.rejects(scorer.score([fine]), /disposed/);
    disposeTree(decoder.params);
  });

  it("a model that breaks down: the call fails, and the next one reads anew", async () => {
    let broken = true;
    const { decoder, calls } = known((id) => [broken ? NaN : 0, id]);
    const scorer = causalScorer(decoder);
    const asked = [{ prompt: [1, 0, 1], answers: [[1]] }];
    await assert.rejects(scorer.score(asked), /The score of token 0 is NaN/);
    broken = false;
    const [row] = await scorer.score(asked);
    assert.ok(Math.abs(row![0]! - logSoftmax([0, 1], 1)) < 1e-7);
    assert.deepEqual(calls, [[1, 0, 1], [1, 0, 1]]); // prettier-ignore
  });
});

describe("prompt/causal: SmolLM2-135M-Instruct", function () {
  this.timeout(300_000);
  let model: LoadedLlama;
  before(async function () {
    model = await realModel(this, (load) => load("smollm2-135m-instruct"));
  });
  after(() => model?.dispose());

  it("a beginning of some 40 tokens, read once: the numbers of each prompt alone, and the right answers", async () => {
    const encode = (text: string): number[] => model.tokenizer!.encode(text);
    const shared =
      "Each review is followed by its sentiment.\n\nReview: A wonderful film, I loved it.\nSentiment: positive\n\n" +
      "Review: Dull and far too long.\nSentiment: negative\n\nReview:";
    const reviews = ["The best film of the year.", "A waste of time, terrible acting.", "I hated every minute.", "Great fun, beautiful music."]; // prettier-ignore
    const asked = reviews.map((review) => ({
      prompt: encode(`${shared} ${review}\nSentiment:`),
      answers: [" positive", " negative", " not good at all"].map(encode),
    }));
    const decoder = decoderOf(model);
    const before = tf.memory().numTensors;
    const scorer = causalScorer(decoder);
    const plain = causalScorer(decoder, { sharing: false });
    const [got, wanted] = [await scorer.score(asked), await plain.score(asked)];
    assertNear(got, wanted, 2e-3);
    const [start, all] = [encode(shared).length, asked.reduce((sum, { prompt }) => sum + prompt.length, 0)];
    assert.ok(start >= 40, `${start} tokens are shared`);
    assert.ok(plain.read - scorer.read >= 3 * start, `${scorer.read} of ${plain.read} tokens were read`);
    assert.ok(plain.read >= all);
    assert.deepEqual(got.map(([positive, negative]) => positive! > negative!), [true, false, false, true]); // prettier-ignore
    for (const row of got) assert.ok(row.every((x) => x < 0) && row[2]! < Math.max(row[0]!, row[1]!));
    scorer.dispose();
    plain.dispose();
    assert.equal(tf.memory().numTensors, before, "tensors are left");
  });
});
