import assert from "node:assert/strict";
import { arithmeticProblem, arithmeticProblems, chainForms, workedAnswer } from "../../../src/data";
import { makeRng, useEngine } from "../../../src/engine";
import { gptDecoder, initGpt } from "../../../src/models";
import type { Decoder } from "../../../src/models";
import { charTokenizer } from "../../../src/text";
import { disposeTree } from "../../../src/tree";
import { arithmeticScores, decoderWriter } from "../../../src/prompt/thought";

const problems = arithmeticProblems({ count: 30, digits: [3, 1, 2], part: "test" }, makeRng(1));
const byQuestion = new Map(problems.map((problem) => [problem.question, problem]));

describe("scores of a model that does sums", () => {
  it("a perfect one is right in every form, and its steps are", async () => {
    for (const form of chainForms) {
      const write = async (questions: readonly string[]): Promise<string[]> =>
        questions.map((question) => workedAnswer(byQuestion.get(question)!, form));
      const { scores, written } = await arithmeticScores(write, problems, form);
      assert.deepEqual(scores.map(({ digits }) => digits), [1, 2, 3]); // prettier-ignore
      assert.ok(scores.every(({ problems: all, right, unreadable }) => right === all && unreadable === 0));
      assert.deepEqual(written.map(({ problem }) => problem), problems); // prettier-ignore
      const steps = scores.reduce((sum, { rightChains }) => sum + rightChains, 0);
      const ones = problems.filter(({ digits }) => digits === 1).length;
      assert.equal(steps, form === "scratchpad" || form === "after" ? 30 : form === "wrong" ? ones : 0);
    }
  });

  it("by hand: one that reads off a wrong chain, one that does not, one that stops", async () => {
    const sums = [arithmeticProblem("sum", 12, 9), arithmeticProblem("sum", 35, 35), arithmeticProblem("sum", 10, 10)]; // prettier-ignore
    const texts = ["2+9+0=11 1+0+0=1#11", "5+5+0=10 3+3+0=6#70", "0+0+0=0 1+1"];
    const { scores, written } = await arithmeticScores(async () => texts, sums, "scratchpad");
    assert.deepEqual(scores, [{ digits: 2, problems: 3, right: 1, unreadable: 1, rightChains: 0, followed: 1 }]); // prettier-ignore
    assert.deepEqual(written.map(({ right }) => right), [false, true, false]); // prettier-ignore
    assert.deepEqual(written[0]?.chain?.steps.map(({ right }) => right), [true, false]); // prettier-ignore
  });

  it("a model that returns too few texts is an error", async () => {
    await assert.rejects(
      arithmeticScores(async () => [], problems, "direct"),
      /\d+ prompts, 0 texts/,
    );
  });
});

describe("a model that runs here as a writer", function () {
  this.timeout(300_000);
  const tokens = ["?", ..."0123456789+=#\n"];
  const tokenizer = charTokenizer({ kind: "char", version: 1, tokens, special: ["?"], unknown: "?" });
  const config = {
    vocabSize: tokens.length,
    context: 20,
    dModel: 16,
    nLayer: 1,
    nHead: 2,
    order: "pre",
  } as const;
  let params: ReturnType<typeof initGpt>;
  let decoder: Decoder;
  before(async () => {
    await useEngine({ engine: "cpu" });
    params = initGpt(config, makeRng(1));
    decoder = gptDecoder(params, config) as Decoder;
  });
  after(() => disposeTree(params));

  it("drawn texts differ and come again; greedy ones are one; a batch size changes no greedy text", async () => {
    const options = { decoder, tokenizer, rng: makeRng(5), maxNewTokens: 8 };
    const { write, writeEach } = decoderWriter(options);
    const drawn = await write("12+3=", { count: 6, temperature: 1 });
    assert.equal(new Set(drawn).size > 3, true);
    assert.deepEqual(await write("12+3=", { count: 6, temperature: 1 }), drawn);
    assert.ok(drawn.every((text) => text.length === 8));
    const greedy = await write("12+3=", { count: 3 });
    assert.equal(new Set(greedy).size, 1);
    const prompts = ["12+3=", "7+7=", "1+1=#"];
    const narrow = decoderWriter({ ...options, batch: 2 });
    assert.deepEqual(await narrow.writeEach(prompts), await writeEach(prompts));
    assert.equal((await writeEach(prompts))[0], greedy[0]);
    const twoByTwo = await narrow.write("12+3=", { count: 6, temperature: 1 });
    assert.equal(new Set(twoByTwo).size > 3, true, "each part draws on its own");
  });

  it("a text ends at a stop, and where the context is full; no room, and an empty prompt, are errors", async () => {
    const { write } = decoderWriter({ decoder, tokenizer, rng: makeRng(5) });
    const long = (await write("12+3="))[0] as string;
    assert.equal(long.length, 15);
    const stop = long[3] as string;
    assert.equal((await write("12+3=", { stop: [stop] }))[0], long.slice(0, long.indexOf(stop)));
    await assert.rejects(write("1".repeat(20)), /more than the model's context of 20/);
    await assert.rejects(write(""), /prompt is empty/);
    await assert.rejects(write("1", { count: 0 }), /count must be a whole number from 1, got 0/);
    assert.throws(() => decoderWriter({ decoder, tokenizer, rng: makeRng(1), batch: 0 }), /batch must be/);
  });
});
