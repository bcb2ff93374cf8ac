import assert from "node:assert/strict";
import { makeRng } from "../../../src/engine";
import {
  acceptanceRates,
  expectedPerRound,
  generateAll,
  modelDrafter,
  overlap,
  repetitionPenalty,
  shareOfDrafted,
  speculate,
  temperature,
  topP,
} from "../../../src/generate";
import type { Drafter, Reader, SpeculateOptions, SpeculativeRound } from "../../../src/generate";
import { certain, chiSquareZ, logOf, stubReader } from "./stubs";

async function roundsOf(
  target: Reader,
  drafter: Drafter,
  prompt: number[],
  options: SpeculateOptions,
): Promise<SpeculativeRound[]> {
  const rounds: SpeculativeRound[] = [];
  for await (const round of speculate(target, drafter, prompt, options)) rounds.push(round);
  return rounds;
}
const idsOf = (rounds: readonly SpeculativeRound[]): number[] => rounds.flatMap(({ ids }) => [...ids]);

/** Counts up: after token t comes t + 1 of 10, for certain. */
const counting = (): ReturnType<typeof stubReader> =>
  stubReader(10, (text) => logOf([...Array(10).keys()].map((id) => Number(id === (text.at(-1)! + 1) % 10))));
const right = certain((text, count) => Array.from({ length: count }, (_, i) => (text.at(-1)! + 1 + i) % 10));
const wrong = certain((text, count) => new Array<number>(count).fill(text.at(-1)!));
/** Right but for every other token. */
const half = certain((text, count) =>
  Array.from({ length: count }, (_, i) => (i % 2 === 0 ? (text.at(-1)! + 1 + i) % 10 : 0)),
);

describe("generate/speculative/speculate: stub models", () => {
  it("a draft that is always kept: gamma + 1 tokens a round, one call of the target each", async () => {
    const target = counting();
    const rounds = await roundsOf(target, right, [3, 4], { maxNewTokens: 8, gamma: 3, rng: makeRng(1) });
    assert.deepEqual(idsOf(rounds), [5, 6, 7, 8, 9, 0, 1, 2]);
    assert.deepEqual(target.log, ["read 3", "read 4 5 6 7", "read 8 9 0 1"]);
    assert.deepEqual(rounds.at(-1)!.totals, {
      tokens: 8,
      rounds: 2,
      drafted: 6,
      accepted: 6,
      targetCalls: 3,
    });
    assert.deepEqual(rounds.map(({ finished }) => finished), [undefined, "length"]); // prettier-ignore
  });

  it("a draft that is never kept: the same text, one token a round, and the cache goes back each time", async () => {
    const target = counting();
    const rounds = await roundsOf(target, wrong, [3], { maxNewTokens: 4, gamma: 2, rng: makeRng(1) });
    assert.deepEqual(idsOf(rounds), [4, 5, 6, 7]);
    assert.deepEqual(target.log, [
      "read 3 3 3", "rewind 1", "read 4 4 4", "rewind 2",
      "read 5 5", "rewind 3", // two tokens are left: one more than can be kept is never drafted
      "read 6",
    ]); // prettier-ignore
    assert.deepEqual(rounds.at(-1)!.totals, {
      tokens: 4,
      rounds: 4,
      drafted: 5,
      accepted: 0,
      targetCalls: 4,
    });
    assert.deepEqual(acceptanceRates(rounds), { perToken: 0, ofDrafted: 0, tokensPerRound: 1 });
  });

  it("a draft that is kept in part: the rest is forgotten, the two rates differ", async () => {
    const target = counting();
    const rounds = await roundsOf(target, half, [1], { maxNewTokens: 6, gamma: 4, rng: makeRng(1) });
    assert.deepEqual(idsOf(rounds), [2, 3, 4, 5, 6, 7]);
    assert.deepEqual(target.log, ["read 1 2 0 4 0", "rewind 2", "read 3 4 0 6", "rewind 4", "read 5 6"]);
    const { drafted, accepted, chances, ids } = rounds[0]!;
    assert.deepEqual({ drafted, accepted, chances, ids }, { drafted: [2, 0, 4, 0], accepted: 1, chances: [1, 0], ids: [2, 3] }); // prettier-ignore
    const { perToken, ofDrafted } = acceptanceRates(rounds.slice(0, 2));
    assert.deepEqual([perToken, ofDrafted], [2 / 4, 2 / 7]);
  });

  it("ends at a stop id inside a draft and at one of the target; the reader holds the text but its last token", async () => {
    for (const [stop, ids] of [
      [6, [4, 5, 6]],
      [8, [4, 5, 6, 7, 8]],
    ] as const) {
      // prettier-ignore
      const target = counting();
      const rounds = await roundsOf(target, right, [3], {
        maxNewTokens: 30,
        gamma: 4,
        stop: { ids: [stop] },
      });
      assert.deepEqual(idsOf(rounds), ids);
      assert.equal(rounds.at(-1)!.finished, "stop id");
      assert.equal(rounds.at(-1)!.totals.tokens, ids.length);
      assert.equal(target.length, ids.length);
    }
  });

  it("writes just as many tokens as asked, for every gamma and every length", async () => {
    for (let gamma = 0; gamma <= 5; gamma++)
      for (let maxNewTokens = 1; maxNewTokens <= 8; maxNewTokens++)
        for (const drafter of [right, wrong, half]) {
          const ids = idsOf(await roundsOf(counting(), drafter, [0], { maxNewTokens, gamma }));
          assert.deepEqual(ids, [1, 2, 3, 4, 5, 6, 7, 8].slice(0, maxNewTokens));
        }
  });

  it("goes on with a reader that has read the beginning, as a chat does", async () => {
    const target = counting();
    await target.read([[7, 8, 9]]);
    target.log.length = 0;
    const rounds = await roundsOf(target, right, [7, 8, 9, 0, 1], { maxNewTokens: 3, gamma: 2 });
    assert.deepEqual(idsOf(rounds), [2, 3, 4]);
    assert.deepEqual(target.log, ["read 0", "read 1 2 3"]);
  });

  it("stops when asked; a given reader is not disposed", async () => {
    const target = counting();
    let asked = 0;
    const rounds = await roundsOf(target, right, [0], { maxNewTokens: 50, gamma: 1, interrupt: () => ++asked > 3 });
    assert.equal(rounds.length, 3);
    const aborted = AbortSignal.abort();
    assert.deepEqual(await roundsOf(counting(), right, [0], { maxNewTokens: 5, interrupt: aborted }), []);
    assert.ok(!target.log.includes("dispose"));
  }); // prettier-ignore

  it("bad input is named before anything is read", async () => {
    const bad: [number[], SpeculateOptions, RegExp][] = [
      [[], { maxNewTokens: 4 }, /prompt is empty/],
      [[10], { maxNewTokens: 4 }, /id 10 .*outside 0 to 9/],
      [[1], { maxNewTokens: 0 }, /maxNewTokens .*got 0/],
      [[1], { maxNewTokens: 4, gamma: -1 }, /gamma .*got -1/],
      [[1], { maxNewTokens: 4, gamma: 1.5 }, /gamma .*got 1.5/],
      [[1], { maxNewTokens: 4, stop: { ids: [99] } }, /stop.ids has 99/],
    ];
    for (const [prompt, options, message] of bad) {
      const target = counting();
      await assert.rejects(roundsOf(target, right, prompt, options), message);
      assert.deepEqual(target.log, []);
    }
    const greedyOne = certain(() => [1, 1, 1, 1, 1, 1]);
    await assert.rejects(roundsOf(counting(), greedyOne, [0], { maxNewTokens: 9, gamma: 2 }), /drafter gave 6 tokens, at most 2/); // prettier-ignore
    const stranger: Drafter = { propose: () => ({ ids: [1], distributions: [Float32Array.of(0, 1)] }), dispose() {} }; // prettier-ignore
    await assert.rejects(roundsOf(counting(), stranger, [0], { maxNewTokens: 9 }), /10 and 2 tokens: .*one vocabulary/); // prettier-ignore
  });
});

describe("generate/speculative/speculate: a constant acceptance rate", function () {
  this.timeout(300_000);
  const count = 4000;
  const cases = [
    { a: 0.7, gamma: 2 },
    { a: 0.7, gamma: 4 },
    { a: 0.7, gamma: 7 },
    { a: 0.8, gamma: 4 },
  ];
  for (const { a, gamma } of cases)
    it(`a = ${a}, gamma = ${gamma}: tokens a round and both rates are the formulas'`, async () => {
      const target = stubReader(2, () => logOf([a, 1 - a]));
      const first = certain((_, n) => new Array<number>(n).fill(0));
      const rounds: SpeculativeRound[] = [];
      for await (const round of speculate(target, first, [1], { maxNewTokens: 99_999, gamma, rng: makeRng(5) })) {
        rounds.push(round);
        if (rounds.length === count) break;
      } // prettier-ignore
      const { perToken, ofDrafted, tokensPerRound } = acceptanceRates(rounds);
      const written = rounds.map(({ ids }) => ids.length);
      const variance = written.reduce((sum, n) => sum + (n - tokensPerRound) ** 2, 0) / count;
      const deviation = Math.sqrt(variance / count);
      const expected = expectedPerRound(a, gamma);
      assert.ok(Math.abs(tokensPerRound - expected) < 4 * deviation, `${tokensPerRound}, expected ${expected}`); // prettier-ignore
      assert.ok(Math.abs(perToken - a) < 4 * Math.sqrt((a * (1 - a)) / count), `${perToken}`);
      assert.ok(Math.abs(ofDrafted - shareOfDrafted(a, gamma)) < (4 * deviation) / gamma, `${ofDrafted}`);
      assert.ok(ofDrafted < perToken - 0.05, "the two rates are not the same number");
    });

  it("a draft model: the rate is the overlap of p and q, after the processors", async () => {
    const [p, q] = [[0.5, 0.3, 0.2], [0.2, 0.2, 0.6]]; // prettier-ignore
    for (const [T, a] of [
      [1, overlap(p!, q!)],
      [0.5, overlap(squared(p!), squared(q!))],
    ] as const) {
      // prettier-ignore
      const target = stubReader(3, () => logOf(p!));
      const drafter = modelDrafter(stubReader(3, () => logOf(q!)));
      const options = { maxNewTokens: 3000, gamma: 3, rng: makeRng(6), processors: [temperature(T)] };
      const { perToken } = acceptanceRates(await roundsOf(target, drafter, [0], options));
      assert.ok(Math.abs(perToken - a) < 0.05, `${perToken}, expected ${a}`);
    }
  });
});

const squared = (p: number[]): number[] => {
  const squares = p.map((x) => x * x);
  return squares.map((x) => x / squares.reduce((sum, each) => sum + each, 0));
};

describe("generate/speculative/speculate: the target's distribution", function () {
  this.timeout(300_000);
  const p = [[0.6, 0.3, 0.1], [0.1, 0.2, 0.7], [0.4, 0.2, 0.4]]; // prettier-ignore
  const q = [[0.2, 0.4, 0.4], [0.3, 0.5, 0.2], [0.4, 0.4, 0.2]]; // prettier-ignore
  const byLast = (rows: number[][]) => (text: readonly number[]) => logOf(rows[text.at(-1)!]!);
  const samples = 6000;

  /** Counts of the first three tokens, 27 kinds of text. */
  async function countTexts(
    drafter: () => Drafter,
    options: Partial<SpeculateOptions>,
    scores = byLast(p),
  ): Promise<number[]> {
    const counts = new Array<number>(27).fill(0);
    const [target, draft] = [stubReader(3, scores), drafter()];
    for (let seed = 0; seed < samples; seed++) {
      target.rewind(0);
      const rounds = await roundsOf(target, draft, [0], { maxNewTokens: 3, rng: makeRng(seed), ...options });
      const [a, b, c] = idsOf(rounds) as [number, number, number];
      counts[a * 9 + b * 3 + c]! += 1;
    }
    return counts;
  }
  /** The exact probabilities of these texts, by a table of what follows. */
  const joint = (rows: number[][]): number[] =>
    Array.from({ length: 27 }, (_, i) => {
      const [a, b, c] = [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3];
      return rows[0]![a]! * rows[a]![b]! * rows[b]![c]!;
    });
  const model = (): Drafter => modelDrafter(stubReader(3, byLast(q)));

  it("texts of three tokens with a draft model, and with a draft that is certain", async () => {
    for (const drafter of [model, () => certain((_, n) => new Array<number>(n).fill(1))])
      for (const gamma of [1, 2]) {
        const z = chiSquareZ(await countTexts(drafter, { gamma }), joint(p));
        assert.ok(z < 4, `gamma ${gamma}: ${z} deviations`);
      }
  });

  it("with temperature and top-p before both", async () => {
    const processors = [temperature(0.5), topP(0.8)];
    // p squared and normalised is what T = 0.5 makes of p; of it the most likely tokens stay that reach 0.8.
    const cut = p.map(squared).map((row) => {
      const order = [0, 1, 2].sort((a, b) => row[b]! - row[a]!);
      let sum = 0;
      const kept = order.filter((id) => {
        const stays = sum < 0.8;
        sum += row[id]!;
        return stays;
      });
      const total = kept.reduce((all, id) => all + row[id]!, 0);
      return row.map((x, id) => (kept.includes(id) ? x / total : 0));
    });
    const z = chiSquareZ(await countTexts(model, { gamma: 2, processors }), joint(cut));
    assert.ok(z < 4, `${z} deviations`);
  });

  it("with a processor that looks at the text so far: each place sees the drafts before it", async () => {
    const processors = [repetitionPenalty(3)];
    const scores = (text: readonly number[]): number[] => p[text.at(-1)!]!.map((x) => 2 + Math.log(x));
    const wanted = await plainCounts(scores, processors);
    const got = await countTexts(model, { gamma: 2, processors }, scores);
    // Two samples of one size: the variance of a difference is twice that of one count.
    const cells = wanted.map((n, i) => (n + got[i]! > 0 ? (got[i]! - n) ** 2 / (n + got[i]!) : undefined));
    const used = cells.filter((x): x is number => x !== undefined);
    const k = used.length - 1;
    const chi2 = used.reduce((sum, x) => sum + x, 0);
    assert.ok(chi2 < k + 4 * Math.sqrt(2 * k), `chi-square ${chi2} of ${k} degrees`);
  });

  async function plainCounts(
    scores: (text: readonly number[]) => number[],
    processors: SpeculateOptions["processors"],
  ): Promise<number[]> {
    const counts = new Array<number>(27).fill(0);
    const target = stubReader(3, scores);
    for (let seed = 0; seed < samples; seed++) {
      target.rewind(0);
      const options = { maxNewTokens: 3, rng: makeRng(seed + samples), ...(processors && { processors }) };
      const [a, b, c] = (await generateAll(target, [0], options)).answers[0]!.ids as [number, number, number];
      counts[a * 9 + b * 3 + c]! += 1;
    }
    return counts;
  }

  it("the test can fail: a draft that lies about its distributions is caught", async () => {
    const liar = (): Drafter => {
      const honest = model();
      return {
        ...honest,
        async propose(...given) {
          const { ids } = await honest.propose(...given);
          return { ids, distributions: ids.map(() => Float32Array.of(1 / 3, 1 / 3, 1 / 3)) };
        },
      };
    };
    const z = chiSquareZ(await countTexts(liar, { gamma: 2 }), joint(p));
    assert.ok(z > 8, `${z} deviations`);
  });
});
