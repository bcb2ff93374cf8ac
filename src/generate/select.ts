/**
 * The one question behind top-k, top-p and typical sampling: which are the fewest tokens, best first, that weigh
 * enough? Best is the larger key; of equal keys, the lower id. So the answer is exact also where scores tie.
 *
 * The vocabulary is not sorted, which would cost V log V comparisons: a lower bound of the answer leaves few candidates,
 * and quickselect among them (Hoare 1961, Algorithm 65: FIND) is led by weight instead of rank.
 *
 * @param keys [V]; tokens with the key -Infinity are no candidates
 * @param weights [V], not negative; without them each token weighs 1
 * @param goal the weight to reach
 * @param least tokens with smaller keys are known not to be needed
 * @returns their ids, in no order; all candidates where they weigh less than the goal; at least one if there is any
 */
export function fewestReaching(
  keys: Float32Array | Float64Array,
  weights: Float64Array | undefined,
  goal: number,
  least = -Infinity,
): Int32Array {
  const ids = new Int32Array(keys.length);
  let count = 0;
  for (let id = 0; id < keys.length; id++) {
    const key = keys[id] as number;
    if (key >= least && key !== -Infinity) ids[count++] = id;
  }
  const before = (a: number, b: number): boolean => {
    const [x, y] = [keys[a] as number, keys[b] as number];
    return x > y || (x === y && a < b);
  };
  const swap = (i: number, j: number): void => {
    const id = ids[i] as number;
    ids[i] = ids[j] as number;
    ids[j] = id;
  };

  // A pivot from anywhere, so that no order of the scores is slow: with a fixed place some order makes it quadratic.
  // The generator is that of Numerical Recipes; the answer does not depend on it.
  let state = 1;
  const random = (from: number, to: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return from + Math.floor((state / 2 ** 32) * (to - from + 1));
  };

  // Tokens before `low` are taken and weigh `taken`; tokens after `high` are not.
  let [low, high, taken] = [0, count - 1, 0];
  while (low < high) {
    swap(random(low, high), high);
    const pivot = ids[high] as number;
    let better = low;
    let weight = 0;
    for (let i = low; i < high; i++) {
      const id = ids[i] as number;
      if (!before(id, pivot)) continue;
      weight += weights ? (weights[id] as number) : 1;
      swap(i, better++);
    }
    swap(better, high);
    const withPivot = taken + weight + (weights ? (weights[pivot] as number) : 1);
    if (taken + weight >= goal && better > low) high = better - 1;
    else if (withPivot >= goal) return ids.subarray(0, better + 1);
    else [low, taken] = [better + 1, withPivot];
  }
  return ids.subarray(0, Math.min(low, high) + 1);
}

/**
 * A bound that at least k keys reach: of k blocks of tokens, each has its largest, and all of these reach the smallest of
 * them. Of V random keys about k ln k reach it.
 */
export function boundOfLargest(keys: Float32Array, k: number): number {
  let bound = Infinity;
  for (let block = 0; block < k; block++) {
    const end = Math.floor(((block + 1) * keys.length) / k);
    let max = -Infinity;
    for (let id = Math.floor((block * keys.length) / k); id < end; id++)
      if ((keys[id] as number) > max) max = keys[id] as number;
    if (max < bound) bound = max;
  }
  return bound;
}
