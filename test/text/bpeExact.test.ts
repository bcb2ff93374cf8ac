import assert from "node:assert/strict";
import { get_encoding, type TiktokenEncoding } from "tiktoken";
import { bpeTokenizer } from "../../src/text";
import { bigText } from "../helpers/bigText";
import { openAiModels } from "../helpers/peers";

/** Where two lists of ids part, as text around the place: a failure that can be understood. */
function assertSameIds(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  name: string,
  show: (ids: number[]) => string,
) {
  let at = 0;
  while (at < got.length && got[at] === expected[at]) at++;
  if (at === got.length && at === expected.length) return;
  const around = (ids: ArrayLike<number>) =>
    JSON.stringify(show(Array.from(ids).slice(Math.max(0, at - 4), at + 6)));
  const ids = (list: ArrayLike<number>) =>
    Array.from(list)
      .slice(at, at + 6)
      .join(" ");
  assert.fail(
    `${name}: token ${at} differs: got ${ids(got)} ${around(got)}, expected ${ids(expected)} ${around(expected)}`,
  );
}

const hostile = [
  ..." \n\r\t\u00a0\u3000\v\u0085\ufeff\u2028 ax1.'sSſlLvVeErRtTdDmM/,AZé中\u0301ʰǅ🙂\u200d٣Ⅷ\0",
];

/** Whole numbers below n, the same in each run. */
function lcg(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % n;
  };
}

describe("BPE, token for token as OpenAI's tiktoken (Rust) has it, on over 10 MB of mixed text", function () {
  this.timeout(300_000);
  const texts = bigText();

  it("the text is over 10 MB, in many scripts", () => {
    const bytes = texts.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
    assert.ok(bytes > 10_000_000, `${bytes} bytes`);
    for (const script of ["Latin", "Cyrillic", "Han", "Hiragana", "Hangul", "Arabic", "Thai", "Devanagari"])
      assert.ok(
        texts.some(({ text }) => new RegExp(`\\p{Script=${script}}`, "u").test(text)),
        script,
      );
  });

  for (const [name, makeModel] of Object.entries(openAiModels)) {
    it(`${name}: the same ids, and decoding gives the text back`, () => {
      const ours = bpeTokenizer(makeModel());
      const reference = get_encoding(name as TiktokenEncoding);
      try {
        for (const { name: part, text } of texts) {
          const ids = ours.encode(text);
          assertSameIds(ids, reference.encode_ordinary(text), `${name}, ${part}`, (list) =>
            ours.decode(list),
          );
          assert.equal(ours.decode(ids) === text, true, `${name}, ${part}: decode(encode(text)) is the text`);
        }
      } finally {
        reference.free();
      }
    });

    it(`${name}: the same ids for 20,000 short strings of what breaks splits, and around every assigned character`, () => {
      const ours = bpeTokenizer(makeModel());
      const reference = get_encoding(name as TiktokenEncoding);
      const check = (text: string) =>
        assertSameIds(ours.encode(text), reference.encode_ordinary(text), `${name}, ${JSON.stringify(text)}`, (list) => ours.decode(list)); // prettier-ignore
      try {
        // The ends of texts matter (white space there), so many short texts and not one long one.
        const draw = lcg(7);
        for (let i = 0; i < 20_000; i++) {
          check(Array.from({ length: 1 + draw(12) }, () => hostile[draw(hostile.length)]).join(""));
        }
        for (let from = 0; from < 0xe0200; from += 64) {
          // Surrogates are no characters; planes 4 to 13 are empty.
          if ((from >= 0xd800 && from < 0xe000) || (from >= 0x40000 && from < 0xe0000)) continue;
          const chars = Array.from({ length: 64 }, (_, i) => String.fromCodePoint(from + i));
          check(chars.map((char) => `a${char}b 1${char} ${char}`).join("\n"));
        }
      } finally {
        reference.free();
      }
    });
  }
});
