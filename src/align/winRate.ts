import { meanInterval } from "../prompt";
import type { Interval } from "../prompt";

export interface WinRate {
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Wins and half the ties, of all, with a 95 % interval. */
  readonly rate: Interval;
}

/**
 * How often one model's answer is better than another's to the same prompt. 0.5 is no difference.
 * @throws RangeError unless there are as many of both, and at least one
 */
export function winRate(own: readonly number[], other: readonly number[]): WinRate {
  if (own.length !== other.length || own.length === 0)
    throw new RangeError(`winRate: ${own.length} scores against ${other.length}`);
  const points = own.map((score, i) => (score > other[i]! ? 1 : score === other[i] ? 0.5 : 0));
  const wins = points.filter((point) => point === 1).length;
  const ties = points.filter((point) => point === 0.5).length;
  return { wins, ties, losses: own.length - wins - ties, rate: meanInterval(points) };
}
