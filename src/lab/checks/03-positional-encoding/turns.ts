import type { Random } from "../random";

/** Rotations of pairs, in JavaScript's 64 bits: the right answers of two exercises, and their mistakes. */
export interface Turn {
  /** How far a pair is turned at position m: m / base^(2 i / D) for pair i of D numbers. */
  readonly angle?: (m: number, i: number, width: number, base: number) => number;
  /** Which two columns are pair i. */
  readonly columns?: (i: number, width: number) => readonly [number, number];
  /** What (a, b) becomes. */
  readonly turned?: (a: number, b: number, cos: number, sin: number) => readonly [number, number];
}

export const rightAngle = (m: number, i: number, width: number, base: number): number =>
  m * base ** ((-2 * i) / width);
const neighbours = (i: number): readonly [number, number] => [2 * i, 2 * i + 1];
export const halves = (i: number, width: number): readonly [number, number] => [i, i + width / 2];
const rotate = (a: number, b: number, cos: number, sin: number): readonly [number, number] => [
  a * cos - b * sin,
  a * sin + b * cos,
];

/** One vector, turned by its position. */
export function turnRow(row: readonly number[], m: number, base: number, turn: Turn = {}): number[] {
  const { angle = rightAngle, columns = neighbours, turned = rotate } = turn;
  const out = [...row];
  for (let i = 0; i < row.length / 2; i++) {
    const [a, b] = columns(i, row.length);
    const by = angle(m, i, row.length, base);
    [out[a], out[b]] = turned(row[a]!, row[b]!, Math.cos(by), Math.sin(by));
  }
  return out;
}

export const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * b[i]!, 0);

/** The mistakes that both exercises share: their name, and how they turn. */
export const wrongTurns: readonly (readonly [message: string, turn: Turn])[] = [
  [
    "Numbers i and i + D/2 were taken as a pair. Hugging Face's LLaMA does that; here, as in the paper, neighbours are " +
      "a pair: 0 and 1, 2 and 3, ...",
    { columns: halves },
  ],
  [
    "The angle is in degrees somewhere. Math.cos and tf.cos take radians: use m * theta as it is.",
    { angle: (...at) => (rightAngle(...at) * Math.PI) / 180 },
  ],
  [
    "The exponent is i / D. Pair i of D numbers has base^(-2 i / D): i counts pairs, and there are D / 2 of them.",
    { angle: (m, i, width, base) => m * base ** (-i / width) },
  ],
  [
    "The exponent lacks its minus: base^(+2 i / D) turns later pairs FASTER. They turn slower: base^(-2 i / D).",
    { angle: (m, i, width, base) => m * base ** ((2 * i) / width) },
  ],
  [
    "`base` was not used: this is the answer for 10000.",
    { angle: (m, i, width) => rightAngle(m, i, width, 10000) },
  ],
  ["All pairs were turned by the same angle. Pair i has its own: m * base^(-2 i / D).", { angle: (m) => m }],
];

/** Numbers from -3 to 3 with one digit, so that a learner can read them. */
export const numbersFrom = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => random.int(-30, 30) / 10);
