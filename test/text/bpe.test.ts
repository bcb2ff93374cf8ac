import assert from "node:assert/strict";
import fc from "fast-check";
import { bpeTokenizer, splitSpecial, splitWords, splitWordsByPattern, traceMerges, trainBpe, bytesToPrintable, bytesToText, printableToBytes, textToBytes, type BpeModel, type SplitName } from "../../src/text"; // prettier-ignore
import { loadGpt2 } from "../../src/text/node";
import { corpora } from "../helpers/corpora";

/** Text with what breaks tokenizers: any UTF-16, lone surrogates included, and runs of spaces, digits and quotes. */
const anyText = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)), maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.array(fc.constantFrom(..."aZé中ǅʰ\u0301 '  \n\r\t\u00a0019x.,!?'sSlL/🙂\u{1f468}\u200d"), { maxLength: 40 }).map((cs) => cs.join("")),
); // prettier-ignore
const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, "\ufffd");

describe("bytes", () => {
  it("UTF-8 there and back; a lone surrogate counts as U+FFFD, as in TextEncoder (property)", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const bytes = textToBytes(text);
        assert.deepEqual(Array.from(bytes), Array.from(new TextEncoder().encode(text)));
        assert.equal(bytesToText(bytes), wellFormed(text));
      }),
    );
  });

  it("bytes that are no UTF-8 decode as TextDecoder decodes them (property)", () => {
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => assert.equal(bytesToText(bytes), decoder.decode(bytes))),
    );
  });

  it("the printable form is GPT-2's and loses nothing", () => {
    assert.equal(bytesToPrintable(textToBytes(" the\n")), "ĠtheĊ");
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    assert.deepEqual(printableToBytes(bytesToPrintable(all)), all);
    assert.equal(new Set(bytesToPrintable(all)).size, 256);
  });
});

describe("splitWords", () => {
  for (const split of ["gpt2", "gpt2Digits", "cl100k", "o200k", "none"] as SplitName[]) {
    it(`${split}: the scanner by hand cuts as the regular expression does (property)`, () => {
      fc.assert(
        fc.property(anyText.map(wellFormed), (text) => {
          assert.deepEqual(splitWords(text, split), splitWordsByPattern(text, split));
          assert.equal(splitWords(text, split).join(""), text);
        }),
        { numRuns: 2000 },
      );
    });
  }

  it("cuts GPT-2's way: a space goes with the word after it, contractions apart", () => {
    assert.deepEqual(splitWords("I'll go  home, 42!"), ["I", "'ll", " go", " ", " home", ",", " 42", "!"]);
  });
});

describe("splitSpecial", () => {
  const special = { "<|end|>": 7, "<|end|>x": 8, "a+": 9 };

  it("leaves special names as text unless they are allowed; the longest wins; names are no patterns", () => {
    assert.deepEqual(splitSpecial("a<|end|>", special), [{ text: "a<|end|>", start: 0, id: undefined }]);
    const segments = splitSpecial("<|end|>x aa+<|end|>", special, "all");
    assert.deepEqual(
      segments.map(({ text, start, id }) => [text, start, id]),
      [
        ["<|end|>x", 0, 8],
        [" a", 8, undefined],
        ["a+", 10, 9],
        ["<|end|>", 12, 7],
      ],
    );
    assert.equal(splitSpecial("<|end|>x", special, ["<|end|>"])[0].id, 7);
  });
});

describe("bpeTokenizer", () => {
  const shakespeare = corpora.tinyshakespeare().slice(0, 200_000);
  const model = trainBpe(shakespeare, { vocabSize: 1000, special: ["<|endoftext|>"] });
  const tokenizer = bpeTokenizer(model);
  const gpt2 = loadGpt2();

  it("merges in the order learned, by hand: aaabdaaabac", () => {
    const byHand = trainBpe("aaabdaaabac", { vocabSize: 259 });
    const { encode, token } = bpeTokenizer(byHand);
    assert.deepEqual(encode("aaabdaaabac").map(token), ["aaab", "d", "aaab", "a", "c"]);
  });

  it("decode(encode(x)) is x, lone surrogates as U+FFFD (property)", () => {
    for (const one of [tokenizer, gpt2])
      fc.assert(fc.property(anyText, (text) => assert.equal(one.decode(one.encode(text)), wellFormed(text))));
  });

  it("pieces are the tokens of encode and tile the text (property)", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const pieces = gpt2.pieces(text);
        assert.deepEqual(
          pieces.map(({ id }) => id),
          gpt2.encode(text),
        );
        let at = 0;
        for (const { start, end } of pieces) {
          assert.equal(start, at);
          at = end;
        }
        assert.equal(at, text.length);
      }),
    );
  });

  it("a token that ends inside a character has the start of that character as its end", () => {
    const pieces = gpt2.pieces("a学!");
    assert.deepEqual(
      pieces.map(({ token, start, end }) => [token, start, end]),
      [
        ["a", 0, 1],
        ["<0xE5><0xAD>", 1, 1],
        ["<0xA6>", 1, 2],
        ["!", 2, 3],
      ],
    );
  });

  it("the replay of merges ends in the tokens of encode, each step one merge (property)", () => {
    const word = fc.constantFrom(...splitWords(shakespeare.slice(0, 5000)));
    fc.assert(
      fc.property(word, (text) => {
        const steps = traceMerges(model, text);
        assert.deepEqual(steps.at(-1)?.ids, tokenizer.encode(text));
        steps.slice(1).forEach((step, i) => {
          assert.equal(step.ids.length, steps[i].ids.length - 1);
          assert.equal(step.pair?.join(""), tokenizer.token(256 + step.rank!));
        });
      }),
    );
  });

  it("a typed special name is text unless it is allowed", () => {
    const end = model.special["<|endoftext|>"];
    assert.ok(!tokenizer.encode("<|endoftext|>").includes(end));
    assert.deepEqual(tokenizer.encode("<|endoftext|>", { allowSpecial: "all" }), [end]);
    assert.equal(tokenizer.decode([end]), "<|endoftext|>");
    assert.deepEqual(gpt2.encode("a<|endoftext|>", { allowSpecial: ["<|endoftext|>"] }), [64, 50256]);
  });

  it("one letter a million times: the right tokens, as short words give them", () => {
    const long = gpt2.encode("a".repeat(1_000_000));
    assert.equal(gpt2.decode(long).length, 1_000_000);
    // GPT-2 merges a run of a's into the same token over and over, but for the two ends.
    const most = long.filter((id) => id === long[1000]).length;
    assert.ok(most >= long.length - 4, `${most} of ${long.length}`);
  });

  it("a long word merges by the heap as a short one by the scan (property)", () => {
    const word = fc.array(fc.constantFrom("the", "an", "e", "s", "in", "g"), {
      minLength: 100,
      maxLength: 400,
    });
    fc.assert(
      fc.property(word, (parts) => {
        const text = parts.join("");
        assert.deepEqual(tokenizer.encode(text), traceMerges(model, text).at(-1)?.ids);
      }),
      { numRuns: 30 },
    );
  });

  it("a model that contradicts itself is refused, and the fault is named", () => {
    const broken: [Partial<BpeModel>, RegExp][] = [
      [{ tokens: model.tokens.slice(1) }, /no token for byte/],
      [{ tokens: [...model.tokens.slice(0, -1), "Ġt"] }, /are both "Ġt"/],
      [{ merges: [[0, 99_999]] }, /no token has the id 99999/],
      [{ merges: [model.merges[0], model.merges[0]] }, /both join/],
      [{ special: { "<s>": 3 } }, /"<s>" has the id 3 of the token/],
      [{ special: { "<s>": 2 ** 31 } }, /ids stay below/],
    ];
    for (const [change, message] of broken)
      assert.throws(() => bpeTokenizer({ ...model, ...change }), (error: Error) => error instanceof RangeError && message.test(error.message)); // prettier-ignore
  });
});
