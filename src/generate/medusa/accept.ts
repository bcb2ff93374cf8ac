import { argmax, entropy, softmax } from "../distribution";
import type { TreeBuffers } from "./tree";

export interface AcceptOptions {
  /** 0, the default: only what greedy decoding would say. Above 0 scores are divided by it, and typical acceptance judges. */
  readonly temperature?: number;
  /** The threshold's upper bound; 0.09 without it, as in the authors' code (`posterior_threshold`). */
  readonly epsilon?: number;
  /** How far the threshold follows the entropy; 0.3 without it, sqrt(epsilon) (`posterior_alpha`). */
  readonly delta?: number;
}

/** What was found about a node. */
export interface Verdict {
  readonly accepted: boolean;
  /** p of the node's token after its path, by the model itself. */
  readonly probability: number;
  /** H of that distribution, in nats. */
  readonly entropy: number;
  /** The probability is to be above it; with temperature 0 the token is to be the likeliest, and there is none. */
  readonly threshold?: number;
}

export interface Acceptance {
  /** The accepted nodes from the root on: their tokens are the round's text. */
  readonly path: readonly number[];
  /** By node; none for the root, which is the model's own word, and for nodes after a refused one. */
  readonly verdicts: readonly (Verdict | undefined)[];
}

/**
 * The threshold of typical acceptance, min(epsilon, delta exp(-H)): where the model is sure (H near 0) a token must
 * be likely; where many tokens would do (H large) a less likely one is as good.
 *
 * Source: Cai et al. 2024 (Medusa), section 2.3.1, after Hewitt et al. 2022.
 * @param entropy H, in nats
 */
export function typicalThreshold(entropy: number, epsilon = 0.09, delta = 0.3): number {
  return Math.min(epsilon, delta * Math.exp(-entropy));
}

/**
 * Walks down the tree from the root and takes the longest path of accepted tokens.
 *
 * The root is always accepted: it is the model's own likeliest token, so a round gives one token at least. A node is
 * accepted where p(token | its path) > min(epsilon, delta exp(-H)); with temperature 0 where it is the likeliest token,
 * so that the text is that of greedy decoding. Of paths of one length the likelier wins, then the first.
 * Departure: the authors add 1e-5 inside the logarithm of the entropy; here 0 ln 0 is 0.
 *
 * @param tree from `treeBuffers`
 * @param tokens by node
 * @param logits by node, the model's scores [V] after the node's path; those of leaves are not needed
 * @param most how many tokens may be accepted at most, the root among them
 * @throws RangeError for a negative temperature, or bounds that are not above 0
 */
export function acceptPath(
  tree: TreeBuffers,
  tokens: readonly number[],
  logits: readonly Float32Array[],
  options: AcceptOptions = {},
  most = Infinity,
): Acceptance {
  const judge = judgeOf(options);
  const verdicts = new Array<Verdict | undefined>(tree.parents.length).fill(undefined);
  const judges = new Map<number, (token: number) => Verdict>();
  /** ln p of the path up to each accepted node. */
  const likelihood = new Map([[0, 0]]);
  let best = 0;
  // Nodes are in order of depth, so a node's parent is judged before it.
  for (let node = 1; node < tree.parents.length; node++) {
    const parent = tree.parents[node] as number;
    const before = likelihood.get(parent);
    const depth = tree.positions[node] as number;
    if (before === undefined || depth >= most) continue;
    const ask = judges.get(parent) ?? judge(logits[parent] as Float32Array);
    judges.set(parent, ask);
    const verdict = ask(tokens[node] as number);
    verdicts[node] = verdict;
    if (!verdict.accepted) continue;
    const total = before + Math.log(verdict.probability);
    likelihood.set(node, total);
    const further = depth - (tree.positions[best] as number);
    if (further > 0 || (further === 0 && total > (likelihood.get(best) as number))) best = node;
  }
  const path = [best];
  while ((path[0] as number) > 0) path.unshift(tree.parents[path[0] as number] as number);
  return { path, verdicts };
}

/** From the scores after a path to a judge of the tokens that may follow. */
function judgeOf(options: AcceptOptions): (logits: Float32Array) => (token: number) => Verdict {
  const { temperature = 0, epsilon = 0.09, delta = 0.3 } = options;
  if (!(temperature >= 0 && temperature < Infinity))
    throw new RangeError(`temperature must be 0 (greedy) or above, got ${temperature}.`);
  if (!(epsilon > 0 && delta > 0))
    throw new RangeError(`epsilon and delta must be above 0, got ${epsilon} and ${delta}.`);
  return (logits) => {
    const p = softmax(temperature > 0 ? logits.map((x) => x / temperature) : logits);
    const H = entropy(p);
    if (temperature === 0) {
      const likeliest = argmax(logits);
      return (token) => ({
        accepted: token === likeliest,
        probability: p[token] as number,
        entropy: H,
      });
    }
    const threshold = typicalThreshold(H, epsilon, delta);
    return (token) => {
      const probability = p[token] as number;
      return { accepted: probability > threshold, probability, entropy: H, threshold };
    };
  };
}
