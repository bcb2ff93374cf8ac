import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { bertModel, byteModel, parseTokenizer, tokenizerOf, tokenizerToJson, trainBpe, trainChar, trainUnigram, trainWord, trainWordPiece, type TokenizerModel } from "../../src/text"; // prettier-ignore
import { loadMiniLMModel, loadTokenizer, loadTokenizerModel, saveTokenizer } from "../../src/text/node";
import { corpora } from "../helpers/corpora";

const corpus = [corpora.tinyshakespeare().slice(0, 20_000), corpora["chinese-classics"]().slice(0, 500)];
const models: Record<string, TokenizerModel> = {
  word: trainWord(corpus, { vocabSize: 300 }),
  char: trainChar(corpus),
  byte: byteModel(),
  bpe: trainBpe(corpus, { vocabSize: 400, special: ["<|endoftext|>"] }),
  wordpiece: trainWordPiece(corpus, { vocabSize: 800 }),
  unigram: trainUnigram(corpus, { vocabSize: 800, byteFallback: true }),
};
const probe = "Before we proceed any further, 子曰：學而時習之 😀\n\n  <|endoftext|> x";

describe("saved tokenizers", () => {
  let folder = "";
  before(() => void (folder = mkdtempSync(join(tmpdir(), "tokenizer-"))));
  after(() => rmSync(folder, { recursive: true }));

  for (const [kind, model] of Object.entries(models)) {
    it(`${kind}: read back it is the same, and encodes the same`, () => {
      const path = join(folder, `${kind}.json`);
      saveTokenizer(path, model);
      assert.deepEqual(loadTokenizerModel(path), model);
      const [before, after] = [tokenizerOf(model), loadTokenizer(path)];
      assert.equal(after.kind, kind);
      assert.deepEqual(after.encode(probe), before.encode(probe));
      assert.deepEqual(
        after.pieces(probe, { allowSpecial: "all" }),
        before.pieces(probe, { allowSpecial: "all" }),
      );
      assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith(".tmp")), []); // prettier-ignore
    });

    it(`${kind}: a file cut off anywhere is refused by name`, () => {
      const path = join(folder, `${kind}-cut.json`);
      const json = tokenizerToJson(model);
      for (const part of [0, 1, 0.3, 0.9, 0.999]) {
        writeFileSync(path, json.slice(0, part < 1 ? Math.floor(part * (json.length - 2)) : 1));
        assert.throws(() => loadTokenizer(path), (error: Error) => error.message.startsWith(path)); // prettier-ignore
      }
    });

    it(`${kind}: a field that is missing, of another type or unknown is named`, () => {
      const data = JSON.parse(tokenizerToJson(model)) as Record<string, unknown>;
      for (const field of Object.keys(data)) {
        const without = Object.fromEntries(Object.entries(data).filter(([name]) => name !== field));
        assert.throws(() => parseTokenizer(JSON.stringify(without), "x.json"), named(field));
        for (const wrong of [null, -1, {}, [[1]], "zzz"]) {
          // These two say something: a BPE without special tokens, and another mark than ##.
          if (kind === "bpe" && field === "special" && JSON.stringify(wrong) === "{}") continue;
          if (field === "prefix" && wrong === "zzz") continue;
          assert.throws(
            () => parseTokenizer(JSON.stringify({ ...data, [field]: wrong }), "x.json"),
            named(field),
          );
        }
      }
      assert.throws(() => parseTokenizer(JSON.stringify({ ...data, extra: 1 }), "x.json"), named("extra"));
    });
  }

  /** An error of x.json that names the field. */
  function named(field: string) {
    return (error: Error) => error.message.startsWith("x.json: ") && error.message.includes(field);
  }

  it("broken files never crash otherwise than with an error that names the file", () => {
    const jsons = Object.values(models).map(tokenizerToJson);
    fc.assert(
      fc.property(
        fc.constantFrom(...jsons),
        fc.nat(),
        fc.string({ unit: "binary", maxLength: 3 }),
        (json, at, put) => {
          const i = at % json.length;
          const broken = json.slice(0, i) + put + json.slice(i + 1);
          try {
            parseTokenizer(broken, "x.json").encode(probe);
          } catch (error) {
            assert.ok(error instanceof Error && error.message.startsWith("x.json: "), String(error));
          }
        },
      ),
      { numRuns: 300 },
    );
    fc.assert(fc.property(fc.json(), (json) => {
      assert.throws(() => parseTokenizer(json, "x.json"), /^Error: x\.json: kind is /);
    })); // prettier-ignore
  });

  it("parts that do not fit together are refused", () => {
    const bad = (model: object) => () => parseTokenizer(JSON.stringify(model), "x.json");
    assert.throws(
      bad({ ...models.char, tokens: ["[UNK]", "a", "a"] }),
      /x\.json: Tokens 1 and 2 are both "a"/,
    );
    assert.throws(
      bad({ ...models.word, special: ["[MASK]"] }),
      /x\.json: .*"\[MASK\]" is not in the vocabulary/,
    );
    assert.throws(bad({ ...models.unigram, scores: [1] }), /x\.json: .* tokens but 1 scores/);
    assert.throws(bad({ ...models.bpe, merges: [[0, 399]] }), /x\.json: Merge 0/);
  });

  it("a model that contradicts itself is not written, and the old file stays", () => {
    const path = join(folder, "kept.json");
    saveTokenizer(path, models.char);
    const old = readFileSync(path, "utf8");
    const twice: TokenizerModel = { ...trainChar(corpus), tokens: ["[UNK]", "a", "a"] };
    assert.throws(() => saveTokenizer(path, twice), /Tokens 1 and 2/);
    assert.equal(readFileSync(path, "utf8"), old);
    assert.throws(() => saveTokenizer(join(path, "below-a-file.json"), models.char), /EEXIST|ENOTDIR/);
  });

  it("bytes that are no UTF-8, a folder, a missing file", () => {
    const path = join(folder, "binary.json");
    writeFileSync(path, Buffer.from([0x7b, 0xff, 0xfe]));
    assert.throws(() => loadTokenizer(path), /binary\.json: not UTF-8/);
    assert.throws(() => loadTokenizer(join(folder, "none.json")), /none\.json/);
    assert.throws(() => loadTokenizer(folder));
  });

  it("a vocab.txt cut off is refused", () => {
    const path = join(folder, "vocab.txt");
    writeFileSync(path, "[PAD]\n[UNK]\n");
    assert.throws(() => loadMiniLMModel(path), /vocab\.txt: 2 tokens, expected 30522/);
    assert.deepEqual(loadMiniLMModel(), bertModel(loadMiniLMModel().tokens));
  });
});
