import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

type Args = [a: number, b: number];

/** One habit of the writer turned into a mistake. */
interface Ways {
  readonly carryOf?: (total: number) => number;
  readonly places?: (a: string, b: string) => number;
  /** Digits in the order in which they are added. */
  readonly digits?: (text: string, places: number) => number[];
  readonly step?: (x: number, y: number, carry: number, total: number) => string;
  readonly joined?: (steps: readonly string[]) => string;
  readonly answer?: (a: number, b: number) => string;
  /** A step of its own for the carry that is left. */
  readonly lastCarry?: boolean;
}

const fromRight = (text: string, places: number): number[] =>
  Array.from({ length: places }, (_, i) => Number(text[text.length - 1 - i] ?? 0));

function written(a: number, b: number, ways: Ways = {}): string {
  const { carryOf = (total) => Math.floor(total / 10), digits = fromRight } = ways;
  const { joined = (steps) => steps.join(" "), answer = (m, n) => `#${m + n}` } = ways;
  const { places = (m, n) => Math.max(m.length, n.length) } = ways;
  const { step = (x, y, carry, total) => `${x}+${y}+${carry}=${total}` } = ways;
  const count = places(String(a), String(b));
  const [left, right] = [digits(String(a), count), digits(String(b), count)];
  const steps: string[] = [];
  let carry = 0;
  for (let i = 0; i < count; i++) {
    const total = left[i]! + right[i]! + carry;
    steps.push(step(left[i]!, right[i]!, carry, total));
    carry = carryOf(total);
  }
  if (ways.lastCarry === true && carry > 0) steps.push(step(0, 0, carry, carry));
  return joined(steps) + answer(a, b);
}
const right = (...[a, b]: Args): string => written(a, b);

const mistake = (message: string, ways: Ways): Wrong<Args> => ({
  message,
  answer: (a, b) => written(a, b, ways),
});

const wrong: readonly Wrong<Args>[] = [
  mistake("The carry is lost: the tens of a total are the carry of the NEXT step.", { carryOf: () => 0 }),
  mistake("The digits are added from the LEFT. A carry goes to the left, so begin at the right.", {
    digits: (text, places) => fromRight(text, places).reverse(),
  }),
  mistake("The total is written without its tens. Write all of it: 5+8+0=13.", {
    step: (x, y, carry, total) => `${x}+${y}+${carry}=${total % 10}`,
  }),
  mistake("The carry that is left at the end got a step of its own. It shows in the last total already.", {
    lastCarry: true,
  }),
  mistake(
    "It stops with the SHORTER number. The longer one says how many steps there are; the other goes on with zeros.",
    { places: (a, b) => Math.min(a.length, b.length) },
  ),
  mistake(
    "The shorter number was filled up on the right: 7 became 70. Its last digit stands under the other's last.",
    { digits: (text, places) => fromRight(text.padEnd(places, "0"), places) },
  ),
  mistake("It always has as many steps as a has digits, and b may be longer.", {
    places: (a) => a.length,
  }),
  mistake("The carry is not written into the steps: x+y+carry=total.", {
    step: (x, y, _, total) => `${x}+${y}=${total}`,
  }),
  mistake('The answer is missing: "#" and the sum stand at the end.', { answer: () => "" }),
  mistake('There is a space before "#". It follows the last step at once.', {
    answer: (a, b) => ` #${a + b}`,
  }),
  mistake("Steps are joined by one space, and nothing else.", { joined: (steps) => steps.join("") }),
  mistake("The steps stand in the wrong order: the first one written is that of the LAST digits.", {
    joined: (steps) => [...steps].reverse().join(" "),
  }),
  mistake("Each carry is 1, also where the total is below 10.", { carryOf: () => 1 }),
];

const ofDigits = (random: Random, digits: number): number =>
  random.int(digits === 1 ? 0 : 10 ** (digits - 1), 10 ** digits - 1);

export const scratchpad: Exercise = {
  id: "scratchpad",
  fn: "scratchpad",
  title: "The scratchpad of a sum",
  difficulty: 2,
  importance: 5,
  minutes: 20,
  hints: [
    "The last digit of n is n % 10; what is left without it is Math.floor(n / 10). What does this give for a total of 13?",
    [
      "carry = 0",
      "as long as a or b has digits left (once at least):",
      "  x, y = their last digits (0 where there is none left)",
      "  total = x + y + carry; write the step",
      "  carry = tens of total; take the last digits away",
      'steps joined by " ", then "#" and the sum',
    ].join("\n"),
    "0 has one digit: do { ... } while (left > 0 || right > 0) runs once for 0 and 0.",
  ],
  errors: [
    { see: /NaN|undefined/, help: "The shorter number has no digit there: text[-1] is undefined. Use 0." },
    { see: /did not end/, help: "A while loop must make its numbers smaller: left = Math.floor(left / 10)." },
    { see: /\.\d/, help: "n / 10 has a fraction: the carry and what is left need Math.floor." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: three digits, and numbers of unlike length",
      points: 4,
      run: (learner, t) => t.cases<Args>(learner, { args: [[345, 678], [95, 7], [7, 95], [123, 456]], expected: right, wrong }), // prettier-ignore
    },
    {
      id: "random",
      title: "60 random sums of 1 to 6 digits",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 60 }, (): Args => {
            const digits = t.random.int(1, 6);
            return [ofDigits(t.random, digits), ofDigits(t.random, digits)];
          }),
          expected: right,
          wrong,
        }),
    },
    {
      id: "unlike",
      title: "one number longer than the other, both ways",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 40 }, (_, i): Args => {
            const [long, short] = [ofDigits(t.random, t.random.int(4, 6)), ofDigits(t.random, t.random.int(1, 3))]; // prettier-ignore
            return i % 2 === 0 ? [long, short] : [short, long];
          }),
          expected: right,
          wrong,
        }),
    },
    {
      id: "edges",
      title: "zeros, and carries that run through",
      points: 2,
      run: (learner, t) => t.cases<Args>(learner, { args: [[0, 0], [9, 1], [999, 1], [0, 1000], [999999, 999999], [500, 500]], expected: right, wrong }), // prettier-ignore
    },
  ],
};
