import assert from "node:assert/strict";
import fc from "fast-check";
import { bpeTokenizer, byteTokenizer, charTokenizer, compression, glitchCandidates, reachOf, roundTrips, trainBpe, trainChar, trainUnigram, truncateBpe, unigramTokenizer, unkRate, vocabCurve } from "../../src/text"; // prettier-ignore
import { loadMiniLM } from "../../src/text/node";
import { corpora } from "../helpers/corpora";

const text = corpora.tinyshakespeare().slice(0, 100_000);
const model = trainBpe([text], { vocabSize: 1200, special: ["<|endoftext|>"] });

describe("what a tokenizer costs", () => {
  it("compression by hand", () => {
    assert.deepEqual(compression(byteTokenizer(), "a 猫😀"), {
      characters: 4, bytes: 9, words: 3, tokens: 9, charactersPerToken: 4 / 9, bytesPerToken: 1, tokensPerWord: 3,
    }); // prettier-ignore
    assert.equal(compression(byteTokenizer(), "").charactersPerToken, 0);
  });

  it("bytes are counted as TextEncoder counts them", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.equal(compression(byteTokenizer(), text).bytes, new TextEncoder().encode(text).length);
    })); // prettier-ignore
    assert.equal(compression(byteTokenizer(), "a\ud800b").bytes, 5);
  });

  it("unkRate: 0 where nothing can be unknown", () => {
    assert.equal(unkRate(charTokenizer(trainChar(["ab"])), "abcd"), 0.5);
    assert.equal(unkRate(byteTokenizer(), "猫"), 0);
    assert.equal(unkRate(charTokenizer(trainChar(["ab"])), ""), 0);
  });
});

describe("vocabulary size against sequence length", () => {
  it("cutting a BPE gives what training the smaller one gives", () => {
    for (const vocabSize of [257, 300, 700, 1200]) {
      const trained = trainBpe([text], { vocabSize, special: ["<|endoftext|>"] });
      assert.deepEqual(truncateBpe(model, vocabSize), trained);
    }
  });

  it("the curve falls in tokens and rises in parameters", () => {
    const sizes = [257, 400, 800, 1200];
    const points = vocabCurve(model, text, { sizes, width: 64 });
    assert.deepEqual(points.map(({ vocabSize }) => vocabSize), sizes); // prettier-ignore
    assert.equal(points[0].tokens, text.length, "bytes alone, and the text is ASCII");
    for (let i = 1; i < points.length; i++) assert.ok(points[i].tokens < points[i - 1].tokens);
    for (const { vocabSize, embeddingParameters } of points)
      assert.equal(embeddingParameters, 64 * vocabSize);
  });

  it("refuses sizes it has not, and tables in another order", () => {
    assert.throws(() => truncateBpe(model, 1201), /can have 257 to 1200/);
    assert.throws(() => truncateBpe(model, 256), /can have 257 to 1200/);
    assert.throws(() => truncateBpe({ ...model, merges: "ranks" }, 300), /list of merges/);
    const merges = [...model.merges].reverse() as typeof model.merges;
    assert.throws(() => truncateBpe({ ...model, merges }, 300), /not in the order of training/);
  });
});

describe("glitch tokens", () => {
  // The tokenizer's text has a name that the model's text never shows, as with " SolidGoldMagikarp".
  const name = " MagikarpGold";
  const biased = trainBpe([text, name.repeat(500)], { vocabSize: 600 });
  const tokenizer = bpeTokenizer(biased);

  it("a name of the tokenizer's text alone is a candidate, though it encodes as itself", () => {
    const id = tokenizer.encode(name)[0];
    assert.ok(roundTrips(tokenizer, id));
    const candidates = glitchCandidates(tokenizer, [text]);
    const found = candidates.find((candidate) => candidate.id === id);
    assert.deepEqual(found, { id, token: name, reach: "alone", count: 0 });
    assert.ok(!glitchCandidates(tokenizer, [text, name]).some((candidate) => candidate.id === id));
  });

  it("counts are those of the corpus", () => {
    const ids = tokenizer.encode(text);
    const some = glitchCandidates(tokenizer, [text], { maxCount: 3 });
    for (const { id, count } of some) assert.equal(ids.filter((other) => other === id).length, count);
    const none = glitchCandidates(tokenizer, [text]);
    assert.ok(some.length > none.length && none.every(({ count }) => count === 0));
  });

  it("says what cannot be reached", () => {
    // "ab" can only come from "a" + "b"; without that merge no text gives it.
    const [a, b] = [tokenizer.id("a")!, tokenizer.id("b")!];
    const lost = bpeTokenizer({ ...trainBpe([""], { vocabSize: 256 }), tokens: [...trainBpe([""], { vocabSize: 256 }).tokens, "ab"] }); // prettier-ignore
    assert.deepEqual(lost.encode("ab"), [a, b]);
    assert.equal(reachOf(lost, 256), "no");
    assert.equal(glitchCandidates(lost, ["ab"])[0].token, "ab", "the unreachable stand first");
    assert.equal(reachOf(lost, lost.encode("猫")[0]), "inside", "the first byte of a character");
    const minilm = loadMiniLM();
    assert.equal(reachOf(minilm, minilm.id("##ing")!), "inside");
    assert.equal(reachOf(minilm, minilm.id("king")!), "alone");
    const unigram = unigramTokenizer(trainUnigram([text], { vocabSize: 500 }));
    assert.equal(reachOf(unigram, unigram.id("▁the")!), "alone");
    assert.equal(reachOf(unigram, unigram.id("ing")!), "inside");
  });

  it("special tokens are none, and an unknown id is an error", () => {
    const candidates = glitchCandidates(bpeTokenizer(model), [""]);
    assert.ok(!candidates.some(({ token }) => token === "<|endoftext|>"));
    assert.equal(candidates.length, 1199);
    assert.throws(() => roundTrips(tokenizer, 600), RangeError);
  });
});
