import assert from "node:assert/strict";
import { assertNoLeaks, jit, makeRng, tf, uniformTensor, useEngine, valuesNow } from "../../../src/engine";
import type { Rng } from "../../../src/engine";
import { compiledSuite, using, valuesIn, variable } from "../../helpers/jitted";

compiledSuite("jit", () => {
  describe("arguments and results", () => {
    it("takes and gives nested arrays and records", () => {
      const f = jit((x: { a: tf.Tensor; rest: [tf.Tensor, { b: tf.Tensor }] }, by: number) => ({
        sum: tf.add(x.a, x.rest[0]),
        list: [tf.mul(x.rest[1].b, by), "text", null] as const,
      }));
      using(f, () => {
        const out = f({ a: tf.tensor([1, 2]), rest: [tf.tensor([3, 4]), { b: tf.tensor([5]) }] }, 3);
        assert.deepEqual(valuesIn(out.sum), [4, 6]);
        assert.deepEqual(valuesIn(out.list[0]), [15]);
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
        assert.deepEqual([valuesIn(out.twice), valuesIn(out.again)], [[2], [1]]);
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
          out.map((t) => valuesIn(t)[0]),
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
        valuesIn(a!).forEach((v, i) => assert.ok(Object.is(v, Math.fround(odd[i]!)), `${v} for ${odd[i]}`));
        assert.deepEqual(valuesIn(b!), Array.from(long));
        assert.deepEqual(valuesIn(c!), [1, -2]);
        assert.deepEqual(valuesIn(d!), Array.from(Float32Array.of(0.1, 0.1, 0.1)));
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

  describe("tensors and variables from outside", () => {
    it("are read at each call", () => {
      const v = variable(tf.scalar, 2);
      const f = jit((x: tf.Tensor) => tf.mul(x, v));
      using(f, () => {
        assert.deepEqual(valuesIn(f(tf.scalar(5))), [10]);
        v.assign(tf.scalar(3));
        assert.deepEqual(valuesIn(f(tf.scalar(5))), [15]);
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
        const olds = [1, 2, 3].map(() => valuesIn(f(w))[0]);
        assert.deepEqual(olds, [10, 11, 13]);
        assert.deepEqual([valuesIn(v), valuesIn(w)], [[8], [17]]);
      });
      using(f, () => {
        f(v); // v is now both: argument and captured
        assert.deepEqual(valuesIn(v), [32]);
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

  describe("gradients", () => {
    it("inside of a compiled function", () => {
      const g = jit((x: tf.Tensor) => tf.grad((y) => tf.sum(tf.mul(tf.exp(y), y)))(x));
      using(g, () => {
        valuesIn(g(tf.tensor([0, 1, -2]))).forEach((v, i) => {
          const x = [0, 1, -2][i]!;
          assert.ok(Math.abs(v - Math.exp(x) * (1 + x)) < 1e-5);
        });
      });
    });

    it("around a compiled function: it is then called without jit", () => {
      const f = jit((x: tf.Tensor) => tf.square(x));
      using(f, () => {
        assert.deepEqual(valuesIn(tf.grad((x) => tf.sum(f(x)))(tf.tensor([1, 2]))), [2, 4]);
        assert.equal(f.cacheInfo().misses, 0);
      });
    });
  });

  it("a compiled function inside another one is part of it", () => {
    const inner = jit((x: tf.Tensor) => tf.square(x));
    const outer = jit((x: tf.Tensor) => tf.add(inner(x), 1));
    using(outer, () => {
      assert.deepEqual(valuesIn(outer(tf.tensor([2, 3]))), [5, 10]);
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
    assert.deepEqual(valuesIn(v), [14]); // ((0 + 1) 2 + 1) 2 + 1) 2
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
      assert.deepEqual(valuesIn(v), [2]);
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
    using(f, () => assert.deepEqual(valuesIn(f(tf.scalar(1))), [2]));
  });
});

describe("jit without XLA", () => {
  it("is the function itself", async () => {
    await useEngine({ engine: "cpu" });
    let calls = 0;
    const f = jit((x: tf.Tensor) => (calls++, tf.add(x, 1)));
    tf.tidy(() => {
      assert.deepEqual([valuesIn(f(tf.scalar(1))), valuesIn(f(tf.scalar(2)))], [[2], [3]]);
      assert.throws(() => f.lower(tf.scalar(1)), /the engine in use \(cpu\) does not compile.*Cure/);
    });
    assert.equal(calls, 2);
    f.dispose();
  });
});
