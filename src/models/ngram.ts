/**
 * N-gram models: the next token depends on the last n - 1 only, and its probability is a matter of counting
 * (Shannon 1948; Jelinek and Mercer 1980; Kneser and Ney 1995). The past that neural models are measured against.
 */

/** How often each run of 1 to n ids occurs in a text. */
export interface NgramCounts {
  /** n: at most n - 1 ids of context. */
  readonly order: number;
  readonly vocabSize: number;
  /** Runs by length - 1; each run's number, read in base vocabSize, to its count. */
  readonly runs: readonly ReadonlyMap<number, number>[];
  /** The same runs as contexts, by their length: how many ids follow, and how many different ones. */
  readonly contexts: readonly ReadonlyMap<number, Follow>[];
}

interface Follow {
  total: number;
  types: number;
}

/** The probability of `id` after history[0 .. end - 1]. Over all ids it sums to 1. */
export type NextProbability = (history: ArrayLike<number>, end: number, id: number) => number;

/**
 * Counts all runs of up to `order` ids.
 * @throws RangeError for ids outside the vocabulary, and where runs have more numbers than 2^53
 */
export function countNgrams(ids: ArrayLike<number>, order: number, vocabSize: number): NgramCounts {
  if (!Number.isInteger(order) || order < 1)
    throw new RangeError(`countNgrams: order must be 1 or more, got ${order}`);
  if (!(vocabSize >= 1) || vocabSize ** order > Number.MAX_SAFE_INTEGER)
    throw new RangeError(
      `countNgrams: runs of ${order} ids out of ${vocabSize} do not fit into 2^53. Cure: a lower order`,
    );
  const runs = Array.from({ length: order }, () => new Map<number, number>());
  for (let end = 0; end < ids.length; end++) {
    const id = ids[end]!;
    if (!Number.isInteger(id) || id < 0 || id >= vocabSize)
      throw new RangeError(
        `countNgrams: id ${id} at place ${end} is outside of the vocabulary of ${vocabSize}`,
      );
    let key = 0;
    // From the last id backwards, so that each longer run adds one digit in front.
    for (let length = 1, digit = 1; length <= order && length <= end + 1; length++, digit *= vocabSize) {
      key += ids[end - length + 1]! * digit;
      const table = runs[length - 1]!;
      table.set(key, (table.get(key) ?? 0) + 1);
    }
  }
  return { order, vocabSize, runs, contexts: runs.map((table) => followers(table, vocabSize)) };
}

function followers(runs: ReadonlyMap<number, number>, vocabSize: number): Map<number, Follow> {
  const contexts = new Map<number, Follow>();
  for (const [run, count] of runs) {
    const context = Math.floor(run / vocabSize);
    const follow = contexts.get(context);
    if (follow) {
      follow.total += count;
      follow.types += 1;
    } else contexts.set(context, { total: count, types: 1 });
  }
  return contexts;
}

/** Every id is as likely: log V nats. The floor of the ladder. */
export const uniformModel =
  (vocabSize: number): NextProbability =>
  () =>
    1 / vocabSize;

/**
 * Add-k smoothing: (count(context id) + k) / (count(context) + k V). Each id is taken to have been seen k times more
 * (Lidstone 1920; k = 1 is Laplace's). With k = 0 the probabilities are the shares, and a run never seen has 0.
 */
export function addK(counts: NgramCounts, k: number): NextProbability {
  if (!(k >= 0)) throw new RangeError(`addK: k must be 0 or more, got ${k}`);
  const { order, vocabSize } = counts;
  return (history, end, id) => {
    const length = Math.min(order - 1, end);
    const context = keyOf(history, end, length, vocabSize);
    const total = counts.contexts[length]!.get(context)?.total ?? 0;
    if (total + k === 0) return 1 / vocabSize; // nothing is known, so all are equal
    return ((counts.runs[length]!.get(context * vocabSize + id) ?? 0) + k) / (total + k * vocabSize);
  };
}

/**
 * Jelinek-Mercer smoothing: each order mixed with the one below, down to the uniform distribution,
 * p_m = lambda_m c(context id) / c(context) + (1 - lambda_m) p_(m-1). Where the context was never seen, the order below
 * speaks alone (Chen and Goodman 1999, section 2.3).
 *
 * @param lambdas by context length, `order` of them, each in [0, 1]
 */
export function jelinekMercer(counts: NgramCounts, lambdas: readonly number[]): NextProbability {
  const { order, vocabSize } = counts;
  if (lambdas.length !== order || lambdas.some((each) => !(each >= 0 && each <= 1)))
    throw new RangeError(`jelinekMercer: ${order} lambdas in [0, 1] are needed, got ${lambdas.join(", ")}`);
  return (history, end, id) => {
    let p = 1 / vocabSize;
    for (let length = 0; length < order && length <= end; length++) {
      const share = shareOf(counts, history, end, length, id);
      if (share !== undefined) p = lambdas[length]! * share + (1 - lambdas[length]!) * p;
    }
    return p;
  };
}

/**
 * The lambdas that make a held-out text most likely, order by order from the shortest, by expectation maximisation
 * (Jelinek and Mercer 1980). The text must not be the one that was counted: there, the highest order is always best.
 */
export function fitJelinekMercer(counts: NgramCounts, heldOut: ArrayLike<number>, rounds = 12): number[] {
  const { order, vocabSize } = counts;
  const lower = new Float64Array(heldOut.length).fill(1 / vocabSize);
  const lambdas: number[] = [];
  for (let length = 0; length < order; length++) {
    const shares = Float64Array.from(
      { length: heldOut.length },
      (_, end) => (length <= end ? shareOf(counts, heldOut, end, length, heldOut[end]!) : undefined) ?? NaN,
    );
    let lambda = 0.5;
    for (let round = 0; round < rounds; round++) {
      let sum = 0;
      let seen = 0;
      shares.forEach((share, i) => {
        if (Number.isNaN(share)) return;
        seen++;
        sum += (lambda * share) / (lambda * share + (1 - lambda) * lower[i]!);
      });
      if (seen > 0) lambda = sum / seen;
    }
    lambdas.push(lambda);
    shares.forEach((share, i) => {
      if (!Number.isNaN(share)) lower[i] = lambda * share + (1 - lambda) * lower[i]!;
    });
  }
  return lambdas;
}

/**
 * Interpolated Kneser-Ney: the highest order takes D off every count and gives what it took to the order below, which
 * does not ask how often a run occurs, but after how many different ids ("Francisco" is frequent, and follows only
 * "San"). D = n1 / (n1 + 2 n2) by order, from the runs that occur once and twice.
 *
 * Ney, Essen and Kneser 1994; Chen and Goodman 1999, section 2.7, with the lowest order mixed with the uniform one.
 */
export function kneserNey(counts: NgramCounts): NextProbability {
  const { order, vocabSize } = counts;
  const orders = counts.runs.map((runs, m) => {
    const adjusted = m === order - 1 ? runs : continuations(counts.runs[m + 1]!, vocabSize ** (m + 1));
    return { runs: adjusted, contexts: followers(adjusted, vocabSize), discount: discountOf(adjusted) };
  });
  return (history, end, id) => {
    let p = 1 / vocabSize;
    for (let length = 0; length < order && length <= end; length++) {
      const { runs, contexts, discount } = orders[length]!;
      const context = keyOf(history, end, length, vocabSize);
      const follow = contexts.get(context);
      if (!follow) break; // never seen, and so neither is any longer one
      const count = runs.get(context * vocabSize + id) ?? 0;
      p = (Math.max(count - discount, 0) + discount * follow.types * p) / follow.total;
    }
    return p;
  };
}

/** For each run, how many different ids stand before it; found in the runs that are one id longer. */
function continuations(longer: ReadonlyMap<number, number>, size: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const run of longer.keys()) counts.set(run % size, (counts.get(run % size) ?? 0) + 1);
  return counts;
}

function discountOf(runs: ReadonlyMap<number, number>): number {
  let [once, twice] = [0, 0];
  for (const count of runs.values()) {
    if (count === 1) once++;
    else if (count === 2) twice++;
  }
  // A text too small, or an order too low, to tell (65 characters are all frequent): half a count.
  return once > 0 && twice > 0 ? once / (once + 2 * twice) : 0.5;
}

/**
 * Mean of -log p of every id but the first, in nats: the labels that a causal model is asked for.
 * @returns Infinity where an id has probability 0
 */
export function sequenceLoss(next: NextProbability, ids: ArrayLike<number>): number {
  if (ids.length < 2) throw new RangeError(`sequenceLoss: ${ids.length} ids have nothing to predict`);
  let sum = 0;
  for (let end = 1; end < ids.length; end++) sum -= Math.log(next(ids, end, ids[end]!));
  return sum / (ids.length - 1);
}

/** All ids' probabilities after this history. */
export function nextDistribution(
  next: NextProbability,
  history: ArrayLike<number>,
  vocabSize: number,
): number[] {
  return Array.from({ length: vocabSize }, (_, id) => next(history, history.length, id));
}

/** The last `length` ids before `end` as one number. */
function keyOf(history: ArrayLike<number>, end: number, length: number, vocabSize: number): number {
  let key = 0;
  for (let i = end - length; i < end; i++) key = key * vocabSize + history[i]!;
  return key;
}

/** c(context id) / c(context), or nothing where the context was never seen. */
function shareOf(
  counts: NgramCounts,
  history: ArrayLike<number>,
  end: number,
  length: number,
  id: number,
): number | undefined {
  const context = keyOf(history, end, length, counts.vocabSize);
  const follow = counts.contexts[length]!.get(context);
  return follow && (counts.runs[length]!.get(context * counts.vocabSize + id) ?? 0) / follow.total;
}
