import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomCrop, splitStream, tokenStream } from "../../../src/data";
import { loadText } from "../../../src/data/node";
import { assertNoLeaks, makeRng, normalTensor, tf } from "../../../src/engine";
import { cartesian, greedyRows, headAccuracy, headLosses, initMedusa, medusaGenerate, medusaSpeed, sparseTree, trainedDecoder } from "../../../src/generate"; // prettier-ignore
import type { HeadAccuracy, MedusaHeads, TreePath } from "../../../src/generate";
import { loadMedusa, saveMedusa } from "../../../src/generate/node";
import { loadTrained } from "../../../src/train/node";
import { countParams, disposeTree, mapTensors, namedTensors } from "../../../src/tree";
import { compiledSuite } from "../../helpers/jitted";

interface Training {
  readonly seed: number;
  readonly parameters: number;
  readonly validationLosses: readonly number[];
  readonly accuracy: { readonly validation: readonly HeadAccuracy[]; readonly own: readonly HeadAccuracy[] };
}

compiledSuite("generate/node: heads on disk", () => {
  let folder = "";
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "medusa-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const some = (own: boolean): MedusaHeads =>
    tf.tidy(() => {
      const table = tf.zeros([5, 4]);
      const first = initMedusa({ heads: 2, dModel: 4, ...(own ? { own: table } : {}) });
      const rng = makeRng(1);
      return mapTensors(first, (leaf) => leaf.add(normalTensor(rng, leaf.shape, 1))) as never;
    });

  it("come back as they were, rounded to bfloat16", async () => {
    for (const own of [false, true]) {
      const heads = some(own);
      await saveMedusa(folder, { model: "some", vocabSize: 5 }, heads);
      const { config, heads: read } = await loadMedusa(folder);
      assert.deepEqual(config, { model: "some", vocabSize: 5, heads: 2, dModel: 4, own });
      const wanted = namedTensors(heads);
      const got = namedTensors(read);
      assert.deepEqual([...got.keys()], [...wanted.keys()]);
      for (const [name, tensor] of got)
        tensor.dataSync().forEach((value, i) => {
          const exact = wanted.get(name)!.dataSync()[i]!;
          assert.ok(Math.abs(value - exact) <= 2 ** -8 * Math.abs(exact), `${name}[${i}]`);
        });
      disposeTree([heads, read]);
    }
  });

  it("name the file and what is wrong with it", async () => {
    await assert.rejects(loadMedusa(folder), /holds no heads \(no heads.json\). Cure/);
    const heads = some(false);
    await saveMedusa(folder, { model: "some", vocabSize: 5 }, heads);
    const file = join(folder, "heads.json");
    const json = readFileSync(file, "utf8");
    writeFileSync(file, json.replace('"heads": 2', '"heads": 3'));
    await assert.rejects(loadMedusa(folder), /heads.safetensors: tensor "heads.2.block.weight" is missing/);
    writeFileSync(file, json.replace('"own": false', '"own": true'));
    await assert.rejects(loadMedusa(folder), /"heads.0.tokens" is missing/);
    writeFileSync(file, json.replace('"heads": 2', '"heads": 0'));
    await assert.rejects(loadMedusa(folder), /heads.json: it does not describe heads: .*\n.*at heads/);
    writeFileSync(file, "{");
    await assert.rejects(loadMedusa(folder), /heads.json: it does not describe heads/);
    writeFileSync(file, json);
    rmSync(join(folder, "heads.safetensors"));
    await assert.rejects(loadMedusa(folder), /heads.safetensors/);
    disposeTree(heads);
    await assert.rejects(saveMedusa(folder, { model: "some", vocabSize: 5 }, { heads: [] }), /no heads/);
  });
});

compiledSuite("generate/node: the shipped heads", () => {
  const told = JSON.parse(readFileSync(join(__dirname, "../../../datasets/shakespeare-medusa/training.json"), "utf8")) as Training; // prettier-ignore

  /** The model, its heads, and the rows that bench/medusa/train.ts judges by. */
  async function setUp() {
    const model = await loadTrained("shakespeare-char");
    const decoder = trainedDecoder(model);
    const { heads } = await loadMedusa("shakespeare-medusa");
    const { validation } = splitStream(tokenStream(model.tokenizer, loadText("tinyshakespeare")));
    const rng = makeRng(told.seed);
    const rows = (count: number, of: number) => Array.from({ length: count }, () => randomCrop(validation, of, rng)); // prettier-ignore
    return { decoder, heads, judged: rows(64, 129), prompts: rows(32, 32) };
  }

  it("have the losses and accuracies beside them, and far better ones than heads that are not trained", async () => {
    const { decoder, heads, judged, prompts } = await setUp();
    assert.equal(countParams(heads), told.parameters);
    const losses = tf.tidy(() => {
      const ids = tf.tensor2d(judged.map((row) => Array.from(row)), undefined, "int32"); // prettier-ignore
      return headLosses(heads, decoder, ids).map((loss) => loss.dataSync()[0]!);
    });
    losses.forEach((loss, i) => assert.ok(Math.abs(loss - told.validationLosses[i]!) < 2e-3, `${losses}`));
    const own = await greedyRows(decoder, prompts, 64);
    const got = {
      validation: await headAccuracy(decoder, heads, judged),
      own: await headAccuracy(decoder, heads, own, { from: 32 }),
    };
    for (const kind of ["validation", "own"] as const)
      got[kind].forEach(({ top1, top5 }, head) => {
        const wanted = told.accuracy[kind][head]!;
        assert.ok(
          Math.abs(top1 - wanted.top1) < 0.01 && Math.abs(top5 - wanted.top5) < 0.01,
          `${kind} ${head}`,
        );
      });
    const blank = initMedusa({ heads: 4, dModel: 192 });
    const untrained = await headAccuracy(decoder, blank, judged);
    [1, 2, 3, 4].forEach((head) => assert.ok(got.validation[head]!.top1 > 2 * untrained[head]!.top1));
    disposeTree([decoder.params, heads, blank]);
  });

  it("write what greedy decoding writes, in fewer than half as many reads", async () => {
    const { decoder, heads, prompts } = await setUp();
    const accuracies = told.accuracy.own.slice(1).map(({ ranks }) => ranks);
    for (const tree of [cartesian([3, 2, 1]), sparseTree(accuracies, 24)] as TreePath[][]) {
      let rounds = 0;
      for (const prompt of prompts.slice(0, 3)) {
        const [row] = await greedyRows(decoder, [prompt], 60);
        const ids: number[] = [];
        for await (const round of medusaGenerate(decoder, heads, [...prompt], { tree, maxNewTokens: 60 })) {
          ids.push(...round.ids);
          rounds++;
        }
        assert.deepEqual(ids, [...row!.slice(32)]);
      }
      assert.ok(rounds < 90, `${rounds} rounds for 180 tokens`);
    }
    disposeTree([decoder.params, heads]);
  });

  it("are timed beside plain decoding, which gives one token a read", async () => {
    const { decoder, heads, prompts } = await setUp();
    const some = prompts.slice(0, 2).map((prompt) => [...prompt]);
    const tree = cartesian([3, 2]);
    const contenders = { root: { tree: [] }, tree: { tree } };
    const measure = () => medusaSpeed(decoder, heads, some, { maxNewTokens: 30, repeats: 1, contenders });
    await measure(); // compiles
    const speeds = await assertNoLeaks(measure);
    let rounds = 0;
    for (const prompt of some)
      for await (const { totals } of medusaGenerate(decoder, heads, prompt, { tree, maxNewTokens: 30 }))
        if (totals.tokens === 30) rounds += totals.rounds;
    assert.deepEqual(speeds.map(({ name, tokensPerRound }) => [name, tokensPerRound]), [["greedy", 1], ["root", 1], ["tree", 60 / rounds]]); // prettier-ignore
    for (const { tokensPerSecond, speedup } of speeds) {
      assert.ok(tokensPerSecond > 0);
      assert.ok(speedup.least <= speedup.median && speedup.median <= speedup.most);
    }
    assert.equal(speeds[0]!.speedup.median, 1);
    disposeTree([decoder.params, heads]);
  });
});
