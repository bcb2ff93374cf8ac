import assert from "node:assert/strict";
import { assertNoLeaks, makeRng, normalTensor, tf } from "../../../src/engine";
import {
  argmax,
  greedyRows,
  initMedusa,
  medusaGenerate,
  openReader,
  softmax,
  treeBuffers,
  typicalThreshold,
} from "../../../src/generate";
import type { MedusaHeads, MedusaOptions, MedusaRound, TreePath } from "../../../src/generate";
import { keepPath, openTreeCache } from "../../../src/generate/medusa/cache";
import { gptDecoder, initGpt, initLlama, llamaDecoder } from "../../../src/models";
import type { Decoder } from "../../../src/models";
import { openCache } from "../../../src/nn";
import type { CacheState } from "../../../src/nn";
import { disposeTree, mapTensors } from "../../../src/tree";
import { eachEngine, skipOnEmulatedCard } from "../../helpers/engines";

const V = 13;
const C = 16;
const gptConfig = { vocabSize: V, context: 40, dModel: C, nLayer: 2, nHead: 2, order: "pre" } as const;
const llamaConfig = {
  vocabSize: V,
  context: 40,
  dModel: C,
  nLayer: 2,
  nHead: 4,
  nKvHead: 2,
  dFfn: 24,
  tied: true,
} as const;

/** Weights ten times as large as at the beginning of a training, so that the models say different things. */
const lively = <P>(params: P): P => {
  const scaled = tf.tidy(() => mapTensors(params, (leaf) => leaf.mul(leaf.rank > 1 ? 8 : 1)) as never) as P;
  disposeTree(params);
  return scaled;
};
const models: readonly [name: string, make: () => Decoder][] = [
  ["gpt", () => gptDecoder(lively(initGpt(gptConfig, makeRng(1))), gptConfig) as Decoder],
  ["llama", () => llamaDecoder(lively(initLlama(llamaConfig, makeRng(2))), llamaConfig) as Decoder],
];

/** Heads that guess something, right now and then. */
function someHeads(heads: number, seed = 3): MedusaHeads {
  return tf.tidy(() => {
    const rng = makeRng(seed);
    const first = initMedusa({ heads, dModel: C });
    return mapTensors(first, (leaf) => leaf.add(normalTensor(rng, leaf.shape, 0.05))) as never;
  });
}

const prompt = [3, 1, 4, 1, 5, 9, 2];
const tree: readonly TreePath[] = [[0], [1], [2], [0, 0], [0, 1], [1, 0], [0, 0, 0]];

async function run(
  decoder: Decoder,
  heads: MedusaHeads,
  options: MedusaOptions,
): Promise<{ ids: number[]; rounds: MedusaRound[] }> {
  const rounds: MedusaRound[] = [];
  for await (const round of medusaGenerate(decoder, heads, prompt, options)) rounds.push(round);
  return { ids: rounds.flatMap(({ ids }) => ids), rounds };
}

/** Scores after each token of a text, by a fresh reader. */
async function fresh(decoder: Decoder, text: readonly number[]): Promise<Float32Array[]> {
  const reader = openReader(decoder, { widths: [1, 8] });
  const [scores] = await reader.read([text], true);
  reader.dispose();
  return scores as Float32Array[];
}

function near(got: ArrayLike<number>, wanted: ArrayLike<number>, what: string, within = 1e-5): void {
  assert.equal(got.length, wanted.length);
  const scale = Math.max(1, ...Array.from(wanted, Math.abs));
  Array.from(got).forEach((value, i) =>
    assert.ok(Math.abs(value - wanted[i]!) <= within * scale, `${what}, ${i}: ${value}, wanted ${wanted[i]}`),
  );
}

eachEngine("generate/medusa/decode", (engine) => {
  // Software graphics cards take a hundred times as long: one model is enough there.
  const tested = engine === "webgpu" ? models.slice(1) : models;

  for (const [name, make] of tested)
    it(`${name}: a tree is read as each of its paths alone, and goes on after the path that is kept`, async () => {
      const decoder = make();
      const buffers = treeBuffers(tree);
      const tokens = [7, 2, 8, 11, 4, 6, 0, 10];
      const size = prompt.length + tokens.length + 3;
      const at = (length: number) => ({
        length: tf.scalar(length, "int32"),
        start: tf.tensor1d([0], "int32"),
      });
      const row = (ids: readonly number[]) => tf.tensor2d([[...ids]], [1, ids.length], "int32");
      const [scores, after] = tf.tidy(() => {
        const first = openCache(decoder.cache(1, size));
        decoder.states(decoder.params, row(prompt), { cache: first });
        const state: CacheState = { ...at(prompt.length), layers: first.next(0).layers };
        const shape = {
          mask: tf.tensor2d(buffers.mask.map((line) => line.map(Number))),
          depths: tf.tensor1d([...buffers.positions], "int32"),
        };
        const cache = openTreeCache(state, shape);
        const states = decoder.states(decoder.params, row(tokens), { cache });
        // Nodes 0, 1, 5 (the path [0, 1]) are kept; then two tokens follow.
        const kept = keepPath(cache.next(0).layers, state.length, tf.tensor1d([0, 1, 5, 3], "int32"));
        const next = openCache({ ...at(prompt.length + 3), layers: kept });
        const further = decoder.states(decoder.params, row([9, 12]), { cache: next });
        return [decoder.head(decoder.params, states), decoder.head(decoder.params, further)];
      });
      const values = (await scores!.data()) as Float32Array;
      for (const line of buffers.retrieve) {
        const nodes = line.filter((node) => node >= 0);
        const alone = await fresh(decoder, [...prompt, ...nodes.map((node) => tokens[node]!)]);
        nodes.forEach((node, depth) =>
          near(values.subarray(node * V, (node + 1) * V), alone[prompt.length + depth]!, `node ${node}`),
        );
      }
      const path = buffers.paths.findIndex((each) => each.join() === "0,1");
      assert.equal(path, 5);
      const text = [...prompt, tokens[0]!, tokens[1]!, tokens[5]!, 9, 12];
      near(await after!.data(), (await fresh(decoder, text)).slice(-2).flatMap((each) => [...each]), "after"); // prettier-ignore
      tf.dispose([scores!, after!]);
      disposeTree(decoder.params);
    });

  for (const [name, make] of tested)
    it(`${name}: with temperature 0 the text is that of greedy decoding, in fewer rounds, and nothing is left`, async function () {
      skipOnEmulatedCard(this, engine);
      const decoder = make();
      const heads = someHeads(3);
      const count = engine === "webgpu" ? 8 : 24;
      const [row] = await greedyRows(decoder, [prompt], count);
      const greedy = [...row!.slice(prompt.length)];
      await run(decoder, heads, { tree, maxNewTokens: 2 }); // compiles
      const { ids, rounds } = await assertNoLeaks(() => run(decoder, heads, { tree, maxNewTokens: count }));
      assert.deepEqual(ids, greedy);
      assert.ok(rounds.length < count, `${rounds.length} rounds for ${count} tokens: no guess was right`);
      rounds.forEach(({ totals, finish }, i) => {
        assert.equal(totals.rounds, i + 1);
        assert.equal(finish, i === rounds.length - 1 ? "length" : undefined);
      });
      assert.equal(rounds.at(-1)!.totals.tokens, count);
      // The root alone is greedy decoding.
      if (engine !== "webgpu") {
        const plain = await run(decoder, heads, { tree: [], maxNewTokens: 6 });
        assert.deepEqual(plain.ids, greedy.slice(0, 6));
        assert.equal(plain.rounds.length, 6);
      }
      disposeTree([heads, decoder.params]);
    });

  it("what a round tells fits the text: candidates, verdicts and the path, by a fresh read", async () => {
    const decoder = tested[0]![1]();
    const heads = someHeads(3);
    const options = {
      tree,
      temperature: 1.5,
      epsilon: 0.05,
      delta: 0.3,
      maxNewTokens: engine === "webgpu" ? 6 : 20,
    };
    const { ids, rounds } = await run(decoder, heads, options);
    assert.equal(ids.length, options.maxNewTokens);
    const scores = await fresh(decoder, [...prompt, ...ids]);
    const paths = treeBuffers(tree).paths;
    let at = prompt.length; // tokens before the round
    let taken = 0;
    for (const { ids: own, nodes, candidates } of rounds) {
      assert.equal(nodes[0]!.token, argmax(scores[at - 1]!), "the first token is greedy");
      assert.deepEqual(nodes.filter((node) => node.taken).map(({ token }) => token), own); // prettier-ignore
      nodes.forEach(({ token, head, rank, parent }, node) => {
        if (node > 0) assert.equal(token, candidates[head - 1]![rank]);
        assert.equal(parent, node === 0 ? -1 : paths.findIndex((path) => path.join() === paths[node]!.slice(0, -1).join())); // prettier-ignore
      });
      nodes.filter((node) => node.taken).slice(1).forEach(({ token, verdict }, i) => {
        const p = softmax(scores[at + i]!.map((x) => x / options.temperature));
        assert.ok(Math.abs(verdict!.probability - p[token]!) < 1e-4);
        assert.ok(Math.abs(verdict!.threshold! - typicalThreshold(verdict!.entropy, 0.05, 0.3)) < 1e-12);
        assert.ok(verdict!.accepted && verdict!.probability > verdict!.threshold!);
        taken++;
      }); // prettier-ignore
      at += own.length;
    }
    assert.ok(taken > 0, "no guess was accepted");
    disposeTree([heads, decoder.params]);
  });
});
