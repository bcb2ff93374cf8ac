/**
 * The lattice of a text: every way to cut it into pieces, and what dynamic programming finds in it.
 *
 * A node is a place between characters, an edge is a piece; a path from the first to the last node is a
 * segmentation, with P(path) = product of P(piece). Kudo, "Subword Regularization", ACL 2018, section 3.
 */
import { buildTrie, type Trie } from "./trie";

/** Pieces ready for look-up. Scores are natural logarithms of probabilities. */
export interface PieceTable {
  readonly trie: Trie;
  readonly scores: Float64Array;
  /** The same in 32 bits, as sentencepiece has them. */
  readonly scores32: Float32Array;
  /** Given to a character that is no piece. */
  readonly unknownId: number;
  readonly unknownScore: number;
}

/** How much worse than the worst piece an unknown character is: sentencepiece's constant. */
const UNKNOWN_PENALTY = 10;

/**
 * @param pieces piece by id; undefined where the id is no ordinary piece (special tokens, bytes)
 * @param scores log-probability by id
 */
export function makePieceTable(
  pieces: readonly (string | undefined)[],
  scores: ArrayLike<number>,
  unknownId: number,
): PieceTable {
  let least = Infinity;
  for (let id = 0; id < pieces.length; id++)
    if (pieces[id] !== undefined) least = Math.min(least, scores[id]);
  return {
    trie: buildTrie(pieces),
    scores: Float64Array.from(scores),
    scores32: Float32Array.from(scores),
    unknownId,
    unknownScore: (least === Infinity ? 0 : Math.fround(least)) - UNKNOWN_PENALTY, // rounded as in sentencepiece
  };
}

/** Edges in the order of their start; nodes are 0 .. length. Arrays grow and are used again. */
export interface Lattice {
  length: number;
  count: number;
  start: Int32Array;
  end: Int32Array;
  id: Int32Array;
  score: Float64Array;
}

export function makeLattice(): Lattice {
  const n = 256;
  const ints = () => new Int32Array(n);
  return { length: 0, count: 0, start: ints(), end: ints(), id: ints(), score: new Float64Array(n) };
}

/** Fills a lattice with all pieces of units[from, to); a character that is no piece gets one unknown edge. */
export function fillLattice(
  lattice: Lattice,
  { trie, scores, unknownId, unknownScore }: PieceTable,
  units: Uint16Array,
  from = 0,
  to = units.length,
): Lattice {
  lattice.length = to - from;
  lattice.count = 0;
  for (let at = from, size = 0; at < to; at += size) {
    size = characterSize(units, at, to);
    let single = false;
    for (let node = 0, end = at; end < to;) {
      node = trie.next.get(node, units[end++]);
      if (node < 0) break;
      const id = trie.value[node];
      if (id < 0) continue;
      addEdge(lattice, at - from, end - from, id, scores[id]);
      if (end - at === size) single = true;
    }
    if (!single) addEdge(lattice, at - from, at - from + size, unknownId, unknownScore);
  }
  return lattice;
}

function addEdge(lattice: Lattice, start: number, end: number, id: number, score: number): void {
  const at = lattice.count++;
  if (at === lattice.start.length) {
    const longer = (old: Int32Array) => {
      const grown = new Int32Array(2 * old.length);
      grown.set(old);
      return grown;
    };
    lattice.start = longer(lattice.start);
    lattice.end = longer(lattice.end);
    lattice.id = longer(lattice.id);
    const grown = new Float64Array(2 * at);
    grown.set(lattice.score);
    lattice.score = grown;
  }
  lattice.start[at] = start;
  lattice.end[at] = end;
  lattice.id[at] = id;
  lattice.score[at] = score;
}

/** 2 for a surrogate pair, else 1: pieces begin and end between code points only. */
export function characterSize(units: Uint16Array, at: number, to: number): number {
  return units[at] >= 0xd800 && units[at] < 0xdc00 && at + 1 < to ? 2 : 1;
}

/** A cut of the text: edges of the lattice in order, and the sum of their scores. */
export interface Path {
  readonly edges: number[];
  readonly score: number;
}

/** The most probable path (Viterbi); of equals, the one whose last differing piece starts first. */
export function bestPath(lattice: Lattice): Path {
  const best = new Float64Array(lattice.length + 1).fill(-Infinity);
  const back = new Int32Array(lattice.length + 1).fill(-1);
  best[0] = 0;
  for (let e = 0; e < lattice.count; e++) {
    const score = best[lattice.start[e]] + lattice.score[e];
    if (score > best[lattice.end[e]]) {
      best[lattice.end[e]] = score;
      back[lattice.end[e]] = e;
    }
  }
  const edges: number[] = [];
  for (let at = lattice.length; at > 0; at = lattice.start[back[at]]) edges.push(back[at]);
  return { edges: edges.reverse(), score: best[lattice.length] };
}

/** The n most probable paths, best first: Viterbi that keeps n candidates at each node. */
export function bestPaths(lattice: Lattice, n: number): Path[] {
  interface Candidate {
    readonly score: number;
    readonly edge: number;
    readonly before: Candidate | undefined;
  }
  const at: Candidate[][] = Array.from({ length: lattice.length + 1 }, () => []);
  at[0].push({ score: 0, edge: -1, before: undefined });
  // Edges come by start, so the candidates of a node are complete when its first edge leaves it.
  const sorted = (node: number) => {
    const list = at[node].sort((a, b) => b.score - a.score);
    list.length = Math.min(n, list.length);
    return list;
  };
  for (let e = 0, node = -1; e < lattice.count; e++) {
    if (lattice.start[e] !== node) sorted((node = lattice.start[e]));
    for (const before of at[node])
      at[lattice.end[e]].push({ score: before.score + lattice.score[e], edge: e, before });
  }
  return sorted(lattice.length).map((last) => {
    const edges: number[] = [];
    for (let c: Candidate | undefined = last; c?.before; c = c.before) edges.push(c.edge);
    return { edges: edges.reverse(), score: last.score };
  });
}

/** log(e^a + e^b) without overflow. */
function logAdd(a: number, b: number): number {
  if (a < b) return a === -Infinity ? b : b + Math.log1p(Math.exp(a - b));
  return b === -Infinity ? a : a + Math.log1p(Math.exp(b - a));
}

/**
 * Forward variables: alpha[node] = log of the summed probability of all paths from 0 to node.
 * alpha[length] is the log-likelihood of the text, marginal over segmentations (equation 5 of the paper).
 *
 * @param theta smooths (< 1) or sharpens (> 1) the distribution: probabilities are raised to this power
 */
export function forward(
  lattice: Lattice,
  theta = 1,
  alpha = new Float64Array(lattice.length + 1),
): Float64Array {
  alpha.fill(-Infinity, 0, lattice.length + 1);
  alpha[0] = 0;
  const { start, end, score } = lattice;
  for (let e = 0; e < lattice.count; e++)
    alpha[end[e]] = logAdd(alpha[end[e]], alpha[start[e]] + theta * score[e]);
  return alpha;
}

/**
 * Posterior probability of each edge, P(edge | text) = e^(alpha[start] + score + beta[end] - Z): the E step.
 *
 * @param use called with (edge, probability)
 * @returns Z, the log-likelihood of the text
 */
export function posteriors(
  lattice: Lattice,
  use: (edge: number, probability: number) => void,
  scratch: { alpha?: Float64Array; beta?: Float64Array } = {},
): number {
  const n = lattice.length;
  const alpha = forward(lattice, 1, scratch.alpha);
  const beta = scratch.beta ?? new Float64Array(n + 1);
  beta.fill(-Infinity, 0, n + 1);
  beta[n] = 0;
  const { start, end, score } = lattice;
  const z = alpha[n];
  for (let e = lattice.count - 1; e >= 0; e--) {
    const rest = score[e] + beta[end[e]];
    beta[start[e]] = logAdd(beta[start[e]], rest);
    use(e, Math.exp(alpha[start[e]] + rest - z));
  }
  return z;
}

/**
 * Draws a path with probability P(path)^theta / sum: forward filtering, backward sampling (section 3.3).
 *
 * @param random gives uniform numbers in [0, 1)
 */
export function samplePath(lattice: Lattice, theta: number, random: () => number): Path {
  const alpha = forward(lattice, theta);
  // Edges by their end: walk them backwards from the last node.
  const byEnd: number[][] = Array.from({ length: lattice.length + 1 }, () => []);
  for (let e = 0; e < lattice.count; e++) byEnd[lattice.end[e]].push(e);
  const edges: number[] = [];
  let score = 0;
  for (let at = lattice.length; at > 0;) {
    let left = random();
    let chosen = -1;
    for (const e of byEnd[at]) {
      chosen = e;
      left -= Math.exp(alpha[lattice.start[e]] + theta * lattice.score[e] - alpha[at]);
      if (left < 0) break;
    }
    edges.push(chosen);
    score += lattice.score[chosen];
    at = lattice.start[chosen];
  }
  return { edges: edges.reverse(), score };
}
