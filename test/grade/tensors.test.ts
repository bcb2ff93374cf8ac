import assert from "node:assert/strict";
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { gradeLab } from "../../src/grade/lab";
import { tf, useEngine } from "../../src/engine";
import { findExercise, findLab } from "../../src/lab/checks";
import { brief, same } from "../../src/lab/checks/compare";
import { gradientAt, valueAt } from "../../src/lab/checks/formulas";
import { LearnerFault } from "../../src/lab/checks/learner";
import { enliven } from "../../src/lab/checks/live";
import { Formula, PlainTensor, tensor, tensorOf } from "../../src/lab/checks/plain";
import { makeRandom } from "../../src/lab/checks/random";
import { makeToolkit } from "../../src/lab/checks/toolkit";
import { tensorLearner, tensorTools } from "../../src/lab/checks/tensors";
import { copyValue, decodeValue, Opaque } from "../../src/lab/checks/values";
import { runExercise } from "../../src/lab/exercise";

const plainTensors = fc
  .tuple(
    fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
    fc.constantFrom("float32", "int32", "bool"),
  )
  .chain(([shape, dtype]) =>
    fc
      .array(dtype === "float32" ? fc.float() : fc.integer({ min: 0, max: 1 }), {
        minLength: shape.reduce((a, b) => a * b, 1),
        maxLength: shape.reduce((a, b) => a * b, 1),
      })
      .map((values) => new PlainTensor(dtype as "float32", shape, values)),
  );

describe("tensors to and from learner code", () => {
  it("a tensor arrives as it was sent, is made real, and comes back", () => {
    fc.assert(
      fc.property(plainTensors, (sent) => {
        assert.ok(same(copyValue(sent), sent));
        const { args, still } = enliven([sent], tensorTools);
        const live = args[0] as tf.Tensor;
        assert.deepEqual([live.shape, live.dtype], [sent.shape, sent.dtype]);
        assert.ok(same(copyValue(live, undefined, still), sent));
        live.dispose();
        assert.match(brief(copyValue(live, undefined, still)), /a disposed tensor/);
        assert.ok(brief(sent, 80).length <= 80);
      }),
    );
  });

  it("another shape, another type, another number is another tensor; ∞ is near nothing else", () => {
    const one = tensor([1, 2]);
    assert.ok(!same(one, tensor([[1, 2]])));
    assert.ok(!same(one, new PlainTensor("int32", [2], [1, 2])));
    assert.ok(!same(one, tensor([1, 2.1]), 1e-3));
    assert.ok(same(one, tensor([1, 2.0001]), 1e-3));
    assert.ok(!same(tensor([5]), tensor([-Infinity]), 1e-3));
    assert.ok(!same(tensor([Infinity]), tensor([5]), 1e-3));
    assert.ok(same(tensor([NaN, -Infinity]), tensor([NaN, -Infinity]), 1e-3));
  });

  it("a text that is no tensor and no function is refused, not believed", () => {
    for (const text of [
      '{"$":"tensor","name":"float32","shape":[3],"v":[1,2]}',
      '{"$":"tensor","name":"float64","shape":[1],"v":[1]}',
      '{"$":"tensor","name":"float32","shape":[-1],"v":[]}',
      '{"$":"tensor","name":"float32","shape":[1.5],"v":[1]}',
      '{"$":"tensor","name":"float32","shape":[1],"v":["1"]}',
      '{"$":"tensor","name":"float32","v":[1]}',
      '{"$":"tensor","name":"float32","shape":[1,1,1,1,1,1,1],"v":[1]}',
      '{"$":"formula","name":"polynomial","v":[1],"points":[]}',
      '{"$":"formula","name":"polynomial","v":[]}',
    ])
      assert.throws(() => decodeValue(text), SyntaxError, text);
  });

  it("what is no tensor, or too much of one, is named", () => {
    const { still } = enliven([], tensorTools);
    const shown = (value: unknown): string => brief(copyValue(value, undefined, still));
    assert.match(shown(tf.tensor(["a"])), /a tensor of type string/);
    assert.match(shown(tf.zeros([1, 1, 1, 1, 1, 1])), /tensor \[1, 1, 1, 1, 1, 1\]/);
    assert.match(shown(tf.zeros([2_000_001])), /a tensor of 2000001 values/);
    const fake = { dataId: 1, dtype: "float32", shape: [2], size: 2, isDisposed: false };
    assert.match(shown(fake), /^\{ dataId: 1/);
    assert.throws(() => enliven([tensor([1])]), /not one of tensors/);
  });
});

describe("functions that checks hand to learner code", () => {
  const polynomial = new Formula("polynomial", [[1], [2, -1], [1, 3], [0, 1], [4]]);
  const waves = new Formula("waves", [
    [1, 2],
    [1, 10],
    [0, 0.5],
  ]);

  it("their gradients are right, by central differences", () => {
    const point = fc.tuple(
      fc.double({ min: -2, max: 2, noNaN: true }),
      fc.double({ min: -2, max: 2, noNaN: true }),
    );
    for (const formula of [polynomial, waves]) {
      fc.assert(
        fc.property(point, (x) => {
          const h = 0.01;
          gradientAt(formula, x).forEach((g, i) => {
            const moved = (by: number): number[] => x.map((v, j) => (i === j ? v + by : v));
            const numerical = (valueAt(formula, moved(h)) - valueAt(formula, moved(-h))) / (2 * h);
            assert.ok(Math.abs(numerical - g) < 0.01, `${numerical} and ${g}`);
          });
        }),
      );
    }
  });

  it("they print as formulas, know where they were called, and refuse what is no point", () => {
    assert.equal(brief(polynomial), "x => 2·x0 - x1 + x0² + 3·x1² + x1³ + 4·x0·x1 + 1");
    assert.equal(brief(waves), "x => sin(x0) + 2·sin(x1/10 + 0.5)");
    assert.equal(brief(new Formula("constructor", [])), "x => constructor");
    const { args, still } = enliven([polynomial]);
    const f = args[0] as (x: unknown) => number;
    f([1, 2]);
    f([3, 4]);
    assert.throws(() => f(1), /f takes an array of numbers/);
    assert.throws(() => f([1, "2"]), /f takes an array of numbers/);
    const seen = copyValue(f, undefined, still) as Formula;
    assert.deepEqual(seen.points, [
      [1, 2],
      [3, 4],
    ]);
    assert.ok(same(seen, polynomial), "calls make no other function of it");
    assert.throws(() => enliven([new Formula("unknown", [])]), /no function "unknown"/);
  });
});

describe("a learner's function of tensors", () => {
  before(() => useEngine({ engine: "cpu" }));
  const x = tensor([
    [1, 2, 3],
    [0, 0, 0],
  ]);

  it("in a notebook: value, arguments, leaks and operations; nothing of it stays", async () => {
    const before = tf.memory().numTensors;
    const learner = tensorLearner("f", (a: tf.Tensor) => tf.exp(tf.neg(a)));
    const { value, args, leaks, ops } = await learner.run([x]);
    assert.ok(same(value, tensorOf(x.values.map((v) => Math.exp(-v)), x.shape), 1e-6)); // prettier-ignore
    assert.ok(same(args, [x]));
    assert.deepEqual(leaks, { "[2, 3] float32": 1 });
    assert.deepEqual(ops, ["neg", "exp"]);
    assert.equal(tf.memory().numTensors, before);
  });

  it("its gradient, and the fault where there is none", async () => {
    const dy = tensorOf(
      x.values.map((_, i) => i),
      x.shape,
    );
    const squares = tensorLearner("f", (a: tf.Tensor) => tf.square(a));
    const { value } = await squares.run([x], dy);
    assert.ok(same(value, tensorOf(x.values.map((v, i) => 2 * v * i), x.shape), 1e-6)); // prettier-ignore
    const cut = tensorLearner("f", (a: tf.Tensor) => tf.tensor(a.arraySync() as number[][]));
    await assert.rejects(cut.run([x], dy), (error: LearnerFault) =>
      /Cannot compute gradient/.test(error.message),
    );
  });

  it("its gradient by another argument than the first, also beside what is no tensor", async () => {
    const learner = tensorLearner("f", (a: tf.Tensor, times: number, b: tf.Tensor) =>
      tf.sum(a.mul(b).mul(times)),
    );
    const y = tensorOf(x.values.map((v) => v + 1), x.shape); // prettier-ignore
    const by = async (i?: number): Promise<unknown> =>
      (await learner.run([x, 3, y], tensorOf([1], []), i)).value;
    assert.ok(same(await by(), tensorOf(y.values.map((v) => 3 * v), x.shape), 1e-6)); // prettier-ignore
    assert.ok(same(await by(2), tensorOf(x.values.map((v) => 3 * v), x.shape), 1e-6)); // prettier-ignore
    const failure = makeToolkit(makeRandom(1)).cases<[PlainTensor, number, PlainTensor]>(learner, {
      args: [[x, 3, tensor([[1, 1, 1], [1, 1, 1]])]],
      dy: () => tensorOf([1], []),
      by: 2,
      expected: () => x,
    }); // prettier-ignore
    await assert.rejects(
      failure,
      /tf\.grad\(x => f\(tensor \[2, 3\] .*, 3, x\)\)\(tensor \[2, 3\] \[\[1, 1, 1\]/,
    );
  });

  it("the engine in use is the same after a check, also after a failure", async () => {
    await tensorLearner("f", () => assert.fail("no"))
      .run([x])
      .catch(() => undefined);
    assert.equal(tf.getBackend(), "cpu");
    const { value } = await tensorLearner("f", () => tf.getBackend()).run([x]);
    assert.equal(value, "cpu");
  });

  for (const [id, borrowed] of [
    ["00/softmax", (a: tf.Tensor) => tf.softmax(a)],
    ["00/log-sum-exp", (a: tf.Tensor, axis?: number, keep?: boolean) => a.logSumExp(axis, keep)],
  ] as const) {
    it(`${id}: the answer of tfjs itself earns nothing, in no check`, async () => {
      const { exercise } = findExercise(id);
      const { score, checks } = await runExercise(exercise, tensorLearner(exercise.fn, borrowed));
      assert.equal(score, 0);
      // tfjs' own gradient of logSumExp throws before anybody can say so.
      for (const { message } of checks) assert.match(message, /Write it yourself|^tf\.grad.* threw /);
      assert.match(checks[0]!.message, /Write it yourself/);
    });
  }
});

describe("lab grade with tensors", function () {
  this.timeout(300_000);
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), "lab-tensors-test-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const solutions = readFileSync(join(__dirname, "..", "..", "solutions", "00-start-here.ts"), "utf8");

  const hostile: Record<string, [body: string, message: RegExp]> = {
    "a Proxy of a tensor": ["return new Proxy(x, {}) as tf.Tensor;", /a Proxy/],
    "an object that looks like a tensor": [
      'return { dataId: {}, dtype: "float32", shape: [2], size: 2, isDisposed: false } as unknown as tf.Tensor;',
      /It must give a tensor, and this is an object/,
    ],
    "an endless tensor": ["return tf.zeros([1e5, 1e5]);", /memory|Invalid typed array length|threw/],
    "another function of the library": ["return library(x);", /Write it yourself.*logSoftmax/],
    "an engine that is taken away": ["tf.disposeVariables(); tf.engine().reset(); return x;", /./],
    "read values of a disposed tensor": ["x.dispose(); return x.exp();", /disposed/],
  };
  for (const [name, [body, message]] of Object.entries(hostile)) {
    it(`${name}: named, no points, and the other exercises keep theirs`, async () => {
      const start = solutions.indexOf("export function softmax(x");
      const end = solutions.indexOf("\n}\n", start);
      const text = `${solutions.slice(0, start)}export function softmax(x: tf.Tensor): tf.Tensor { ${body} ${solutions.slice(end)}`;
      const file = `import { logSoftmax as library } from "transformer-lab/ops";\nvoid library;\n${text}`;
      writeFileSync(join(folder, "00-start-here.ts"), file);
      const { exercises, score } = await gradeLab(findLab("00"), folder);
      assert.deepEqual(
        exercises.map((exercise) => exercise.score),
        [0, 35, 30],
        exercises[0]!.checks.map((check) => check.message).join("\n"),
      );
      assert.equal(score, 65);
      assert.match(exercises[0]!.checks.map((check) => check.message).join("\n"), message);
    });
  }

  it("says what an opaque answer is", () => assert.equal(brief(new Opaque("a Proxy")), "(a Proxy)"));
});
