const norm = (vector: readonly number[]): number => Math.hypot(...vector);
const minus = (a: readonly number[], b: readonly number[]): number[] => a.map((v, i) => v - b[i]!);

/** |given - numerical| / (|given| + |numerical|), and 0 where both are all zeros. */
export function relativeError(given: readonly number[], numerical: readonly number[]): number {
  const length = norm(given) + norm(numerical);
  return length === 0 ? 0 : norm(minus(given, numerical)) / length;
}

/** Other numbers that are called an error; each from the learner's own numerical gradient. */
export const otherErrors: readonly [
  message: string,
  of: (given: readonly number[], n: readonly number[]) => number,
][] = [
  [
    "0 / 0 is NaN: where both gradients are all zeros they are equal, and the error is 0.",
    (given, n) => norm(minus(given, n)) / (norm(given) + norm(n)),
  ],
  [
    "This is the absolute difference. 0.01 is much beside 0.02 and nothing beside 1000: divide by |given| + |numerical|.",
    (given, n) => norm(minus(given, n)),
  ],
  [
    "The difference was divided by the length of one gradient only. Divide by the sum of both lengths: then the error " +
      "lies between 0 and 1, whichever is wrong.",
    (given, n) => norm(minus(given, n)) / norm(given),
  ],
  [
    "The difference was divided by the length of one gradient only. Divide by the sum of both lengths.",
    (given, n) => norm(minus(given, n)) / norm(n),
  ],
  [
    "The difference was divided by the longer gradient. Divide by the sum of both lengths.",
    (given, n) => norm(minus(given, n)) / Math.max(norm(given), norm(n)),
  ],
  [
    "These are squares: the length of a vector is the ROOT of the sum of its squares. `norm` gives it.",
    (given, n) => norm(minus(given, n)) ** 2 / (norm(given) ** 2 + norm(n) ** 2),
  ],
  [
    "The lengths were compared, not the vectors: (3, 0) and (0, 3) are equally long. Take the norm of the difference.",
    (given, n) => Math.abs(norm(given) - norm(n)) / (norm(given) + norm(n)),
  ],
];
