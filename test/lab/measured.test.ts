import assert from "node:assert/strict";
import fc from "fast-check";
import { measured, MEASURED_MIME, type MeasuredOptions, type Measurement } from "../../src/lab";
import { inFakeNotebook, printed } from "./notebook";

describe("measured", () => {
  const before = process.env.LAB_HEADLESS;
  beforeEach(() => delete process.env.LAB_HEADLESS);
  after(() => {
    if (before === undefined) delete process.env.LAB_HEADLESS;
    else process.env.LAB_HEADLESS = before;
  });

  const record = async (value: number, options: MeasuredOptions): Promise<Measurement> => {
    const [sent] = await inFakeNotebook(() => measured("x", value, options));
    return sent!.data[MEASURED_MIME] as Measurement;
  };

  it("sends the number, its band and its source for `lab run`, and a row for people", async () => {
    const options = { band: [1, 2], unit: "MB/s", reference: 1.5, source: "a <paper>" } as const;
    const [sent] = await inFakeNotebook(() => measured("speed", 1.23456, options));
    assert.deepEqual(sent!.data[MEASURED_MIME], { name: "speed", value: 1.23456, ok: true, ...options });
    assert.match(
      String(sent!.data["text/html"]),
      /1\.235 MB\/s<\/td>.*1 to 2.*1\.5 MB\/s \(a &lt;paper&gt;\).*✓ in band/,
    );
  });

  it("ok is exactly lo <= value <= hi", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.double(),
        fc.double({ noNaN: true }),
        fc.double({ noNaN: true }),
        async (value, a, b) => {
          const [lo, hi] = [Math.min(a, b), Math.max(a, b)];
          assert.equal((await record(value, { band: [lo, hi] })).ok, lo <= value && value <= hi);
        },
      ),
    );
  });

  it("NaN is in no band, not even in an open one, and is null in JSON", async () => {
    const got = await record(NaN, { band: [-Infinity, Infinity] });
    assert.deepEqual(got, { name: "x", value: null, band: [null, null], ok: false });
  });

  it("outside of its band it throws where LAB_HEADLESS=1, after it was shown", async () => {
    await record(3, { band: [1, 2] });
    process.env.LAB_HEADLESS = "1";
    await record(2, { band: [1, 2] });
    const sent = await inFakeNotebook(() =>
      assert.throws(() => measured("loss", 3, { band: [1, 2], unit: "nats" }), {
        name: "RangeError",
        message: 'measured "loss": 3 nats is outside of 1 to 2',
      }),
    );
    assert.equal(sent.length, 1);
  });

  it("a band that is none is an error that names the number", () => {
    assert.throws(() => measured("loss", 1, { band: [2, 1] }), /measured "loss": band \[2, 1\]/);
    assert.throws(() => measured("loss", 1, { band: [NaN, 1] }), /measured "loss": band/);
  });

  it("outside of a notebook one line is printed", () => {
    const lines = printed(() =>
      measured("tokens", 12, { band: [10, Infinity], reference: 11, source: "tiktoken" }),
    );
    assert.deepEqual(lines, ["tokens: 12 (band at least 10; reference 11 (tiktoken)) ✓ in band"]);
  });
});
