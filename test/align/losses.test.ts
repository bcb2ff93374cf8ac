import assert from "node:assert/strict";
import fc from "fast-check";
import { tf } from "../../src/engine";
import {
  clippedLoss,
  gae,
  marginLoss,
  rankingLoss,
  shapedRewards,
  valueLoss,
  whitened,
} from "../../src/align";
import { eachEngine } from "../helpers/engines";
import { assertGradients } from "../helpers/gradients";
import { golden } from "../helpers/tiny";

type Rows = number[][];
interface Golden {
  readonly ranking: { scores: Rows; wins: number[][][]; loss: number; gradient: Rows };
  readonly clipped: { logNew: Rows; logOld: Rows; advantages: Rows; mask: Rows; clip: number; loss: number; gradient: Rows }; // prettier-ignore
  readonly values: { values: Rows; old: Rows; returns: Rows; mask: Rows; clip: number; loss: number; gradient: Rows }; // prettier-ignore
  readonly gae: { rewards: number[]; values: number[]; gamma: number; lambda: number; advantages: number[] };
  readonly dpo: { policyChosen: number[]; policyRejected: number[]; referenceChosen: number[]; referenceRejected: number[]; beta: number; loss: number }; // prettier-ignore
}
const wanted = golden<Golden>("align");

const close = (got: number, want: number, what: string, tolerance = 2e-6): void =>
  assert.ok(Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want)), `${what}: ${got}, wanted ${want}`); // prettier-ignore

/** The loss of one tensor and its gradient, as PyTorch has them. */
async function equals(
  loss: (x: tf.Tensor) => tf.Scalar,
  at: Rows,
  want: { readonly loss: number; readonly gradient: Rows },
): Promise<void> {
  const x = tf.tensor2d(at);
  const { value, grad } = tf.valueAndGrad(loss as (x: tf.Tensor) => tf.Tensor)(x);
  close((await value.data())[0]!, want.loss, "loss");
  const gradient = await grad.data();
  want.gradient.flat().forEach((each, i) => close(gradient[i]!, each, `gradient[${i}]`));
  tf.dispose([x, value, grad]);
}

eachEngine("the losses of alignment", () => {
  let before = 0;
  beforeEach(() => void (before = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, before, "tensors are left"));

  it("ranking: PyTorch's loss and gradient, with prompts of 4, 3 and no pairs", async () => {
    const { scores, wins } = wanted.ranking;
    const all = tf.tensor3d(wins);
    await equals((x) => rankingLoss(x, all), scores, wanted.ranking);
    all.dispose();
  });

  it("clipped objective: PyTorch's loss and gradient; padding may hold anything", async () => {
    const { logNew, logOld, advantages, mask, clip } = wanted.clipped;
    const [old, a, m] = [tf.tensor2d(logOld), tf.tensor2d(advantages), tf.tensor2d(mask)];
    await equals((x) => clippedLoss(x, old, a, m, clip), logNew, wanted.clipped);
    const wild = logNew.map((row, i) => row.map((x, t) => (mask[i]![t] === 1 ? x : 500)));
    await equals((x) => clippedLoss(x, old, a, m, clip), wild, wanted.clipped);
    tf.dispose([old, a, m]);
  });

  it("values: PyTorch's loss and gradient", async () => {
    const { values, old, returns, mask, clip } = wanted.values;
    const [o, r, m] = [tf.tensor2d(old), tf.tensor2d(returns), tf.tensor2d(mask)];
    await equals((x) => valueLoss(x, o, r, m, clip), values, wanted.values);
    tf.dispose([o, r, m]);
  });

  it("DPO: PyTorch's loss; scores of 1,000 are no trouble", async () => {
    const { policyChosen, policyRejected, referenceChosen, referenceRejected, beta, loss } = wanted.dpo;
    const ratios = (own: number[], other: number[]) => tf.tensor1d(own.map((x, i) => x - other[i]!));
    const [chosen, rejected] = [ratios(policyChosen, referenceChosen), ratios(policyRejected, referenceRejected)]; // prettier-ignore
    const got = tf.tidy(() => marginLoss(chosen, rejected, beta));
    close((await got.data())[0]!, loss, "DPO");
    const far = tf.tidy(() => marginLoss(tf.tensor1d([-1000, 1000]), tf.tensor1d([0, 0]), 1));
    close((await far.data())[0]!, 500, "far");
    tf.dispose([chosen, rejected, got, far]);
  });

  it("gradients of the ranking loss by differences", async () => {
    const wins = tf.tensor3d([[[0, 1, 1], [0, 0, 2], [0, 1, 0]]]); // prettier-ignore
    const params = { scores: tf.tensor2d([[0.3, -0.5, 0.9]]) };
    await assertGradients((p) => rankingLoss(p.scores, wins), params);
    tf.dispose([wins, params.scores]);
  });
});

describe("advantages", () => {
  it("GAE is the paper's sum", () => {
    const { rewards, values, gamma, lambda, advantages } = wanted.gae;
    const got = gae(rewards, values, { gamma, lambda });
    advantages.forEach((each, t) => close(got.advantages[t]!, each, `A_${t}`));
    got.returns.forEach((each, t) => close(each, advantages[t]! + values[t]!, `return ${t}`));
  });

  it("lambda 1 gives what was earned less what was expected, lambda 0 one step's surprise", () => {
    const number = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 8 }), (pairs) => {
        const [rewards, values] = [pairs.map(([r]) => r), pairs.map(([, v]) => v)];
        const earned = rewards.map((_, t) => rewards.slice(t).reduce((sum, r) => sum + r, 0));
        gae(rewards, values, { lambda: 1 }).returns.forEach((each, t) =>
          close(each, earned[t]!, "return", 1e-9),
        );
        gae(rewards, values, { lambda: 0 }).advantages.forEach((each, t) =>
          close(each, rewards[t]! + (values[t + 1] ?? 0) - values[t]!, "delta", 1e-9),
        );
      }),
    );
  });

  it("shaped rewards sum up to the score less beta times the log-ratio, and the score is at the end", () => {
    const shaped = shapedRewards(2, [-1, -2, -3], [-1.5, -2, -1], 0.1);
    [-0.05, 0, 2.2].forEach((want, t) => close(shaped[t]!, want, `r_${t}`, 1e-12));
    close(
      shaped.reduce((sum, r) => sum + r, 0),
      2 - 0.1 * (-6 + 4.5),
      "sum",
      1e-12,
    );
  });

  it("whitened advantages have mean 0 and deviation 1 over all answers", () => {
    const flat = whitened([[1, 2, 3], [10]]).flat();
    close(
      flat.reduce((sum, x) => sum + x, 0),
      0,
      "mean",
      1e-9,
    );
    close(flat.reduce((sum, x) => sum + x * x, 0) / 4, 1, "variance", 1e-6);
    assert.deepEqual(whitened([[3, 3], [3]]).flat(), [0, 0, 0]);
  });
});
