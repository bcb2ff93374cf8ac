import type { Exercise } from "../../exercise";
import { brief, same } from "../compare";
import type { Random } from "../random";
import type { Finding, Wrong } from "../toolkit";

type Path = readonly number[];
type Args = [paths: readonly Path[]];

interface Buffers {
  readonly positions: number[];
  readonly retrieval: number[][];
  readonly mask: boolean[][];
}

/** Does `path` begin with `other`? */
const begins = (path: Path, other: Path): boolean => other.every((rank, i) => rank === path[i]);

/** One of the three turned into a mistake. */
interface Ways {
  /** May a node look at another? Numbers of nodes, and their paths. */
  readonly sees?: (node: number, other: number, nodes: readonly Path[]) => boolean;
  readonly position?: (path: Path, node: number) => number;
  /** Which nodes a line of `retrieval` is made for. */
  readonly ends?: (node: number, nodes: readonly Path[]) => boolean;
  readonly line?: (line: number[], paths: readonly Path[]) => number[];
}

const goesThrough = (node: number, nodes: readonly Path[]): boolean =>
  nodes.some((path, other) => other !== node && begins(path, nodes[node]!));
const above = (node: number, other: number, nodes: readonly Path[]): boolean =>
  begins(nodes[node]!, nodes[other]!);

function buffers(paths: readonly Path[], ways: Ways = {}): Buffers {
  const nodes: Path[] = [[], ...paths];
  const { sees = above, position = ({ length }) => length, line = (numbers) => numbers } = ways;
  const ends = ways.ends ?? ((node) => !goesThrough(node, nodes));
  const numbers = [...nodes.keys()];
  const downTo = (node: number): number[] =>
    numbers.filter((other) => above(node, other, nodes)).sort((a, b) => nodes[a]!.length - nodes[b]!.length);
  return {
    positions: nodes.map(position),
    retrieval: numbers.filter((node) => ends(node, nodes)).map((node) => line(downTo(node), paths)),
    mask: nodes.map((_, node) => numbers.map((other) => sees(node, other, nodes))),
  };
}
const right = (paths: readonly Path[]): Buffers => buffers(paths);

/** With paths told apart by their ranks written one after another: [1, 12] and [11, 2] are both "112". */
function glued(paths: readonly Path[]): Buffers {
  const nodes: Path[] = [[], ...paths];
  const numbers = new Map(nodes.map((path, node) => [path.join(""), node]));
  const lines = nodes.map((path) =>
    [...path, 0].map((_, depth) => numbers.get(path.slice(0, depth).join(""))!),
  );
  return {
    mask: lines.map((line) => lines.map((_, node) => line.includes(node))),
    positions: lines.map((line) => line.length - 1),
    retrieval: lines.filter((_, node) => lines.filter((line) => line.includes(node)).length === 1),
  };
}

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (paths) => buffers(paths, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake(
    "Siblings see each other. They are guesses for the SAME place, of different texts: a node sees only its own way down.",
    {
      sees: (node, other, nodes) =>
        above(node, other, nodes) ||
        (nodes[node]!.length === nodes[other]!.length && begins(nodes[node]!, nodes[other]!.slice(0, -1))),
    },
  ),
  mistake(
    "All nodes of one depth see each other. A node sees only the nodes on its own way down, and itself.",
    {
      sees: (node, other, nodes) => above(node, other, nodes) || nodes[node]!.length === nodes[other]!.length,
    },
  ),
  mistake(
    "The nodes do not see the root. It is the token that is sure, and stands before all guesses: column 0 is all true.",
    {
      sees: (node, other, nodes) => above(node, other, nodes) && (other > 0 || node === 0),
    },
  ),
  mistake("The nodes do not see themselves: the diagonal must be true.", {
    sees: (node, other, nodes) => node !== other && above(node, other, nodes),
  }),
  mistake(
    "This is the causal mask of a plain text. In a tree, not all that stands before a node in the list is above it.",
    {
      sees: (node, other) => other <= node,
    },
  ),
  mistake("Rows and columns are exchanged: row i says what node i looks AT.", {
    sees: (node, other, nodes) => above(other, node, nodes),
  }),
  mistake("Nodes see their parent, but not what is above it: go on up to the root.", {
    sees: (node, other, nodes) =>
      above(node, other, nodes) && (other === 0 || nodes[node]!.length - nodes[other]!.length < 2),
  }),
  mistake(
    "The position of a node is its DEPTH, not its number: all guesses for one place of the text share it.",
    {
      position: (_, node) => node,
    },
  ),
  mistake("Depths are counted from 1 here. The root has depth 0, and [0] has 1.", {
    position: ({ length }) => length + 1,
  }),
  mistake("All depths are one too small: the root has 0, and [0] has 1.", {
    position: ({ length }) => Math.max(0, length - 1),
  }),
  mistake(
    "`retrieval` has a line for every node. Only leaves have one: a node that another path goes through is no end.",
    {
      ends: () => true,
    },
  ),
  mistake(
    "`retrieval` has lines for the longest paths only. A leaf may stand higher up: no path goes through it.",
    {
      ends: (node, nodes) => nodes[node]!.length === Math.max(...nodes.map(({ length }) => length)),
    },
  ),
  mistake("The lines of `retrieval` lack the root: each begins with node 0.", {
    line: ([, ...line]) => line,
  }),
  mistake("The lines of `retrieval` lack the leaf itself.", { line: (line) => line.slice(0, -1) }),
  mistake("The lines of `retrieval` are turned round: from the root down.", {
    line: (line) => line.reverse(),
  }),
  mistake("The lines of `retrieval` hold ranks. They must hold numbers of nodes: node i + 1 is paths[i].", {
    line: (line, paths) => [0, ...(paths[line.at(-1)! - 1] ?? [])],
  }),
  mistake(
    "The lines of `retrieval` are filled up with -1. Leave each as long as it is: from the root to its leaf.",
    {
      line: (line, paths) => {
        const longest = Math.max(0, ...paths.map(({ length }) => length)) + 1;
        return [...line, ...new Array<number>(longest - line.length).fill(-1)];
      },
    },
  ),
  mistake(
    "The nodes of `retrieval` count from the first path. Node 0 is the root, so paths[i] is node i + 1.",
    {
      line: (line) => line.slice(1).map((node) => node - 1),
    },
  ),
  {
    message:
      "The nodes were sorted. Keep them in the order of the list: node 0 is the root, node i + 1 is paths[i].",
    answer: (paths) => buffers([...paths].sort((a, b) => a.length - b.length)),
  },
  {
    message:
      'Two paths were mixed up: written without a comma, [1, 12] and [11, 2] are both "112". Join with one: path.join() does.',
    answer: glued,
  },
];

/** Which of the three parts is not right, and how. */
function explain(value: unknown, paths: readonly Path[]): string | Finding | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const expected = right(paths);
  const given = value as Partial<Buffers>;
  const bad = (["positions", "retrieval", "mask"] as const).filter(
    (name) => !same(given[name], expected[name]),
  );
  const [first] = bad;
  if (first === undefined) return undefined;
  const [rows, wanted]: [unknown, readonly unknown[]] = [given[first], expected[first]];
  const row = Array.isArray(rows) ? wanted.findIndex((each, i) => !same(rows[i], each)) : -1;
  if (/^\[\[[01]/.test(brief(given.mask))) return "The mask must hold true and false, not numbers.";
  const lost = brief(given.retrieval, 1000).includes("[-1")
    ? " A path was not found (-1): indexOf and includes compare arrays by identity. Compare their texts, path.join()."
    : "";
  const mistake = `Not right: ${bad.join(", ")}.${lost}`;
  if (row < 0 || !Array.isArray(rows)) return mistake;
  return {
    message: `Not right: ${bad.join(", ")}. ${first}[${row}] is ${brief(rows[row])} and should be ${brief(wanted[row])}.${lost}`,
    mistake,
  };
}

/** A tree that grew one node at a time, in the order of growth; ranks go up to `most`. */
function randomTree(random: Random, count: number, most: number): Path[] {
  const paths: Path[] = [];
  while (paths.length < count) {
    const path = [...random.pick([[], ...paths]), random.int(0, most)];
    if (path.length <= 4 && !paths.some((other) => same(other, path))) paths.push(path);
  }
  return paths;
}

const shuffled = <T>(random: Random, items: readonly T[]): T[] => {
  const left = [...items];
  return items.map(() => left.splice(random.int(0, left.length - 1), 1)[0]!);
};

/** The top two of head 1, each followed by the top three of head 2. */
const product: Path[] = [[0], [1], ...[0, 1].flatMap((first) => [0, 1, 2].map((second) => [first, second]))];

export const treeBuffers: Exercise = {
  id: "tree-buffers",
  fn: "treeBuffers",
  title: "A tree of guesses",
  difficulty: 3,
  importance: 4,
  minutes: 25,
  hints: [
    "Take the path [0, 2, 1]. Which nodes are on its way down? Write down their paths: [], [0], ... What is the number of each?",
    [
      "numbers = a Map: the path as text -> number of its node; the empty path is 0, paths[i] is i + 1",
      "for each node, its line: the numbers of all beginnings of its path, from the empty one to itself",
      "  (a beginning without a number: throw a RangeError)",
      "mask[i][j] = line of i has j",
      "positions[i] = length of the line - 1",
      "retrieval = the lines of nodes that are in no other line",
    ].join("\n"),
    "Arrays are compared by identity: [0] === [0] is false, so paths.indexOf([0]) finds nothing. Texts can be compared: path.join() is " +
      '"0,2,1", and path.slice(0, depth).join() a beginning of it.',
  ],
  errors: [
    {
      see: /undefined|-1/,
      help: "A path was not found: indexOf and includes compare arrays by identity. Compare their texts, path.join().",
    },
    {
      see: /must throw a RangeError/,
      help: "A Map gives undefined for a beginning that is not in the list: throw there.",
    },
    {
      see: /changed its input/,
      help: "sort, push and unshift change the list that was given: [[], ...paths] is a new one.",
    },
    {
      see: /same row|every row/i,
      help: "fill puts ONE array at every place. Make each row with map or Array.from.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: three nodes; two guesses, each with three",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: [[[[0], [1], [0, 0]]], [product], [[[0], [0, 0], [0, 1]]]], expected: right, wrong, explain }), // prettier-ignore
    },
    {
      id: "random",
      title: "40 random trees",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, (): Args => [randomTree(t.random, t.random.int(2, 9), 2)]),
          expected: right,
          wrong,
          explain,
        }),
    },
    {
      id: "order",
      title: "paths before their beginnings, ranks of two digits",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[[1], [11], [1, 12], [11, 2]]],
            [[[0, 0], [0]]],
            [[[2, 1], [2, 1, 0], [2]]],
            ...Array.from({ length: 20 }, (): Args => [shuffled(t.random, randomTree(t.random, 6, 12))]),
          ],
          expected: right,
          wrong,
          explain,
        }),
    },
    {
      id: "edges",
      title: "the root alone, one guess, a chain",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, { args: [[[]], [[[0]]], [[[0], [0, 0], [0, 0, 0]]]], expected: right, wrong, explain }), // prettier-ignore
    },
    {
      id: "refuses",
      title: "refuses a path whose beginning is missing",
      points: 1,
      async run(learner, t) {
        for (const bad of [[[0, 1]], [[0], [1], [1, 0, 2]]])
          await t.refuses(learner, [bad], /RangeError/, "a RangeError");
        await t.cases<Args>(learner, { args: [[[[0], [0, 1]]], [[[0]]]], expected: right, wrong, explain });
      },
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [[[[0], [1], [1, 0]]], [[[1, 0], [0], [1]]]], right),
    },
  ],
};
