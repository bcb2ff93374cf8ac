import assert from "node:assert/strict";
import { storyAnswer, storyProblem, storyProblems, storyPrompt } from "../../../src/data";
import type { StoryProblem } from "../../../src/data";
import { makeRng } from "../../../src/engine";
import { storyScores } from "../../../src/prompt/thought";
import type { WriteEach } from "../../../src/prompt/thought";

const problems = [2, 1, 3].flatMap((steps) => storyProblems({ count: 4, steps: [steps], part: "test" }, makeRng(1))); // prettier-ignore
/** One that knows all answers, and writes them as the line before the question is written; at once where there is none. */
const follower: WriteEach = async (prompts) =>
  prompts.map((prompt) => {
    const lines = prompt.split("\n");
    const problem = problems.find(({ question }) => question === lines.at(-1)) as StoryProblem;
    const before = lines.at(-2) ?? "#";
    const style =
      /\? #/.test(before) || before === "#" ? "direct" : /\? \d+,/.test(before) ? "words" : "equations";
    return storyAnswer(problem, style);
  });

describe("scores of a model of word problems", () => {
  it("by steps, fewest first; texts in the problems' order; chains count where there are some", async () => {
    const plain = await storyScores(follower, problems);
    assert.deepEqual(plain.scores.map(({ steps, problems: all, right }) => [steps, all, right]), [[1, 4, 4], [2, 4, 4], [3, 4, 4]]); // prettier-ignore
    assert.deepEqual(plain.written.map(({ problem }) => problem), problems); // prettier-ignore
    assert.deepEqual(plain.scores.map(({ rightChains, styles }) => [rightChains, styles]), Array(3).fill([0, { direct: 4 }])); // prettier-ignore
  });

  it("the examples come before each question, or those that a function picks", async () => {
    const examples = [{ problem: storyProblem(15, [1]), style: "words" as const }];
    const { scores } = await storyScores(follower, problems, examples);
    assert.deepEqual(scores.map(({ rightChains, styles }) => [rightChains, styles]), Array(3).fill([4, { words: 4 }])); // prettier-ignore
    const asked: string[] = [];
    const spy: WriteEach = (prompts, how) => {
      asked.push(...prompts);
      return follower(prompts, how);
    };
    const picked = await storyScores(spy, problems, (_, i) => (i % 2 === 0 ? examples : []));
    assert.equal(asked[0], storyPrompt(examples, problems[0] as StoryProblem));
    assert.equal(asked[1], problems[1]?.question);
    assert.deepEqual(picked.scores[0]?.styles, { words: 2, direct: 2 });
  });

  it("by hand: a wrong answer after a right chain, a wrong chain, and no answer", async () => {
    const story = storyProblem(12, [4, -9]);
    const texts = ["12+4=16 16-9=7#8", "12+4=15 15-9=6#7", "I do not know"];
    const { scores, written } = await storyScores(async () => texts, [story, story, story]);
    assert.deepEqual(scores, [{ steps: 2, problems: 3, right: 1, rightChains: 1, styles: { equations: 2 } }]);
    assert.deepEqual(written.map(({ right, rightChain }) => [right, rightChain]), [[false, true], [true, false], [false, false]]); // prettier-ignore
  });

  it("a model that returns too few texts is an error", async () => {
    await assert.rejects(storyScores(async () => [], problems), /12 prompts, 0 texts/); // prettier-ignore
  });
});
