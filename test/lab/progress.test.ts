import assert from "node:assert/strict";
import { progress } from "../../src/lab";
import { duration, progressText } from "../../src/lab/progress";
import { inFakeNotebook } from "./notebook";

describe("progress", () => {
  const state = { label: "training", done: 0, total: 500, note: "", seconds: 0, ended: false };

  it("says count, part, rate and remaining time", () => {
    assert.equal(progressText(state), "training 0/500, 0 %");
    const half = { ...state, done: 250, seconds: 10, note: "loss 2.3" };
    assert.equal(progressText(half), "training 250/500, 50 %, 25.0/s, 10 s left, loss 2.3");
    assert.equal(
      progressText({ ...state, done: 500, seconds: 0.5, ended: true }),
      "training 500/500, 100 %, 1000/s, 0.5 s",
    );
    assert.equal(progressText({ ...state, total: undefined, done: 7, seconds: 2 }), "training 7, 3.50/s");
  });

  it("durations are short at every size", () => {
    const texts = [0.04, 9.94, 12, 59.6, 200, 7500].map(duration);
    assert.deepEqual(texts, ["0.0 s", "9.9 s", "12 s", "1 min 0 s", "3 min 20 s", "2 h 5 min"]);
  });

  it("gives every item on, and ends at 100 %", async () => {
    const seen: number[] = [];
    const frames = await inFakeNotebook(() => {
      for (const x of progress([1, 2, 3], "reading")) seen.push(x);
    });
    assert.deepEqual(seen, [1, 2, 3]);
    assert.match(String(frames.at(-1)!.data["text/plain"]), /^reading 3\/3, 100 %/);
    assert.match(String(frames.at(-1)!.data["text/html"]), /width:100\.0%/);
    assert.deepEqual([frames[0]!.update, frames.at(-1)!.update], [false, frames.length > 1]);
  });

  it("a loop that is left early ends the bar where it was", async () => {
    const frames = await inFakeNotebook(() => {
      for (const x of progress([1, 2, 3, 4], "reading")) if (x === 3) break;
    });
    assert.match(String(frames.at(-1)!.data["text/plain"]), /^reading 2\/4, 50 %/);
  });

  it("async generators too, with a total that is told", async () => {
    async function* steps() {
      yield "a";
      yield "b";
    }
    const seen: string[] = [];
    const frames = await inFakeNotebook(async () => {
      for await (const x of progress(steps(), "training", 2)) seen.push(x);
    });
    assert.deepEqual(seen, ["a", "b"]);
    assert.match(String(frames.at(-1)!.data["text/plain"]), /^training 2\/2, 100 %/);
  });

  it("draws at most some ten frames a second, however fast the steps come", async () => {
    const started = performance.now();
    const frames = await inFakeNotebook(() => {
      for (const x of progress(Array.from({ length: 100_000 }, (_, i) => i))) void x;
    });
    const seconds = (performance.now() - started) / 1000;
    assert.ok(frames.length <= 2 + 10 * seconds + 1, `${frames.length} frames in ${seconds} s`);
  });

  it("a bar moved by hand escapes its note and may be ended twice", async () => {
    const frames = await inFakeNotebook(() => {
      const bar = progress(2, "by <hand>");
      bar.step(2, "a < b");
      bar.end();
      bar.end();
    });
    assert.equal(frames.length, 2);
    assert.match(String(frames[1]!.data["text/html"]), /by &lt;hand&gt; 2\/2.*a &lt; b/);
  });

  it("a total that is none is an error", () => {
    assert.throws(() => progress(-1), /total must be 0 or more, got -1/);
    assert.throws(() => progress(NaN), RangeError);
  });

  it("writes nothing where output goes to a file", () => {
    if (process.stdout.isTTY) return;
    const write = process.stdout.write;
    let text = "";
    process.stdout.write = (chunk) => {
      text += String(chunk);
      return true;
    };
    try {
      for (const x of progress([1, 2, 3])) void x;
    } finally {
      process.stdout.write = write;
    }
    assert.equal(text, "");
  });
});
