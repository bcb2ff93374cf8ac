/**
 * The game of 24 by the model that recipes/game24.json trains: a tree of thoughts against games drawn without a look
 * back, and against exact search. Held-out hands that can be won.
 *
 *   npx tsx bench/thought/game24.ts [FOLDER] [HANDS]     writes datasets/thought-runs/game24.json
 */
import { canWin, game24, game24Key, game24Lines, isHeldOutHand } from "../../src/data";
import type { Game24State } from "../../src/data";
import { integer, makeRng, useEngine } from "../../src/engine";
import { trainedDecoder } from "../../src/generate";
import { accuracyInterval, breadthFirst, causalScorer, decoderWriter, drawGames24, exactGame24, solvedBy, trainedGame24 } from "../../src/prompt"; // prettier-ignore
import type { ThoughtTask, ThoughtTree } from "../../src/prompt";
import { loadTrained } from "../../src/train/node";
import { minutesSince, writeResult } from "./runs";

const moves = 8; // drawn of each state
const samples = [1, 10, 30, 100];

/** Different held-out hands that can be won. */
function heldOutHands(count: number): Game24State[] {
  const rng = makeRng(5);
  const found = new Map<string, Game24State>();
  while (found.size < count) {
    const hand = Array.from({ length: 4 }, () => 1 + integer(rng, 13));
    const state = game24(hand);
    if (isHeldOutHand(hand) && canWin(state)) found.set(game24Key(state), state);
  }
  return [...found.values()];
}

async function main(place: string, count: number): Promise<void> {
  const { engine, device } = await useEngine({});
  const started = performance.now();
  const saved = await loadTrained(place);
  const { tokenizer } = saved;
  const decoder = trainedDecoder(saved);
  const { write, writeEach } = decoderWriter({ decoder, tokenizer, rng: makeRng(24), batch: 100 });
  const scorer = causalScorer(decoder, { widths: [1, 8] });
  const [yes, no] = ["y", "n"].map((word) => tokenizer.encode(word)) as [number[], number[]];
  const judge = async (questions: readonly string[]): Promise<number[]> => {
    const scores = await scorer.score(questions.map((text) => ({ prompt: tokenizer.encode(text), answers: [yes, no] }))); // prettier-ignore
    return scores.map((own) => {
      const [y, n] = own.map(Math.exp) as [number, number];
      return y / (y + n);
    });
  };
  const hands = heldOutHands(count);
  const rows: Record<string, unknown>[] = [];
  const add = (row: { method: string; solved: number } & Record<string, unknown>): void => {
    const { low, high } = accuracyInterval(row.solved, count);
    rows.push({ ...row, low, high });
    console.log(JSON.stringify(rows.at(-1)), minutesSince(started));
  };

  // The roles on their own.
  const lines = game24Lines({ count: 1000, part: "test" }, makeRng(3)).filter(({ question }) => question.endsWith("?")); // prettier-ignore
  const verdicts = await judge(lines.map(({ question }) => question));
  const judged = [4, 3, 2].map((left) => {
    const own = lines.flatMap(({ question, answer }, i) => question.split(" ").length === left ? [{ win: answer === "y", p: verdicts[i] as number }] : []); // prettier-ignore
    return { left, states: own.length, wins: own.filter(({ win }) => win).length, right: own.filter(({ win, p }) => win === p > 0.5).length }; // prettier-ignore
  });
  console.log(JSON.stringify(judged));

  // The same draws, read strictly and with a calculator.
  for (const calculator of [false, true]) {
    const games = await drawGames24(writeEach, hands, { samples: Math.max(...samples), calculator });
    const lost = games.flat().filter((state) => state === undefined).length / games.flat().length;
    for (const n of samples)
      add({ method: calculator ? "games" : "games, no calculator", samples: n, draws: 3 * n, solved: Math.round(solvedBy(games, n) * count), noMove: lost }); // prettier-ignore
  }

  const search = async (
    method: string,
    task: ThoughtTask<Game24State>,
    beam: number,
    draws: number,
  ): Promise<void> => {
    // prettier-ignore
    const trees: ThoughtTree<Game24State>[] = [];
    for (const hand of hands) trees.push(await breadthFirst(hand, task, { beam, depth: 3 }));
    const mean = (of: (tree: ThoughtTree<Game24State>) => number): number => trees.reduce((sum, tree) => sum + of(tree), 0) / count; // prettier-ignore
    const proposals = mean((tree) => tree.proposals);
    add({ method, beam, proposals, draws: proposals * draws, judged: mean((tree) => tree.judged), solved: trees.filter(({ path }) => path).length }); // prettier-ignore
  };
  await search(
    "tree, no calculator",
    trainedGame24({ write, judge, count: moves, calculator: false }),
    5,
    moves,
  );
  const task = trainedGame24({ write, judge, count: moves });
  for (const beam of [1, 3, 5]) await search("tree", task, beam, moves);
  // Which of the two roles is the weaker one: each with the other exact.
  const exact = exactGame24();
  await search("tree, exact verifier", { ...task, judge: exact.judge }, 5, moves);
  await search("tree, exact proposer", { ...exact, judge: task.judge }, 5, 0);
  // A verifier that knows nothing: what the width of the tree does by itself.
  await search("tree, no verifier", { ...task, judge: (states) => states.map(() => 0) }, 5, moves);
  await search("exact", exact, 5, 0);
  scorer.dispose();

  writeResult("game24", {
    about: `Solved of ${count} held-out hands that can be won. draws: moves that the model wrote for a hand (${moves} a proposal); judged: states that its verifier scored, means over hands.`,
    command: `npx tsx bench/thought/game24.ts ${place} ${count}`,
    seed: 24,
    engine,
    device,
    minutes: minutesSince(started),
    hands: count,
    verifier: judged,
    rows,
  });
}

void main(process.argv[2] ?? "game24", Number(process.argv[3] ?? 100));
