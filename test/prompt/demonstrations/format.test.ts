import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../../src/engine";
import { corruptLabels, formatDemonstrations, relabel } from "../../../src/prompt/demonstrations";

const examples = [
  { text: "Good.", label: "yes" },
  { text: "Bad.", label: "no" },
  { text: "Fine.", label: "yes" },
];
const labels = ["yes", "no", "maybe"];
const show = ({ text, label }: { readonly text: string; readonly label?: string }): string =>
  label === undefined ? text : `${text} -> ${label}`;
const many = Array.from({ length: 900 }, (_, i) => ({ text: `${i}`, label: labels[i % 3]! }));

describe("prompt/demonstrations: format", () => {
  it("each followed by the separator; no demonstrations, no text", () => {
    assert.equal(formatDemonstrations(examples, show), "Good. -> yes\n\nBad. -> no\n\nFine. -> yes\n\n");
    assert.equal(
      formatDemonstrations(examples.slice(0, 2), ({ text }) => text, " | "),
      "Good. | Bad. | ",
    );
    assert.equal(formatDemonstrations([], show) + "Question", "Question");
    assert.throws(() => formatDemonstrations(examples, ({ label }) => (label === "no" ? "" : label)), /example 1 has no text/); // prettier-ignore
  });

  it("gold labels stay, none goes, in copies", () => {
    assert.deepEqual(relabel(examples, "gold", labels, makeRng(0)), examples);
    const none = relabel(examples, "none", [], makeRng(0));
    assert.deepEqual(none, [{ text: "Good." }, { text: "Bad." }, { text: "Fine." }]);
    assert.equal(formatDemonstrations(none, show, "\n"), "Good.\nBad.\nFine.\n");
    assert.equal(examples[0]!.label, "yes");
  });

  it("random labels: each as often, whatever the gold one; by the seed; texts stay", () => {
    const mixed = relabel(many, "random", labels, makeRng(4));
    assert.deepEqual(mixed.map(({ text }) => text), many.map(({ text }) => text)); // prettier-ignore
    const counts = labels.flatMap((gold) =>
      labels.map(
        (label) => mixed.filter((each, i) => each.label === label && many[i]!.label === gold).length,
      ),
    );
    const chi2 = counts.reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0);
    assert.ok(
      chi2 < 22.5,
      `chi-square ${chi2} of ${counts.join()}: above 22.5 once in a thousand (6 degrees)`,
    );
    assert.deepEqual(relabel(many, "random", labels, makeRng(4)), mixed);
    assert.notDeepEqual(relabel(many, "random", labels, makeRng(5)), mixed);
    assert.throws(() => relabel(examples, "random", [], makeRng(0)), /no labels to draw from/);
  });

  it("a share of wrong labels: exactly so many, never the gold one, nested", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(),
        (a, b, seed) => {
          // prettier-ignore
          const wrongAt = (share: number): number[] =>
          corruptLabels(many.slice(0, 50), share, labels, makeRng(seed)).flatMap(({ label, text }, i) => {
            assert.ok(labels.includes(label) && text === many[i]!.text);
            return label === many[i]!.label ? [] : [i];
          });
          const [less, more] = [wrongAt(Math.min(a, b)), wrongAt(Math.max(a, b))];
          assert.equal(less.length, Math.round(50 * Math.min(a, b)));
          assert.ok(less.every((i) => more.includes(i)));
        },
      ),
      { numRuns: 50 },
    );
    const others = corruptLabels(many, 1, labels, makeRng(1)).filter(
      ({ label }, i) => label === labels[(i + 1) % 3],
    );
    assert.ok(Math.abs(others.length / 900 - 0.5) < 0.06, "both wrong labels come as often");
  });

  it("bad input names the field", () => {
    for (const share of [-0.1, 1.1, NaN])
      assert.throws(() => corruptLabels(examples, share, labels, makeRng(0)), /share must be from 0 to 1/);
    assert.throws(
      () => corruptLabels(examples.slice(0, 1), 1, ["yes"], makeRng(0)),
      /no label other than "yes"/,
    );
  });
});
