import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../src/engine";
import {
  IGNORE,
  maskedLm,
  noiseSpans,
  nspPairs,
  restoreSpans,
  spanCorruption,
  spanLengths,
} from "../../src/data";
import { placeSpans, poisson, randomLengths, roundHalfEven } from "../../src/data/objectives/draw";

const [CLS, SEP, MASK] = [1, 2, 3];
const mlm = { mask: MASK, vocabSize: 1000, special: [0, CLS, SEP] };
const text = (n: number): number[] => Array.from({ length: n }, (_, i) => 10 + (i % 900));
const row = (n: number): number[] => [CLS, ...text(n), SEP];

describe("objectives: masked LM", () => {
  it("inputs and labels give the text back; special tokens stay; the number is BERT's", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (n, seed) => {
        const ids = row(n);
        const { inputs, labels } = maskedLm(ids, mlm, makeRng(seed));
        const back = [...inputs].map((id, i) => (labels[i] === IGNORE ? id : labels[i]));
        assert.deepEqual(back, ids);
        assert.deepEqual([inputs[0], inputs.at(-1), labels[0], labels.at(-1)], [CLS, SEP, IGNORE, IGNORE]);
        const chosen = labels.filter((label) => label !== IGNORE).length;
        assert.equal(chosen, Math.min(n, Math.max(1, roundHalfEven((n + 2) * 0.15))));
      }),
    );
  });

  it("80 % [MASK], 10 % random, 10 % as they were", () => {
    const counts = { mask: 0, random: 0, same: 0 };
    const rng = makeRng(11);
    const ids = text(10_000);
    for (let i = 0; i < 10; i++) {
      const { inputs, labels } = maskedLm(ids, mlm, rng);
      labels.forEach((label, k) => {
        if (label === IGNORE) assert.equal(inputs[k], ids[k]);
        else counts[inputs[k] === MASK ? "mask" : inputs[k] === label ? "same" : "random"]++;
      });
    }
    const total = counts.mask + counts.random + counts.same;
    assert.equal(total, 15_000);
    // Four deviations: 4 sqrt(0.8 * 0.2 / 15000) = 0.013. A random id is the old one, or [MASK], once in 1000.
    assert.ok(Math.abs(counts.mask / total - 0.8) < 0.014, JSON.stringify(counts));
    assert.ok(Math.abs(counts.random / total - 0.1) < 0.01, JSON.stringify(counts));
    assert.ok(Math.abs(counts.same / total - 0.1) < 0.01, JSON.stringify(counts));
  });

  it("every place is as likely, `most` is a limit, halves round to even", () => {
    const hits = new Array<number>(20).fill(0);
    const rng = makeRng(12);
    for (let i = 0; i < 4000; i++)
      maskedLm(text(20), mlm, rng).labels.forEach((label, k) => (hits[k]! += label === IGNORE ? 0 : 1));
    for (const hit of hits) assert.ok(Math.abs(hit / 4000 - 0.15) < 0.025, hits.join());
    assert.equal(
      maskedLm(text(200), { ...mlm, most: 20 }, rng).labels.filter((l) => l !== IGNORE).length,
      20,
    );
    assert.deepEqual([0.5, 1.5, 2.5, 2.4, 2.6].map(roundHalfEven), [0, 2, 2, 2, 3]);
  });

  it("whole words are chosen whole", () => {
    // Odd ids go on with the word before: words of two.
    const ids = Array.from({ length: 100 }, (_, i) => 10 + i);
    const { labels } = maskedLm(ids, { ...mlm, continues: (id) => id % 2 === 1 }, makeRng(13));
    for (let i = 0; i < 100; i += 2) assert.equal(labels[i] === IGNORE, labels[i + 1] === IGNORE);
    // 15 places are asked for, and words of two fill 14 of them.
    assert.equal(labels.filter((label) => label !== IGNORE).length, 14);
  });

  it("refuses shares that are none", () => {
    assert.throws(() => maskedLm(row(5), { ...mlm, share: 0 }, makeRng(1)), /share/);
    assert.throws(() => maskedLm(row(5), { ...mlm, masked: 0.8, random: 0.3 }, makeRng(1)), /shares of 1/);
  });
});

describe("objectives: next sentence", () => {
  // Sentence s of document d holds the ids 1000 d + 10 s + (0 .. 4).
  const documents = Array.from({ length: 6 }, (_, d) =>
    Array.from({ length: 30 }, (_, s) => Array.from({ length: 5 }, (_, k) => 10_000 + 1000 * d + 10 * s + k)),
  );
  const config = { cls: CLS, sep: SEP, length: 43 };

  it("a pair is [CLS] a [SEP] b [SEP], from one document or from two, and fits its row", () => {
    const labels: number[] = [];
    for (let seed = 0; seed < 100; seed++) {
      for (const { inputs, segments, label } of nspPairs(documents, seed % 6, config, makeRng(seed))) {
        const first = inputs.indexOf(SEP);
        assert.ok(inputs.length <= 43 && first > 1 && first < inputs.length - 2);
        assert.deepEqual([inputs[0], inputs.at(-1)], [CLS, SEP]);
        assert.deepEqual(
          [...segments],
          [...inputs].map((_, i) => (i <= first ? 0 : 1)),
        );
        const of = (id: number): number => Math.floor((id - 10_000) / 1000);
        const a = [...inputs.subarray(1, first)];
        const b = [...inputs.subarray(first + 1, -1)];
        assert.ok(a.every((id) => of(id) === seed % 6));
        assert.equal(
          b.every((id) => of(id) === seed % 6),
          label === 0,
        );
        labels.push(label);
      }
    }
    const replaced = labels.filter((label) => label === 1).length / labels.length;
    assert.ok(replaced > 0.45 && replaced < 0.62, `${replaced} of ${labels.length}`);
  });

  it("a real second half begins where the first ends, where nothing was cut off", () => {
    for (const { inputs, label } of nspPairs(documents, 0, { ...config, length: 400 }, makeRng(3))) {
      const first = inputs.indexOf(SEP);
      if (label === 0) assert.equal(inputs[first + 1], inputs[first - 1]! + 6);
    }
  });

  it("names what is missing", () => {
    assert.throws(() => nspPairs(documents.slice(0, 1), 0, config, makeRng(1)), /two documents/);
    assert.throws(() => nspPairs(documents, 9, config, makeRng(1)), /no document 9/);
    assert.throws(() => nspPairs(documents, 0, { ...config, length: 4 }, makeRng(1)), /at least 5/);
  });
});

describe("objectives: span corruption", () => {
  const sentinels = Array.from({ length: 60 }, (_, i) => 32_099 - i);
  const config = { sentinels, end: 1, pad: 0 };

  it("inputs and target give the text back; their lengths are T5's", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 600 }), fc.nat(), (n, seed) => {
        const { inputs, decoderInputs, labels } = spanCorruption(text(n), config, makeRng(seed));
        assert.deepEqual(restoreSpans(inputs, labels, config), text(n));
        const noise = Math.min(Math.max(roundHalfEven(n * 0.15), 1), n - 1);
        const spans = Math.max(1, roundHalfEven(noise / 3));
        assert.deepEqual([inputs.length, labels.length], [n - noise + spans + 1, noise + spans + 1]);
        assert.equal(inputs[0], 10, "a text begins with text");
        assert.equal(inputs.at(-2), sentinels[spans - 1], "and ends with noise");
        assert.equal(decoderInputs[0], 0);
        assert.deepEqual([...decoderInputs.subarray(1)], [...labels.subarray(0, -1)]);
      }),
    );
  });

  it("rows of 512 come from texts of 568, with targets of 114 (t5's random_spans_helper)", () => {
    assert.deepEqual(spanLengths(512), { text: 568, targets: 114 });
    const { inputs, labels } = spanCorruption(text(568), config, makeRng(1));
    assert.deepEqual([inputs.length, labels.length], [512, 114]);
  });

  it("all ways to cut are as likely", () => {
    // 5 ids in 3 pieces: 6 ways.
    const counts = new Map<string, number>();
    const rng = makeRng(6);
    for (let i = 0; i < 6000; i++) {
      const key = randomLengths(5, 3, rng).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    assert.equal(counts.size, 6);
    for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 116, [...counts].join(" "));
  });

  it("every place is noise about 15 % of the time; the text's end is more often", () => {
    const hits = new Array<number>(100).fill(0);
    const rng = makeRng(8);
    for (let i = 0; i < 1000; i++)
      for (const { start, end } of noiseSpans(100, 0.15, 3, rng))
        for (let k = start; k < end; k++) hits[k]!++;
    assert.equal(
      hits.reduce((a, b) => a + b, 0),
      15_000,
    );
    assert.deepEqual([hits[0], hits[99]], [0, 1000]);
    for (const hit of hits.slice(10, 90)) assert.ok(hit > 90 && hit < 220, hits.join());
  });

  it("dense noise needs no more spans than there is text; errors name the number", () => {
    assert.equal(noiseSpans(10, 0.9, 1, makeRng(1)).length, 1);
    assert.throws(() => spanCorruption([1], config, makeRng(1)), /1 ids/);
    assert.throws(
      () => spanCorruption(text(100), { ...config, sentinels: [5] }, makeRng(1)),
      /only 1 sentinels/,
    );
    assert.throws(() => spanLengths(1), /spanLengths/);
  });
});

describe("objectives: draws", () => {
  it("Poisson has mean and variance 3", () => {
    const rng = makeRng(9);
    const draws = Array.from({ length: 20_000 }, () => poisson(rng, 3));
    const mean = draws.reduce((a, b) => a + b, 0) / draws.length;
    const variance = draws.reduce((a, b) => a + (b - mean) ** 2, 0) / draws.length;
    assert.ok(Math.abs(mean - 3) < 0.06 && Math.abs(variance - 3) < 0.2, `${mean} ${variance}`);
  });

  it("spans keep their lengths, their order and their gap", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }),
        fc.nat(30),
        fc.nat(),
        (sizes, more, seed) => {
          const total = sizes.reduce((a, b) => a + b + 1, 0) + more;
          const spans = placeSpans(sizes, total, 1, makeRng(seed));
          assert.deepEqual(
            spans.map(({ start, end }) => end - start),
            sizes,
          );
          spans.forEach(({ start, end }, i) =>
            assert.ok(start >= (i > 0 ? spans[i - 1]!.end + 1 : 0) && end <= total),
          );
        },
      ),
    );
    assert.throws(() => placeSpans([3, 3], 6, 1, makeRng(1)), /do not fit/);
  });
});
