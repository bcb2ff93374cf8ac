import assert from "node:assert/strict";
import fc from "fast-check";
import {
  byteModel,
  byteTokenizer,
  charTokenizer,
  type Texts,
  trainBpe,
  trainChar,
  trainUnigram,
  trainWord,
  trainWordPiece,
  unkRate,
  wordTokenizer,
} from "../../src/text";
import { corpora } from "../helpers/corpora";

const text = fc.string({ unit: fc.oneof(fc.constantFrom("a", "b", " ", "猫", "😀", "\0", "\ud800", "."), fc.string({ unit: "binary", minLength: 1, maxLength: 1 })) }); // prettier-ignore
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, "\ufffd");

describe("words", () => {
  const model = trainWord(["the cat and the dog, the end. dog's"], { vocabSize: 5 });
  const tokenizer = wordTokenizer(model);

  it("keeps the most frequent; the rest is [UNK]", () => {
    assert.deepEqual(model.tokens, ["[UNK]", "the", ",", ".", "and"]);
    assert.deepEqual(tokenizer.encode("the bird and the cat"), [1, 0, 4, 1, 0]);
    assert.equal(tokenizer.decode(tokenizer.encode("the bird and the cat")), "the [UNK] and the [UNK]");
  });

  it("has places, apostrophes inside words, and lower case on request", () => {
    const lower = wordTokenizer(trainWord(["Don't STOP"], { vocabSize: 9, lowercase: true }));
    assert.deepEqual(
      lower.pieces("don't  Stop!").map(({ token, start, end }) => [token, start, end]),
      [["don't", 0, 5], ["stop", 7, 11], ["[UNK]", 11, 12]],
    ); // prettier-ignore
  });

  it("a larger vocabulary leaves fewer words unknown, new text more than old", () => {
    const all = corpora.tinyshakespeare();
    const [seen, fresh] = [all.slice(0, 300_000), all.slice(-300_000)];
    const rates = [100, 1000, 8000].map((vocabSize) => {
      const tokenizer = wordTokenizer(trainWord([seen], { vocabSize }));
      return [unkRate(tokenizer, seen), unkRate(tokenizer, fresh)];
    });
    for (const [old, fresh] of rates) assert.ok(fresh > old);
    for (let i = 1; i < rates.length; i++) assert.ok(rates[i][1] < rates[i - 1][1]);
    assert.ok(rates[2][1] > 0.01, "a whole-word table never covers new text");
  });

  it("decode(encode(x)) is a fixed point: words and single spaces", () => {
    const tokenizer = wordTokenizer(
      trainWord([corpora.tinyshakespeare().slice(0, 50_000)], { vocabSize: 1000 }),
    );
    fc.assert(
      fc.property(text, (text) => {
        const ids = tokenizer.encode(text);
        fc.pre(!ids.includes(0));
        assert.deepEqual(tokenizer.encode(tokenizer.decode(ids)), ids);
      }),
    );
  });
});

describe("characters", () => {
  it("are code points; what was never seen is [UNK]", () => {
    const tokenizer = charTokenizer(trainChar(["a😀a"]));
    assert.deepEqual(tokenizer.encode("😀ab"), [2, 1, 0]);
    assert.equal(tokenizer.decode([2, 1]), "😀a");
    assert.deepEqual(trainChar(["aab"], { vocabSize: 2 }).tokens, ["[UNK]", "a"]);
    assert.deepEqual(trainChar(["aab"], { minCount: 2 }).tokens, ["[UNK]", "a"]);
  });

  it("decode(encode(x)) is x for text of known characters, and pieces tile it", () => {
    fc.assert(
      fc.property(text, (text) => {
        const tokenizer = charTokenizer(trainChar([text]));
        assert.equal(tokenizer.decode(tokenizer.encode(text)), wellFormed(text));
        assert.equal(tokenizer.pieces(text).map(({ start, end }) => text.slice(start, end)).join(""), text); // prettier-ignore
      }),
    );
  });
});

describe("bytes", () => {
  const tokenizer = byteTokenizer(byteModel(["<|endoftext|>", "<|pad|>"]));

  it("say everything", () => {
    assert.deepEqual(tokenizer.encode("猫a\0"), [0xe7, 0x8c, 0xab, 0x61, 0]);
    fc.assert(fc.property(text, (text) => {
      assert.equal(tokenizer.decode(tokenizer.encode(text)), wellFormed(text));
      const pieces = tokenizer.pieces(text);
      assert.deepEqual(pieces.map(({ id }) => id), tokenizer.encode(text));
      assert.equal(pieces.map(({ start, end }) => text.slice(start, end)).join(""), text);
    })); // prettier-ignore
  });

  it("special tokens follow the bytes", () => {
    assert.deepEqual(tokenizer.encode("a<|pad|>", { allowSpecial: ["<|pad|>"] }), [97, 257]);
    assert.equal(tokenizer.decode([97, 257, 0xe7, 256]), "a<|pad|>\ufffd<|endoftext|>");
    assert.equal(tokenizer.token(0xe7), "<0xE7>");
    assert.equal(tokenizer.id("<0xE7>"), 0xe7);
    assert.throws(() => byteTokenizer(byteModel(["x", "x"])), /"x" is there twice/);
  });
});

describe("training texts", () => {
  it("a lone string is one text, not its characters", () => {
    const text = "the cat sat on the mat";
    const trainers = [
      (texts: Texts) => trainWord(texts, { vocabSize: 20 }),
      (texts: Texts) => trainChar(texts),
      (texts: Texts) => trainBpe(texts, { vocabSize: 260 }),
      (texts: Texts) => trainWordPiece(texts, { vocabSize: 40 }),
      (texts: Texts) => trainUnigram(texts, { vocabSize: 20 }),
    ];
    for (const train of trainers) assert.deepEqual(train(text), train([text]));
  });
});
