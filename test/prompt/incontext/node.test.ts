import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fork, makeRng, tf, useEngine } from "../../../src/engine";
import { initPositional } from "../../../src/models";
import {
  accuracyByShots,
  adaptationErrors,
  attentionOnly,
  errorCurve,
  inductionRows,
  initAttentionOnly,
  initRegression,
  initSine,
  leastSquares,
  linearTasks,
  predictions,
  regressionPredictions,
  repeatedSegments,
  repeatHeads,
  repeatLosses,
  ridge,
  sineBatch,
  toyModel,
  zeroPredictor,
} from "../../../src/prompt";
import {
  loadInduction,
  loadRegression,
  loadSines,
  loadWarmUps,
  saveInduction,
  saveRegression,
  saveSines,
  saveWarmUps,
} from "../../../src/prompt/node";
import { disposeTree, namedTensors } from "../../../src/tree";

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b) / values.length;

describe("trained learners in context, on disk", () => {
  let folder = "";
  let tensors = 0;
  before(async () => {
    await useEngine();
    folder = mkdtempSync(join(tmpdir(), "incontext-"));
  });
  after(() => rmSync(folder, { recursive: true }));
  beforeEach(() => void (tensors = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, tensors, "tensors are left"));

  const near = async (a: unknown, b: unknown, tolerance: number) => {
    const [left, right] = [namedTensors(a), namedTensors(b)];
    assert.deepEqual([...left.keys()], [...right.keys()]);
    for (const [name, tensor] of left) {
      const [x, y] = [await tensor.data(), await right.get(name)!.data()];
      x.forEach((v, i) => assert.ok(Math.abs(v - y[i]!) <= tolerance * Math.max(1, Math.abs(v)), name));
    }
  };

  it("each kind comes back as it was written, rounded to bfloat16 but for the sines", async () => {
    const at = (name: string) => join(folder, name);
    const config = { dimension: 2, points: 3, dModel: 8, nLayer: 1, nHead: 2 };
    const regression = (seed: number, noise: number) => ({
      config,
      noise,
      params: initRegression(config, makeRng(seed)),
    });
    const models = { clean: regression(1, 0), noisy: regression(2, 0.3) };
    await saveRegression(at("r"), models);
    const r = await loadRegression(at("r"));
    assert.deepEqual([r.noisy.noise, r.clean.config], [0.3, config]);
    await near(r.noisy.params, models.noisy.params, 2 ** -8);

    const attention = { vocabSize: 5, context: 4, dModel: 8, nHead: 2 };
    const decoder = (nLayer: number) => ({
      config: { ...attention, nLayer },
      params: initAttentionOnly({ ...attention, nLayer }, makeRng(nLayer)),
    });
    const heads = { one: decoder(1), two: decoder(2) };
    await saveInduction(at("i"), heads);
    const i = await loadInduction(at("i"));
    await near(i.two.params, heads.two.params, 2 ** -8);

    const sines = {
      maml: initSine(makeRng(1), [4]),
      firstOrder: initSine(makeRng(2), [4]),
      joint: initSine(makeRng(3), [4]),
    };
    await saveSines(at("s"), sines);
    const s = await loadSines(at("s"));
    await near(s, sines, 0);

    const toy = (seed: number) => initPositional(toyModel, makeRng(seed));
    const warm = { base: toy(1), plain: toy(2), ict: toy(3), metaicl: toy(4) };
    await saveWarmUps(at("w"), warm);
    const w = await loadWarmUps(at("w"));
    await near(w, warm, 2 ** -8);
    disposeTree([r, models, i, heads, s, sines, w, warm]);
  });

  it("what is missing or wrong is named, with the cure", async () => {
    await assert.rejects(
      loadRegression(join(folder, "nothing")),
      /no trained learner.*Cure: .*bench\/incontext/,
    );
    const config = { dimension: 2, points: 3, dModel: 8, nLayer: 1, nHead: 2 };
    const model = { config, noise: 0, params: initRegression(config, makeRng(1)) };
    await saveRegression(join(folder, "other"), { clean: model, noisy: model });
    await assert.rejects(
      loadInduction(join(folder, "other")),
      /model\.json: it does not describe the learner/,
    );
    writeFileSync(
      join(folder, "other", "model.json"),
      JSON.stringify({ clean: { config: { ...config, dModel: 16 }, noise: 0 }, noisy: { config, noise: 0 } }),
    );
    await assert.rejects(
      loadRegression(join(folder, "other")),
      /models\.safetensors: tensor ".*" is \[.*Cure/,
    );
    disposeTree(model.params);
  });

  it("shipped: regression follows least squares without noise, and ridge with it", async () => {
    const models = await loadRegression();
    for (const { config, noise, params } of [models.clean, models.noisy]) {
      const { dimension, points } = config;
      const tasks = linearTasks(fork(makeRng(4), "test"), { count: 64, points, dimension, noise });
      const said = errorCurve(await regressionPredictions(params, config, tasks), tasks);
      const plain = (predictor: typeof leastSquares) =>
        errorCurve(
          tasks.map((task) => predictions(predictor, task)),
          tasks,
        );
      const best = plain(noise > 0 ? ridge(noise ** 2) : leastSquares);
      const none = plain(zeroPredictor);
      said.forEach(({ estimate }, k) =>
        assert.ok(
          estimate < best[k]!.estimate + 0.25,
          `noise ${noise}, ${k} examples: ${estimate}, best ${best[k]!.estimate}`,
        ),
      );
      assert.ok(said.at(-1)!.estimate < 0.25 * none.at(-1)!.estimate);
    }
    disposeTree([models.clean.params, models.noisy.params]);
  });

  it("shipped: two layers have an induction head and know what comes again, one layer does not", async () => {
    const { one, two } = await loadInduction();
    const rows = repeatedSegments(fork(makeRng(5), "test"), { ...inductionRows, count: 3 });
    const best = async ({ params, config }: typeof one) =>
      Math.max(...(await repeatHeads(params, config, rows)).map(({ induction }) => induction));
    const [lossOne, lossTwo] = [
      await repeatLosses(one.params, one.config, rows),
      await repeatLosses(two.params, two.config, rows),
    ];
    assert.ok(lossTwo.again < 0.1 && lossOne.again > 1.5, `${lossOne.again}, ${lossTwo.again}`);
    assert.ok((await best(two)) > 0.9 && (await best(one)) < 0.2);
    const ids = tf.zeros([1, 3], "int32");
    const logits = tf.tidy(() => attentionOnly(one.params, one.config, ids));
    assert.deepEqual(logits.shape, [1, 3, 48]);
    disposeTree([one.params, two.params, ids, logits]);
  });

  it("shipped: from MAML's first parameters a few steps learn a sine; from joint training they do not", async () => {
    const models = await loadSines();
    const batch = sineBatch(fork(makeRng(6), "test"), 40, 10, 20);
    const after = async (params: typeof models.maml, steps: number) =>
      mean((await adaptationErrors(params, batch, { rate: 0.01, steps })).at(-1)!);
    const [before, one, five] = [
      await after(models.maml, 0),
      await after(models.maml, 1),
      await after(models.maml, 5),
    ];
    assert.ok(one < 0.6 * before && five < one, `${before}, ${one}, ${five}`);
    assert.ok((await after(models.firstOrder, 5)) < 0.6 * before);
    assert.ok((await after(models.joint, 5)) > 2 * five);
    disposeTree([models, batch.support, batch.query]);
  });

  it("shipped: more shots help on tasks with topics that no warm-up's task has", async () => {
    const models = await loadWarmUps();
    const judged = { part: "new topics", shots: [0, 8], count: 60 } as const;
    const [none, many] = await accuracyByShots(models.plain, makeRng(7), judged);
    assert.ok(none!.low < 0.5 && none!.high > 0.5 && many!.low > 0.6, JSON.stringify([none, many]));
    disposeTree(models);
  });
});
