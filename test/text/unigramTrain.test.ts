import assert from "node:assert/strict";
import fc from "fast-check";
import { trainUnigram, unigramTokenizer, type UnigramModel, type UnigramStep } from "../../src/text";
import { isOneScript } from "../../src/text/unigramScript";
import { frequentSubstrings } from "../../src/text/unigramSeed";
import { digamma, eStep, listWords, maximize, prune, type Pieces } from "../../src/text/unigramTrain";
import { trainOurs } from "../golden/trainUnigram";
import { corpora, golden } from "../helpers/corpora";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 9 });
const counted = fc.uniqueArray(fc.tuple(word, fc.integer({ min: 1, max: 9 })), {
  minLength: 1,
  maxLength: 12,
  selector: ([word]) => word,
});

describe("Unigram training: seeds", () => {
  it("are the substrings counted one by one that do not always go on alike", () => {
    fc.assert(
      fc.property(counted, fc.integer({ min: 2, max: 6 }), (words, most) => {
        const counts = new Map<string, number>();
        for (const [word, count] of words)
          for (let from = 0; from < word.length; from++)
            for (let to = from + 1; to <= Math.min(word.length, from + most); to++) {
              const text = word.slice(from, to);
              counts.set(text, (counts.get(text) ?? 0) + count);
            }
        const goesOn = (text: string) =>
          text.length < most && ["a", "b", "c"].some((char) => counts.get(text + char) === counts.get(text));
        const expected = [...counts].filter(([text, n]) => text.length >= 2 && n >= 2 && !goesOn(text));
        const got = frequentSubstrings(words, most).map(({ text, count }): [string, number] => [text, count]);
        assert.deepEqual(got.sort(), expected.sort());
      }),
    );
  });

  it("count code points, and U+0000 is a character", () => {
    assert.deepEqual(frequentSubstrings([["😀\0", 2]], 4), [{ text: "😀\0", count: 2 }]);
    assert.deepEqual(frequentSubstrings([], 4), []);
  });

  it("keep to one script", () => {
    for (const text of ["▁word", "漢字かな", "123", "...", "é", "▁"]) assert.ok(isOneScript(text), text);
    for (const text of ["a1", "a,", "a漢", "дa"]) assert.ok(!isOneScript(text), text);
  });
});

describe("Unigram training: EM", () => {
  const start = fc.tuple(counted, fc.uniqueArray(word, { maxLength: 10 })).map(([words, extra]) => {
    const texts = [...new Set(["a", "b", "c", ...extra])];
    return { words: listWords(words), pieces: { texts, scores: texts.map(() => -Math.log(texts.length)) } };
  });

  it("the likelihood never falls (M step of the paper)", () => {
    fc.assert(
      fc.property(start, ({ words, pieces }) => {
        let now: Pieces = pieces;
        let last = -Infinity;
        for (let step = 0; step < 8; step++) {
          const { expected, logLikelihood } = eStep(now, words);
          assert.ok(logLikelihood >= last - 1e-9, `step ${step}: ${last} fell to ${logLikelihood}`);
          last = logLikelihood;
          now = maximize(now, expected, "likelihood");
          const sum = now.scores.reduce((total, score) => total + Math.exp(score), 0);
          assert.ok(Math.abs(sum - 1) < 1e-9, `probabilities sum to ${sum}`);
        }
      }),
    );
  });

  it("and so in a whole training, within each round", () => {
    const steps: UnigramStep[] = [];
    const lines = corpora.tinyshakespeare().slice(0, 60_000).split("\n");
    trainUnigram(lines, {
      vocabSize: 400,
      emSteps: 4,
      mStep: "likelihood",
      characterCoverage: 1, // an unknown character's score is no probability, and moves with the others
      onStep: (step) => steps.push(step),
    });
    assert.ok(steps.length > 8);
    for (let i = 1; i < steps.length; i++)
      if (steps[i].round === steps[i - 1].round)
        assert.ok(steps[i].logLikelihood >= steps[i - 1].logLikelihood - 1e-9);
  });

  it("expected counts spell every character of the text", () => {
    fc.assert(
      fc.property(start, ({ words, pieces }) => {
        const { expected } = eStep(pieces, words);
        const spelled = pieces.texts.reduce((sum, text, i) => sum + expected[i] * text.length, 0);
        const characters = words.counts.reduce(
          (sum, count, i) => sum + count * (words.offsets[i + 1] - words.offsets[i]),
          0,
        );
        assert.ok(Math.abs(spelled - characters) < 1e-6 * characters);
      }),
    );
  });

  it("digamma is the derivative of log gamma", () => {
    const euler = 0.5772156649015329;
    assert.ok(Math.abs(digamma(1) + euler) < 1e-9);
    assert.ok(Math.abs(digamma(0.5) + euler + 2 * Math.LN2) < 1e-9);
    for (const x of [0.7, 3, 12, 1e6]) assert.ok(Math.abs(digamma(x + 1) - digamma(x) - 1 / x) < 1e-9);
  });

  it("pruning keeps characters, drops what is never used, and keeps the most missed", () => {
    const words = listWords([
      ["abab", 50],
      ["cc", 2],
      ["c", 1],
    ]);
    const pieces = { texts: ["a", "b", "c", "ab", "cc", "ba"], scores: [-3, -3, -3, -1.5, -5, -5] };
    // "ba" is in no best cut; "ab" saves 100 tokens, "cc" 2.
    assert.deepEqual(prune(pieces, words, 6).texts, ["a", "b", "c", "ab", "cc"]);
    assert.deepEqual(prune(pieces, words, 4).texts, ["a", "b", "c", "ab"]);
  });
});

describe("Unigram training: whole", () => {
  it("gives the models that sentencepiece was asked about", () => {
    const { ours } = golden<{ ours: { name: string; model: UnigramModel }[] }>("unigram");
    const now = new Map(Object.entries(trainOurs()));
    for (const { name, model } of ours) assert.deepEqual(now.get(name)?.tokens, model.tokens, name);
  });

  it("gives the number of tokens that was asked for, and probabilities", () => {
    const model = trainUnigram([corpora.tinyshakespeare().slice(0, 100_000)], { vocabSize: 700 });
    assert.equal(model.tokens.length, 700);
    assert.deepEqual(model.tokens.slice(0, 3), ["<unk>", "<s>", "</s>"]);
    const sum = model.scores.slice(3).reduce((total, score) => total + Math.exp(score), 0);
    assert.ok(sum > 0.8 && sum <= 1.01, `probabilities sum to ${sum}`);
    const tokenizer = unigramTokenizer(model);
    const text = "First Citizen:\nBefore we proceed any further, hear me speak.";
    assert.equal(tokenizer.decode(tokenizer.encode(text)), text, "a newline is a piece");
  });

  it("compresses at least as well as sentencepiece's own training (its golden model, same text and size)", () => {
    const { cases } = golden<{ cases: { model: UnigramModel }[] }>("unigram");
    const lines = corpora.tinyshakespeare().slice(0, 400_000).split("\n");
    const count = (model: UnigramModel) => {
      const tokenizer = unigramTokenizer(model);
      return lines.reduce((sum, line) => sum + tokenizer.encode(line).length, 0);
    };
    const [theirs, ours] = [count(cases[0].model), count(trainUnigram(lines, { vocabSize: 1500 }))];
    assert.ok(ours <= 1.01 * theirs, `${ours} tokens, sentencepiece ${theirs}`);
  });

  it("refuses a vocabulary without room, and says how much it needs", () => {
    assert.throws(
      () => trainUnigram(["abc"], { vocabSize: 5 }),
      /vocabSize 5 is too small: 3 .* 4 characters/,
    );
    assert.throws(() => trainUnigram(["abc"], { vocabSize: 200, byteFallback: true }), /259 special tokens/);
  });

  it("an empty text gives special tokens only when there is room for nothing else", () => {
    const model = trainUnigram(["", " "], { vocabSize: 10 });
    assert.deepEqual(model.tokens, ["<unk>", "<s>", "</s>"]);
    assert.deepEqual(unigramTokenizer(model).encode("a b"), [0]);
  });
});
