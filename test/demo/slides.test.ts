import assert from "node:assert/strict";
import fc from "fast-check";
import { cut, type Piece } from "../../src/demo/page/slides/cut";
import { clock, makeTimer } from "../../src/demo/page/slides/timer";

describe("slides", () => {
  const heights = (slides: readonly (readonly Piece[])[]): number[][] => slides.map((slide) => slide.map(({ height }) => height)); // prettier-ignore

  it("as many pieces as fit, with the gaps between them", () => {
    const pieces = [40, 40, 10, 50].map((height) => ({ height }));
    assert.deepEqual(heights(cut(pieces, 100, 10)), [[40, 40], [10, 50]]); // prettier-ignore
    assert.deepEqual(heights(cut(pieces, 101, 0)), [[40, 40, 10], [50]]); // prettier-ignore
    assert.deepEqual(cut([], 100, 10), []);
  });

  it("a smaller heading begins a slide, and what leads goes with what it leads to", () => {
    const heading = { height: 20, begins: true, leads: true };
    const text = { height: 30 };
    assert.deepEqual(cut([text, heading, text], 100, 0), [[text], [heading, text]]);
    assert.deepEqual(cut([heading, heading, text], 100, 0), [[heading, heading, text]]);
    const colon = { height: 30, leads: true };
    const figure = { height: 60 };
    assert.deepEqual(cut([text, colon, figure], 100, 0), [[text], [colon, figure]]);
    // Together they would not fit either: the leading line stays where it was.
    const large = { height: 90 };
    assert.deepEqual(cut([text, colon, large], 100, 0), [[text, colon], [large]]);
  });

  it("a figure gives way to its text, down to its least height, and one a slide alone", () => {
    const text = { height: 30 };
    const figure = { height: 90, least: 60 };
    assert.deepEqual(cut([text, figure], 100, 10), [[text, figure]]);
    assert.deepEqual(cut([text, figure], 99, 10), [[text], [figure]]);
    assert.deepEqual(cut([figure, figure], 140, 0), [[figure], [figure]]);
  });

  it("loses nothing, keeps the order, and overflows only where one piece does", () => {
    const piece = fc.record({
      height: fc.integer({ min: 1, max: 150 }),
      begins: fc.boolean(),
      leads: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const slides = cut(pieces, 100, 5);
        assert.deepEqual(slides.flat(), pieces);
        for (const slide of slides) {
          assert.ok(slide.length > 0);
          const height = slide.reduce((sum, one) => sum + one.height, 5 * (slide.length - 1));
          assert.ok(height <= 100 || slide.length === 1, `${height} px`);
        }
      }),
    );
  });

  it("the timer counts sections, and nothing while it pauses", () => {
    let kept: string | null = "not JSON";
    let now = 0;
    const store = { read: () => kept, write: (text: string) => void (kept = text) };
    const timer = makeTimer(store, () => now);
    const pass = (seconds: number, section: string): void => {
      now += seconds * 1000;
      timer.tick(section);
    };
    pass(60, "a");
    pass(15, "b");
    timer.toggle();
    pass(100, "b");
    timer.toggle();
    now += 50_000;
    timer.resume();
    pass(5, "b");
    assert.deepEqual([timer.elapsed, timer.of("a"), timer.of("b")], [80, 60, 20]);
    assert.equal(makeTimer(store, () => now).elapsed, 80, "a reloaded page goes on");
    timer.reset();
    assert.equal(timer.elapsed, 0);
    assert.deepEqual([0, 75, 3600, 3725].map(clock), ["0:00", "1:15", "1:00:00", "1:02:05"]);
  });
});
