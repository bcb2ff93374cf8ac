import assert from "node:assert/strict";
import fc from "fast-check";
import { prototypeProbabilities, prototypes } from "../../../src/prompt/verbalizers/prototypes";

const close = (got: readonly number[], wanted: readonly number[], tolerance = 1e-9): void => {
  assert.equal(got.length, wanted.length);
  got.forEach((value, i) => assert.ok(Math.abs(value - wanted[i]!) <= tolerance, `[${got.join()}], wanted [${wanted.join()}]`)); // prettier-ignore
};

describe("prompt/verbalizers/prototypes", () => {
  it("means and nearness by hand", () => {
    const found = prototypes([[1, 0], [0, 2], Float32Array.of(3, 0)], ["x", "y", "x"]); // prettier-ignore
    assert.deepEqual(found, { labels: ["x", "y"], vectors: [[2, 0], [0, 2]], centre: [0, 0] }); // prettier-ignore
    // Cosines of [1, 1] are equal; of [5, 0] they are 1 and 0.
    close(prototypeProbabilities(found, [1, 1]), [0.5, 0.5]);
    const e = Math.E;
    close(prototypeProbabilities(found, [5, 0]), [e / (e + 1), 1 / (e + 1)]);
    close(prototypeProbabilities(found, [5, 0], { temperature: 0.5 }), [
      e ** 2 / (e ** 2 + 1),
      1 / (e ** 2 + 1),
    ]);
    // Squared distances of [1, 0]: 1 and 5.
    close(prototypeProbabilities(found, [1, 0], { by: "euclidean" }), [1 / (1 + e ** -4), e ** -4 / (1 + e ** -4)]); // prettier-ignore
  });

  const number = fc.integer({ min: -9000, max: 9000 }).map((value) => value / 1000);
  const vector = fc.array(number, { minLength: 3, maxLength: 3 });
  const labelled = fc.array(fc.tuple(vector, fc.constantFrom("x", "y", "z")), {
    minLength: 1,
    maxLength: 12,
  });

  it("a distribution; by distance the prototype itself is nearest to itself", () => {
    fc.assert(
      fc.property(labelled, vector, (examples, query) => {
        const found = prototypes(examples.map(([v]) => v), examples.map(([, label]) => label)); // prettier-ignore
        for (const by of ["cosine", "euclidean"] as const) {
          const got = prototypeProbabilities(found, query, { by });
          assert.ok(Math.abs(got.reduce((a, b) => a + b) - 1) < 1e-9 && got.every((p) => p >= 0));
        }
        found.vectors.forEach((own, i) => {
          const got = prototypeProbabilities(found, own, { by: "euclidean" });
          assert.ok(got.every((p) => p <= got[i]!));
        });
      }),
    );
  });

  it("centred, a part that all vectors have in common changes nothing", () => {
    fc.assert(
      fc.property(labelled, vector, vector, (examples, query, common) => {
        const moved = (v: readonly number[]): number[] => v.map((value, i) => value + common[i]!);
        const names = examples.map(([, label]) => label);
        const found = prototypes(examples.map(([v]) => v), names, { centred: true }); // prettier-ignore
        const other = prototypes(examples.map(([v]) => moved(v)), names, { centred: true }); // prettier-ignore
        close(prototypeProbabilities(other, moved(query), { by: "euclidean" }), prototypeProbabilities(found, query, { by: "euclidean" }), 1e-6); // prettier-ignore
        found.vectors.forEach((each, i) => close(other.vectors[i]!, each, 1e-9));
      }),
    );
    // Far from zero all cosines are near 1; without the common part the labels are opposite.
    const far = [[100, 101], [100, 99]]; // prettier-ignore
    const sure = (centred: boolean): number =>
      prototypeProbabilities(prototypes(far, ["x", "y"], { centred }), [100, 102])[0]!;
    assert.ok(sure(false) < 0.51 && sure(true) > 0.85, `${sure(false)}, ${sure(true)}`);
  });

  it("says what is wrong with vectors", () => {
    const found = prototypes([[1, 2]], ["x"]);
    const wrong: [() => unknown, RegExp][] = [
      [() => prototypes([], []), /there are no examples/],
      [() => prototypes([[1]], ["x", "y"]), /1 vectors, but 2 labels/],
      [() => prototypes([[1], [1, 2]], ["x", "y"]), /vector of example 1 has 2 numbers, 1 meant/],
      [() => prototypes([[]], ["x"]), /vector of example 0 has 0 numbers, at least one meant/],
      [() => prototypes([[1], [NaN]], ["x", "y"]), /vector of example 1 has NaN at place 0/],
      [() => prototypeProbabilities(found, [1]), /the vector has 1 numbers, 2 meant/],
      [() => prototypeProbabilities(found, [1, Infinity]), /the vector has Infinity at place 1/],
      [() => prototypeProbabilities(found, [1, 2], { temperature: 0 }), /temperature must be a number above 0, got 0/],
    ]; // prettier-ignore
    for (const [call, message] of wrong)
      assert.throws(call, (error) => error instanceof RangeError && message.test(error.message), String(message)); // prettier-ignore
  });
});
