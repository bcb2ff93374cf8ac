import assert from "node:assert/strict";
import { pattern } from "../../src/prompt/pattern";
import type { Pattern } from "../../src/prompt/pattern";
import { fixed, mask, plainText, shortenable, template } from "../../src/prompt/template";
import { manual } from "../../src/prompt/verbalizers/manual";

describe("prompt/pattern", () => {
  const sentiment = manual({ positive: "great", negative: ["terrible", "bad"] });

  it("is a template and a verbalizer: slots take the example's fields, others are not looked at", () => {
    const pvp = pattern<{ text: string; label: string; stars: number }>(
      "{text:shorten} It was {mask}.",
      sentiment,
    );
    const parts = pvp.parts({ text: "Fun!", label: "positive", stars: 5 });
    assert.equal(plainText(parts), "Fun! It was [MASK].");
    assert.deepEqual(pvp.verbalize("negative"), ["terrible", "bad"]);
    assert.throws(() => pvp.verbalize("neutral"), /no label "neutral"/);
  });

  it("takes the texts that a function gives, and a template that was read before", () => {
    const read = template("{a}? {mask}, {b}");
    const pvp = pattern<readonly [string, string]>(read, sentiment, ([a, b]) => ({ a, b }));
    assert.equal(plainText(pvp.parts(["x", "y"])), "x? [MASK], y");
  });

  it("names what an example lacks", () => {
    const pvp = pattern<object>("{text} {mask}", sentiment);
    assert.throws(() => pvp.parts({ texts: "a" }), /slot \{text\} .* has no text/);
    assert.throws(() => pvp.parts({ text: 3 }), /slot \{text\} .* has no text, but a number/);
    assert.throws(() => pattern("{text", sentiment), /line 1, column 1/);
  });

  it("any two functions are one", () => {
    const news: Pattern<{ head: string; body: string }> = {
      parts: ({ head, body }) => [mask, fixed(" news: "), fixed(head), shortenable(` ${body}`)],
      verbalize: (label) => [label.toLowerCase()],
    };
    assert.equal(plainText(news.parts({ head: "Cup", body: "won" })), "[MASK] news: Cup won");
    assert.deepEqual(news.verbalize("Sports"), ["sports"]);
  });
});
