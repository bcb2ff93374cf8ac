import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";
import { merged } from "./words";

type Args = [symbols: readonly string[], left: string, right: string];

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      'It looks as if the merging went from right to left. From left to right, "a a a" becomes "aa a".',
    answer: (symbols, left, right) => merged(symbols, left, right, true),
  },
  {
    message: "Only the first place was merged. Go on to the end.",
    answer: (symbols, left, right) => {
      const i = symbols.findIndex((s, k) => s === left && symbols[k + 1] === right);
      return i < 0 ? [...symbols] : [...symbols.slice(0, i), left + right, ...symbols.slice(i + 2)];
    },
  },
  {
    message:
      "The right half is still there after the merge. A merge uses up both symbols: step over the second.",
    answer: (symbols, left, right) =>
      symbols.map((s, i) => (s === left && symbols[i + 1] === right ? left + right : s)),
  },
  {
    message:
      "Symbols were joined to one text and searched there, which also finds the pair inside longer symbols " +
      '("xa b" holds "a b"). Compare whole symbols.',
    answer: (symbols, left, right) =>
      symbols
        .join(" ")
        .replaceAll(`${left} ${right}`, left + right)
        .split(" "),
  },
  {
    message: "The halves of a merged symbol stand close together, with nothing between them: left + right.",
    answer: (symbols, left, right) => {
      const apart = `${left} ${right}`;
      return merged(symbols, left, right).map((s) =>
        s === left + right && !symbols.includes(s) ? apart : s,
      );
    },
  },
  {
    message: "The pair was also merged where it stands the other way round. Order counts: left, then right.",
    answer: (symbols, left, right) => {
      const out: string[] = [];
      for (let i = 0; i < symbols.length; i++) {
        const [a, b] = [symbols[i]!, symbols[i + 1]];
        const either = (a === left && b === right) || (a === right && b === left);
        out.push(either ? left + right : a);
        if (either) i++;
      }
      return out;
    },
  },
  {
    message: "The last symbol is lost. It has no right neighbour, and is kept as it is.",
    answer: (symbols, left, right) => {
      const whole = merged(symbols, left, right);
      return symbols.at(-2) === left && symbols.at(-1) === right && whole.at(-1) === left + right
        ? whole
        : whole.slice(0, -1);
    },
  },
  {
    message: "Nothing was merged.",
    answer: (symbols) => [...symbols],
  },
];

export const mergePair: Exercise = {
  id: "merge-pair",
  fn: "mergePair",
  title: "Merge a pair",
  difficulty: 2,
  importance: 5,
  minutes: 10,
  hints: [
    "Walk through the symbols with an index and build a new array. After a merge the index moves by two.",
    [
      "merged = []",
      "i = 0",
      "while i < number of symbols:",
      "  if symbols[i] is left and symbols[i + 1] is right: push left + right, i += 2",
      "  else: push symbols[i], i += 1",
    ].join("\n"),
  ],
  errors: [
    {
      see: /limit|did not end|times as long/,
      help: "splice moves everything behind it each time, so n merges cost n x n steps. Push to a new array instead.",
    },
    { see: /undefined/, help: "The last symbol has no right neighbour: symbols[i + 1] is undefined there." },
    {
      see: /changed its input/,
      help: "splice, push and sort work on the array they are given. Begin with [].",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: h u g h u",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [["h", "u", "g", "h", "u"], "h", "u"],
            [["hu", "g", "s"], "hu", "g"],
          ],
          expected: (...args) => merged(...args),
          wrong,
        }),
    },
    {
      id: "overlap",
      title: "overlapping places: a a a",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [3, 5, 4].map((n): Args => [Array.from({ length: n }, () => "a"), "a", "a"]),
          expected: (...args) => merged(...args),
          wrong,
        }),
    },
    {
      id: "random",
      title: "200 random cases, with longer symbols and the empty array",
      points: 3,
      run: (learner, t) => {
        const symbols = ["a", "b", "ab", "xa", "bx"];
        const random = Array.from({ length: 200 }, (): Args => {
          const text = Array.from({ length: t.random.int(1, 9) }, () => t.random.pick(symbols));
          return [text, t.random.pick(symbols), t.random.pick(symbols)];
        });
        return t.cases<Args>(learner, {
          args: [[["xa", "b", "a", "bx"], "a", "b"], [[], "a", "b"], ...random],
          expected: (...args) => merged(...args),
          wrong,
        });
      },
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) =>
        t.unchanged<Args>(
          learner,
          [
            [["a", "b", "a", "b"], "a", "b"],
            [["b", "a", "b"], "b", "a"],
          ],
          (...args) => merged(...args),
        ),
    },
    {
      id: "speed",
      title: "400,000 symbols in one pass",
      points: 2,
      run: (learner, t) =>
        t.growth<Args>(learner, {
          sizes: [25_000, 100_000, 400_000],
          unit: "symbols",
          make: (n) => [Array.from({ length: n }, () => "a"), "a", "a"],
          expected: (symbols) => Array.from({ length: symbols.length / 2 }, () => "aa"),
          limitMs: 1500,
          message:
            "Go through the symbols once and push to a new array: splice and slice copy the rest each time.",
        }),
    },
  ],
};
