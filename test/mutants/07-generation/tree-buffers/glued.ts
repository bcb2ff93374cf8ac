// expect: written without a comma
// Joins with nothing.
export interface TreeBuffers {
  readonly positions: number[]; // by node: how many places after the root it stands, its depth
  readonly retrieval: number[][]; // by leaf, in the order of the nodes: all nodes from the root down to it
  readonly mask: boolean[][]; // [i][j]: may node i look at node j?
}

export function treeBuffers(paths: readonly (readonly number[])[]): TreeBuffers {
  const numbers = new Map([[], ...paths].map((path, node) => [path.join(""), node]));
  const lines = [[], ...paths].map((path) =>
    Array.from({ length: path.length + 1 }, (_, depth) => {
      const beginning = path.slice(0, depth).join("");
      const node = numbers.get(beginning);
      if (node === undefined)
        throw new RangeError(`[${path.join("")}] needs [${beginning}], which is missing`);
      return node;
    }),
  );
  const isLeaf = (node: number): boolean => lines.filter((line) => line.includes(node)).length === 1;
  return {
    positions: lines.map((line) => line.length - 1),
    retrieval: lines.filter((_, node) => isLeaf(node)),
    mask: lines.map((line) => lines.map((_, node) => line.includes(node))),
  };
}
