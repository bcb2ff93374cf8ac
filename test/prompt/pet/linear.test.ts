import assert from "node:assert/strict";
import fc from "fast-check";
import { linearScores, trainLinear } from "../../../src/prompt";
import type { LinearScores } from "../../../src/prompt";

const start: LinearScores = { weight: [[0, 0], [0, 0]], bias: [0, 0] }; // prettier-ignore

describe("linear scores of states", () => {
  it("by hand: W h + b", () => {
    assert.deepEqual(linearScores({ weight: [[1, 2], [0, -1]], bias: [0.5, 0] }, [[3, 1]]), [[5.5, -1]]); // prettier-ignore
  });

  it("by hand: one step from nothing", () => {
    // Centred states are +-1 along the first axis, their mean square 1, p = 1/2: a step of rate 2 on the mean moves by 2 (1/2).
    const states = [[6, 5], [4, 5]]; // prettier-ignore
    const { weight, bias } = trainLinear(start, states, [[1, 0], [0, 1]], { steps: 1, learningRate: 2 }); // prettier-ignore
    assert.deepEqual(weight, [[1, 0], [-1, 0]]); // prettier-ignore
    assert.deepEqual(bias, [-5, 5], "no label is preferred at the mean of the states");
  });

  it("without a step the scores stay, whatever they begin with, and the start is left alone", () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const rows = fc.array(fc.array(number, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 2 });
    fc.assert(
      fc.property(rows, rows, (weight, states) => {
        const begin = { weight, bias: [1, -1] };
        const copy = structuredClone(begin);
        const after = trainLinear(begin, states, [[1, 0], [0, 1]], { steps: 0, learningRate: 1 }); // prettier-ignore
        const [a, b] = [linearScores(begin, states).flat(), linearScores(after, states).flat()];
        a.forEach((score, i) => assert.ok(Math.abs(score - b[i]!) < 1e-9));
        trainLinear(begin, states, [[1, 0], [0, 1]], { steps: 3, learningRate: 1 }); // prettier-ignore
        assert.deepEqual(begin, copy);
      }),
    );
  });

  it("keeps what it began with in directions that no labelled state has, and learns in the others", () => {
    const begin = { weight: [[0, 0, 7], [0, 0, -7]], bias: [0, 0] }; // prettier-ignore
    const states = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]; // prettier-ignore
    const targets = [[1, 0], [0, 1], [1, 0], [0, 1]]; // prettier-ignore
    const after = trainLinear(begin, states, targets, { steps: 200, learningRate: 2 });
    assert.deepEqual(after.weight.map((row) => row[2]), [7, -7]); // prettier-ignore
    const right = linearScores(after, states).map((row) => (row[0]! > row[1]! ? 0 : 1));
    assert.deepEqual(right, [0, 1, 0, 1]);
    assert.deepEqual(linearScores(after, [[0, 0, 1]])[0]!.map(Math.round), [7, -7]); // prettier-ignore
  });

  it("refuses what does not pair", () => {
    const options = { steps: 1, learningRate: 1 };
    assert.throws(() => trainLinear(start, [], [], options), /0 states/);
    assert.throws(() => trainLinear(start, [[1, 2]], [], options), /1 states, but targets for 0/);
  });
});
