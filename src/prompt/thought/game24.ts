import { canWin, fraction, fractionText, game24Key, game24Move, game24Moves, isWon } from "../../data";
import type { Fraction, Game24State, Operator } from "../../data";
import type { ThoughtTask } from "./tree";
import { writeMany, writeOne } from "./write";
import type { Write, WriteOptions } from "./write";

/** The game of 24 as a tree of thoughts (Yao et al. 2023, section 4.1): with exact functions, or with a model. */

const rules = { isSolved: isWon, key: game24Key };

/** All moves, and the truth: 1 where 24 can still be reached, else 0. No search can do better. */
export function exactGame24(): ThoughtTask<Game24State> {
  const known = new Map<string, boolean>();
  return { ...rules, propose: game24Moves, judge: (states) => states.map((state) => (canWin(state, known) ? 1 : 0)) }; // prettier-ignore
}

/** A line that is no move, and why. */
export interface RefusedMove {
  readonly line: string;
  readonly why: "no move" | "numbers not there" | "wrong result";
}

export interface ReadMovesOptions {
  /** The result that a line gives does not count, and may be missing: the model has a calculator. False without it. */
  readonly calculator?: boolean | undefined;
}

/**
 * The moves that a text proposes, one a line: "13 - 9 = 4 (left: 4 4 10)". What is left is worked out here, whatever the
 * line says of it; a line whose result is wrong is no move, unless there is a calculator.
 */
export function readMoves(
  state: Game24State,
  text: string,
  { calculator = false }: ReadMovesOptions = {},
): { states: Game24State[]; refused: RefusedMove[] } {
  const states: Game24State[] = [];
  const refused: RefusedMove[] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "") continue;
    const found = /^(-?\d+(?:\/\d+)?) *([-+*/]) *(-?\d+(?:\/\d+)?)(?: *= *(-?\d+(?:\/\d+)?))?(?![\d/])/.exec(
      line,
    );
    const [a, b, result] = [found?.[1], found?.[3], found?.[4]].map(readFraction);
    if (!a || !b || (!result && !calculator)) {
      refused.push({ line, why: "no move" });
      continue;
    }
    const next = game24Move(state, a, found?.[2] as Operator, b);
    if (!next) refused.push({ line, why: "numbers not there" });
    else if (!calculator && !next.moves.at(-1)?.endsWith(` = ${fractionText(result as Fraction)}`))
      refused.push({ line, why: "wrong result" });
    else states.push(next);
  }
  return { states, refused };
}

function readFraction(text: string | undefined): Fraction | undefined {
  const [n, d = 1] = (text ?? "").split("/").map(Number);
  return text === undefined || d === 0 ? undefined : fraction(n as number, d);
}

/** The paper's words for a state, and what each counts. */
const verdicts = { sure: 20, likely: 1, impossible: 0.001 } as const;

/** The value of a verdict: the last of the three words in the text; 0 where there is none. */
export function readVerdict(text: string): number {
  const words = text.toLowerCase().match(/\b(?:sure|likely|impossible)\b/g);
  const last = words?.at(-1) as keyof typeof verdicts | undefined;
  return last ? verdicts[last] : 0;
}

export interface ModelGame24Options {
  readonly write: Write;
  /** Asks for moves, one a line; `proposePrompt` without it. */
  readonly proposePrompt?: (state: Game24State) => string;
  /** Asks how likely 24 is; `verifyPrompt` without it. */
  readonly verifyPrompt?: (state: Game24State) => string;
  readonly readVerdict?: (text: string) => number;
  /** Verdicts a state, whose values are added; 1 without it, 3 in the paper. */
  readonly verdicts?: number;
  readonly propose?: WriteOptions;
  readonly verify?: WriteOptions;
  /** See `readMoves`. */
  readonly calculator?: boolean | undefined;
  /** Told of each line that was no move. */
  readonly onRefused?: (state: Game24State, refused: readonly RefusedMove[]) => void;
}

/** A model proposes and judges; the rules decide what is a move. Verdicts of a state are asked for once. */
export function modelGame24(options: ModelGame24Options): ThoughtTask<Game24State> {
  const { write, verdicts: count = 1, readVerdict: read = readVerdict, calculator, onRefused } = options;
  const known = new Map<string, number>();
  return {
    ...rules,
    async propose(state) {
      if (state.numbers.length === 1) return [];
      const text = await writeOne(write, (options.proposePrompt ?? proposePrompt)(state), options.propose);
      const { states, refused } = readMoves(state, text, { calculator });
      if (refused.length > 0) onRefused?.(state, refused);
      return states;
    },
    async judge(states) {
      const scores: number[] = [];
      for (const state of states) {
        const key = game24Key(state);
        if (!known.has(key)) {
          const prompt = (options.verifyPrompt ?? verifyPrompt)(state);
          const texts = await writeMany(write, prompt, count, options.verify);
          known.set(
            key,
            texts.reduce((sum, text) => sum + read(text), 0),
          );
        }
        scores.push(known.get(key) as number);
      }
      return scores;
    },
  };
}

/** One demonstration and the numbers that are left. */
export const proposePrompt = (state: Game24State): string =>
  `Combine two of the numbers by + - * or /. Write each possible next step on its own line.
Numbers: 2 8 8 14
Possible next steps:
2 + 8 = 10 (left: 8 10 14)
8 / 2 = 4 (left: 4 8 14)
14 - 8 = 6 (left: 2 6 8)
2 * 8 = 16 (left: 8 14 16)
14 / 2 = 7 (left: 7 8 8)

Numbers: ${game24Key(state)}
Possible next steps:
`;

/** Demonstrations of the three words, and the numbers that are left. */
export const verifyPrompt = (state: Game24State): string =>
  `Can the numbers make 24 by + - * or /? Answer sure, likely or impossible.
Numbers: 10 14
10 + 14 = 24
sure
Numbers: 5 7 8
5 * 7 = 35, 5 + 7 = 12, 7 + 8 = 15: not yet, but the numbers have the right size
likely
Numbers: 11 12
11 + 12 = 23, 12 - 11 = 1, 11 * 12 = 132
impossible
Numbers: ${game24Key(state)}
`;
