// expect: place AFTER its last id
// Takes one id too many.
interface Span {
  readonly start: number;
  readonly end: number;
}
interface Example {
  readonly inputs: number[];
  readonly labels: number[];
}

export function spanCorruption(
  ids: readonly number[],
  spans: readonly Span[],
  tokens: { readonly sentinel: number; readonly end: number },
): Example {
  const inputs: number[] = [];
  const labels: number[] = [];
  let last = 0;
  spans.forEach(({ start, end }, i) => {
    const sentinel = tokens.sentinel - i;
    inputs.push(...ids.slice(last, start), sentinel);
    labels.push(sentinel, ...ids.slice(start, end + 1));
    last = end + 1;
  });
  inputs.push(...ids.slice(last), tokens.end);
  labels.push(tokens.end);
  return { inputs, labels };
}
