import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../src/engine";
import {
  blankInfilling,
  causalLm,
  deleteTokens,
  denoising,
  documentInfilling,
  IGNORE,
  infillBlanks,
  infillText,
  maskTokens,
  permuteSentences,
  prefixLm,
  randomPrefixLm,
  restoreBlanks,
  rotateDocument,
  shiftRight,
} from "../../src/data";

const glm = { mask: 900, documentMask: 901, startOfPiece: 902, endOfPiece: 903 };
const text = (n: number): number[] => Array.from({ length: n }, (_, i) => 10 + i);
const lengths = fc.integer({ min: 8, max: 120 });

describe("objectives: causal and prefix", () => {
  it("labels are the inputs, one place on", () => {
    assert.deepEqual(causalLm([5, 6, 7]), { inputs: Int32Array.of(5, 6), labels: Int32Array.of(6, 7) });
    assert.throws(() => causalLm([5]), /nothing to predict/);
  });

  it("a prefix is given, and everything after it is asked for", () => {
    assert.deepEqual(prefixLm([1, 2, 3, 4, 5], 3), {
      inputs: Int32Array.of(1, 2, 3, 4),
      labels: Int32Array.of(IGNORE, IGNORE, 4, 5),
      prefix: 3,
    });
    const seen = new Set<number>();
    const rng = makeRng(1);
    for (let i = 0; i < 200; i++) seen.add(randomPrefixLm([1, 2, 3, 4], rng).prefix);
    assert.deepEqual([...seen].sort(), [1, 2, 3]);
    assert.throws(() => prefixLm([1, 2, 3], 3), /from 1 to 2/);
  });

  it("a decoder reads its labels one place later", () => {
    assert.deepEqual([...shiftRight([7, 8, IGNORE], 1, 0)], [1, 7, 8]);
    assert.deepEqual([...shiftRight([IGNORE, 8], 1, 0)], [1, 0]);
  });
});

describe("objectives: BART", () => {
  it("infilling and its spans give the text back; the number of ids is exact", () => {
    fc.assert(
      fc.property(lengths, fc.nat(), (n, seed) => {
        const ids = text(n);
        const { ids: spoiled, spans } = infillText(ids, 900, 0.3, makeRng(seed));
        let next = 0;
        const back = spoiled.flatMap((id) => {
          if (id !== 900) return [id];
          const { start, end } = spans[next++]!;
          return ids.slice(start, end);
        });
        assert.deepEqual(back, ids);
        const out = spans.reduce((sum, { start, end }) => sum + end - start, 0);
        assert.equal(out, Math.ceil(0.3 * n));
      }),
    );
  });

  it("span lengths are Poisson's: mean 3, and 5 % are of length 0", () => {
    const rng = makeRng(2);
    const spans = Array.from({ length: 40 }, () =>
      infillText(text(2000), 900, 0.3, rng).spans.slice(0, -1),
    ).flat();
    const mean = spans.reduce((sum, { start, end }) => sum + end - start, 0) / spans.length;
    const empty = spans.filter(({ start, end }) => start === end).length / spans.length;
    assert.ok(Math.abs(mean - 3) < 0.1, `mean ${mean}`);
    assert.ok(Math.abs(empty - Math.exp(-3)) < 0.01, `empty ${empty}`);
  });

  it("masking and deletion meet their share; what is left is in order", () => {
    const rng = makeRng(4);
    const masked = maskTokens(text(10_000), 5, 0.3, rng).filter((id) => id === 5).length;
    const kept = deleteTokens(text(10_000), 0.3, rng);
    // Four deviations of a share of 10,000 draws.
    for (const gone of [masked, 10_000 - kept.length]) assert.ok(Math.abs(gone - 3000) < 184, `${gone}`);
    assert.deepEqual(
      kept,
      [...kept].sort((a, b) => a - b),
    );
    assert.deepEqual(deleteTokens(text(5), 1, rng), []);
    assert.throws(() => maskTokens(text(5), 5, 1.2, rng), /share/);
  });

  it("sentences stay whole in any order", () => {
    const sentences = ["1 2 0", "3 0", "4 5 6 0 0", "7 8"];
    const ids = sentences.join(" ").split(" ").map(Number);
    const orders = new Set<string>();
    for (let seed = 0; seed < 300; seed++) {
      const out = permuteSentences(ids, (id) => id === 0, makeRng(seed)).join(" ");
      let rest = out;
      for (const sentence of sentences) {
        assert.ok(rest.includes(sentence), out);
        rest = rest.replace(sentence, "");
      }
      orders.add(out);
    }
    assert.equal(orders.size, 24);
  });

  it("a rotation turned back is the text", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 20 }), fc.nat(), (ids, seed) => {
        const turned = rotateDocument(ids, makeRng(seed));
        assert.equal(turned.length, ids.length);
        assert.ok(
          ids.length === 0 || ids.some((_, i) => turned.every((id, k) => id === ids[(i + k) % ids.length])),
        );
      }),
    );
  });

  it("an example reads the spoiled text and says the whole one", () => {
    assert.deepEqual(denoising([900, 6], [5, 6], { start: 1, end: 2, pad: 0 }), {
      inputs: Int32Array.of(1, 900, 6, 2),
      decoderInputs: Int32Array.of(2, 1, 5, 6),
      labels: Int32Array.of(1, 5, 6, 2),
    });
  });
});

describe("objectives: GLM", () => {
  it("is the example of the paper's figure 2", () => {
    // x1 .. x6 with the spans x3 and x5 x6, the second written first.
    const ids = [1, 2, 3, 4, 5, 6];
    const spans = [
      { start: 2, end: 3 },
      { start: 4, end: 6 },
    ];
    const made = infillBlanks(ids, spans, [1, 0], glm.mask, glm);
    assert.deepEqual([...made.inputs], [1, 2, 900, 4, 900, 902, 5, 6, 902, 3]);
    assert.deepEqual([...made.labels], [IGNORE, IGNORE, IGNORE, IGNORE, IGNORE, 5, 6, 903, 3, 903]);
    // The paper counts positions from 1: 1 2 3 4 5 | 5 5 5 | 3 3.
    assert.deepEqual([...made.positions], [0, 1, 2, 3, 4, 4, 4, 4, 2, 2]);
    assert.deepEqual([...made.blockPositions], [0, 0, 0, 0, 0, 1, 2, 3, 1, 2]);
    assert.equal(made.partA, 5);
  });

  it("the two parts give the text back", () => {
    fc.assert(
      fc.property(lengths, fc.nat(), (n, seed) => {
        const rng = makeRng(seed);
        assert.deepEqual(restoreBlanks(blankInfilling(text(n), glm, rng), glm.mask), text(n));
        assert.deepEqual(restoreBlanks(documentInfilling(text(n), glm, rng), glm.documentMask), text(n));
      }),
    );
  });

  it("15 % is passed by less than a span; no two [MASK] stand side by side; spans are shuffled", () => {
    const rng = makeRng(7);
    let inOrder = 0;
    let long = 0;
    for (let i = 0; i < 300; i++) {
      const { inputs, labels, positions, partA } = blankInfilling(text(100), glm, rng);
      const starts = [...inputs.keys()].filter((k) => inputs[k] === glm.startOfPiece);
      const out = labels.filter((label) => label !== IGNORE && label !== glm.endOfPiece).length;
      assert.ok(out >= 15 && out < 15 + 39);
      assert.equal(out + partA - starts.length, 100);
      for (let k = 1; k < partA; k++) assert.ok(inputs[k] !== glm.mask || inputs[k - 1] !== glm.mask);
      const places = starts.map((k) => positions[k]!);
      if (places.length > 2) {
        long++;
        if (places.every((place, k) => k === 0 || place > places[k - 1]!)) inOrder++;
      }
    }
    assert.ok(long > 200 && inOrder < long / 4, `${inOrder} of ${long} in order`);
  });

  it("a document's span is half of it to all, at its end", () => {
    const rng = makeRng(8);
    const left = Array.from({ length: 400 }, () => documentInfilling(text(20), glm, rng).partA - 1);
    assert.deepEqual([Math.min(...left), Math.max(...left)], [0, 10]);
    assert.throws(() => blankInfilling(text(5), glm, rng), /not at least one/);
  });

  it("the same seed gives the same example", () => {
    const make = (seed: number) => blankInfilling(text(60), glm, makeRng(seed));
    assert.deepEqual(make(1), make(1));
    assert.notDeepEqual(make(1), make(2));
  });
});
