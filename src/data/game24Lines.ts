import { fork, integer, makeRng, uniform } from "../engine";
import type { Rng } from "../engine";
import { canWin, game24, game24Key, game24Moves } from "./game24";
import type { Game24State } from "./game24";
import type { QuestionLine } from "./lines";

/**
 * Lines that teach a model the game of 24 in two roles: it proposes a move that keeps 24 within reach ("4 9 10 13:" goes
 * on with "13 - 9=4"), and it judges what is left ("4 4 10?" goes on with "y", "2 9 13?" with "n"). A space parts an
 * operator from the line of a fraction: "9 / 3/8=24".
 */
export interface Game24LinesOptions {
  readonly count: number;
  /** A hand of four numbers from 1 to 13 belongs to one of the two; a tenth are "test". */
  readonly part: "train" | "test";
}

export const game24Proposal = (state: Game24State): string => `${game24Key(state)}:`;
export const game24Question = (state: Game24State): string => `${game24Key(state)}?`;

/** Whether a hand is only tested with; its order does not matter. */
export const isHeldOutHand = (numbers: readonly number[]): boolean =>
  uniform(fork(makeRng(0), `game24 ${game24Key(game24(numbers))}`)) < 0.1;

/**
 * Lines of both roles in turn, from hands at random and what is left of them after up to two moves. Half of the judged
 * states are such that can be won where there is one, for most moves lead to states that cannot.
 * @throws RangeError for a bad count
 */
export function game24Lines({ count, part }: Game24LinesOptions, rng: Rng): QuestionLine[] {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`game24Lines: count must be a whole number from 1, got ${count}`);
  const known = new Map<string, boolean>();
  const wins = (state: Game24State): boolean => canWin(state, known);
  const lines: QuestionLine[] = [];
  while (lines.length < count) {
    const hand = Array.from({ length: 4 }, () => 1 + integer(rng, 13));
    if (isHeldOutHand(hand) !== (part === "test")) continue;
    const start = game24(hand);
    const moves = integer(rng, 3);
    if (lines.length % 2 === 0) {
      if (!wins(start)) continue;
      const state = walk(start, moves, wins, 1, rng);
      const move = pick(rng, game24Moves(state).filter(wins)).moves.at(-1) as string;
      lines.push({ question: game24Proposal(state), answer: move.replace(" = ", "=") });
    } else {
      const state = walk(start, moves, wins, 0.5, rng);
      lines.push({ question: game24Question(state), answer: wins(state) ? "y" : "n" });
    }
  }
  return lines;
}

/** So many moves from a state: with the chance `good` all lead to states that can be won, where there are such. */
function walk(
  start: Game24State,
  moves: number,
  wins: (state: Game24State) => boolean,
  good: number,
  rng: Rng,
): Game24State {
  const well = uniform(rng) < good;
  let state = start;
  for (let i = 0; i < moves; i++) {
    const next = game24Moves(state);
    const winning = well ? next.filter(wins) : [];
    state = pick(rng, winning.length > 0 ? winning : next);
  }
  return state;
}

const pick = <T>(rng: Rng, from: readonly T[]): T => from[integer(rng, from.length)] as T;
