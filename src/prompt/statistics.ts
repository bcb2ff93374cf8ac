/**
 * How sure is a number? Two hundred test items, or five seeds, say less than they seem to: at 200 items and an accuracy of
 * 70 % the interval is 13 points wide. No experiment here reports an accuracy without one.
 */
import { fastUniform } from "../embeddings";
import type { Rng } from "../engine";
import { meanOf } from "./numbers";
import { normalQuantile, studentQuantile } from "./quantiles";

export interface Interval {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** Share of intervals, over repeated experiments, that hold the true value. */
interface Confidence {
  /** 0.95 without it. */
  readonly confidence?: number;
}

interface Resampling extends Confidence {
  readonly rng: Rng;
  /** Samples drawn from the sample; 10000 without it. */
  readonly resamples?: number;
}

/**
 * An accuracy with Wilson's score interval (Wilson 1927; Newcombe 1998, method 3), which keeps within 0 and 1 and is right
 * for few items and for shares near 0 or 1, where "plus or minus two standard errors" is not.
 *
 * It tells of the draw of test items. What the draw of demonstrations adds is told by seeds: `meanInterval`.
 *
 * @throws RangeError where `total` is not a whole number from 1 or `correct` does not lie within it
 */
export function accuracyInterval(
  correct: number,
  total: number,
  { confidence = 0.95 }: Confidence = {},
): Interval {
  if (!Number.isInteger(total) || total < 1)
    throw new RangeError(`accuracyInterval: total must be a whole number from 1, got ${total}`);
  if (!Number.isInteger(correct) || correct < 0 || correct > total)
    throw new RangeError(
      `accuracyInterval: correct must be a whole number from 0 to ${total}, got ${correct}`,
    );
  const z = normalQuantile(upper("accuracyInterval", confidence));
  const p = correct / total;
  const shrink = 1 + (z * z) / total;
  const centre = (p + (z * z) / (2 * total)) / shrink;
  const half = (z * Math.sqrt((p * (1 - p) + (z * z) / (4 * total)) / total)) / shrink;
  // At the ends the formula is exact and the arithmetic is not.
  return {
    estimate: p,
    low: correct === 0 ? 0 : centre - half,
    high: correct === total ? 1 : centre + half,
  };
}

/**
 * The accuracy of predicted labels against the right ones.
 * @throws RangeError where there are none, or not as many of both
 */
export function accuracy<L>(predicted: readonly L[], gold: readonly L[], options: Confidence = {}): Interval {
  expectPairs("accuracy", predicted, gold);
  return accuracyInterval(predicted.filter((label, i) => label === gold[i]).length, gold.length, options);
}

/**
 * The mean over seeds with Student's interval: the seeds are a sample of all seeds, and the values taken as normally
 * distributed.
 * @param values one number a seed
 * @throws RangeError for fewer than two values, which tell nothing of their spread, or one that is not finite
 */
export function meanInterval(values: readonly number[], { confidence = 0.95 }: Confidence = {}): Interval {
  expectNumbers("meanInterval", values, 2);
  const n = values.length;
  const mean = meanOf(values);
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  const half = studentQuantile(upper("meanInterval", confidence), n - 1) * Math.sqrt(variance / n);
  return { estimate: mean, low: mean - half, high: mean + half };
}

/**
 * The mean with a percentile bootstrap interval (Efron 1979): nothing is assumed of the distribution, but with fewer than
 * about ten values it is too narrow; there take `meanInterval`.
 * @throws RangeError for no values, one that is not finite, or resamples that are no whole number from 1
 */
export function bootstrapMean(
  values: readonly number[],
  { rng, resamples = 10000, confidence = 0.95 }: Resampling,
): Interval {
  expectNumbers("bootstrapMean", values, 1);
  if (!Number.isInteger(resamples) || resamples < 1)
    throw new RangeError(`bootstrapMean: resamples must be a whole number from 1, got ${resamples}`);
  const tail = 1 - upper("bootstrapMean", confidence);
  const draw = fastUniform(rng);
  const means = Float64Array.from({ length: resamples }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(draw() * values.length)] as number;
    return sum / values.length;
  }).sort();
  return { estimate: meanOf(values), low: quantileOf(means, tail), high: quantileOf(means, 1 - tail) };
}

export interface PairedTest {
  /** Items that only the first, or only the second, got right: all that tells them apart. */
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** Probability of a split at least as uneven where both are equally good. */
  readonly pValue: number;
}

/**
 * McNemar's test in its exact form: are two classifiers equally good on the same items? Where only one of them is right,
 * a coin would say which. Two-sided, from the binomial distribution (McNemar 1947; Dietterich 1998, section 3.1).
 * @param first whether the first got each item right
 * @throws RangeError where there are none, or not as many of both
 */
export function mcNemar(first: readonly boolean[], second: readonly boolean[]): PairedTest {
  expectPairs("mcNemar", first, second);
  const onlyFirst = first.filter((right, i) => right && !second[i]).length;
  const onlySecond = second.filter((right, i) => right && !first[i]).length;
  const n = onlyFirst + onlySecond;
  let tail = 0; // P(at most min of n heads), summed in logarithms, as 2^-n is 0 for n above 1074
  let logTerm = -n * Math.LN2;
  for (let k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((n - k) / (k + 1));
  }
  return { onlyFirst, onlySecond, pValue: Math.min(1, 2 * tail) };
}

/**
 * How much better the first is than the second on the same items, with a bootstrap interval over items. Both are resampled
 * together, so what makes an item easy for both drops out: the interval is narrower than that of two separate samples.
 * @param first a number an item: right or wrong, or a loss
 * @throws RangeError as `bootstrapMean`; where there are not as many of both
 */
export function pairedBootstrap(
  first: readonly (number | boolean)[],
  second: readonly (number | boolean)[],
  options: Resampling,
): Interval {
  expectPairs("pairedBootstrap", first, second);
  return bootstrapMean(
    first.map((value, i) => Number(value) - Number(second[i])),
    options,
  );
}

/** The share below the upper end of a two-sided interval: 0.975 for 0.95. */
function upper(who: string, confidence: number): number {
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`${who}: confidence must lie between 0 and 1, got ${confidence}`);
  return (1 + confidence) / 2;
}

/** Between the two nearest of sorted values, as NumPy's default does. */
function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] as number;
  return below + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] as number) - below);
}

function expectNumbers(who: string, values: readonly number[], least: number): void {
  if (values.length < least)
    throw new RangeError(
      `${who}: ${values.length} values are too few. Cure: give ${least} or more, for example one a seed`,
    );
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw new RangeError(`${who}: value ${at} is ${values[at]}`);
}

function expectPairs(who: string, first: readonly unknown[], second: readonly unknown[]): void {
  if (first.length === 0) throw new RangeError(`${who}: there are no items`);
  if (first.length !== second.length)
    throw new RangeError(
      `${who}: ${first.length} and ${second.length} items do not pair. Cure: judge the same items`,
    );
}
