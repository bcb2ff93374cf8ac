import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../../src/engine";
import { candidateOrders, globalEntropy, localEntropy, rankOrders } from "../../../src/prompt/demonstrations";

const near = (got: number, wanted: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(got - wanted) <= tolerance, `${got}, wanted ${wanted}`);
const h = (p: number): number => -p * Math.log(p) - (1 - p) * Math.log(1 - p);

describe("prompt/demonstrations: order", () => {
  it("up to four demonstrations: all orders, lexicographic", () => {
    const orders = (n: number): number[][] => candidateOrders(n, makeRng(0));
    assert.deepEqual(orders(1), [[0]]);
    assert.deepEqual(orders(3), [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]); // prettier-ignore
    assert.equal(new Set(orders(4).map(String)).size, 24);
    assert.deepEqual(candidateOrders(4, makeRng(9)), orders(4));
    assert.equal(candidateOrders(5, makeRng(0), 120).length, 120);
  });

  it("more: as many different permutations as asked, by the seed, the first of more", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 5, max: 9 }),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(),
        (n, limit, seed) => {
          const rng = makeRng(seed);
          const orders = candidateOrders(n, rng, limit);
          assert.equal(new Set(orders.map(String)).size, limit);
          const sorted = Array.from({ length: n }, (_, i) => i);
          for (const order of orders) assert.deepEqual([...order].sort(), sorted);
          assert.deepEqual(candidateOrders(n, rng, 70).slice(0, limit), orders);
        },
      ),
      { numRuns: 30 },
    );
    assert.notDeepEqual(candidateOrders(6, makeRng(1)), candidateOrders(6, makeRng(2)));
    assert.equal(new Set(candidateOrders(4, makeRng(3), 23).map(String)).size, 23);
  });

  it("GlobalE by hand: three of four inputs get the first label", () => {
    near(globalEntropy([[0.6, 0.4], [0.9, 0.1], [0.5, 0.5], [0, 1]]), h(0.75)); // prettier-ignore
    assert.equal(globalEntropy([[0.6, 0.4], [0.51, 0.49]]), 0); // prettier-ignore
    near(globalEntropy([[1, 0, 0], [0, 1, 0], [0, 0, 1]]), Math.log(3)); // prettier-ignore
  });

  it("LocalE by hand, and between 0 and ln L as GlobalE", () => {
    near(localEntropy([[0.6, 0.4], [0, 1]]), h(0.6) / 2); // prettier-ignore
    const row = fc
      .array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 })
      .map((x) => x.map((v) => v / x.reduce((a, b) => a + b, 0)));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 10 }), (rows) => {
        for (const value of [globalEntropy(rows), localEntropy(rows)])
          assert.ok(value >= 0 && value <= Math.log(4) + 1e-12);
        assert.ok(globalEntropy(rows) <= Math.log(rows.length) + 1e-12);
        const sharp = rows.map((p) => p.map((_, l) => (l === p.indexOf(Math.max(...p)) ? 1 : 0)));
        near(globalEntropy(sharp), globalEntropy(rows));
        assert.equal(localEntropy(sharp), 0);
      }),
    );
  });

  it("ranks orders by either, and tells both", async () => {
    // Sure of both labels; unsure of one label; unsure of both.
    const said: Record<string, number[][]> = {
      "0,1": [[0.9, 0.1], [0.1, 0.9]],
      "1,0": [[0.6, 0.4], [0.6, 0.4]],
    }; // prettier-ignore
    const orders = candidateOrders(2, makeRng(0));
    const asked: string[] = [];
    const evaluate = (order: readonly number[]): number[][] => {
      asked.push(order.join());
      return said[order.join()]!;
    };
    const byGlobal = await rankOrders(orders, evaluate);
    assert.deepEqual(asked, ["0,1", "1,0"]);
    assert.deepEqual(byGlobal.map(({ order }) => order), [[0, 1], [1, 0]]); // prettier-ignore
    const byLocal = await rankOrders(orders, async (order) => evaluate(order), "localEntropy");
    assert.deepEqual(byLocal.map(({ order }) => order), [[1, 0], [0, 1]]); // prettier-ignore
    near(byLocal[0]!.localEntropy, h(0.6));
    near(byLocal[1]!.globalEntropy, Math.LN2);
  });

  it("bad input names the field", async () => {
    assert.throws(() => candidateOrders(0, makeRng(0)), /count must be a whole number from 1, got 0/);
    assert.throws(() => candidateOrders(3, makeRng(0), 0), /limit must be a whole number from 1/);
    assert.throws(() => globalEntropy([[0.5, 0.1]]), /globalEntropy: distribution 0/);
    assert.throws(() => localEntropy([]), /localEntropy: there are no distributions/);
    await assert.rejects(
      rankOrders([], () => []),
      /no orders/,
    );
  });
});
