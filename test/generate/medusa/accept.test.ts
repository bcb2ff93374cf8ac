import assert from "node:assert/strict";
import fc from "fast-check";
import { acceptPath, argmax, entropy, softmax, treeBuffers, typicalThreshold } from "../../../src/generate";
import type { TreePath } from "../../../src/generate";
import { golden } from "../../helpers/corpora";

interface Case {
  readonly temperature: number;
  readonly epsilon: number;
  readonly delta: number;
  readonly sharp: number;
  readonly path: readonly number[];
  readonly entropy: readonly number[];
  readonly threshold: readonly number[];
}

/** Scores of these probabilities. */
const scores = (...p: number[]): Float32Array => Float32Array.from(p, Math.log);
const close = (got: number, wanted: number, within = 1e-6): void =>
  assert.ok(Math.abs(got - wanted) <= within, `${got}, wanted ${wanted}`);

describe("generate/medusa/accept", () => {
  it("the threshold: high where the model is sure, low where many tokens would do", () => {
    assert.equal(typicalThreshold(0), 0.09);
    close(typicalThreshold(Math.log(10)), 0.03, 1e-12);
    // Both bounds meet where exp(-H) = epsilon / delta.
    close(typicalThreshold(Math.log(0.3 / 0.09)), 0.09, 1e-12);
    assert.equal(typicalThreshold(0, 0.5, 0.4), 0.4);
  });

  const tree = treeBuffers([[0], [1], [0, 0]]); // root 0, nodes 1 and 2 below it, 3 below 1
  // Four tokens; the root is 0.
  const flat = scores(0.25, 0.25, 0.25, 0.25);

  it("typical acceptance by hand: what is likely enough for its place goes on", () => {
    // After the root: H = 0.9480, so the threshold is min(0.09, 0.3 exp(-H) = 0.116) = 0.09.
    const after = scores(0.6, 0.3, 0.08, 0.02);
    const taken = acceptPath(tree, [0, 1, 0, 3], [after, flat, flat, flat], { temperature: 1 });
    assert.deepEqual(taken.path, [0, 1, 3]); // 0.3 > 0.09, then 0.25 > 0.3 / 4
    close(taken.verdicts[1]!.probability, 0.3);
    close(taken.verdicts[1]!.entropy, 0.948, 1e-4);
    close(taken.verdicts[1]!.threshold!, 0.09);
    close(taken.verdicts[3]!.threshold!, 0.075);
    // A token of 8 % is refused there: the other one is as long as the best then.
    const other = acceptPath(tree, [0, 2, 0, 3], [after, flat, flat, flat], { temperature: 1 });
    assert.deepEqual(other.path, [0, 2]);
    assert.equal(other.verdicts[1]!.accepted, false);
    assert.equal(other.verdicts[3], undefined, "after a refused token nothing is judged");
    assert.equal(other.verdicts[0], undefined);
  });

  it("the first token always comes, refused or not what follows", () => {
    const sure = scores(0.97, 0.01, 0.01, 0.01);
    for (const temperature of [0, 1]) {
      const { path } = acceptPath(tree, [3, 1, 2, 0], [sure, flat, flat, flat], { temperature });
      assert.deepEqual(path, [0]);
    }
  });

  it("of paths of one length the likelier, then the first", () => {
    const pair = treeBuffers([[0], [1]]);
    const of = (p: Float32Array, tokens: number[]) =>
      acceptPath(pair, tokens, [p, flat, flat], { temperature: 1 }).path;
    assert.deepEqual(of(scores(0.3, 0.5, 0.1, 0.1), [0, 0, 1]), [0, 2]);
    assert.deepEqual(of(flat, [0, 0, 1]), [0, 1]);
  });

  it("temperature 0 takes the likeliest token and nothing else, and has no threshold", () => {
    const close = scores(0.4, 0.41, 0.1, 0.09);
    const { path, verdicts } = acceptPath(tree, [0, 0, 1, 1], [close, flat, flat, flat]);
    assert.deepEqual(path, [0, 2]);
    assert.equal(verdicts[1]!.threshold, undefined);
    assert.ok(verdicts[1]!.probability > 0.39);
  });

  it("a temperature makes the model less sure, and a text has room for so many tokens", () => {
    const after = scores(0.9, 0.06, 0.02, 0.02);
    const at = (temperature: number, most?: number) =>
      acceptPath(tree, [0, 1, 2, 0], [after, flat, flat, flat], { temperature }, most).path;
    assert.deepEqual(at(1), [0]);
    assert.deepEqual(at(4), [0, 1, 3]);
    assert.deepEqual(at(4, 2), [0, 1]);
    assert.deepEqual(at(4, 1), [0]);
  });

  it("as numpy has it on the authors' tree", () => {
    const { paths, cases } = golden<{ paths: TreePath[]; cases: Case[] }>("medusa");
    const authors = treeBuffers(paths);
    let state = 7;
    const draw = (): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 8) / 2 ** 24;
    };
    for (const { sharp, path, entropy: H, threshold, ...options } of cases) {
      const tokens = Array.from({ length: 64 }, () => Math.floor(draw() * 6));
      const logits = Array.from({ length: 64 }, () =>
        Float32Array.from({ length: 6 }, () => Number(((draw() - 0.5) * sharp).toFixed(4))),
      );
      assert.deepEqual(acceptPath(authors, tokens, logits, options).path, path);
      H.forEach((wanted, node) => {
        const p = softmax(logits[node]!.map((x) => x / options.temperature));
        close(entropy(p), wanted, 1e-5);
        close(typicalThreshold(entropy(p), options.epsilon, options.delta), threshold[node]!, 1e-5);
      });
    }
  });

  it("any tree: the path is a line of accepted nodes which none of the refused is on, and greedy is argmax", () => {
    const logits = fc.array(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 }), { minLength: 4, maxLength: 4 }); // prettier-ignore
    const tokens = fc.array(fc.nat(2), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(logits, tokens, fc.constantFrom(0, 0.5, 1), (rows, ids, temperature) => {
        const given = rows.map((row) => Float32Array.from(row));
        const copies = given.map((row) => row.slice());
        const { path, verdicts } = acceptPath(tree, ids, given, { temperature });
        assert.deepEqual(given, copies);
        path.slice(1).forEach((node, i) => {
          assert.equal(tree.parents[node], path[i]);
          assert.ok(verdicts[node]!.accepted);
          if (temperature === 0) assert.equal(ids[node], argmax(given[path[i]!]!));
        });
        // No accepted node lies deeper.
        const deepest = Math.max(0, ...verdicts.map((each, i) => (each?.accepted ? tree.positions[i]! : 0)));
        assert.equal(path.length - 1, deepest);
      }),
    );
  });

  it("names what is wrong", () => {
    const call = (options: object) => () => acceptPath(tree, [0, 0, 0, 0], [flat, flat, flat, flat], options);
    assert.throws(call({ temperature: -1 }), /temperature must be 0/);
    assert.throws(call({ temperature: NaN }), /temperature must be 0/);
    assert.throws(call({ temperature: 1, epsilon: 0 }), /epsilon and delta must be above 0/);
  });
});
