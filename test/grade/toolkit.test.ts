import assert from "node:assert/strict";
import util from "node:util";
import fc from "fast-check";
import { labs } from "../../src/lab/checks";
import { brief, same } from "../../src/lab/checks/compare";
import { localLearner, type Learner, type LearnerFault } from "../../src/lab/checks/learner";
import { enliven } from "../../src/lab/checks/live";
import { makeRandom } from "../../src/lab/checks/random";
import { CheckFailure, makeToolkit } from "../../src/lab/checks/toolkit";
import { copyValue, decodeValue, encodeValue, LIMITS, Opaque } from "../../src/lab/checks/values";
import { tensorLearner, tensorTools } from "../../src/lab/checks/tensors";
import { runExercise, summary, type Exercise, type Lab } from "../../src/lab/exercise";
import * as startHere from "../../solutions/00-start-here";
import * as tokenization from "../../solutions/01-tokenization";
import * as embeddings from "../../solutions/02-embeddings";
import * as positions from "../../solutions/03-positional-encoding";
import * as heads from "../../solutions/04-multi-head-attention";
import * as architectures from "../../solutions/05-architectures";
import * as pretraining from "../../solutions/06-pretraining";
import * as generation from "../../solutions/07-generation";
import * as inContext from "../../solutions/08-in-context-learning";
import * as thought from "../../solutions/09-chain-of-thought";
import * as petVerbalizers from "../../solutions/10-pet-verbalizers";
import * as rlhf from "../../solutions/11-rlhf";

/** By the number of the lab. */
const solutions: Readonly<Record<string, object>> = {
  "00": startHere,
  "01": tokenization,
  "02": embeddings,
  "03": positions,
  "04": heads,
  "05": architectures,
  "06": pretraining,
  "07": generation,
  "08": inContext,
  "09": thought,
  "10": petVerbalizers,
  "11": rlhf,
};

/** The reference answer, or any other function, as a check runs it in a notebook. */
function learnerOf(lab: Lab, { fn }: Exercise, given?: unknown): Learner {
  const run = lab.tensors ? tensorLearner : localLearner;
  return run(fn, given ?? Reflect.get(solutions[lab.id] ?? {}, fn));
}

/** Plain data of every kind that may cross to learner code. */
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined, "\ud800", "__proto__", -0),
    fc.uint8Array(),
    fc.array(tie("value")),
    fc.array(fc.tuple(fc.string(), tie("value"))).map((entries) => new Map(entries)),
    fc.array(fc.string()).map((items) => new Set(items)),
    fc.dictionary(fc.string(), tie("value"), { noNullPrototype: true }),
  ),
})).value;

describe("values to and from learner code", () => {
  it("plain data arrives as it was sent", () => {
    fc.assert(fc.property(data, (value) => assert.deepStrictEqual(copyValue(value), value)));
  });

  it("a value equals its copy, and prints within the width", () => {
    fc.assert(
      fc.property(data, fc.integer({ min: 10, max: 200 }), (value, width) => {
        assert.ok(same(value, copyValue(value)));
        assert.ok(brief(value, width).length <= width);
      }),
    );
  });

  it("anything at all is encoded in bounds, and decodes to plain data or to what it was", () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withSparseArray: true,
      withTypedArray: true,
    });
    fc.assert(
      fc.property(anything, (value) => {
        const copy = copyValue(value, util.types.isProxy);
        assert.equal(encodeValue(copy).includes("\n"), false);
      }),
    );
  });

  it("odd values are named", () => {
    const cyclic: unknown[] = [];
    cyclic.push({ cyclic });
    let deep: unknown = 0;
    for (let i = 0; i < 1000; i++) deep = [deep];
    const trap = new Proxy([], { get: () => assert.fail("a trap was called") });
    const cases: [value: unknown, what: RegExp][] = [
      [cyclic, /contains itself/],
      [deep, /nested too deeply/],
      [trap, /a Proxy/],
      [() => 1, /a function/],
      [Symbol("x"), /a symbol/],
      [10n, /a bigint/],
      [new Date(), /a class of its own/],
      [new Array(LIMITS.values + 1), /an array of 2000001 values/],
      ["x".repeat(LIMITS.characters + 1), /far too long/],
    ];
    for (const [value, what] of cases) assert.match(brief(copyValue(value, util.types.isProxy)), what);
    assert.equal(same(new Opaque("a function"), new Opaque("a function")), false, "Opaque equals nothing");
  });

  it("a text that is no value is refused, not believed", () => {
    const bad = [
      "",
      "{",
      "{}",
      '{"$":"map","v":[1]}',
      '{"$":"view","name":"Buffer","v":[]}',
      '{"$":"x","v":[]}',
    ];
    for (const text of bad) assert.throws(() => decodeValue(text), SyntaxError, text);
    const own = decodeValue('{"$":"object","v":[["__proto__",1]]}') as object;
    assert.equal(Object.getPrototypeOf(own), Object.prototype);
    assert.deepEqual(Object.keys(own), ["__proto__"]);
  });

  it("arguments and answers are copies: a learner reaches nothing of the check's", async () => {
    const input = [[1]];
    const learner = localLearner("f", (rows: number[][]) => {
      rows[0]!.push(2);
      return rows;
    });
    const { value, args } = await learner.run([input]);
    assert.deepEqual(input, [[1]]);
    assert.deepEqual([value, args], [[[1, 2]], [[[1, 2]]]]);
  });
});

describe("the toolkit", () => {
  const t = makeToolkit(makeRandom(1));
  const failure = async (work: Promise<void>): Promise<string> =>
    work.then(
      () => assert.fail("no failure"),
      (error: unknown) => (error instanceof CheckFailure ? error.message : assert.fail(String(error))),
    );
  const square = (x: number): number => x * x;
  const args = [[1], [2], [3], [4]] as [number][];
  const wrong = [
    { message: "Doubled.", answer: (x: number) => 2 * x },
    { message: "Four.", answer: () => 4 },
  ];
  const told = (fn: (x: number) => unknown): Promise<string> =>
    failure(t.cases(localLearner("f", fn), { args, expected: square, wrong }));

  it("says the smallest case, what came, what was expected, how many are right, and the mistake", async () => {
    assert.equal(await told((x) => 2 * x), "f(1)\ngave 2\nexpected 1\n25 % right (1 of 4). Doubled.");
  });

  it("names the mistake apart from the message, in the same words for everybody who made it", async () => {
    const mistake = async (work: Promise<void>): Promise<string | undefined> =>
      work.then(
        () => assert.fail("no failure"),
        (error: unknown) => (error as CheckFailure | LearnerFault).mistake,
      );
    const of = (fn: (x: number) => unknown) =>
      mistake(t.cases(localLearner("f", fn), { args, expected: square, wrong }));
    assert.equal(await of((x) => 2 * x), "Doubled.");
    // Most of the misses, but not all: the message says so, the mistake is the same.
    const mostly = (x: number): number => (x === 1 ? 7 : 2 * x);
    assert.match(await told(mostly), /Mostly this: Doubled\./);
    assert.equal(await of(mostly), "Doubled.");
    assert.equal(await of(() => undefined), "Nothing came back: is a `return` missing?");
    assert.equal(await of(() => 7), "Every input gets the same answer.");
    assert.equal(await of((x) => x / 3 + 1), undefined, "nobody's classic mistake");
    assert.equal(await of((x) => (null as unknown as number[])[x]), "The call threw TypeError.");
    const grows = localLearner("f", (list: number[]) => list.push(1));
    assert.equal(await mistake(t.unchanged(grows, [[[1]], [[2, 3]]], (list) => list.length + 1)), "The function changed its input."); // prettier-ignore
    const calm = localLearner("f", () => 1);
    assert.equal(await mistake(t.refuses(calm, [1], /x/, "a RangeError")), "Bad input must throw a RangeError."); // prettier-ignore
  });

  it("of two mistakes that explain the misses, names the one that explains all answers", async () => {
    const both = [
      { message: "Never right.", answer: (x: number) => (x === 2 ? 0 : 2 * x) },
      { message: "Doubled.", answer: (x: number) => 2 * x },
    ];
    const learner = localLearner("f", (x: number) => 2 * x);
    assert.match(await failure(t.cases(learner, { args, expected: square, wrong: both })), /Doubled\./);
  });

  it("names mistakes of form", async () => {
    assert.match(await told(() => undefined), /Nothing came back: is a `return` missing\?/);
    assert.match(await told(() => "1"), /It must give a number, and this is text/);
    assert.match(await told(() => NaN), /NaN means/);
    const maps = (add: (key: string, x: number) => unknown): Promise<string> => {
      const learner = localLearner("f", (x: number) => new Map([[add("k", x) as string, add("", x)]]));
      return failure(t.cases(learner, { args, expected: (x: number) => new Map([["k", x]]) }));
    };
    assert.match(await maps((key, x) => (key === "" ? undefined! + x : key)), /NaN means/);
    assert.match(await maps((key, x) => (key === "" ? x : `k ${[][0]}`)), /one place after the end/);
    assert.match(await told(() => 7), /Every input gets the same answer/);
    const lists = localLearner("f", (n: number) => Array.from({ length: n }, (_, i) => n - i));
    const expected = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
    assert.match(
      await failure(t.cases(lists, { args, expected })),
      /The right items, but in the wrong order/,
    );
  });

  it("numbers may be asked for within a tolerance", async () => {
    const learner = localLearner("f", (x: number) => x * x + 1e-7);
    await t.cases(learner, { args, expected: square, tolerance: 1e-6 });
    await failure(t.cases(learner, { args, expected: square, tolerance: 1e-9 }));
  });

  it("growth tells slow from wrong, by the time that the learner's process took", async () => {
    const timed = (ms: (n: number) => number): Learner => ({
      fn: "f",
      run: (given) => Promise.resolve({ value: given[0], args: given, ms: ms(given[0] as number) }),
    });
    const spec = {
      sizes: [10, 100],
      unit: "letters",
      make: (n: number): [number] => [n],
      limitMs: 50,
      message: "Loop.",
    };
    const grown = (learner: Learner): Promise<void> =>
      t.growth(learner, { ...spec, expected: (n: number) => n });
    await grown(timed((n) => n / 10));
    assert.match(
      await failure(grown(timed((n) => (n * n) / 50))),
      /With 100 letters, f took 0\.2 s; the limit is 0\.050 s\. 10 times as much input took 100\.0 times as long\. Loop\./,
    );
  });
});

describe("every exercise", () => {
  for (const lab of labs) {
    const { topic } = lab;
    for (const exercise of lab.exercises) {
      it(`${topic}/${exercise.id}: the right answer to any one input earns nothing when it is given for all`, async () => {
        const right = learnerOf(lab, exercise);
        const firsts: unknown[] = [];
        for (const check of exercise.checks) {
          let first: { value: unknown } | undefined;
          const recorder: Learner = {
            fn: right.fn,
            run: async (given, dy, by) => {
              const result = await right.run(given, dy, by);
              first ??= result;
              return result;
            },
          };
          await check.run(recorder, makeToolkit(makeRandom(1)));
          firsts.push(first?.value);
        }
        for (const value of firsts) {
          const alive = (): unknown => enliven([value], lab.tensors ? tensorTools : undefined).args[0];
          const { score, state } = await runExercise(exercise, learnerOf(lab, exercise, alive));
          assert.deepEqual([score, state], [0, "fail"], brief(value));
        }
      });

      it(`${topic}/${exercise.id}: other random inputs, the same full marks`, async () => {
        const right = learnerOf(lab, exercise);
        for (const seed of [2, 3, 4]) {
          assert.equal((await runExercise({ ...exercise, checks: exercise.checks.filter(({ id }) => id !== "speed") }, right, seed)).state, "pass"); // prettier-ignore
        }
      });
    }
  }

  it("nothing judged is an error, never a pass", async () => {
    assert.equal(summary([]).state, "error");
    const none = await runExercise(
      { ...labs[0]!.exercises[0]!, checks: [] },
      localLearner("f", () => 1),
    );
    assert.deepEqual([none.state, none.score, none.max], ["error", 0, 0]);
  });

  it("a mistake of a check itself is an error, and no points", async () => {
    const broken = { id: "x", title: "x", points: 1, run: () => Promise.reject(new TypeError("oh")) };
    const result = await runExercise(
      { ...labs[0]!.exercises[0]!, checks: [broken] },
      localLearner("f", () => 1),
    );
    assert.deepEqual([result.state, result.score], ["error", 0]);
  });
});
