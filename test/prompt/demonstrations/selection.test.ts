import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../../src/engine";
import { cosine } from "../../../src/embeddings";
import {
  mutualInformation,
  nearestDemonstrations,
  randomDemonstrations,
  rankByMutualInformation,
} from "../../../src/prompt/demonstrations";

const near = (got: number, wanted: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${got}, wanted ${wanted}`);

interface Example {
  readonly id: number;
  readonly label: string;
}
const labelOf = ({ label }: Example): string => label;
const anyPool = fc
  .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 20 })
  .map((labels) => labels.map((label, id): Example => ({ id, label })));
const poolAndCount = anyPool.chain((pool) =>
  fc.tuple(fc.constant(pool), fc.integer({ min: 0, max: pool.length })),
);

describe("prompt/demonstrations: random", () => {
  it("none twice, all of the pool; fewer are the first of more; the generator stays as it was", () => {
    fc.assert(
      fc.property(poolAndCount, fc.nat(), fc.boolean(), ([pool, count], seed, stratified) => {
        const rng = makeRng(seed);
        const options = stratified ? { labelOf } : {};
        const chosen = randomDemonstrations(pool, count, rng, options);
        assert.equal(rng.drawn, 0);
        assert.equal(new Set(chosen).size, count);
        assert.ok(chosen.every((example) => pool.includes(example)));
        assert.deepEqual(randomDemonstrations(pool, pool.length, rng, options).slice(0, count), chosen);
      }),
    );
  });

  it("stratified: labels come equally often, unless one is used up", () => {
    fc.assert(
      fc.property(poolAndCount, fc.nat(), ([pool, count], seed) => {
        const chosen = randomDemonstrations(pool, count, makeRng(seed), { labelOf });
        const size = (of: readonly Example[], label: string): number =>
          of.filter((e) => e.label === label).length;
        const labels = [...new Set(pool.map(labelOf))];
        const most = Math.max(...labels.map((label) => size(chosen, label)));
        for (const label of labels) assert.ok(size(chosen, label) >= Math.min(size(pool, label), most - 1));
      }),
    );
  });

  it("every example comes as often as any other, at every place", () => {
    const pool = [0, 1, 2, 3, 4];
    const seen = pool.map(() => [0, 0]);
    for (let seed = 0; seed < 5000; seed++)
      randomDemonstrations(pool, 2, makeRng(seed)).forEach((id, place) => seen[id]![place]!++);
    const chi2 = seen.flat().reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    assert.ok(chi2 < 30, `chi-square ${chi2} of ${seen.join("; ")}`);
  });

  it("stratified: no label has its place", () => {
    const pool: Example[] = ["a", "b", "a", "b"].map((label, id) => ({ id, label }));
    const firsts = Array.from({ length: 2000 }, (_, seed) => {
      const [one, two, three] = randomDemonstrations(pool, 4, makeRng(seed), { labelOf }).map(labelOf);
      return [one === "a", two === three] as const;
    });
    for (const which of [0, 1] as const) {
      const share = firsts.filter((each) => each[which]).length / 2000;
      assert.ok(Math.abs(share - 0.5) < 0.05, `${which}: ${share}`);
    }
  });

  it("an empty pool and too many are errors that say so", () => {
    assert.throws(() => randomDemonstrations([], 0, makeRng(0)), /pool of demonstrations is empty. Cure/);
    assert.throws(
      () => randomDemonstrations([1, 2], 3, makeRng(0)),
      /3 demonstrations are asked of a pool of 2/,
    );
    for (const bad of [-1, 1.5, NaN])
      assert.throws(() => randomDemonstrations([1, 2], bad, makeRng(0)), /count must be a whole number/);
  });
});

describe("prompt/demonstrations: nearest", () => {
  const vectors = [
    [0, 1],
    [2, 2],
    [-1, 0],
    [5, 0],
    [1, 1],
  ];

  it("by hand: cosines with (1, 0), nearest first; the earlier of equal ones", () => {
    const found = nearestDemonstrations([1, 0], vectors, 4);
    assert.deepEqual(found.map(({ index }) => index), [3, 1, 4, 0]); // prettier-ignore
    [1, Math.SQRT1_2, Math.SQRT1_2, 0].forEach((wanted, i) => near(found[i]!.similarity, wanted));
    assert.deepEqual(nearestDemonstrations([1, 0], vectors, 1, [3])[0]!.index, 1);
    assert.deepEqual(nearestDemonstrations([1, 0], vectors, 0), []);
  });

  it("no vector left out is nearer, the scale does not matter", () => {
    const row = fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(
        row,
        fc.array(row, { minLength: 1, maxLength: 12 }),
        fc.nat(11),
        fc.nat(11),
        (query, pool, k, own) => {
          fc.pre(own < pool.length && pool.length > 1);
          const count = Math.min(k, pool.length - 1);
          const found = nearestDemonstrations(query, pool, count, [own]).map(({ index }) => index);
          assert.equal(new Set(found).size, count);
          assert.ok(!found.includes(own));
          const worst = Math.min(...found.map((index) => cosine(query, pool[index]!)));
          pool.forEach((vector, index) => {
            if (index !== own && !found.includes(index))
              assert.ok(cosine(query, vector) <= worst || count === 0);
          });
          const scaled = nearestDemonstrations(query.map((x) => 4 * x), pool, count, [own]); // prettier-ignore
          assert.deepEqual(scaled.map(({ index }) => index), found); // prettier-ignore
        },
      ),
    );
  });

  it("bad input names what is wrong", () => {
    assert.throws(() => nearestDemonstrations([1], [], 1), /pool of demonstrations is empty/);
    assert.throws(
      () => nearestDemonstrations([1, 0], vectors, 5, [0]),
      /5 demonstrations are asked of a pool of 4/,
    );
    assert.throws(() => nearestDemonstrations([1, 0], [[1, 0], [1]], 1), /example 1 1\. Cure: encode both/);
    assert.throws(() => nearestDemonstrations([NaN, 0], vectors, 1), /NaN/);
  });
});

describe("prompt/demonstrations: mutual information", () => {
  const normalized = (row: readonly number[]): number[] => row.map((x) => x / row.reduce((a, b) => a + b, 0));
  const row = fc
    .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })
    .map(normalized);
  const table = fc.array(row, { minLength: 1, maxLength: 15 });

  it("by hand: sure and different ln 2, always the same 0, unsure 0, between them the formula", () => {
    near(mutualInformation([[1, 0], [0, 1]]), Math.LN2); // prettier-ignore
    assert.equal(mutualInformation([[1, 0], [1, 0]]), 0); // prettier-ignore
    assert.equal(mutualInformation([[0.5, 0.5], [0.5, 0.5]]), 0); // prettier-ignore
    const h = (p: number): number => -p * Math.log(p) - (1 - p) * Math.log(1 - p);
    near(mutualInformation([[0.9, 0.1], [0.4, 0.6]]), h(0.65) - (h(0.1) + h(0.4)) / 2); // prettier-ignore
  });

  it("is the mean Kullback-Leibler divergence from the mean, between 0 and ln L; no order matters", () => {
    fc.assert(
      fc.property(table, (rows) => {
        const mean = rows[0]!.map((_, l) => rows.reduce((sum, p) => sum + p[l]!, 0) / rows.length);
        const divergence = rows.map((p) => p.reduce((sum, x, l) => sum + x * Math.log(x / mean[l]!), 0));
        const information = mutualInformation(rows);
        near(information, divergence.reduce((a, b) => a + b, 0) / rows.length, 1e-9);
        assert.ok(information >= 0 && information <= Math.log(3));
        near(mutualInformation([...rows].reverse().map((p) => [...p].reverse())), information, 1e-9);
      }),
    );
  });

  it("ranks candidates, one after the other, best first; ties as they came", async () => {
    const tables: Record<string, number[][]> = {
      unsure: [[0.5, 0.5], [0.5, 0.5]],
      sure: [[0.9, 0.1], [0.1, 0.9]],
      same: [[1, 0], [1, 0]],
    }; // prettier-ignore
    let running = 0;
    const ranked = await rankByMutualInformation(["unsure", "same", "sure"], async (name) => {
      assert.equal(++running, 1);
      await Promise.resolve();
      running--;
      return tables[name]!;
    });
    assert.deepEqual(ranked.map(({ candidate }) => candidate), ["sure", "unsure", "same"]); // prettier-ignore
    near(ranked[0]!.mutualInformation, mutualInformation(tables.sure!));
  });

  it("bad input names the row and the cure", async () => {
    assert.throws(() => mutualInformation([]), /there are no distributions/);
    assert.throws(() => mutualInformation([[0.5, 0.5], [1]]), /distribution 1 has 1 labels/);
    assert.throws(() => mutualInformation([[0.5, 0.5], [-0.7, -0.3]]), /distribution 1 is \[-0.7, -0.3\].*softmax/); // prettier-ignore
    assert.throws(() => mutualInformation([[0.5, 0.6]]), /sum to 1/);
    assert.throws(() => mutualInformation([[NaN, 1]]), /distribution 0/);
    await assert.rejects(
      rankByMutualInformation([], () => []),
      /no candidates/,
    );
    await assert.rejects(
      rankByMutualInformation([1], () => []),
      /there are no distributions/,
    );
  });
});
