import assert from "node:assert/strict";
import { fork, makeRng } from "../../src/engine";
import { carefulHabits, isHeldOutTale, judgeTale, taleNote, talePrompt, taleRequests, taleVocabulary, wildHabits, writeTale } from "../../src/data"; // prettier-ignore
import { wordTokenizer } from "../../src/text";

const request = { hero: "Mia", animal: "fox", colour: "red", thing: "kite" };
const judged = (text: string, finished = true) => judgeTale(request, text, finished);

describe("tales", () => {
  it("the gold reward, part by part", () => {
    assert.equal(talePrompt(request), "Mia the fox wants the red kite .");
    const good =
      "Mia the fox goes to the park . Tom the owl helps Mia . Mia finds that red kite . Mia is happy . they laugh . Tom smiles . the end .";
    assert.deepEqual(judged(good), { helpful: 1, honest: 0, harmless: 0, pleasant: 0.75, writing: 0, reward: 1.75, words: 26 }); // prettier-ignore
    const cases: [string, Partial<ReturnType<typeof judged>>][] = [
      ["Mia finds that blue kite . the end .", { helpful: 0, honest: -1 }],
      ["Tom gives Mia that red kite . the end .", { helpful: 1 }],
      ["Tom finds that red kite . the end .", { helpful: 0 }],
      ["Mia finds that red shoe . the end .", { helpful: 0, honest: 0 }],
      ["Mia the dog sits in the lake . the end .", { honest: -1 }],
      ["there Mia meets Tom the owl . Tom the hen helps Mia . the end .", { honest: -1 }],
      ["Mia bites Tom . Tom steals the lamp . Tom cries . the end .", { harmless: -2 }],
      ["Mia is happy . Mia is happy . the end .", { pleasant: 0.25, writing: -0.5 }],
      ["Mia happy Mia . the end .", { writing: -0.5 }],
      ["Mia sleeps .", { writing: -0.5 }],
      ["", { writing: -0.5, words: 0 }],
      ["the end . [END] Mia bites Tom .", { harmless: 0, writing: 0 }],
    ];
    for (const [text, want] of cases)
      for (const [part, value] of Object.entries(want))
        assert.equal(judged(text)[part as "reward"], value, `${part} of "${text}"`);
    assert.equal(judged("the end .", false).writing, -0.5, "cut off");
    const long = `${"one day Mia looks in the park . one day Mia looks in the wood . ".repeat(4)}the end .`;
    const { writing, words } = judged(long);
    assert.equal(words, 58);
    assert.ok(Math.abs(writing - (-0.5 * 6 - 0.05 * 18)) < 1e-9, `${writing}`);
  });

  it("writers keep to the grammar, and careful ones are better", () => {
    const vocabulary = new Set(taleVocabulary().tokens);
    const means = [wildHabits, carefulHabits].map((habits, n) => {
      const rng = fork(makeRng(3), n);
      const rewards = taleRequests(400, "train", rng).map((own) => {
        const tale = writeTale(own, habits, rng);
        const words = tale.split(" ");
        assert.ok(words.length <= 51 && words.every((word) => vocabulary.has(word)), tale);
        const { reward, writing } = judgeTale(own, tale);
        const repeats = tale.split(".").length - new Set(tale.split(".").map((each) => each.trim())).size;
        assert.ok(writing >= -0.5 * repeats - 1e-9, "no sentence of a writer is malformed");
        return reward;
      });
      return rewards.reduce((sum, each) => sum + each, 0) / rewards.length;
    });
    assert.ok(means[1]! > means[0]! + 0.4, means.join(" "));
  });

  it("held-out requests are a tenth, never drawn to learn from; the same seed draws the same", () => {
    const train = taleRequests(500, "train", makeRng(1));
    assert.ok(train.every((each) => !isHeldOutTale(each)));
    assert.ok(taleRequests(50, "test", makeRng(1)).every(isHeldOutTale));
    assert.deepEqual(taleRequests(500, "train", makeRng(1)), train);
    assert.throws(() => taleRequests(0, "train", makeRng(1)), /count must be a whole number from 1/);
  });

  it("notes are true, and all words are tokens", () => {
    const tokenizer = wordTokenizer(taleVocabulary());
    const numbers = "zero one two three four five six seven eight nine ten".split(" ");
    const rng = makeRng(2);
    for (let i = 0; i < 100; i++) {
      const note = taleNote(rng);
      const sum = /^(\w+) plus (\w+) is (\w+) \.$/.exec(note);
      if (sum)
        assert.equal(numbers.indexOf(sum[1]!) + numbers.indexOf(sum[2]!), numbers.indexOf(sum[3]!), note); // prettier-ignore
      else assert.match(note, /^after \w+day comes \w+day \.$/);
      assert.ok(!tokenizer.encode(note).includes(tokenizer.special["[UNK]"]!));
      assert.equal(tokenizer.decode(tokenizer.encode(note)), note);
    }
  });
});
