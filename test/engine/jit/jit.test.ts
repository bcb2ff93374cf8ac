import assert from "node:assert/strict";
import {
  assertNoLeaks,
  fork,
  jit,
  JitError,
  makeRng,
  normalTensor,
  tf,
  uniform,
  uniformTensor,
  useEngine,
  valuesNow,
} from "../../../src/engine";
import type { Jitted, Rng } from "../../../src/engine";
import { skipLoudly } from "../../helpers/skip";

const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

/** A variable without its initial tensor. */
function variable<A extends unknown[]>(make: (...args: A) => tf.Tensor, ...args: A): tf.Variable {
  return tf.tidy(() => tf.variable(make(...args)));
}

/** Frees what a test compiled. */
function using<Args extends unknown[], Result>(
  jitted: Jitted<Args, Result>,
  test: (f: Jitted<Args, Result>) => void,
): void {
  try {
    tf.tidy(() => test(jitted));
  } finally {
    jitted.dispose();
  }
}

describe("jit", function () {
  this.timeout(60_000);

  before(async function () {
    try {
      const report = await useEngine({ engine: "tensorflow" });
      if (!report.jit) throw new Error("this TensorFlow cannot compile");
    } catch (error) {
      skipLoudly(this, (error as Error).message, { failInCI: true });
    }
  });

  const tensorsBefore = { count: 0 };
  beforeEach(() => void (tensorsBefore.count = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, tensorsBefore.count, "tensors are left"));

  describe("arguments and results", () => {
    it("takes and gives nested arrays and records", () => {
      const f = jit((x: { a: tf.Tensor; rest: [tf.Tensor, { b: tf.Tensor }] }, by: number) => ({
        sum: tf.add(x.a, x.rest[0]),
        list: [tf.mul(x.rest[1].b, by), "text", null] as const,
      }));
      using(f, () => {
        const out = f({ a: tf.tensor([1, 2]), rest: [tf.tensor([3, 4]), { b: tf.tensor([5]) }] }, 3);
        assert.deepEqual(values(out.sum), [4, 6]);
        assert.deepEqual(values(out.list[0]), [15]);
        assert.deepEqual(out.list.slice(1), ["text", null]);
      });
    });

    it("gives an argument, or a tensor from outside, back as it is", () => {
      const outside = tf.tensor([7]);
      const f = jit((x: tf.Tensor) => ({ x, outside, twice: tf.add(x, x), again: x.clone() }));
      using(f, () => {
        const x = tf.tensor([1]);
        const out = f(x);
        assert.equal(out.x, x);
        assert.equal(out.outside, outside);
        assert.notEqual(out.again, x);
        assert.deepEqual([values(out.twice), values(out.again)], [[2], [1]]);
      });
      outside.dispose();
    });

    it("keeps types: float32, int32, bool", () => {
      const f = jit((x: tf.Tensor, i: tf.Tensor, b: tf.Tensor) => [
        tf.add(x, x),
        tf.add(i, i),
        b.clone(),
        b.cast("float32"),
      ]);
      using(f, () => {
        const out = f(tf.tensor([0.5]), tf.tensor([3], [1], "int32"), tf.tensor([true], [1], "bool"));
        assert.deepEqual(
          out.map((t) => t.dtype),
          ["float32", "int32", "bool", "float32"],
        );
        assert.deepEqual(
          out.map((t) => values(t)[0]),
          [1, 6, 1, 1],
        );
      });
    });

    it("writes constants exactly: NaN, infinities, -0, f32's ends, long ones", () => {
      const odd = [Number.NaN, Infinity, -Infinity, -0, 3.4028234663852886e38, 1e-45, 0.1, -16777217, 1 / 3];
      const long = Float32Array.from({ length: 100 }, (_, i) => Math.sin(i));
      const f = jit(() => [
        tf.tensor(odd),
        tf.tensor(long),
        tf.tensor([1, -2], [2], "int32"),
        tf.fill([3], 0.1),
      ]);
      using(f, () => {
        const [a, b, c, d] = f();
        values(a!).forEach((v, i) => assert.ok(Object.is(v, Math.fround(odd[i]!)), `${v} for ${odd[i]}`));
        assert.deepEqual(values(b!), Array.from(long));
        assert.deepEqual(values(c!), [1, -2]);
        assert.deepEqual(values(d!), Array.from(Float32Array.of(0.1, 0.1, 0.1)));
      });
    });

    it("refuses what is no tensor and no plain value, and says where", () => {
      const f = jit((x: unknown) => x);
      assert.throws(() => f(new Float32Array(3)), /an argument holds a Float32Array\. Cure/);
      assert.throws(() => f([new Map()]), /a Map/);
      const g = jit((x: tf.Tensor) => ({ deep: { made: new Date(0), x } }));
      assert.throws(() => tf.tidy(() => void g(tf.scalar(1))), /the result at "deep\.made" is Date/);
      const loop: { me?: unknown } = {};
      loop.me = loop;
      assert.throws(() => f(loop), /contain itself/);
    });
  });

  describe("programs are kept", () => {
    it("by shapes, types and static arguments", () => {
      let traces = 0;
      const f = jit((x: tf.Tensor, how: { by: number; name: string }) => {
        traces++;
        return tf.mul(x, how.by);
      });
      using(f, () => {
        const call = (shape: number[], by: number, name = "a"): number[] =>
          values(f(tf.ones(shape), { by, name }));
        assert.deepEqual(call([2], 2), [2, 2]);
        assert.deepEqual(call([2], 2), [2, 2]);
        assert.equal(traces, 1);
        assert.deepEqual(call([3], 2), [2, 2, 2]);
        assert.deepEqual(call([2], 3), [3, 3]);
        assert.deepEqual(call([2], 2, "b"), [2, 2]);
        assert.deepEqual(call([1, 2], 2), [2, 2]);
        f(tf.ones([2], "int32"), { by: 2, name: "a" });
        assert.equal(traces, 6);
        assert.deepEqual(f.cacheInfo(), { hits: 1, misses: 6, size: 6, limit: 64 });
      });
      assert.equal(f.cacheInfo().size, 0);
    });

    it("up to a limit: the one unused for longest goes", () => {
      const f = jit((x: tf.Tensor) => tf.add(x, 1), { limit: 2 });
      using(f, () => {
        const call = (n: number): void => void f(tf.ones([n]));
        [1, 2, 1, 3, 1, 2].forEach(call);
        assert.deepEqual(f.cacheInfo(), { hits: 2, misses: 4, size: 2, limit: 2 });
      });
      assert.throws(() => jit(() => 0, { limit: 0 }), RangeError);
    });

    it("and a number that always changes is named once", () => {
      const warned: string[] = [];
      const warn = console.warn;
      console.warn = (line: string) => void warned.push(line);
      const f = jit((x: tf.Tensor, rate: number) => tf.mul(x, rate), { name: "sgd" });
      try {
        using(f, () => {
          for (let i = 0; i < 40; i++) f(tf.scalar(1), i / 40);
        });
      } finally {
        console.warn = warn;
      }
      assert.equal(warned.length, 1);
      assert.match(warned[0]!, /jit\(sgd\): 16 programs.*tf\.scalar/);
    });

    it("but not where the function makes variables at each call, which is said once", () => {
      const warned: string[] = [];
      const warn = console.warn;
      console.warn = (line: string) => void warned.push(line);
      const made: tf.Variable[] = [];
      const f = jit((x: tf.Tensor) => {
        made.push(tf.variable(x));
        return tf.add(made.at(-1)!, 1);
      });
      try {
        using(f, () => {
          const sums = [1, 2, 3, 4, 5].map((x) => values(f(tf.scalar(x)))[0]);
          assert.deepEqual(sums, [2, 3, 4, 5, 6]);
          assert.deepEqual(
            made.map((v) => values(v)[0]),
            [1, 2, 3, 4, 5],
          );
          assert.equal(f.cacheInfo().size, 0);
        });
      } finally {
        console.warn = warn;
        tf.dispose(made);
      }
      assert.equal(warned.length, 1);
      assert.match(warned[0]!, /makes variables at each call, so no program can be kept/);
    });

    it("functions as arguments count by identity", () => {
      const f = jit((g: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor) => g(x));
      using(f, () => {
        const square = (x: tf.Tensor): tf.Tensor => tf.square(x);
        assert.deepEqual(values(f(square, tf.scalar(3))), [9]);
        assert.deepEqual(values(f((x) => tf.neg(x), tf.scalar(3))), [-3]);
        assert.deepEqual(values(f(square, tf.scalar(4))), [16]);
        assert.equal(f.cacheInfo().size, 2);
      });
    });
  });

  describe("tensors and variables from outside", () => {
    it("are read at each call", () => {
      const v = variable(tf.scalar, 2);
      const f = jit((x: tf.Tensor) => tf.mul(x, v));
      using(f, () => {
        assert.deepEqual(values(f(tf.scalar(5))), [10]);
        v.assign(tf.scalar(3));
        assert.deepEqual(values(f(tf.scalar(5))), [15]);
        assert.equal(f.cacheInfo().misses, 1);
      });
      v.dispose();
    });

    it("are assigned at each call, also where the variable is an argument", () => {
      const v = variable(tf.scalar, 1);
      const w = variable(tf.scalar, 10);
      const f = jit((u: tf.Variable) => {
        const old = u.clone();
        u.assign(tf.add(u, v));
        v.assign(tf.mul(v, 2));
        return old;
      });
      using(f, () => {
        const olds = [1, 2, 3].map(() => values(f(w))[0]);
        assert.deepEqual(olds, [10, 11, 13]);
        assert.deepEqual([values(v), values(w)], [[8], [17]]);
      });
      using(f, () => {
        f(v); // v is now both: argument and captured
        assert.deepEqual(values(v), [32]);
      });
      tf.dispose([v, w]);
    });

    it("made by an optimizer at its first step are its state from then on", () => {
      const train = (compiled: boolean): number[] => {
        const w = variable(tf.tensor, [1, -2, 3]);
        const optimizer = tf.train.adam(0.1);
        const step = (x: tf.Tensor): tf.Scalar => {
          const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(tf.mul(w, x))) as tf.Scalar, [w]);
          optimizer.applyGradients(grads as Parameters<typeof optimizer.applyGradients>[0]);
          return value;
        };
        const f = jit(step);
        const losses = [1, 2, 3, 4, 5, 6].map((k) =>
          tf.tidy(() => (compiled ? f : step)(tf.tensor([k, 1, 1 / k])).dataSync()[0]!),
        );
        f.dispose();
        optimizer.dispose();
        w.dispose();
        return losses;
      };
      const eager = train(false);
      train(true).forEach((loss, i) => assert.ok(Math.abs(loss - eager[i]!) < 1e-5 * Math.abs(eager[i]!)));
    });

    it("that are disposed give an error that names them", () => {
      const outside = tf.tensor([1, 2]);
      const f = jit((x: tf.Tensor) => tf.add(x, outside));
      using(f, () => {
        f(tf.scalar(1));
        outside.dispose();
        assert.throws(
          () => f(tf.scalar(1)),
          /a tensor that the function refers to is disposed \(captured, shape \[2\]\)/,
        );
      });
    });
  });

  describe("random numbers", () => {
    const draw = (rng: Rng, x: tf.Tensor): tf.Tensor[] => [
      normalTensor(rng, [3, 5], 0.5, 1),
      uniformTensor(rng, [7], -1, 1),
      normalTensor(fork(rng, "layer"), x.shape),
      normalTensor(fork(fork(rng, "layer"), 3), [2]),
    ];

    it("are the host's, move on from call to call and repeat with the seed", () => {
      const f = jit(draw);
      using(f, () => {
        const [ours, hosts] = [makeRng(2 ** 40 + 5), makeRng(2 ** 40 + 5)];
        const x = tf.zeros([4]);
        uniform(ours); // a start in the middle of a block of four words
        uniform(hosts);
        for (let round = 0; round < 3; round++) {
          const expected = draw(hosts, x);
          f(ours, x).forEach((t, i) => {
            values(t).forEach((v, j) =>
              assert.ok(Math.abs(v - values(expected[i]!)[j]!) <= 1e-7 * Math.max(1, Math.abs(v))),
            );
          });
          assert.deepEqual(ours, hosts);
        }
        assert.equal(f.cacheInfo().misses, 1);
      });
    });

    it("come from a generator that the function refers to as well", () => {
      const rng = makeRng(1);
      const f = jit((x: tf.Tensor) => tf.add(x, uniformTensor(rng, [2])));
      using(f, () => {
        const [first, second] = [values(f(tf.scalar(0))), values(f(tf.scalar(0)))];
        assert.deepEqual([...first, ...second], values(uniformTensor(makeRng(1), [4])));
        assert.equal(rng.drawn, 8);
      });
    });

    it("that JavaScript draws are refused: they would be frozen", () => {
      const frozen = [
        jit(() => tf.randomUniform([100])),
        jit(() => tf.randomNormal([10, 10])),
        jit(() => tf.truncatedNormal([100])),
        jit((x: tf.Tensor) => tf.dropout(x, 0.5)),
      ];
      for (const f of frozen) {
        assert.throws(
          () => tf.tidy(() => f(tf.ones([100]))),
          /tf\.\w+ draws its numbers in JavaScript.*uniformTensor/,
        );
      }
      const g = jit((rng: Rng) => tf.scalar(uniform(rng)));
      assert.throws(() => g(makeRng(1)), /a random number is drawn in JavaScript/);
    });
  });

  describe("what a program cannot do is an error with the user's line", () => {
    const here = /\[jit\.test\.ts:\d+\]$/;

    function refused(fn: (x: tf.Tensor) => unknown, message: RegExp): void {
      const f = jit(fn, { name: "user" });
      assert.throws(
        () => tf.tidy(() => void f(tf.tensor([1, 2, 3]))),
        (error: unknown) => {
          assert.ok(error instanceof JitError, String(error));
          assert.match(error.message, message);
          assert.doesNotMatch(error.stack ?? "", / at .*(tfjs|src\/engine)/);
          return true;
        },
      );
      assert.equal(f.cacheInfo().size, 0);
    }

    it("reading values", () => {
      const read = /jit\(user\): a tensor's values are read here.*tf\.where/;
      refused((x) => x.dataSync()[0], read);
      refused((x) => (x.max().arraySync() as number) > 0 && x, here);
      refused((x) => (x.print(), x), read);
    });

    it("an async function", () => refused(async (x) => x, /the function is async/));

    it("a shape that depends on values", () => {
      refused((x) => tf.unique(tf.cast(x, "int32") as tf.Tensor1D).values, /depends on values.*mask/);
      refused((x) => tf.unique(x as tf.Tensor1D).values, here);
    });

    it("a kernel without a rule", () => {
      refused(
        (x) => tf.spectral.fft(tf.complex(x, x)),
        /no rule that says what tfjs' kernel Complex means.*src\/engine\/jit\/rules/,
      );
    });

    it("a tensor that is kept", () => {
      refused((x) => tf.keep(tf.add(x, 1)) && 0, /a tensor of shape \[3\] made inside the function is kept/);
    });

    it("disposing an argument", () => refused((x) => x.dispose(), /argument 0 is disposed inside/));

    it("a tensor that leaks out of the trace, at the line that uses it", () => {
      let stored: tf.Tensor | undefined;
      const f = jit((x: tf.Tensor) => (stored = tf.add(x, 1)));
      using(f, () => {
        f(tf.scalar(1));
        const message =
          /made while the function was compiled and has no values.*Cure: return it.*\[jit\.test\.ts/;
        assert.throws(() => tf.add(stored!, 1), message);
        assert.throws(() => stored!.dataSync(), message);
        const g = jit((x: tf.Tensor) => tf.add(x, stored!));
        assert.throws(() => g(tf.scalar(1)), message);
      });
    });

    it("more memory than there is", () => {
      const f = jit((x: tf.Tensor, rng: Rng) => tf.tile(tf.add(x, uniformTensor(rng, [3])), [1e15]));
      using(f, () => {
        assert.throws(
          () => f(tf.ones([3]), makeRng(1)),
          /the program fails: Out of memory.*PiB\. Cure: smaller tensors.*\[jit\.test\.ts:\d+\]$/,
        );
      });
    });

    it("and the engine, variables and memory are as before", () => {
      const v = variable(tf.scalar, 1);
      const f = jit((x: tf.Tensor) => {
        v.assign(tf.scalar(2));
        tf.variable(tf.scalar(3));
        const long = tf.tensor(Array.from({ length: 1000 }, (_, i) => i));
        throw new Error(`mine ${x.rank} ${long.rank}`);
      });
      assert.throws(() => tf.tidy(() => f(tf.scalar(1))), /mine 0 1/);
      assert.deepEqual(values(v), [1]);
      assert.equal(tf.getBackend(), "tensorflow");
      v.dispose();
    });
  });

  describe("gradients", () => {
    it("inside of a compiled function", () => {
      const g = jit((x: tf.Tensor) => tf.grad((y) => tf.sum(tf.mul(tf.exp(y), y)))(x));
      using(g, () => {
        values(g(tf.tensor([0, 1, -2]))).forEach((v, i) => {
          const x = [0, 1, -2][i]!;
          assert.ok(Math.abs(v - Math.exp(x) * (1 + x)) < 1e-5);
        });
      });
    });

    it("around a compiled function: it is then called without jit", () => {
      const f = jit((x: tf.Tensor) => tf.square(x));
      using(f, () => {
        assert.deepEqual(values(tf.grad((x) => tf.sum(f(x)))(tf.tensor([1, 2]))), [2, 4]);
        assert.equal(f.cacheInfo().misses, 0);
      });
    });
  });

  it("a compiled function inside another one is part of it", () => {
    const inner = jit((x: tf.Tensor) => tf.square(x));
    const outer = jit((x: tf.Tensor) => tf.add(inner(x), 1));
    using(outer, () => {
      assert.deepEqual(values(outer(tf.tensor([2, 3]))), [5, 10]);
      assert.equal(inner.cacheInfo().misses, 0);
    });
  });

  it("two functions interleave", async () => {
    const v = variable(tf.scalar, 0);
    const add = jit((x: tf.Tensor) => void v.assign(tf.add(v, x)));
    const mul = jit((x: tf.Tensor) => void v.assign(tf.mul(v, x)));
    const turn = async (f: (x: tf.Tensor) => void, x: number): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        tf.tidy(() => f(tf.scalar(x)));
        await null;
      }
    };
    await Promise.all([turn(add, 1), turn(mul, 2)]);
    assert.deepEqual(values(v), [14]); // ((0 + 1) 2 + 1) 2 + 1) 2
    [add, mul].forEach((f) => f.dispose());
    v.dispose();
  });

  it("nothing grows over many calls", () => {
    const v = variable(tf.zeros, [1000]);
    const f = jit((x: tf.Tensor, rng: Rng) => {
      v.assign(tf.add(v, tf.mul(x, uniformTensor(rng, [1000]))));
      return tf.sum(v);
    });
    const rng = makeRng(1);
    assertNoLeaks(() => tf.tidy(() => void f(tf.scalar(1), rng)));
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 2000; i++) tf.tidy(() => void f(tf.scalar(1), rng));
    const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
    assert.ok(grown < 24, `${grown.toFixed(0)} MiB more after 2,000 calls of 4 kB each`);
    f.dispose();
    v.dispose();
  });

  it("lower shows the program without running it", () => {
    const v = tf.tidy(() => tf.variable(tf.scalar(2), true, "scale"));
    const f = jit(function dense(p: { w: tf.Tensor }, x: tf.Tensor) {
      v.assign(tf.add(v, 1));
      return tf.mul(tf.tanh(tf.matMul(x, p.w)), v);
    });
    using(f, () => {
      const shown = f.lower({ w: tf.ones([3, 4]) }, tf.ones([2, 3]));
      assert.match(shown.text, /^module @dense \{\n {2}func\.func public @main\(/);
      assert.match(
        shown.text,
        /%\d+ = stablehlo\.dot_general %arg1, %arg0\.w.*-> tensor<2x4xf32> {2}\/\/ BatchMatMul\n/,
      );
      assert.deepEqual(
        shown.kernels,
        ["Add", "BatchMatMul", "Tanh", "Multiply"].sort(
          (a, b) => shown.kernels.indexOf(a) - shown.kernels.indexOf(b),
        ),
      );
      assert.deepEqual(
        shown.inputs.map(({ name, role }) => `${name} ${role}`),
        ["arg0.w argument", "arg1 argument", "var.scale captured"],
      );
      assert.deepEqual(
        shown.outputs.map(({ shape }) => shape),
        [[2, 4], []],
      );
      assert.deepEqual(values(v), [2]);
    });
    v.dispose();
  });

  it("lower shows what XLA makes of the program, too", async () => {
    const f = jit((x: tf.Tensor) => tf.mul(tf.tanh(x), tf.exp(x)));
    const x = tf.ones([5, 7]);
    const text = await f.lower(x).optimized();
    assert.match(text, /^HloModule .*is_scheduled=true/);
    assert.match(text, /fused_computation[\s\S]*tanh[\s\S]*ENTRY .*f32\[5,7\][\s\S]* fusion\(.*calls=%\w+\n/);
    assert.deepEqual(f.cacheInfo(), { hits: 0, misses: 1, size: 1, limit: 64 });
    x.dispose();
    f.dispose();
  });

  it("ops see that there are no values", () => {
    const f = jit((x: tf.Tensor) => (assert.equal(valuesNow(x), undefined), tf.add(x, 1)));
    using(f, () => assert.deepEqual(values(f(tf.scalar(1))), [2]));
  });
});

describe("jit without XLA", () => {
  it("is the function itself", async () => {
    await useEngine({ engine: "cpu" });
    let calls = 0;
    const f = jit((x: tf.Tensor) => (calls++, tf.add(x, 1)));
    tf.tidy(() => {
      assert.deepEqual([values(f(tf.scalar(1))), values(f(tf.scalar(2)))], [[2], [3]]);
      assert.throws(() => f.lower(tf.scalar(1)), /the engine in use \(cpu\) does not compile.*Cure/);
    });
    assert.equal(calls, 2);
    f.dispose();
  });
});
