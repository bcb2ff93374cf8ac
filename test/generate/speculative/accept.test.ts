import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng, uniform } from "../../../src/engine";
import { acceptDrafted, overlap, residual, sampleFrom } from "../../../src/generate";
import type { DraftAcceptance } from "../../../src/generate";
import { chiSquareZ } from "./stubs";

const f32 = (...values: number[]): Float32Array => Float32Array.from(values);
type Rule = typeof acceptDrafted;

/** Pairs p, q: alike, apart, a draft that misses tokens, one that is certain, a target that is. */
const pairs: { name: string; p: number[]; q: number[] }[] = [
  { name: "alike", p: [0.4, 0.3, 0.2, 0.1], q: [0.35, 0.35, 0.15, 0.15] },
  { name: "apart", p: [0.7, 0.2, 0.05, 0.05], q: [0.1, 0.1, 0.4, 0.4] },
  { name: "equal", p: [0.5, 0.25, 0.25], q: [0.5, 0.25, 0.25] },
  { name: "a draft that misses tokens", p: [0.25, 0.25, 0.25, 0.25], q: [0.9, 0.1, 0, 0] },
  { name: "nothing in common", p: [0.6, 0.4, 0, 0], q: [0, 0, 0.3, 0.7] },
  { name: "a certain draft", p: [0.3, 0.5, 0.2], q: [0, 1, 0] },
  { name: "a certain target", p: [0, 1, 0], q: [0.3, 0.5, 0.2] },
];

/** Counts of first tokens of many rounds: the drafted one where it is kept, else the next. */
function firstTokens(rule: Rule, p: Float32Array, q: Float32Array, rounds: number, seed: number): number[] {
  const rng = makeRng(seed);
  const counts = new Array<number>(p.length).fill(0);
  for (let i = 0; i < rounds; i++) {
    const x = sampleFrom(q, rng);
    const { accepted, next } = rule([x], [q], [p, p], [uniform(rng), uniform(rng)]);
    counts[accepted === 1 ? x : next]! += 1;
  }
  return counts;
}

/** Wrong rules that are often written. They get what the right one gets, and leave out the checks. */
const wrongRule =
  (
    chance: (p: number, q: number) => number,
    replace: (p: Float32Array, q: Float32Array) => Float32Array,
  ): Rule =>
  (drafted, draft, target, numbers): DraftAcceptance => {
    const n = drafted.findIndex((id, i) => numbers[i]! >= chance(target[i]![id]!, draft![i]![id]!));
    const accepted = n < 0 ? drafted.length : n;
    const from = n < 0 ? target[accepted]! : replace(target[accepted]!, draft![accepted]!);
    return { accepted, next: sampleFrom(from, numbers.at(-1)!), chances: [] };
  };
const ratio = (p: number, q: number): number => Math.min(1, p / q);

describe("generate/speculative/accept", () => {
  it("by hand: kept up to the first refusal, replaced from the residual; all kept, one more from the target", () => {
    const q = f32(0.5, 0.25, 0.25);
    const p = f32(0.25, 0.5, 0.25);
    // Token 0 has the chance 0.25 / 0.5; token 1, whose ratio is 2, and token 2 are always kept.
    const kept = acceptDrafted([0, 1], [q, q], [p, p, f32(0.1, 0.1, 0.8)], [0.49, 0.999, 0.3]);
    assert.deepEqual(kept, { accepted: 2, next: 2, chances: [0.5, 1] });
    // The residual of p - q is (0, 0.25, 0): token 1, whatever the number.
    for (const u of [0, 0.5, 0.999])
      assert.deepEqual(acceptDrafted([2, 0, 2], [q, q, q], [p, p, p, p], [0.9, 0.5, 0, u]), {
        accepted: 1,
        next: 1,
        chances: [1, 0.5],
      });
    assert.deepEqual([...residual(p, q)], [0, 1, 0]);
    assert.deepEqual([...residual(f32(0.5, 0.25, 0.25), f32(0, 0.25, 0.75))], [1, 0, 0]);
  });

  it("nothing drafted: a plain draw from the target", () => {
    const p = f32(0.2, 0.5, 0.3);
    for (const u of [0, 0.19, 0.21, 0.69, 0.71, 0.99])
      assert.deepEqual(acceptDrafted([], [], [p], [u]), { accepted: 0, next: sampleFrom(p, u), chances: [] });
  });

  it("a draft without distributions is one that is certain: the same as one-hot ones", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (ids, numbers) => {
          const oneHot = ids.map((id) => f32(0, 0, 0, 0).fill(1, id, id + 1));
          const target = [...ids, 0].map((_, i) => f32(0.1 * (i + 1), 0.2, 0.3, 0.4 - 0.1 * i));
          const given = numbers.slice(0, ids.length + 1);
          assert.deepEqual(
            acceptDrafted(ids, undefined, target, given),
            acceptDrafted(ids, oneHot, target, given),
          );
        },
      ),
    );
  });

  it("a certain target (temperature 0) keeps just the greedy tokens, whatever the numbers and the draft", () => {
    const q = f32(0.25, 0.25, 0.5);
    const greedy = [1, 2, 0, 1];
    const target = greedy.map((id) => f32(0, 0, 0).fill(1, id, id + 1));
    for (const u of [0, 0.3, 0.999])
      for (const drafted of [
        [1, 2, 0],
        [1, 2, 2],
        [1, 0, 0],
        [0, 2, 0],
      ]) {
        // prettier-ignore
        const same = drafted.findIndex((id, i) => id !== greedy[i]);
        const accepted = same < 0 ? 3 : same;
        const got = acceptDrafted(drafted, [q, q, q], target, [u, u, u, u]);
        assert.deepEqual([got.accepted, got.next], [accepted, greedy[accepted]]);
      }
  });

  for (const { name, p, q } of pairs)
    it(`${name}: first tokens are the target's (chi-square, 40,000 rounds), kept as often as p and q overlap`, () => {
      const [target, draft] = [Float32Array.from(p), Float32Array.from(q)];
      const z = chiSquareZ(firstTokens(acceptDrafted, target, draft, 40_000, 7), p);
      assert.ok(z < 4, `${z} deviations`);
      const rng = makeRng(8);
      let kept = 0;
      for (let i = 0; i < 40_000; i++) {
        const x = sampleFrom(draft, rng);
        kept += acceptDrafted([x], [draft], [target, target], [uniform(rng), uniform(rng)]).accepted;
      }
      const a = overlap(p, q);
      const deviation = Math.sqrt((a * (1 - a)) / 40_000);
      assert.ok(Math.abs(kept / 40_000 - a) <= 4 * deviation + 1e-6, `${kept / 40_000}, expected ${a}`);
    });

  const wrong: Record<string, Rule> = {
    "the replacement comes from p, not from the residual": wrongRule(ratio, (p) => p),
    "the residual is |p - q|": wrongRule(ratio, (p, q) => p.map((x, i) => Math.abs(x - q[i]!))),
    "kept with chance p, not p / q": wrongRule((p) => p, residual),
    "kept with chance q / p": wrongRule((p, q) => Math.min(1, q / p), residual),
    "always kept": wrongRule(() => 1, residual),
    "kept where p is above q, else refused": wrongRule((p, q) => Number(p >= q), residual),
  };
  for (const [name, rule] of Object.entries(wrong))
    it(`the chi-square sees that a rule is wrong: ${name}`, () => {
      const { p, q } = pairs[0]!; // the pair that is hardest to tell
      const z = chiSquareZ(firstTokens(rule, Float32Array.from(p), Float32Array.from(q), 40_000, 7), p);
      assert.ok(z > 8, `${z} deviations`);
    });

  it("the first two tokens of rounds of two drafts have the target's joint distribution", () => {
    const p = [[0.5, 0.3, 0.2], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3], [0.6, 0.2, 0.2]]; // prettier-ignore
    const q = [[0.2, 0.5, 0.3], [0.3, 0.3, 0.4], [0.4, 0.3, 0.3], [0.1, 0.8, 0.1]]; // prettier-ignore
    const after = (rows: number[][], id?: number): Float32Array => Float32Array.from(rows[(id ?? -1) + 1]!);
    const counts = new Array<number>(9).fill(0);
    const rng = makeRng(3);
    for (let i = 0; i < 40_000; i++) {
      const x1 = sampleFrom(after(q), rng);
      const x2 = sampleFrom(after(q, x1), rng);
      const numbers = [uniform(rng), uniform(rng), uniform(rng)];
      const target = [after(p), after(p, x1), after(p, x2)];
      const { accepted, next } = acceptDrafted([x1, x2], [after(q), after(q, x1)], target, numbers);
      const text = [...[x1, x2].slice(0, accepted), next];
      if (text.length < 2) text.push(sampleFrom(after(p, text[0]), rng));
      counts[text[0]! * 3 + text[1]!]! += 1;
    }
    const joint = counts.map((_, i) => p[0]![Math.floor(i / 3)]! * p[Math.floor(i / 3) + 1]![i % 3]!);
    const z = chiSquareZ(counts, joint);
    assert.ok(z < 4, `${z} deviations`);
  });

  it("does not change what it is given", () => {
    const [p, q] = [f32(0.25, 0.75), f32(0.75, 0.25)];
    const input = { drafted: [0], draft: [q], target: [p, p], numbers: [0.9, 0.5] };
    const before = structuredClone(input);
    acceptDrafted(input.drafted, input.draft, input.target, input.numbers);
    residual(p, q);
    assert.deepEqual(input, before);
  });

  it("rounding: equal distributions that do not sum to 1 refuse nothing; a residual of nothing is the target", () => {
    const p = f32(0.3333, 0.3333, 0.3333);
    assert.equal(acceptDrafted([1], [p], [p, p], [0.9999999, 0]).accepted, 1);
    assert.deepEqual(residual(p, p), p);
    // q is above p everywhere, by less than a float32 can say of a sum.
    const q = p.map((x) => x + 1e-7);
    const { accepted, next } = acceptDrafted([1], [q], [p, p], [0.999_999_9, 0.99]);
    assert.deepEqual([accepted, next], [0, 2]);
  });

  it("says what does not fit", () => {
    const p = f32(0.5, 0.5);
    assert.throws(() => acceptDrafted([0], [p], [p], [0, 0]), /1 drafted tokens need 2 distributions of the target.*got 1/);
    assert.throws(() => acceptDrafted([0], [p, p], [p, p], [0, 0]), /1 drafted tokens with 2 distributions/);
    assert.throws(() => acceptDrafted([0], [p], [p, p], [0]), /need 2 random numbers, got 1/);
    assert.throws(() => acceptDrafted([0], [p], [p, p], [0, 1]), /from \[0, 1\), got 1/);
    assert.throws(() => acceptDrafted([2], [p], [p, p], [0, 0]), /token 2 at place 0 is outside 0 to 1/);
    assert.throws(() => acceptDrafted([0], [f32(0, 1)], [p, p], [0, 0]), /probability 0 in its own draft/);
    assert.throws(() => acceptDrafted([0], [f32(0.5, 0.5, 0)], [p, p], [0, 0]), /over 2 and 3 tokens: .*one vocabulary/);
  }); // prettier-ignore
});
