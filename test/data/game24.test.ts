import assert from "node:assert/strict";
import fc from "fast-check";
import { makeRng } from "../../src/engine";
import {
  canWin,
  combine,
  fraction,
  fractionText,
  game24,
  game24Key,
  game24Lines,
  game24Move,
  game24Moves,
  isHeldOutHand,
  isWon,
} from "../../src/data";

const whole = fc.integer({ min: 1, max: 13 });
const fractions = fc.record({ n: fc.integer({ min: -99, max: 99 }), d: fc.integer({ min: 1, max: 99 }) });

describe("fractions", () => {
  it("are in lowest terms and agree with floating-point numbers", () => {
    assert.deepEqual([fraction(6, -4), fraction(0, -5), fraction(7)], [{ n: -3, d: 2 }, { n: 0, d: 1 }, { n: 7, d: 1 }]); // prettier-ignore
    assert.deepEqual([fractionText(fraction(6, -4)), fractionText(fraction(4, 2))], ["-3/2", "2"]);
    fc.assert(
      fc.property(fractions, fractions, (x, y) => {
        const [a, b] = [fraction(x.n, x.d), fraction(y.n, y.d)];
        const [p, q] = [x.n / x.d, y.n / y.d];
        const wanted = { "+": p + q, "-": p - q, "*": p * q, "/": p / q };
        for (const operator of ["+", "-", "*", "/"] as const) {
          const made = combine(a, operator, b);
          if (operator === "/" && b.n === 0) assert.equal(made, undefined);
          else assert.ok(made && Math.abs(made.n / made.d - wanted[operator]) < 1e-9);
        }
      }),
    );
  });
});

describe("the game of 24", () => {
  it("a move takes two numbers and puts one back; others are refused", () => {
    const state = game24([13, 4, 9, 10]);
    assert.equal(game24Key(state), "4 9 10 13");
    const next = game24Move(state, fraction(13), "-", fraction(9));
    assert.equal(next && game24Key(next), "4 4 10");
    assert.deepEqual(next?.moves, ["13 - 9 = 4"]);
    assert.equal(game24Move(state, fraction(4), "+", fraction(4)), undefined, "there is one 4");
    assert.equal(game24Move(state, fraction(5), "+", fraction(4)), undefined);
    assert.equal(game24Move(game24([0, 3]), fraction(3), "/", fraction(0)), undefined);
  });

  it("all moves of 2 and 4: 6, 2, -2, 8, 2 again, 1/2", () => {
    const keys = game24Moves(game24([2, 4])).map(game24Key);
    assert.deepEqual(keys, ["6", "2", "-2", "8", "1/2"]);
  });

  const known: readonly [number[], boolean][] = [
    [[4, 9, 10, 13], true],
    [[3, 3, 8, 8], true], // only with fractions: 8 / (3 - 8 / 3)
    [[1, 5, 5, 5], true], // only with fractions: 5 * (5 - 1 / 5)
    [[1, 1, 1, 1], false],
    [[24], true],
    [[23], false],
    [[3, 8], true],
  ];
  for (const [numbers, wanted] of known)
    it(`${numbers.join(" ")}: ${wanted}`, () => assert.equal(canWin(game24(numbers)), wanted));

  it("of the 1,820 hands of four numbers from 1 to 13, 1,362 can be won", function () {
    this.timeout(300_000);
    const cache = new Map<string, boolean>();
    let [hands, won] = [0, 0];
    for (let a = 1; a <= 13; a++)
      for (let b = a; b <= 13; b++)
        for (let c = b; c <= 13; c++)
          for (let d = c; d <= 13; d++) {
            hands++;
            if (canWin(game24([a, b, c, d]), cache)) won++;
          }
    assert.deepEqual([hands, won], [1820, 1362]);
  });

  it("a hand can be won if and only if some move leaves one that can; moves keep numbers sorted and count down", () => {
    fc.assert(
      fc.property(fc.array(whole, { minLength: 2, maxLength: 3 }), (numbers) => {
        const state = game24(numbers);
        const moves = game24Moves(state);
        assert.equal(
          canWin(state),
          moves.some((next) => isWon(next) || canWin(next)),
        );
        for (const next of moves) {
          assert.equal(next.numbers.length, numbers.length - 1);
          const values = next.numbers.map(({ n, d }) => n / d);
          assert.deepEqual(
            values,
            [...values].sort((a, b) => a - b),
          );
        }
      }),
    );
  });

  it("numbers that are not whole are named", () => {
    assert.throws(() => game24([1, 2.5]), /must be whole, got \[1, 2\.5\]/);
    assert.throws(() => game24([]), /must be whole, got \[\]/);
  });
});

describe("lines that teach the game of 24", () => {
  const draw = (part: "train" | "test", seed: number) => game24Lines({ count: 120, part }, makeRng(seed));

  it("proposals keep 24 within reach, judgements are true and of both kinds; a seed repeats", () => {
    const lines = draw("train", 3);
    assert.deepEqual(lines, draw("train", 3));
    const said: string[] = [];
    lines.forEach(({ question, answer }, i) => {
      const numbers = question.slice(0, -1).split(" ").map((text) => text.split("/").map(Number) as [number, number?]); // prettier-ignore
      const state = { numbers: numbers.map(([n, d]) => fraction(n, d)), moves: [] };
      if (i % 2 === 0) {
        assert.match(question, /^[-\d/ ]+:$/);
        const next = game24Moves(state).find(({ moves }) => moves[0]?.replace(" = ", "=") === answer);
        assert.ok(next && canWin(next), `${question}${answer}`);
      } else {
        assert.match(question, /^[-\d/ ]+\?$/);
        assert.equal(answer, canWin(state) ? "y" : "n", question);
        said.push(answer);
      }
    });
    const share = said.filter((each) => each === "y").length / said.length;
    assert.ok(share > 0.3 && share < 0.85, `${share}`);
  });

  it("no hand is in both parts", () => {
    const hands = (part: "train" | "test", seed: number): string[] =>
      draw(part, seed).flatMap(({ question }) =>
        question.split(" ").length === 4 ? [question.slice(0, -1)] : [],
      );
    const numbers = (hand: string): number[] => hand.split(" ").map(Number);
    const [train, test] = [hands("train", 1), hands("test", 2)];
    assert.ok(train.length > 20 && test.length > 20);
    assert.ok(train.every((hand) => !isHeldOutHand(numbers(hand).reverse())));
    assert.ok(test.every((hand) => isHeldOutHand(numbers(hand).reverse())));
  });

  it("a bad count is named", () => {
    assert.throws(() => game24Lines({ count: 0, part: "test" }, makeRng(1)), /count must be a whole number from 1, got 0/); // prettier-ignore
  });
});
