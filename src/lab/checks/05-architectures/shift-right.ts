import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

type Args = [labels: readonly (readonly number[])[], start: number, pad: number];

const IGNORED = -100;
const read = (id: number, pad: number): number => (id === IGNORED ? pad : id);
const shifted = (row: readonly number[], start: number): number[] =>
  row.length === 0 ? [] : [start, ...row.slice(0, -1)];
const right = (labels: readonly (readonly number[])[], start: number, pad: number): number[][] =>
  labels.map((row) => shifted(row, start).map((id) => read(id, pad)));
const eachRow =
  (change: (row: readonly number[], start: number, pad: number) => number[]) =>
  (labels: readonly (readonly number[])[], start: number, pad: number): number[][] =>
    labels.map((row) => change(row, start, pad));

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "The row was shifted to the LEFT: at place t the decoder reads the next label, the answer itself.",
    answer: eachRow((row, start, pad) => [...row.slice(1), start].map((id) => read(id, pad))),
  },
  {
    message: "The row grew. The last label is what the last place must guess; nobody reads it: drop it.",
    answer: eachRow((row, start, pad) => [start, ...row].map((id) => read(id, pad))),
  },
  {
    message: "The start token is missing: rows became shorter, and the first label has nothing before it.",
    answer: eachRow((row, _start, pad) => row.slice(0, -1).map((id) => read(id, pad))),
  },
  {
    message:
      "The start token took the place of the first label, and nothing moved: at place t the decoder reads label t, the " +
      "very answer it must guess.",
    answer: eachRow((row, start, pad) =>
      row.length === 0 ? [] : [start, ...row.slice(1).map((id) => read(id, pad))],
    ),
  },
  {
    message: "-100 is no token: there is no row of the embedding for it. The decoder reads `pad` there.",
    answer: eachRow((row, start) => shifted(row, start)),
  },
  {
    message: "The labels are unchanged: the decoder reads the answer itself.",
    answer: eachRow((row, _start, pad) => row.map((id) => read(id, pad))),
  },
  {
    message: "Ignored labels became the start token. They are read as `pad`.",
    answer: eachRow((row, start) => shifted(row, start).map((id) => read(id, start))),
  },
  {
    message:
      "Ignored labels were left out, so that rows became shorter. Keep their places, and read `pad` there.",
    answer: eachRow((row, start) => shifted(row, start).filter((id) => id !== IGNORED)),
  },
  {
    message: "The last label came round to the front. The first place reads the start token.",
    answer: eachRow((row, _start, pad) =>
      row.length === 0 ? [] : [row.at(-1)!, ...row.slice(0, -1)].map((id) => read(id, pad)),
    ),
  },
];

const hand: readonly [Args, Args, ...Args[]] = [
  [
    [
      [7, 8, 1],
      [9, 1, IGNORED],
    ],
    0,
    3,
  ],
  [[[5, 6, 7, 1]], 2, 2],
  [[[4]], 0, 0],
];

function randomCase(random: Random): Args {
  const length = random.int(1, 6);
  const row = (): number[] => {
    const real = random.int(1, length);
    return Array.from({ length }, (_, i) => (i < real ? random.int(4, 30) : IGNORED));
  };
  const pad = random.int(0, 3);
  return [Array.from({ length: random.int(1, 4) }, row), (pad + random.int(0, 3)) % 4, pad];
}

export const shiftRight: Exercise = {
  id: "shift-right",
  fn: "shiftRight",
  title: "What the decoder reads",
  difficulty: 1,
  importance: 5,
  minutes: 5,
  hints: [
    "Write labels and inputs under each other. At each place the decoder may know all labels to the left, and not its own.",
    "for each row: [start, then all labels but the last], with pad where a label is IGNORED",
    "row.slice(0, -1) is the row without its last item, as a new array.",
  ],
  errors: [
    {
      see: /the answer itself|very answer/,
      help: "A model that reads its answer learns to copy, and nothing else.",
    },
    { see: /changed its input/, help: "unshift and pop change the row of whoever called. Build a new one." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: hand, expected: right, wrong }),
    },
    {
      id: "random",
      title: "60 random batches, and one without places",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [...Array.from({ length: 60 }, () => randomCase(t.random)), [[[], []], 0, 1]],
          expected: right,
          wrong,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 2,
      run: (learner, t) => t.unchanged<Args>(learner, hand, right),
    },
  ],
};
