import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { randomIds, randomSpans, type Example, type Span } from "./texts";

interface Tokens {
  readonly sentinel: number;
  readonly end: number;
}
type Args = [ids: readonly number[], spans: readonly Span[], tokens: Tokens];

interface Ways {
  readonly sentinel?: (i: number, tokens: Tokens) => number;
  /** What a span leaves in the inputs. */
  readonly hole?: (sentinel: number, span: readonly number[]) => number[];
  readonly told?: (sentinel: number, span: readonly number[]) => number[];
  readonly inputsEnd?: (tokens: Tokens) => number[];
  readonly labelsEnd?: (tokens: Tokens, spans: number) => number[];
  readonly tail?: boolean;
}

function corrupted([ids, spans, tokens]: Args, ways: Ways = {}): Example {
  const sentinel = ways.sentinel ?? ((i, { sentinel: first }) => first - i);
  const inputs: number[] = [];
  const labels: number[] = [];
  let last = 0;
  spans.forEach(({ start, end }, i) => {
    const id = sentinel(i, tokens);
    const span = ids.slice(start, end);
    inputs.push(...ids.slice(last, start), ...(ways.hole ?? ((s) => [s]))(id, span));
    labels.push(...(ways.told ?? ((s, text) => [s, ...text]))(id, span));
    last = end;
  });
  if (ways.tail ?? true) inputs.push(...ids.slice(last));
  inputs.push(...(ways.inputsEnd ?? (({ end }) => [end]))(tokens));
  labels.push(...(ways.labelsEnd ?? (({ end }) => [end]))(tokens, spans.length));
  return { inputs, labels };
}
const right = (...args: Args): Example => corrupted(args);

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "Each token of a span got a sentinel. A whole span becomes ONE sentinel, so that the model must find its length too.",
    answer: (...args) => corrupted(args, { hole: (s, span) => span.map(() => s) }),
  },
  {
    message:
      "The sentinels count up. T5's stand at the end of the vocabulary and count down: sentinel, sentinel - 1, ...",
    answer: (...args) => corrupted(args, { sentinel: (i, { sentinel }) => sentinel + i }),
  },
  {
    message:
      "All spans have the same sentinel, so nothing tells which one a span in the labels belongs to. Count down.",
    answer: (...args) => corrupted(args, { sentinel: (_, { sentinel }) => sentinel }),
  },
  {
    message: "The labels lack the sentinels: each span stands behind its own.",
    answer: (...args) => corrupted(args, { told: (_, span) => [...span] }),
  },
  {
    message: "In the labels the sentinel stands before its span, not behind it.",
    answer: (...args) => corrupted(args, { told: (s, span) => [...span, s] }),
  },
  {
    message: "The inputs lack the end token.",
    answer: (...args) => corrupted(args, { inputsEnd: () => [] }),
  },
  {
    message: "The labels lack the end token: without it a model never learns to stop.",
    answer: (...args) => corrupted(args, { labelsEnd: () => [] }),
  },
  {
    message: "Both lack the end token.",
    answer: (...args) => corrupted(args, { inputsEnd: () => [], labelsEnd: () => [] }),
  },
  {
    message:
      "The labels have one sentinel too many before the end token. (The paper's figure has it; T5's code, and this exercise, do not.)",
    answer: (...args) => corrupted(args, { labelsEnd: ({ sentinel, end }, n) => [sentinel - n, end] }),
  },
  {
    message: "The text behind the last span is lost.",
    answer: (...args) => corrupted(args, { tail: false }),
  },
  {
    message:
      "`end` of a span is the place AFTER its last id, as in slice(start, end). It looks as if it was taken as the last one.",
    answer: (ids, spans, tokens) =>
      corrupted([ids, spans.map(({ start, end }) => ({ start, end: end + 1 })), tokens]),
  },
  {
    message: "The spans are gone from the inputs without a trace: each leaves its sentinel.",
    answer: (...args) => corrupted(args, { hole: () => [] }),
  },
];

const tokens: Tokens = { sentinel: 99, end: 1 };

function randomCase(random: Random): Args {
  const ids = randomIds(random, random.int(3, 12), 10, 40);
  return [ids, randomSpans(random, ids.length), tokens];
}

export const spanCorruption: Exercise = {
  id: "span-corruption",
  fn: "spanCorruption",
  title: "T5's spans",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    "Remember where the last span ended. For each span: the text since then goes to the inputs, the span goes to the labels, and its sentinel to both.",
    [
      "inputs = [], labels = [], last = 0",
      "for span number i:",
      "  sentinel = tokens.sentinel - i",
      "  inputs: add ids from last to start, then the sentinel",
      "  labels: add the sentinel, then ids from start to end",
      "  last = end",
      "inputs: add ids from last on, then the end token",
      "labels: add the end token",
    ].join("\n"),
  ],
  errors: [
    { see: /undefined/, help: "slice(last) without a second number goes to the end of the text." },
    { see: /changed its input/, help: "splice changes the array that it is called on; slice does not." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: five ids, two spans",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [
              [10, 11, 12, 13, 14],
              [
                { start: 1, end: 3 },
                { start: 4, end: 5 },
              ],
              tokens,
            ],
            [[20, 21, 22, 23], [{ start: 1, end: 3 }], { sentinel: 50, end: 2 }],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "random",
      title: "150 random texts",
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
      title: "a span at the front, the whole text, no span",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[10, 11, 12], [{ start: 0, end: 2 }], tokens],
            [[10, 11], [{ start: 0, end: 2 }], tokens],
            [[10, 11], [], tokens],
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
            [[10, 11, 12], [{ start: 1, end: 2 }], tokens],
            [[10, 11], [{ start: 0, end: 1 }], tokens],
          ],
          right,
        ),
    },
  ],
};
