import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { makeRng, useEngine } from "../../src/engine";
import { gptDecoder, initGpt } from "../../src/models";
import type { Decoder, GptConfig } from "../../src/models";
import { cachedScorer, callKey, causalScorer, memoryStore } from "../../src/prompt";
import type { CallIdentity, CallStore, ScoreRequest, Scorer } from "../../src/prompt";
import { fileStore } from "../../src/prompt/node";
import { sha256 } from "../../src/prompt/sha256";
import { disposeTree } from "../../src/tree";

const identity: CallIdentity = { model: "tiny", weights: "f32", version: "causal 1" };

/** A scorer whose numbers tell what was asked, and that keeps a record; it breaks off after `most` prompts. */
function stubScorer(most = Infinity): Scorer & { readonly calls: ScoreRequest[][] } {
  const calls: ScoreRequest[][] = [];
  return {
    context: 100,
    calls,
    score(requests) {
      if (calls.flat().length + requests.length > most) return Promise.reject(new Error("interrupted"));
      calls.push([...requests]);
      return Promise.resolve(
        requests.map(({ prompt, answers }) =>
          answers.map((answer) => -Number(`${prompt.join("")}.${answer.join("")}1`)),
        ),
      );
    },
  };
}

const requests: ScoreRequest[] = [
  { prompt: [5, 2], answers: [[1], [2, 3]] },
  { prompt: [1, 2], answers: [[1]] },
  { prompt: [5], answers: [[1], [1], [4]] },
  { prompt: [1, 2], answers: [[2], [1]] },
];
const numbers = [[-52.11, -52.231], [-12.11], [-5.11, -5.11, -5.41], [-12.21, -12.11]]; // prettier-ignore

describe("prompt/calls: SHA-256", () => {
  it("equals Node's, for every length around the ends of its blocks and any text", () => {
    const node = (text: string): string => createHash("sha256").update(text, "utf8").digest("hex");
    for (let n = 0; n < 200; n++) assert.equal(sha256("x".repeat(n)), node("x".repeat(n)), `${n} bytes`);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => sha256(text) === node(text)),
    );
    assert.equal(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // FIPS 180-4's own
  });

  it("a key is that of the model, its weights, its version and what is asked, and of nothing else", () => {
    const asked = [[1, 2], [3]]; // prettier-ignore
    const key = callKey(identity, asked);
    assert.match(key, /^[0-9a-f]{64}$/);
    assert.equal(callKey({ version: "causal 1", weights: "f32", model: "tiny" }, [[1, 2], [3]]), key); // prettier-ignore
    const others = [
      callKey({ ...identity, model: "tiny2" }, asked),
      callKey({ ...identity, weights: "int8" }, asked),
      callKey({ ...identity, version: "causal 2" }, asked),
      callKey({ model: "tinyf32", weights: "", version: "causal 1" }, asked),
      callKey(identity, [[1], [2, 3]]), // prettier-ignore
      callKey(identity, [[12], [3]]), // prettier-ignore
      callKey(identity, [[1, 2, 3]]),
    ];
    assert.equal(new Set([key, ...others]).size, others.length + 1);
  });
});

describe("prompt/calls: a cached scorer", () => {
  it("gives the scorer's numbers, asks for each prompt and answer once, and never again", async () => {
    const stub = stubScorer();
    const store = memoryStore();
    const scorer = cachedScorer(stub, store, identity);
    assert.equal(scorer.context, 100);
    assert.deepEqual(await scorer.score(requests), numbers);
    assert.deepEqual(stub.calls, [
      [
        { prompt: [1, 2], answers: [[1], [2]] },
        { prompt: [5], answers: [[1], [4]] },
        { prompt: [5, 2], answers: [[1], [2, 3]] },
      ],
    ]);
    assert.deepEqual([scorer.asked, scorer.kept], [6, 2]);
    assert.deepEqual(await scorer.score([...requests].reverse()), [...numbers].reverse());
    const other = cachedScorer(stubScorer(0), store, { ...identity });
    assert.deepEqual(await other.score(requests), numbers);
    assert.deepEqual([scorer.asked, scorer.kept, other.asked, other.kept], [6, 10, 0, 8]);

    // A new answer costs that answer; another model gets nothing of this one.
    assert.deepEqual(await scorer.score([{ prompt: [5], answers: [[4], [7]] }]), [[-5.41, -5.71]]);
    assert.deepEqual(stub.calls[1], [{ prompt: [5], answers: [[7]] }]);
    await assert.rejects(cachedScorer(stubScorer(0), store, { ...identity, model: "other" }).score(requests), /interrupted/); // prettier-ignore
  });

  it("asks in chunks of prompts in the order of their ids, and what came before an interrupt is kept", async () => {
    const store = memoryStore();
    const asked = Array.from({ length: 7 }, (_, i) => ({
      prompt: [(3 * i) % 7, i % 2],
      answers: [[1], [2]],
    }));
    const wanted = await stubScorer().score(asked);
    const first = stubScorer(4);
    const told: number[] = [];
    await assert.rejects(cachedScorer(first, store, identity, { chunk: 2 }).score(asked, (done) => told.push(done)), /interrupted/); // prettier-ignore
    assert.deepEqual(first.calls.map((call) => call.map(({ prompt }) => prompt[0])), [[0, 1], [2, 3]]); // prettier-ignore
    assert.deepEqual(told, [2, 4]);
    const second = stubScorer();
    const resumed = cachedScorer(second, store, identity, { chunk: 2 });
    assert.deepEqual(await resumed.score(asked, (done) => told.push(done)), wanted);
    assert.deepEqual(second.calls.map((call) => call.map(({ prompt }) => prompt[0])), [[4, 5], [6]]); // prettier-ignore
    assert.deepEqual(told, [2, 4, 4, 6, 7]);
    assert.equal(resumed.asked, 6);
  });

  it("over a causal scorer: the same numbers to the last bit from the store, and no token is read for them", async () => {
    await useEngine({ engine: "cpu" });
    const config: GptConfig = { vocabSize: 23, context: 40, dModel: 16, nLayer: 1, nHead: 2, order: "pre" };
    const decoder = gptDecoder(initGpt(config, makeRng(1)), config) as Decoder;
    const [plain, inner] = [causalScorer(decoder), causalScorer(decoder)];
    const wanted = await plain.score(requests);
    const scorer = cachedScorer(inner, memoryStore(), identity, { chunk: 1 });
    const first = await scorer.score(requests);
    first.forEach((row, i) => row.forEach((x, k) => assert.ok(Math.abs(x - wanted[i]![k]!) < 1e-5)));
    assert.equal(inner.read, plain.read, "chunks share what requests share");
    assert.deepEqual(await scorer.score(requests), first);
    assert.equal(inner.read, plain.read);
    // The index is the caller's, not that of a chunk.
    await assert.rejects(scorer.score([...requests, { prompt: [1, 99], answers: [[1]] }]), /^RangeError: Request 4: its prompt has id 99/); // prettier-ignore
    disposeTree(decoder.params);
    plain.dispose();
    inner.dispose();
  });

  it("names a wrong request by the caller's index, an empty identity and a wrong chunk", async () => {
    const scorer = cachedScorer(stubScorer(), memoryStore(), identity);
    const long = new Array<number>(100).fill(1);
    for (const [wrong, message] of [
      [{ prompt: [], answers: [[1]] }, /^RangeError: Request 4: its prompt is empty/],
      [{ prompt: [1], answers: [] }, /^RangeError: Request 4: it has no answer/],
      [{ prompt: long, answers: [[1]] }, /^RangeError: Request 4: .* context of 100/],
    ] as const)
      await assert.rejects(scorer.score([...requests, wrong]), message);
    assert.throws(
      () => cachedScorer(stubScorer(), memoryStore(), { ...identity, weights: "" }),
      /no weights/,
    );
    assert.throws(() => cachedScorer(stubScorer(), memoryStore(), identity, { chunk: 0 }), /chunk of 0/);
  });
});

describe("prompt/calls: a store in a file", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "calls-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const path = (): string => join(folder, "runs", "calls.jsonl");
  const put = (text: string): void => {
    mkdirSync(join(folder, "runs"), { recursive: true });
    writeFileSync(path(), text);
  };

  it("gives back what was kept, number for number, in another process's eyes; the later of one key counts", () => {
    const values = fc.oneof(fc.double({ noNaN: true }).filter((x) => x !== Infinity), fc.array(fc.nat())); // prettier-ignore
    const calls = fc.array(fc.tuple(fc.string({ minLength: 1 }), values), { minLength: 1 });
    fc.assert(
      fc.property(calls, (given) => {
        rmSync(path(), { force: true });
        const store = fileStore(path());
        assert.ok(!existsSync(path()), "a file is made when something is kept");
        for (const [key, value] of given) store.set(key, value);
        const again = fileStore(path());
        const wanted = new Map(given);
        assert.deepEqual([again.size, again.skipped, store.size], [wanted.size, [], wanted.size]);
        for (const [key, value] of wanted)
          for (const one of [store, again])
            assert.ok(typeof value === "number" ? one.get(key) === value : `${one.get(key)}` === `${value}`);
        assert.equal(again.get("none such"), undefined);
      }),
      { numRuns: 50 },
    );
  });

  it("an experiment that was killed goes on: a line cut at any byte costs that call alone", async () => {
    const inner = stubScorer();
    await cachedScorer(inner, fileStore(path()), identity).score(requests);
    const whole = readFileSync(path(), "utf8");
    assert.equal(whole.trimEnd().split("\n").length, 6);
    for (let bytes = 0; bytes <= whole.length; bytes += 7) {
      put(whole.slice(0, bytes));
      const store = fileStore(path());
      // A line that lacks only its end of line is whole.
      const lines = whole.slice(0, bytes).split("\n");
      const complete = lines.slice(0, -1).length + (lines.at(-1)!.endsWith("}") ? 1 : 0);
      assert.equal(store.size, complete, `after ${bytes} bytes`);
      assert.ok(store.skipped.length <= 1);
      const scorer = cachedScorer(stubScorer(), store, identity);
      assert.deepEqual(await scorer.score(requests), numbers, `after ${bytes} bytes`);
      assert.equal(scorer.asked, 6 - complete);
      const after = fileStore(path());
      assert.deepEqual([after.size, after.skipped], [6, store.skipped]);
    }
  });

  it("a process killed while it writes leaves whole lines", async function () {
    this.timeout(300_000);
    const program = `
      const store = require("./src/prompt/node").fileStore(process.argv[1]);
      for (let i = 0; ; i++) { store.set("k" + i, i + 1); if (i === 50) process.stdout.write("written"); }`;
    const child = spawn(process.execPath, ["--require", "tsx/cjs", "-e", program, path()], {
      cwd: join(__dirname, "..", ".."),
    });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("close", resolve));
    const store = fileStore(path());
    assert.ok(store.size > 50);
    for (let i = 0; i < store.size; i++) assert.equal(store.get(`k${i}`), i + 1);
  });

  it("bad lines are passed over and numbered, and the file is only added to", () => {
    const bad = ["{", '{"key":"b"}', '{"key":7,"value":1}', '{"key":"c","value":"1"}', '{"key":"d","value":[1,null]}', "null", '{"key":"","value":1}']; // prettier-ignore
    const text = ['{"key":"a","value":-1}', ...bad, "", '{"key":"z","value":"-Infinity"}', "\0\0\0"].join(
      "\n",
    );
    put(text);
    const store = fileStore(path());
    assert.deepEqual([store.get("a"), store.get("z"), store.size], [-1, -Infinity, 2]);
    assert.deepEqual(store.skipped, [2, 3, 4, 5, 6, 7, 8, 11]);
    store.set("new", [1, 2]);
    assert.equal(readFileSync(path(), "utf8"), `${text}\n{"key":"new","value":[1,2]}\n`);
    assert.deepEqual(fileStore(path()).get("new"), [1, 2]);
  });

  it("two processes may add to one file", () => {
    const [a, b] = [fileStore(path()), fileStore(path())];
    for (let i = 0; i < 20; i++) (i % 2 ? a : b).set(`k${i}`, i);
    assert.equal(fileStore(path()).size, 20);
  });

  it("refuses what is no store, is too large, or cannot be kept, and leaves it as it is", () => {
    assert.throws(() => fileStore(folder), /is not a file\. Cure/);
    for (const text of ["Dear diary,\nnothing happened.\n", '{"name":"a package"}', "{\n}\n"]) {
      put(text);
      assert.throws(() => fileStore(path()), /no line of it is a call of a model\. Cure/);
      assert.equal(readFileSync(path(), "utf8"), text);
    }
    put("");
    const store: CallStore = fileStore(path());
    assert.throws(() => store.set("k", NaN), /RangeError: Call "k" gave NaN/);
    assert.throws(() => store.set("", 1), RangeError);
    assert.throws(() => store.set("k", [1, Infinity]), RangeError);
    assert.equal(readFileSync(path(), "utf8"), "");
    store.set("k", 1);
    appendFileSync(path(), "x".repeat(100));
    assert.throws(() => fileStore(path(), { maxBytes: 100 }), /12[0-9] bytes of calls, more than the 100 that are read\. Cure: maxBytes/); // prettier-ignore
  });
});
