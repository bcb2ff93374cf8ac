import assert from "node:assert/strict";
import fc from "fast-check";
import { classify } from "../../src/prompt/classify";
import { bertFrame } from "../../src/prompt/fit";
import { pattern } from "../../src/prompt/pattern";
import type { ScoreRequest, Scorer } from "../../src/prompt/scorer";
import { contentFreeTexts } from "../../src/prompt/verbalizers/calibrated";
import { manual } from "../../src/prompt/verbalizers/manual";
import { loadGpt2, loadMiniLM } from "../../src/text/node";

const gpt2 = loadGpt2();

/** A scorer of these scores, which remembers what it was asked. */
function stub(score: (prompt: readonly number[], answer: readonly number[]) => number, context = 100) {
  const asked: ScoreRequest[] = [];
  const scorer: Scorer = {
    context,
    score: (requests, progress) => {
      asked.push(...requests);
      requests.forEach((_, i) => progress?.(i + 1, requests.length));
      return Promise.resolve(
        requests.map(({ prompt, answers }) => answers.map((answer) => score(prompt, answer))),
      );
    },
  };
  return { scorer, asked };
}

/** A model that says the word that it has read: ln 0.8 where the prompt has the answer's first token, ln 0.1 a token. */
const echo = (prompt: readonly number[], answer: readonly number[]): number =>
  (prompt.includes(answer[0]!) ? Math.log(0.8) : Math.log(0.1)) + (answer.length - 1) * Math.log(0.1);

const reviews = pattern<{ text: string }>(
  "Review: {text:shorten}\nSentiment: {mask}",
  manual({ positive: ["good", "great"], negative: "bad" }),
);
const labels = ["positive", "negative"];

const close = (got: readonly number[], wanted: readonly number[]): void => {
  assert.equal(got.length, wanted.length);
  got.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]!) < 1e-12, `[${got.join()}], wanted [${wanted.join()}]`)); // prettier-ignore
};

describe("prompt/classify", () => {
  it("asks for each example and word, and gives probabilities of labels", async () => {
    const { scorer, asked } = stub(echo);
    const examples = [{ text: "a great film" }, { text: "a bad film" }, { text: "a film" }];
    const seen: number[][] = [];
    const got = await classify(scorer, reviews, gpt2, examples, labels, {
      progress: (...at) => seen.push(at),
    });
    assert.deepEqual(asked[0], {
      prompt: gpt2.encode("Review: a great film\nSentiment:"),
      answers: [" good", " great", " bad"].map((word) => gpt2.encode(word)),
    });
    assert.deepEqual(got.map(({ label }) => label), ["positive", "negative", "positive"]); // prettier-ignore
    // Words 0.1, 0.8 and 0.1: labels 0.45 and 0.1; words 0.1, 0.1 and 0.8: labels 0.1 and 0.8; a tie goes to the first.
    close(got[0]!.probabilities, [0.45 / 0.55, 0.1 / 0.55]);
    close(got[1]!.probabilities, [0.1 / 0.9, 0.8 / 0.9]);
    close(got[2]!.probabilities, [0.5, 0.5]);
    assert.deepEqual([got[0]!.tokens, got[0]!.cuts], [asked[0]!.prompt.length, []]);
    assert.deepEqual(seen, [[1, 3], [2, 3], [3, 3]]); // prettier-ignore
    const other = await classify(scorer, reviews, gpt2, examples, labels, { combine: "max" });
    close(other[0]!.probabilities, [0.8 / 0.9, 0.1 / 0.9]);
  });

  it("labels come in the order that was asked for, and only those", async () => {
    const { scorer } = stub(echo);
    const [turned] = await classify(scorer, reviews, gpt2, [{ text: "great" }], ["negative", "positive"]);
    close(turned!.probabilities, [0.1 / 0.55, 0.45 / 0.55]);
    assert.equal(turned!.label, "positive");
    const [one] = await classify(scorer, reviews, gpt2, [{ text: "great" }], ["negative"]);
    assert.deepEqual([one!.label, one!.probabilities], ["negative", [1]]);
    assert.deepEqual(await classify(scorer, reviews, gpt2, [], labels), []);
  });

  it("words of several tokens: by their sum, or by token", async () => {
    const pvp = pattern<{ text: string }>(
      "{text} is {mask}",
      manual({ city: "New York City", none: "nowhere" }),
    );
    const { scorer, asked } = stub(echo);
    const [sum] = await classify(scorer, pvp, gpt2, [{ text: "It" }], ["city", "none"]);
    assert.deepEqual(asked[0]!.answers.map(({ length }) => length), [3, 1]); // prettier-ignore
    close(sum!.probabilities, [0.001 / 0.101, 0.1 / 0.101]);
    const [mean] = await classify(scorer, pvp, gpt2, [{ text: "It" }], ["city", "none"], { lengthNormalised: true }); // prettier-ignore
    close(mean!.probabilities, [0.5, 0.5]);
  });

  it("calibrated: a model that always likes one word is brought back", async () => {
    const bad = gpt2.encode(" bad")[0]!;
    const biased = (prompt: readonly number[], answer: readonly number[]): number =>
      echo(prompt, answer) + (answer[0] === bad ? Math.log(20) : 0);
    const { scorer, asked } = stub(biased);
    const examples = [{ text: "a good and great film" }];
    const [raw] = await classify(scorer, reviews, gpt2, examples, labels);
    assert.equal(raw!.label, "negative");
    const contentFree = contentFreeTexts.map((text) => ({ text }));
    const [fair] = await classify(scorer, reviews, gpt2, examples, labels, { contentFree });
    assert.equal(fair!.label, "positive");
    close(fair!.probabilities, [0.8 / 0.9, 0.1 / 0.9]);
    assert.deepEqual(
      asked.slice(1).map(({ prompt }) => gpt2.decode(prompt)),
      ["a good and great film", "N/A", "[MASK]", ""].map((text) => `Review: ${text}\nSentiment:`),
    );
  });

  it("a masked model: the words stand in the place of the mask, one token each", async () => {
    const minilm = loadMiniLM();
    const frame = bertFrame(minilm);
    const pvp = pattern<{ text: string }>("It was {mask}. {text:shorten}", manual({ up: "great", down: "terrible" })); // prettier-ignore
    const { scorer, asked } = stub(
      (prompt, answer) => (prompt.includes(frame.mask) ? echo(prompt, answer) : NaN),
      12,
    );
    const [got] = await classify(scorer, pvp, minilm, [{ text: "a terrible film, and that is all" }], ["up", "down"], frame); // prettier-ignore
    assert.equal(minilm.decode(asked[0]!.prompt), "[CLS] it was [MASK]. a terrible film, and [SEP]");
    assert.deepEqual(asked[0]!.answers, [[minilm.id("great")], [minilm.id("terrible")]]);
    assert.equal(got!.label, "down");
    assert.deepEqual(got!.cuts.map(({ slot, text }) => [slot, text]), [["text", " that is all"]]); // prettier-ignore
    assert.equal(got!.tokens, 11);
    const split = pattern<{ text: string }>("{text} {mask}", manual({ up: "unaffordable", down: "bad" }));
    await assert.rejects(
      classify(scorer, split, minilm, [{ text: "x" }], ["up", "down"], frame),
      /word "unaffordable" of the label "up" is 4 tokens, .* and a mask holds one/,
    );
  });

  it("each prompt leaves room for the longest answer", async () => {
    const { scorer, asked } = stub(echo, 12);
    const pvp = pattern<{ text: string }>("{text:shorten} is {mask}", manual({ city: "New York City", none: "nowhere" })); // prettier-ignore
    await fc.assert(
      fc.asyncProperty(fc.string({ maxLength: 60 }), async (text) => {
        await classify(scorer, pvp, gpt2, [{ text }], ["city", "none"]);
        const { prompt } = asked.at(-1)!;
        assert.ok(prompt.length + 3 <= 12 && gpt2.decode(prompt).endsWith(" is"));
      }),
    );
  });

  it("says which example is wrong, and how", async () => {
    const { scorer, asked } = stub(echo, 9);
    const run = (source: string, verbalizer = manual({ a: "good", b: "bad" }), names = ["a", "b"]) =>
      classify(scorer, pattern<{ text: string }>(source, verbalizer), gpt2, [{ text: "" }, { text: "one two three four five six seven eight nine" }], names); // prettier-ignore
    const wrong: [() => Promise<unknown>, RegExp][] = [
      [() => run("{text} so {mask}"), /^The prompt of example 1 needs 10 tokens for the pattern alone .* room for 8\. No part may be cut/],
      [() => run("{mask} so {text}"), /^The prompt of example 0: after the mask comes " so "/],
      [() => run("{text}{mask}"), /^The prompt of example 0 is empty\. Cure: a word in the pattern/],
      [() => run("so {mask}", manual({ a: "good" })), /no label "b"/],
      [() => run("so {mask}", manual({ a: "good" }), []), /label set is empty/],
      [() => run("so {mask}", manual({ a: "good", b: "a b c d e f g h i" })), /label word is 9 tokens, and the model's context 9/],
      [() => classify(stub(() => NaN).scorer, reviews, gpt2, [{ text: "a" }], labels), /score of label word 0 is NaN/],
      [() => classify(scorer, reviews, gpt2, [], []), /label set is empty/],
      [() => classify(scorer, reviews, gpt2, [{ text: "a" }], labels, { contentFree: [{} as { text: string }] }), /slot \{text\}/],
    ]; // prettier-ignore
    for (const [call, message] of wrong)
      await assert.rejects(call, (error) => error instanceof RangeError && message.test(error.message), String(message)); // prettier-ignore
    assert.equal(asked.length, 0, "nothing is scored before everything is known to be right");
  });
});
