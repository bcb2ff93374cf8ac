import assert from "node:assert/strict";
import fc from "fast-check";
import { bpeTokenizer, splitWords, trainBpe } from "../../src/text";
import { WordCache } from "../../src/text/wordCache";
import { corpora } from "../helpers/corpora";

/** Bytes of all tables that the cache holds. */
function memory(cache: WordCache): number {
  return Object.values(cache)
    .filter((field): field is ArrayBufferView => ArrayBuffer.isView(field))
    .reduce((sum, { byteLength }) => sum + byteLength, 0);
}

const out = new Int32Array(1024);
const read = (cache: WordCache, word: string) => {
  const end = cache.read(word, 0, word.length, out, 0);
  return end < 0 ? undefined : Array.from(out.subarray(0, end));
};
const write = (cache: WordCache, word: string, ids: number[]) =>
  cache.write(word, 0, word.length, ids, ids.length);

describe("WordCache", () => {
  it("is a map from words to ids, wherever the word stands in a text (property)", () => {
    const word = fc.string({ unit: fc.constantFrom(..."ab中\ud800\udc00\0 "), minLength: 1, maxLength: 8 });
    const ids = fc.array(fc.nat(2 ** 31 - 1), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(fc.tuple(word, ids), { maxLength: 60 }), fc.array(word), (entries, others) => {
        const cache = new WordCache();
        const map = new Map(entries);
        for (const [word, ids] of map) write(cache, word, ids);
        for (const word of [...map.keys(), ...others]) {
          assert.deepEqual(read(cache, word), map.get(word));
          const end = cache.read(`x${word}y`, 1, 1 + word.length, out, 5);
          assert.equal(end, map.has(word) ? 5 + map.get(word)!.length : -1);
        }
      }),
    );
  });

  it("a million words: its memory stays what it was, and what it still knows is right", () => {
    const cache = new WordCache();
    const before = memory(cache);
    let known = 0;
    for (let i = 0; i < 1_000_000; i++) {
      write(cache, `word${i}`, [i, 7]);
      if (i % 1000 !== 999) continue;
      for (const k of [i, i - 500, i - 70_000, 0]) {
        const ids = read(cache, `word${Math.max(0, k)}`);
        if (ids === undefined) continue;
        known++;
        assert.deepEqual(ids, [Math.max(0, k), 7]);
      }
    }
    assert.ok(known >= 1000, `${known} words found`); // the newest always
    assert.equal(memory(cache), before);
    assert.ok(before < 8e6, `${before} bytes`);
  });

  it("long words and many ids fill it too, and are forgotten together", () => {
    const cache = new WordCache();
    const ids = Array.from({ length: 3 * WordCache.maxWord }, (_, i) => i);
    for (let i = 0; i < 20_000; i++) {
      const word = String(i).padStart(WordCache.maxWord, "中");
      write(cache, word, ids);
      assert.deepEqual(read(cache, word), ids);
    }
    const tooLong = "a".repeat(WordCache.maxWord + 1);
    write(cache, tooLong, [1]);
    assert.equal(read(cache, tooLong), undefined);
  });

  it("a tokenizer that has forgotten words gives the ids that it gave", () => {
    const text = corpora.tinyshakespeare().slice(0, 50_000);
    const tokenizer = bpeTokenizer(trainBpe(text, { vocabSize: 600 }));
    const first = tokenizer.encode(text);
    const inLetters = (i: number) =>
      String.fromCharCode(...[...String(i)].map((digit) => 0x61 + Number(digit)));
    const other = Array.from({ length: 300_000 }, (_, i) => ` ${inLetters(i)}`).join("");
    assert.equal(new Set(splitWords(other)).size, 300_000); // more than it keeps
    tokenizer.encode(other);
    assert.deepEqual(tokenizer.encode(text), first);
  });
});
