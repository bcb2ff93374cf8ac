import assert from "node:assert/strict";
import { manual, wordsOf } from "../../../src/prompt/verbalizers/manual";
import { labelWords } from "../../../src/prompt/verbalizers/words";
import { loadGpt2, loadMiniLM } from "../../../src/text/node";

describe("prompt/verbalizers/manual and words", () => {
  const gpt2 = loadGpt2();
  const minilm = loadMiniLM();
  const throwsRange = (call: () => unknown, message: RegExp): void =>
    assert.throws(
      call,
      (error) => error instanceof RangeError && message.test(error.message),
      String(message),
    );

  it("a word or several for each label", () => {
    const verbalizer = manual({ positive: ["great", "good"], negative: "bad" });
    assert.deepEqual(verbalizer, {
      labels: ["positive", "negative"],
      words: { positive: ["great", "good"], negative: ["bad"] },
    });
    assert.deepEqual(wordsOf(verbalizer, "negative"), ["bad"]);
    throwsRange(() => wordsOf(verbalizer, "neutral"), /no label "neutral"\. It has: "positive", "negative"/);
    throwsRange(() => wordsOf(verbalizer, "constructor"), /no label "constructor"/);
  });

  it("says which words are several tokens, with the lead of the template", () => {
    const verbalize = (label: string): string[] => (label === "pos" ? ["great", "unbelievable"] : ["bad"]);
    const spaced = labelWords(["pos", "neg"], verbalize, gpt2);
    assert.deepEqual(
      spaced.flat().map(({ label, word, ids, pieces }) => [label, word, ids.length, pieces]),
      [
        ["pos", "great", 1, [" great"]],
        ["pos", "unbelievable", 1, [" unbelievable"]],
        ["neg", "bad", 1, [" bad"]],
      ],
    );
    const bare = labelWords(["pos", "neg"], verbalize, gpt2, { lead: "" }).flat();
    assert.deepEqual(bare[1]!.pieces, ["un", "bel", "iev", "able"]);
    assert.deepEqual(bare[1]!.ids, gpt2.encode("unbelievable"));
  });

  it("finds words that begin as a word of another label does, for they never win", () => {
    const words: Record<string, string[]> = {
      one: ["New"],
      ten: ["New York", "Boston"],
      own: ["New York City"],
    };
    const all = labelWords(Object.keys(words), (label) => words[label]!, gpt2).flat();
    assert.deepEqual(
      all.map(({ word, beginningOf }) => [word, beginningOf]),
      [
        ["New", ["New York", "New York City"]],
        ["New York", ["New York City"]],
        ["Boston", []],
        ["New York City", []],
      ],
    );
  });

  it("takes no verbalizer that tells nothing apart", () => {
    throwsRange(() => manual({}), /label set is empty/);
    throwsRange(() => manual({ a: [] }), /label "a" has no word/);
    throwsRange(() => manual({ a: "" }), /label "a" has an empty word/);
    throwsRange(() => manual({ a: " \n" }), /label "a" has an empty word/);
    throwsRange(() => manual({ a: " good" }), /word " good" of the label "a" has white space around it. Cure: .* before \{mask\}/); // prettier-ignore
    throwsRange(() => manual({ a: ["x", "y", "x"] }), /label "a" has the word "x" twice/);
    throwsRange(() => manual({ a: "x", b: ["y", "x"] }), /word "x" stands for "a" and for "b"/);
    throwsRange(() => labelWords(["a", "a"], () => ["x"], gpt2), /label "a" stands twice/);
  });

  it("a single mask holds one token, and a word must be known", () => {
    const masked = { tokenizer: minilm, single: true };
    assert.deepEqual(manual({ a: "great", b: "terrible" }, masked).labels, ["a", "b"]);
    throwsRange(
      () => manual({ a: "great", b: "unaffordable" }, masked),
      /word "unaffordable" of the label "b" is 4 tokens, "una" "##ff" "##ord" "##able", and a mask holds one\. Cure/,
    );
    assert.deepEqual(manual({ a: "great", b: "unaffordable" }, { tokenizer: minilm }).labels, ["a", "b"]);
    throwsRange(() => manual({ a: "🦜" }, masked), /word "🦜" of the label "a" is not in the vocabulary of this wordpiece tokenizer: it becomes \[UNK\]/); // prettier-ignore
    throwsRange(() => manual({ a: "\u0001x", b: "\u0001" }, masked), /it becomes nothing/);
    throwsRange(
      () => manual({ a: "Good", b: "good" }, masked),
      /word "good" of the label "b" has the same tokens as "Good" of the label "a": "good"/,
    );
    assert.deepEqual(manual({ a: "Good", b: "good" }, { tokenizer: gpt2, single: true }).labels, ["a", "b"]);
  });
});
