import { accuracyInterval } from "../prompt";
import type { Interval } from "../prompt";

export interface WinRate {
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
  /** Wins and half the ties, of all, with the 95 % interval of Wilson. */
  readonly rate: Interval;
}

/**
 * How often one model's answer is better than another's to the same prompt. 0.5 is no difference.
 * @throws RangeError unless there are as many of both, and at least one
 */
export function winRate(own: readonly number[], other: readonly number[]): WinRate {
  if (own.length !== other.length || own.length === 0)
    throw new RangeError(`winRate: ${own.length} scores against ${other.length}`);
  const wins = own.filter((score, i) => score > (other[i] as number)).length;
  const ties = own.filter((score, i) => score === other[i]).length;
  return { wins, ties, losses: own.length - wins - ties, rate: accuracyInterval(wins + ties / 2, own.length) };
}
