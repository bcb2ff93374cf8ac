// expect: Every place has a label
// Asks for every place.
interface Draw {
  readonly choose: number;
  readonly change: number;
  readonly random: number;
}
interface Example {
  readonly inputs: number[];
  readonly labels: number[];
}

export function maskTokens(
  ids: readonly number[],
  tokens: { readonly mask: number; readonly special: readonly number[] },
  draws: readonly Draw[],
): Example {
  const chosen = ids.map((id, i) => draws[i].choose < 0.15 && !tokens.special.includes(id));
  const inputs = ids.map((id, i) => {
    if (!chosen[i]) return id;
    if (draws[i].change < 0.8) return tokens.mask;
    return draws[i].change < 0.9 ? draws[i].random : id;
  });
  return { inputs, labels: [...ids] };
}
