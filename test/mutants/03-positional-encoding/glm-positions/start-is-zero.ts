// expect: second position of \[START\] is 1

interface Span {
  readonly mask: number;
  readonly length: number;
}

export function glmPositions(partA: number, spans: readonly Span[]): { first: number[]; second: number[] } {
  const first = Array.from({ length: partA }, (_, i) => i);
  const second = first.map(() => 0);
  for (const { mask, length } of spans) {
    for (let i = 0; i <= length; i++) {
      first.push(mask);
      second.push(i);
    }
  }
  return { first, second };
}
