// expect: labels of Part B are the tokens themselves
// Asks for what is read.
interface Span {
  readonly start: number;
  readonly end: number;
}
interface Blanks {
  readonly inputs: number[];
  readonly labels: number[];
  readonly positions: number[];
  readonly blockPositions: number[];
}
const IGNORE = -100;

export function blankInfilling(
  ids: readonly number[],
  spans: readonly Span[],
  order: readonly number[],
  tokens: { readonly mask: number; readonly start: number; readonly end: number },
): Blanks {
  const inputs: number[] = [];
  const masks: number[] = [];
  let last = 0;
  for (const { start, end } of spans) {
    inputs.push(...ids.slice(last, start));
    masks.push(inputs.length);
    inputs.push(tokens.mask);
    last = end;
  }
  inputs.push(...ids.slice(last));
  const labels = inputs.map(() => IGNORE);
  const positions = inputs.map((_, place) => place);
  const blockPositions = inputs.map(() => 0);
  for (const which of order) {
    const span = ids.slice(spans[which].start, spans[which].end);
    inputs.push(tokens.start, ...span);
    labels.push(tokens.start, ...span);
    for (let i = 0; i <= span.length; i++) {
      positions.push(masks[which]);
      blockPositions.push(i + 1);
    }
  }
  return { inputs, labels, positions, blockPositions };
}
