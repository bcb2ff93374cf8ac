import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../../src/engine";
import { modelDrafter, ngramDrafter, promptLookup, temperature } from "../../../src/generate";
import type { Draft, Drafter } from "../../../src/generate";
import { countNgrams, kneserNey, nextDistribution } from "../../../src/models";
import { stubReader } from "./stubs";

const lookup = async (
  text: number[],
  count: number,
  drafter: Drafter = promptLookup({ shortest: 1 }),
): Promise<number[]> => [...(await drafter.propose(text, count, makeRng(0), [])).ids];

describe("generate/speculative/draft: prompt lookup", () => {
  it("proposes what followed the longest run that ends the text; of several places, the last", async () => {
    assert.deepEqual(await lookup([1, 2, 3, 4, 5, 9, 2, 3], 2), [4, 5]);
    // [2, 3] came before 7, and [3] alone before 8, later.
    assert.deepEqual(await lookup([2, 3, 7, 7, 3, 8, 2, 3], 1), [7]);
    assert.deepEqual(await lookup([3, 1, 3, 2, 9, 3], 1), [2]);
    // Four tokens agree with the first place, three with both: longest 3 takes the last.
    const text = [5, 1, 2, 3, 8, 6, 1, 2, 3, 9, 5, 1, 2, 3];
    assert.deepEqual(await lookup(text, 1), [9]);
    assert.deepEqual(await lookup(text, 1, promptLookup({ longest: 4, shortest: 1 })), [8]);
  });

  it("has nothing to propose for a new token, for runs shorter than `shortest`, and for a text of one token", async () => {
    assert.deepEqual(await lookup([1, 2, 3], 4), []);
    assert.deepEqual(await lookup([1], 4), []);
    assert.deepEqual(await lookup([1, 2, 1], 4, promptLookup()), []);
    assert.deepEqual(await lookup([1, 2, 7, 1, 2], 1, promptLookup()), [7]);
  });

  it("goes on into its own proposal, as a text that repeats does", async () => {
    assert.deepEqual(await lookup([4, 1, 2, 1, 2], 5), [1, 2, 1, 2, 1]);
    assert.deepEqual(await lookup([7, 7], 3), [7, 7, 7]);
  });

  it("any text: equals a search in plain words", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 14 }),
        async (text) => {
          let wanted: number | undefined;
          for (let n = 3; n >= 1 && wanted === undefined; n--)
            for (let start = 0; start + n < text.length; start++)
              if (text.slice(start, start + n).join() === text.slice(-n).join()) wanted = text[start + n];
          assert.deepEqual(await lookup(text, 1), wanted === undefined ? [] : [wanted]);
        },
      ),
    );
  });

  it("says which lengths of runs make no sense", () => {
    assert.throws(() => promptLookup({ longest: 2, shortest: 3 }), /runs of 2 down to 3/);
    assert.throws(() => promptLookup({ shortest: 0 }), /down to 0/);
  });
});

/** A model whose scores depend on all that was read, in order. */
const mixing = (text: readonly number[]): number[] => {
  const mixed = text.reduce((sum, id) => (sum * 31 + id + 1) % 9973, 7);
  return [0, 1, 2, 3].map((id) => Math.sin(mixed * (id + 1)));
};

describe("generate/speculative/draft: a model", () => {
  it("reads only what is new, and goes back by what was refused", async () => {
    const reader = stubReader(4, mixing);
    const drafter = modelDrafter(reader);
    const greedy = [temperature(0)];
    const first = await drafter.propose([0, 1, 2], 3, makeRng(0), greedy);
    const [a, b, c] = first.ids as [number, number, number];
    assert.deepEqual(reader.log, ["read 0 1 2", `read ${a}`, `read ${b}`]);
    // The first token is kept, the second replaced.
    const other = (b + 1) % 4;
    reader.log.length = 0;
    await drafter.propose([0, 1, 2, a, other], 1, makeRng(0), greedy);
    assert.deepEqual(reader.log, ["rewind 4", `read ${other}`]);
    // All of a draft is kept: its last token was never read, and there is the target's own.
    const again = stubReader(4, mixing);
    const whole = modelDrafter(again);
    await whole.propose([0, 1, 2], 3, makeRng(0), greedy);
    again.log.length = 0;
    await whole.propose([0, 1, 2, a, b, c, 3], 1, makeRng(0), greedy);
    assert.deepEqual(again.log, [`read ${c} 3`]);
    drafter.dispose();
    assert.ok(!reader.log.includes("dispose"), "a reader that was given stays its owner's");
  });

  it("any texts one after the other: drafts as one that has read nothing yet", async () => {
    const text = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 });
    const asked = fc.record({ text, count: fc.integer({ min: 0, max: 4 }), seed: fc.nat(99) });
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 6 }), async (calls) => {
        const drafter = modelDrafter(stubReader(4, mixing));
        for (const call of calls) {
          const ask = (from: Drafter): Promise<Draft> | Draft =>
            from.propose(call.text, call.count, makeRng(call.seed), [temperature(0.8)]);
          assert.deepEqual(await ask(drafter), await ask(modelDrafter(stubReader(4, mixing))));
        }
      }),
    );
  });

  it("tells what each token was drawn from, after the processors; drafts no more than it has room for", async () => {
    const drafter = modelDrafter(stubReader(4, mixing), { size: 5 });
    const { ids, distributions } = await drafter.propose([0, 1, 2], 9, makeRng(4), [temperature(0.5)]);
    // It reads 5 tokens: after the fifth there is one more to draw.
    assert.equal(ids.length, 3);
    ids.forEach((id, i) => {
      const scores = mixing([0, 1, 2, ...ids.slice(0, i)]).map((x) => Math.exp(2 * x));
      const total = scores.reduce((sum, x) => sum + x, 0);
      distributions![i]!.forEach((q, other) => assert.ok(Math.abs(q - scores[other]! / total) < 1e-5));
      assert.ok(distributions![i]![id]! > 0);
    });
    for (const length of [6, 7, 12])
      assert.deepEqual((await drafter.propose(new Array<number>(length).fill(1), 4, makeRng(0), [])).ids, []);
  });
});

describe("generate/speculative/draft: n-grams", () => {
  it("draws from the n-gram model, each token in sight of those before", async () => {
    const text = [0, 1, 2, 0, 1, 2, 0, 2, 1, 0, 1, 2, 0, 1];
    const next = kneserNey(countNgrams(text, 3, 3));
    const { ids, distributions } = await ngramDrafter(next, 3).propose([0, 1], 4, makeRng(2), []);
    assert.equal(ids.length, 4);
    ids.forEach((_, i) => {
      const wanted = nextDistribution(next, [0, 1, ...ids.slice(0, i)], 3);
      distributions![i]!.forEach((q, id) => assert.ok(Math.abs(q - wanted[id]!) < 1e-6));
    });
    const greedy = await ngramDrafter(next, 3).propose([0, 1], 3, makeRng(2), [temperature(0)]);
    assert.deepEqual(greedy.ids, [2, 0, 1]);
  });
});
