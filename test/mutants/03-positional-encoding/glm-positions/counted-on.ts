// expect: tokens was counted on

interface Span {
  readonly mask: number;
  readonly length: number;
}

export function glmPositions(partA: number, spans: readonly Span[]): { first: number[]; second: number[] } {
  const first = Array.from({ length: partA }, (_, i) => i);
  const second = first.map(() => 0);
  for (const { length } of spans) {
    for (let i = 0; i <= length; i++) {
      first.push(first.length);
      second.push(i + 1);
    }
  }
  return { first, second };
}
