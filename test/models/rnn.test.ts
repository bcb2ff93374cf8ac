import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assertNoLeaks, jit, makeRng, tf } from "../../src/engine";
import { elmo, elmoLoss, elmoStates, initElmo, initElmoMix, initRnn, mixElmo, rnn, rnnLayer, rnnWithState } from "../../src/models"; // prettier-ignore
import type { RnnConfig, RnnLayer } from "../../src/models";
import { crossEntropy } from "../../src/ops";
import { valueAndGradients } from "../../src/train";
import { countParams, namedTensors, disposeTree } from "../../src/tree";
import { eachEngine } from "../helpers/engines";
import { assertGradients } from "../helpers/gradients";
import { assertSame, compiledSuite, using } from "../helpers/jitted";

interface GoldenLayer {
  readonly weight: number[][];
  readonly hidden: number[][];
  readonly bias: number[];
}
interface Golden {
  readonly x: number[][][];
  readonly start: number[][][];
  readonly layers: readonly (GoldenLayer & { readonly gradients: GoldenLayer })[];
  readonly weights: number[][][];
  readonly out: number[][][];
  readonly last: number[][][];
  readonly dx: number[][][];
}
const golden = JSON.parse(readFileSync(join(__dirname, "..", "golden", "rnn.json"), "utf8")) as Record<
  RnnConfig["cell"],
  Golden
>;

async function near(got: tf.Tensor, wanted: unknown, what: string, tolerance = 1e-4): Promise<void> {
  const expected = (wanted as number[]).flat(3) as unknown as number[];
  (await got.data()).forEach((v, i) =>
    assert.ok(Math.abs(v - expected[i]!) < tolerance, `${what}[${i}]: ${v}, ${expected[i]}`),
  );
}

const ids = (...rows: number[][]): tf.Tensor => tf.tensor2d(rows, undefined, "int32");
const config: RnnConfig = { vocabSize: 7, cell: "lstm", dModel: 5, nLayer: 2 };
const text = [
  [1, 2, 3, 4, 5, 6],
  [6, 1, 0, 0, 2, 3],
];

eachEngine("rnn", (engine) => {
  let before = 0;
  beforeEach(() => void (before = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, before, "tensors are left"));

  for (const cell of ["elman", "lstm"] as const)
    it(`${cell}: outputs, states and gradients are PyTorch's`, async () => {
      const g = golden[cell];
      const layers: RnnLayer[] = g.layers.map(({ weight, hidden, bias }) => ({
        input: { weight: tf.tensor2d(weight), bias: tf.tensor1d(bias) },
        hidden: tf.tensor2d(hidden),
      }));
      const x = tf.tensor(g.x);
      const start = g.start.map((each) => tf.tensor(each));
      const weights = tf.tensor(g.weights);
      const run = (own: readonly RnnLayer[], input: tf.Tensor) => {
        let out = input;
        const last = own.map((layer, i) => {
          const [h, c] = start.map((s) => s.slice([i, 0, 0], [1, -1, -1]).squeeze([0])); // [B, H]
          const made = rnnLayer(layer, cell, out, c ? { h: h!, c } : { h: h! });
          out = made.out;
          return made.state;
        });
        return { out, last };
      };
      const { out, last } = kept(() => run(layers, x));
      await near(out, g.out, "out");
      for (const [i, { h, c }] of last.entries()) {
        await near(h, g.last[0]![i], "h");
        if (c) await near(c, g.last[1]![i], "c");
      }
      const loss = ({ own, input }: { own: RnnLayer[]; input: tf.Tensor }) =>
        tf.sum(run(own, input).out.mul(weights)) as tf.Scalar;
      const { value, gradients } = kept(() => valueAndGradients(loss, { own: layers, input: x }));
      await near(gradients.input, g.dx, "dx");
      for (const [i, { input, hidden }] of gradients.own.entries()) {
        await near(input.weight, g.layers[i]!.gradients.weight, `layer ${i} dW`, 1e-3);
        await near(input.bias!, g.layers[i]!.gradients.bias, `layer ${i} db`, 1e-3);
        await near(hidden, g.layers[i]!.gradients.hidden, `layer ${i} dU`, 1e-3);
      }
      [out, last, gradients, value, layers, x, start, weights].forEach((each) => disposeTree(each));
    });

  it("a text in two pieces, with the state handed on, is the text in one", async () => {
    const params = initRnn(config, makeRng(1));
    const [first, second] = tf.tidy(() => {
      const whole = rnn(params, config, ids(...text));
      const front = rnnWithState(params, config, ids(...text.map((row) => row.slice(0, 2))));
      const back = rnnWithState(params, config, ids(...text.map((row) => row.slice(2))), front.state);
      return [whole, tf.concat([front.logits, back.logits], 1)];
    }) as unknown as [tf.Tensor, tf.Tensor];
    assert.deepEqual(first.shape, [2, 6, 7]);
    await near(first, Array.from(await second.data()), "logits", engine === "webgpu" ? 1e-4 : 1e-5);
    disposeTree([first, second, params]);
  });

  it("a place never sees what comes later", async () => {
    const params = initRnn(config, makeRng(1));
    const row = (last: number) =>
      tf.tidy(() => rnn(params, config, ids([1, 2, 3, last])).slice([0, 0, 0], [1, 3, 7]));
    const [a, b] = [row(4), row(5)];
    assert.deepEqual(await a.data(), await b.data());
    disposeTree([a, b, params]);
  });

  it("ELMo: each direction sees its own side, and both only that", async () => {
    const own = { vocabSize: 7, dModel: 4, nLayer: 2 };
    const params = initElmo(own, makeRng(2));
    const run = (id: number) => tf.tidy(() => ({ ...elmo(params, own, ids([1, 2, id, 4, 5])) }));
    const [a, b] = [run(3), run(6)];
    for (const [name, same] of [
      ["forward", [0, 1]],
      ["backward", [3, 4]],
    ] as const) {
      const [x, y] = [await a[name].array(), await b[name].array()] as [number[][][], number[][][]];
      for (let t = 0; t < 5; t++) {
        const equal = JSON.stringify(x[0]![t]) === JSON.stringify(y[0]![t]);
        assert.equal(equal, (same as readonly number[]).includes(t), `${name} ${t}`);
      }
    }
    disposeTree([a, b, params]);
  });

  it("ELMo's mixture is gamma times the weighted sum", async () => {
    const own = { vocabSize: 7, dModel: 4, nLayer: 2 };
    const params = initElmo(own, makeRng(3));
    const mix = { scores: tf.tensor1d([0, Math.log(2), Math.log(3)]), scale: tf.scalar(6) };
    const equal = initElmoMix(own);
    const states = tf.tidy(() => elmoStates(params, own, ids([1, 2, 3])));
    assert.deepEqual(
      states.map(({ shape }) => shape),
      [0, 1, 2].map(() => [1, 3, 8]),
    );
    const [mixed, wanted, mean, wantedMean] = tf.tidy(() => {
      const [x, y, z] = states as [tf.Tensor, tf.Tensor, tf.Tensor];
      return [
        mixElmo(mix, states),
        x.add(y.mul(2)).add(z.mul(3)),
        mixElmo(equal, states),
        x.add(y).add(z).div(3),
      ];
    }) as unknown as tf.Tensor[];
    await near(mixed!, Array.from(await wanted!.data()), "mixed");
    await near(mean!, Array.from(await wantedMean!.data()), "mean");
    assert.throws(() => mixElmo(mix, states.slice(1)), /3 scores for 2 layers/);
    disposeTree([mixed, wanted, mean, wantedMean, mix, equal, states, params]);
  });

  if (engine === "tensorflow")
    it("ELMo's gradients are the slopes of its loss", async () => {
      const own = { vocabSize: 5, dModel: 3, nLayer: 2 };
      const params = initElmo(own, makeRng(4));
      const input = ids([1, 2, 3, 4], [0, 0, 4, 1]);
      await assertGradients((p: typeof params) => elmoLoss(p, own, input), params);
      disposeTree([params, input]);
    });
});

describe("rnn: plain facts", () => {
  it("counts its parameters", () => {
    const params = initRnn({ vocabSize: 65, cell: "lstm", dModel: 16, nLayer: 2 }, makeRng(1));
    assert.equal(countParams(params), 65 * 16 + 2 * (2 * 16 * 64 + 64) + 16 * 65 + 65);
    disposeTree(params);
  });

  it("an LSTM's forget bias starts at 1, others at 0", () => {
    const params = initRnn(config, makeRng(1));
    const bias = [...params.layers[0]!.input.bias!.dataSync()];
    assert.deepEqual(
      bias,
      bias.map((_, i) => (i >= 5 && i < 10 ? 1 : 0)),
    );
    disposeTree(params);
  });

  it("says what shape it needs", () => {
    const params = initRnn(config, makeRng(1));
    assertNoLeaks(() => tf.tidy(() => assert.throws(() => rnn(params, config, tf.zeros([3], "int32")), /\[B, T\], got \[3\]/))); // prettier-ignore
    disposeTree(params);
  });
});

compiledSuite("rnn: jit", () => {
  for (const cell of ["elman", "lstm"] as const)
    it(`${cell}: loss and gradients are those of the eager model`, () => {
      const own = { ...config, cell };
      const step = (params: ReturnType<typeof initRnn>, batch: tf.Tensor) =>
        valueAndGradients(
          (p: typeof params) =>
            crossEntropy(rnn(p, own, batch.slice([0, 0], [-1, 5])), batch.slice([0, 1], [-1, 5])),
          params,
        );
      using(jit(step, { name: `rnn ${cell}` }), (compiled) => {
        const params = initRnn(own, makeRng(5));
        const wanted = step(params, ids(...text));
        const got = compiled(params, ids(...text));
        assertSame(got.value, wanted.value, 1e-5, "loss");
        const grads = namedTensors(got.gradients);
        for (const [name, tensor] of namedTensors(wanted.gradients))
          assertSame(grads.get(name)!, tensor, 1e-5, name);
      });
    });

  it("ELMo compiles too", () => {
    const own = { vocabSize: 7, dModel: 4, nLayer: 2 };
    const step = (params: ReturnType<typeof initElmo>, batch: tf.Tensor) =>
      valueAndGradients((p: typeof params) => elmoLoss(p, own, batch), params);
    using(jit(step, { name: "elmo" }), (compiled) => {
      const params = initElmo(own, makeRng(6));
      const wanted = step(params, ids(...text));
      const got = compiled(params, ids(...text));
      assertSame(got.value, wanted.value, 1e-5, "loss");
      const grads = namedTensors(got.gradients);
      for (const [name, tensor] of namedTensors(wanted.gradients))
        assertSame(grads.get(name)!, tensor, 1e-5, name);
    });
  });
});

/** What a tidy returns, with its own type. */
const kept = <T>(make: () => T): T => tf.tidy(make as () => never);
