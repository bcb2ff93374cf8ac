// expect: A path was not found .*by identity
// Compares arrays by identity.
export interface TreeBuffers {
  readonly positions: number[]; // by node: how many places after the root it stands, its depth
  readonly retrieval: number[][]; // by leaf, in the order of the nodes: all nodes from the root down to it
  readonly mask: boolean[][]; // [i][j]: may node i look at node j?
}

export function treeBuffers(paths: readonly (readonly number[])[]): TreeBuffers {
  const nodes: (readonly number[])[] = [[], ...paths];
  const line = (path: readonly number[]): number[] =>
    Array.from({ length: path.length + 1 }, (_, depth) => nodes.indexOf(path.slice(0, depth)));
  const lines = nodes.map(line);
  return {
    positions: lines.map((each) => each.length - 1),
    retrieval: lines.filter((_, node) => !lines.some((other, i) => i !== node && other.includes(node))),
    mask: lines.map((each) => lines.map((_, node) => each.includes(node))),
  };
}
