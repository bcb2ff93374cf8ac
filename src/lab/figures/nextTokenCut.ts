/** The ways to cut a distribution that the figure has sliders for, in the order in which they act. */
export interface NextTokenKnobs {
  /** Divides the logits. */
  readonly temperature: number;
  /** Only the k most likely tokens; 0 keeps all. */
  readonly topK: number;
  /** Only the fewest tokens that together have this share of what is left; 1 keeps all. */
  readonly topP: number;
  /** Only tokens that have this share of the first one's probability; 0 keeps all. */
  readonly minP: number;
}

/** Tokens from the most to the least likely: single ones first, then groups of nearly equal ones. */
export interface RankedTokens {
  /** Each one's logit, less the largest. */
  readonly logits: readonly number[];
  /** How many tokens stand behind it. */
  readonly counts: readonly number[];
}

export interface CutTokens {
  /** How many tokens can still come. All cuts keep the most likely ones, so it is the first `kept` that do. */
  readonly kept: number;
  /** The share that they had at this temperature, before anything was cut. */
  readonly share: number;
  /** Of what is left, in nats. */
  readonly entropy: number;
  /** By entry, the probability of one token of it at this temperature, cut or not. */
  readonly before: readonly number[];
  /** After the cut: before / share, or 0. */
  readonly after: readonly number[];
}

/** What the figure's script computes in the browser (`cutScript`). */
export function cutTokens({ logits, counts }: RankedTokens, knobs: NextTokenKnobs): CutTokens {
  const weights = logits.map((logit) => Math.exp(logit / knobs.temperature));
  const total = weights.reduce((sum, weight, i) => sum + weight * counts[i]!, 0);
  /** How many of entry i are among the first `n` tokens. */
  const taken = (n: number): number[] => {
    let left = n;
    return counts.map((count) => {
      const take = Math.min(count, Math.max(0, left));
      left -= count;
      return take;
    });
  };
  const weightOf = (n: number): number => taken(n).reduce((sum, take, i) => sum + take * weights[i]!, 0);
  let kept = counts.reduce((sum, count) => sum + count, 0);
  if (knobs.topK > 0) kept = Math.min(kept, knobs.topK);
  if (knobs.topP < 1) {
    let missing = knobs.topP * weightOf(kept);
    let n = 0;
    for (let i = 0; i < counts.length && missing > 1e-12 * total; i++) {
      const take = Math.min(counts[i]!, Math.ceil(missing / weights[i]! - 1e-9));
      missing -= take * weights[i]!;
      n += take;
    }
    kept = Math.min(kept, Math.max(1, n));
  }
  const high = counts.reduce(
    (sum, count, i) => sum + (weights[i]! >= knobs.minP * weights[0]! ? count : 0),
    0,
  );
  kept = Math.min(kept, high);
  const left = weightOf(kept);
  const takes = taken(kept);
  return {
    kept,
    share: left / total,
    entropy: takes.reduce(
      (sum, take, i) => (take > 0 ? sum - ((take * weights[i]!) / left) * Math.log(weights[i]! / left) : sum),
      0,
    ),
    before: weights.map((weight) => weight / total),
    after: weights.map((weight, i) => (takes[i]! > 0 ? weight / left : 0)),
  };
}

/** The same in the browser's JavaScript; a test holds the two together. */
export const cutScript = `
function cutTokens(ranked, knobs) {
  var counts = ranked.counts, weights = ranked.logits.map(function (logit) { return Math.exp(logit / knobs.temperature); });
  function sum(list, of) { return list.reduce(function (total, value, i) { return total + of(value, i); }, 0); }
  var total = sum(weights, function (weight, i) { return weight * counts[i]; });
  function taken(n) {
    return counts.map(function (count) { var take = Math.min(count, Math.max(0, n)); n -= count; return take; });
  }
  function weightOf(n) { return sum(taken(n), function (take, i) { return take * weights[i]; }); }
  var kept = sum(counts, function (count) { return count; });
  if (knobs.topK > 0) kept = Math.min(kept, knobs.topK);
  if (knobs.topP < 1) {
    var missing = knobs.topP * weightOf(kept), n = 0;
    for (var i = 0; i < counts.length && missing > 1e-12 * total; i++) {
      var take = Math.min(counts[i], Math.ceil(missing / weights[i] - 1e-9));
      missing -= take * weights[i];
      n += take;
    }
    kept = Math.min(kept, Math.max(1, n));
  }
  kept = Math.min(kept, sum(counts, function (count, i) { return weights[i] >= knobs.minP * weights[0] ? count : 0; }));
  var left = weightOf(kept), takes = taken(kept);
  return {
    kept: kept,
    share: left / total,
    entropy: sum(takes, function (take, i) {
      return take > 0 ? -(take * weights[i] / left) * Math.log(weights[i] / left) : 0;
    }),
    before: weights.map(function (weight) { return weight / total; }),
    after: weights.map(function (weight, i) { return takes[i] > 0 ? weight / left : 0; })
  };
}
`;
