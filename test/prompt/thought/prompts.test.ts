import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../../src/engine";
import {
  answerNumber,
  type Exemplar,
  exemplarAnswer,
  type ExemplarForm,
  exemplarForms,
  fewShotPrompt,
  numbersIn,
  wrongNumber,
  type WriteOptions,
  zeroShotAnswer,
  zeroShotThought,
} from "../../../src/prompt/thought";

describe("numbers in free text", () => {
  const cases: readonly [string, number[]][] = [
    ["She pays $1,234.50 for 3 of them.", [1234.5, 3]],
    ["-5 degrees, then 12%.", [-5, 12]],
    ["1,2,3 and 1,2345", [1, 2, 3, 1, 2345]],
    ["7 - 4 = 3", [7, 4, 3]],
    ["It is 10.", [10]],
    ["none", []],
  ];
  for (const [text, wanted] of cases)
    it(`${text} has [${wanted.join(", ")}]`, () => assert.deepEqual(numbersIn(text), wanted));

  it("the answer follows the last trigger, else it is the last number, the first or none", () => {
    const text = "The answer is 3? No: 3 + 4 = 7. the ANSWER is $7, not 9.";
    assert.equal(answerNumber(text), 7);
    assert.equal(answerNumber("3 apples and 4 make 7."), 7);
    assert.equal(answerNumber("3 apples and 4 make 7.", { otherwise: "first" }), 3);
    assert.equal(answerNumber("3 apples and 4 make 7.", { otherwise: "none" }), undefined);
    assert.equal(answerNumber("It was 3. The answer is yes."), undefined);
    assert.equal(answerNumber("x #### 72", { trigger: "####" }), 72);
  });

  it("any whole number is found where it was put, with commas or without", () => {
    fc.assert(
      fc.property(fc.integer({ min: -9_999_999, max: 9_999_999 }), fc.boolean(), (n, commas) => {
        const written = commas ? n.toLocaleString("en") : String(n);
        assert.deepEqual(numbersIn(`so ${written}, then`), [n]);
        assert.equal(answerNumber(`1 and 2. The answer is ${written}.`), n);
      }),
    );
  });
});

/** Answers from a list, and keeps what was asked. */
function scripted(...texts: string[]) {
  const asked: { prompt: string; options: WriteOptions | undefined }[] = [];
  const write = async (prompt: string, options?: WriteOptions): Promise<string[]> => {
    asked.push({ prompt, options });
    return Array.from({ length: options?.count ?? 1 }, () => texts.shift() as string);
  };
  return { asked, write };
}

describe("zero-shot chain of thought", () => {
  it("asks twice: the second prompt holds question, trigger, reasoning and the answer's trigger", async () => {
    const { asked, write } = scripted("There are 16 balls. Half of 16 is 8.\n", " 8 golf balls, not 16.");
    const thought = await zeroShotThought(write, " How many golf balls? ", { reason: { maxNewTokens: 90 } });
    const first = "Q: How many golf balls?\nA: Let's think step by step.";
    const second = `${first} There are 16 balls. Half of 16 is 8.\nTherefore, the answer (arabic numerals) is`;
    assert.deepEqual(asked, [
      { prompt: first, options: { maxNewTokens: 90, count: 1 } },
      { prompt: second, options: { count: 1 } },
    ]);
    assert.equal(thought.reasonPrompt, first);
    assert.equal(thought.answerPrompt, second);
    assert.equal(thought.answer, 8);
  });

  it("the plain question is one call, and another reading of the answer can be given", async () => {
    const { asked, write } = scripted(" (B) or so", " (B) or so");
    const plain = await zeroShotAnswer(write, "Which?");
    assert.deepEqual(asked[0]?.prompt, "Q: Which?\nA: The answer (arabic numerals) is");
    assert.equal(plain.answer, undefined);
    const letter = (text: string): string | undefined => /\((\w)\)/.exec(text)?.[1];
    const options = { answerTrigger: "Among A to E, the answer is", answerOf: letter };
    assert.equal((await zeroShotAnswer(write, "Which?", options)).answer, "B");
    assert.equal(asked[1]?.prompt, "Q: Which?\nA: Among A to E, the answer is");
  });

  it("a model that returns nothing is an error that says so", async () => {
    await assert.rejects(
      zeroShotThought(async () => [], "Why?"),
      /1 texts were asked for, 0 came/,
    );
  });
});

const roger: Exemplar = {
  question: "Roger has 5 balls and buys 2 cans of 3. How many?",
  chain: "Roger had 5. 2 cans of 3 are 6. 5 + 6 = 11.",
  equation: "5 + 2 * 3 = 11.",
  wrongChain: "Roger had 5. 2 cans of 3 are 6. 5 + 6 = 14.",
  answer: 11,
};

describe("few-shot chain of thought", () => {
  const hand: readonly [ExemplarForm, string][] = [
    ["standard", "The answer is 11."],
    ["chain", "Roger had 5. 2 cans of 3 are 6. 5 + 6 = 11. The answer is 11."],
    ["equation", "5 + 2 * 3 = 11. The answer is 11."],
    ["dots", `${".".repeat(43)} The answer is 11.`],
    ["after", "The answer is 11. Roger had 5. 2 cans of 3 are 6. 5 + 6 = 11."],
    ["wrong", "Roger had 5. 2 cans of 3 are 6. 5 + 6 = 14. The answer is 11."],
  ];
  for (const [form, wanted] of hand)
    it(`${form}: ${wanted}`, () => {
      assert.equal(exemplarAnswer(roger, form), wanted);
      assert.equal(answerNumber(wanted), 11);
    });

  it("demonstrations stand before the question; none is zero-shot", () => {
    const other = { question: "1 + 1?", chain: "1 and 1 are 2.", answer: 2 };
    assert.equal(
      fewShotPrompt([roger, other], "What now?", "standard"),
      `Q: ${roger.question}\nA: The answer is 11.\n\nQ: 1 + 1?\nA: The answer is 2.\n\nQ: What now?\nA:`,
    );
    for (const form of exemplarForms) assert.equal(fewShotPrompt([], "What now?", form), "Q: What now?\nA:");
  });

  it("an exemplar without what its form needs is named", () => {
    const bare = { question: "1 + 1?", chain: "2.", answer: 2 };
    assert.throws(
      () => fewShotPrompt([roger, bare], "x", "equation"),
      /exemplar 1: it has no equation\. Cure:/,
    );
    assert.throws(() => fewShotPrompt([bare], "x", "wrong"), /exemplar 0: it has no wrongChain/);
    assert.throws(
      () => fewShotPrompt([{ ...bare, question: " " }], "x", "chain"),
      /exemplar 0: it has no question/,
    );
  });

  it("a wrong chain differs in one number, a result where there is one, and has the same words", () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const wrong = wrongNumber(roger.chain, makeRng(seed));
        assert.match(wrong, /^Roger had 5\. 2 cans of 3 are 6\. 5 \+ 6 = \d+\.$/);
        assert.notEqual(wrong, roger.chain);
        assert.equal(wrong, wrongNumber(roger.chain, makeRng(seed)));
        const plain = wrongNumber("take 3, then 40", makeRng(seed));
        assert.match(plain, /^take \d+, then \d+$/);
        assert.equal(numbersIn(plain).filter((n, i) => n !== [3, 40][i]).length, 1);
      }),
    );
    assert.throws(() => wrongNumber("no numbers", makeRng(1)), /"no numbers" has no number to change/);
  });
});
