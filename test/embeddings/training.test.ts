import assert from "node:assert/strict";
import { makeRng } from "../../src/engine";
import * as e from "../../src/embeddings";

/** Two topics whose words never meet: each must find its own. */
const topics = [
  ["sun", "sky", "cloud", "rain"],
  ["bread", "cheese", "butter", "milk"],
];
const uniform = e.fastUniform(makeRng(11));
const pick = (list: readonly string[]): string => list[Math.floor(uniform() * list.length)];
const text = Array.from({ length: 400 }, (_, i) => Array.from({ length: 6 }, () => pick(topics[i % 2])));
const corpus = e.makeCorpus(text, { minCount: 1 });

function separates(values: ArrayLike<number>, size: number): void {
  const vectors = e.wordVectors(corpus.words, values, size);
  for (const topic of topics)
    for (const word of topic)
      assert.deepEqual(
        e
          .nearest(vectors, word, 3)
          .map((near) => near.word)
          .sort(),
        topic.filter((other) => other !== word).sort(),
      );
}

describe("random", () => {
  it("the same generator, the same stream; even over [0, 1)", () => {
    const [a, b] = [e.fastUniform(makeRng(5)), e.fastUniform(makeRng(5))];
    const bins = new Float64Array(10);
    for (let i = 0; i < 50_000; i++) {
      const value = a();
      assert.equal(value, b());
      bins[Math.floor(value * 10)]++;
    }
    for (const n of bins) assert.ok(Math.abs(n - 5000) < 5 * Math.sqrt(4500), `${n} of 5000`);
  });
  it("alias sampler: shares as the weights say, weight 0 never", () => {
    const weights = [1, 0, 5, 0.5, 3.5];
    const draw = e.aliasSampler(weights, e.fastUniform(makeRng(6)));
    const seen = new Float64Array(5);
    for (let i = 0; i < 100_000; i++) seen[draw()]++;
    weights.forEach((weight, i) => assert.ok(Math.abs(seen[i] - weight * 10_000) < 500, `${i}: ${seen[i]}`));
    assert.equal(seen[1], 0);
    assert.throws(() => e.aliasSampler([1, -1], uniform), /weight 1/);
    assert.throws(() => e.aliasSampler([0, 0], uniform), /all be 0/);
  });
});

describe("skip-gram", () => {
  it("a step is the gradient of equation 4, by finite differences", () => {
    const size = 3;
    const next = e.fastUniform(makeRng(3));
    const numbers = (): Float32Array => Float32Array.from({ length: 4 * size }, () => next() - 0.5);
    const model: e.SkipGramModel = { size, input: numbers(), output: numbers() };
    const [centre, context, negatives] = [1, 0, [2, 3, 0]]; // 0 is the neighbour itself: skipped
    const lossOf = (m: e.SkipGramModel): number => {
      const dot = (o: number): number =>
        [0, 1, 2].reduce((sum, d) => sum + m.input[centre * size + d] * m.output[o * size + d], 0);
      const s = (x: number): number => 1 / (1 + Math.exp(-x));
      return -Math.log(s(dot(0))) - Math.log(s(-dot(2))) - Math.log(s(-dot(3)));
    };
    const rate = 1e-3;
    const stepped = { size, input: model.input.slice(), output: model.output.slice() };
    const loss = e.skipGramPair(stepped, centre, context, negatives, rate, new Float32Array(size));
    assert.ok(Math.abs(loss - lossOf(model)) < 1e-6);
    for (const name of ["input", "output"] as const)
      model[name].forEach((value, i) => {
        const moved = (by: number): e.SkipGramModel => ({
          ...model,
          [name]: model[name].map((v, j) => (j === i ? value + by : v)),
        });
        const gradient = (lossOf(moved(0.01)) - lossOf(moved(-0.01))) / 0.02;
        const got = (value - stepped[name][i]) / rate;
        assert.ok(Math.abs(got - gradient) < 5e-4, `${name} ${i}: ${got}, not ${gradient}`);
      });
  });
  it("keeps frequent words with chance sqrt(t / f)", () => {
    assert.equal(e.keepChance(1e-3, 1e-3), 1);
    assert.equal(e.keepChance(0.1, 1e-3), 0.1);
    assert.equal(e.keepChance(0.5, 0), 1);
  });
  it("learns the topics; the same seed gives the same numbers; the loss falls from (1 + k) log 2", async () => {
    const config = { ...e.skipGramDefaults, size: 8, window: 3, epochs: 8, rate: 0.05, subsample: 0 };
    const train = async (): Promise<[e.SkipGramModel, e.SkipGramStep[]]> => {
      const model = e.initSkipGram(corpus.words.length, config.size, makeRng(1));
      const steps: e.SkipGramStep[] = [];
      for await (const step of e.trainSkipGram(model, corpus, config, makeRng(2), { records: 40 }))
        steps.push(step);
      return [model, steps];
    };
    const [model, steps] = await train();
    separates(model.input, config.size);
    const fresh = e.initSkipGram(corpus.words.length, config.size, makeRng(1));
    const { value: first } = await e
      .trainSkipGram(fresh, corpus, config, makeRng(2), { records: 5000 })
      .next();
    // A negative that is the neighbour itself, one draw in eight here, adds nothing to the loss.
    assert.ok(first && Math.abs(first.loss - (1 + (5 * 7) / 8) * Math.log(2)) < 0.3, `${first?.loss}`);
    assert.ok(steps[steps.length - 1].loss < 3);
    assert.equal(steps[steps.length - 1].done, 1);
    assert.ok(steps.length >= 35 && steps.length <= 41);
    assert.deepEqual((await train())[0].input, model.input);
  });
});

describe("what does not fit is named", () => {
  const first = async (run: AsyncGenerator<unknown>): Promise<unknown> => (await run.next()).value;
  const skip = e.initSkipGram(corpus.words.length, 4, makeRng(1));
  const counts = e.cooccurrence(corpus);
  it("skip-gram", async () => {
    const run = (config: Partial<e.SkipGramConfig>, model = skip): Promise<unknown> =>
      first(e.trainSkipGram(model, corpus, { ...e.skipGramDefaults, ...config }, makeRng(1)));
    await assert.rejects(run({ window: 0 }), /window must be a whole number of at least 1, got 0/);
    await assert.rejects(run({ negatives: 1.5 }), /negatives/);
    await assert.rejects(run({ rate: NaN }), /rate must be above 0, got NaN/);
    await assert.rejects(run({ subsample: -1 }), /subsample must be 0 or more/);
    await assert.rejects(run({}, e.initSkipGram(3, 4, makeRng(1))), /3 rows for 8 words/);
  });
  it("GloVe", async () => {
    const run = (config: Partial<e.GloveConfig>, words = corpus.words.length): Promise<unknown> =>
      first(
        e.trainGlove(
          e.initGlove(words, 4, makeRng(1)),
          counts,
          { ...e.gloveDefaults, ...config },
          makeRng(1),
        ),
      );
    await assert.rejects(run({ xMax: 0 }), /xMax must be above 0/);
    await assert.rejects(run({ epochs: -1 }), /epochs/);
    await assert.rejects(run({}, 5), /5 rows for 8 words/);
  });
});

describe("GloVe", () => {
  const counts = e.cooccurrence(corpus, { window: 3, weighting: "harmonic" });
  const config = { ...e.gloveDefaults, size: 6, epochs: 30, xMax: 50 };
  it("weights: (x / xMax)^alpha up to 1", () => {
    assert.equal(e.gloveWeight(100, 100, 0.75), 1);
    assert.equal(e.gloveWeight(5000, 100, 0.75), 1);
    assert.ok(Math.abs(e.gloveWeight(6.25, 100, 0.75) - 0.125) < 1e-12);
  });
  it("its first step is AdaGrad on half the gradient of the loss, by finite differences", async () => {
    // One count, so an epoch is one step from known numbers.
    const single: e.SparseMatrix = {
      rows: 2,
      columns: 2,
      starts: Int32Array.from([0, 1, 1]),
      column: Int32Array.from([1]),
      values: Float64Array.from([7]),
    };
    const before = e.initGlove(2, 3, makeRng(4));
    const after = { size: 3, word: before.word.slice(), context: before.context.slice() };
    for await (const { loss } of e.trainGlove(after, single, { ...config, epochs: 1 }, makeRng(5)))
      assert.ok(Math.abs(loss - e.gloveLoss(before, 0, 1, 7, config)) < 1e-12);
    for (const name of ["word", "context"] as const)
      before[name].forEach((value, i) => {
        const moved = (by: number): number =>
          e.gloveLoss(
            { ...before, [name]: before[name].map((v, j) => (j === i ? v + by : v)) },
            0,
            1,
            7,
            config,
          );
        const half = (moved(1e-5) - moved(-1e-5)) / 4e-5;
        const wanted = (config.rate * half) / Math.sqrt(1 + half * half);
        assert.ok(Math.abs(value - after[name][i] - wanted) < 1e-8, `${name} ${i}`);
      });
  });
  it("learns the topics, and its loss falls", async () => {
    const model = e.initGlove(corpus.words.length, config.size, makeRng(1));
    const losses: number[] = [];
    for await (const { loss } of e.trainGlove(model, counts, config, makeRng(2))) losses.push(loss);
    assert.equal(losses.length, config.epochs);
    assert.ok(losses[losses.length - 1] < 0.05 * losses[0], `${losses[0]} to ${losses[losses.length - 1]}`);
    // Within a topic all counts are alike and across topics there are none: only the fit is asked for here.
    for (const word of [0, 1, 2])
      for (let k = counts.starts[word]; k < counts.starts[word + 1]; k++)
        assert.ok(e.gloveLoss(model, word, counts.column[k], counts.values[k], config) < 0.05);
  });
});
