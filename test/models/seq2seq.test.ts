import assert from "node:assert/strict";
import { assertNoLeaks, fork, jit, makeRng, tf } from "../../src/engine";
import { bartNames, fromTree, t5Names } from "../../src/checkpoints";
import type { NameTable } from "../../src/checkpoints";
import { bart, bartCache, bartDecode, bartEncode, bartHead, initBart } from "../../src/models";
import { initT5, shiftRight, t5, t5Cache, t5Decode, t5Encode, t5Head } from "../../src/models";
import type { BartConfig, BartParams, T5Config, T5Params } from "../../src/models";
import { openCache } from "../../src/nn";
import type { CacheState, Context } from "../../src/nn";
import { crossEntropy } from "../../src/ops";
import { mapTensors, namedTensors } from "../../src/tree";
import { eachEngine, skipOnEmulatedCard } from "../helpers/engines";
import { assertGradients } from "../helpers/gradients";
import { assertClose, golden, tinyCheckpoint } from "../helpers/tiny";

interface Golden {
  readonly ids: number[][];
  readonly mask: number[][];
  readonly targets: number[][];
  readonly states: number[];
  readonly logits: number[];
  readonly labels: number[][];
  readonly loss: number;
  readonly start: number;
  readonly greedy: number[][];
}

interface Input {
  readonly mask?: tf.Tensor;
}

/** An encoder and a decoder with their parameters, which are of any family. */
interface Model {
  readonly params: object;
  encode(params: object, ids: tf.Tensor, ctx?: Context, input?: Input): tf.Tensor;
  /** Logits. */
  decode(params: object, targets: tf.Tensor, memory: tf.Tensor, ctx?: Context, input?: Input): tf.Tensor;
  run(params: object, ids: tf.Tensor, targets: tf.Tensor, ctx?: Context, input?: Input): tf.Tensor;
  cache(batch: number, size: number): CacheState;
}

interface Family {
  /** Of the values in test/golden/encoders.json. */
  readonly golden: string;
  readonly folder: string;
  readonly table: NameTable;
  /** With these parameters, or with first ones of a smaller model. */
  model(params?: object): Model;
}

function t5Family(name: string, folder: string, version: Pick<T5Config, "activation" | "tied">): Family {
  // Those of test/golden/encoders.py.
  const sizes = { vocabSize: 40, dModel: 16, headDim: 6, dFfn: 24, nLayer: 2, nDecoderLayer: 3, nHead: 4 };
  const config: T5Config = { ...sizes, buckets: 8, maxDistance: 6, ...version };
  const small: T5Config = {
    ...config,
    vocabSize: 11,
    dModel: 8,
    headDim: 3,
    nHead: 2,
    nLayer: 1,
    nDecoderLayer: 2,
  };
  return {
    golden: name,
    folder,
    table: t5Names(config),
    model(given) {
      const own = given ? config : small;
      return {
        params: given ?? initT5(own, makeRng(1)),
        encode: (p, ids, ctx, input) => t5Encode(p as T5Params, own, ids, ctx, input),
        decode: (p, targets, memory, ctx, input) =>
          t5Head(p as T5Params, own, t5Decode(p as T5Params, own, targets, memory, ctx, input), ctx),
        run: (p, ids, targets, ctx, input) => t5(p as T5Params, own, ids, targets, ctx, input),
        cache: (batch, size) => t5Cache(own, batch, size),
      };
    },
  };
}

function bartFamily(): Family {
  const sizes = { vocabSize: 40, context: 12, dModel: 16, nLayer: 2, nDecoderLayer: 3 };
  const config: BartConfig = { ...sizes, nHead: 4, nDecoderHead: 2, dFfn: 24, dDecoderFfn: 20 };
  const small: BartConfig = {
    ...config,
    vocabSize: 11,
    context: 6,
    dModel: 8,
    nHead: 2,
    nLayer: 1,
    nDecoderLayer: 2,
  };
  return {
    golden: "bart",
    folder: "tiny-bart",
    table: bartNames(config),
    model(given) {
      const own = given ? config : small;
      return {
        params: given ?? initBart(own, makeRng(1)),
        encode: (p, ids, ctx, input) => bartEncode(p as BartParams, own, ids, ctx, input),
        decode: (p, targets, memory, ctx, input) =>
          bartHead(p as BartParams, bartDecode(p as BartParams, own, targets, memory, ctx, input), ctx),
        run: (p, ids, targets, ctx, input) => bart(p as BartParams, own, ids, targets, ctx, input),
        cache: (batch, size) => bartCache(own, batch, size),
      };
    },
  };
}

const families: Record<string, Family> = {
  T5: t5Family("t5", "tiny-t5", { activation: "relu", tied: true }),
  "T5 1.1": t5Family("t5v11", "tiny-t5-v1_1", { activation: "gegluTanh", tied: false }),
  BART: bartFamily(),
};

const all = golden<Record<string, Golden>>("encoders");
const ints = (rows: number[][]): tf.Tensor => tf.tensor2d(rows, undefined, "int32");
const bools = (rows: number[][]): tf.Tensor => tf.tensor2d(rows, undefined, "bool");
const farthest = async (a: tf.Tensor, b: tf.Tensor): Promise<number> =>
  (await a.sub(b).abs().max().data())[0]!;

eachEngine("encoder-decoders", (engine) => {
  // Scores of T5 are not divided, so rounding, which differs by engine and by processor, shows more.
  const tolerance = engine === "webgpu" ? 1e-4 : 5e-5;
  for (const [name, family] of Object.entries(families)) {
    const wanted = all[family.golden]!;

    it(`${name}: a checkpoint of transformers gives its states, logits and loss`, async () => {
      const params = await tinyCheckpoint<object>(family.folder, family.table);
      const { encode, run } = family.model(params);
      const [ids, targets, mask] = [ints(wanted.ids), ints(wanted.targets), bools(wanted.mask)];
      const both = (p: object, x: tf.Tensor, y: tf.Tensor, m: tf.Tensor): tf.Tensor[] => [
        encode(p, x, {}, { mask: m }),
        run(p, x, y, {}, { mask: m }),
      ];
      const compiled = jit(both, { name: "seq2seq" });
      for (const f of [both, compiled]) {
        const [states, logits] = f(params, ids, targets, mask);
        await assertClose(states!, wanted.states, tolerance, "states");
        await assertClose(logits!, wanted.logits, tolerance, "logits");
      }
      compiled.dispose();
      const labels = ints(wanted.labels);
      const shifted = shiftRight(labels, wanted.start, 0);
      const loss = crossEntropy(run(params, ids, shifted, {}, { mask }), labels);
      await assertClose(loss, [wanted.loss], tolerance, "loss");
    });

    it(`${name}: greedy answers are those of generate, from the whole and through a cache`, async function () {
      if (name !== "BART") skipOnEmulatedCard(this, engine);
      const params = await tinyCheckpoint<object>(family.folder, family.table);
      const { encode, decode, cache } = family.model(params);
      const mask = bools(wanted.mask);
      const memory = encode(params, ints(wanted.ids), {}, { mask });
      const best = async (logits: tf.Tensor): Promise<number[]> => {
        const [batch, time, width] = logits.shape as [number, number, number];
        const last = logits.slice([0, time - 1, 0], [batch, 1, width]).reshape([batch, width]);
        return Array.from(await last.argMax(-1).data());
      };
      const steps = engine === "webgpu" ? 2 : 10; // a software card takes a second a step
      const answers = wanted.greedy.map((row) => row.slice(0, steps + 1));
      const begin = (): number[][] => wanted.greedy.map(() => [wanted.start]);
      const whole = begin();
      for (let i = 0; i < steps; i++) {
        const next = await best(decode(params, ints(whole), memory, {}, { mask }));
        whole.forEach((row, b) => row.push(next[b]!));
      }
      assert.deepEqual(whole, answers);

      const step = jit((p: object, state: CacheState, y: tf.Tensor, m: tf.Tensor, k: tf.Tensor) => {
        const open = openCache(state);
        return { logits: decode(p, y, m, { cache: open }, { mask: k }), state: open.next(1) };
      });
      const cached = begin();
      let state = cache(cached.length, steps + 2);
      for (let i = 0; i < steps; i++) {
        const now = step(params, state, ints(cached.map((row) => [row.at(-1)!])), memory, mask);
        const next = await best(now.logits);
        cached.forEach((row, b) => row.push(next[b]!));
        state = now.state;
      }
      step.dispose();
      assert.deepEqual(cached, answers);
    });

    it(`${name}: our parameters under their names have the shapes of the file`, async () => {
      const params = await tinyCheckpoint<object>(family.folder, family.table);
      const again = fromTree(params, family.table);
      assert.equal(Object.keys(again).length, namedTensors(params).size);
    });

    it(`${name}: padding of the source changes nothing, the target sees nothing that comes later`, async function () {
      if (name !== "BART") skipOnEmulatedCard(this, engine);
      const { params, run } = family.model();
      const [text, target] = [[1, 5, 2, 9], [0, 4, 7, 3]]; // prettier-ignore
      const alone = run(params, ints([text]), ints([target]));
      const mask = bools([[1, 1, 1, 1, 0, 0]]);
      const padded = run(params, ints([[...text, 3, 8]]), ints([target]), {}, { mask });
      assert.ok((await farthest(padded, alone)) < tolerance, "with the mask");
      assert.ok(
        (await farthest(run(params, ints([[...text, 3, 8]]), ints([target])), alone)) > 1e-4,
        "without",
      );
      const first = (x: tf.Tensor): tf.Tensor => x.slice([0, 0, 0], [1, 2, 11]);
      const changed = run(params, ints([text]), ints([[0, 4, 8, 8]]));
      assert.ok((await farthest(first(changed), first(alone))) < tolerance, "places before");
      assert.ok((await farthest(changed, alone)) > 1e-4, "places after");
      const other = run(params, ints([[1, 5, 2, 8]]), ints([target]));
      assert.ok(
        (await farthest(first(other), first(alone))) > 1e-4,
        "the source's last token is seen by all",
      );
    });

    it(`${name}: gradients of every parameter equal differences`, async function () {
      skipOnEmulatedCard(this, engine);
      const { params, run } = family.model();
      const labels = ints([[4, 7, 3, -100]]);
      const mask = bools([[1, 1, 1, 0]]);
      const grown = mapTensors(params, (tensor, own) =>
        /norm|bias/.test(own) ? tensor : tensor.mul(name === "BART" ? 10 : 1),
      );
      const loss = (p: object): tf.Scalar =>
        crossEntropy(run(p, ints([[1, 5, 2, 0]]), shiftRight(labels, 0, 0), {}, { mask }), labels);
      await assertGradients(loss, grown, {
        each: 1,
        h: 2e-3,
        tolerance: engine === "webgpu" ? 1e-2 : 3e-3,
      });
    });

    it(`${name}: leaves no tensors, names what it shows, and drops by its key`, async () => {
      const { params, run } = family.model();
      const [ids, targets] = [ints([[1, 5, 2, 9]]), ints([[0, 4, 7]])];
      assertNoLeaks(() => tf.tidy(() => void run(params, ids, targets)));
      const seen: Record<string, string> = {};
      run(params, ids, targets, { tap: (own, x) => ((seen[own] = x.shape.join()), x) });
      for (const part of ["pre", "attn.q", "attn.pattern", "norm1", "mid", "ffn.hidden", "norm2", "post"])
        for (const stack of ["encoder", "decoder"])
          assert.ok(`${stack}.blocks.0.${part}` in seen, `${stack} ${part}`);
      assert.equal(seen["decoder.blocks.0.cross.pattern"], "1,2,3,4");
      assert.equal(seen["decoder.blocks.0.normCross"], "1,3,8");
      assert.equal(seen["logits"], "1,3,11");
    });

    it(`${name}: what does not fit is an error that says what, where and how much`, () => {
      const { params, run, encode, decode } = family.model();
      const [ids, targets] = [ints([[1, 5, 2, 9]]), ints([[0, 4, 7]])];
      assert.throws(() => run(params, ints([[1, 11]]), targets), /ids\[0, 1\] is 11, outside 0 to 10/);
      assert.throws(() => run(params, ids, ints([[0, -1]])), /ids\[0, 1\] is -1, outside 0 to 10/);
      assert.throws(() => run(params, ids.reshape([4]), targets), /: ids must be \[B, T\], got \[4\]/);
      assert.throws(() => run(params, ids, targets.reshape([3])), /: targets must be \[B, T\], got \[3\]/);
      assert.throws(
        () => run(params, ids, targets, {}, { mask: tf.ones([1, 3], "bool") }),
        /axis 1 of mask must be 4 \(axis 1 of ids\), got 3: \[1, 3\]/,
      );
      assert.throws(
        () => decode(params, targets, encode(params, ids), {}, { mask: tf.ones([2, 4], "bool") }),
        /axis 0 of mask must be 1 \(axis 0 of memory\), got 2: \[2, 4\]/,
      );
    });
  }

  it("shiftRight: a start token, then the labels but the last; what is ignored becomes padding", async () => {
    const labels = ints([[4, -100, 3], [7, 8, -100]]); // prettier-ignore
    const shifted = jit((x: tf.Tensor) => shiftRight(x, 9, 1));
    for (const f of [(x: tf.Tensor) => shiftRight(x, 9, 1), shifted])
      assert.deepEqual(Array.from(await f(labels).data()), [9, 4, 1, 9, 7, 8]);
    shifted.dispose();
    assert.deepEqual(Array.from(await shiftRight(ints([[5]]), 9, 1).data()), [9]);
  });

  it("BART: texts longer than the context, of either side", () => {
    const { params, run } = families["BART"]!.model();
    const long = tf.zeros([1, 7], "int32");
    assert.throws(() => run(params, long, ints([[1]])), /bart: 7 tokens are more than the context of 6/);
    assert.throws(() => run(params, ints([[1]]), long), /bart: 7 tokens are more than the context of 6/);
  });

  it("dropout: another key, another result; the same key, the same", async () => {
    const config: T5Config = { vocabSize: 11, dModel: 8, headDim: 4, dFfn: 8, nLayer: 1, nHead: 2, activation: "relu", tied: true, rate: 0.3 }; // prettier-ignore
    const params = initT5(config, makeRng(1));
    const run = async (step: number): Promise<number[]> => {
      const ctx = { rng: fork(makeRng(5), step) };
      return Array.from(await t5(params, config, ints([[1, 5]]), ints([[0, 4]]), ctx).data());
    };
    assert.deepEqual(await run(1), await run(1));
    assert.notDeepEqual(await run(1), await run(2));
  });
});
