import type { Exercise } from "../../exercise";
import { brief, same } from "../compare";
import type { Learner } from "../learner";
import type { Random } from "../random";
import type { Toolkit, Wrong } from "../toolkit";
import { exactDistribution } from "./distribution";
import { drawn, fullShares, shares } from "./numbers";

type Rows = readonly (readonly number[])[];
type Args = [p: Rows, q: Rows, drafted: readonly number[], uniforms: readonly number[]];

/** One step of a round turned into a mistake. */
interface Ways {
  readonly accept?: (p: number, q: number, u: number) => boolean;
  /** Where a replacement is drawn from. */
  readonly residual?: (p: readonly number[], q: readonly number[]) => number[];
  /** The uniform for the last token of a round that ended at place i. */
  readonly last?: (uniforms: readonly number[], i: number) => number;
  /** The row of p for the token after a whole draft; none: no such token. */
  readonly bonus?: ((p: Rows) => readonly number[]) | "none";
  /** After a refusal: no replacement; one behind the refused token; or on with the next drafted token. */
  readonly refusal?: "nothing" | "behind" | "goes on";
  /** Which probabilities of place i are compared; those of the drafted token without it. */
  readonly compared?: (token: number, i: number) => number;
}

const rest = (p: readonly number[], q: readonly number[]): number[] =>
  p.map((target, id) => Math.max(0, target - q[id]!));
const norm = (p: readonly number[], q: readonly number[]): number[] => shares(rest(p, q));

function round([p, q, drafted, uniforms]: Args, ways: Ways = {}): number[] {
  const {
    accept = (target, draft, u) => u < target / draft,
    residual = norm,
    bonus = (rows) => rows.at(-1)!,
  } = ways;
  const last = ways.last ?? ((all) => all.at(-1)!);
  const tokens: number[] = [];
  for (const [i, token] of drafted.entries()) {
    const id = ways.compared?.(token, i) ?? token;
    if (accept(p[i]![id]!, q[i]![id]!, uniforms[i]!)) {
      tokens.push(token);
      continue;
    }
    if (ways.refusal === "behind") tokens.push(token);
    if (ways.refusal !== "nothing") tokens.push(drawn(residual(p[i]!, q[i]!), last(uniforms, i)));
    if (ways.refusal !== "goes on") return tokens;
  }
  return bonus === "none" ? tokens : [...tokens, drawn(bonus(p), last(uniforms, drafted.length))];
}
const right = (...args: Args): number[] => round(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => round(args, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake("The ratio is turned round. A token that the DRAFT liked too much must be refused: u < p / q.", {
    accept: (p, q, u) => u < q / p,
  }),
  mistake(
    "The replacement was drawn from p. Tokens that q proposes too seldom must come more often here: draw from max(0, p - q), " +
      "divided by its sum. Else what the draft likes is counted twice.",
    { residual: (p) => [...p] },
  ),
  mistake("The replacement was drawn from q, the draft. Draw it from max(0, p - q), divided by its sum.", {
    residual: (_, q) => [...q],
  }),
  mistake(
    "The residual is max(0, p - q), not max(0, q - p): what the large model wants and the draft gave too seldom.",
    {
      residual: (p, q) => norm(q, p),
    },
  ),
  mistake("The residual was not divided by its sum, so what is missing to 1 went to its last token.", {
    residual: rest,
  }),
  mistake("The residual keeps negative numbers: p - q, and what is below 0 becomes 0.", {
    residual: (p, q) => shares(p.map((target, id) => Math.abs(target - q[id]!))),
  }),
  mistake("The token after a draft that was accepted whole is missing: draw one more, from p[g].", {
    bonus: "none",
  }),
  mistake(
    "The token after a whole draft was drawn from the wrong row: it stands after the last drafted one, p[g].",
    {
      bonus: (p) => p.at(-2)!,
    },
  ),
  mistake("The token after a whole draft was drawn from p[0]. It stands after the last drafted one: p[g].", {
    bonus: (p) => p[0]!,
  }),
  mistake(
    "It went on after a refusal. What was drafted behind a refused token was drafted for another text: the round ends there.",
    { refusal: "goes on" },
  ),
  mistake(
    "The refused token is still in the round. The replacement comes in its place: drafted.slice(0, i), then the new one.",
    {
      refusal: "behind",
    },
  ),
  mistake(
    "The probabilities of token i were compared, i being the place. It is the token that counts: p[i][drafted[i]].",
    {
      compared: (_, i) => i,
    },
  ),
  mistake(
    "After a refusal nothing was drawn. Every round ends with a token of the large model's: draw from the residual.",
    {
      refusal: "nothing",
    },
  ),
  mistake(
    "A token was accepted when p is at least as large as q, and else never. Between that chance decides: u < p / q.",
    {
      accept: (p, q) => p >= q,
    },
  ),
  mistake(
    "Tokens were accepted with chance p alone. The draft has chosen with chance q already: u < p / q.",
    {
      accept: (p, _, u) => u < p,
    },
  ),
  mistake("Accepted and refused are exchanged: accept when u is BELOW p / q.", {
    accept: (p, q, u) => u >= p / q,
  }),
  mistake("All drafted tokens were accepted, untested: this writes what the small model writes.", {
    accept: () => true,
  }),
  mistake(
    "A token that the large model gives probability 0 was accepted when u was 0. It must never come: u < p / q, not <=.",
    { accept: (p, q, u) => u <= p / q },
  ),
  mistake(
    "The number that refused a token was used again to draw its replacement. It is known to be large by now: use uniforms[g], a " +
      "fresh one.",
    { last: (uniforms, i) => uniforms[i]! },
  ),
];

const [p, q] = [[[0.25, 0.75], [0.5, 0.5]], [[0.5, 0.5]]]; // prettier-ignore

/** Drafted from q, with g from 1 to 4 and 2 to 5 tokens. */
function randomArgs(random: Random): Args {
  const [gamma, size] = [random.int(1, 4), random.int(2, 5)];
  const [target, draft] = [gamma + 1, gamma].map((rows) =>
    Array.from({ length: rows }, () => fullShares(random, size)),
  );
  const uniforms = Array.from({ length: gamma + 1 }, () => (Math.floor(1e4 * random.next()) + 0.5) / 1e4);
  return [target!, draft!, draft!.map((row) => drawn(row, random.next())), uniforms];
}

const hand: readonly Args[] = [
            [p, q, [0], [0.4, 0.7]],
            [p, q, [0], [0.6, 0.2]],
            [p, q, [1], [0.9, 0.1]],
            [[[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0, 0, 1]], [[0.25, 0.25, 0.5], [0.5, 0.25, 0.25]], [2, 1], [0.3, 0.5, 0]],
            [[[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0, 0, 1]], [[0.25, 0.25, 0.5], [0.5, 0.25, 0.25]], [0, 0], [0.3, 0.7, 0]],
          ]; // prettier-ignore

/** All chance is in `uniforms`: the same call must give the same round. */
async function sameAgain(learner: Learner, t: Toolkit): Promise<void> {
  const rounds: unknown[] = [];
  for (let i = 0; i < 8; i++) rounds.push((await learner.run(hand[1]!)).value);
  const other = rounds.find((round) => !same(round, rounds[0]));
  if (other !== undefined)
    t.fail(
      `The same call gave ${brief(rounds[0])} and then ${brief(other)}. Take all numbers from \`uniforms\`, not from Math.random().`,
      "The same call gave different rounds: Math.random() was used.",
    );
}

const edges: readonly Args[] = [
  [[[0.5, 0.5], [0, 1]], [[0.5, 0.5]], [0], [0.999, 0.3]], // the draft is the large model
  [[[0, 1], [1, 0]], [[1, 0]], [0], [0, 0.2]], // what is drafted can never come
  [[[0, 0, 1], [1, 0, 0], [0, 1, 0]], [[0.25, 0.5, 0.25], [0.5, 0.25, 0.25]], [2, 0], [0.9, 0.9, 0.9]], // greedy
  [[[0.25, 0.75]], [], [], [0.5]], // nothing was drafted
]; // prettier-ignore

export const acceptDraft: Exercise = {
  id: "accept-draft",
  fn: "acceptDraft",
  title: "Test a draft",
  difficulty: 4,
  importance: 5,
  minutes: 30,
  hints: [
    "Take q = [0.5, 0.5] and p = [0.25, 0.75]. Token 0 is proposed in half of the rounds and should come in a quarter: how often must " +
      "it be refused? And what must come then, so that token 1 comes in three quarters?",
    [
      "for i from 0 to g - 1:",
      "  x = drafted[i]",
      "  if uniforms[i] < p[i][x] / q[i][x]: it is accepted, go on",
      "  rest = max(0, p[i] - q[i]), for each id; divide it by its sum",
      "  give the accepted ones, and draw(rest, uniforms[g])",
      "give all drafted ones, and draw(p[g], uniforms[g])",
    ].join("\n"),
    "min(1, p / q) is not needed: u is below 1, so u < p / q holds wherever p is as large as q. drafted.slice(0, i) are the tokens " +
      "before place i.",
  ],
  errors: [
    {
      see: /NaN/,
      help: "A sum of 0 was divided by: the residual is of p[i] and q[i], the rows of the place that refused.",
    },
    {
      see: /undefined/,
      help: "q has g rows and p has g + 1. The last of `uniforms` is uniforms[drafted.length].",
    },
    {
      see: /changed its input/,
      help: "push changes the array that it is called on: [...drafted, token] is a new one.",
    },
    {
      see: /chi-square/,
      help: "The tokens come too often or too seldom. By hand: with q = [0.5, 0.5] and p = [0.25, 0.75], what comes after token 0 was refused?",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: accepted, refused",
      points: 3,
      async run(learner, t) {
        await sameAgain(learner, t);
        await t.cases<Args>(learner, { args: hand, expected: right, wrong });
      },
    },
    {
      id: "random",
      title: "150 random rounds",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 150 }, () => randomArgs(t.random)),
          expected: right,
          wrong,
        }),
    },
    {
      id: "edges",
      title: "a draft that is always right, one that never is, none at all",
      points: 2,
      run: (learner, t) => t.cases<Args>(learner, { args: edges, expected: right, wrong }),
    },
    {
      id: "distribution",
      title: "1,000 rounds: tokens come as often as the large model wants",
      points: 5,
      run: exactDistribution,
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) =>
        t.unchanged<Args>(learner, [[p, q, [0], [0.4, 0.7]], [p, q, [0], [0.6, 0.7]], [p, q, [1], [0.9, 0.1]]], right), // prettier-ignore
    },
  ],
};
