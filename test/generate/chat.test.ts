import assert from "node:assert/strict";
import type { LoadedLlama } from "../../src/checkpoints";
import { assertNoLeaks, makeRng, tf } from "../../src/engine";
import { allowed, decoderOf, generateAll, openChat, temperature } from "../../src/generate";
import type { Chat, ChatStep, OpenChatOptions, Processor } from "../../src/generate";
import { initLlama, llama } from "../../src/models";
import type { LlamaConfig } from "../../src/models";
import { byteModel, byteTokenizer, encodeChat } from "../../src/text";
import { disposeTree } from "../../src/tree";
import { eachEngine } from "../helpers/engines";
import { realModel } from "../helpers/real-model";

const tokenizer = byteTokenizer(byteModel(["<|im_start|>", "<|im_end|>"]));
const end = tokenizer.special["<|im_end|>"]!;
const config: LlamaConfig = {
  vocabSize: tokenizer.vocabSize,
  context: 256,
  dModel: 16,
  nLayer: 2,
  nHead: 2,
  nKvHead: 1,
  dFfn: 24,
  tied: true,
};

/** A small random model with a chat layout. */
function smallModel(): LoadedLlama {
  const params = initLlama(config, makeRng(3));
  return {
    family: "llama",
    config,
    params,
    run: (ids, ctx) => llama(params, config, ids, ctx),
    tokenizer,
    chat: "chatml",
    special: { end: [end] },
    source: "small",
    notes: [],
    dispose: () => disposeTree(params),
  };
}

async function answerTo(chat: Chat, content: string): Promise<{ text: string; steps: ChatStep[] }> {
  const steps: ChatStep[] = [];
  for await (const step of chat.say(content)) steps.push(step);
  return { text: steps.map((each) => each.text).join(""), steps };
}

const withChat = (options: OpenChatOptions, test: (chat: Chat, model: LoadedLlama) => Promise<void>) =>
  assertNoLeaks(async () => {
    const model = smallModel();
    const chat = openChat(model, options);
    await test(chat, model);
    chat.dispose();
    model.dispose();
  });

const letters = [..."abcdefghijklmnopqrstuvwxyz "].map((letter) => letter.charCodeAt(0));
const hot: Processor[] = [temperature(1)];

eachEngine("generate/chat", (engine) => {
  const maxNewTokens = engine === "webgpu" ? 2 : 6;

  it("answers as a model that reads the whole conversation anew, and reads only what is new", () =>
    withChat(
      { maxNewTokens, processors: [allowed(letters)], rng: makeRng(5), size: 200 },
      async (chat, model) => {
        const decoder = decoderOf(model);
        let cached = 0;
        for (const question of ["Hi", "And then?"]) {
          const said = [...chat.messages, { role: "user", content: question } as const];
          const ids = encodeChat(tokenizer, "chatml", said, { addGenerationPrompt: true });
          const { text, steps } = await answerTo(chat, question);
          const anew = await generateAll(decoder, ids, {
            maxNewTokens,
            processors: [allowed(letters)],
            rng: makeRng(5),
            tokenizer,
          });
          assert.equal(text, anew.answers[0]!.text);
          assert.deepEqual(chat.messages, [...said, { role: "assistant", content: text }]);
          assert.equal(steps[0]!.read, ids.length - cached);
          assert.equal(steps.at(-1)!.finished, "length");
          cached = ids.length + maxNewTokens - 1;
          assert.equal(chat.length, cached);
        }
      },
    ));
});

describe("generate/chat: turns", function () {
  this.timeout(300_000);

  it("also where an answer is half characters, which no text keeps", () =>
    withChat({ maxNewTokens: 6, processors: hot, rng: makeRng(5) }, async (chat, model) => {
      const decoder = decoderOf(model);
      for (const question of ["Hi", "And then?", "So?"]) {
        const said = [...chat.messages, { role: "user", content: question } as const];
        const ids = encodeChat(tokenizer, "chatml", said, { addGenerationPrompt: true });
        const { text } = await answerTo(chat, question);
        const options = {
          maxNewTokens: 6,
          processors: hot,
          rng: makeRng(5),
          tokenizer,
          stop: { ids: [end] },
        };
        assert.equal(text, (await generateAll(decoder, ids, options)).answers[0]!.text);
      }
      assert.ok(
        chat.messages.some(({ content }) => content.includes("\ufffd")),
        "the case is there",
      );
    }));

  it("ends at the model's end token, which is no text", () =>
    withChat({ processors: [allowed([end])], system: "Be brief." }, async (chat) => {
      const { text, steps } = await answerTo(chat, "Hi");
      assert.deepEqual([text, steps.length, steps[0]!.finished], ["", 1, "stop id"]);
      assert.deepEqual(chat.messages.map(({ role }) => role), ["system", "user", "assistant"]); // prettier-ignore
      chat.reset();
      assert.deepEqual(chat.messages, [{ role: "system", content: "Be brief." }]);
      const again = await answerTo(chat, "Hi");
      assert.equal(again.steps[0]!.read, 1, "all but the last token was in the cache");
    }));

  it("stop strings end an answer, and are not in the conversation", () =>
    withChat({ processors: [allowed(["o".charCodeAt(0)])], stopStrings: ["ooo"] }, async (chat) => {
      assert.equal((await answerTo(chat, "Hi")).text, "");
      assert.equal(chat.messages.at(-1)!.content, "");
    }));

  it("what was written before a break or an interrupt stays; a question without any answer does not", () =>
    withChat({ processors: [allowed(["o".charCodeAt(0)])], maxNewTokens: 9 }, async (chat) => {
      for await (const { step } of chat.say("Hi")) if (step === 3) break;
      assert.deepEqual(chat.messages.at(-1), { role: "assistant", content: "ooo" });
      let asked = 0;
      for await (const step of chat.say("And?", () => ++asked > 2)) assert.ok(step.step <= 2);
      assert.equal(chat.messages.at(-1)!.content, "oo");
      for await (const step of chat.say("So?", () => true)) assert.fail(`step ${step.step}`);
      assert.equal(chat.messages.length, 4);
      assert.equal((await answerTo(chat, "So?")).text, "ooooooooo");
    }));

  it("one answer at a time", () =>
    withChat({ processors: [allowed(letters)] }, async (chat) => {
      const steps = chat.say("Hi");
      await steps.next();
      await assert.rejects(chat.say("Now").next(), /Another answer is still being written.*Cure/);
      assert.throws(() => chat.reset(), /still being written/);
      await steps.return();
      assert.equal(chat.messages.length, 2);
    }));

  it("a full conversation is an error that leaves it as it was, or forgets its beginning", async () => {
    // The first question has 33 tokens with its layout, the second 61, the third would have 91.
    const options = { size: 80, maxNewTokens: 4, processors: [allowed(letters)], system: "S" };
    await withChat(options, async (chat) => {
      await answerTo(chat, "one");
      await answerTo(chat, "two");
      const before = chat.messages;
      await assert.rejects(
        answerTo(chat, "three"),
        /The conversation is full: .* room for 80.*Cure: begin anew/,
      );
      assert.equal(chat.messages, before);
      await assert.rejects(answerTo(chat, "x".repeat(200)), RangeError);
    });
    await withChat({ ...options, whenFull: "forget" }, async (chat) => {
      for (const question of ["one", "two"]) await answerTo(chat, question);
      const { steps } = await answerTo(chat, "three");
      assert.equal(steps[0]!.forgotten, 1);
      assert.deepEqual(
        chat.messages.filter(({ role }) => role !== "assistant").map(({ content }) => content),
        ["S", "two", "three"],
      );
      await assert.rejects(answerTo(chat, "x".repeat(200)), /The conversation is full/);
      assert.equal(chat.messages.length, 5);
    });
  });

  it("a model without a chat template or a tokenizer is an error that says what to do", () =>
    assertNoLeaks(() => {
      const model = smallModel();
      assert.throws(
        () => openChat({ ...model, chat: undefined }),
        /small has no chat template.*Cure: .*generate/,
      );
      assert.throws(
        () => openChat({ ...model, tokenizer: undefined, notes: ["unigram"] }),
        /small has no tokenizer \(unigram\)/,
      );
      assert.throws(() => openChat(model, { size: 999 }), /999 tokens: the model's context is 1 to 256/);
      assert.throws(() => openChat(model, { maxNewTokens: 0 }), /maxNewTokens must be a whole number/);
      model.dispose();
    }));
});

describe("generate/chat: SmolLM2-135M-Instruct", function () {
  this.timeout(300_000);
  let model: LoadedLlama;
  before(async function () {
    model = await realModel(this, (load) => load("smollm2-135m-instruct"));
  });
  after(() => model?.dispose());

  it("two turns: what it would say to the whole conversation, with the first turn from the cache", async () => {
    const before = tf.memory().numTensors;
    const decoder = decoderOf(model);
    const chat = openChat(model, { maxNewTokens: 24, size: 110, decoder });
    const first = await answerTo(chat, "What is the capital of France?");
    assert.match(first.text, /Paris/);
    const said = [...chat.messages, { role: "user", content: "And of Italy?" } as const];
    const ids = encodeChat(model.tokenizer!, model.chat!, said, { addGenerationPrompt: true });
    const { text, steps } = await answerTo(chat, "And of Italy?");
    assert.ok(steps[0]!.read < 30 && ids.length > 50, `${steps[0]!.read} of ${ids.length} tokens were read`);
    const options = { maxNewTokens: 24, tokenizer: model.tokenizer!, stop: { ids: model.special.end } };
    assert.equal(text, (await generateAll(decoder, ids, options)).answers[0]!.text);
    chat.dispose();
    assert.equal(tf.memory().numTensors, before, "tensors are left");
  });
});
