import { game24Proposal, game24Question, isWon } from "../../data";
import type { Game24State } from "../../data";
import { modelGame24, readMoves } from "./game24";
import type { RefusedMove } from "./game24";
import type { ThoughtTask } from "./tree";
import { checkCount, writeMany } from "./write";
import type { Write } from "./write";
import type { WriteEach } from "./writer";

/** The game of 24 by a small model that learned its two roles from lines (`game24Lines`, recipes/game24.json). */
export interface TrainedGame24Options {
  readonly write: Write;
  /** The probability of "y" after questions such as "4 4 10?": how sure the model is that 24 can be reached. */
  readonly judge: (questions: readonly string[]) => Promise<readonly number[]>;
  /** Moves that are drawn of each state; equal ones count once. 8 without it. */
  readonly count?: number;
  /** The rules work out a move's result, as a calculator would, whatever the model wrote. True without it. */
  readonly calculator?: boolean;
  /** 1 without it: the model was trained on moves drawn from all good ones. */
  readonly temperature?: number;
  /** Told of each line that was no move. */
  readonly onRefused?: (state: Game24State, refused: readonly RefusedMove[]) => void;
}

/** A move is a line of at most some 20 characters. */
const oneLine = { maxNewTokens: 24, stop: ["\n"] } as const;

/**
 * The model as proposer and verifier of a tree of thoughts. Unlike the paper's prompts (`modelGame24`), which list all
 * moves in one text and judge by a word, it draws a move a text, and the probability of "y" is the score. A calculator
 * does the sums: a model this small chooses a move better than it computes one.
 * @throws RangeError for a bad count; Error where `judge` gives another number of probabilities
 */
export function trainedGame24(options: TrainedGame24Options): ThoughtTask<Game24State> {
  const { write, judge, count = 8, temperature = 1, calculator = true, onRefused } = options;
  checkCount("trainedGame24: count", count);
  const known = new Map<string, number>();
  const { propose, isSolved, key } = modelGame24({
    write: async (prompt) => [
      (await writeMany(write, prompt, count, { ...oneLine, temperature })).join("\n"),
    ],
    proposePrompt: game24Proposal,
    calculator,
    ...(onRefused ? { onRefused } : {}),
  });
  return {
    propose,
    isSolved,
    key,
    async judge(states) {
      const fresh = [...new Set(states.map(game24Question))].filter((question) => !known.has(question));
      const scores = fresh.length > 0 ? await judge(fresh) : [];
      if (scores.length !== fresh.length)
        throw new Error(
          `judge: ${fresh.length} questions, ${scores.length} probabilities. Cure: one a question.`,
        );
      fresh.forEach((question, i) => known.set(question, scores[i] as number));
      return states.map((state) => known.get(game24Question(state)) as number);
    },
  };
}

export interface DrawGames24Options extends Pick<TrainedGame24Options, "temperature" | "calculator"> {
  /** Games of each hand. */
  readonly samples: number;
}

/**
 * Games played without a look back, which a tree is compared with: in each, move after move is drawn until one number is
 * left. All games are played side by side.
 * @param starts hands
 * @returns by hand and game: the last state; undefined where a line was no move
 * @throws RangeError for bad samples
 */
export async function drawGames24(
  writeEach: WriteEach,
  starts: readonly Game24State[],
  { samples, temperature = 1, calculator = true }: DrawGames24Options,
): Promise<(Game24State | undefined)[][]> {
  checkCount("drawGames24: samples", samples);
  const games = starts.flatMap((start) => Array<Game24State | undefined>(samples).fill(start));
  for (;;) {
    const open = games.flatMap((state, i) => (state && state.numbers.length > 1 ? [i] : []));
    if (open.length === 0) return starts.map((_, h) => games.slice(h * samples, (h + 1) * samples));
    const texts = await writeEach(
      open.map((i) => game24Proposal(games[i] as Game24State)),
      { ...oneLine, temperature },
    );
    open.forEach(
      (i, k) => (games[i] = readMoves(games[i] as Game24State, texts[k] as string, { calculator }).states[0]),
    );
  }
}

/** Share of the hands that one of their first `samples` games wins. */
export function solvedBy(games: readonly (readonly (Game24State | undefined)[])[], samples: number): number {
  checkCount("solvedBy: samples", samples);
  const won = games.filter((own) =>
    own.slice(0, samples).some((state) => state !== undefined && isWon(state)),
  );
  return won.length / games.length;
}
