import { checkCount } from "./write";

/**
 * Tree of thoughts (Yao et al. 2023): a state is a beginning of a solution, a proposer says what may come next, a
 * verifier says how good that looks, and a search decides what to go on with. Both may be models or exact functions.
 */
export interface ThoughtTask<S> {
  /** What may come next; nothing where it is a dead end. */
  readonly propose: (state: S) => Promise<readonly S[]> | readonly S[];
  /** How good each looks, larger is better; all that a search compares at once come in one call. */
  readonly judge: (states: readonly S[]) => Promise<readonly number[]> | readonly number[];
  readonly isSolved: (state: S) => boolean;
  /** States with the same key are the same; the later one is not looked at. */
  readonly key: (state: S) => string;
}

/** What became of a state: gone on with; not among the best; below the threshold; seen before; solved; or not come to. */
export type Fate = "kept" | "beam" | "pruned" | "repeated" | "solved" | "unvisited";

/** A state in the record of a search, for a figure. */
export interface ThoughtNode<S> {
  /** Its place in the record. */
  readonly id: number;
  /** Undefined for the root. */
  readonly parent: number | undefined;
  /** 0 for the root. */
  readonly depth: number;
  readonly state: S;
  /** The verifier's; undefined for the root and for a repeated state, which are not judged. */
  readonly score: number | undefined;
  readonly fate: Fate;
  /** When the search went on from it: 0 for the root, then in order; undefined where it never did. */
  readonly visited: number | undefined;
}

export interface ThoughtTree<S> {
  /** In the order in which they were proposed. */
  readonly nodes: readonly ThoughtNode<S>[];
  /** Ids from the root to the first solution; undefined where none was found. */
  readonly path: readonly number[] | undefined;
  /** Calls of the proposer, and states judged. */
  readonly proposals: number;
  readonly judged: number;
}

export interface BreadthFirstOptions {
  /** States kept at each depth: b in the paper's algorithm 1. 1 is a greedy search. */
  readonly beam: number;
  /** Most moves. */
  readonly depth: number;
}

type Growing<S> = { -readonly [K in keyof ThoughtNode<S>]: ThoughtNode<S>[K] };

/**
 * Breadth first (algorithm 1): all next states of the kept ones are judged, and the best `beam` are kept; of equal ones
 * those that were proposed earlier. It ends at the first depth with a solution among its states.
 * @throws RangeError for beam or depth below 1; Error where the verifier gives another number of scores, or no number
 */
export async function breadthFirst<S>(
  root: S,
  task: ThoughtTask<S>,
  { beam, depth }: BreadthFirstOptions,
): Promise<ThoughtTree<S>> {
  checkCount("breadthFirst: beam", beam);
  checkCount("breadthFirst: depth", depth);
  const record = startRecord(root, task);
  if (record.root.fate === "solved") return record.tree(record.root);
  let frontier = [record.root];
  for (let level = 1; level <= depth && frontier.length > 0; level++) {
    const children: Growing<S>[] = [];
    for (const node of frontier) children.push(...(await record.propose(node)));
    await record.judge(children);
    const solved = children.find(({ fate }) => fate === "solved");
    if (solved) return record.tree(solved);
    const ranked = [...children].sort((x, y) => (y.score as number) - (x.score as number) || x.id - y.id);
    for (const node of ranked.slice(beam)) node.fate = "beam";
    frontier = ranked.slice(0, beam);
    // What is left at the last depth is never gone on with.
    if (level < depth) for (const node of frontier) node.fate = "kept";
  }
  return record.tree(undefined);
}

export interface DepthFirstOptions {
  /** Only states with a score above it are gone on with: v_th in the paper's algorithm 2. */
  readonly threshold: number;
  /** Most moves. */
  readonly depth: number;
  /** Most calls of the proposer, so that a search ends. */
  readonly budget: number;
}

/**
 * Depth first with pruning (algorithm 2): the best next state first, back where nothing is left above the threshold. It
 * ends at the first solution, or when the budget is spent.
 * @throws as `breadthFirst`
 */
export async function depthFirst<S>(
  root: S,
  task: ThoughtTask<S>,
  { threshold, depth, budget }: DepthFirstOptions,
): Promise<ThoughtTree<S>> {
  checkCount("depthFirst: depth", depth);
  checkCount("depthFirst: budget", budget);
  const record = startRecord(root, task);
  if (record.root.fate === "solved") return record.tree(record.root);
  const open = [record.root]; // a stack: the next one to go on with is the last
  while (open.length > 0 && record.proposals() < budget) {
    const node = open.pop() as Growing<S>;
    node.fate = "kept";
    const children = await record.propose(node);
    await record.judge(children);
    const solved = children.find(({ fate }) => fate === "solved");
    if (solved) return record.tree(solved);
    for (const child of children) if (!((child.score as number) > threshold)) child.fate = "pruned";
    const worth = children.filter((child) => child.fate !== "pruned" && child.depth < depth);
    open.push(...worth.sort((x, y) => (x.score as number) - (y.score as number) || y.id - x.id));
  }
  return record.tree(undefined);
}

/** The record of a search while it grows. */
function startRecord<S>(state: S, task: ThoughtTask<S>) {
  const nodes: Growing<S>[] = [];
  const seen = new Set<string>();
  let [proposals, judged] = [0, 0];

  function add(parent: Growing<S> | undefined, of: S): Growing<S> {
    const key = task.key(of);
    const fate = seen.has(key) ? "repeated" : task.isSolved(of) ? "solved" : parent ? "unvisited" : "kept";
    const depth = parent ? parent.depth + 1 : 0;
    const node: Growing<S> = { id: nodes.length, parent: parent?.id, depth, state: of, score: undefined, fate, visited: undefined }; // prettier-ignore
    seen.add(key);
    nodes.push(node);
    return node;
  }

  /** The new states that come next. */
  async function propose(node: Growing<S>): Promise<Growing<S>[]> {
    node.visited = proposals++;
    const next = await task.propose(node.state);
    return next.map((each) => add(node, each)).filter(({ fate }) => fate !== "repeated");
  }

  async function judge(fresh: readonly Growing<S>[]): Promise<void> {
    if (fresh.length === 0) return;
    const scores = await task.judge(fresh.map((node) => node.state));
    if (scores.length !== fresh.length || scores.some(Number.isNaN))
      throw new Error(
        `judge: ${fresh.length} states need as many scores, and numbers; got [${scores.join(", ")}]`,
      );
    judged += fresh.length;
    fresh.forEach((node, i) => (node.score = scores[i]));
  }

  function tree(end: Growing<S> | undefined): ThoughtTree<S> {
    const path: number[] = [];
    for (let node = end; node; node = node.parent === undefined ? undefined : nodes[node.parent])
      path.unshift(node.id);
    return { nodes, path: end ? path : undefined, proposals, judged };
  }

  return { root: add(undefined, state), propose, judge, tree, proposals: () => proposals };
}
