import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../src/engine";
import {
  bitsPerByte,
  collate,
  epochRows,
  IGNORE,
  perplexity,
  randomBatch,
  sequentialBatches,
  splitStream,
  stackRows,
  tokenStream,
} from "../../src/data";
import { loadText } from "../../src/data/node";
import { charTokenizer, trainChar } from "../../src/text";

const count = (n: number): Int32Array => Int32Array.from({ length: n }, (_, i) => i);

describe("data: streams and batches", () => {
  it("splits tiny Shakespeare as nanoGPT does", () => {
    const text = loadText("tinyshakespeare");
    const stream = tokenStream(charTokenizer(trainChar(text)), text);
    const { train, validation } = splitStream(stream);
    assert.deepEqual([train.length, validation.length], [1_003_854, 111_540]);
    assert.equal(splitStream(text).validation.length, 111_540);
  });

  it("loadText names what there is, and reads nothing outside of datasets/", () => {
    assert.throws(() => loadText("shakespear"), /no data set "shakespear".*tinyshakespeare/);
    assert.throws(() => loadText("chinese-classics"), /chinese-classics\/lunyu\.txt/);
    assert.throws(() => loadText("../src"), RangeError);
    assert.throws(() => loadText("tinyshakespeare/../../package.json"), RangeError);
    assert.ok(loadText("chinese-classics/lunyu.txt").length > 10_000);
  });

  it("puts a separator after each text", () => {
    const tokenizer = { encode: (text: string) => [...text].map(Number) };
    assert.deepEqual([...tokenStream(tokenizer, ["12", "3"], { separator: 9 })], [1, 2, 9, 3, 9]);
  });

  it("a random batch has the next id as label, everywhere; its state is plain", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        (seed, length, batch) => {
          const stream = count(length + 1 + (seed % 20));
          const rng = makeRng(seed);
          randomBatch(stream, { batch, length }, rng);
          const stored = JSON.parse(JSON.stringify(rng)) as typeof rng;
          const next = randomBatch(stream, { batch, length }, rng);
          assert.deepEqual(next.inputs.shape, [batch, length]);
          next.inputs.data.forEach((id, i) => assert.equal(next.labels.data[i], id + 1));
          assert.deepEqual(randomBatch(stream, { batch, length }, stored), next);
        },
      ),
    );
  });

  it("crops start everywhere, also at both ends", () => {
    const rng = makeRng(3);
    const starts = new Set<number>();
    for (let i = 0; i < 200; i++)
      starts.add(randomBatch(count(8), { batch: 1, length: 4 }, rng).inputs.data[0]!);
    assert.deepEqual([...starts].sort(), [0, 1, 2, 3]);
    assert.throws(() => randomBatch(count(4), { batch: 1, length: 4 }, rng), /fewer than the 5/);
  });

  it("sequential batches ask for each id but the first once, and keep one shape", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 80 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        (n, length, batch, draw) => {
          const stride = 1 + (draw % length);
          const asked: number[] = [];
          for (const { inputs, labels } of sequentialBatches(count(n), { batch, length, stride })) {
            assert.deepEqual(labels.shape, [batch, length]);
            labels.data.forEach((label, i) => {
              if (label === IGNORE) return;
              assert.equal(label, inputs.data[i]! + 1);
              asked.push(label);
              const seen = 1 + (i % length);
              assert.ok(label <= length || seen > length - stride, "a label with too little before it");
            });
          }
          assert.deepEqual(asked, [...count(n)].slice(1));
        },
      ),
    );
    assert.throws(() => [...sequentialBatches(count(9), { batch: 1, length: 4, stride: 5 })], /stride/);
    assert.throws(() => [...sequentialBatches(count(1), { batch: 1, length: 4 })], /nothing to predict/);
  });

  it("epochs take every row once, in an order of their own, from any step", () => {
    const rng = makeRng(5);
    const epoch = (e: number): number[] => [0, 1, 2].flatMap((s) => epochRows(3 * e + s, 4, 12, rng));
    assert.deepEqual(
      [...epoch(0)].sort((a, b) => a - b),
      [...count(12)],
    );
    assert.notDeepEqual(epoch(0), epoch(1));
    assert.deepEqual(epochRows(7, 4, 12, makeRng(5)), epochRows(7, 4, 12, rng));
    assert.throws(() => epochRows(0, 4, 3, rng), /do not fill/);
  });

  it("stacks and collates; errors name the field", () => {
    assert.deepEqual(stackRows([[1, 2], [3]], { pad: 0 }), {
      data: Int32Array.of(1, 2, 3, 0),
      shape: [2, 2],
    });
    const examples = [
      { inputs: [1, 2, 3], label: 1 },
      { inputs: [4], label: 0 },
    ];
    assert.deepEqual(collate(examples, { inputs: { pad: 9, length: 4 }, label: "number" }), {
      inputs: { data: Int32Array.of(1, 2, 3, 9, 4, 9, 9, 9), shape: [2, 4] },
      label: { data: Int32Array.of(1, 0), shape: [2] },
    });
    assert.throws(
      () => collate(examples, { inputs: { pad: 9, length: 2 }, label: "number" }),
      /"inputs".*row 0 holds 3/,
    );
  });

  it("perplexity and bits per byte", () => {
    assert.equal(perplexity(0), 1);
    assert.ok(Math.abs(perplexity(Math.log(65)) - 65) < 1e-12);
    // 10 tokens of ln 2 nats are 10 bits, over 20 bytes.
    assert.equal(bitsPerByte(Math.LN2, 10, 20), 0.5);
    assert.throws(() => bitsPerByte(1, 10, 0), RangeError);
  });
});
