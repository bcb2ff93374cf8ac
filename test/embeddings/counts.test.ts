import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../src/engine";
import * as e from "../../src/embeddings";
import golden from "../golden/embeddings.json";
import { sentences } from "./text";

const corpus = e.makeCorpus(sentences, { minCount: 1 });
const id = (word: string): number => corpus.words.indexOf(word);

/** A dense matrix as the sparse one of the library. */
function sparse(dense: readonly number[], rows: number): e.SparseMatrix {
  const columns = dense.length / rows;
  const kept = dense.map((value, k) => ({ value, k })).filter(({ value }) => value !== 0);
  const starts = Array.from({ length: rows + 1 }, (_, i) => kept.filter(({ k }) => k < i * columns).length);
  return {
    rows,
    columns,
    starts: Int32Array.from(starts),
    column: Int32Array.from(kept, ({ k }) => k % columns),
    values: Float64Array.from(kept, ({ value }) => value),
  };
}
const dense = (m: e.SparseMatrix): number[] =>
  Array.from({ length: m.rows * m.columns }, (_, k) =>
    e.sparseAt(m, Math.floor(k / m.columns), k % m.columns),
  );
const close = (got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 1e-7): void => {
  assert.equal(got.length, wanted.length);
  for (let i = 0; i < got.length; i++)
    assert.ok(
      Math.abs(got[i] - wanted[i]) <= tolerance * Math.max(1, Math.abs(wanted[i])),
      `${i}: ${got[i]}, not ${wanted[i]}`,
    );
};

describe("corpus", () => {
  it("numbers words by frequency and keeps sentences apart", () => {
    assert.deepEqual(corpus.words.slice(0, 4), ["the", "a", "dog", "king"]);
    assert.deepEqual([...corpus.counts.slice(0, 3)], [6, 2, 2]);
    assert.equal(corpus.length, 20);
    assert.equal(corpus.ids.filter((each) => each === e.BREAK).length, 4);
  });
  it("drops rare words, so that windows close over the gap", () => {
    const few = e.makeCorpus(
      [
        ["x", "rare", "y"],
        ["x", "y"],
      ],
      { minCount: 2 },
    );
    assert.deepEqual([...few.ids], [0, 1, e.BREAK, 0, 1, e.BREAK]);
    assert.throws(() => e.makeCorpus([["a"]], { minCount: 2 }), /no word occurs 2 times/);
  });
  it("cuts sentences, and makes all numbers one word", () => {
    assert.deepEqual(e.sentencesOf("It's 3.50 dollars. She paid\nin 2 days!\n\nÉlan"), [
      ["it's", "0", "dollars"],
      ["she", "paid", "in", "0", "days"],
      ["élan"],
    ]);
  });
});

describe("cooccurrence", () => {
  it("by hand: windows stop at the end of a sentence", () => {
    const m = e.cooccurrence(corpus, { window: 1 });
    assert.equal(e.sparseAt(m, id("the"), id("king")), 2);
    assert.equal(e.sparseAt(m, id("king"), id("loves")), 1);
    assert.equal(e.sparseAt(m, id("king"), id("queen")), 0);
    assert.equal(e.sparseAt(m, id("a"), id("man")), 1);
    assert.equal(e.sparseAt(m, id("man"), id("a")), 1);
  });
  it("weights by distance", () => {
    const two = e.makeCorpus([["x", "y", "z", "x"]], { minCount: 1 });
    const at = (weighting: "flat" | "harmonic" | "linear", a: string, b: string): number =>
      e.sparseAt(e.cooccurrence(two, { window: 3, weighting }), two.words.indexOf(a), two.words.indexOf(b));
    assert.equal(at("flat", "x", "y"), 2);
    close([at("harmonic", "x", "y"), at("harmonic", "x", "x")], [1.5, 2 / 3]);
    close([at("linear", "x", "y"), at("linear", "x", "x")], [5 / 3, 2 / 3]);
  });
  it("is symmetric, and its sum is what the windows hold", () => {
    const texts = fc.array(fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 9 }), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 4 }), (text, window) => {
        const m = e.cooccurrence(e.makeCorpus(text, { minCount: 1 }), { window });
        const all = dense(m);
        all.forEach((value, k) => assert.equal(value, all[(k % m.rows) * m.rows + Math.floor(k / m.rows)]));
        const pairs = text.reduce((sum, { length: n }) => {
          for (let d = 1; d <= window; d++) sum += 2 * Math.max(0, n - d);
          return sum;
        }, 0);
        assert.equal(
          all.reduce((a, b) => a + b, 0),
          pairs,
        );
      }),
    );
  });
  it("refuses a window of 0", () => assert.throws(() => e.cooccurrence(corpus, { window: 0 }), /window/));
});

describe("ppmi and its singular values, beside numpy", () => {
  const counts = sparse(golden.counts, 12);
  for (const { smoothing, shift, values } of golden.ppmi)
    it(`smoothing ${smoothing}, shift ${shift}`, () =>
      close(dense(e.ppmi(counts, { smoothing, shift })), values));
  it("truncated SVD: singular values and the space of the left vectors", () => {
    const { singular, left } = e.truncatedSvd(e.ppmi(counts, { smoothing: 0.75 }), 4, makeRng(1));
    close(singular, golden.singular);
    const projector = Array.from({ length: 144 }, (_, k) => {
      const [i, j] = [Math.floor(k / 12), k % 12];
      return [0, 1, 2, 3].reduce((sum, d) => sum + left[i * 4 + d] * left[j * 4 + d], 0);
    });
    close(projector, golden.projector, 1e-6);
  });
  it("SVD of a matrix of lower rank than asked, and of one that is not square", () => {
    const m = sparse([1, 2, 3, 2, 4, 6], 2);
    close(e.truncatedSvd(m, 2, makeRng(2)).singular, [Math.sqrt(70), 0], 1e-6);
    assert.throws(() => e.truncatedSvd(m, 3, makeRng(2)), /rank/);
  });
});

describe("pca beside numpy", () => {
  it("projects and explains", () => {
    const { points, projected, explained } = golden.pca;
    const got = e.pca(points, 5, 2);
    close(got.points, projected);
    close(got.explained, explained);
  });
  it("names what does not fit", () => {
    assert.throws(() => e.pca([1, 2, 3], 2, 1), /rows of 2/);
    assert.throws(() => e.pca([1, 2, 3, 4], 2, 3), /size/);
  });
});
