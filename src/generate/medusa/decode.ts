import { canCompile, tf } from "../../engine";
import type { Decoder } from "../../models";
import type { CacheState } from "../../nn";
import { disposeTree } from "../../tree";
import { checkIds } from "../check";
import { argmax } from "../distribution";
import { acceptPath } from "./accept";
import type { AcceptOptions, Verdict } from "./accept";
import type { MedusaHeads } from "./heads";
import { programsOf } from "./programs";
import type { Read } from "./programs";
import { treeBuffers } from "./tree";
import type { TreeBuffers, TreePath } from "./tree";

export interface MedusaOptions extends AcceptOptions {
  /** The tree of candidates: `cartesian([3, 2])`, `sparseTree(accuracies, 20)`, or paths by hand. [] is greedy decoding. */
  readonly tree: readonly TreePath[];
  /** Most new tokens; without it as many as the model's context has room for. */
  readonly maxNewTokens?: number;
  /** Ids that end the text; the one that came is its last token. */
  readonly end?: readonly number[];
}

/** A node of a round's tree. */
export interface MedusaNode {
  readonly token: number;
  /** The node before it; -1 for the root. */
  readonly parent: number;
  /** Whose candidate it is: 0 is the model itself, k head k; and its rank, 0 the best. */
  readonly head: number;
  readonly rank: number;
  /** Whether it is on the path that was taken. */
  readonly taken: boolean;
  /** What was found about it; none for the root, and where it was not reached. */
  readonly verdict?: Verdict;
}

/** One round: one read of the model. */
export interface MedusaRound {
  /** What it adds to the text; one token at least. */
  readonly ids: readonly number[];
  /** By head, the tokens it held likeliest, best first. */
  readonly candidates: readonly (readonly number[])[];
  readonly nodes: readonly MedusaNode[];
  /** Time of the round; compiling is in the first one's. */
  readonly seconds: number;
  /** Sums over the rounds so far. */
  readonly totals: { readonly rounds: number; readonly tokens: number };
  /** In the last round: why it is the last. */
  readonly finish?: "end" | "length";
}

/** Tokens of a prompt that one compiled call reads; fewer are filled up. */
const PIECE = 64;

/**
 * Writes with Medusa: heads guess the tokens after the next one, their guesses are a tree, and one read of the model
 * judges all of it at once. A round takes the longest accepted path; with temperature 0 the text is that of greedy
 * decoding, token by token, up to rounding where two tokens are all but equally likely.
 *
 * A round is two compiled calls: the read of the tree, which first moves keys and values of the path taken before to
 * their places, and the heads' guesses after the last accepted node. Programs are compiled once for a size of tree. One
 * text at a time, as in the authors' code: texts of a batch would go on by different numbers of tokens.
 *
 * Source: Cai et al. 2024 (Medusa), section 2; `medusa_generate` of the authors' code.
 *
 * @param decoder from `decoderOf` or `gptDecoder`; kept, as its programs belong to it
 * @param prompt ids, at least one
 * @throws RangeError for a prompt that is empty, has an unknown id or leaves no room in the context, for a wrong tree,
 *   one that is deeper than there are heads, and what `acceptPath` throws for
 */
export async function* medusaGenerate<P>(
  decoder: Decoder<P>,
  heads: MedusaHeads,
  prompt: readonly number[],
  options: MedusaOptions,
): AsyncGenerator<MedusaRound> {
  const tree = treeBuffers(options.tree);
  const room = checkMedusa(decoder, heads, prompt, tree, options.maxNewTokens);
  const ends = new Set(options.end ?? []);
  const model = decoder as Decoder;
  const programs = programsOf(model);
  const asking = heads.heads.slice(0, tree.heads);
  const nodes = tree.paths.length;
  const spare = Math.max(nodes, canCompile() ? PIECE : 0);
  const places = Math.ceil((prompt.length + room + spare) / PIECE) * PIECE;
  let length = prompt.length;
  let read = await readPrompt(model, prompt, places);
  const shape = treeTensors(tree);
  try {
    let logits = await scoresOf(read, decoder.vocabSize);
    /** The last accepted node of what was read last, and its path. */
    let path: readonly number[] = [];
    let from = length;
    let total = 0;
    for (let rounds = 1; total < room; rounds++) {
      const started = performance.now();
      const last = path.at(-1) ?? 0;
      const root = argmax(logits[last] as Float32Array);
      const candidates = await guesses(model, asking, read, last, tree.top);
      const tokens = tree.candidates.map(({ head, rank }) => (head === 0 ? root : (candidates[head - 1]?.[rank] as number))); // prettier-ignore
      const next = tf.tidy(() => {
        const state = { layers: read.layers, ...placeOf(length) };
        // Filled up with what stays where it is.
        const moves = Array.from({ length: tree.heads + 1 }, (_, i) => path[i] ?? i);
        const ids = tf.tensor2d([tokens], [1, nodes], "int32");
        return programs.tree(model.params, state, tf.scalar(from, "int32"), tf.tensor1d(moves, "int32"), shape, ids) as never; // prettier-ignore
      }) as Read;
      disposeTree(read);
      read = next;
      logits = await scoresOf(read, decoder.vocabSize);
      const acceptance = acceptPath(tree, tokens, logits, options, room - total);
      path = untilEnd(acceptance.path, tokens, ends);
      from = length;
      length += path.length;
      total += path.length;
      const ids = path.map((node) => tokens[node] as number);
      const ended = ends.has(ids.at(-1) as number);
      yield {
        ids,
        candidates,
        nodes: nodesOf(tree, tokens, path, acceptance.verdicts),
        seconds: (performance.now() - started) / 1000,
        totals: { rounds, tokens: total },
        ...(ended ? { finish: "end" } : total === room ? { finish: "length" } : {}),
      };
      if (ended) return;
    }
  } finally {
    disposeTree([read, shape]);
  }
}

function nodesOf(
  tree: TreeBuffers,
  tokens: readonly number[],
  path: readonly number[],
  verdicts: readonly (Verdict | undefined)[],
): MedusaNode[] {
  return tree.candidates.map((candidate, node) => {
    const verdict = verdicts[node];
    return {
      token: tokens[node] as number,
      parent: tree.parents[node] as number,
      ...candidate,
      taken: path.includes(node),
      ...(verdict ? { verdict } : {}),
    };
  });
}

/** The path up to the first token that ends a text. */
function untilEnd(
  path: readonly number[],
  tokens: readonly number[],
  ends: ReadonlySet<number>,
): readonly number[] {
  const end = path.findIndex((node) => ends.has(tokens[node] as number));
  return end < 0 ? path : path.slice(0, end + 1);
}

async function readPrompt(model: Decoder, prompt: readonly number[], places: number): Promise<Read> {
  const width = canCompile() ? Math.min(PIECE, model.context) : prompt.length;
  let read: Read | undefined;
  for (let from = 0; from < prompt.length; from += width) {
    const piece = prompt.slice(from, from + width);
    const ids = Int32Array.from({ length: width }, (_, i) => piece[i] ?? 0);
    const next = tf.tidy(() => {
      const layers = read?.layers ?? model.cache(1, places).layers;
      const state = { layers, ...placeOf(from) };
      const last = tf.scalar(piece.length - 1, "int32");
      return programsOf(model).prompt(
        model.params,
        state,
        tf.tensor2d(ids, [1, width], "int32"),
        last,
      ) as never;
    }) as Read;
    if (read) disposeTree(read);
    read = next;
  }
  return read as Read;
}

/** Where a read begins. */
const placeOf = (length: number): Omit<CacheState, "layers"> => ({
  length: tf.scalar(length, "int32"),
  start: tf.tensor1d([0], "int32"),
});

/** Scores on the host, by what was read. */
async function scoresOf({ logits }: Read, vocabSize: number): Promise<Float32Array[]> {
  const values = (await logits.data()) as Float32Array;
  return Array.from({ length: values.length / vocabSize }, (_, i) =>
    values.subarray(i * vocabSize, (i + 1) * vocabSize),
  );
}

/** By head, its best candidates after a node. */
async function guesses(
  model: Decoder,
  heads: MedusaHeads["heads"],
  { states }: Read,
  node: number,
  top: number,
): Promise<number[][]> {
  if (heads.length === 0) return [];
  // Whole tens, so that trees of different widths share a program.
  const asked = Math.min(model.vocabSize, 10 * Math.ceil(top / 10));
  const best = tf.tidy(() =>
    programsOf(model).guess(model.params, heads, states, tf.scalar(node, "int32"), asked),
  );
  const flat = Array.from(await best.data());
  best.dispose();
  return heads.map((_, k) => flat.slice(k * asked, k * asked + top));
}

function treeTensors(tree: TreeBuffers): { mask: tf.Tensor; depths: tf.Tensor } {
  return {
    mask: tf.tensor2d(tree.mask.map((row) => row.map(Number)), undefined, "float32"), // prettier-ignore
    depths: tf.tensor1d([...tree.positions], "int32"),
  };
}

/** How many new tokens there is room for. */
function checkMedusa<P>(
  { vocabSize, context }: Decoder<P>,
  { heads }: MedusaHeads,
  prompt: readonly number[],
  tree: TreeBuffers,
  most = Infinity,
): number {
  checkIds(prompt, vocabSize, "the prompt");
  if (prompt.length >= context)
    throw new RangeError(
      `The prompt of ${prompt.length} tokens leaves no room in the context of ${context}. Cure: give its last ${context - 1} or fewer.`,
    );
  if (!(most === Infinity || Number.isInteger(most)) || most < 1)
    throw new RangeError(`maxNewTokens must be a whole number from 1, got ${most}.`);
  if (tree.heads > heads.length)
    throw new RangeError(`The tree is ${tree.heads} deep, and there are ${heads.length} heads.`);
  if (tree.paths.length > context)
    throw new RangeError(`The tree has ${tree.paths.length} nodes, more than the context of ${context}.`);
  if (tree.top > vocabSize)
    throw new RangeError(`The tree takes ${tree.top} candidates of a head: the vocabulary has ${vocabSize}.`);
  return Math.min(most, context - prompt.length);
}
