/**
 * A path through the heads' candidates: [0] is the best of head 1, [2, 0] the third of head 1 followed by the best of
 * head 2. A tree is plain data, the list of its paths; the root, which the model itself predicts, is not in the list.
 */
export type TreePath = readonly number[];

/** What one read of a tree needs. Node 0 is the root; node i is `paths[i]`. */
export interface TreeBuffers {
  /** By node, shortest paths first and then in order; the root's is empty. */
  readonly paths: readonly TreePath[];
  /** By node, the node before it; -1 for the root. */
  readonly parents: readonly number[];
  /** mask[i][j]: node i sees node j. Each sees itself and what comes before it on its path, the root always. */
  readonly mask: readonly (readonly boolean[])[];
  /** By node, its depth: how many places after the root it stands. */
  readonly positions: readonly number[];
  /** By node, whose candidate it is: of which head (0 is the model itself, 1 the first head), and of which rank. */
  readonly candidates: readonly { readonly head: number; readonly rank: number }[];
  /** By leaf, the nodes from the root to it, filled up with -1 to the longest. */
  readonly retrieve: readonly (readonly number[])[];
  /** How many heads the tree asks, and how many candidates of each at most. */
  readonly heads: number;
  readonly top: number;
}

/**
 * Mask, positions, candidates and retrieval indices of a tree: all that tells a read of many continuations at once
 * from a read of one text.
 *
 * Source: Cai et al. 2024 (Medusa), section 2.1.2 and figure 2; `generate_medusa_buffers` of the authors' code.
 *
 * @param paths in any order; with a path goes each of its beginnings, and with a rank each lower one beside it
 * @throws RangeError that names the path which is empty, twice there, or without its beginning or better sibling
 */
export function treeBuffers(paths: readonly TreePath[]): TreeBuffers {
  const nodes: TreePath[] = [[], ...sorted(paths)];
  const numbers = new Map(nodes.map((path, node) => [key(path), node]));
  checkPaths(paths, numbers);
  const nodeOf = (path: TreePath): number => numbers.get(key(path)) as number;
  /** From the root to the node itself. */
  const line = (path: TreePath): number[] => [0, ...path.map((_, i) => nodeOf(path.slice(0, i + 1)))];
  const parents = nodes.map((path) => (path.length === 0 ? -1 : nodeOf(path.slice(0, -1))));
  const heads = Math.max(0, ...paths.map(({ length }) => length));
  const leaves = nodes.filter((_, node) => !parents.includes(node));
  return {
    paths: nodes,
    parents,
    mask: nodes.map((path) => {
      const seen = new Set(line(path));
      return nodes.map((_, other) => seen.has(other));
    }),
    positions: nodes.map(({ length }) => length),
    candidates: nodes.map((path) => ({ head: path.length, rank: path.at(-1) ?? 0 })),
    retrieve: leaves.map((path) => [...line(path), ...new Array<number>(heads - path.length).fill(-1)]),
    heads,
    top: Math.max(1, ...paths.map((path) => 1 + (path.at(-1) as number))),
  };
}

/**
 * The full tree: the best `counts[0]` candidates of head 1, each followed by the best `counts[1]` of head 2, and so on.
 * `cartesian([3, 2])` has 3 + 6 nodes below the root; Medusa's section 2.1.2 builds its tree this way.
 * @throws RangeError for a count below 1
 */
export function cartesian(counts: readonly number[]): TreePath[] {
  counts.forEach((count, i) => {
    if (!Number.isInteger(count) || count < 1)
      throw new RangeError(`cartesian: head ${i + 1} must give 1 candidate or more, got ${count}`);
  });
  let level: TreePath[] = [[]];
  return counts.flatMap((count) => {
    level = level.flatMap((path) => Array.from({ length: count }, (_, rank) => [...path, rank]));
    return level;
  });
}

/**
 * The tree of `size` nodes below the root that accepts most, by what the heads can do. A node is worth the chance that
 * the whole of its path is right, which is taken as the product of its heads' accuracies, as if they were independent;
 * the best node that the tree can grow by is added until there are enough (Medusa, section 2.3.3).
 *
 * @param accuracies by head and rank: how often the head's candidate of that rank is the right token
 * @throws RangeError where there are fewer candidates than nodes, or an accuracy is outside 0 to 1
 */
export function sparseTree(accuracies: readonly (readonly number[])[], size: number): TreePath[] {
  accuracies.flat().forEach((share) => {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`sparseTree: an accuracy is 0 to 1, got ${share}`);
  });
  if (!Number.isInteger(size) || size < 0) throw new RangeError(`sparseTree: a tree of ${size} nodes`);
  const tree: TreePath[] = [];
  const growing = accuracies.length > 0 ? [[0]] : [];
  while (tree.length < size) {
    const worth = growing.map((path) => chance(path, accuracies));
    const best = worth.indexOf(Math.max(...worth));
    const [path] = growing.splice(best, 1);
    if (!path) throw new RangeError(`sparseTree: the heads give ${tree.length} nodes, not ${size}`);
    tree.push(path);
    const sibling = [...path.slice(0, -1), (path.at(-1) as number) + 1];
    for (const next of [sibling, [...path, 0]])
      if ((next.at(-1) as number) < (accuracies[next.length - 1]?.length ?? 0)) growing.push(next);
  }
  return tree;
}

/**
 * Tokens a round that a tree is expected to give: the root, and for each node the chance of its whole path, as if the
 * heads were independent of each other.
 * @param accuracies as in `sparseTree`
 */
export function expectedTokens(
  paths: readonly TreePath[],
  accuracies: readonly (readonly number[])[],
): number {
  return paths.reduce((sum, path) => sum + chance(path, accuracies), 1);
}

const chance = (path: TreePath, accuracies: readonly (readonly number[])[]): number =>
  path.reduce((product, rank, head) => product * (accuracies[head]?.[rank] ?? 0), 1);

const key = (path: TreePath): string => path.join(",");

function sorted(paths: readonly TreePath[]): TreePath[] {
  const firstDifference = (a: TreePath, b: TreePath): number =>
    a.map((rank, i) => rank - (b[i] as number)).find((difference) => difference !== 0) ?? 0;
  return [...paths].sort((a, b) => a.length - b.length || firstDifference(a, b));
}

function checkPaths(paths: readonly TreePath[], numbers: ReadonlyMap<string, number>): void {
  const seen = new Set<string>();
  for (const path of paths) {
    const said = `[${key(path)}]`;
    if (path.length === 0)
      throw new RangeError("A tree's root is there by itself: leave the empty path out.");
    if (path.some((rank) => !Number.isInteger(rank) || rank < 0))
      throw new RangeError(`Path ${said}: ranks are whole numbers from 0, the best candidate.`);
    if (seen.has(key(path))) throw new RangeError(`Path ${said} is twice in the tree.`);
    seen.add(key(path));
    const before = path.slice(0, -1);
    if (before.length > 0 && !numbers.has(key(before)))
      throw new RangeError(`Path ${said} needs [${key(before)}] in the tree, which it goes on from.`);
    const rank = path.at(-1) as number;
    const better = [...before, rank - 1];
    if (rank > 0 && !numbers.has(key(better)))
      throw new RangeError(
        `Path ${said} needs [${key(better)}] in the tree, the better candidate beside it.`,
      );
  }
}
