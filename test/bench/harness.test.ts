import assert from "node:assert/strict";
import { markdown, runCase, type Case } from "../../bench/harness";

/** Contenders that report their own times, one a run; and the order in which they ran. */
function scripted(times: Record<string, number[]>, unit: Case["unit"], amount?: number) {
  const order: string[] = [];
  const contenders = Object.entries(times).map(([name, seconds]) => {
    let runs = 0;
    return {
      name,
      prepare: () => void order.push(`(${name})`),
      run: () => {
        order.push(name);
        return seconds[runs++];
      },
    };
  });
  const one: Case = { unit, amount, contenders };
  return { one, order };
}

describe("bench harness", () => {
  it("every contender runs once a round, in an order that turns, each prepared just before", async () => {
    const { one, order } = scripted({ ours: [1, 1, 1], peer: [1, 1, 1], other: [1, 1, 1] }, "s");
    await runCase("case", one, 2);
    const expected = ["ours", "peer", "other", "peer", "other", "ours", "other", "ours", "peer"];
    assert.deepEqual(
      order,
      expected.flatMap((name) => [`(${name})`, name]),
    );
  });

  it("median, spread and ratio of times; the first round does not count", async () => {
    const { one } = scripted({ ours: [100, 3, 1, 2], peer: [0, 4, 8, 6] }, "s");
    assert.deepEqual(await runCase("case", one, 3), [
      { case: "case", contender: "ours", median: 2, unit: "s", spread: [1, 3], ours: 1 },
      { case: "case", contender: "peer", median: 6, unit: "s", spread: [4, 8], ours: 3 },
    ]);
  });

  it("megabytes a second: more is better; the median of an even number of rounds lies between", async () => {
    const { one } = scripted({ ours: [9, 1, 2], peer: [9, 8, 4] }, "MB/s", 8);
    assert.deepEqual(await runCase("case", one, 2), [
      { case: "case", contender: "ours", median: 6, unit: "MB/s", spread: [4, 8], ours: 1 },
      { case: "case", contender: "peer", median: 1.5, unit: "MB/s", spread: [1, 2], ours: 4 },
    ]);
  });

  it("shorter units of time: less is better; large numbers have no exponent", async () => {
    const { one } = scripted({ ours: [9, 0.5], peer: [9, 2] }, "ms");
    const rows = await runCase("case", one, 1);
    assert.deepEqual(
      rows.map(({ median, ours }) => [median, ours]),
      [
        [500, 1],
        [2000, 4],
      ],
    );
    assert.match(markdown(rows), /\| peer \| 2000 ms \| 2000 to 2000 \| 4\.00 x \|/);
    const { one: tiny } = scripted({ ours: [9, 12e-6] }, "µs");
    assert.ok(Math.abs((await runCase("case", tiny, 1))[0].median - 12) < 1e-9);
  });

  it("a run that reports no time is timed by the clock", async () => {
    const [row] = await runCase(
      "case",
      { unit: "s", contenders: [{ name: "ours", run: () => undefined }] },
      1,
    );
    assert.ok(row.median >= 0 && row.median < 60);
  });

  it("the table names a case once and says how much faster ours is", async () => {
    const { one } = scripted({ ours: [1, 2], peer: [1, 5] }, "s");
    const lines = markdown(await runCase("case", one, 1)).split("\n");
    assert.deepEqual(lines.slice(2), [
      "| case | ours | 2.00 s | 2.00 to 2.00 |  |",
      "|  | peer | 5.00 s | 5.00 to 5.00 | 2.50 x |",
    ]);
  });
});
