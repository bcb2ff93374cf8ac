import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../src/engine";
import {
  answerOf,
  arithmeticKinds,
  arithmeticProblem,
  arithmeticProblems,
  arithmeticSteps,
  type ChainForm,
  chainForms,
  gradeChain,
  isHeldOut,
  workedAnswer,
  workedLine,
} from "../../src/data";

const sum = arithmeticProblem("sum", 345, 678);
const kinds = fc.constantFrom(...arithmeticKinds);
const problems = fc
  .record({ kind: kinds, a: fc.nat(999_999), b: fc.nat(999_999), story: fc.nat(50) })
  .map(({ kind, a, b, story }) => arithmeticProblem(kind, a, kind.includes("product") ? b % 10 : b, story));

describe("arithmetic: what is written", () => {
  const hand: readonly [ChainForm, string][] = [
    ["direct", "345+678=1023"],
    ["scratchpad", "345+678=5+8+0=13 4+7+1=12 3+6+1=10#1023"],
    ["equation", "345+678=345+678#1023"],
    ["dots", "345+678=..........................#1023"],
    ["after", "345+678=#1023 5+8+0=13 4+7+1=12 3+6+1=10"],
  ];
  for (const [form, line] of hand) it(`${form}: ${line}`, () => assert.equal(workedLine(sum, form), line));

  it("wrong: one carry is turned round, and what follows from it; the answer stays", () => {
    const wrongFirst = "5+8+0=13 4+7+0=11 3+6+1=10#1023";
    const wrongSecond = "5+8+0=13 4+7+1=12 3+6+0=9#1023";
    assert.ok([wrongFirst, wrongSecond].includes(workedAnswer(sum, "wrong")));
    // With no carry to pass on wrongly there is nothing wrong.
    assert.equal(workedAnswer(arithmeticProblem("sum", 7, 8), "wrong"), "7+8+0=15#15");
  });

  it("a product goes digit by digit too; a shorter number goes on with zeros", () => {
    assert.equal(workedLine(arithmeticProblem("product", 345, 7), "scratchpad"), "345*7=5*7+0=35 4*7+3=31 3*7+3=24#2415"); // prettier-ignore
    assert.equal(workedLine(arithmeticProblem("sum", 99, 1), "scratchpad"), "99+1=9+1+0=10 9+0+1=10#100");
  });

  it("a story's chain begins with its equation", () => {
    const story = arithmeticProblem("story", 34, 57);
    assert.equal(story.question, "Ann has 34 pens and gets 57 more. How many now? ");
    assert.equal(workedAnswer(story, "scratchpad"), "34+57: 4+7+0=11 3+5+1=9#91");
    assert.equal(workedAnswer(story, "equation"), "34+57#91");
    const times = arithmeticProblem("product story", 34, 6, 11);
    assert.equal(times.question, "6 boxes hold 34 pens each. How many has Max? ");
    assert.equal(workedAnswer(times, "scratchpad"), "34*6: 4*6+0=24 3*6+2=20#204");
  });

  it("every form's answer is read back; steps are digits with carries below ten and lead to the answer", () => {
    fc.assert(
      fc.property(problems, (problem) => {
        for (const form of chainForms)
          assert.equal(answerOf(workedAnswer(problem, form), form), problem.answer);
        assert.equal(workedAnswer(problem, "dots").length, workedAnswer(problem, "scratchpad").length);
        let [answer, place] = [0, 1];
        const steps = arithmeticSteps(problem);
        steps.forEach(({ x, y, carry, total }, i) => {
          assert.ok([x, y, carry].every((digit) => digit >= 0 && digit <= 9));
          answer += place * (i === steps.length - 1 ? total : total % 10);
          place *= 10;
        });
        assert.equal(answer, problem.answer);
      }),
    );
  });
});

describe("arithmetic: what is read", () => {
  const cases: readonly [string, ChainForm, number | undefined][] = [
    ["1023\n17+5=", "direct", 1023],
    ["1023 ", "direct", undefined],
    ["01023", "direct", undefined],
    ["", "direct", undefined],
    ["5+8+0=13#13", "scratchpad", 13],
    ["5+8+0=13#", "scratchpad", undefined],
    ["1023", "scratchpad", undefined],
    ["1#2#3", "scratchpad", undefined],
    ["#0 0+0+0=0", "after", 0],
    ["#13", "after", 13],
    ["x#13", "after", undefined],
    ["...#99", "dots", 99],
  ];
  for (const [text, form, wanted] of cases)
    it(`${JSON.stringify(text)} as ${form}: ${wanted}`, () => assert.equal(answerOf(text, form), wanted));

  it("a chain is judged step by step", () => {
    const graded = gradeChain(sum, "5+8+0=13 4+7+0=11 3+6+1=9#1023\n");
    assert.deepEqual(graded, {
      steps: [
        { wanted: "5+8+0=13", written: "5+8+0=13", right: true, holds: true },
        { wanted: "4+7+1=12", written: "4+7+0=11", right: false, holds: true },
        { wanted: "3+6+1=10", written: "3+6+1=9", right: false, holds: false },
      ],
      surplus: 0,
      right: false,
      leadsTo: 913,
      answer: 1023,
    });
    const short = gradeChain(sum, "5+8+0=13#13");
    assert.deepEqual([short.steps[1]?.written, short.steps[1]?.holds, short.leadsTo], [undefined, false, 13]);
    const long = gradeChain(sum, "5+8+0=13 4+7+1=12 3+6+1=10 0+0+1=1#1023");
    assert.deepEqual([long.surplus, long.right, long.steps.every(({ right }) => right)], [1, false, true]);
    assert.equal(gradeChain(sum, "banana#1023").leadsTo, undefined);
    assert.equal(gradeChain(sum, "#1023").leadsTo, undefined);
  });

  it("right chains are right, dots are not, wrong ones have true equations and, where there is a carry, another result", () => {
    fc.assert(
      fc.property(problems, (problem) => {
        for (const form of ["scratchpad", "after"] as const) {
          const graded = gradeChain(problem, workedAnswer(problem, form), form);
          assert.deepEqual([graded.right, graded.leadsTo, graded.answer], [true, problem.answer, problem.answer]); // prettier-ignore
        }
        assert.equal(gradeChain(problem, workedAnswer(problem, "dots")).right, false);
        const wrong = gradeChain(problem, workedAnswer(problem, "wrong"));
        assert.ok(wrong.steps.every(({ holds }) => holds));
        assert.equal(wrong.answer, problem.answer);
        assert.equal(wrong.right, wrong.steps.length === 1);
        assert.equal(wrong.leadsTo === problem.answer, wrong.steps.length === 1);
      }),
    );
  });
});

describe("arithmetic: problems", () => {
  it("the same seed gives the same; digits and kinds are those asked for, about as often as asked", () => {
    const options = { count: 600, digits: [2, 3, 3], kinds: ["sum", "product"], part: "train" } as const;
    const drawn = arithmeticProblems(options, makeRng(5));
    assert.deepEqual(drawn, arithmeticProblems(options, makeRng(5)));
    assert.notDeepEqual(drawn, arithmeticProblems(options, makeRng(6)));
    const share = (test: (problem: (typeof drawn)[number]) => boolean) => drawn.filter(test).length / 600;
    assert.ok(Math.abs(share(({ digits }) => digits === 3) - 2 / 3) < 0.08);
    assert.ok(Math.abs(share(({ kind }) => kind === "sum") - 1 / 2) < 0.08);
    assert.ok(drawn.every(({ a, b, digits, kind }) => String(a).length === digits && String(b).length === (kind === "sum" ? digits : 1))); // prettier-ignore
  });

  it("no pair is in both parts, whatever the seeds, in either order and in any kind", () => {
    const pair = ({ a, b }: { a: number; b: number }): string => `${Math.min(a, b)} ${Math.max(a, b)}`;
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.nat(1000),
        fc.shuffledSubarray([1, 2, 3], { minLength: 1 }),
        (one, two, digits) => {
          const shared = { digits, kinds: arithmeticKinds } as const;
          const train = new Set(arithmeticProblems({ ...shared, count: 200, part: "train" }, makeRng(one)).map(pair)); // prettier-ignore
          const test = arithmeticProblems({ ...shared, count: 5, part: "test" }, makeRng(two));
          assert.ok(test.every((problem) => !train.has(pair(problem)) && isHeldOut(problem.b, problem.a)));
        },
      ),
      { numRuns: 30 },
    );
  });

  it("test problems are all different, up to the last one; one more is an error that says how many there are", () => {
    const pairs = Array.from({ length: 100 }, (_, i) => [Math.floor(i / 10), i % 10] as const);
    const held = pairs.filter(([a, b]) => isHeldOut(a, b));
    const all = { digits: [1], part: "test" } as const;
    const got = arithmeticProblems({ ...all, count: held.length }, makeRng(1)).map(({ a, b }) => `${a} ${b}`);
    assert.deepEqual(got.sort(), held.map(([a, b]) => `${a} ${b}`).sort());
    assert.throws(
      () => arithmeticProblems({ ...all, count: held.length + 1 }, makeRng(1)),
      new RegExp(
        `count ${held.length + 1}: there are only ${held.length} different test problems of 1 digits`,
      ),
    );
  });

  it("about a tenth is held out", () => {
    const held = Array.from({ length: 5000 }, (_, i) => isHeldOut(1000 + i, 7777)).filter(Boolean).length;
    assert.ok(held > 420 && held < 580, `${held} of 5000`);
  });

  it("wrong options are named", () => {
    const good = { count: 1, digits: [2], part: "train" } as const;
    const draw = (change: object): unknown => arithmeticProblems({ ...good, ...change }, makeRng(1));
    assert.throws(() => draw({ count: 0 }), /count must be a whole number from 1, got 0/);
    assert.throws(() => draw({ digits: [] }), /digits must be whole numbers from 1 to 12, got \[\]/);
    assert.throws(() => draw({ digits: [2, 13] }), /got \[2, 13\]/);
    assert.throws(() => draw({ kinds: ["root"] }), /kinds must be of sum, product, story, product story, got \[root\]/); // prettier-ignore
    assert.throws(() => arithmeticProblem("sum", 1.5, 2), /a must be a whole number from 0/);
    assert.throws(() => arithmeticProblem("sum", 1, -2), /b must be a whole number from 0/);
    assert.throws(() => arithmeticProblem("product", 12, 34), /b must be one digit where it multiplies, got 34/); // prettier-ignore
  });
});
