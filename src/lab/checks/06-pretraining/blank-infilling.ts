import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { IGNORE, randomIds, randomSpans, type Example, type Span } from "./texts";

interface Tokens {
  readonly mask: number;
  readonly start: number;
  readonly end: number;
}
interface Blanks extends Example {
  readonly positions: number[];
  readonly blockPositions: number[];
}
type Args = [ids: readonly number[], spans: readonly Span[], order: readonly number[], tokens: Tokens];

interface Ways {
  readonly order?: (order: readonly number[]) => readonly number[];
  readonly hole?: (mask: number, length: number) => number[];
  readonly read?: (span: readonly number[], tokens: Tokens) => number[];
  readonly labels?: (span: readonly number[], tokens: Tokens) => number[];
  readonly labelA?: (id: number) => number;
  /** The first position of token i of a span, whose [MASK] stands at `place`, and which began at `start` in the text. */
  readonly position?: (place: number, i: number, start: number, index: number) => number;
  readonly block?: (i: number) => number;
}

function blanks([ids, spans, order, tokens]: Args, ways: Ways = {}): Blanks {
  const inputs: number[] = [];
  const places: number[] = [];
  let last = 0;
  for (const { start, end } of spans) {
    inputs.push(...ids.slice(last, start));
    places.push(inputs.length);
    inputs.push(...(ways.hole ?? ((mask) => [mask]))(tokens.mask, end - start));
    last = end;
  }
  inputs.push(...ids.slice(last));
  const labels = inputs.map(ways.labelA ?? (() => IGNORE));
  const positions = inputs.map((_, i) => i);
  const blockPositions = inputs.map(() => 0);
  for (const which of (ways.order ?? ((same) => same))(order)) {
    const { start, end } = spans[which]!;
    const span = ids.slice(start, end);
    const read = (ways.read ?? ((text, { start: first }) => [first, ...text]))(span, tokens);
    const said = (ways.labels ?? ((text, { end: final }) => [...text, final]))(span, tokens);
    read.forEach((_, i) => {
      positions.push((ways.position ?? ((place) => place))(places[which]!, i, start, positions.length));
      blockPositions.push((ways.block ?? ((k) => k + 1))(i));
    });
    inputs.push(...read);
    labels.push(...said);
  }
  return { inputs, labels, positions, blockPositions };
}
const right = (...args: Args): Blanks => blanks(args);

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "Part B tells the spans from left to right. They come in the order `order`: GLM shuffles them, so that each may need any other.",
    answer: (...args) => blanks(args, { order: (order) => [...order].sort((a, b) => a - b) }),
  },
  {
    message: "Each token of a span left a [MASK]. A whole span becomes ONE [MASK].",
    answer: (...args) => blanks(args, { hole: (mask, length) => new Array<number>(length).fill(mask) }),
  },
  {
    message:
      "The positions of Part B count on after Part A. All tokens of a span have the place of their [MASK].",
    answer: (...args) => blanks(args, { position: (_, __, ___, index) => index }),
  },
  {
    message:
      "The positions grow inside of a span. All its tokens have the place of their [MASK]; blockPositions does the counting.",
    answer: (...args) => blanks(args, { position: (place, i) => place + i }),
  },
  {
    message:
      "The positions of Part B are places in the ORIGINAL text. They must be places in Part A, where earlier spans are one [MASK] each: otherwise they would tell how long those are.",
    answer: (...args) => blanks(args, { position: (_, __, start) => start }),
  },
  {
    message: "The positions start at 1. Count from 0 here (the paper's figure counts from 1).",
    answer: (...args) => {
      const made = blanks(args);
      return { ...made, positions: made.positions.map((each) => each + 1) };
    },
  },
  {
    message: "blockPositions starts at 0 in a span. 0 belongs to Part A; a span's start token has 1.",
    answer: (...args) => blanks(args, { block: (i) => i }),
  },
  {
    message:
      "The labels of Part B are the tokens themselves, which stand in the inputs just there. The label is the NEXT token of the span, the end token after the last.",
    answer: (...args) => blanks(args, { labels: (span, { start }) => [start, ...span] }),
  },
  {
    message:
      "In Part B the inputs end with the end token and lack the start token. The start token is read first, the end token is only said.",
    answer: (...args) => blanks(args, { read: (span, { end }) => [...span, end] }),
  },
  {
    message: "Part A has labels. It is given, so its labels are IGNORE.",
    answer: (...args) => blanks(args, { labelA: (id) => id }),
  },
  {
    message: "In Part A the [MASK] places have no label either: the spans are asked for in Part B only.",
    answer: (ids, spans, order, tokens) =>
      blanks([ids, spans, order, tokens], { labelA: (id) => (id === tokens.mask ? tokens.start : IGNORE) }),
  },
];

const tokens: Tokens = { mask: 5, start: 6, end: 7 };
const two = [
  { start: 2, end: 3 },
  { start: 4, end: 6 },
];

function randomCase(random: Random): Args {
  const ids = randomIds(random, random.int(3, 10), 10, 40);
  const spans = randomSpans(random, ids.length);
  const order: number[] = [];
  while (order.length < spans.length) {
    const next = random.int(0, spans.length - 1);
    if (!order.includes(next)) order.push(next);
  }
  return [ids, spans, order, tokens];
}

export const blankInfilling: Exercise = {
  id: "blank-infilling",
  fn: "blankInfilling",
  title: "GLM's blanks",
  difficulty: 4,
  importance: 3,
  minutes: 30,
  hints: [
    "Build Part A first and note for each span where its [MASK] stands. Then Part B is a loop over `order`.",
    [
      "Part A: for each span: text since the last span, then mask; note the mask's place; at the end the rest of the text",
      "labels: IGNORE, positions: 0, 1, 2, ..., blockPositions: 0, for all of Part A",
      "for which of order:",
      "  inputs: start, then the span        labels: the span, then end",
      "  for i from 0 to the span's length: positions gets the mask's place, blockPositions gets i + 1",
    ].join("\n"),
    "In Part B a span of n ids has n + 1 tokens: start and the ids are read, the ids and end are said.",
  ],
  errors: [
    {
      see: /undefined/,
      help: "order holds numbers of spans: spans[which], and the place that you noted for that one.",
    },
    { see: /changed its input/, help: "Do not sort or splice what you were given; slice makes a copy." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: the paper's figure 2",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[11, 12, 13, 14, 15, 16], two, [1, 0], tokens],
            [[10, 11, 12, 13], [{ start: 1, end: 3 }], [0], tokens],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "random",
      title: "150 random texts in random order",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 150 }, () => randomCase(t.random)),
          expected: right,
          wrong,
        }),
    },
    {
      id: "edges",
      title: "spans at both ends, the whole text, no span",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [
              [10, 11, 12, 13],
              [
                { start: 0, end: 1 },
                { start: 2, end: 4 },
              ],
              [1, 0],
              tokens,
            ],
            [[10, 11, 12], [{ start: 0, end: 3 }], [0], tokens],
            [[10, 11], [], [], tokens],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) =>
        t.unchanged<Args>(
          learner,
          [
            [[11, 12, 13, 14, 15, 16], two, [1, 0], tokens],
            [[10, 11], [{ start: 0, end: 1 }], [0], tokens],
          ],
          right,
        ),
    },
  ],
};
