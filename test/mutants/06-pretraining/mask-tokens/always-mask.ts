// expect: Every chosen place became
// No random and no unchanged tokens.
interface Draw {
  readonly choose: number;
  readonly change: number;
  readonly random: number;
}
interface Example {
  readonly inputs: number[];
  readonly labels: number[];
}
const IGNORE = -100;

export function maskTokens(
  ids: readonly number[],
  tokens: { readonly mask: number; readonly special: readonly number[] },
  draws: readonly Draw[],
): Example {
  const chosen = ids.map((id, i) => draws[i].choose < 0.15 && !tokens.special.includes(id));
  const inputs = ids.map((id, i) => {
    if (!chosen[i]) return id;
    return tokens.mask;
  });
  return { inputs, labels: ids.map((id, i) => (chosen[i] ? id : IGNORE)) };
}
