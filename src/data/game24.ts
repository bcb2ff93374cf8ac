/**
 * The game of 24: four numbers, each used once, are to make 24 by + - * /. A state is the numbers that are left; a move
 * takes two of them and puts back one. Arithmetic is exact, in fractions, so 8 / (3 - 8 / 3) is 24 and not nearly.
 */

/** A number as a fraction in lowest terms; the denominator is at least 1. */
export interface Fraction {
  readonly n: number;
  readonly d: number;
}

export const fraction = (n: number, d = 1): Fraction => {
  const by = gcd(Math.abs(n), Math.abs(d)) * (d < 0 ? -1 : 1);
  return { n: n / by + 0, d: d / by }; // + 0: no minus zero
};

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** "7", "-3", "8/3". */
export const fractionText = ({ n, d }: Fraction): string => (d === 1 ? `${n}` : `${n}/${d}`);

export type Operator = "+" | "-" | "*" | "/";

/** @returns undefined where it divides by 0 */
export function combine(a: Fraction, operator: Operator, b: Fraction): Fraction | undefined {
  if (operator === "+") return fraction(a.n * b.d + b.n * a.d, a.d * b.d);
  if (operator === "-") return fraction(a.n * b.d - b.n * a.d, a.d * b.d);
  if (operator === "*") return fraction(a.n * b.n, a.d * b.d);
  return b.n === 0 ? undefined : fraction(a.n * b.d, a.d * b.n);
}

/** The numbers that are left, smallest first, and the moves so far: "13 - 9 = 4". */
export interface Game24State {
  readonly numbers: readonly Fraction[];
  readonly moves: readonly string[];
}

/** @throws RangeError unless there are whole numbers, one at least */
export function game24(numbers: readonly number[]): Game24State {
  if (numbers.length === 0 || !numbers.every((n) => Number.isSafeInteger(n)))
    throw new RangeError(`game24: the numbers must be whole, got [${numbers.join(", ")}]`);
  return { numbers: ordered(numbers.map((n) => fraction(n))), moves: [] };
}

/** "4 9 10 13": what is left, which is all that matters for the rest. */
export const game24Key = ({ numbers }: Game24State): string => numbers.map(fractionText).join(" ");

/**
 * The state after a move.
 * @returns undefined where the numbers are not there (each is there as often as it is left), or it divides by 0
 */
export function game24Move(
  state: Game24State,
  a: Fraction,
  operator: Operator,
  b: Fraction,
): Game24State | undefined {
  const left = [...state.numbers];
  for (const used of [a, b]) {
    const at = left.findIndex(({ n, d }) => n === used.n && d === used.d);
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  const made = combine(a, operator, b);
  if (!made) return undefined;
  const move = `${fractionText(a)} ${operator} ${fractionText(b)} = ${fractionText(made)}`;
  return { numbers: ordered([...left, made]), moves: [...state.moves, move] };
}

/** All states that one move leads to, each once: of moves that leave the same numbers the first. */
export function game24Moves(state: Game24State): Game24State[] {
  const { numbers } = state;
  const found = new Map<string, Game24State>();
  for (let i = 0; i < numbers.length; i++)
    for (let j = i + 1; j < numbers.length; j++) {
      const [small, large] = [numbers[i] as Fraction, numbers[j] as Fraction];
      const pairs = [[small, "+", large], [large, "-", small], [small, "-", large], [small, "*", large], [large, "/", small], [small, "/", large]] as const; // prettier-ignore
      for (const [a, operator, b] of pairs) {
        const next = game24Move(state, a, operator, b);
        if (next && !found.has(game24Key(next))) found.set(game24Key(next), next);
      }
    }
  return [...found.values()];
}

/** One number is left, and it is 24. */
export const isWon = ({ numbers: [only, ...rest] }: Game24State): boolean =>
  rest.length === 0 && only?.n === 24 && only.d === 1;

/** Whether 24 can still be reached, by trying everything. `known` keeps what was found, by `game24Key`. */
export function canWin(state: Game24State, known = new Map<string, boolean>()): boolean {
  if (state.numbers.length === 1) return isWon(state);
  const key = game24Key(state);
  const before = known.get(key);
  if (before !== undefined) return before;
  const result = game24Moves(state).some((next) => canWin(next, known));
  known.set(key, result);
  return result;
}

const ordered = (numbers: readonly Fraction[]): Fraction[] =>
  [...numbers].sort((a, b) => a.n / a.d - b.n / b.d);
