import assert from "node:assert/strict";
import fc from "fast-check";
import { textStream } from "../../src/generate";
import {
  bpeTokenizer,
  byteTokenizer,
  charTokenizer,
  trainBpe,
  trainChar,
  trainUnigram,
  trainWord,
  trainWordPiece,
  unigramTokenizer,
  wordPieceTokenizer,
  wordTokenizer,
} from "../../src/text";
import type { Tokenizer } from "../../src/text";

const text = "The child's 学校 is near. Déjà vu? 👩‍👧 says: the school is near the child. ".repeat(3);

/** Pieces of a text stream, and its end. */
function streamed(tokenizer: Tokenizer, ids: readonly number[], stops: string[] = [], before: number[] = []) {
  const stream = textStream(tokenizer, stops, before);
  const pieces: string[] = [];
  for (const id of ids) {
    const piece = stream.push(id);
    pieces.push(piece.text);
    if (piece.stopped) return pieces;
  }
  return [...pieces, stream.end().text];
}

describe("generate/stream", () => {
  const tokenizers: Record<string, () => Tokenizer> = {
    bpe: () => bpeTokenizer(trainBpe([text], { vocabSize: 300 })),
    byte: () => byteTokenizer(),
    char: () => charTokenizer(trainChar([text])),
    word: () => wordTokenizer(trainWord([text], { vocabSize: 60 })),
    wordpiece: () => wordPieceTokenizer(trainWordPiece([text], { vocabSize: 90 })),
    unigram: () => unigramTokenizer(trainUnigram([text], { vocabSize: 320, byteFallback: true })),
  };

  for (const [name, make] of Object.entries(tokenizers)) {
    it(`${name}: pieces are the text, without half a character`, () => {
      const tokenizer = make();
      fc.assert(
        fc.property(fc.string({ unit: "grapheme", maxLength: 20 }), fc.nat(60), (other, at) => {
          const ids = tokenizer.encode(text.slice(at, at + 40) + other);
          const pieces = streamed(tokenizer, ids);
          assert.equal(pieces.join(""), tokenizer.decode(ids));
        }),
        { numRuns: 30 },
      );
      const pieces = streamed(tokenizer, tokenizer.encode(text));
      assert.ok(pieces.every((piece) => !piece.includes("\ufffd")));
      assert.ok(pieces.filter((piece) => piece !== "").length > 20, "it streams");
    });
  }

  it("a stop string over several tokens is cut, and half a character at the end is told", () => {
    const bytes = byteTokenizer();
    const ids = bytes.encode("ab学\nUser: x");
    assert.deepEqual(streamed(bytes, ids, ["\nUser"]).join(""), "ab学");
    assert.deepEqual(streamed(bytes, [...bytes.encode("学"), ...bytes.encode("学").slice(0, 2)]), [
      "",
      "",
      "学",
      "",
      "",
      "\ufffd",
    ]);
    // Half a character of the prompt is made whole by the answer.
    const [a, b, c] = bytes.encode("学");
    assert.deepEqual(streamed(bytes, [c!], [], [a!, b!]).join(""), "学");
  });

  it("a tokenizer that writes spaces between words knows what was before", () => {
    const words = wordTokenizer(trainWord(["the child is near"], { vocabSize: 10 }));
    const [the, child] = words.encode("the child");
    assert.deepEqual(streamed(words, [child!], [], [the!]), [" child", ""]);
    assert.deepEqual(streamed(words, [child!]), ["child", ""]);
  });
});
