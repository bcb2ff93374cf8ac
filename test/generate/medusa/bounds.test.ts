import assert from "node:assert/strict";
import { assertNoLeaks, makeRng, normalTensor, tf, useEngine } from "../../../src/engine";
import {
  cartesian,
  greedyRows,
  headAccuracy,
  initMedusa,
  medusaGenerate,
  openReader,
} from "../../../src/generate";
import type { MedusaHeads, MedusaOptions } from "../../../src/generate";
import { gptDecoder, initGpt } from "../../../src/models";
import type { Decoder } from "../../../src/models";
import { disposeTree, mapTensors } from "../../../src/tree";
import { compiledSuite } from "../../helpers/jitted";

const V = 13;
const C = 16;
/** No multiple of the 64 tokens that a call reads of a prompt. */
const context = 78;
const config = { vocabSize: V, context, dModel: C, nLayer: 1, nHead: 2, order: "pre" } as const;

function model(): { decoder: Decoder; heads: MedusaHeads } {
  const first = initGpt(config, makeRng(4));
  const params = tf.tidy(() => mapTensors(first, (leaf) => leaf.mul(leaf.rank > 1 ? 8 : 1)) as never);
  disposeTree(first);
  const heads = tf.tidy(() => {
    const rng = makeRng(3);
    return mapTensors(initMedusa({ heads: 3, dModel: C }), (leaf) => leaf.add(normalTensor(rng, leaf.shape, 0.05))) as never; // prettier-ignore
  }) as MedusaHeads;
  return { decoder: gptDecoder(params, config) as Decoder, heads };
}

const textOf = (length: number): number[] => Array.from({ length }, (_, i) => (i * i + (i % 7)) % V);

async function written(
  decoder: Decoder,
  heads: MedusaHeads,
  prompt: readonly number[],
  options: Partial<MedusaOptions> = {},
) {
  const rounds = [];
  for await (const round of medusaGenerate(decoder, heads, prompt, {
    tree: cartesian([3, 2, 1]),
    ...options,
  }))
    rounds.push(round);
  return { ids: rounds.flatMap(({ ids }) => ids), last: rounds.at(-1)! };
}

function bounds(): void {
  it("goes on to the last place of the context, from a prompt of several pieces, as greedy decoding does", async () => {
    const { decoder, heads } = model();
    for (const length of [5, 64, 70, 77]) {
      const prompt = textOf(length);
      const [row] = await greedyRows(decoder, [prompt], context - length);
      const { ids, last } = await written(decoder, heads, prompt);
      assert.deepEqual([...prompt, ...ids], [...row!]);
      assert.equal(last.finish, "length");
    }
    disposeTree([decoder.params, heads]);
  });

  it("ends with a token that ends the text, wherever in the path it is", async () => {
    const { decoder, heads } = model();
    const { ids } = await written(decoder, heads, textOf(9), { maxNewTokens: 40 });
    for (const end of new Set(ids)) {
      const { ids: cut, last } = await written(decoder, heads, textOf(9), { maxNewTokens: 40, end: [end] });
      assert.deepEqual(cut, ids.slice(0, ids.indexOf(end) + 1));
      assert.equal(last.finish, "end");
      assert.equal(last.totals.tokens, cut.length);
      assert.deepEqual(last.nodes.filter(({ taken }) => taken).map(({ token }) => token), last.ids); // prettier-ignore
    }
    disposeTree([decoder.params, heads]);
  });

  it("stops when the reader stops, and leaves nothing", async () => {
    const { decoder, heads } = model();
    const two = async (): Promise<void> => {
      let rounds = 0;
      for await (const round of medusaGenerate(decoder, heads, textOf(9), { tree: [[0]] }))
        if (++rounds === 2) return void assert.equal(round.finish, undefined);
    };
    await two();
    await assertNoLeaks(two);
    disposeTree([decoder.params, heads]);
  });

  it("counts how often heads are right", async () => {
    const { decoder, heads } = model();
    const rows = await greedyRows(decoder, [textOf(9), textOf(10).slice(1), textOf(11).slice(2)], 20);
    const own = await headAccuracy(decoder, heads, rows, { from: 8, batch: 2, top: V });
    assert.equal(own[0]!.top1, 1, "the model's own head on its own greedy text");
    // By hand: the place of the right token among the sorted scores.
    const reader = openReader(decoder, { batch: 3, size: 29, widths: [29] });
    const scores = await reader.read(rows.map((row) => [...row]), true); // prettier-ignore
    reader.dispose();
    const text = await headAccuracy(decoder, heads, rows, { top: 3 });
    const places = rows.flatMap((row, b) => [...row.slice(1, row.length - 3)].map((right, t) => scores[b]![t]!.filter((x) => x > scores[b]![t]![right]!).length)); // prettier-ignore
    [0, 1, 2].forEach((rank) => {
      const share = places.filter((place) => place === rank).length / places.length;
      assert.ok(Math.abs(text[0]!.ranks[rank]! - share) < 1e-12);
    });
    for (const { ranks, top1, top5 } of own) {
      assert.ok(Math.abs(ranks.reduce((a, b) => a + b) - 1) < 1e-12, "each token has a rank");
      assert.equal(top1, ranks[0]);
      assert.ok(Math.abs(top5 - ranks.slice(0, 5).reduce((a, b) => a + b)) < 1e-12);
    }
    await assert.rejects(headAccuracy(decoder, heads, []), /got none/);
    await assert.rejects(headAccuracy(decoder, heads, [Int32Array.of(1, 2, 3, 4)]), /above 4, got 4/);
    disposeTree([decoder.params, heads]);
  });

  it("names what is wrong", async () => {
    const { decoder, heads } = model();
    const says = (prompt: readonly number[], options: Partial<MedusaOptions>, message: RegExp) =>
      assert.rejects(written(decoder, heads, prompt, options), { name: "RangeError", message });
    await says([], {}, /the prompt is empty/);
    await says([V], {}, /the prompt has id 13/);
    await says(textOf(context), {}, /78 tokens leaves no room/);
    await says([1], { maxNewTokens: 0 }, /maxNewTokens must be/);
    await says([1], { maxNewTokens: 1.5 }, /maxNewTokens must be/);
    await says([1], { tree: [[0], [0, 0], [0, 0, 0], [0, 0, 0, 0]] }, /4 deep, and there are 3 heads/);
    await says([1], { tree: cartesian([V + 1]) }, /14 candidates of a head: the vocabulary has 13/);
    await says([1], { tree: cartesian([9, 9]) }, /91 nodes, more than the context of 78/);
    await says([1], { tree: [[1]] }, /\[1\] needs \[0\]/);
    await says([1], { temperature: -0.1 }, /temperature must be 0/);
    disposeTree([decoder.params, heads]);
  });
}

compiledSuite("generate/medusa/bounds (compiled)", bounds);

describe("generate/medusa/bounds (cpu)", function () {
  this.timeout(300_000);
  before(() => useEngine({ engine: "cpu" }));
  bounds();
});
