import assert from "node:assert/strict";
import fc from "fast-check";
import {
  directionalStimulus,
  generatedKnowledge,
  hintsFollowed,
  knowledgePrompt,
  stimulusPrompt,
} from "../../../src/prompt/thought";

const shots = [{ question: "Greece is larger than Mexico.", knowledge: "Greece has 131,957 square km." }];

describe("generated knowledge", () => {
  const options = {
    question: "Golf: the highest score wins?",
    answers: ["yes", "no"],
    instruction: "Generate some knowledge about the input:",
    shots,
    count: 4,
    write: async () => [" The lowest score wins. ", "", "Golf is old.", "The lowest score wins."],
    /** Sure with the right statement, nearly undecided without. */
    score: async (prompt: string) => (prompt.includes("lowest") ? [-3, -0.1] : [-1, -1.1]),
  };

  it("the prompt shows instruction, demonstrations and the question", () => {
    assert.equal(
      knowledgePrompt(options.instruction, shots, "Penguins can fly."),
      "Generate some knowledge about the input:\n\nInput: Greece is larger than Mexico.\nKnowledge: Greece has 131,957 square km.\n\nInput: Penguins can fly.\nKnowledge:",
    );
  });

  it("the most confident answer wins, over all statements and none; equal ones are asked once", async () => {
    const { answer, knowledge, informed, without } = await generatedKnowledge(options);
    assert.deepEqual([answer, knowledge, without], ["no", "The lowest score wins.", "yes"]);
    assert.deepEqual(informed.map((each) => each.knowledge), ["", "The lowest score wins.", "Golf is old."]); // prettier-ignore
    assert.equal(informed[0]?.prompt, options.question);
    assert.equal(informed[1]?.prompt, `The lowest score wins.\n${options.question}`);
    const p = Math.exp(-0.1) / (Math.exp(-0.1) + Math.exp(-3));
    assert.ok(Math.abs((informed[1]?.probabilities[1] as number) - p) < 1e-12);
  });

  it("nothing useful generated: the answer without; far-off log-probabilities still sum to 1", async () => {
    const nothing = await generatedKnowledge({ ...options, write: async () => ["", " ", "", ""] });
    assert.deepEqual([nothing.answer, nothing.knowledge, nothing.informed.length], ["yes", "", 1]);
    await fc.assert(
      fc.asyncProperty(fc.double({ min: -5000, max: 0, noNaN: true }), fc.double({ min: -5000, max: 0, noNaN: true }), async (a, b) => {
        const { informed } = await generatedKnowledge({ ...options, score: async () => [a, b] });
        for (const { probabilities, best } of informed) {
          assert.ok(Math.abs(probabilities.reduce((x, y) => x + y) - 1) < 1e-9);
          assert.equal(best, b - a > 1e-12 ? 1 : best);
        }
      }),
    ); // prettier-ignore
  });

  it("what does not fit is named", async () => {
    await assert.rejects(generatedKnowledge({ ...options, answers: [] }), /no answers to choose from/);
    await assert.rejects(
      generatedKnowledge({ ...options, count: 0 }),
      /count must be a whole number from 1, got 0/,
    );
    await assert.rejects(generatedKnowledge({ ...options, score: async () => [1] }), /2 answers need as many log-probabilities, got 1/); // prettier-ignore
    await assert.rejects(generatedKnowledge({ ...options, score: async () => [-Infinity, -Infinity] }), /no answer has a finite/); // prettier-ignore
    await assert.rejects(generatedKnowledge({ ...options, write: async () => ["x"] }), /4 texts were asked for, 1 came/); // prettier-ignore
  });
});

describe("directional stimulus", () => {
  it("hints stand between input and instruction; without hints the prompt is the plain one", () => {
    assert.equal(
      stimulusPrompt(" Bob flew to Paris. ", "Summarize the article.", ["Bob", "Paris"]),
      "Article: Bob flew to Paris.\nKeywords: Bob; Paris\nSummarize the article based on the keywords:",
    );
    assert.equal(stimulusPrompt("Bob flew.", "Summarize it:", []), "Article: Bob flew.\nSummarize it:");
    assert.equal(stimulusPrompt("1 + 1", "Answer", ["add"], { input: "Question", hints: "Hints" }), "Question: 1 + 1\nHints: add\nAnswer based on the hints:"); // prettier-ignore
  });

  it("asks with and without, and says how many hints each text follows", async () => {
    const write = async (prompt: string): Promise<string[]> => [prompt.includes("Keywords") ? "BOB saw Paris." : "Somebody flew to Paris."]; // prettier-ignore
    const hint = (): string[] => [" Bob ", "Paris", "Bob", "", "1997"];
    const result = await directionalStimulus({ input: "Bob flew.", instruction: "Summarize", hint, write });
    assert.deepEqual(result.hints, ["Bob", "Paris", "1997"]);
    assert.equal(result.followed, 2 / 3);
    assert.deepEqual(result.plain, { prompt: "Article: Bob flew.\nSummarize:", text: "Somebody flew to Paris.", followed: 1 / 3 }); // prettier-ignore
    assert.equal(hintsFollowed([], "anything"), 1);
  });
});
