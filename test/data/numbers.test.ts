import assert from "node:assert/strict";
import { numberInEnglish, numberInGerman } from "../../src/data";

describe("numbers in words", () => {
  const hand: readonly [number, string, string][] = [
    [1, "one", "eins"],
    [12, "twelve", "zwölf"],
    [16, "sixteen", "sech zehn"],
    [17, "seventeen", "sieb zehn"],
    [21, "twenty one", "ein und zwanzig"],
    [30, "thirty", "dreißig"],
    [100, "one hundred", "ein hundert"],
    [101, "one hundred one", "ein hundert eins"],
    [1000, "one thousand", "ein tausend"],
    [4721, "four thousand seven hundred twenty one", "vier tausend sieben hundert ein und zwanzig"],
    [9013, "nine thousand thirteen", "neun tausend drei zehn"],
  ];
  for (const [n, en, de] of hand)
    it(`${n}: ${en}; ${de}`, () => {
      assert.equal(numberInEnglish(n).join(" "), en);
      assert.equal(numberInGerman(n).join(" "), de);
    });

  it("all 9,999 are different, and each word is a word", () => {
    for (const words of [numberInEnglish, numberInGerman]) {
      const all = Array.from({ length: 9999 }, (_, i) => words(i + 1));
      assert.equal(new Set(all.map((each) => each.join(" "))).size, 9999);
      assert.ok(all.flat().every((word) => /^[a-zäöüß]{2,9}$/.test(word)));
      assert.equal(new Set(all.flat()).size, words === numberInEnglish ? 29 : 26);
    }
  });

  it("no zero, no fractions, nothing from 10,000 on", () => {
    for (const n of [0, -1, 1.5, 10000, NaN]) {
      assert.throws(() => numberInEnglish(n), /from 1 to 9999/);
      assert.throws(() => numberInGerman(n), /from 1 to 9999/);
    }
  });
});
