import assert from "node:assert/strict";
import fc from "fast-check";
import { filled, fixed, mask, plainText, render, shortenable, template } from "../../src/prompt/template";
import type { Part, Slot } from "../../src/prompt/template";

describe("prompt/template", () => {
  it("reads literals, slots, slots to be shortened, special tokens and the mask", () => {
    const read = template("{special:<|a|>}Review: {text:shorten} by {name}, {name}\nSentiment: {mask}.");
    assert.deepEqual(read.parts, [
      { special: "<|a|>" },
      { text: "Review: ", shortenable: false },
      { slot: "text", shortenable: true },
      { text: " by ", shortenable: false },
      { slot: "name", shortenable: false },
      { text: ", ", shortenable: false },
      { slot: "name", shortenable: false },
      { text: "\nSentiment: ", shortenable: false },
      { mask: true },
      { text: ".", shortenable: false },
    ]);
    assert.deepEqual(read.slots, ["text", "name"]);
    assert.deepEqual(template("").parts, []);
  });

  it("fills slots with text that stays text", () => {
    const parts = render(template("{{{text:shorten}}} is {mask}"), { text: "{mask} {other} }}" });
    assert.deepEqual(parts, [
      fixed("{"),
      { text: "{mask} {other} }}", shortenable: true, slot: "text" },
      fixed("} is "),
      mask,
    ]);
    assert.equal(plainText(parts), "{{mask} {other} }}} is [MASK]");
    assert.equal(plainText(parts, "___"), "{{mask} {other} }}} is ___");
    assert.equal(plainText(filled(parts, "great")), "{{mask} {other} }}} is great");
    assert.deepEqual(filled([shortenable("a"), mask, { special: "<s>" }], "b"), [
      shortenable("a"),
      fixed("b"),
      { special: "<s>" },
    ]);
    assert.equal(plainText([{ special: "<s>" }, fixed("a")]), "<s>a");
  });

  it("says what is wrong, and where", () => {
    const wrong: [string, RegExp][] = [
      ["Review: {text", /line 1, column 9: a "\{" without its "\}"/],
      ["one\ntwo } three", /line 2, column 5: a "\}" without its "\{"\. Cure: write "\}\}"/],
      ["{text}}", /line 1, column 7: a "\}"/],
      ["𝔸{", /column 2/],
      ["{}", /\{\} is no slot/],
      ["{a b}", /\{a b\} is no slot: a name of letters, digits and _ is meant/],
      ["{1st}", /is no slot/],
      ["{te{xt}", /\{te\{xt\} is no slot/],
      ["{text:cut}", /\{text:cut\} is not known: there are \{name\}, \{name:shorten\}/],
      ["{text:}", /\{text:\} is not known/],
      ["{mask:shorten}", /\{mask:shorten\} is not known/],
      ["{special:}", /\{special:\} is not known/],
      ["{special}", /\{special\} is not known/],
      ["{mask}\n{mask}", /line 2, column 1: a second \{mask\}: one is meant/],
    ];
    for (const [source, message] of wrong)
      assert.throws(
        () => template(source),
        (error) => error instanceof RangeError && message.test(error.message),
        source,
      );
  });

  it("wants a text for each slot, and a slot for each text", () => {
    const two = template("{a} and {constructor}");
    assert.equal(plainText(render(two, { a: "x", constructor: "y" })), "x and y");
    assert.throws(() => render(two, { a: "x" }), /slot \{constructor\} of the template "\{a\} and .* has no text\. Given are: \{a\}/); // prettier-ignore
    assert.throws(() => render(two, { a: "x", constructor: "y", b: "z" }), /has no slot \{b\}. It has: \{a\}, \{constructor\}/); // prettier-ignore
    assert.throws(() => render(template("none"), { b: "z" }), /has no slot \{b\}. It has: none/);
    const number = { a: 3, constructor: "y" } as unknown as Record<string, string>;
    assert.throws(() => render(two, number), /slot \{a\} .* has no text, but a number/);
    assert.throws(() => filled([fixed("a")], "b"), /no mask to fill with "b"/);
  });

  it("any text can be a literal, with its braces doubled", () => {
    const literal = fc.string({
      unit: fc.constantFrom("{", "}", "a", " ", "\n", ":", "語", "😀"),
      minLength: 1,
    });
    const slot = fc.record({ slot: fc.constantFrom("text", "a_1", "名"), shortenable: fc.boolean() });
    const escaped = (text: string): string => text.replace(/[{}]/g, "$&$&");
    fc.assert(
      fc.property(fc.array(fc.tuple(literal, slot)), fc.boolean(), (pairs, withMask) => {
        const wanted: (Part | Slot)[] = pairs.flatMap(([text, each]) => [fixed(text), { ...each }]);
        const source = pairs.map(
          ([text, each]) => `${escaped(text)}{${each.slot}${each.shortenable ? ":shorten" : ""}}`,
        );
        if (withMask) wanted.unshift(mask);
        assert.deepEqual(template((withMask ? "{mask}" : "") + source.join("")).parts, wanted);
      }),
    );
  });
});
