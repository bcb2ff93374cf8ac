/** How many letters must be put in, taken out, changed or swapped with their neighbour to make b of a (Damerau 1964). */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(Math.min(changed, row[j]! + 1, next[j - 1]! + 1, swapped ? before[j - 2]! + 1 : Infinity));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}

/** A sentence for the end of an error, ` Did you mean "ana"?`: the known name that is closest, capitals apart. */
export function closest(name: string, known: readonly string[]): string {
  const short = name.slice(0, 200);
  const far = (other: string): number => editDistance(short.toLowerCase(), other.slice(0, 200).toLowerCase());
  const [best] = [...known].sort((a, b) => far(a) - far(b));
  return best === undefined ? "" : ` Did you mean "${best}"?`;
}
