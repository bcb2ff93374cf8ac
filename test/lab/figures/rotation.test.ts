import assert from "node:assert/strict";
import { rotationFigure } from "../../../src/lab/browser";

describe("rotation", () => {
  const [q, k] = [
    [1, 0, 1, 0],
    [0, 1, 1, 1],
  ];

  it("says positions, distance and score, and how fast each pair turns", () => {
    const { text } = rotationFigure({ q, k, positions: [5, 3], base: 100 });
    const score = [1, 0.1].reduce((sum, speed, i) => {
      const by = -2 * speed; // the key turned by the distance
      return sum + k[2 * i]! * Math.cos(by) - k[2 * i + 1]! * Math.sin(by);
    }, 0);
    assert.match(text, new RegExp(`query at 5, key at 3, distance −2, score ${score.toFixed(3)}`));
    assert.match(text, /pair 0 turns 57.3° a place\npair 1 turns 5.73° a place/);
  });

  it("the score at the start depends on the distance alone", () => {
    const score = (m: number, n: number): string =>
      /, score (.*)/.exec(rotationFigure({ q, k, positions: [m, n] }).text)![1]!;
    assert.equal(score(2, 9), score(30, 37));
    assert.notEqual(score(2, 9), score(2, 10));
  });

  it("refuses what are no pairs", () => {
    assert.throws(() => rotationFigure({ q: [1, 2, 3], k: [1, 2, 3] }), /q has 3 numbers and k has 3/);
    assert.throws(() => rotationFigure({ q: [1, 2], k: [1] }), /k has 1/);
  });
});
