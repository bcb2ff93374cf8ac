import assert from "node:assert/strict";
import { makeRng } from "../../src/engine";
import { bankingTopics, drawRows, IGNORE, maskedBatch, textRows } from "../../src/data";
import { domainTexts, fewShotTask, loadBanking, loadWordVectors } from "../../src/data/node";

const letters = { encode: (text: string) => [...text].map((char) => char.charCodeAt(0)) };
const special = { before: [1], after: [2] };

describe("data/cloze", () => {
  it("a text is a row, and goes on in the next where it is longer", () => {
    const rows = textRows(letters, ["abc", "abcdefg", ""], { length: 5, ...special });
    assert.deepEqual(rows.map((row) => [...row]), [[1, 97, 98, 99, 2], [1, 97, 98, 99, 2], [1, 100, 101, 102, 2], [1, 103, 2]]); // prettier-ignore
    assert.throws(() => textRows(letters, ["a"], { length: 2, ...special }), /row of 2 tokens has no room/);
  });

  it("of a batch the asked places and what stood there agree with rows and inputs", () => {
    const rows = textRows(letters, ["the food was good", "a bad film", "x"], { length: 24, ...special });
    const options = { length: 24, most: 4, pad: 0, mask: 3, special: [0, 1, 2], vocabSize: 128 };
    for (let seed = 0; seed < 20; seed++) {
      const { inputs, mask, places, labels } = maskedBatch(rows, options, makeRng(seed));
      assert.deepEqual([inputs.shape, mask.shape, places.shape, labels.shape], [[3, 24], [3, 24], [12], [12]]); // prettier-ignore
      assert.deepEqual([...mask.data], rows.flatMap((row) => Array.from({ length: 24 }, (_, t) => (t < row.length ? 1 : 0)))); // prettier-ignore
      const restored = Int32Array.from(inputs.data);
      labels.data.forEach((id, i) => {
        assert.equal(
          id === IGNORE,
          i % 4 >= [3, 2, 1][Math.floor(i / 4)]!,
          "15 % of a row, its own places first",
        );
        if (id !== IGNORE) restored[places.data[i]!] = id;
      });
      rows.forEach((row, b) => assert.deepEqual(restored.subarray(b * 24, b * 24 + row.length), row));
    }
    assert.equal(drawRows(rows, 5, makeRng(1)).length, 5);
  });
});

describe("data/few-shot", () => {
  it("tasks are the same in each run, and nothing they test with is in the texts of the domain", () => {
    const texts = new Set(
      domainTexts(["sentiment-sentences", "banking77"]).map((text) => text.toLowerCase()),
    );
    for (const [name, labels, rows] of [
      ["sentiment", ["negative", "positive"], 2600],
      ["topics", bankingTopics, 850],
    ] as const) {
      const task = fewShotTask(name);
      assert.deepEqual(task.labels, labels);
      assert.equal(task.test.length, 300);
      assert.ok(task.train.length > rows);
      assert.deepEqual(fewShotTask(name), task);
      for (const label of labels) {
        const share = task.test.filter((row) => row.label === label).length / 300;
        assert.ok(Math.abs(share - 1 / labels.length) < 0.02, `${label}: ${share}`);
      }
      assert.ok(task.train.every(({ text }) => texts.has(text.toLowerCase())));
      const known = task.test.filter(({ text }) => texts.has(text.toLowerCase()));
      assert.deepEqual(known, []);
    }
    assert.throws(() => fewShotTask("spam" as never), /no task "spam"\. There are: sentiment, topics/);
    assert.equal(domainTexts(["banking77"]).length, loadBanking().train.length);
  });

  it("word vectors are read with their words", async () => {
    const vectors = await loadWordVectors();
    assert.deepEqual([vectors.words.length, vectors.size], [3773, 100]);
    assert.equal(vectors.id("the"), 0);
  });
});
