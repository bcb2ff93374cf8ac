import { strict as assert } from "node:assert";

/** How far a number may lie from its reference: |got - expected| <= absolute + relative |expected|. */
export interface Tolerance {
  readonly relative?: number;
  readonly absolute?: number;
}

/** Compares numbers one by one; the message names the worst place. NaN equals only NaN, infinity only itself. */
export function assertClose(
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  what: string,
  { relative = 1e-5, absolute = 1e-6 }: Tolerance = {},
): void {
  assert.equal(got.length, expected.length, `${what}: number of values`);
  let worst = { excess: 0, at: -1 };
  for (let i = 0; i < got.length; i++) {
    if (Object.is(got[i], expected[i]) || got[i] === expected[i]) continue;
    const excess = Math.abs(got[i] - expected[i]) - absolute - relative * Math.abs(expected[i]);
    if (!(excess <= worst.excess)) worst = { excess, at: i };
  }
  if (worst.at < 0) return;
  assert.fail(`${what}: value ${worst.at} is ${got[worst.at]}, expected ${expected[worst.at]}`);
}
