import assert from "node:assert/strict";
import fc from "fast-check";
import { bertFrame, fit, leadOf } from "../../src/prompt/fit";
import type { FitOptions } from "../../src/prompt/fit";
import { fixed, mask, plainText, render, shortenable, template } from "../../src/prompt/template";
import type { Part } from "../../src/prompt/template";
import { loadGpt2, loadMiniLM } from "../../src/text/node";

describe("prompt/fit", () => {
  const gpt2 = loadGpt2();
  const minilm = loadMiniLM();
  const bert = bertFrame(minilm);
  const tokens = (ids: readonly number[]): string[] => ids.map((id) => gpt2.token(id));

  const review = (text: string): Part[] =>
    render(template("Review: {text:shorten}\nSentiment: {mask}"), { text });

  it("a prompt for a causal model: what stands before the mask, without the spaces of the answer", () => {
    const all = fit(review("a b c d e"), gpt2, 11);
    assert.deepEqual(tokens(all.ids), [
      "Review",
      ":",
      " a",
      " b",
      " c",
      " d",
      " e",
      "\n",
      "Sent",
      "iment",
      ":",
    ]);
    assert.deepEqual({ ...all, ids: [] }, { ids: [], mask: undefined, lead: " ", cuts: [] });
  });

  it("cuts a text from its end, or its start, and says what is gone", () => {
    const end = fit(review("a b c d e"), gpt2, 9);
    assert.equal(gpt2.decode(end.ids), "Review: a b c\nSentiment:");
    assert.deepEqual(end.cuts, [{ part: 1, slot: "text", text: " d e", tokens: 2 }]);
    const start = fit(review("a b c d e"), gpt2, 9, { cutFrom: "start" });
    assert.equal(gpt2.decode(start.ids), "Review: c d e\nSentiment:");
    assert.deepEqual(start.cuts, [{ part: 1, slot: "text", text: "a b ", tokens: 2 }]);
    // A text that begins with a space keeps one.
    const spaced = fit([fixed("Text:"), shortenable(" a b c"), fixed(" |")], gpt2, 5, { cutFrom: "start" });
    assert.equal(gpt2.decode(spaced.ids), "Text: b c |");
    // What counts is the whole: " unbelievable" is one token, the word alone four.
    assert.deepEqual(fit(review("unbelievable"), gpt2, 7).cuts, []);
    assert.equal(gpt2.decode(fit([fixed("a"), shortenable("b c")], gpt2, 1).ids), "ab");
  });

  it("cuts the longest part first, of equally long ones the last", () => {
    const parts = [shortenable("a b c d e f"), fixed(" |"), shortenable(" u v w"), fixed(" |")];
    const left = (room: number): string => gpt2.decode(fit(parts, gpt2, room).ids);
    assert.equal(left(11), "a b c d e f | u v w |");
    assert.equal(left(9), "a b c d | u v w |");
    assert.equal(left(8), "a b c | u v w |");
    assert.equal(left(7), "a b c | u v |");
    assert.equal(left(6), "a b | u v |");
    assert.equal(left(3), "a | |");
    assert.equal(left(2), " | |");
    assert.deepEqual(
      fit(parts, gpt2, 7).cuts.map(({ part, text }) => [part, text]),
      [[0, " d e f"], [2, " w"]], // prettier-ignore
    );
  });

  it("joints are encoded as one text: tokens cross from part to part", () => {
    const ids = fit([fixed("so gre"), shortenable("at"), fixed(" fun")], gpt2, 9).ids;
    assert.deepEqual(ids, gpt2.encode("so great fun"));
    assert.notDeepEqual(
      ids,
      ["so gre", "at", " fun"].flatMap((text) => gpt2.encode(text)),
    );
  });

  it("prompt and answer are the tokens of the whole text, also after line ends and spaces", () => {
    for (const before of [
      "Sentiment:",
      "It was",
      "Answer:\n",
      "Answer:\n\n",
      "a\n\n\n",
      "a\t",
      "(",
      "x = 3,",
    ])
      for (const spaces of ["", " ", "  "]) {
        if (/\w$/.test(before) && spaces === "") continue;
        const { ids, lead } = fit([fixed(before + spaces), mask], gpt2, 20);
        assert.equal(lead, spaces);
        assert.deepEqual([...ids, ...gpt2.encode(`${lead}great`)], gpt2.encode(`${before}${spaces}great`));
      }
  });

  it("the spaces before the answer are the pattern's, whatever the example ends with", () => {
    const lead = (source: string, text: string): string => leadOf(render(template(source), { text }));
    assert.equal(lead("{text} {mask}", "x"), " ");
    assert.equal(lead("{text} {mask}", "x   "), " ");
    assert.equal(lead("{text:shorten} {mask}", "   "), " ");
    assert.equal(lead("{text}{mask}", "The answer is "), " ");
    assert.equal(lead("{mask} {text}", "x"), "");
    assert.equal(lead("{text} {special:<s>}{mask}", "x"), "");
    assert.equal(lead("{text}: ", "x"), " ");
    const { ids } = fit(render(template("{text} {mask}"), { text: "x   " }), gpt2, 20);
    assert.deepEqual(ids, gpt2.encode("x"));
  });

  it("a masked model: the frame takes room, the mask has a place, and a typed [MASK] is text", () => {
    const parts = render(template("{text:shorten} It was {mask}."), { text: "[MASK] one two three" });
    const all = fit(parts, minilm, 50, bert);
    assert.equal(minilm.decode(all.ids), "[CLS] [ mask ] one two three it was [MASK]. [SEP]");
    assert.equal(all.ids[all.mask!], minilm.special["[MASK]"]);
    assert.equal(all.ids.filter((id) => id === bert.mask).length, 1);
    const cut = fit(parts, minilm, 9, bert);
    assert.equal(minilm.decode(cut.ids), "[CLS] [ mask ] it was [MASK]. [SEP]");
    assert.equal(cut.mask, 6);
    assert.deepEqual(cut.cuts, [{ part: 0, slot: "text", text: " one two three", tokens: 3 }]);
    const first = fit([mask, fixed(" news: "), shortenable("x")], minilm, 9, bert);
    assert.equal(first.mask, 1);
  });

  it("special tokens of a pattern are tokens, and stay; typed ones are text", () => {
    const parts = [fixed("a "), { special: "<|endoftext|>" }, shortenable("<|endoftext|> b"), mask];
    const { ids } = fit(parts, gpt2, 30);
    assert.deepEqual(ids, [...gpt2.encode("a "), 50256, ...gpt2.encode("<|endoftext|> b")]);
    assert.deepEqual(fit(parts, gpt2, 3).ids, [...gpt2.encode("a "), 50256]);
  });

  // What the words are does not matter, but that some of them are several tokens, and some characters too.
  const piece = fc.constantFrom(
    " the",
    " unbelievable",
    "ing",
    "\n",
    "\n\n",
    "  ",
    " 学校",
    "😀",
    "n't",
    "1234",
    "é",
    ".",
    " x",
  );
  const anyText = fc.array(piece, { maxLength: 12 }).map((all) => all.join(""));
  const anyParts = fc.array(fc.record({ text: anyText, shortenable: fc.boolean() }), {
    minLength: 1,
    maxLength: 5,
  });
  const anyCut = fc.constantFrom("end" as const, "start" as const);

  it("fits whatever the room, loses nothing of the pattern, and only an end of each text", () => {
    fc.assert(
      fc.property(anyParts, fc.nat(40), anyCut, (parts, more, cutFrom) => {
        const pattern = parts.map((part) => (part.shortenable ? { ...part, text: "" } : part));
        // White space at its end is read as before the answer, whose spaces the whole decides: a token or two.
        const alone = fit(pattern, gpt2, 1000).ids.length;
        const room = alone + more + 3;
        const { ids, cuts } = fit(parts, gpt2, room, { cutFrom });
        assert.ok(ids.length <= room);
        const kept = parts.map(({ text }, i) => {
          const cut = cuts.find(({ part }) => part === i);
          if (cut === undefined) return text;
          assert.ok(parts[i]!.shortenable && cut.text !== "");
          assert.ok(cutFrom === "end" ? text.endsWith(cut.text) : text.startsWith(cut.text));
          return cutFrom === "end" ? text.slice(0, -cut.text.length) : text.slice(cut.text.length);
        });
        assert.equal(gpt2.decode(ids), kept.join("").replace(/ +$/, ""));
        const whole = fit(parts, gpt2, 1000).ids.length;
        assert.equal(cuts.length > 0, whole > room);
      }),
    );
  });

  it("leaves no room unused where a token less is a token less", () => {
    const words = fc.array(fc.constantFrom(" the", " a", " unbelievable", " tokenization"), { minLength: 1, maxLength: 20 }); // prettier-ignore
    fc.assert(
      fc.property(words, words, fc.integer({ min: 3, max: 60 }), (a, b, room) => {
        const parts = [shortenable(a.join("")), fixed(" |"), shortenable(b.join("")), fixed(" |")];
        const whole = gpt2.encode(plainText(parts)).length;
        assert.equal(fit(parts, gpt2, room).ids.length, Math.min(room, whole));
      }),
    );
  });

  it("a cut masked prompt still has its frame, its mask and its pattern", () => {
    fc.assert(
      fc.property(anyText, anyText, fc.integer({ min: 7, max: 30 }), (a, b, room) => {
        const parts = render(template("{a:shorten} | {mask} | {b:shorten}"), { a, b });
        const { ids, mask: at } = fit(parts, minilm, room, bert);
        assert.ok(ids.length <= room);
        assert.equal(ids[0], bert.before[0]);
        assert.equal(ids.at(-1), bert.after[0]);
        assert.equal(minilm.decode(ids.slice(at! - 1, at! + 2)), "| [MASK] |");
      }),
    );
  });

  it("is quick with long and odd texts", function () {
    this.timeout(30_000); // quadratic, it would take minutes
    for (const text of [" ".repeat(200_000), "word ".repeat(40_000), "\n".repeat(100_000)]) {
      const { ids } = fit(review(text), gpt2, 100);
      assert.ok(ids.length <= 100 && gpt2.decode(ids).endsWith("Sentiment:"));
    }
  });

  it("says what does not fit, in numbers, and what to do", () => {
    const causal: [readonly Part[], number, FitOptions, RegExp][] = [
      [review("a b c"), 5, { name: "The prompt of example 3" }, /^The prompt of example 3 needs 7 tokens for the pattern alone \(9 with all\), and there is room for 5\. Cure: a shorter pattern/],
      [[fixed("a b c")], 2, {}, /needs 3 tokens .* room for 2\. No part may be cut\. Cure: mark one, as \{text:shorten\}/],
      [review("a"), 0, {}, /room is 0/],
      [review("a"), 1.5, {}, /room is 1.5/],
      [[mask, fixed(" is it")], 9, {}, /after the mask comes " is it", but a causal model/],
      [[mask, { special: "<s>" }], 9, {}, /after the mask comes \{"special":"<s>"\}/],
      [[mask, fixed("a"), mask], 9, { mask: 1 }, /has 2 masks: one is meant/],
      [[fixed("a")], 9, { mask: 1 }, /has no mask, and a masked language model answers there/],
      [[{ special: "[MASK]" }], 9, {}, /bpe tokenizer has no special token "\[MASK\]"\. It has: <\|endoftext\|>/],
    ]; // prettier-ignore
    for (const [parts, room, options, message] of causal)
      assert.throws(
        () => fit(parts, gpt2, room, options),
        (error) => error instanceof RangeError && message.test(error.message),
        String(message),
      );
    assert.throws(() => bertFrame(gpt2), /no special token "\[CLS\]"/);
  });
});
