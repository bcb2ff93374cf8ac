import assert from "node:assert/strict";
import { makeRng, tf, useEngine } from "../../../src/engine";
import { gptDecoder, initGpt } from "../../../src/models";
import type { Decoder } from "../../../src/models";
import { cachedWrite, decoderWriter, memoryStore, sharedWriter } from "../../../src/prompt";
import type { CallStore, CallValue, Write } from "../../../src/prompt";
import { charTokenizer } from "../../../src/text";
import { disposeTree } from "../../../src/tree";

const tokens = ["?", ..."abcdefgh \n"];
const tokenizer = charTokenizer({ kind: "char", version: 1, tokens, special: ["?"], unknown: "?" });
const config = {
  vocabSize: tokens.length,
  context: 24,
  dModel: 16,
  nLayer: 1,
  nHead: 2,
  order: "pre",
} as const;

describe("a writer that reads a common beginning once", function () {
  this.timeout(300_000);
  let params: ReturnType<typeof initGpt>;
  let decoder: Decoder;
  before(async () => {
    await useEngine({ engine: "cpu" });
    params = initGpt(config, makeRng(1));
    decoder = gptDecoder(params, config) as Decoder;
  });
  after(() => disposeTree(params));
  const open = (more = {}) => sharedWriter({ decoder, tokenizer, rng: makeRng(5), maxNewTokens: 6, widths: [1, 4], ...more }); // prettier-ignore
  const prompts = ["abc abc d", "abc abc e", "abc abc e", "h", "abc abc d"];

  it("writes what a writer without memory writes, in whatever order, greedily and drawn", async () => {
    const alone = decoderWriter({ decoder, tokenizer, rng: makeRng(5), maxNewTokens: 6 });
    const shared = open();
    for (const prompt of prompts) {
      assert.deepEqual(await shared.write(prompt), await alone.write(prompt), prompt);
      const drawn = await shared.write(prompt, { count: 3, temperature: 1 });
      assert.equal(new Set(drawn).size > 1, true);
    }
    const again = open();
    assert.deepEqual(await again.write("abc abc e", { count: 3, temperature: 1 }), await shared.write("abc abc e", { count: 3, temperature: 1 })); // prettier-ignore
    shared.dispose();
    again.dispose();
  });

  it("counts the tokens that it read: 9, 1, 1, 1 and 9", async () => {
    const shared = open();
    const counts: number[] = [];
    let before = 0;
    for (const prompt of prompts) {
      await shared.write(prompt);
      counts.push(shared.read - before);
      before = shared.read;
    }
    assert.deepEqual(counts, [9, 1, 1, 1, 9]);
    shared.dispose();
  });

  it("two calls at once do not disturb each other, nor does one that failed; nothing is left behind", async () => {
    const tensors = tf.memory().numTensors;
    const shared = open();
    const [first, failed, second] = await Promise.allSettled([shared.write("abc"), shared.write(""), shared.write("abd")]); // prettier-ignore
    assert.deepEqual([first.status, failed.status, second.status], ["fulfilled", "rejected", "fulfilled"]);
    const other = open();
    assert.deepEqual(second.status === "fulfilled" && second.value, await other.write("abd"));
    shared.dispose();
    other.dispose();
    assert.equal(tf.memory().numTensors, tensors);
    await assert.rejects(shared.write("abc"), /disposed/);
  });

  it("a text ends at a stop and where the size is full; what does not fit is named", async () => {
    const small = open({ size: 8, maxNewTokens: 20 });
    const text = (await small.write("abc"))[0] as string;
    assert.equal(text.length, 5);
    const stop = text[2] as string;
    assert.equal((await small.write("abc", { stop: [stop] }))[0], text.slice(0, text.indexOf(stop)));
    await assert.rejects(small.write("a".repeat(8)), /The prompt has 8 tokens; it must have 1 to 7\. Cure/);
    await assert.rejects(small.write("a", { count: 0 }), /count must be a whole number from 1, got 0/);
    small.dispose();
    assert.throws(() => open({ size: 25 }), /A text of 25 tokens: the model's context is 1 to 24/);
  });
});

describe("calls of a writer that are kept", () => {
  const identity = { model: "stub", weights: "none", version: "1" };
  const counting = (): { write: Write; calls: string[] } => {
    const calls: string[] = [];
    const write: Write = async (prompt, { count = 1, temperature = 0 } = {}) => {
      calls.push(prompt);
      return Array.from({ length: count }, (_, i) => `${prompt} ${temperature} ${i} é 😀\n`);
    };
    return { write, calls };
  };

  it("a call is made once; another prompt, count, temperature, length, stop or model is another call", async () => {
    const { write, calls } = counting();
    const store = memoryStore();
    const cached = cachedWrite(write, store, identity);
    const texts = await cached.write("a", { count: 2, temperature: 1 });
    assert.deepEqual(texts, ["a 1 0 é 😀\n", "a 1 1 é 😀\n"]);
    assert.deepEqual(await cached.write("a", { count: 2, temperature: 1 }), texts);
    assert.equal(calls.length, 1);
    for (const options of [{}, { count: 3 }, { temperature: 0.5 }, { maxNewTokens: 5 }, { stop: ["\n"] }]) await cached.write("a", options); // prettier-ignore
    await cachedWrite(write, store, { ...identity, version: "2" }).write("a");
    assert.equal(calls.length, 7);
    assert.deepEqual([cached.asked, cached.kept], [6, 1]);
  });

  it("empty texts are kept; what is damaged is asked again", async () => {
    const kept = new Map<string, CallValue>();
    const store: CallStore = { get: (key) => kept.get(key), set: (key, value) => void kept.set(key, value) };
    let calls = 0;
    const empty = cachedWrite(async () => (calls++, ["", ""]), store, identity);
    assert.deepEqual(await empty.write("a", { count: 2 }), ["", ""]);
    assert.deepEqual(await empty.write("a", { count: 2 }), ["", ""]);
    assert.equal(calls, 1);
    for (const key of kept.keys()) kept.set(key, [97]);
    assert.deepEqual(await empty.write("a", { count: 2 }), ["", ""]);
    assert.equal(calls, 2);
  });

  it("an identity without a field, and a bad count, are named", async () => {
    const { write } = counting();
    assert.throws(() => cachedWrite(write, memoryStore(), { ...identity, weights: "" }), /The identity has no weights/); // prettier-ignore
    await assert.rejects(cachedWrite(write, memoryStore(), identity).write("a", { count: 0 }), /count must be/); // prettier-ignore
  });
});
