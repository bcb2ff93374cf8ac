import assert from "node:assert/strict";
import fc from "fast-check";
import { bertModel, bertNormalize, bertUncased, encodePair, longestMatch, trainWordPiece, wordPieceTokenizer } from "../../src/text"; // prettier-ignore
import { loadMiniLM } from "../../src/text/node";
import { corpora, golden } from "../helpers/corpora";
import { hashIds } from "../helpers/mixedText";

interface Golden {
  texts: [text: string, ids: number[], offsets: number[]][];
  special: [text: string, ids: number[]][];
  pairs: { a: string; b: string | null; limit: number | null; ids: number[]; types: number[] }[];
  decoded: [ids: number[], text: string][];
  hashes: { text: string; bytes: number; tokens: number; sha256: string }[];
  trained: { characters: number; size: number; tokens: string[] }[];
}

const reference = golden<Golden>("wordpiece");
const minilm = loadMiniLM();

describe("WordPiece: longest match", () => {
  const ids = new Map(["un", "##aff", "##able", "##a", "a"].map((token, id) => [token, id]));

  it("takes the longest piece at each place (the example of BERT's code)", () => {
    assert.deepEqual(longestMatch("unaffable", ids), [
      { id: 0, start: 0, end: 2 },
      { id: 1, start: 2, end: 5 },
      { id: 2, start: 5, end: 9 },
    ]);
  });

  it("never takes a choice back: a word with a rest is unknown", () => {
    assert.equal(longestMatch("unx", ids), undefined);
    const greedy = new Map([["ab", 0], ["a", 1], ["##bc", 2]]); // prettier-ignore
    assert.equal(longestMatch("abc", greedy), undefined, "a ##bc would do, but ab is longer");
  });

  it("says [UNK] for such a word, and for one of more than 100 characters", () => {
    const tokenizer = wordPieceTokenizer(bertModel(["[UNK]", "a", "##a"]));
    assert.deepEqual(tokenizer.encode("aa b"), [1, 2, 0]);
    assert.deepEqual(tokenizer.encode("a".repeat(100)), [1, ...Array<number>(99).fill(2)]);
    assert.deepEqual(tokenizer.encode("a".repeat(101)), [0]);
    assert.deepEqual(tokenizer.pieces(`  ${"a".repeat(101)} `), [
      { id: 0, token: "[UNK]", start: 2, end: 103 },
    ]);
  });
});

describe("WordPiece equals MiniLM's tokenizer (golden: Rust tokenizers)", () => {
  it(`ids of ${reference.texts.length} texts`, () => {
    for (const [text, ids] of reference.texts)
      assert.deepEqual(minilm.encode(text), ids, JSON.stringify(text));
  });

  it("places in the original text", () => {
    let compared = 0;
    for (const [text, ids, offsets] of reference.texts) {
      // Where decomposition moves marks past each other the reference gives a mark its neighbour's place.
      if ([...text].map((char) => char.normalize("NFD")).join("") !== text.normalize("NFD")) continue;
      const pieces = minilm.pieces(text);
      assert.deepEqual(pieces.map(({ id }) => id), ids); // prettier-ignore
      assert.deepEqual(pieces.flatMap(({ start, end }) => [start, end]), offsets, JSON.stringify(text)); // prettier-ignore
      compared++;
    }
    assert.ok(compared > 200, `only ${compared} texts compared`);
  });

  it("special tokens, where they are allowed", () => {
    for (const [text, ids] of reference.special) {
      assert.deepEqual(minilm.encode(text, { allowSpecial: "all" }), ids, text);
      const plain = minilm.encode(text);
      for (const id of Object.values(minilm.special)) if (id !== 100) assert.ok(!plain.includes(id), text);
    }
  });

  it("pairs, cut to a length", () => {
    for (const { a, b, limit, ids, types } of reference.pairs) {
      const options = limit === null ? {} : { maxLength: limit };
      assert.deepEqual(
        encodePair(minilm, a, b ?? undefined, options),
        { ids, typeIds: types },
        `${a} | ${b}`,
      );
    }
    assert.throws(() => encodePair(minilm, "a", "b", { maxLength: 2 }), /maxLength 2 has no room/);
  });

  it("decoding", () => {
    for (const [ids, text] of reference.decoded) assert.equal(minilm.decode(ids), text);
  });

  for (const { text, bytes, tokens, sha256 } of reference.hashes) {
    it(`all ${tokens} ids of ${text} (${bytes} bytes)`, () => {
      const ids = minilm.encode(corpora[text]());
      assert.equal(ids.length, tokens);
      assert.equal(hashIds(ids), sha256);
    });
  }
});

describe("WordPiece: properties", () => {
  const text = fc.string({ unit: fc.oneof(fc.constantFrom("a", "é", " ", ".", "\u0301", "我", "\0", "\u200b"), fc.string({ unit: "binary", minLength: 1, maxLength: 1 })) }); // prettier-ignore

  it("pieces are the ids, in order, inside the text", () => {
    fc.assert(
      fc.property(text, (text) => {
        const pieces = minilm.pieces(text);
        assert.deepEqual(pieces.map(({ id }) => id), minilm.encode(text)); // prettier-ignore
        let last = 0;
        for (const { start, end } of pieces) {
          assert.ok(start >= 0 && start < end && end <= text.length);
          assert.ok(start >= last - 2, "pieces of one character may share its place");
          last = start;
        }
      }),
    );
  });

  it("decode then encode gives the same ids where no word is unknown", () => {
    fc.assert(
      fc.property(text, (text) => {
        const ids = minilm.encode(text);
        fc.pre(!ids.includes(100));
        assert.deepEqual(minilm.encode(minilm.decode(ids)), ids);
      }),
    );
  });

  it("normalisation is done once: what is normal stays", () => {
    fc.assert(fc.property(text, (text) => {
      const once = bertNormalize(text);
      assert.equal(bertNormalize(once), once);
    })); // prettier-ignore
  });

  it("a lone surrogate is dropped like U+FFFD", () => {
    assert.deepEqual(minilm.encode("a\ud800b \udc00"), minilm.encode("ab"));
  });

  it("steps can be left out", () => {
    assert.equal(bertNormalize("Éa我", { ...bertUncased, lowercase: false }), "Ea 我");
    assert.equal(bertNormalize("Éa我", { ...bertUncased, stripAccents: false }), "éa 我");
    assert.equal(bertNormalize("Éa我", { ...bertUncased, spaceChinese: false }), "ea我");
    assert.equal(bertNormalize("a\0b", { ...bertUncased, cleanText: false }), "a\0b");
  });
});

describe("WordPiece: training", () => {
  it("by frequency equals Hugging Face's trainer", () => {
    for (const { characters, size, tokens } of reference.trained) {
      const lines = corpora.tinyshakespeare().slice(0, characters).split("\n");
      // The order of the ##-characters in the reference is that of a hash table: it is given, all else is learned.
      const alphabet = tokens.slice(5).filter((token) => /^(##)?.$/u.test(token));
      assert.deepEqual(trainWordPiece(lines, { vocabSize: size, alphabet }).tokens, tokens);
    }
  });

  /** Both rules as they are defined, counting everything again before each merge. */
  function naive(words: string[], merges: number, score: "frequency" | "likelihood"): string[] {
    let spelled = words.map((word) => [...word].map((char, i) => (i === 0 ? char : `##${char}`)));
    const made: string[] = [];
    const order = trainWordPiece(words, { vocabSize: 1000, score, minCount: 1, special: ["[UNK]"] }).tokens;
    for (let n = 0; n < merges; n++) {
      const counts = new Map<string, number>();
      const pairs = new Map<string, [string, string, number]>();
      for (const word of spelled)
        word.forEach((b, i) => {
          counts.set(b, (counts.get(b) ?? 0) + 1);
          if (i === 0) return;
          const key = `${word[i - 1]} ${b}`;
          pairs.set(key, [word[i - 1], b, (pairs.get(key)?.[2] ?? 0) + 1]);
        });
      const value = ([a, b, n]: [string, string, number]) =>
        score === "frequency" ? n : n / (counts.get(a)! * counts.get(b)!);
      const best = [...pairs.values()].sort(
        (x, y) =>
          value(y) - value(x) || y[2] - x[2] ||
          order.indexOf(x[0]) - order.indexOf(y[0]) || order.indexOf(x[1]) - order.indexOf(y[1]),
      )[0]; // prettier-ignore
      if (!best) break;
      const token = best[0] + best[1].slice(2);
      made.push(token);
      spelled = spelled.map((word) => {
        const out: string[] = [];
        for (let i = 0; i < word.length; i++) {
          const hit = word[i] === best[0] && word[i + 1] === best[1];
          out.push(hit ? token : word[i]);
          if (hit) i++;
        }
        return out;
      });
    }
    return made;
  }

  for (const score of ["frequency", "likelihood"] as const) {
    it(`by ${score} equals counting everything again each time`, () => {
      const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 8 });
      fc.assert(
        fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), (words) => {
          const model = trainWordPiece(words, { vocabSize: 1000, score, minCount: 1, special: ["[UNK]"] });
          const learned = model.tokens.filter(
            (token) => token.replace("##", "").length > 1 && token !== "[UNK]",
          );
          assert.deepEqual(learned, naive(words, 1000, score));
        }),
        { numRuns: 300 },
      );
    });
  }

  it("the two rules differ: likelihood takes what stands together or not at all", () => {
    const texts = [`${"ab ".repeat(50)}${"ac ".repeat(50)}${"xy ".repeat(5)}`];
    const options = { vocabSize: 12, special: ["[UNK]"] };
    const first = (score: "frequency" | "likelihood") => {
      const { tokens } = trainWordPiece(texts, { ...options, score });
      return tokens.find((token) => token.length === 2 && !token.startsWith("#"));
    };
    assert.equal(first("frequency"), "ab");
    assert.equal(first("likelihood"), "xy");
  });

  it("every trained word can be encoded, and a small vocabulary is refused", () => {
    const text = corpora["chinese-classics"]().slice(0, 5000);
    const tokenizer = wordPieceTokenizer(trainWordPiece([text], { vocabSize: 2500 }));
    assert.ok(!tokenizer.encode(text).includes(tokenizer.special["[UNK]"]));
    assert.throws(() => trainWordPiece([text], { vocabSize: 100 }), /vocabSize 100 is too small/);
    const small = wordPieceTokenizer(trainWordPiece([text], { vocabSize: 100, alphabetSize: 50 }));
    assert.ok(small.encode(text).includes(small.special["[UNK]"]));
  });
});
