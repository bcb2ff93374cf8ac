import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng, normal } from "../../src/engine";
import {
  allowed,
  applyProcessors,
  banned,
  bannedSequences,
  forced,
  minP,
  noRepeatNgram,
  repetitionPenalty,
  softmax,
  temperature,
  topK,
  topP,
  typicalP,
} from "../../src/generate";
import type { Processor } from "../../src/generate";
import { golden } from "../helpers/tiny";

type Scores = readonly (number | null)[];
interface Golden {
  readonly scores: number[][];
  readonly seen: number[][];
  readonly processors: Record<string, { argument: never; row: number; scores: Scores }[][]>;
  readonly chain: Scores[];
}
const wanted = golden<Golden>("generate");

function same(got: Float32Array, scores: Scores, what: string): void {
  assert.equal(got.length, scores.length);
  scores.forEach((x, id) => {
    const y = got[id]!;
    if (x === null) assert.equal(y, -Infinity, `${what}, token ${id}`);
    else assert.ok(Math.abs(y - x) <= 1e-6 * Math.max(1, Math.abs(x)), `${what}, token ${id}: ${y}, ${x}`);
  });
}

describe("generate/processors: those of transformers", () => {
  const makers: Record<string, (argument: never) => Processor> = {
    temperature, topK, topP, minP, typicalP, repetitionPenalty, noRepeatNgram, banned, allowed, bannedSequences,
  }; // prettier-ignore
  assert.deepEqual(Object.keys(wanted.processors).sort(), Object.keys(makers).sort());

  for (const [name, make] of Object.entries(makers))
    it(name, () => {
      const cases = wanted.processors[name]!.flat();
      assert.ok(cases.length >= wanted.scores.length);
      for (const { argument, row, scores } of cases) {
        const got = make(argument)(Float32Array.from(wanted.scores[row]!), wanted.seen[row]!);
        same(got, scores, `${JSON.stringify(argument)}, row ${row}`);
      }
    });

  it("a chain of four", () => {
    const chain = [repetitionPenalty(1.2), temperature(0.7), topK(20), topP(0.8)];
    wanted.chain.forEach((scores, row) => {
      const logits = Float32Array.from(wanted.scores[row]!);
      same(applyProcessors(chain, logits, wanted.seen[row]!), scores, `row ${row}`);
    });
  });
});

/** Scores with many ties and banned tokens, at least one of which can come. */
const anyLogits = fc
  .array(
    fc.oneof(
      fc.integer({ min: -6, max: 6 }),
      fc.float({ min: -30, max: 30, noNaN: true }),
      fc.constant(-Infinity),
    ),
    { minLength: 1, maxLength: 40 },
  )
  .filter((scores) => scores.some((x) => x > -Infinity))
  .map((scores) => Float32Array.from(scores));
const anyShare = fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true });
const keptBy = (scores: Float32Array): number[] => [...scores.keys()].filter((id) => scores[id]! > -Infinity);

/** Ids that can come, best first by a key, ties by lower id: the slow way. */
const sorted = (logits: Float32Array, key: (id: number) => number): number[] =>
  keptBy(logits).sort((a, b) => key(b) - key(a) || a - b);

/** Only removes: what stays has its score, something stays, the input is as it was. */
function onlyRemoves(processor: Processor, logits: Float32Array): number[] {
  const before = logits.slice();
  const got = processor(logits, []);
  assert.deepEqual(logits, before, "the input changed");
  assert.notEqual(got, logits, "the input itself was given back");
  const kept = keptBy(got);
  assert.ok(kept.length > 0, "nothing stays");
  for (const id of kept) assert.equal(got[id], logits[id]);
  return kept;
}

/** The shortest beginning of `order` whose probabilities sum to p, give or take rounding. */
function isFewestReaching(kept: number[], order: number[], logits: Float32Array, p: number): void {
  assert.deepEqual([...kept].sort((a, b) => a - b), order.slice(0, kept.length).sort((a, b) => a - b)); // prettier-ignore
  const max = Math.max(...logits);
  const weights = Array.from(logits, (x) => Math.exp(x - max));
  const total = weights.reduce((a, b) => a + b);
  const mass = (ids: number[]): number => ids.reduce((sum, id) => sum + weights[id]!, 0) / total;
  const last = order[kept.length - 1]!;
  assert.ok(mass(kept) >= p - 1e-12, `${kept.length} tokens weigh ${mass(kept)}, less than ${p}`);
  const fewer = kept.filter((id) => id !== last);
  assert.ok(kept.length === 1 || mass(fewer) < p + 1e-12, `one less still weighs ${mass(fewer)}`);
}

describe("generate/processors: what must always hold", () => {
  it("top-k keeps exactly k, the largest, lower ids first", () => {
    fc.assert(
      fc.property(anyLogits, fc.integer({ min: 1, max: 45 }), (logits, k) => {
        const kept = onlyRemoves(topK(k), logits);
        const best = sorted(logits, (id) => logits[id]!).slice(0, k);
        assert.deepEqual(kept, best.sort((a, b) => a - b)); // prettier-ignore
      }),
    );
  });

  it("top-p keeps the fewest that weigh p", () => {
    fc.assert(
      fc.property(anyLogits, anyShare, (logits, p) => {
        const kept = onlyRemoves(topP(p), logits);
        isFewestReaching(kept, sorted(logits, (id) => logits[id]!), logits, p); // prettier-ignore
      }),
    );
  });

  it("typical keeps the fewest that weigh p, by nearness to the entropy", () => {
    fc.assert(
      fc.property(anyLogits, anyShare, (logits, p) => {
        const kept = onlyRemoves(typicalP(p), logits);
        const max = Math.max(...logits);
        const normalizer = max + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - max), 0));
        const entropy = keptBy(logits).reduce((sum, id) => {
          const surprise = normalizer - logits[id]!;
          return sum + Math.exp(-surprise) * surprise;
        }, 0);
        // Rounding may swap tokens that are equally near, so the set is compared by how near it is.
        const distance = (id: number): number => Math.abs(normalizer - logits[id]! - entropy);
        const furthest = Math.max(...kept.map(distance));
        const left = keptBy(logits).filter((id) => !kept.includes(id));
        assert.ok(left.every((id) => distance(id) >= furthest - 1e-9));
        const order = [...kept.sort((a, b) => distance(a) - distance(b)), ...left];
        isFewestReaching(kept, order, logits, p);
      }),
    );
  });

  it("min-p keeps what is at least p times as likely as the best", () => {
    fc.assert(
      fc.property(anyLogits, anyShare, (logits, p) => {
        const kept = onlyRemoves(minP(p), logits);
        const least = Math.max(...logits) + Math.log(p);
        assert.deepEqual(kept, keptBy(logits).filter((id) => logits[id]! >= least)); // prettier-ignore
      }),
    );
  });

  it("temperature keeps order and odds: ratios of probabilities to the power 1 / T", () => {
    fc.assert(
      fc.property(anyLogits, fc.double({ min: 0.01, max: 50, noNaN: true }), (logits, T) => {
        const before = logits.slice();
        const got = temperature(T)(logits, []);
        assert.deepEqual(logits, before);
        assert.deepEqual(keptBy(got), keptBy(logits));
        for (const id of keptBy(got)) assert.equal(got[id], Math.fround(logits[id]! / T));
      }),
    );
  });

  it("temperature 0 is greedy, and so is one so small that scores overflow", () => {
    for (const T of [0, 1e-300])
      fc.assert(
        fc.property(anyLogits, (logits) => {
          if (T > 0 && keptBy(logits).every((id) => logits[id] === 0)) return;
          const best = sorted(logits, (id) => logits[id]!)[0]!;
          assert.deepEqual(onlyRemoves(temperature(T), logits), [best]);
        }),
      );
  });

  it("the repetition penalty lowers what was seen, once, and nothing else", () => {
    fc.assert(
      fc.property(anyLogits, fc.array(fc.nat(45)), fc.double({ min: 1, max: 3, noNaN: true }), (logits, seen, x) => {
        const before = logits.slice();
        const got = repetitionPenalty(x)(logits, seen);
        assert.deepEqual(logits, before);
        assert.deepEqual(keptBy(got), keptBy(logits));
        for (const id of keptBy(got))
          if (!seen.includes(id)) assert.equal(got[id], logits[id]);
          else assert.equal(got[id], Math.fround(logits[id]! > 0 ? logits[id]! / x : logits[id]! * x));
      }),
    ); // prettier-ignore
  });

  it("no n-gram comes twice, and nothing else is banned", () => {
    const small = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(fc.array(small, { maxLength: 12 }), fc.integer({ min: 1, max: 4 }), (seen, n) => {
        const got = noRepeatNgram(n)(new Float32Array(4), seen);
        const grams = (ids: number[]): string[] =>
          ids.slice(0, Math.max(0, ids.length - n + 1)).map((_, i) => ids.slice(i, i + n).join());
        for (let id = 0; id < 4; id++) {
          const last = grams([...seen, id]).at(-1);
          const repeats = seen.length >= n - 1 && last !== undefined && grams(seen).includes(last);
          assert.equal(got[id], repeats ? -Infinity : 0, `[${seen.join()}] then ${id}, n = ${n}`);
        }
      }),
    );
  });

  it("banned, allowed and forced tokens", () => {
    const logits = Float32Array.of(1, 2, 3, -Infinity);
    assert.deepEqual([...banned([2, 0])(logits, [])], [-Infinity, 2, -Infinity, -Infinity]);
    assert.deepEqual([...allowed([2, 3])(logits, [])], [-Infinity, -Infinity, 3, -Infinity]);
    const afterOne = allowed((seen) => (seen.at(-1) === 1 ? [0] : undefined));
    assert.deepEqual([...afterOne(logits, [1])], [1, -Infinity, -Infinity, -Infinity]);
    assert.deepEqual(afterOne(logits, [2]), logits);
    const begin = forced([3, 1], 2);
    const certain = (seen: number[]): number[] => [...softmax(begin(logits, seen))];
    assert.deepEqual(certain([0, 0]), [0, 0, 0, 1], "also a token that was banned");
    assert.deepEqual(certain([0, 0, 3]), [0, 1, 0, 0]);
    assert.deepEqual(begin(logits, [0, 0, 3, 1]), logits);
    assert.deepEqual([...logits], [1, 2, 3, -Infinity]);
  });

  it("takes no bad argument", () => {
    const wrong: [() => unknown, RegExp][] = [
      [() => temperature(-1), /temperature must be a number from 0 \(greedy\) on, got -1/],
      [() => temperature(NaN), /got NaN/],
      [() => temperature(Infinity), /got Infinity/],
      ...[0, 1.5, -1, NaN].map((k): [() => unknown, RegExp] => [() => topK(k), /k must be a whole number from 1/]),
      ...[0, -0.1, 1.1, NaN].flatMap((p): [() => unknown, RegExp][] =>
        [topP, minP, typicalP].map((make) => [() => make(p), /p must be above 0 and at most 1, got/]),
      ),
      [() => repetitionPenalty(0), /repetition penalty must be a number above 0, got 0/],
      [() => repetitionPenalty(NaN), /got NaN/],
      [() => noRepeatNgram(0), /n must be a whole number from 1/],
      [() => banned([-1]), /banned: -1 is no token id/],
      [() => banned([4])(new Float32Array(4), []), /banned: token 4 is outside 0 to 3/],
      [() => bannedSequences([[]]), /a row of tokens is empty/],
      [() => allowed([])(new Float32Array(4), []), /every token is banned.*Cure/],
      [() => allowed([0.5])(new Float32Array(4), []), /token 0.5 is outside/],
      [() => forced([1], -1), /the prompt's length is -1/],
      [() => forced([9], 0)(new Float32Array(4), []), /token 9 is outside/],
      [() => applyProcessors([banned([0, 1])], new Float32Array(2), []), /Every token is banned/],
      [() => applyProcessors([topK(1)], Float32Array.of(0, NaN), []), /The score of token 1 is NaN/],
    ]; // prettier-ignore
    for (const [call, message] of wrong)
      assert.throws(
        call,
        (error) => error instanceof RangeError && message.test(error.message),
        String(call),
      );
  });

  it("large vocabularies: the same as by a full sort", () => {
    const rng = makeRng(4);
    for (const round of [0.001, 0.5]) {
      const logits = new Float32Array(5000).map(() => Math.round((3 * normal(rng)) / round) * round); // 0.5: many ties
      const order = sorted(logits, (id) => logits[id]!);
      for (const k of [1, 2, 50, 1000, 4999])
        assert.deepEqual(onlyRemoves(topK(k), logits), order.slice(0, k).sort((a, b) => a - b)); // prettier-ignore
      for (const p of [1e-9, 0.1, 0.9, 0.9999, 1 - 1e-12])
        isFewestReaching(onlyRemoves(topP(p), logits), order, logits, p);
    }
  });

  it("no order of the scores is slow: up, down, up and down, all equal", function () {
    this.timeout(10_000); // quadratic, it would take minutes
    const V = 50_000;
    const orders: ((id: number) => number)[] = [(id) => id, (id) => -id, (id) => Math.min(id, V - id), () => 1, (id) => id % 17]; // prettier-ignore
    for (const order of orders) {
      const logits = new Float32Array(V).map((_, id) => order(id) / V);
      const best = sorted(logits, (id) => logits[id]!);
      for (const k of [50, 20_000])
        assert.deepEqual(keptBy(topK(k)(logits, [])), best.slice(0, k).sort((a, b) => a - b)); // prettier-ignore
      for (const make of [topP, typicalP]) assert.ok(keptBy(make(0.9)(logits, [])).length > 0);
    }
  });
});
