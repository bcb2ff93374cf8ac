import assert from "node:assert/strict";
import { assertNoLeaks, fork, jit, makeRng, tf } from "../../src/engine";
import { fromTree, glmNames } from "../../src/checkpoints";
import { glm, glmStates, gptCache, initGlm } from "../../src/models";
import type { GlmConfig, GlmInput, GlmParams } from "../../src/models";
import { glmPositions, openCache } from "../../src/nn";
import type { GlmLayout } from "../../src/nn";
import { crossEntropy } from "../../src/ops";
import { mapTensors, namedTensors } from "../../src/tree";
import { eachEngine, skipOnEmulatedCard } from "../helpers/engines";
import { assertGradients } from "../helpers/gradients";
import { assertClose, golden, tinyCheckpoint } from "../helpers/tiny";

interface Result {
  /** By text, of its tokens without padding. */
  readonly logits: number[][];
  readonly loss: number;
}
interface Golden {
  readonly batch: {
    readonly ids: number[][];
    readonly positions: number[][];
    readonly blockPositions: number[][];
    readonly labels: number[][];
    readonly partA: number[];
    readonly lengths: number[];
  };
  readonly pre: Result;
  readonly deep: Result;
}
const wanted = golden<Golden>("glm");

/** That of test/golden/tiny-glm. */
const config: GlmConfig = { vocabSize: 40, context: 20, dModel: 16, nLayer: 2, nHead: 4, order: "pre" };
const small: GlmConfig = { ...config, vocabSize: 11, context: 8, dModel: 8, nHead: 2, dFfn: 12 };

const ints = (rows: number[][]): tf.Tensor => tf.tensor2d(rows, undefined, "int32");
const sizes = (numbers: number[]): tf.Tensor => tf.tensor1d(numbers, "int32");
const farthest = async (a: tf.Tensor, b: tf.Tensor): Promise<number> =>
  (await a.sub(b).abs().max().data())[0]!;

/** Part A of four tokens with a [MASK] at 1 and at 3, and Part B with their spans. */
const layout: GlmLayout = { partA: 4, spans: [{ mask: 3, length: 1 }, { mask: 1, length: 2 }] }; // prettier-ignore
const text = [5, 9, 2, 9, 7, 4, 7, 6, 3];
function laidOut(padding = 0): { readonly ids: tf.Tensor; readonly input: GlmInput } {
  const { first, second } = glmPositions(layout);
  const more = new Array<number>(padding).fill(0);
  return {
    ids: ints([[...text, ...more]]),
    input: {
      positions: ints([[...first, ...more]]),
      blockPositions: ints([[...second, ...more]]),
      partA: sizes([layout.partA]),
      ...(padding > 0 ? { lengths: sizes([text.length]) } : {}),
    },
  };
}

eachEngine("GLM", (engine) => {
  const tolerance = engine === "webgpu" ? 1e-4 : 1e-5;

  for (const order of ["pre", "deep"] as const) {
    it(`${order}: logits and loss are those of an implementation in numpy, from the same file`, async () => {
      const loaded = await tinyCheckpoint<GlmParams>("tiny-glm", glmNames(config));
      const { norm, ...rest } = loaded;
      const params: GlmParams = order === "pre" ? loaded : rest;
      assert.ok(norm);
      const { batch } = wanted;
      const ids = ints(batch.ids);
      const run = (p: GlmParams, x: tf.Tensor, input: GlmInput): tf.Tensor =>
        glm(p, { ...config, order }, x, {}, input);
      const input = {
        positions: ints(batch.positions),
        blockPositions: ints(batch.blockPositions),
        partA: sizes(batch.partA),
        lengths: sizes(batch.lengths),
      };
      const compiled = jit(run, { name: "glm" });
      for (const f of [run, compiled]) {
        const logits = f(params, ids, input);
        for (const [b, row] of wanted[order].logits.entries()) {
          const own = logits.slice([b, 0, 0], [1, batch.lengths[b]!, 40]);
          await assertClose(own, row, tolerance, `text ${b}`);
        }
        const loss = crossEntropy(logits, ints(batch.labels));
        await assertClose(loss, [wanted[order].loss], tolerance, "loss");
      }
      compiled.dispose();
    });

    it(`${order}: gradients of every parameter equal differences`, async function () {
      skipOnEmulatedCard(this, engine);
      const own = { ...small, order };
      const { ids, input } = laidOut();
      const labels = ints([[-100, -100, -100, -100, 4, 8, 6, 3, 8]]);
      const grown = mapTensors(initGlm(own, makeRng(1)), (tensor, name) =>
        /norm|bias/.test(name) || order === "deep" ? tensor : tensor.mul(10),
      );
      const loss = (p: object): tf.Scalar => crossEntropy(glm(p as GlmParams, own, ids, {}, input), labels);
      await assertGradients(loss, grown, {
        each: 1,
        h: 5e-3,
        tolerance: engine === "webgpu" ? 1e-2 : 3e-3,
      });
    });
  }

  it("Part A sees all of itself and nothing of Part B; Part B sees Part A and what is before", async () => {
    const params = initGlm(small, makeRng(1));
    const { ids, input } = laidOut();
    const states = glmStates(params, small, ids, {}, input);
    const rows = (x: tf.Tensor, from: number, to: number): tf.Tensor =>
      x.slice([0, from, 0], [1, to - from, 8]);
    const changed = (at: number): tf.Tensor =>
      glmStates(params, small, ints([text.map((id, i) => (i === at ? 10 : id))]), {}, input);
    const inA = changed(3); // the last of Part A
    for (let t = 0; t < text.length; t++)
      assert.ok(
        (await farthest(rows(inA, t, t + 1), rows(states, t, t + 1))) > 1e-5,
        `place ${t} sees place 3`,
      );
    const inB = changed(6); // the start of the second span
    assert.ok((await farthest(rows(inB, 0, 6), rows(states, 0, 6))) < tolerance, "nothing before sees it");
    assert.ok((await farthest(rows(inB, 7, 8), rows(states, 7, 8))) > 1e-5, "what comes after does");
  });

  it("padding changes nothing", async () => {
    const params = initGlm(small, makeRng(1));
    const [plain, padded] = [laidOut(), laidOut(3)];
    const alone = glm(params, small, plain.ids, {}, plain.input);
    const long = glm(params, small, padded.ids, {}, padded.input);
    assert.ok((await farthest(long.slice([0, 0, 0], [1, 9, 11]), alone)) < tolerance);
  });

  it("a file back and forth: q, k and v are one there", async () => {
    const params = await tinyCheckpoint<GlmParams>("tiny-glm", glmNames(config));
    const again = fromTree(params, glmNames(config));
    assert.deepEqual(again["glm.transformer.layers.0.attention.query_key_value.weight"]!.shape, [48, 16]);
    const twice = new Map(Object.entries(again));
    assert.equal(twice.size, namedTensors(params).size - 2 * 4);
    assert.throws(() => glmNames({ ...config, order: "deep" }), /order "pre"/);
  });

  it("leaves no tensors, names what it shows, and drops by its key", async function () {
    skipOnEmulatedCard(this, engine);
    const params = initGlm(small, makeRng(1));
    const { ids, input } = laidOut();
    assertNoLeaks(() => tf.tidy(() => void glm(params, small, ids, {}, input)));
    const seen: Record<string, string> = {};
    glm(params, small, ids, { tap: (name, x) => ((seen[name] = x.shape.join()), x) }, input);
    const parts = ["pre", "norm1", "attn.q", "attn.pattern", "mid", "norm2", "ffn.hidden", "post"];
    for (const name of ["embed", "positions", ...parts.map((part) => `blocks.1.${part}`), "norm", "logits"])
      assert.ok(name in seen, name);
    assert.equal(seen["blocks.0.attn.pattern"], "1,2,9,9");
    const run = async (step: number): Promise<number[]> => {
      const ctx = { rng: fork(makeRng(5), step) };
      return Array.from(await glm(params, { ...small, rate: 0.3 }, ids, ctx, input).data());
    };
    assert.deepEqual(await run(1), await run(1));
    assert.notDeepEqual(await run(1), await run(2));
  });

  it("what does not fit is an error that says what, where and how much", () => {
    const params = initGlm(small, makeRng(1));
    const { ids, input } = laidOut();
    const run = (changes: Partial<GlmInput>): tf.Tensor =>
      glm(params, small, ids, {}, { ...input, ...changes });
    assert.throws(() => glm(params, small, ids.add(tf.scalar(9, "int32")), {}, input), /outside 0 to 10/);
    assert.throws(
      () => glm(params, small, ids.reshape([9]), {}, input),
      /glm: ids must be \[B, T\], got \[9\]/,
    );
    const far = ints([[0, 1, 2, 9, 3, 3, 1, 1, 1]]);
    assert.throws(() => run({ positions: far }), /glm2d: first: position 9 is outside 0 to 8/);
    assert.throws(
      () => run({ positions: ints([[0, 1, 2]]) }),
      /glm: axis 1 of positions must be 9 \(axis 1 of ids\), got 3: \[1, 3\]/,
    );
    assert.throws(
      () => run({ blockPositions: tf.zeros([1, 9]) }),
      /glm: blockPositions must be int32, got float32/,
    );
    assert.throws(
      () => run({ partA: sizes([4, 4]) }),
      /axis 0 of partA must be 1 \(axis 0 of ids\), got \[2\]/,
    );
    assert.throws(
      () => run({ lengths: ints([[9]]) }),
      /axis 0 of lengths must be 1 \(axis 0 of ids\), got \[1, 1\]/,
    );
    const cache = openCache(gptCache({ ...small, order: "pre" }, 1, 9));
    assert.throws(() => glm(params, small, ids, { cache }, input), /glm: no cache/);
    assert.throws(
      () => initGlm({ ...small, nHead: 3 }, makeRng(1)),
      /dModel 8 must be a multiple of nHead 3/,
    );
  });
});
