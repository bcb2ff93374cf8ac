import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { capped, mean, pairCost, plainCost, sigmoid, sum, tolerance } from "./numbers";

type Row = readonly number[];
type Args = [
  policyChosen: Row,
  policyRejected: Row,
  referenceChosen: Row,
  referenceRejected: Row,
  beta: number,
];

/** One step turned into a mistake. */
interface Ways {
  /** How much further the policy moved the chosen answer than the rejected one. */
  readonly margin?: (pc: number, pr: number, rc: number, rr: number) => number;
  readonly cost?: (margin: number, beta: number) => number;
  readonly join?: (costs: Row) => number;
}
const margin = (pc: number, pr: number, rc: number, rr: number): number => pc - rc - (pr - rr);

function loss([pc, pr, rc, rr, beta]: Args, ways: Ways = {}): number {
  const { margin: of = margin, cost = (x, b) => pairCost(b * x), join = mean } = ways;
  return join(pc.map((log, i) => cost(of(log, pr[i]!, rc[i]!, rr[i]!), beta)));
}
const right = (...args: Args): number => loss(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => loss(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake("The reference has no effect: without it the policy may go as far from it as it likes. Take its log-probability off each of the policy's.", {
    margin: (pc, pr) => pc - pr,
  }), // prettier-ignore
  mistake("Only the reference was used. An answer's reward is beta (log pi - log pi_ref).", {
    margin: (_pc, _pr, rc, rr) => rc - rr,
  }),
  mistake("Turned round: either both log-ratios are reversed (reference - policy), or chosen and rejected are exchanged. The loss must fall as policyChosen rises.", {
    margin: (...logs) => -margin(...logs),
  }), // prettier-ignore
  mistake("The references are exchanged: take referenceChosen off policyChosen, referenceRejected off policyRejected.", {
    margin: (pc, pr, rc, rr) => pc - rr - (pr - rc),
  }), // prettier-ignore
  mistake("The reference was added. Take it off: the logarithm of pi / pi_ref is a difference.", {
    margin: (pc, pr, rc, rr) => pc + rc - (pr + rr),
  }),
  mistake("Both log-ratios were added. What counts is how much further the chosen answer moved than the rejected one: their difference.", {
    margin: (pc, pr, rc, rr) => pc - rc + (pr - rr),
  }), // prettier-ignore
  mistake("Only the chosen answer's log-ratio was used. Take the rejected one's off.", {
    margin: (pc, _pr, rc) => pc - rc,
  }),
  mistake("beta stands outside of the sigmoid. It multiplies the log-ratios, inside.", {
    cost: (x, beta) => beta * pairCost(x),
  }),
  mistake("beta has no effect. It multiplies the log-ratios, inside of the sigmoid.", {
    cost: (x) => pairCost(x),
  }),
  mistake("Divided by beta. It multiplies the log-ratios.", { cost: (x, beta) => pairCost(x / beta) }),
  {
    message: "beta multiplies the chosen answer's log-ratio only. It stands before the bracket.",
    answer: (pc, pr, rc, rr, beta) => mean(pc.map((log, i) => pairCost(beta * (log - rc[i]!) - (pr[i]! - rr[i]!)))), // prettier-ignore
  },
  mistake("The minus is missing: a loss is positive, -log sigmoid.", {
    cost: (x, beta) => -pairCost(beta * x),
  }),
  mistake("The pairs were added up. Take their mean.", { join: sum }),
  {
    message:
      "The mean of the log-ratios was put into ONE sigmoid. Each pair has its own loss; take the mean of the losses.",
    answer: (pc, pr, rc, rr, beta) => pairCost(beta * margin(mean(pc), mean(pr), mean(rc), mean(rr))),
  },
  mistake("exp(1000) is Infinity. Take the loss of a pair that you wrote in exercise 1.", {
    cost: (x, beta) => plainCost(beta * x),
  }),
  {
    message: "Only the first pair was used. Take the mean over all pairs.",
    answer: (...[pc, pr, rc, rr, beta]) => right([pc[0]!], [pr[0]!], [rc[0]!], [rr[0]!], beta),
  },
  {
    message:
      "Whole arrays were subtracted, and that is NaN. Go through the pairs: policyChosen[i] - referenceChosen[i], and so on.",
    answer: (...args) => (args[0].length === 1 ? right(...args) : NaN),
  },
  {
    message:
      "exp of a log-probability of -3000 is 0, and its logarithm -Infinity. Stay with the logarithms: differences, never ratios of exp.",
    answer: (pc, pr, rc, rr, beta) =>
      mean(
        pc.map(
          (log, i) =>
          pairCost(beta * (Math.log(Math.exp(log) / Math.exp(rc[i]!)) - Math.log(Math.exp(pr[i]!) / Math.exp(rr[i]!)))), // prettier-ignore
        ),
      ),
  },
  mistake("This is 1 - sigmoid. The loss is minus the LOGARITHM of the sigmoid.", {
    cost: (x, beta) => sigmoid(-beta * x),
  }),
  mistake("This is minus the sigmoid. The logarithm is missing.", { cost: (x, beta) => -sigmoid(beta * x) }),
  mistake("These are bits, with log2. Use natural logarithms: Math.log.", {
    cost: (x, beta) => pairCost(beta * x) / Math.LN2,
  }),
  mistake("This is a hinge, max(0, 1 - x). Asked for is -log sigmoid(x).", {
    cost: (x, beta) => Math.max(0, 1 - beta * x),
  }),
  mistake("This is the squared loss of IPO. Asked for is -log sigmoid.", {
    cost: (x, beta) => (x - 1 / (2 * beta)) ** 2,
  }),
];

const spec = { expected: right, wrong, tolerance, explain: (value: unknown, ...args: Args) => capped(value, right(...args)) }; // prettier-ignore
const hand: Args = [[-3], [-4], [-5], [-4], 0.5];
const two: Args = [[-3, -10], [-4, -8], [-5, -9], [-4, -11], 0.5];

/** Log-probabilities of whole answers; the policy has not gone far from its reference. */
function randomArgs(random: Random): Args {
  const count = random.int(1, 5);
  const logs = (from: number, size: number): number[] =>
    Array.from({ length: count }, () => Math.round(100 * (from - size * random.next())) / 100);
  return [logs(-2, 8), logs(-2, 8), logs(-2, 8), logs(-2, 8), random.pick([0.1, 0.25, 0.5, 2])];
}

export const dpoLoss: Exercise = {
  id: "dpo-loss",
  fn: "dpoLoss",
  title: "DPO",
  difficulty: 2,
  importance: 5,
  minutes: 15,
  forbidden: ["softplus", "logSigmoid", "sigmoidCrossEntropy"],
  hints: [
    "beta (policyChosen - referenceChosen) is the reward of the chosen answer. Then this is exercise 1.",
    [
      "for each pair i:",
      "  chosen = policyChosen[i] - referenceChosen[i]",
      "  rejected = policyRejected[i] - referenceRejected[i]",
      "  sum += pairLoss(beta * chosen, beta * rejected)",
      "give sum / number of pairs",
    ].join("\n"),
  ],
  errors: [
    { see: /NaN/, help: "Infinity - Infinity or undefined: no exp of log-probabilities, and the same i in all four." },
    { see: /Infinity|∞/, help: "exp of a large number: take the loss of a pair that you wrote in exercise 1." },
    { see: /Not implemented yet/, help: "Your dpoLoss calls pairLoss, exercise 1: write that one first." },
  ], // prettier-ignore
  checks: [
    {
      id: "hand",
      title: "by hand: the policy likes the chosen answer more than the reference does",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, { ...spec, args: [hand, two, [[-1], [-2], [-1], [-2], 0.1], [[-9, -4, -5], [-2, -3, -6], [-8, -6, -4], [-4, -3, -4], 1]] }), // prettier-ignore
    },
    {
      id: "random",
      title: "80 random batches",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, { ...spec, args: Array.from({ length: 80 }, () => randomArgs(t.random)) }),
    },
    {
      id: "large",
      title: "log-probabilities of -3000",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          ...spec,
          args: [
            [[-3000], [-10], [-800], [-900], 1],
            [[-10], [-3000], [-900], [-800], 1],
            [[-3000, -2], [-2990, -1], [-3001, -1], [-2992, -3], 0.5],
            [[-1500], [-1400], [-1498], [-1401], 0.1],
          ],
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [hand, two], right, tolerance),
    },
  ],
};
