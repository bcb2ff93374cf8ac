import assert from "node:assert/strict";
import fc from "fast-check";
import { gradeStory, isHeldOutStory, storyAnswer, storyProblem, storyProblems, storyPrompt, storyStyles } from "../../src/data"; // prettier-ignore
import type { StoryStyle } from "../../src/data";
import { makeRng } from "../../src/engine";

const story = storyProblem(12, [4, -9]);
const drawn = fc
  .record({ seed: fc.nat(1000), steps: fc.integer({ min: 1, max: 4 }), part: fc.constantFrom("train", "test") })
  .map(({ seed, steps, part }) => storyProblems({ count: 3, steps: [steps], part: part as "train" }, makeRng(seed))); // prettier-ignore

describe("word problems: what is asked and written", () => {
  it("by hand: the events in order, one answer in four styles", () => {
    assert.match(
      story.question,
      /^\w+ has 12 \w+, (buys|finds|gets) 4, (loses|sells|drops) 9\. How many\? $/,
    );
    assert.equal(story.answer, 7);
    assert.equal(storyAnswer(story, "direct"), "#7");
    assert.equal(storyAnswer(story, "equations"), "12+4=16 16-9=7#7");
    assert.equal(storyAnswer(story, "words"), "12, up 4: 16, down 9: 7#7");
    const wrong = /^12\+4=(\d+) (\d+)-9=(\d+)#7$/.exec(storyAnswer(story, "wrong")) as string[];
    const [first, again, second] = wrong.slice(1).map(Number);
    assert.equal(first, again);
    assert.ok(first === 16 || second === (first as number) - 9, "one slip, and what follows from it");
    assert.notEqual(second, 7, "the answer is right, the chain does not lead to it");
  });

  it("examples stand before the question, a line each", () => {
    const other = storyProblem(15, [1]);
    const examples = [{ problem: other, style: "direct" as StoryStyle }];
    assert.equal(storyPrompt(examples, story), `${other.question}#16\n${story.question}`);
    assert.equal(storyPrompt([], story), story.question);
  });

  it("numbers stay between 0 and 99; every style is read back; a wrong chain has other numbers of the same form", () => {
    fc.assert(
      fc.property(drawn, (problems) => {
        for (const problem of problems) {
          let total = problem.start;
          for (const by of problem.changes) {
            total += by;
            assert.ok(total >= 0 && total <= 20 && Math.abs(by) >= 1 && Math.abs(by) <= 9);
          }
          assert.equal(total, problem.answer);
          assert.equal(problem.steps, problem.changes.length);
          for (const style of storyStyles) {
            const graded = gradeStory(problem, storyAnswer(problem, style));
            assert.ok(graded.right && graded.answer === total, style);
            assert.equal(graded.style, style === "wrong" ? "equations" : style);
            assert.equal(graded.rightChain, style === "equations" || style === "words");
          }
          const form = (style: StoryStyle) =>
            storyAnswer(problem, style).replace(/=\d+|\b\d+(?=[-+])/g, "=N");
          assert.equal(form("wrong"), form("equations"));
        }
      }),
      { numRuns: 50 },
    );
  });

  it("the same seed draws the same; no test problem comes twice, and none is learned from", () => {
    const options = { count: 60, steps: [1, 2], part: "test" } as const;
    const test = storyProblems(options, makeRng(4));
    assert.deepEqual(test, storyProblems(options, makeRng(4)));
    assert.equal(new Set(test.map(({ start, changes }) => `${start} ${changes.join(" ")}`)).size, 60);
    const train = storyProblems({ count: 300, steps: [1, 2], part: "train" }, makeRng(4));
    assert.ok(test.every(({ start, changes }) => isHeldOutStory(start, changes)));
    assert.ok(train.every(({ start, changes }) => !isHeldOutStory(start, changes)));
  });
});

describe("word problems: what is read", () => {
  const cases: readonly [string, Partial<ReturnType<typeof gradeStory>>][] = [
    ["#7\nAnn has", { answer: 7, right: true, style: "direct", rightChain: false }],
    ["12+4=16 16-9=8#8", { answer: 8, right: false, style: "equations", rightChain: false }],
    ["12+4=16 16-9=7#8", { answer: 8, right: false, rightChain: true }],
    ["12, up 4: 16, down 9: 7", { answer: undefined, right: false, style: "words", rightChain: true }],
    ["7", { answer: undefined, right: false, style: undefined }],
    ["#7 ", { answer: undefined }],
    ["", { answer: undefined, style: undefined, rightChain: false }],
  ];
  for (const [text, want] of cases)
    it(JSON.stringify(text), () => {
      const got = gradeStory(story, text);
      for (const [field, value] of Object.entries(want)) assert.equal(got[field as keyof typeof got], value, field); // prettier-ignore
    });
});

describe("word problems: bad input", () => {
  it("is named", () => {
    assert.throws(() => storyProblem(12, []), /changes must be 1 to 4 whole numbers from 1 to 9 up or down, got \[\]/); // prettier-ignore
    assert.throws(() => storyProblem(12, [0]), /got \[0\]/);
    assert.throws(() => storyProblem(5, [-9]), /from 0 to 20, at first and after each change, got 5, -4/);
    const options = { count: 1, steps: [1], part: "test" } as const;
    assert.throws(() => storyProblems({ ...options, count: 0 }, makeRng(1)), /count must be a whole number from 1, got 0/); // prettier-ignore
    assert.throws(() => storyProblems({ ...options, steps: [5] }, makeRng(1)), /steps must be whole numbers from 1 to 4, got \[5\]/); // prettier-ignore
    assert.throws(() => storyProblems({ ...options, steps: [] }, makeRng(1)), /got \[\]/);
    assert.throws(() => storyProblems({ ...options, count: 100 }, makeRng(1)), /only \d\d different test problems of 1 steps\. Cure:/); // prettier-ignore
  });
});
