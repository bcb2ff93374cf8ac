import assert from "node:assert/strict";
import fc from "fast-check";
import { cartesian, expectedTokens, sparseTree, treeBuffers } from "../../../src/generate";
import type { TreePath } from "../../../src/generate";
import { golden } from "../../helpers/corpora";

interface Golden {
  readonly paths: readonly TreePath[];
  readonly buffers: {
    readonly seen: readonly (readonly number[])[];
    readonly positions: readonly number[];
    readonly tree_indices: readonly number[];
    readonly retrieve: readonly (readonly number[])[];
  };
}

const starts = (whole: TreePath, beginning: TreePath): boolean =>
  beginning.every((rank, i) => whole[i] === rank);

/** Trees of all forms, their paths in any order: each new node is a child of some node before it. */
const trees = fc.array(fc.nat(), { maxLength: 30 }).chain((picks) => {
  const nodes: number[][] = [[]];
  for (const pick of picks) {
    const parent = nodes[pick % nodes.length]!;
    const children = nodes.filter(({ length }, i) => length === parent.length + 1 && starts(nodes[i]!, parent)); // prettier-ignore
    nodes.push([...parent, children.length]);
  }
  return fc.shuffledSubarray(nodes.slice(1), { minLength: nodes.length - 1 });
});

describe("generate/medusa/tree", () => {
  it("a tree by hand: two candidates, the first goes on twice", () => {
    const tree = treeBuffers([[0, 1], [1], [0], [0, 0]]);
    assert.deepEqual(tree.paths, [[], [0], [1], [0, 0], [0, 1]]);
    assert.deepEqual(tree.parents, [-1, 0, 0, 1, 1]);
    assert.deepEqual(
      tree.mask.map((row) => row.map(Number)),
      [
        [1, 0, 0, 0, 0],
        [1, 1, 0, 0, 0],
        [1, 0, 1, 0, 0],
        [1, 1, 0, 1, 0],
        [1, 1, 0, 0, 1],
      ],
    );
    assert.deepEqual(tree.positions, [0, 1, 1, 2, 2]);
    assert.deepEqual(
      tree.candidates.map(({ head, rank }) => [head, rank]),
      [
        [0, 0],
        [1, 0],
        [1, 1],
        [2, 0],
        [2, 1],
      ],
    );
    assert.deepEqual(tree.retrieve, [
      [0, 2, -1],
      [0, 1, 3],
      [0, 1, 4],
    ]);
    assert.equal(tree.heads, 2);
    assert.equal(tree.top, 2);
  });

  it("the root alone is a tree, and reads as the next token alone", () => {
    const tree = treeBuffers([]);
    assert.deepEqual(tree.mask, [[true]]);
    assert.deepEqual(tree.retrieve, [[0]]);
    assert.equal(tree.heads, 0);
  });

  it("the authors' tree of 63 nodes, as numpy has it", () => {
    const { paths, buffers } = golden<Golden>("medusa");
    const tree = treeBuffers(paths);
    assert.equal(tree.paths.length, 64);
    assert.deepEqual(tree.mask.map((row) => row.flatMap((sees, i) => (sees ? [i] : []))), buffers.seen); // prettier-ignore
    assert.deepEqual(tree.positions, buffers.positions);
    // The authors look a token up among the model's own and ten candidates of each head.
    const places = tree.candidates.map(({ head, rank }) => (head === 0 ? 0 : 1 + (head - 1) * 10 + rank));
    assert.deepEqual(places, buffers.tree_indices);
    const rows = (lines: readonly (readonly number[])[]) => new Set(lines.map((line) => line.join()));
    assert.deepEqual(rows(tree.retrieve), rows(buffers.retrieve));
    assert.equal(tree.heads, 4);
    assert.equal(tree.top, 10);
  });

  it("any tree: a node sees exactly the beginnings of its path, and each leaf is retrieved by its own line", () => {
    fc.assert(
      fc.property(trees, (paths) => {
        const tree = treeBuffers(paths);
        assert.equal(tree.paths.length, paths.length + 1);
        tree.paths.forEach((path, i) => {
          tree.paths.forEach((other, j) => assert.equal(tree.mask[i]![j], starts(path, other)));
          assert.equal(tree.positions[i], path.length);
          assert.equal(tree.mask[i]!.filter(Boolean).length, path.length + 1);
          if (i > 0) assert.deepEqual(tree.paths[tree.parents[i]!], path.slice(0, -1));
        });
        const leaves = tree.paths.filter((path, i) => tree.paths.every((other, j) => i === j || !starts(other, path))); // prettier-ignore
        assert.equal(tree.retrieve.length, leaves.length);
        for (const row of tree.retrieve) {
          const line = row.filter((node) => node >= 0);
          assert.equal(row.length, tree.heads + 1);
          line.forEach((node, depth) => assert.deepEqual(tree.paths[node], tree.paths[line.at(-1)!]!.slice(0, depth))); // prettier-ignore
        }
        // The order of the paths says nothing.
        assert.deepEqual(treeBuffers([...paths].reverse()), tree);
      }),
    );
  });

  it("names what is wrong with a tree", () => {
    for (const [paths, message] of [
      [[[0], [0]], /\[0\] is twice/],
      [[[0], [1, 0]], /\[1,0\] needs \[1\] in the tree, which/],
      [[[0], [2]], /\[2\] needs \[1\] in the tree, the better/],
      [[[0], [0, 1]], /\[0,1\] needs \[0,0\]/],
      [[[-1]], /\[-1\]: ranks/],
      [[[0.5]], /\[0.5\]: ranks/],
      [[[]], /leave the empty path out/],
    ] as const)
      assert.throws(() => treeBuffers(paths), { name: "RangeError", message });
  });

  it("the full tree has every combination", () => {
    assert.deepEqual(cartesian([2, 2]), [[0], [1], [0, 0], [0, 1], [1, 0], [1, 1]]);
    assert.deepEqual(cartesian([]), []);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }), (counts) => {
        const tree = treeBuffers(cartesian(counts));
        const leaves = counts.reduce((a, b) => a * b, 1);
        assert.equal(tree.retrieve.length, leaves);
        let level = 1;
        assert.equal(tree.paths.length, counts.reduce((sum, count) => sum + (level *= count), 1)); // prettier-ignore
      }),
    );
    assert.throws(() => cartesian([2, 0]), /head 2 must give 1/);
  });

  it("the sparse tree grows where a path is likeliest: by hand", () => {
    // Worth: [0] 0.6, [0,0] 0.3, [1] 0.2, [0,1] 0.12, [1,0] 0.1.
    const accuracies = [
      [0.6, 0.2],
      [0.5, 0.2],
    ];
    assert.deepEqual(sparseTree(accuracies, 4), [[0], [0, 0], [1], [0, 1]]);
    assert.ok(Math.abs(expectedTokens(sparseTree(accuracies, 4), accuracies) - 2.22) < 1e-12);
    assert.equal(expectedTokens([], accuracies), 1);
    assert.throws(() => sparseTree(accuracies, 7), /give 6 nodes, not 7/);
    assert.throws(() => sparseTree([[1.5]], 1), /0 to 1, got 1.5/);
    assert.throws(() => sparseTree([], 1), /give 0 nodes/);
  });

  it("no tree of that size is expected to accept more, where better ranks are better", () => {
    const falling = fc
      .array(fc.double({ min: 0, max: 0.3, noNaN: true }), { minLength: 3, maxLength: 3 })
      .map((shares) => shares.sort((a, b) => b - a));
    fc.assert(
      fc.property(fc.array(falling, { minLength: 3, maxLength: 3 }), trees, (accuracies, other) => {
        const fitting = other.filter((path) => path.length <= 3 && path.every((rank) => rank < 3));
        const best = sparseTree(accuracies, fitting.length);
        treeBuffers(best);
        assert.ok(expectedTokens(best, accuracies) >= expectedTokens(fitting, accuracies) - 1e-12);
      }),
    );
  });
});
