import assert from "node:assert/strict";
import { fork, jit, makeRng, tf } from "../../src/engine";
import { crossEntropy } from "../../src/ops";
import { gpt, gptCache, initGpt, initLlama, llama, llamaCache } from "../../src/models";
import type { GptConfig, LlamaConfig } from "../../src/models";
import { openCache } from "../../src/nn";
import type { CacheState, Context } from "../../src/nn";
import { countParams, mapTensors } from "../../src/tree";
import { eachEngine, skipOnEmulatedCard } from "../helpers/engines";
import { assertGradients } from "../helpers/gradients";

const size = { vocabSize: 11, context: 12, dModel: 8, nLayer: 2, nHead: 4 };
const small: GptConfig = { ...size, order: "pre" };
const gpts: Record<string, GptConfig> = {
  "GPT-2": small,
  "GPT-1": { ...size, order: "post", activation: "gelu" },
  "GPT-3, banded": { ...size, order: "pre", band: 3 },
};
const tiny: LlamaConfig = { ...size, dFfn: 12, tied: false };
const llamas: Record<string, LlamaConfig> = {
  LLaMA: tiny,
  "SmolLM2 (grouped heads, tied)": { ...tiny, nKvHead: 2, tied: true, ropeTheta: 100000 },
  "Falcon (one head of keys, side by side)": {
    ...tiny,
    nKvHead: 1,
    tied: true,
    normKind: "layer",
    activation: "gelu",
    parallel: true,
  },
};

interface Model {
  readonly params: object;
  run(params: object, ids: tf.Tensor, ctx?: Context): tf.Tensor;
  cache?(batch: number, places: number, start?: readonly number[]): CacheState;
}

function models(): Record<string, Model> {
  const all: Record<string, Model> = {};
  for (const [name, config] of Object.entries(gpts))
    all[name] = {
      params: initGpt(config, makeRng(1)),
      run: (params, ids, ctx) => gpt(params as ReturnType<typeof initGpt>, config, ids, ctx),
      ...(config.band ? {} : { cache: (...args) => gptCache(config, ...args) }),
    };
  for (const [name, config] of Object.entries(llamas))
    all[name] = {
      params: initLlama(config, makeRng(1)),
      run: (params, ids, ctx) => llama(params as ReturnType<typeof initLlama>, config, ids, ctx),
      cache: (...args) => llamaCache(config, ...args),
    };
  return all;
}

const text = (rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, undefined, "int32");
const rows = [
  [1, 5, 2, 9, 10, 3],
  [4, 0, 7, 7, 1, 6],
];

async function assertClose(
  got: tf.Tensor,
  wanted: tf.Tensor,
  tolerance: number,
  what: string,
): Promise<void> {
  assert.deepEqual(got.shape, wanted.shape, what);
  const [a, b] = [await got.data(), await wanted.data()];
  a.forEach((value, i) =>
    assert.ok(Math.abs(value - b[i]!) <= tolerance, `${what}[${i}]: ${value}, wanted ${b[i]}`),
  );
}

eachEngine("decoders", (engine) => {
  const tolerance = engine === "webgpu" ? 1e-4 : 1e-5;
  // A software graphics card is slow: two models have every kernel that the others have.
  const few = ["GPT-2", "SmolLM2 (grouped heads, tied)"];
  for (const name of engine === "webgpu" ? few : [...Object.keys(gpts), ...Object.keys(llamas)]) {
    const model = (): Model => models()[name]!;

    it(`${name}: compiled and with listeners, the same logits`, async () => {
      const { params, run } = model();
      const ids = text(rows);
      const wanted = run(params, ids);
      assert.deepEqual(wanted.shape, [2, 6, 11]);
      const compiled = jit((p: object, x: tf.Tensor) => run(p, x), { name: "decoder" });
      await assertClose(compiled(params, ids), wanted, tolerance, "compiled");
      compiled.dispose();
      await assertClose(run(params, ids, { tap: (_, x) => x }), wanted, tolerance, "with listeners");
    });

    it(`${name}: what comes later changes nothing before`, async () => {
      const { params, run } = model();
      const whole = run(params, text(rows));
      const changed = run(params, text(rows.map((row) => [...row.slice(0, 4), 8, 8])));
      const first = (x: tf.Tensor): tf.Tensor => x.slice([0, 0, 0], [2, 4, 11]);
      await assertClose(first(changed), first(whole), tolerance, "the first four places");
      const last = whole.sub(changed).abs().slice([0, 4, 0], [2, 2, 11]).max();
      assert.ok((await last.data())[0]! > 1e-4, "the changed places do change");
    });

    it(`${name}: token by token through the cache, with padding on the left, the same logits`, async function () {
      const { params, run, cache } = model();
      if (!cache) {
        const state = gptCache(small, 1, 4);
        assert.throws(() => run(params, text([[1]]), { cache: openCache(state) }), /no cache/);
        return;
      }
      const wanted = run(params, text(rows));
      // Two tokens of padding before the second text: its own begins at place 2.
      const padded = [[...rows[0]!, 2, 2], [0, 0, ...rows[1]!]]; // prettier-ignore
      let state = cache(2, 9, [0, 2]);
      const step = jit((p: object, s: CacheState, x: tf.Tensor) => {
        const open = openCache(s);
        return { logits: run(p, x, { cache: open }), state: open.next(x.shape[1] as number) };
      });
      const parts: tf.Tensor[] = [];
      for (const [from, to] of [
        [0, 3],
        [3, 4],
        [4, 5],
        [5, 8],
      ] as const) {
        // prettier-ignore
        const next = step(params, state, text(padded.map((row) => row.slice(from, to))));
        parts.push(next.logits);
        state = next.state;
      }
      const logits = tf.concat(parts, 1); // [2, 8, V]
      step.dispose();
      await assertClose(
        logits.slice([0, 0, 0], [1, 6, 11]),
        wanted.slice([0, 0, 0], [1, 6, 11]),
        tolerance,
        "first",
      );
      await assertClose(
        logits.slice([1, 2, 0], [1, 6, 11]),
        wanted.slice([1, 0, 0], [1, 6, 11]),
        tolerance,
        "second",
      );
    });

    it(`${name}: gradients of every parameter equal differences`, async function () {
      skipOnEmulatedCard(this, engine);
      const { params, run } = model();
      const x = text([[1, 5, 2, 9]]);
      const y = text([[5, 2, 9, 3]]);
      // First weights are so small that a difference would leave the straight part of the curve.
      const grown = mapTensors(params, (tensor, own) => (/norm|bias/.test(own) ? tensor : tensor.mul(20)));
      await assertGradients((p: object) => crossEntropy(run(p, x), y) as tf.Scalar, grown, {
        each: 1,
        tolerance: engine === "webgpu" ? 1e-2 : 3e-3,
      });
    });
  }

  it("parameters are counted as the papers do: tied heads once, no biases in LLaMA", () => {
    const { vocabSize: V, context: T, dModel: C, nLayer: L } = size;
    const block = 4 * (C * C + C) + 2 * 4 * C * C + 5 * C + 4 * C;
    assert.equal(countParams(initGpt(small, makeRng(1))), V * C + T * C + L * block + 2 * C);
    const F = tiny.dFfn;
    assert.equal(
      countParams(initLlama(tiny, makeRng(1))),
      2 * V * C + L * (4 * C * C + 3 * C * F + 2 * C) + C,
    );
  });

  it("dropout: another key, another result; the same key, the same", async () => {
    const config = { ...small, rate: 0.3 };
    const params = initGpt(config, makeRng(1));
    const run = async (step?: number): Promise<number[]> => {
      const ctx = step === undefined ? {} : { rng: fork(makeRng(5), step) };
      return Array.from(await gpt(params, config, text(rows), ctx).data());
    };
    const [plain, first, again, second] = [await run(), await run(1), await run(1), await run(2)];
    assert.deepEqual(first, again);
    assert.notDeepEqual(first, second);
    assert.notDeepEqual(plain, first);
  });

  it("texts that are too long, ids that are unknown, ids without a batch: errors that say so", () => {
    const params = initGpt(small, makeRng(1));
    assert.throws(
      () => gpt(params, small, tf.zeros([1, 13], "int32")),
      /13 tokens are more than the context of 12/,
    );
    assert.throws(() => gpt(params, small, tf.zeros([3], "int32")), /ids must be \[B, T\], got \[3\]/);
    const other = initLlama(tiny, makeRng(1));
    assert.throws(() => gpt(params, small, text([[1, 11]])), /ids\[0, 1\] is 11, outside 0 to 10/);
    assert.throws(() => llama(other, tiny, text([[-1]])), /ids\[0, 0\] is -1, outside 0 to 10/);
    assert.throws(() => llama(other, tiny, tf.zeros([3], "int32")), /ids must be \[B, T\]/);
  });
});
