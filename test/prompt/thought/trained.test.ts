import assert from "node:assert/strict";
import { game24, game24Proposal, gradeStory, storyProblems, storyPrompt } from "../../../src/data";
import type { StoryProblem, StoryStyle } from "../../../src/data";
import { makeRng, useEngine } from "../../../src/engine";
import { trainedDecoder } from "../../../src/generate";
import { decoderWriter, readMoves } from "../../../src/prompt";
import type { WriteEach } from "../../../src/prompt";
import { loadTrained } from "../../../src/train/node";
import type { SavedModel } from "../../../src/train/node";
import { disposeTree } from "../../../src/tree";

/** Models that the lab ships for chapter 09, on a few problems that they have not seen. */
async function withModel(name: string, work: (writeEach: WriteEach) => Promise<void>): Promise<void> {
  const saved: SavedModel = await loadTrained(name);
  const { writeEach } = decoderWriter({ decoder: trainedDecoder(saved), tokenizer: saved.tokenizer, rng: makeRng(1) }); // prettier-ignore
  try {
    await work(writeEach);
  } finally {
    disposeTree(saved.params);
  }
}

const line = { stop: ["\n"] };
const hard = storyProblems({ count: 16, steps: [2], part: "test" }, makeRng(2));
const right = (texts: readonly string[]): number => texts.filter((text, i) => gradeStory(hard[i] as StoryProblem, text).right).length; // prettier-ignore

describe("models trained for chapter 09", function () {
  this.timeout(300_000);
  before(() => useEngine({}));

  it("game24 writes moves with numbers that are there", () =>
    withModel("game24", async (writeEach) => {
      const hands = [[1, 4, 8, 12], [2, 6, 7, 9], [3, 5, 10, 11], [4, 24], [3, 8], [2, 5, 11]].map(game24); // prettier-ignore
      const texts = await writeEach(hands.map(game24Proposal), line);
      const legal = texts.filter(
        (text, i) => readMoves(hands[i]!, text, { calculator: true }).states.length === 1,
      );
      assert.ok(legal.length >= 5, JSON.stringify(texts));
    }));

  it("stories-chain solves more of two steps than stories-direct, which was trained as long", async () => {
    const solved: number[] = [];
    for (const name of ["stories-direct", "stories-chain"])
      await withModel(name, async (writeEach) => {
        solved.push(right(await writeEach(hard.map(({ question }) => question), line))); // prettier-ignore
      });
    const [direct, chain] = solved as [number, number];
    assert.ok(chain - direct >= 6, `${direct} and ${chain} of ${hard.length}`);
  });

  it("stories-shots answers in the style of its examples", () =>
    withModel("stories-shots", async (writeEach) => {
      const [first, ...asked] = hard.slice(0, 7) as [StoryProblem, ...StoryProblem[]];
      for (const style of ["direct", "words"] as StoryStyle[]) {
        const prompts = asked.map((problem) => storyPrompt([{ problem: first, style }], problem));
        const texts = await writeEach(prompts, line);
        const same = texts.filter((text, i) => gradeStory(asked[i] as StoryProblem, text).style === style);
        assert.ok(same.length >= 5, `${style}: ${texts.join(" | ")}`);
      }
    }));
});
