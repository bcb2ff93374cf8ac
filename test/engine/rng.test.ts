import assert from "node:assert/strict";
import fc from "fast-check";
import {
  fork,
  integer,
  makeRng,
  normal,
  normalTensor,
  shuffle,
  tf,
  uniform,
  uniformTensor,
} from "../../src/engine";
import { philox } from "../../src/engine/philox";
import { eachEngine } from "../helpers/engines";

type Words = [number, number, number, number];

/** Known answers of philox4x32-10 from the authors' own library Random123 (file kat_vectors): counter, key, block. */
const known: readonly [Words, [number, number], Words][] = [
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
];

/** Philox once more, in whole 64-bit integers. */
function philoxBig(key: readonly [bigint, bigint], counter: readonly bigint[]): bigint[] {
  const mask = 0xffffffffn;
  let [k0, k1] = key;
  let [c0, c1, c2, c3] = counter as [bigint, bigint, bigint, bigint];
  for (let round = 0; round < 10; round++) {
    const p0 = 0xd2511f53n * c0;
    const p1 = 0xcd9e8d57n * c2;
    [c0, c1, c2, c3] = [(p1 >> 32n) ^ c1 ^ k0, p1 & mask, (p0 >> 32n) ^ c3 ^ k1, p0 & mask];
    k0 = (k0 + 0x9e3779b9n) & mask;
    k1 = (k1 + 0xbb67ae85n) & mask;
  }
  return [c0, c1, c2, c3];
}

const mean = (xs: readonly number[]) => xs.reduce((sum, x) => sum + x, 0) / xs.length;
const many = (n: number, draw: () => number) => Array.from({ length: n }, draw);

describe("philox", () => {
  it("gives Random123's known answers", () => {
    for (const [counter, key, block] of known) {
      assert.deepEqual(philox(key[0], key[1], counter, [0, 0, 0, 0]), block);
    }
  });

  it("equals the same rounds in 64-bit integers (property)", () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    const block = fc.tuple(word, word, word, word);
    fc.assert(
      fc.property(word, word, block, (k0, k1, counter) => {
        const expected = philoxBig([BigInt(k0), BigInt(k1)], counter.map(BigInt)).map(Number);
        assert.deepEqual(philox(k0, k1, counter, [0, 0, 0, 0]), expected);
      }),
      { numRuns: 500 },
    );
  });
});

describe("random numbers", () => {
  it("the first words of seed 0 are Random123's first block", () => {
    const rng = makeRng(0);
    assert.deepEqual(
      many(4, () => integer(rng, 2 ** 32)),
      known[0]?.[2],
    );
    assert.equal(rng.drawn, 4);
  });

  it("the first numbers of seed 0 are those that Python makes of these words", () => {
    const [normals, uniforms] = [makeRng(0), makeRng(0)];
    for (const wanted of [0.9911376792540323, -0.6176089598118041])
      assert.ok(Math.abs(normal(normals) - wanted) < 1e-14);
    assert.equal(uniform(uniforms), 0.39904647231489565);
  });

  it("a generator is data: stored as JSON it goes on with the same numbers, from any place of a block", () => {
    for (let drawn = 0; drawn < 9; drawn++) {
      const rng = makeRng(2 ** 40 + 5);
      many(drawn, () => integer(rng, 2 ** 32));
      const stored = JSON.parse(JSON.stringify(rng)) as typeof rng;
      assert.deepEqual(
        many(6, () => uniform(stored)),
        many(6, () => uniform(rng)),
      );
    }
  });

  it("a seed above 32 bits is used whole; a seed that is no whole number is refused", () => {
    assert.notEqual(uniform(makeRng(1)), uniform(makeRng(1 + 2 ** 32)));
    for (const seed of [-1, 1.5, Number.NaN, Infinity, 2 ** 53])
      assert.throws(() => makeRng(seed), /seed must be an integer from 0 to 2\^53 - 1, got/);
  });

  it("uniform: from [0, 1), flat over 50 bins (chi-square), mean and variance as they must be", () => {
    const rng = makeRng(1);
    const n = 100_000;
    const xs = many(n, () => uniform(rng));
    assert.ok(xs.every((x) => x >= 0 && x < 1));
    const bins = new Array<number>(50).fill(0);
    for (const x of xs) bins[Math.floor(50 * x)]! += 1;
    const chi2 = bins.reduce((sum, seen) => sum + (seen - n / 50) ** 2 / (n / 50), 0);
    assert.ok(chi2 > 23.98 && chi2 < 85.35, `chi-square of 49 degrees, 0.1 % at each side: ${chi2}`);
    assert.ok(Math.abs(mean(xs) - 0.5) < 4 * Math.sqrt(1 / 12 / n));
    assert.ok(Math.abs(mean(xs.map((x) => (x - 0.5) ** 2)) - 1 / 12) < 0.001);
  });

  it("normal: the four first moments, the share beyond 1, 2 and 3 deviations, no correlation of neighbours", () => {
    const rng = makeRng(2);
    const n = 200_000;
    const xs = many(n, () => normal(rng));
    const moments = [1, 2, 3, 4].map((k) => mean(xs.map((x) => x ** k)));
    // Deviations of the sample moments: sqrt(1, 2, 15, 96) / sqrt(n).
    [0, 1, 0, 3].forEach((wanted, i) => {
      const deviation = Math.sqrt([1, 2, 15, 96][i]! / n);
      assert.ok(Math.abs(moments[i]! - wanted) < 4 * deviation, `moment ${i + 1}: ${moments[i]}`);
    });
    [0.3173105, 0.0455003, 0.0026998].forEach((share, i) => {
      const seen = xs.filter((x) => Math.abs(x) > i + 1).length / n;
      assert.ok(
        Math.abs(seen - share) < 4 * Math.sqrt((share * (1 - share)) / n),
        `beyond ${i + 1}: ${seen}`,
      );
    });
    assert.ok(Math.abs(mean(xs.slice(1).map((x, i) => x * xs[i]!))) < 4 / Math.sqrt(n));
    assert.ok(xs.every(Number.isFinite));
  });

  it("integer: every number of the range, each as often; the ends of the allowed range; others refused", () => {
    const rng = makeRng(3);
    const seen = [0, 0, 0, 0, 0, 0, 0];
    many(70_000, () => (seen[integer(rng, 7)]! += 1));
    const chi2 = seen.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    assert.ok(chi2 < 22.46, `chi-square of 6 degrees, 0.1 %: ${chi2}`);
    assert.equal(integer(rng, 1), 0);
    for (const n of [0, -1, 1.5, 2 ** 32 + 1, Number.NaN])
      assert.throws(() => integer(rng, n), /n must be an integer from 1 to 2\^32, got/);
  });

  it("integer draws again where the remainder would favour small numbers", () => {
    // n = 3 * 2^30: a quarter of all words lies past the last multiple, so words are drawn about 4/3 times as often.
    const rng = makeRng(4);
    many(9000, () => integer(rng, 3 * 2 ** 30));
    assert.ok(Math.abs(rng.drawn / 9000 - 4 / 3) < 0.03, String(rng.drawn));
  });

  it("shuffle: a permutation, each of the six orders of three as often; the input stays as it was", () => {
    const rng = makeRng(5);
    const items = ["a", "b", "c"];
    const seen = new Map<string, number>();
    for (let i = 0; i < 12_000; i++) {
      const order = shuffle(rng, items).join("");
      seen.set(order, (seen.get(order) ?? 0) + 1);
    }
    assert.equal(seen.size, 6);
    const chi2 = [...seen.values()].reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
    assert.ok(chi2 < 20.52, `chi-square of 5 degrees, 0.1 %: ${chi2}`);
    assert.deepEqual(items, ["a", "b", "c"]);
    assert.deepEqual(shuffle(rng, []), []);
  });

  it('fork: by name and key only, not by what was drawn; the names 1 and "1" differ; children do not agree', () => {
    const rng = makeRng(6);
    const early = uniform(fork(rng, "blocks.0.attn"));
    many(5, () => uniform(rng));
    assert.equal(uniform(fork(rng, "blocks.0.attn")), early);
    const names = [
      "",
      "a",
      "b",
      "ab",
      "blocks.0.attn",
      "blocks.0.attn.wq",
      1,
      "1",
      "a\0",
      "12345678",
      "123456780",
    ];
    const firsts = names.map((name) => uniform(fork(rng, name)));
    assert.equal(new Set([...firsts, uniform(makeRng(6))]).size, names.length + 1);
    const [one, two] = [fork(rng, 0), fork(rng, 1)];
    const products = many(20_000, () => normal(one) * normal(two));
    assert.ok(Math.abs(mean(products)) < 4 / Math.sqrt(20_000));
  });

  it("a shape that is none is refused, with its axis", () => {
    assert.throws(
      () => normalTensor(makeRng(0), [2, -1]),
      /axis 1 of the shape must be a whole number, got -1/,
    );
    assert.throws(
      () => uniformTensor(makeRng(0), [0.5]),
      /axis 0 of the shape must be a whole number, got 0.5/,
    );
  });
});

eachEngine("random tensors", () => {
  it("hold the same numbers on every engine: those that single draws give", async () => {
    const [drawn, single] = [makeRng(42), makeRng(42)];
    const x = normalTensor(drawn, [3, 5], 0.02, 1);
    const y = uniformTensor(drawn, [7], -2, 3);
    const normals = many(15, () => Math.fround(1 + 0.02 * normal(single)));
    const uniforms = many(7, () => Math.fround(-2 + 5 * uniform(single)));
    assert.deepEqual(Array.from(await x.data()), normals);
    assert.deepEqual(Array.from(await y.data()), uniforms);
    assert.deepEqual([x.shape, y.shape, drawn.drawn], [[3, 5], [7], single.drawn]);
    tf.dispose([x, y]);
  });

  it("an empty tensor and a scalar", async () => {
    const [none, one] = [normalTensor(makeRng(0), [0, 3]), normalTensor(makeRng(0), [])];
    assert.deepEqual([none.shape, none.size, one.shape], [[0, 3], 0, []]);
    assert.equal((await one.data())[0], Math.fround(normal(makeRng(0))));
    tf.dispose([none, one]);
  });
});
