import assert from "node:assert/strict";
import { jit, makeRng, tf, useEngine } from "../../src/engine";
import { initPositional, positional, schemes } from "../../src/models";
import type { PositionalConfig, Scheme } from "../../src/models";
import { crossEntropy } from "../../src/ops";
import { valueAndGradients } from "../../src/train";
import { countParams, namedTensors } from "../../src/tree";
import { eachEngine } from "../helpers/engines";
import { assertGradients } from "../helpers/gradients";
import { compiledSuite, using, valuesIn } from "../helpers/jitted";

const configOf = (scheme: Scheme): PositionalConfig => ({
  scheme,
  vocabSize: 7,
  dModel: 8,
  nLayer: 2,
  nHead: 2,
  places: 6,
});
const text = [3, 1, 4, 1, 5, 6];
const idsOf = (...rows: number[][]): tf.Tensor => tf.tensor2d(rows, [rows.length, rows[0]!.length], "int32");
const far = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);

describe("a model for any scheme of positions", () => {
  before(async () => void (await useEngine({ engine: "cpu" })));

  for (const scheme of schemes) {
    const config = configOf(scheme);

    it(`${scheme}: no place sees a later one, and all are scored`, async () => {
      const params = initPositional(config, makeRng(1));
      const logits = positional(params, config, idsOf(text, [...text.slice(0, 5), 0]));
      assert.deepEqual(logits.shape, [2, 6, 7]);
      const [one, other] = (await logits.array()) as number[][][];
      assert.ok(far(one!.slice(0, 5).flat(), other!.slice(0, 5).flat()) < 1e-5);
      assert.ok(far(one![5]!, other![5]!) > 1e-3);
    });
  }

  it("one token again and again: only a scheme of positions makes its places differ", async () => {
    for (const scheme of schemes) {
      const config = configOf(scheme);
      const params = initPositional(config, makeRng(1));
      const [rows] = (await positional(params, config, idsOf([2, 2, 2, 2])).array()) as number[][][];
      const differs = far(rows![0]!, rows![3]!) > 1e-4;
      // Equal values mix to the same, whatever the weights: RoPE, ALiBi and T5 change weights alone.
      assert.equal(differs, scheme === "sinusoid" || scheme === "learned", scheme);
    }
  });

  it("two tokens swapped, seen from the third place: without positions nothing changes", async () => {
    for (const scheme of schemes) {
      const config = { ...configOf(scheme), nLayer: 1 };
      const params = initPositional(config, makeRng(1));
      const [a, b] = (await positional(params, config, idsOf([1, 2, 3], [2, 1, 3])).array()) as number[][][];
      const change = far(a![2]!, b![2]!);
      assert.ok(scheme === "none" ? change < 1e-5 : change > 1e-5, `${scheme}: ${change}`);
    }
  });

  it("learned positions end with their table; the others go on", () => {
    for (const scheme of schemes) {
      const config = configOf(scheme);
      const params = initPositional(config, makeRng(1));
      const long = (): tf.Tensor => positional(params, config, idsOf([...text, 1, 2]));
      if (scheme === "learned") assert.throws(long, /position 6 is outside 0 to 5/);
      else assert.deepEqual(long().shape, [1, 8, 7]);
    }
  });

  it("a cache is refused", () => {
    const config = configOf("rope");
    const cache = {} as never;
    assert.throws(
      () => positional(initPositional(config, makeRng(1)), config, idsOf(text), { cache }),
      /no cache/,
    );
  });
});

eachEngine("a model for any scheme of positions", (engine) => {
  // Its parts are tested on every engine elsewhere; this is all of them together.
  it("the same logits everywhere", async () => {
    const config = configOf("relative");
    const lastRow = async (): Promise<Float32Array> => {
      const logits = positional(initPositional(config, makeRng(1)), config, idsOf(text));
      return (await logits.slice([0, 5, 0], [1, 1, 7]).data()) as Float32Array;
    };
    const here = await lastRow();
    await useEngine({ engine: "cpu" });
    const plain = await lastRow();
    await useEngine({ engine });
    assert.ok(far(here, plain) < 1e-3, Array.from(here).join(", "));
  });
});

describe("a model for any scheme of positions: its parameters", () => {
  it("weights that two schemes share are the same numbers; a scheme adds its table only", () => {
    const plain = initPositional(configOf("none"), makeRng(4));
    const shared = namedTensors(plain);
    for (const [scheme, more] of [
      ["sinusoid", 0],
      ["rope", 0],
      ["alibi", 0],
      ["learned", 6 * 8],
      ["relative", 32 * 2],
    ] as const) {
      const params = initPositional(configOf(scheme), makeRng(4));
      assert.equal(countParams(params), countParams(plain) + more, scheme);
      const own = namedTensors(params);
      for (const [name, tensor] of shared)
        assert.deepEqual(own.get(name)!.dataSync(), tensor.dataSync(), name);
    }
  });

  it("gradients of the tables that a scheme adds", async () => {
    for (const scheme of ["learned", "relative"] as const) {
      const config = configOf(scheme);
      const params = initPositional(config, makeRng(2));
      const loss = (p: typeof params): tf.Scalar =>
        crossEntropy(positional(p, config, idsOf(text)), idsOf([1, 4, 1, 5, 6, 0]));
      await assertGradients(loss, params, { each: 1 });
    }
  });
});

compiledSuite("a model for any scheme of positions, compiled", () => {
  it("logits and a gradient are those of eager code", () => {
    for (const scheme of ["learned", "rope", "relative"] as const) {
      const config = { ...configOf(scheme), nLayer: 1 };
      const params = initPositional(config, makeRng(3));
      const step = (p: typeof params, ids: tf.Tensor) => {
        const loss = (each: typeof p): tf.Scalar => crossEntropy(positional(each, config, ids), ids);
        const { value, gradients } = valueAndGradients(loss, p);
        return { logits: positional(p, config, ids), value, slope: gradients.tokens };
      };
      using(jit(step), (compiled) => {
        const ids = idsOf(text, [0, 0, 1, 2, 2, 5]);
        const [got, wanted] = [compiled(params, ids), step(params, ids)];
        for (const key of ["logits", "value", "slope"] as const)
          assert.ok(far(valuesIn(got[key]), valuesIn(wanted[key])) < 2e-5, `${scheme} ${key}`);
      });
      for (const tensor of namedTensors(params).values()) tensor.dispose();
    }
  });
});
