/** Words beside words: the counts from which all of these vectors are made, openly or not. */
import { BREAK, type Corpus } from "./corpus";
import type { SparseMatrix } from "./sparse";

export interface CooccurrenceOptions {
  /** How many words to the left and to the right count as near. Default 5. */
  readonly window?: number;
  /**
   * What a word at distance d adds: "flat" 1, "harmonic" 1/d (GloVe, Pennington et al. 2014, section 4.2). A drawn
   * window, as in word2vec, gives (window - d + 1) / window on average: "linear". Default "flat".
   */
  readonly weighting?: "flat" | "harmonic" | "linear";
}

/**
 * How often each word stands near each other word: symmetric, [V, V]. A word near itself counts from both sides.
 *
 * @throws RangeError unless the window is a whole number from 1
 */
export function cooccurrence(corpus: Corpus, options: CooccurrenceOptions = {}): SparseMatrix {
  const { window = 5, weighting = "flat" } = options;
  if (!Number.isInteger(window) || window < 1)
    throw new RangeError(`window must be a whole number from 1, got ${window}`);
  const weights = Float64Array.from({ length: window + 1 }, (_, d) =>
    weighting === "flat" ? 1 : weighting === "harmonic" ? 1 / d : (window - d + 1) / window,
  );
  const { words, ids } = corpus;
  const places = placesOf(corpus);
  const near = new Float64Array(words.length); // one row, dense; cleared as it is stored
  const starts = new Int32Array(words.length + 1);
  const columns: number[] = [];
  const values: number[] = [];
  for (let word = 0; word < words.length; word++) {
    const touched: number[] = [];
    const add = (other: number, weight: number): void => {
      if (near[other] === 0) touched.push(other);
      near[other] += weight;
    };
    for (const place of places[word]) {
      for (let d = 1; d <= window && place - d >= 0 && ids[place - d] !== BREAK; d++)
        add(ids[place - d], weights[d]);
      for (let d = 1; d <= window && place + d < ids.length && ids[place + d] !== BREAK; d++)
        add(ids[place + d], weights[d]);
    }
    for (const other of touched.sort((a, b) => a - b)) {
      columns.push(other);
      values.push(near[other]);
      near[other] = 0;
    }
    starts[word + 1] = columns.length;
  }
  return {
    rows: words.length,
    columns: words.length,
    starts,
    column: Int32Array.from(columns),
    values: Float64Array.from(values),
  };
}

function placesOf({ words, ids }: Corpus): number[][] {
  const places: number[][] = words.map(() => []);
  ids.forEach((id, place) => {
    if (id !== BREAK) places[id].push(place);
  });
  return places;
}

export interface PpmiOptions {
  /** Context counts are raised to this power, so that rare contexts count less (Levy et al. 2015: 0.75). Default 1. */
  readonly smoothing?: number;
  /** log(shift) is taken away: what skip-gram with `shift` negatives factorises (Levy, Goldberg 2014). Default 1. */
  readonly shift?: number;
}

/**
 * Positive pointwise mutual information, max(0, log p(w, c) / (p(w) p(c)) - log shift): how much more often two words
 * meet than by chance. What is not above 0 is not stored.
 *
 * Church, Hanks (1990); Bullinaria, Levy (2007); Levy, Goldberg, Dagan (2015), equations 2, 3 and section 3.
 */
export function ppmi(counts: SparseMatrix, options: PpmiOptions = {}): SparseMatrix {
  const { smoothing = 1, shift = 1 } = options;
  const rowSum = new Float64Array(counts.rows);
  const columnSum = new Float64Array(counts.columns);
  let total = 0;
  for (let i = 0; i < counts.rows; i++)
    for (let k = counts.starts[i]; k < counts.starts[i + 1]; k++) {
      rowSum[i] += counts.values[k];
      columnSum[counts.column[k]] += counts.values[k];
      total += counts.values[k];
    }
  const context = columnSum.map((sum) => sum ** smoothing);
  const contextTotal = context.reduce((a, b) => a + b, 0);
  const starts = new Int32Array(counts.rows + 1);
  const column: number[] = [];
  const values: number[] = [];
  for (let i = 0; i < counts.rows; i++) {
    for (let k = counts.starts[i]; k < counts.starts[i + 1]; k++) {
      const j = counts.column[k];
      const joint = counts.values[k] / total;
      const chance = (rowSum[i] / total) * (context[j] / contextTotal);
      const value = Math.log(joint / chance / shift);
      if (value <= 0) continue;
      column.push(j);
      values.push(value);
    }
    starts[i + 1] = column.length;
  }
  return {
    rows: counts.rows,
    columns: counts.columns,
    starts,
    column: Int32Array.from(column),
    values: Float64Array.from(values),
  };
}
