import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, JitError, makeRng, normalTensor, scan, tf, whileLoop } from "../../../src/engine";
import type { EngineName, Jitted } from "../../../src/engine";
import { eachEngine } from "../../helpers/engines";
import { compiledSuite } from "../../helpers/jitted";

const values = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync());

interface Rnn {
  readonly wx: tf.Tensor2D;
  readonly wh: tf.Tensor2D;
  readonly b: tf.Tensor1D;
}

/** h_t = tanh(x_t wx + h_{t-1} wh + b); y_t = h_t^2 */
function rnn(p: Rnn, xs: tf.Tensor3D, h: tf.Tensor2D) {
  return scan(
    (carry: { h: tf.Tensor2D }, x: tf.Tensor2D, { wx, wh, b }: Rnn) => {
      const next = tf.tanh(tf.add(tf.add(tf.matMul(x, wx), tf.matMul(carry.h, wh)), b)) as tf.Tensor2D;
      return { carry: { h: next }, y: [tf.square(next)] };
    },
    { h },
    xs as unknown as tf.Tensor2D,
    p,
  );
}

/** A scalar of all that the net gives. */
function loss(p: Rnn, xs: tf.Tensor3D, h: tf.Tensor2D): tf.Scalar {
  const { carry, ys } = rnn(p, xs, h);
  return tf.add(tf.sum(ys[0]!), tf.sum(tf.exp(carry.h))) as tf.Scalar;
}

function example(T: number, B: number, I: number, H: number): [Rnn, tf.Tensor3D, tf.Tensor2D] {
  const rng = makeRng(T * 1000 + B * 100 + I * 10 + H);
  const make = <T extends tf.Tensor>(...shape: number[]): T => normalTensor(rng, shape, 0.5) as T;
  return [{ wx: make(I, H), wh: make(H, H), b: make(H) }, make(T, B, I), make(B, H)];
}

const gradients = (wx: tf.Tensor, wh: tf.Tensor, b: tf.Tensor, xs: tf.Tensor, h: tf.Tensor): tf.Tensor[] =>
  tf.grads((...all) => {
    const [pwx, pwh, pb, x, h0] = all as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor3D, tf.Tensor2D];
    return loss({ wx: pwx, wh: pwh, b: pb }, x, h0);
  })([wx, wh, b, xs, h]);

function close(ours: tf.Tensor, theirs: tf.Tensor): void {
  assert.deepEqual(ours.shape, theirs.shape);
  const expected = values(theirs);
  values(ours).forEach((v, i) =>
    assert.ok(Math.abs(v - expected[i]!) <= 2e-5 * (1 + Math.abs(expected[i]!)), `${v}, ${expected[i]}`),
  );
}

eachEngine("loops, as JavaScript", (engine: EngineName) => {
  let before = 0;
  beforeEach(() => void (before = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, before));

  it("whileLoop repeats while the condition holds", () => {
    tf.tidy(() => {
      const start = { x: tf.scalar(3), steps: tf.scalar(0) };
      const { x, steps } = whileLoop(
        start,
        ({ x }) => tf.less(x, 1000),
        ({ x, steps }) => ({ x: tf.mul(x, 2), steps: tf.add(steps, 1) }),
      );
      assert.deepEqual([values(x)[0], values(steps)[0]], [1536, 9]);
      const same = whileLoop(
        [start.x],
        () => tf.scalar(false, "bool"),
        (s) => s,
      );
      assert.notEqual(same[0], start.x);
    });
  });

  if (engine === "webgpu") {
    it("whileLoop says where its condition lies on the card and cannot be read at once", () => {
      const large = (): unknown =>
        whileLoop([tf.ones([100, 100])], ([x]) => tf.less(tf.sum(x!), 3), ([x]) => [tf.add(x!, 1)]); // prettier-ignore
      assert.throws(
        () => tf.tidy(() => void large()),
        /this engine cannot read its condition at once\. Cure: scan/,
      );
    });
  }

  it("scan stacks what each round gives, and its gradient is that of finite differences", async () => {
    const [p, xs, h] = example(3, 2, 2, 3);
    const { carry, ys } = rnn(p, xs, h);
    assert.deepEqual(
      [carry.h.shape, ys[0]!.shape],
      [
        [2, 3],
        [3, 2, 3],
      ],
    );
    const grads = gradients(p.wx, p.wh, p.b, xs, h);
    const inputs = [p.wx, p.wh, p.b, xs, h];
    for (const [k, input] of inputs.entries()) {
      const data = await input.data();
      const grad = await grads[k]!.data();
      const at = (i: number, by: number): number =>
        tf.tidy(() => {
          const moved = Float32Array.from(data);
          moved[i]! += by;
          const all = inputs.map((each, j) => (j === k ? tf.tensor(moved, each.shape) : each));
          const [wx, wh, b, x, h0] = all as [tf.Tensor2D, tf.Tensor2D, tf.Tensor1D, tf.Tensor3D, tf.Tensor2D];
          return loss({ wx, wh, b }, x, h0).dataSync()[0]!;
        });
      if (engine === "webgpu") continue; // its sums are read later
      const i = data.length - 1;
      const slope = (at(i, 0.01) - at(i, -0.01)) / 0.02;
      assert.ok(
        Math.abs(slope - grad[i]!) < 5e-3 * (1 + Math.abs(slope)),
        `input ${k}: ${slope}, ${grad[i]}`,
      );
    }
    tf.dispose([...inputs, carry.h, ...ys, ...grads]);
  });
});

compiledSuite("loops", () =>
  describe("compiled", () => {
    const made: Jitted<never[], unknown>[] = [];
    const compiled = <A extends unknown[], R>(fn: (...args: A) => R): Jitted<A, R> => {
      const f = jit(fn);
      made.push(f as never);
      return f;
    };

    // A program's long constants go with it, before the suite counts tensors.
    afterEach(() => made.splice(0).forEach((f) => f.dispose()));

    it("whileLoop is one operation, whose rounds depend on values", () => {
      const f = compiled((x: tf.Tensor, limit: tf.Tensor) =>
        whileLoop(
          { x, steps: tf.scalar(0, "int32") },
          (s) => tf.less(s.x, limit),
          (s) => ({
            x: tf.mul(s.x, 2),
            steps: tf.add(s.steps, tf.scalar(1, "int32")),
          }),
        ),
      );
      tf.tidy(() => {
        const run = (x: number, limit: number): number[] =>
          Object.values(f(tf.scalar(x), tf.scalar(limit))).map((t) => values(t)[0]!);
        assert.deepEqual(run(3, 1000), [1536, 9]);
        assert.deepEqual(run(3, 2), [3, 0]);
        assert.equal(f.cacheInfo().misses, 1);
        assert.equal(f.lower(tf.scalar(1), tf.scalar(2)).text.match(/stablehlo\.while/g)?.length, 1);
      });
    });

    it("loops nest, and take values from around them", () => {
      // sum_{i<4} sum_{j<i} k
      const one = (): tf.Tensor => tf.scalar(1, "int32");
      const count = (n: tf.Tensor, step: (sum: tf.Tensor, i: tf.Tensor) => tf.Tensor): tf.Tensor =>
        whileLoop(
          { i: tf.scalar(0, "int32"), sum: tf.scalar(0, "int32") },
          ({ i }) => tf.less(i, n),
          ({ i, sum }) => ({
            i: tf.add(i, one()),
            sum: step(sum, i),
          }),
        ).sum;
      const f = compiled((k: tf.Tensor, n: tf.Tensor) =>
        count(n, (sum, i) =>
          tf.add(
            sum,
            count(i, (inner) => tf.add(inner, k)),
          ),
        ),
      );
      tf.tidy(() => assert.deepEqual(values(f(tf.scalar(5, "int32"), tf.scalar(4, "int32"))), [30]));
    });

    it("scan gives what the loop in JavaScript gives, values and gradients", () => {
      const f = compiled(rnn);
      const g = compiled(gradients);
      const sizes = fc.integer({ min: 1, max: 4 });
      fc.assert(
        fc.property(sizes, sizes, sizes, sizes, (T, B, I, H) => {
          tf.tidy(() => {
            const [p, xs, h] = example(T, B, I, H);
            const [ours, theirs] = [f(p, xs, h), rnn(p, xs, h)];
            close(ours.carry.h, theirs.carry.h);
            close(ours.ys[0]!, theirs.ys[0]!);
            const expected = gradients(p.wx, p.wh, p.b, xs, h);
            g(p.wx, p.wh, p.b, xs, h).forEach((grad, i) => close(grad, expected[i]!));
          });
        }),
        { numRuns: 8, seed: 4 },
      );
    });

    it("scan's program does not grow with the number of rounds", () => {
      const f = compiled((...[p, xs, h]: Parameters<typeof rnn>) => rnn(p, xs, h).carry);
      const lines = (T: number): number =>
        tf.tidy(() => f.lower(...example(T, 1, 2, 2)).text.split("\n").length);
      assert.equal(lines(5), lines(500));
    });

    it("errors say what is wrong and how to go on", () => {
      const fails = (
        fn: (x: tf.Tensor) => unknown,
        message: RegExp,
        kind = JitError as unknown as typeof Error,
      ): void =>
        assert.throws(
          () => tf.tidy(() => void compiled(fn)(tf.tensor([1, 2, 3]))),
          (error: Error) => {
            assert.match(error.message, message);
            return error instanceof kind;
          },
        );
      const always = (): tf.Tensor => tf.scalar(true, "bool");
      let stored: tf.Tensor | undefined;
      fails(
        (x) => whileLoop([x], always, ([y]) => ((stored = y), [tf.add(y!, 1)])) && tf.add(stored!, 1),
        /made inside a loop's body is used outside.*\[loops\.test/,
      );
      fails(
        (x) => whileLoop({ x }, always, () => ({ x: tf.zeros([2]) })),
        /x must stay float32 \[3\], the body gave float32 \[2\]/,
        RangeError,
      );
      fails(
        (x) => whileLoop({ x }, always, (s) => ({ y: s.x }) as never),
        /must give back what it got: \[x\], it gave \[y\]/,
        Error,
      );
      fails(
        (x) => tf.grad((y) => tf.sum(whileLoop([y], always, (s) => s)[0]!))(x),
        /whileLoop has no gradient.*scan/,
      );
      fails(
        (x) => whileLoop([x], always, ([y]) => [tf.add(y!, normalTensor(makeRng(1), [3]))]),
        /random numbers are drawn inside a loop.*before the loop/,
      );
      fails(
        (x) => scan((c: tf.Tensor) => ({ carry: c, y: c }), x, tf.scalar(1)),
        /scan: xs needs at least one tensor/,
        RangeError,
      );
      fails(
        (x) =>
          tf.grad((w) =>
            tf.sum(
              scan(
                (c: tf.Tensor, t: tf.Tensor) => ({ carry: tf.mul(tf.add(c, t), w), y: [] }),
                tf.scalar(0),
                x,
              ).carry,
            ),
          )(tf.scalar(2)),
        /scan's body takes a tensor of shape \[\] from outside.*params.*\[loops\.test/,
      );
      const v = tf.tidy(() => tf.variable(tf.scalar(1)));
      fails(
        (x) => whileLoop([x], always, (s) => (v.assign(tf.scalar(2)), s)),
        /variable .* is assigned inside a loop/,
      );
      v.dispose();
    });
  }),
);
