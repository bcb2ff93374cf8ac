import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

interface Span {
  readonly mask: number;
  readonly length: number;
}

type Args = [partA: number, spans: readonly Span[]];

interface Rule {
  /** First position of token i of a span, which is token `at` of the whole. */
  readonly first?: (span: Span, i: number, at: number) => number;
  readonly second?: (i: number, before: number) => number;
  /** Tokens of a span, its [START] counted. */
  readonly tokens?: (span: Span) => number;
  readonly inA?: (i: number) => number;
}

function positions([partA, spans]: Args, rule: Rule = {}): { first: number[]; second: number[] } {
  const { first: place = (span) => span.mask, second: inside = (i) => i + 1, inA = () => 0 } = rule;
  const { tokens = (span) => span.length + 1 } = rule;
  const first = Array.from({ length: partA }, (_, i) => i);
  const second = first.map(inA);
  let before = 0;
  for (const span of spans) {
    for (let i = 0; i < tokens(span); i++) {
      first.push(place(span, i, first.length));
      second.push(inside(i, before));
    }
    before += tokens(span);
  }
  return { first, second };
}

const right = (...args: Args) => positions(args);
const by = (message: string, rule: Rule): Wrong<Args> => ({
  message,
  answer: (...args) => positions(args, rule),
});

const wrong: readonly Wrong<Args>[] = [
  by("The second position of [START] is 1, not 0: 0 means Part A.", { second: (i) => i }),
  by("The first position of a span's tokens was counted on. They all have the place of their [MASK].", {
    first: (_span, _i, at) => at,
  }),
  by(
    "The first position grows inside the span. All its tokens have the place of their [MASK], and no other.",
    {
      first: (span, i) => span.mask + i,
    },
  ),
  by("Each span begins with a [START], which is a token too: a span of 2 has 3 places in Part B.", {
    tokens: (span) => span.length,
  }),
  by("The second position starts again at 1 in each span; here it runs on through Part B.", {
    second: (i, before) => before + i + 1,
  }),
  by("Tokens of Part A have second position 0: they are in no span.", { inA: (i) => i }),
  {
    message:
      "The spans were put in the order of the text. Part B holds them in the order given: GLM shuffles them on purpose.",
    answer: (partA, spans) => positions([partA, [...spans].sort((a, b) => a.mask - b.mask)]),
  },
  {
    message: "The first position is counted from 0 here, as an index is (the paper's figure counts from 1).",
    answer: (...args) => {
      const { first, second } = positions(args);
      return { first: first.map((p) => p + 1), second };
    },
  },
];

const paper: Args = [
  5,
  [
    { mask: 4, length: 2 },
    { mask: 2, length: 1 },
  ],
];
const hand: readonly [Args, Args, ...Args[]] = [
  paper,
  [3, [{ mask: 1, length: 3 }]],
  [4, []],
  [2, [{ mask: 0, length: 0 }]],
];

function randomCase(random: Random): Args {
  const partA = random.int(1, 8);
  const masks = Array.from({ length: partA }, (_, i) => i).filter(() => random.next() < 0.4);
  if (random.next() < 0.5) masks.reverse();
  return [partA, masks.map((mask) => ({ mask, length: random.int(0, 4) }))];
}

export const glmPositions: Exercise = {
  id: "glm-positions",
  fn: "glmPositions",
  title: "GLM's two positions",
  difficulty: 2,
  importance: 3,
  minutes: 10,
  hints: [
    "Write both rows for the example on paper, token by token: x1 x2 [M] x4 [M], then [S] x5 x6, then [S] x3.",
    [
      "Part A, for i from 0: first = i, second = 0",
      "for each span, for i from 0 to its length (with [START], so length + 1 times):",
      "  first = its mask, second = i + 1",
    ].join("\n"),
  ],
  errors: [{ see: /an object/, help: "Give { first, second }: two arrays of the same length." }],
  checks: [
    {
      id: "hand",
      title: "by hand: figure 2 of the paper, and edges",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong }),
    },
    {
      id: "random",
      title: "40 random layouts",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, () => randomCase(t.random)),
          expected: right,
          wrong,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, hand, right),
    },
  ],
};
