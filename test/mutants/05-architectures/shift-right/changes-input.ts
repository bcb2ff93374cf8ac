// expect: changed its input
const IGNORED = -100;

export function shiftRight(labels: number[][], start: number, pad: number): number[][] {
  for (const row of labels) {
    if (row.length === 0) continue;
    row.pop();
    row.unshift(start);
    row.forEach((id, i) => (row[i] = id === IGNORED ? pad : id));
  }
  return labels;
}
