import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { bpeTokenizer, decodeStream, readHuggingFaceBpe, readMerges, readTiktoken, trainBpe, writeMerges, type BpeModel } from "../../src/text"; // prettier-ignore
import { loadGpt2, loadGpt2Model } from "../../src/text/node";
import { corpora, golden } from "../helpers/corpora";

const ranksFile = (name: string) =>
  readFileSync(join(__dirname, `../../node_modules/gpt-tokenizer/data/${name}.tiktoken`), "utf8");
const gpt2 = loadGpt2Model();
const special = gpt2.special;

/** An error for a reader: it names the file. */
const namesFile = (error: Error) => error.message.startsWith("my.file") && !error.message.includes("[object");

describe("BPE vocabularies of others", () => {
  it("tiktoken's rank file of GPT-2 is the table in datasets/", () => {
    const model = readTiktoken(ranksFile("r50k_base"), { split: "gpt2", special, lines: 50256 });
    assert.deepEqual(model, gpt2);
  });

  it("GPT-2's merges follow from its ranks: the very file vocab.bpe of OpenAI, by its sha256", () => {
    // The hash that tiktoken checks that file against (tiktoken_ext/openai_public.py).
    const openAi = "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5";
    assert.equal(createHash("sha256").update(writeMerges(gpt2)).digest("hex"), openAi);
  });

  it("merges in the order learned encode as ranks do, on both corpora", () => {
    const model = readMerges(writeMerges(gpt2), { split: "gpt2", special, lines: 50000 });
    assert.deepEqual(model.tokens, gpt2.tokens);
    const [byMerges, byRanks] = [bpeTokenizer(model), bpeTokenizer(gpt2)];
    for (const name of ["tinyshakespeare", "chinese-classics", "mixed"]) {
      const text = corpora[name]();
      assert.deepEqual(byMerges.encode(text), byRanks.encode(text), name);
    }
  });

  it("merges with a vocabulary of their own numbering", () => {
    const model = trainBpe(corpora.tinyshakespeare().slice(0, 20_000), { vocabSize: 300, special: ["<s>"] });
    const last = model.tokens.length;
    const vocab = Object.fromEntries([
      ...model.tokens.map((token, id) => [token, last - id] as const),
      ["<s>", 0],
    ]);
    const read = readMerges(
      writeMerges(model),
      { split: "gpt2", special: { "<s>": 0 } },
      JSON.stringify(vocab),
    );
    const text = "First Citizen: <s>";
    assert.deepEqual(
      bpeTokenizer(read).encode(text, { allowSpecial: "all" }),
      bpeTokenizer(model).encode(text, { allowSpecial: "all" }).map((id) => last - id),
    ); // prettier-ignore
  });

  it("a tokenizer.json that the Rust tokenizers wrote: the same ids", () => {
    const { file, encoded } = golden<{ "tokenizer.json": { file: object; encoded: { text: string; ids: number[] }[] } }>("bpe")["tokenizer.json"]; // prettier-ignore
    const tokenizer = bpeTokenizer(readHuggingFaceBpe(JSON.stringify(file)));
    for (const { text, ids } of encoded) {
      assert.deepEqual(tokenizer.encode(text, { allowSpecial: "all" }), ids, text);
      assert.equal(tokenizer.decode(ids), text);
    }
  });

  it("a vocabulary without all bytes: they are passed over, pieces keep their places; refused unless asked for", () => {
    const model = trainBpe(["ab ab ab"], { vocabSize: 258 });
    const byte = model.tokens.indexOf("x");
    const without = { ...model, tokens: model.tokens.map((token, id) => (id === byte ? "" : token)) };
    assert.throws(() => bpeTokenizer(without), /no token for byte 0x78/);
    const tokenizer = bpeTokenizer({ ...without, missingBytes: "drop" });
    // As Rust's tokenizers, what is left joins: "axb" is "ab".
    assert.deepEqual(tokenizer.encode("axb"), tokenizer.encode("ab"));
    assert.equal(tokenizer.encode("axb").length, 1);
    assert.equal(tokenizer.decode(tokenizer.encode("xaxbx cx")), "ab c");
    const places = tokenizer.pieces("xxb x\u00e9").map(({ token, start, end }) => [token, start, end]);
    assert.deepEqual(places.map(([token]) => token).slice(0, 2), ["b", " "]);
    assert.equal(places.at(-1)![2], 6);
    assert.ok(
      places.every(([, start, end], i) => start! <= end! && (i === 0 || start === places[i - 1]![2])),
    );
  });

  it("digits one by one before ByteLevel: SmolLM2's rule; without its pattern after it, refused", () => {
    const { file } = golden<{ "tokenizer.json": { file: object } }>("bpe")["tokenizer.json"];
    const rule = (use_regex: boolean): string => {
      const byteLevel = { type: "ByteLevel", add_prefix_space: false, use_regex };
      const pretokenizers = [{ type: "Digits", individual_digits: true }, byteLevel];
      return JSON.stringify({ ...file, pre_tokenizer: { type: "Sequence", pretokenizers } });
    };
    assert.equal(readHuggingFaceBpe(rule(true)).split, "gpt2Digits");
    assert.throws(
      () => readHuggingFaceBpe(rule(false), "my.file"),
      /my\.file: pre_tokenizer: Digits without/,
    );
  });

  it("what is not supported in a tokenizer.json is named, never passed over", () => {
    const { file } = golden<{ "tokenizer.json": { file: { model: object } } }>("bpe")["tokenizer.json"];
    const byteLevel = { type: "ByteLevel", add_prefix_space: false, use_regex: false };
    const split = { type: "Split", pattern: { Regex: "\\w+" }, behavior: "Isolated", invert: false };
    const cases: [object, RegExp][] = [
      [{ normalizer: { type: "NFC" } }, /normalizer/],
      [{ pre_tokenizer: null }, /pre_tokenizer: only ByteLevel/],
      [{ pre_tokenizer: { ...byteLevel, add_prefix_space: true } }, /add_prefix_space/],
      [{ pre_tokenizer: { type: "Sequence", pretokenizers: [split, byteLevel] } }, /split pattern "\\\\w\+"/],
      [{ model: { ...file.model, type: "Unigram" } }, /model\.type/],
      [{ model: { ...file.model, dropout: 0.1 } }, /model\.dropout/],
      [{ model: { ...file.model, merges: ["a"] } }, /merges\[0\] is not two tokens/],
      [{ model: { ...file.model, merges: ["zzz q"] } }, /"zzz" is no token/],
    ];
    for (const [change, message] of cases) {
      assert.throws(() => readHuggingFaceBpe(JSON.stringify({ ...file, ...change }), "my.file"), (error: Error) => namesFile(error) && message.test(error.message)); // prettier-ignore
    }
  });

  const small = trainBpe(corpora.tinyshakespeare().slice(0, 5000), { vocabSize: 280 });
  const asTiktoken = (model: BpeModel) =>
    model.tokens.map((_, id) => `${Buffer.from(bpeTokenizer(model).decodeBytes([id])).toString("base64")} ${id}\n`).join(""); // prettier-ignore
  const files: [string, string, (text: string) => BpeModel][] = [
    ["tiktoken", asTiktoken(small), (text) => readTiktoken(text, { split: "gpt2", lines: 280, source: "my.file" })],
    ["merges", writeMerges(small), (text) => readMerges(text, { split: "gpt2", lines: 24, source: "my.file" })],
    ["tokenizer.json", JSON.stringify(golden<{ "tokenizer.json": { file: object } }>("bpe")["tokenizer.json"].file), (text) => readHuggingFaceBpe(text, "my.file")],
  ]; // prettier-ignore
  for (const [name, text, read] of files) {
    it(`${name}: a file cut off anywhere, or with a wrong character, is refused by name or read as what it says (property)`, () => {
      assert.equal(bpeTokenizer(read(text)).decode(bpeTokenizer(read(text)).encode("a b")), "a b");
      const place = fc.integer({ min: 0, max: text.length - 2 });
      fc.assert(fc.property(place, (at) => assert.throws(() => read(text.slice(0, at)), namesFile)));
      fc.assert(
        fc.property(place, fc.constantFrom(...'\0\n x9="{é\ud800'), (at, wrong) => {
          try {
            read(text.slice(0, at) + wrong + text.slice(at + 1));
          } catch (error) {
            assert.ok(namesFile(error as Error), String(error));
          }
        }),
        { numRuns: 300 },
      );
    });
  }

  it("without a number of lines, a rank that comes twice, a huge one and a stray line are still found", () => {
    const read = (text: string) => () => readTiktoken(text, { split: "gpt2", source: "my.file" });
    assert.throws(read("IQ== 0\nIg== 0\n"), /line 2: rank 0 comes twice/);
    assert.throws(read("IQ== 9999999\n"), /line 1/);
    assert.throws(read("IQ== 0\n\nIg== 1\n"), /line 2/);
    assert.throws(read(""), /no token for byte 0x00/);
  });
});

describe("decodeStream", () => {
  const tokenizer = loadGpt2();
  const anyIds = fc.array(fc.integer({ min: 0, max: 50256 }), { maxLength: 40 });

  it("all that comes out, joined, is decode of all ids, for any ids (property)", () => {
    fc.assert(
      fc.property(anyIds, (ids) => {
        const stream = decodeStream(tokenizer);
        assert.equal(ids.map(stream.push).join("") + stream.end(), tokenizer.decode(ids));
      }),
    );
  });

  it("holds a character back until its last byte, and shows no half of it", () => {
    const stream = decodeStream(tokenizer);
    assert.deepEqual(tokenizer.encode("a学!").map(stream.push), ["a", "", "学", "!"]);
    assert.equal(stream.push(tokenizer.encode("学")[0]), "");
    assert.equal(stream.end(), "\ufffd");
    assert.throws(() => stream.push(50257), /Unknown id 50257/);
  });
});
