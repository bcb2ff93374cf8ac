import assert from "node:assert/strict";
import fc from "fast-check";
import { stopFilter } from "../../src/generate";

/** Pieces through a filter. */
function filtered(
  strings: readonly string[],
  pieces: readonly string[],
): { texts: string[]; stopped: boolean } {
  const filter = stopFilter(strings);
  const texts: string[] = [];
  for (const piece of pieces) {
    const { text, stopped } = filter.push(piece);
    texts.push(text);
    if (stopped) return { texts, stopped };
  }
  return { texts: [...texts, filter.end()], stopped: false };
}

describe("generate/stop", () => {
  it("cuts before a string that comes in pieces, and holds back what could begin it", () => {
    assert.deepEqual(filtered(["\nUser:"], ["Hi", "!\n", "Us", "er", ": no"]), {
      texts: ["Hi", "!", "", "", ""],
      stopped: true,
    });
    assert.deepEqual(filtered(["\nUser:"], ["a\nUs", "ual", "\n"]).texts, ["a", "\nUsual", "", "\n"]);
    assert.deepEqual(filtered(["aab"], ["aa", "ab!"]).texts, ["", "a"]);
  });

  it("after the end nothing comes; an empty string is an error", () => {
    const filter = stopFilter(["x"]);
    assert.deepEqual(filter.push("ax"), { text: "a", stopped: true });
    assert.deepEqual(filter.push("more"), { text: "", stopped: true });
    assert.equal(filter.end(), "");
    assert.throws(() => stopFilter(["x", ""]), /A stop string is empty/);
  });

  it("of several strings the first to be complete, and of those at one place the longest", () => {
    assert.deepEqual(filtered(["abcd", "bc"], ["abcd"]), { texts: ["a"], stopped: true });
    assert.deepEqual(filtered(["c", "bc"], ["abcd"]), { texts: ["a"], stopped: true });
  });

  it("gives the same text however it is cut in pieces, and holds back no more than it must", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 24 });
    const strings = fc.array(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 4 }), { maxLength: 3 }); // prettier-ignore
    fc.assert(
      fc.property(letters, strings, fc.array(fc.nat(24)), (text, stops, cuts) => {
        const places = [0, ...cuts.filter((at) => at < text.length).sort((a, b) => a - b), text.length];
        const pieces = places.slice(1).map((end, i) => text.slice(places[i], end));
        // The plain rule: the shortest beginning of the text that ends with a stop string, without the longest such.
        const end = [...Array(text.length + 1).keys()].find((n) =>
          stops.some((s) => text.slice(0, n).endsWith(s)),
        );
        const cut =
          end === undefined
            ? text
            : text.slice(
                0,
                end - Math.max(...stops.filter((s) => text.slice(0, end).endsWith(s)).map((s) => s.length)),
              );
        const { texts, stopped } = filtered(stops, pieces);
        assert.equal(stopped, end !== undefined);
        assert.equal(texts.join(""), cut);
        const filter = stopFilter(stops);
        let [given, read] = ["", ""];
        for (const piece of pieces) {
          const { text: more, stopped: over } = filter.push(piece);
          [given, read] = [given + more, read + piece];
          const held = read.slice(given.length);
          assert.ok(over || held === "" || stops.some((s) => s.startsWith(held)), `${held} is held back`);
          if (over) break;
        }
      }),
    );
  });
});
