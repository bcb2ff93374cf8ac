import assert from "node:assert/strict";
import fc from "fast-check";
import { canWin, game24, game24Key, game24Moves, isWon } from "../../../src/data";
import {
  breadthFirst,
  depthFirst,
  exactGame24,
  modelGame24,
  proposePrompt,
  readMoves,
  readVerdict,
  type ThoughtTask,
  type ThoughtTree,
  verifyPrompt,
} from "../../../src/prompt/thought";

/** Words over a and b; the score says how many letters agree with the goal from the beginning. */
const spelling = (goal: string, judge?: ThoughtTask<string>["judge"]): ThoughtTask<string> => ({
  propose: (word) => [`${word}a`, `${word}b`],
  judge:
    judge ??
    ((words) => words.map((word) => [...word].findIndex((letter, i) => letter !== goal[i]) + 1 || 9)),
  isSolved: (word) => word === goal,
  key: (word) => word,
});
const words = ({ nodes, path }: ThoughtTree<string>) => path?.map((id) => nodes[id]?.state);
const fates = ({ nodes }: ThoughtTree<string>) => nodes.map(({ state, fate }) => `${state} ${fate}`);

describe("breadth-first search", () => {
  it("by hand: beam 1 towards ba", async () => {
    const tree = await breadthFirst("", spelling("ba"), { beam: 1, depth: 3 });
    assert.deepEqual(fates(tree), [" kept", "a beam", "b kept", "ba solved", "bb unvisited"]);
    assert.deepEqual(words(tree), ["", "b", "ba"]);
    assert.deepEqual(tree.nodes.map(({ visited }) => visited), [0, undefined, 1, undefined, undefined]); // prettier-ignore
    assert.deepEqual(tree.nodes.map(({ parent }) => parent), [undefined, 0, 0, 2, 2]); // prettier-ignore
    assert.deepEqual([tree.proposals, tree.judged], [2, 4]);
  });

  it("a beam of 1 with a misled verifier fails, a wider one does not; the depth ends it", async () => {
    const misled = spelling("ba", (all) => all.map((word) => (word.startsWith("a") ? 1 : 0)));
    assert.equal((await breadthFirst("", misled, { beam: 1, depth: 2 })).path, undefined);
    assert.deepEqual(words(await breadthFirst("", misled, { beam: 2, depth: 2 })), ["", "b", "ba"]);
    const short = await breadthFirst("", spelling("ba"), { beam: 2, depth: 1 });
    assert.deepEqual([short.path, short.proposals], [undefined, 1]);
  });

  it("equal scores: what was proposed first; the same state again is not judged", async () => {
    const flat = { ...spelling("bb", (all) => all.map(() => 0)), propose: (word: string) => [`${word}a`, `${word}a`, `${word}b`] }; // prettier-ignore
    const tree = await breadthFirst("", flat, { beam: 1, depth: 2 });
    assert.deepEqual(fates(tree).slice(1), ["a kept", "a repeated", "b beam", "aa unvisited", "aa repeated", "ab beam"]); // prettier-ignore
    assert.equal(tree.nodes[2]?.score, undefined);
    assert.equal(tree.judged, 4);
  });

  it("a root that is solved costs nothing; a beam without bounds finds any word", async () => {
    const solved = await breadthFirst("ab", spelling("ab"), { beam: 1, depth: 1 });
    assert.deepEqual([solved.path, solved.proposals, solved.nodes[0]?.fate], [[0], 0, "solved"]);
    await fc.assert(
      fc.asyncProperty(fc.stringMatching(/^[ab]{1,5}$/), async (goal) => {
        const tree = await breadthFirst(
          "",
          spelling(goal, (all) => all.map(() => 0)),
          { beam: 32, depth: 5 },
        );
        assert.equal(words(tree)?.at(-1), goal);
        const guided = await breadthFirst("", spelling(goal), { beam: 1, depth: 5 });
        assert.equal(guided.proposals, goal.length);
      }),
    );
  });
});

describe("depth-first search", () => {
  it("goes to the best first, prunes at the threshold and comes back", async () => {
    // It believes in a first; below a everything is hopeless.
    const judge = (all: readonly string[]) =>
      all.map((word) => (word === "a" ? 2 : word.startsWith("a") ? 0 : 1));
    const tree = await depthFirst("", spelling("ba", judge), { threshold: 0.5, depth: 2, budget: 10 });
    assert.deepEqual(fates(tree), [" kept", "a kept", "b kept", "aa pruned", "ab pruned", "ba solved", "bb unvisited"]); // prettier-ignore
    assert.deepEqual(tree.nodes.map(({ visited }) => visited).slice(0, 3), [0, 1, 2]);
    assert.deepEqual(words(tree), ["", "b", "ba"]);
  });

  it("a threshold above all scores ends at once; a budget ends it too", async () => {
    const none = await depthFirst("", spelling("ba"), { threshold: 100, depth: 3, budget: 99 });
    assert.deepEqual([none.path, none.proposals], [undefined, 1]);
    const flat = spelling("bbbb", (all) => all.map(() => 1));
    const spent = await depthFirst("", flat, { threshold: 0, depth: 4, budget: 5 });
    assert.deepEqual([spent.path, spent.proposals], [undefined, 5]);
    const whole = await depthFirst("", flat, { threshold: 0, depth: 4, budget: 99 });
    assert.deepEqual([words(whole)?.at(-1), whole.proposals], ["bbbb", 15]);
  });

  it("bad options and a verifier that is no verifier are named", async () => {
    await assert.rejects(breadthFirst("", spelling("a"), { beam: 0, depth: 1 }), /beam must be a whole number from 1, got 0/); // prettier-ignore
    await assert.rejects(
      depthFirst("", spelling("a"), { threshold: 0, depth: 0, budget: 1 }),
      /depth must be/,
    );
    await assert.rejects(
      depthFirst("", spelling("a"), { threshold: 0, depth: 1, budget: 0 }),
      /budget must be/,
    );
    await assert.rejects(breadthFirst("", spelling("a", () => [1]), { beam: 1, depth: 1 }), /2 states need as many scores/); // prettier-ignore
    await assert.rejects(
      breadthFirst(
        "",
        spelling("a", () => [1, NaN]),
        { beam: 1, depth: 1 },
      ),
      /got \[1, NaN\]/,
    );
  });
});

describe("tree of thoughts on the game of 24", () => {
  it("with the truth as verifier a beam of 1 wins whatever can be won, in as many moves as there are", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 4, maxLength: 4 }),
        async (hand) => {
          const root = game24(hand);
          const won = canWin(root);
          const tree = await breadthFirst(root, exactGame24(), { beam: 1, depth: 3 });
          assert.equal(tree.path !== undefined, won);
          const end = tree.nodes[tree.path?.at(-1) ?? 0];
          assert.equal(end?.state.moves.length, won ? 3 : 0);
          const deep = await depthFirst(root, exactGame24(), { threshold: 0, depth: 3, budget: 50 });
          assert.deepEqual([deep.path !== undefined, deep.proposals], [won, won ? 3 : 1]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("reads moves from text: what is no move, not there or miscalculated is refused and told", () => {
    const text =
      "13 - 9 = 4 (left: 4 4 10)\n\nthink\n5 + 4 = 9\n4 * 9 = 35\n10/4=5/2 (left: what)\n4 + 9 = 130";
    const { states, refused } = readMoves(game24([4, 9, 10, 13]), text);
    assert.deepEqual(states.map(game24Key), ["4 4 10", "5/2 9 13"]);
    assert.deepEqual(states[1]?.moves, ["10 / 4 = 5/2"]);
    assert.deepEqual(refused, [
      { line: "think", why: "no move" },
      { line: "5 + 4 = 9", why: "numbers not there" },
      { line: "4 * 9 = 35", why: "wrong result" },
      { line: "4 + 9 = 130", why: "wrong result" },
    ]);
    assert.equal(readMoves(game24([4, 0]), "4 / 0 = 0").refused[0]?.why, "numbers not there");
    assert.equal(readMoves(game24([4, 1]), "4 / 1 = 4/0").refused[0]?.why, "no move");
  });

  it("every legal move, written down, is read back", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 13 }), { minLength: 2, maxLength: 4 }), (hand) => {
        const moves = game24Moves(game24(hand));
        const text = moves.map((next) => next.moves.at(-1)).join("\n");
        assert.deepEqual(readMoves(game24(hand), text), { states: moves, refused: [] });
      }),
    );
  });

  it("verdicts: sure 20, likely 1, impossible 0.001; the last word counts", () => {
    assert.deepEqual(["10 + 14 = 24\nsure", "Likely", "not sure ... impossible", "", "unsure"].map(readVerdict), [20, 1, 0.001, 0, 0]); // prettier-ignore
  });

  it("a model in both roles: stub texts lead to 24; verdicts are summed, and asked for once a state", async () => {
    const asked: string[] = [];
    const refusals: string[] = [];
    const write = async (prompt: string, options?: { count?: number }): Promise<string[]> => {
      asked.push(prompt);
      const left = /Numbers: ([^\n]+)\n[^]*$/.exec(prompt.slice(prompt.lastIndexOf("Numbers:")))?.[1];
      if (prompt.startsWith("Can")) return Array.from({ length: options?.count ?? 1 }, () => (left === "4 6" || left === "4 4 10" || left === "24" ? "sure" : "impossible")); // prettier-ignore
      const moves: Record<string, string> = {
        "4 9 10 13": "4 + 9 = 13\n13 - 9 = 4\n9 + 9 = 18",
        "4 4 10": "10 - 4 = 6\n4 - 4 = 0",
        "4 6": "4 * 6 = 24",
      };
      return [moves[left as string] as string];
    };
    const task = modelGame24({ write, verdicts: 3, onRefused: (_, lines) => refusals.push(...lines.map(({ line }) => line)) }); // prettier-ignore
    const tree = await breadthFirst(game24([4, 9, 10, 13]), task, { beam: 1, depth: 3 });
    assert.ok(isWon(tree.nodes[tree.path?.at(-1) as number]?.state ?? game24([1])));
    assert.deepEqual(
      tree.path?.map((id) => tree.nodes[id]?.score),
      [undefined, 60, 60, 60],
    );
    assert.deepEqual(refusals, ["9 + 9 = 18"]);
    const before = asked.length;
    await task.judge(tree.nodes.slice(1).map(({ state }) => state));
    assert.equal(asked.length, before);
    assert.ok(asked[0] === proposePrompt(game24([4, 9, 10, 13])));
    assert.ok(asked.includes(verifyPrompt(game24([4, 4, 10]))));
    assert.deepEqual(await task.propose(game24([24])), []);
  });
});
