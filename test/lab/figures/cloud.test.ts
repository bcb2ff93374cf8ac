import assert from "node:assert/strict";
import { angleFigure, cloudFigure } from "../../../src/lab/browser";

const one = { name: "group", points: [{ label: "a", x: 1, y: 2, z: 3 }] };

describe("cloud and angle", () => {
  it("a line must end at a point, and a point must have a place", () => {
    assert.throws(() => cloudFigure([one], { title: "t", lines: [["a", "b"]] }), /"b", which is no point/);
    const odd = { name: "x", points: [{ label: "lost", x: NaN, y: 0, z: 0 }] };
    assert.throws(() => cloudFigure([odd], { title: "t" }), /"lost" is not finite/);
  });
  it("a single point and no point at all are drawn", () => {
    assert.match(cloudFigure([one], { title: "t" }).text, /a \(1, 2, 3\)/);
    assert.match(cloudFigure([], { title: "t" }).html ?? "", /tl-cloud/);
  });
  it("says angle, cosine and dot product", () => {
    assert.match(
      angleFigure({ degrees: 60, length: 2 }).text,
      /angle 60°, cosine 0.5, lengths 1 and 2, dot product 1$/,
    );
    assert.match(angleFigure({ degrees: 90 }).text, /cosine 0, .*dot product 0/);
  });
});
