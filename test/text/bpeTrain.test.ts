import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import {
  bpeTokenizer,
  byteToPrintable,
  bytesInGpt2Order,
  splitWords,
  textToBytes,
  trainBpe,
} from "../../src/text";
import { corpora, golden } from "../helpers/corpora";
import { mixedText } from "../helpers/mixedText";

interface Learned {
  readonly count: number;
  readonly sha256: string;
  readonly first: readonly string[];
  readonly every100th: readonly string[];
}

/** Sennrich et al. 2016, Algorithm 1 as written: count everything anew for each merge. Ties: the smaller ids. */
function naiveMerges(text: string, merges: number): [number, number][] {
  const idOfByte = new Map(bytesInGpt2Order.map((byte, id) => [byte, id]));
  let words = splitWords(text).map((word) => Array.from(textToBytes(word), (byte) => idOfByte.get(byte)!));
  const learned: [number, number][] = [];
  while (learned.length < merges) {
    const counts = new Map<string, number>();
    for (const word of words)
      for (let i = 0; i + 1 < word.length; i++) {
        const key = `${word[i]} ${word[i + 1]}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    const ranked = [...counts].map(([key, count]) => ({ pair: key.split(" ").map(Number), count }));
    ranked.sort((x, y) => y.count - x.count || x.pair[0] - y.pair[0] || x.pair[1] - y.pair[1]);
    if (ranked.length === 0) break;
    const [a, b] = ranked[0].pair;
    learned.push([a, b]);
    const id = 255 + learned.length;
    words = words.map((word) => {
      const out: number[] = [];
      for (let i = 0; i < word.length; i++) {
        if (word[i] === a && word[i + 1] === b) {
          out.push(id);
          i++;
        } else out.push(word[i]);
      }
      return out;
    });
  }
  return learned;
}

describe("trainBpe", () => {
  it("learns the merges of Sennrich et al. 2016: e+s, es+t, l+o, lo+w", () => {
    const text = "low\n".repeat(5) + "lower\n".repeat(2) + "newest\n".repeat(6) + "widest\n".repeat(3);
    const counts: number[] = [];
    const { merges, tokens } = trainBpe(text, {
      vocabSize: 260,
      onProgress: ({ count }) => counts.push(count),
    });
    assert.deepEqual(
      merges.map(([a, b]) => `${tokens[a]} ${tokens[b]}`),
      ["e s", "es t", "l o", "lo w"],
    );
    assert.deepEqual(counts, [9, 9, 7, 7]);
  });

  it("is the naive algorithm, only faster (property)", () => {
    const text = fc
      .array(fc.constantFrom(..."aaabbc dé中 \n"), { maxLength: 120 })
      .map((chars) => chars.join(""));
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 40 }), (sample, merges) => {
        assert.deepEqual(trainBpe(sample, { vocabSize: 256 + merges }).merges, naiveMerges(sample, merges));
      }),
      { numRuns: 300 },
    );
  });

  const texts: Record<string, { text: string; merges: number }> = {
    tinyshakespeare: { text: corpora.tinyshakespeare(), merges: 8000 },
    "chinese-classics": { text: corpora["chinese-classics"](), merges: 3000 },
    mixed: { text: mixedText(5, 20_000), merges: 4000 },
  };
  for (const [name, { text, merges }] of Object.entries(texts)) {
    it(`learns the same ${merges} merges as the Rust trainer: ${name}`, () => {
      const expected = golden<Record<string, Learned>>("bpe")[name];
      const model = trainBpe(text, { vocabSize: 256 + merges });
      const learned = model.merges.map(([a, b]) => `${model.tokens[a]} ${model.tokens[b]}`);
      assert.deepEqual(learned.slice(0, 100), expected.first);
      assert.deepEqual(
        learned.filter((_, i) => i % 100 === 0),
        expected.every100th,
      );
      assert.equal(learned.length, expected.count);
      assert.equal(createHash("sha256").update(learned.join("\n")).digest("hex"), expected.sha256);
    });
  }

  it("a larger vocabulary begins with the smaller one", () => {
    const text = corpora.tinyshakespeare().slice(0, 100_000);
    const small = trainBpe(text, { vocabSize: 400 });
    assert.deepEqual(trainBpe(text, { vocabSize: 800 }).merges.slice(0, 144), small.merges);
  });

  it("special tokens get the last ids, minCount and the end of pairs stop it early", () => {
    const model = trainBpe("ab ab ab", { vocabSize: 300, special: ["<|end|>"] });
    assert.deepEqual(
      model.tokens.slice(256),
      ["ab", "Ġab"].filter((token) => model.tokens.includes(token)),
    );
    assert.equal(model.special["<|end|>"], model.tokens.length);
    assert.equal(trainBpe("ab cd", { vocabSize: 300, minCount: 2 }).merges.length, 0);
    assert.equal(bpeTokenizer(model).decode(bpeTokenizer(model).encode("ab zz")), "ab zz");
  });

  it("refuses what cannot be: no room for the bytes, a special token twice", () => {
    assert.throws(() => trainBpe("a", { vocabSize: 255 }), /256/);
    assert.throws(() => trainBpe("a", { vocabSize: 300, special: ["<s>", "<s>"] }), /"?<s>"?.*twice/);
  });

  it("empty text, NUL, lone surrogates and one long word", () => {
    assert.equal(trainBpe("", { vocabSize: 300 }).merges.length, 0);
    assert.deepEqual(
      trainBpe("\0\0\0\0", { vocabSize: 257 }).tokens[256],
      byteToPrintable[0] + byteToPrintable[0],
    );
    assert.deepEqual(trainBpe("\ud800", { vocabSize: 258 }), trainBpe("\ufffd", { vocabSize: 258 }));
    assert.equal(trainBpe("a".repeat(100_000), { vocabSize: 256 + 12 }).merges.length, 12);
  });
});
