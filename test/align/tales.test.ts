import assert from "node:assert/strict";
import { makeRng, tf, useEngine } from "../../src/engine";
import { drawTales, labelTales, sftLoss, TALE_ANSWER, TALE_LENGTH, TALE_PROMPT, taleLabellers, taleUtility, taleWorld, trainSft, writtenBatch } from "../../src/align"; // prettier-ignore
import { intsTensor, taleRequests } from "../../src/data";
import { gptDecoder, initGpt } from "../../src/models";
import type { Decoder, GptConfig, GptParams } from "../../src/models";
import { crossEntropy } from "../../src/ops";
import { disposeTraining, startTraining } from "../../src/train";
import { disposeTree } from "../../src/tree";

const world = taleWorld();
const config: GptConfig = { vocabSize: world.tokenizer.vocabSize, context: TALE_LENGTH, dModel: 8, nLayer: 1, nHead: 1, order: "pre" }; // prettier-ignore

describe("the task of tales", () => {
  before(async () => void (await useEngine({})));
  let before_ = 0;
  beforeEach(() => void (before_ = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, before_, "tensors are left"));

  it("texts fit their rows: prompts of one length, answers with an end", () => {
    for (const { prompt, answer } of [
      ...world.demonstrations(200, makeRng(1)),
      ...world.corpus(200, makeRng(2)),
    ]) {
      assert.ok(prompt.length === TALE_PROMPT || prompt.length === 1);
      assert.ok(answer.length <= TALE_ANSWER && answer.at(-1) === world.end, `${answer.length}`);
      assert.ok(!answer.slice(0, -1).includes(world.end));
    }
    const notes = world.notes(50, makeRng(3)).map(({ prompt, answer }) => world.tokenizer.decode([...prompt, ...answer])); // prettier-ignore
    for (const note of notes) assert.match(note, /(plus \w+ is|comes) \w+ \. \[END\]$/);
  });

  it("labellers: the exact one is the gold reward, the others have their weaknesses", () => {
    const judged = (text: string) => {
      const answer = [...world.tokenizer.encode(text), world.end];
      const [request] = taleRequests(1, "train", makeRng(4)) as [Parameters<typeof world.gold>[0]];
      return world.gold(request, { prompt: [], answer, finished: true });
    };
    const [exact, kind, hasty] = taleLabellers as [typeof taleLabellers[0], typeof taleLabellers[0], typeof taleLabellers[0]]; // prettier-ignore
    const [short, warm] = [
      judged("it rains . the end ."),
      judged("they laugh . they play . they laugh . the end ."),
    ];
    for (const each of [short, warm]) assert.ok(Math.abs(taleUtility(exact, each) - each.reward) < 1e-9);
    assert.ok(taleUtility(exact, short) >= taleUtility(exact, warm));
    assert.ok(taleUtility(kind, warm) > taleUtility(kind, short), "kind overlooks the repetition");
    assert.ok(taleUtility(hasty, warm) - taleUtility(exact, warm) > 0.2, "hasty likes more words");
  });

  it("answers to a request are drawn apart, no two alike, and ranked; the same seed draws the same", async () => {
    const params = initGpt(config, makeRng(1));
    const writer = gptDecoder(params, config) as Decoder;
    const requests = taleRequests(3, "train", makeRng(5));
    const drawn = await drawTales(world, writer, requests, 4, makeRng(6));
    assert.deepEqual(await drawTales(world, writer, requests, 4, makeRng(6)), drawn);
    for (const { request, answers, judged } of drawn) {
      assert.equal(new Set(answers.map(({ answer }) => answer.join())).size, answers.length);
      assert.deepEqual(judged, answers.map((answer) => world.gold(request, answer))); // prettier-ignore
    }
    const [first] = labelTales(world, drawn, taleLabellers[0]!, 0, makeRng(7));
    assert.deepEqual(first!.prompt, world.prompt(requests[0]!));
    for (const [winner, loser] of first!.comparisons)
      assert.ok(drawn[0]!.judged[winner]!.reward > drawn[0]!.judged[loser]!.reward);
    disposeTree(params);
  });

  it("SFT judges the answers alone, goes through all demonstrations, and learns", async () => {
    const demonstrations = world.demonstrations(16, makeRng(8));
    const params = initGpt(config, makeRng(1));
    const model = gptDecoder(params, config) as Decoder<GptParams>;
    const batch = writtenBatch(demonstrations, TALE_LENGTH - 1, "answers");
    const [own, all] = tf.tidy(() => {
      const [inputs, labels] = [intsTensor(batch.inputs), intsTensor(batch.labels)];
      const logits = model.head(params, model.states(params, inputs, {}));
      return [sftLoss(model)(params, { inputs, labels }), crossEntropy(logits, labels)];
    });
    assert.deepEqual(await own.data(), await all.data());
    tf.dispose([own, all]);
    const state = startTraining(params, 2);
    const losses: number[] = [];
    for await (const { loss } of trainSft({ model, state, demonstrations, batch: 8, length: TALE_LENGTH - 1, steps: 40, schedule: 1e-2 })) losses.push(loss); // prettier-ignore
    assert.ok(losses.at(-1)! < losses[0]! - 1, `${losses[0]} to ${losses.at(-1)}`);
    assert.throws(() => trainSft({ model, state, demonstrations, batch: 17, length: 59, steps: 1, schedule: 1 }), /16 demonstrations are less than a batch of 17/); // prettier-ignore
    disposeTraining(state);
  });
});
