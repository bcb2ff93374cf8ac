import assert from "node:assert/strict";
import fc from "fast-check";
import { fork, makeRng, normal } from "../../../src/engine";
import { autoCot, kMeans } from "../../../src/prompt/thought";
import { squaredDistance } from "../../../src/prompt/numbers";

const vectors = fc
  .array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
    minLength: 1,
    maxLength: 25,
  })
  .map((rows) => rows.map((row) => [...row]));

describe("k-means", () => {
  it("three clouds far apart are found, from every seed", () => {
    const centres = [[0, 0], [10, 0], [0, 10]] as const; // prettier-ignore
    const points = Array.from({ length: 60 }, (_, i) => {
      const rng = fork(makeRng(9), i);
      return (centres[i % 3] as readonly number[]).map((x) => x + 0.5 * normal(rng));
    });
    for (let seed = 0; seed < 20; seed++) {
      const { assigned, inertia } = kMeans(points, { clusters: 3, rng: makeRng(seed) });
      const names = [0, 1, 2].map((i) => assigned[i]);
      assert.equal(new Set(names).size, 3);
      assert.deepEqual(
        assigned,
        points.map((_, i) => names[i % 3]),
      );
      assert.ok(inertia < 60, `${inertia}`); // 120 numbers of variance 1/4 each
    }
  });

  it("every vector is with its nearest centre, each centre is its vectors' mean, no cluster is empty; a seed repeats", () => {
    fc.assert(
      fc.property(vectors, fc.integer({ min: 1, max: 5 }), fc.nat(999), (points, clusters, seed) => {
        fc.pre(clusters <= new Set(points.map(String)).size);
        const run = () => kMeans(points, { clusters, rng: makeRng(seed) });
        const { assigned, centres, inertia } = run();
        assert.deepEqual(run().assigned, assigned);
        assert.deepEqual(
          [...new Set(assigned)].sort(),
          Array.from({ length: clusters }, (_, c) => c),
        );
        let sum = 0;
        points.forEach((point, i) => {
          const own = squaredDistance(point, centres[assigned[i] as number] as readonly number[]);
          sum += own;
          assert.ok(centres.every((centre) => own <= squaredDistance(point, centre) + 1e-9));
        });
        assert.ok(Math.abs(sum - inertia) < 1e-9);
        centres.forEach((centre, c) => {
          const members = points.filter((_, i) => assigned[i] === c);
          centre.forEach((value, d) => {
            const wanted = members.reduce((all, point) => all + (point[d] as number), 0) / members.length;
            assert.ok(Math.abs(value - wanted) < 1e-9);
          });
        });
      }),
    );
  });

  it("as many clusters as vectors: nothing is left over; too many, and sizes that differ, are named", () => {
    const points = [[1, 2], [3, 4], [5, 6]]; // prettier-ignore
    assert.equal(kMeans(points, { clusters: 3, rng: makeRng(1) }).inertia, 0);
    assert.throws(() => kMeans(points, { clusters: 4, rng: makeRng(1) }), /clusters must be from 1 to the 3 vectors, got 4/); // prettier-ignore
    assert.throws(() => kMeans([[1], [1], [1]], { clusters: 2, rng: makeRng(1) }), /only 1 of the vectors are different/); // prettier-ignore
    assert.throws(() => kMeans([[1], [1, 2]], { clusters: 1, rng: makeRng(1) }), /vector 1 has 2 numbers, the first has 1/); // prettier-ignore
  });
});

describe("Auto-CoT", () => {
  const questions = ["sum: far", "sum: mid", "sum: near", "story: near", "story: far"];
  const places = [[0.9], [0.4], [0.5], [10], [11]];
  /** Chain and answer by question. */
  const chains: Record<string, [string, string]> = {
    "sum: near": ["1\n2\n3\n4\n5\n6", "6"],
    "sum: mid": ["First 3.\nThen 4, which is 7.\n", " 7."],
    "sum: far": ["It is 9.", "9"],
    "story: near": ["It is 5.", "8"],
    "story: far": ["It is 5.", "none"],
  };
  const write = async (prompt: string): Promise<string[]> => {
    const [, question = "", rest] = /^Q: (.+)\n(A:[^]*)$/.exec(prompt) ?? [];
    const [chain, answer] = chains[question] as [string, string];
    return [rest?.includes("Therefore") === true ? answer : chain];
  };
  const options = { questions, vectors: places, clusters: 2, write, rng: makeRng(2) };

  it("of each cluster the nearest question that passes the rules; what was refused, and why, is kept", async () => {
    const { clusters, exemplars } = await autoCot({ ...options, rng: makeRng(2) });
    const [sums, stories] = clusters[0]?.members.length === 3 ? clusters : [clusters[1], clusters[0]];
    assert.deepEqual(sums?.members, [2, 1, 0]); // the centre is 0.6
    assert.deepEqual(sums?.tries.map(({ index, refused }) => [index, refused]), [[2, "long chain"], [1, undefined]]); // prettier-ignore
    assert.deepEqual(sums?.exemplar, {
      question: "sum: mid",
      chain: "First 3. Then 4, which is 7.",
      answer: 7,
    });
    assert.ok(Math.abs((sums?.tries[0]?.distance as number) - 0.1) < 1e-9);
    assert.deepEqual(stories?.tries.map(({ refused }) => refused), ["answer not in chain", "no answer"]); // prettier-ignore
    assert.equal(stories?.exemplar, undefined);
    assert.deepEqual(exemplars, [sums?.exemplar]);
  });

  it("long questions cost no call; tries limit the calls", async () => {
    let calls = 0;
    const counted = (prompt: string): Promise<string[]> => (calls++, write(prompt));
    const short = await autoCot({ ...options, write: counted, rng: makeRng(2), maxWords: 1 });
    assert.equal(calls, 0);
    assert.ok(short.clusters.every(({ tries }) => tries.every(({ refused }) => refused === "long question")));
    await autoCot({ ...options, write: counted, rng: makeRng(2), tries: 1 });
    assert.equal(calls, 4);
  });

  it("questions without vectors are named", async () => {
    await assert.rejects(autoCot({ ...options, vectors: [[1]] }), /5 questions and 1 vectors/);
  });
});
