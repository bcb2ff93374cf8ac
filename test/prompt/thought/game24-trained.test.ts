import assert from "node:assert/strict";
import { canWin, game24, game24Key, game24Moves, isWon } from "../../../src/data";
import type { Game24State } from "../../../src/data";
import { breadthFirst, drawGames24, solvedBy, trainedGame24 } from "../../../src/prompt/thought";
import type { Write, WriteEach } from "../../../src/prompt/thought";

const stateOf = (prompt: string): Game24State => game24(prompt.replace(/[:?]$/, "").split(" ").map(Number));
/** A model that proposes all moves in turn, in the lines of the recipe: whole numbers only here. */
const linesOf = (prompt: string): string[] =>
  game24Moves(stateOf(prompt))
    .filter(({ numbers }) => numbers.every(({ d }) => d === 1))
    .map(({ moves }) => (moves[0] as string).replace(" = ", "="));
const write: Write = async (prompt, { count = 1 } = {}) => {
  const lines = linesOf(prompt);
  return Array.from({ length: count }, (_, i) => lines[i % lines.length] as string);
};
const judge = async (questions: readonly string[]): Promise<number[]> =>
  questions.map((question) => (canWin(stateOf(question)) ? 0.9 : 0.1));

describe("the game of 24 by a model that learned its lines", () => {
  it("a good proposer and verifier solve a hand; each state is judged once", async () => {
    const asked: string[] = [];
    const task = trainedGame24({
      write,
      judge: (questions) => {
        asked.push(...questions);
        return judge(questions);
      },
      count: 40,
    });
    const tree = await breadthFirst(game24([4, 9, 10, 13]), task, { beam: 3, depth: 3 });
    const last = tree.nodes.find(({ id }) => id === tree.path?.at(-1));
    assert.ok(last && isWon(last.state));
    assert.equal(last.state.moves.length, 3);
    assert.equal(new Set(asked).size, asked.length);
    assert.ok(asked.every((question) => question.endsWith("?")));
    await task.judge([game24([4, 4, 10]), game24([10, 4, 4])]);
    assert.equal(asked.filter((question) => question === "4 4 10?").length, 1);
  });

  it("lines are drawn with a temperature, each to its end; equal moves and wrong lines do not multiply", async () => {
    const refused: string[] = [];
    let how: unknown;
    const task = trainedGame24({
      write: async (_, options) => {
        how = options;
        return ["9 - 4=5", "9 - 4=5", "9 - 4=6", "9 + 13=22"];
      },
      judge,
      count: 4,
      temperature: 0.5,
      calculator: false,
      onRefused: (state, lines) => refused.push(...lines.map(({ line, why }) => `${game24Key(state)}: ${line}, ${why}`)), // prettier-ignore
    });
    const next = await task.propose(game24([4, 9, 10, 13]));
    assert.deepEqual(next.map(game24Key), ["5 10 13", "5 10 13", "4 10 22"]);
    assert.deepEqual(refused, ["4 9 10 13: 9 - 4=6, wrong result"]);
    assert.deepEqual(how, { maxNewTokens: 24, stop: ["\n"], temperature: 0.5, count: 4 });
    const tree = await breadthFirst(game24([4, 9, 10, 13]), task, { beam: 5, depth: 1 });
    assert.equal(tree.nodes.filter(({ fate }) => fate === "repeated").length, 1);
  });

  it("with a calculator a wrong result, or none, does not count; other numbers do", async () => {
    const write: Write = async () => ["9 - 4=6", "13 - 9", "7 - 4=3"];
    const refused: string[] = [];
    const task = trainedGame24({ write, judge, count: 3, onRefused: (_, lines) => refused.push(...lines.map(({ why }) => why)) }); // prettier-ignore
    const next = await task.propose(game24([4, 9, 10, 13]));
    assert.deepEqual(next.map(game24Key), ["5 10 13", "4 4 10"]);
    assert.deepEqual(refused, ["numbers not there"]);
    const games = (calculator: boolean) => drawGames24(async () => ["8 * 3=21"], [game24([3, 8])], { samples: 1, calculator }); // prettier-ignore
    assert.ok(isWon((await games(true))[0]?.[0] as Game24State));
    assert.deepEqual(await games(false), [[undefined]]);
  });

  it("fractions are read: 9 / 3/8 is 24", async () => {
    const eighths = game24Moves(game24([3, 8, 9])).find(
      (state) => game24Key(state) === "3/8 9",
    ) as Game24State;
    const task = trainedGame24({ write: async () => ["9 / 3/8=24"], judge, count: 1 });
    const next = await task.propose(eighths);
    assert.ok(next.length === 1 && isWon(next[0] as Game24State));
  });

  it("bad input is named", async () => {
    assert.throws(() => trainedGame24({ write, judge, count: 0 }), /trainedGame24: count must be a whole number from 1, got 0/); // prettier-ignore
    const task = trainedGame24({ write, judge: async () => [1] });
    await assert.rejects(Promise.resolve(task.judge([game24([1, 2]), game24([3, 4])])), /2 questions, 1 probabilities\. Cure/); // prettier-ignore
  });
});

describe("games without a look back", () => {
  // Games differ by which of the equal prompts they are: the n-th takes the n-th move.
  const writeEach: WriteEach = async (prompts) => {
    const seen = new Map<string, number>();
    return prompts.map((prompt) => {
      const nth = seen.get(prompt) ?? 0;
      seen.set(prompt, nth + 1);
      return linesOf(prompt)[nth] ?? "no move";
    });
  };

  it("each ends with one number or a line that is no move; the share of hands counts the first games only", async () => {
    const hands = [game24([3, 8]), game24([2, 5])];
    const games = await drawGames24(writeEach, hands, { samples: 5 });
    // 3 and 8: 11, 5, -5, 24 and no whole quotient; 2 and 5: 7, 3, -3, 10.
    assert.deepEqual(games.map((own) => own.map((state) => state && game24Key(state))), [["11", "5", "-5", "24", undefined], ["7", "3", "-3", "10", undefined]]); // prettier-ignore
    assert.equal(solvedBy(games, 3), 0);
    assert.equal(solvedBy(games, 4), 0.5);
    const whole = await drawGames24(writeEach, [game24([1, 1, 1, 1])], { samples: 1 });
    assert.equal(whole[0]?.[0]?.moves.length, 3);
  });

  it("bad numbers of games are named", async () => {
    await assert.rejects(drawGames24(writeEach, [game24([3, 8])], { samples: 0 }), /drawGames24: samples must be/); // prettier-ignore
    assert.throws(() => solvedBy([], 0), /solvedBy: samples must be a whole number from 1, got 0/);
  });
});
