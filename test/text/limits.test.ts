import assert from "node:assert/strict";
import { bertModel, byteTokenizer, charTokenizer, tokenizerOf, trainBpe, trainChar, trainUnigram, trainWord, trainWordPiece, type Tokenizer, type TokenizerModel } from "../../src/text"; // prettier-ignore
import { corpora } from "../helpers/corpora";

const corpus = [corpora.tinyshakespeare().slice(0, 50_000), "aaaa aaaaaaaa aaaaaaaaaaaaaaaa"];
const models: TokenizerModel[] = [
  trainWord(corpus, { vocabSize: 500 }),
  trainChar(corpus),
  trainBpe(corpus, { vocabSize: 500 }),
  trainWordPiece(corpus, { vocabSize: 500 }),
  trainUnigram(corpus, { vocabSize: 500 }),
  trainUnigram(corpus, { vocabSize: 800, byteFallback: true }),
];
const tokenizers: Tokenizer[] = [...models.map(tokenizerOf), byteTokenizer()];

describe("every tokenizer, at the edges", () => {
  for (const tokenizer of tokenizers) {
    const { kind, vocabSize } = tokenizer;

    it(`${kind} (${vocabSize}): empty text`, () => {
      assert.deepEqual(tokenizer.encode(""), []);
      assert.deepEqual(tokenizer.pieces(""), []);
      assert.equal(tokenizer.decode([]), "");
    });

    it(`${kind} (${vocabSize}): an id outside is a RangeError with its number and the size`, () => {
      for (const id of [vocabSize, -1, 0.5, NaN, 2 ** 40]) {
        const expected = (error: Error) =>
          error instanceof RangeError &&
          error.message.includes(String(id)) &&
          error.message.includes(String(vocabSize));
        assert.throws(() => tokenizer.decode([0, id]), expected);
        assert.throws(() => tokenizer.token(id), expected);
      }
    });

    it(`${kind} (${vocabSize}): token and id are inverse`, () => {
      for (let id = 0; id < vocabSize; id++) {
        const back = tokenizer.id(tokenizer.token(id));
        assert.ok(back !== undefined, `id ${id}`);
        if (kind !== "bpe") assert.equal(back, id); // two byte tokens may print alike
      }
      assert.equal(tokenizer.id("no such token"), undefined);
    });

    it(`${kind} (${vocabSize}): NUL, lone surrogates, emoji, white space of all kinds`, () => {
      for (const text of ["\0", "a\0b", "\ud800", "x\udc00y", "\ud83d", "👨‍👩‍👧‍👦", "\u00a0\u2003\u3000\ufeff", "\r\n\t", "\u2581"]) {
        const ids = tokenizer.encode(text);
        for (const id of ids) assert.ok(id >= 0 && id < vocabSize);
        assert.equal(typeof tokenizer.decode(ids), "string");
        let at = 0;
        for (const { start, end } of tokenizer.pieces(text)) {
          assert.ok(start >= at && end >= start && end <= text.length);
          at = start;
        }
      } // prettier-ignore
    });

    it(`${kind} (${vocabSize}): a name in allowSpecial that is no special token is an error`, () => {
      assert.throws(() => tokenizer.encode("a", { allowSpecial: ["<none>"] }), /"<none>"/);
    });

    // No clock: quadratic work on a million letters (10^12 steps) would run into mocha's time limit.
    for (const [what, text] of [
      ["one letter", "a".repeat(1_000_000)],
      ["one letter never seen", "é".repeat(1_000_000)],
      ["combining marks", `a${"\u0301\u0323".repeat(500_000)}`],
      ["marks that stay, out of order", `a${"\u302f\u{1d165}".repeat(300_000)}`],
      ["spaces", " ".repeat(1_000_000)],
      ["Chinese without a space", "學而時習之".repeat(200_000)],
      ["lone surrogates", "\ud800".repeat(1_000_000)],
    ] as const) {
      it(`${kind} (${vocabSize}): a million of ${what}`, () => {
        const ids = tokenizer.encode(text);
        const part = text.slice(0, 10_000);
        assert.equal(tokenizer.pieces(part).length, tokenizer.encode(part).length);
        assert.ok(tokenizer.decode(ids).length <= 8 * text.length);
      });
    }
  }

  it("a line of 50 MB goes through every tokenizer", function () {
    this.timeout(300_000);
    const line = "To be, or not to be: that is the question. ".repeat(1_170_000);
    assert.ok(line.length > 50_000_000);
    for (const tokenizer of tokenizers) {
      const count = tokenizer.encode(line).length;
      const one = tokenizer.encode(line.slice(0, 43 * 100)).length;
      assert.ok(Math.abs(count / 11_700 / one - 1) < 0.01, `${tokenizer.kind}: ${count} tokens`);
    }
  });

  it("training takes an empty text and one of odd characters", () => {
    for (const texts of [[], [""], ["\0\ud800 \u200b"]]) {
      charTokenizer(trainChar(texts)).encode("a");
      tokenizerOf(trainWord(texts, { vocabSize: 10 })).encode("a");
      tokenizerOf(trainWordPiece(texts, { vocabSize: 20 })).encode("a");
      tokenizerOf(trainUnigram(texts, { vocabSize: 20 })).encode("a");
    }
    assert.throws(() => tokenizerOf(bertModel(["a"])), /unknown: "\[UNK\]" is not in the vocabulary/);
  });
});
