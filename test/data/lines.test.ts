import assert from "node:assert/strict";
import { makeRng } from "../../src/engine";
import { IGNORE, lineBatch, lineBatches, lineRows, shotRows } from "../../src/data";

const codes = { encode: (text: string) => Array.from(text, (char) => (char === "\n" ? 10 : Number(char))) };
const lines = [
  { question: "12", answer: "3" },
  { question: "4", answer: "56" },
  { question: "7", answer: "8" },
];
const X = IGNORE;

describe("lines as rows", () => {
  const rows = lineRows(codes, lines, 4);
  it("labels are the answer and the end of the line, one place before they are read", () => {
    assert.deepEqual(rows.map(({ inputs }) => [...inputs]), [[1, 2, 3], [4, 5, 6], [7, 8]]); // prettier-ignore
    assert.deepEqual(rows.map(({ labels }) => [...labels]), [[X, 3, 10], [5, 6, 10], [8, 10]]); // prettier-ignore
  });

  it("batches in order judge each row once, in one shape", () => {
    const [first, second, ...rest] = lineBatches(rows, { batch: 2, length: 4 });
    assert.equal(rest.length, 0);
    assert.deepEqual(first?.inputs, { data: Int32Array.of(1, 2, 3, 0, 4, 5, 6, 0), shape: [2, 4] });
    assert.deepEqual(first?.labels, { data: Int32Array.of(X, 3, 10, X, 5, 6, 10, X), shape: [2, 4] });
    assert.deepEqual(second?.labels, { data: Int32Array.of(8, 10, X, X, X, X, X, X), shape: [2, 4] });
  });

  it("drawn batches hold rows of the list, the same ones from the same generator", () => {
    const drawn = lineBatch(rows, { batch: 50, length: 4 }, makeRng(3));
    assert.deepEqual(drawn, lineBatch(rows, { batch: 50, length: 4 }, makeRng(3)));
    const firsts = new Set(Array.from({ length: 50 }, (_, b) => drawn.inputs.data[b * 4]));
    assert.deepEqual([...firsts].sort(), [1, 4, 7]);
  });

  it("a line that is too long is named", () => {
    assert.throws(() => lineRows(codes, lines, 2), /line 0 \("123"\) needs 3 places, a row has 2\. Cure:/);
  });
});

describe("several lines as one row", () => {
  it("the answer of each is judged, questions are only read; a line that no longer fits is left out", () => {
    const rows = shotRows(codes, [lines, lines.slice(1)], 8);
    assert.deepEqual(rows.map(({ inputs }) => [...inputs]), [[1, 2, 3, 10, 4, 5, 6], [4, 5, 6, 10, 7, 8]]); // prettier-ignore
    assert.deepEqual(rows.map(({ labels }) => [...labels]), [[X, 3, 10, X, 5, 6, 10], [5, 6, 10, X, 8, 10]]); // prettier-ignore
    assert.deepEqual(shotRows(codes, [lines], 6)[0], lineRows(codes, lines, 6)[0]);
  });

  it("one line is what lineRows makes of it", () => {
    assert.deepEqual(shotRows(codes, lines.map((each) => [each]), 4), lineRows(codes, lines, 4)); // prettier-ignore
  });

  it("a first line that is too long is named", () => {
    assert.throws(() => shotRows(codes, [lines], 2), /shotRows: "123" needs 3 places, a row has 2\. Cure:/);
  });
});
