import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";
import { compute, numbersOf, read, value24, type Tree } from "./formulas24";

type Args = [numbers: readonly number[], solution: string];

const counted = (list: readonly number[]): string => [...list].sort((a, b) => a - b).join();
const unlike = (list: readonly number[]): string => [...new Set(list)].sort((a, b) => a - b).join();

/** One question of the judge turned into a mistake. */
interface Ways {
  readonly readable?: (solution: string) => Tree | undefined;
  readonly uses?: (used: readonly number[], given: readonly number[]) => boolean;
  readonly is24?: (tree: Tree) => boolean;
}

function judge([numbers, solution]: Args, ways: Ways = {}): string {
  const { readable = read, uses = (used, given) => counted(used) === counted(given) } = ways;
  const { is24 = (tree) => value24(tree) === "24" } = ways;
  const tree = readable(solution);
  if (tree === undefined) return "unreadable";
  if (!uses(numbersOf(tree), numbers)) return "wrong numbers";
  return is24(tree) ? "solved" : "not 24";
}
const right = (...args: Args): string => judge(args);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (...args) => judge(args, ways),
});

/** What a text is when it is run as a program, without asking what it is. */
const asProgram = (numbers: readonly number[], solution: string): string => {
  const tricks = [
    "[4, 6].reduce((a, b) => a * b)",
    "4 * 6 // 7",
    "4 * (6)",
    "4 * 6;",
    "4, 24",
    "Math.max(4, 24)",
  ];
  if (!tricks.includes(solution)) return right(numbers, solution);
  return counted((solution.match(/\d+/g) ?? []).map(Number)) === counted(numbers)
    ? "solved"
    : "wrong numbers";
};

const wrong: readonly Wrong<Args>[] = [
  mistake("8 / (3 - 8 / 3) is 24, exactly. In floating point it is 23.99999999999999: work with fractions.", {
    is24: (tree) => compute(tree) === 24,
  }),
  mistake("Nearly 24 is not 24. Floating point with a tolerance takes both: work with fractions.", {
    is24: (tree) => Math.abs(compute(tree) - 24) < 1e-9,
  }),
  mistake("Nearly 24 is not 24. Floating point with a tolerance takes both: work with fractions.", {
    is24: (tree) => Math.abs(compute(tree) - 24) < 1e-6,
  }),
  mistake("What is divided by 0 is not 24, also where the numerator is 24 times 0.", {
    is24: (tree) => value24(tree) === "24" || value24(tree) === "division by 0",
  }),
  mistake(
    "A number was used that is not given, or twice: the numbers must be just those given, each as often.",
    {
      uses: () => true,
    },
  ),
  mistake("All given numbers must be used. Here some are left over.", {
    uses: (used, given) => {
      const left = [...given];
      return used.every((n) => left.includes(n) && left.splice(left.indexOf(n), 1).length === 1);
    },
  }),
  mistake("The same KINDS of numbers are there, but not as often as given: [3, 3, 8] is not [3, 8, 8].", {
    uses: (used, given) => unlike(used) === unlike(given),
  }),
  mistake(
    "Each used number is one of those given, but that is not enough: each must be used as often as it is given.",
    {
      uses: (used, given) => used.every((n) => given.includes(n)),
    },
  ),
  mistake("The numbers may stand in whatever order: sort both before you compare.", {
    uses: (used, given) => used.join() === given.join(),
  }),
  mistake(
    "sort() without a function puts 10 before 4, which is no harm if BOTH lists are sorted that way. One is not.",
    {
      uses: (used, given) => [...used].sort().join() === counted(given),
    },
  ),
  mistake("The text goes on after a solution, and that was not read. It must be one to its END.", {
    readable: (solution) => longestBeginning(solution),
  }),
  mistake("A parenthesis is missing at the end, and it was accepted.", {
    readable: (solution) => read(solution) ?? read(`${solution})`),
  }),
  mistake('A sign was accepted. Only whole numbers without one: "-3" is unreadable.', {
    readable: (solution) => read(solution.replace(/(^|\()\s*-/g, "$1 0 -")),
    uses: (used, given) => counted(used.filter((n) => n > 0)) === counted(given),
  }),
  mistake('A space inside of a number was accepted: "1 3" is two numbers, not 13.', {
    readable: (solution) => read(solution.replaceAll(" ", "")),
  }),
  mistake("* and / must bind before + and -: 4 + 5 * 4 is 24, and not 36.", {
    readable: (solution) => read(solution, true),
  }),
  mistake("- and / were worked out from the RIGHT: 30 - 4 - 2 is 24, not 28.", {
    is24: (tree) => value24(tree, true) === "24",
  }),
  {
    message:
      "It was run as a program (eval, Function). Read it yourself: what is no sum of numbers is unreadable.",
    answer: asProgram,
  },
  mistake("Only its value was asked for. First: can it be read; then: does it use the numbers.", {
    readable: (solution) => read(solution) ?? read("0"),
  }),
];

/** The longest beginning that can be read. */
function longestBeginning(text: string): Tree | undefined {
  for (let end = text.length; end > 0; end--) {
    const tree = read(text.slice(0, end));
    if (tree) return tree;
  }
  return undefined;
}

const operators = ["+", "-", "*", "/"] as const;

/** A random formula of the numbers, with parentheses where they are needed and sometimes where not. */
function formula(random: Random, numbers: readonly number[]): string {
  const left = numbers.map(String);
  while (left.length > 1) {
    const [a] = left.splice(random.int(0, left.length - 1), 1);
    const at = random.int(0, left.length - 1);
    const text = `${a} ${random.pick(operators)} ${left[at]}`;
    left[at] = left.length > 1 && random.next() < 0.7 ? `(${text})` : text;
  }
  return left[0]!;
}

/** Sums and products that make 24, of numbers drawn at random. */
function made(random: Random): Args {
  const [a, b, c] = [random.int(2, 9), random.int(2, 9), random.int(2, 5)];
  const text = random.pick([
    (x: number) => [`${a} + ${b} + ${x}`, [a, b, x], 24 - a - b] as const,
    (x: number) => [`${x} - ${a} - ${b}`, [x, a, b], 24 + a + b] as const,
    (x: number) => [`${x} + ${a} * ${c}`, [x, a, c], 24 - a * c] as const,
    (x: number) => [`${x} / ${a} / ${c}`, [x, a, c], 24 * a * c] as const,
    (x: number) => [`(${x} - ${a}) * ${c} / ${c}`, [x, a, c, c], 24 + a] as const,
    (x: number) => [`${a} * (${x} - ${b}) / ${a}`, [a, x, b, a], 24 + b] as const,
  ]);
  const [, , x] = text(0);
  if (x < 0) return made(random);
  const [solution, numbers] = text(x);
  return [[...numbers].sort((m, n) => m - n), solution];
}

export const judge24: Exercise = {
  id: "judge24",
  fn: "judge24",
  title: "A judge of the game of 24",
  difficulty: 4,
  importance: 4,
  minutes: 45,
  hints: [
    "Cut the text into tokens first: whole numbers, and single other signs. Then three functions, each for one line of the grammar, that " +
      "call each other. What does each give back?",
    [
      "tokens = matches of digits, or any one sign that is no space; at = 0",
      "sum(): value = product(); while the next token is + or -: take it; value = value with product()",
      "product(): the same with * and / and single()",
      'single(): a number: note it, give [number, 1]; "(": give sum(), and then ")" must come; else: unreadable',
      "value = sum(); unreadable unless all went well and no token is left",
      "wrong numbers unless the noted ones, sorted, are the given ones, sorted",
      "solved if d is not 0 and n = 24 d, else not 24",
    ].join("\n"),
    "Fractions: a/b + c/d = (a d + c b) / (b d); a/b / (c/d) = a d / (b c). A denominator of 0 means that it was divided by 0, and it must " +
      "stay so: 0 times anything is 0.",
    "Tokens: solution.match(/\\d+|\\S/g) ?? []. Two numbers with a space between are two tokens, so nothing reads them as one.",
  ],
  errors: [
    {
      see: /call stack|did not end/i,
      help: "Each function must take a token (at++) before it calls itself again.",
    },
    {
      see: /undefined/,
      help: 'After the last token there is none: tokens[at] is undefined. Use tokens[at] ?? "".',
    },
    {
      see: /SyntaxError|not defined/,
      help: "That is JavaScript that ran the model's text. Do not: no eval, no Function.",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: solved, wrong numbers, not 24, unreadable",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[4, 9, 10, 13], "(13 - 9) * (10 - 4)"],
            [[4, 9, 10, 13], "4 * 6"],
            [[4, 6], "4 + 6"],
            [[4, 6], "four times six"],
            [[4, 5, 4], "4 + 5 * 4"],
            [[30, 4, 2], "30 - 4 - 2"],
            [[96, 2, 2], "96 / 2 / 2"],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "random",
      title: "80 random formulas",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 80 }, (_, i): Args => {
            if (i % 2 === 0) return made(t.random);
            const numbers = Array.from({ length: t.random.int(2, 4) }, () => t.random.int(1, 13));
            return [[...numbers].sort((a, b) => a - b), formula(t.random, numbers)];
          }),
          expected: right,
          wrong,
        }),
    },
    {
      id: "numbers",
      title: "each number as often as it is given",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[3, 8, 8], "3 * 8"],
            [[3, 8], "3 * 8"],
            [[3, 3, 8], "8 * 3 + 8 - 8"],
            [[3, 3, 8, 8], "3 * 8 + 3 - 3"],
            [[4, 6, 10], "10 * 4 - 10 - 6"],
            [[10, 4, 2], "2 * 10 + 4"],
            [[24], "24"],
            [[1, 24], "24"],
            [[4, 6], "46 - 22"],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "fractions",
      title: "exactly 24, and nothing near to it; division by 0",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[3, 3, 8, 8], "8 / (3 - 8 / 3)"],
            [[1, 3, 4, 6], "6 / (1 - 3 / 4)"],
            [[5, 5, 5, 1], "5 * (5 - 1 / 5)"],
            [[100, 240000001, 100000], "240000001 / 100 / 100000"],
            [[10000000, 240000000, 2400000001, 1], "2400000001 / 10000000 / 10000000"],
            [[1000, 1000, 24000001], "24000001 / 1000 / 1000"],
            [[10, 100000, 1000000, 24], "24 + 10 / 100000 / 1000000"],
            [[10000, 1000000, 24, 1], "24 + 1 / 1000000 / 10000"],
            [[24, 5, 5], "24 / (5 - 5)"],
            [[24, 3, 3, 1], "1 / (3 - 3) + 24"],
            [[24, 3, 3, 1], "24 + 1 * (3 - 3)"],
            [[4, 6, 1, 1, 1], "4 * 6 / (1 / (1 - 1))"],
            [[3, 3, 3, 3], "(3 - 3) / (3 - 3)"],
            [[24, 5, 5, 1, 1], "24 + (5 - 5) / (1 - 1)"],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "unreadable",
      title: "texts that are none: programs, signs, what is missing",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[4, 6], "[4, 6].reduce((a, b) => a * b)"],
            [[4, 6, 7], "4 * 6 // 7"],
            [[4, 6], "4 * 6;"],
            [[4, 24], "4, 24"],
            [[4, 24], "Math.max(4, 24)"],
            [[4, 6], "4 * (6"],
            [[4, 6], "4 * 6)"],
            [[4, 6], "(4)(6)"],
            [[3, 27], "-3 + 27"],
            [[1, 3, 11], "1 3 + 11"],
            [[4, 6], "4 * 6 ="],
            [[4, 6], "4 * 6 = 24"],
            [[4, 6], "4 *"],
            [[4, 6], ""],
            [[2, 4], "2 ** 4"],
            [[4, 6], "()4 * 6"],
            [[4, 6], "4 * (6)"],
            [[12, 2], "12 * 2"],
          ],
          expected: right,
          wrong,
        }),
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) => t.unchanged<Args>(learner, [[[13, 4, 10, 9], "(13 - 9) * (10 - 4)"], [[6, 4], "6 + 4"]], right), // prettier-ignore
    },
  ],
};
