// expect: took the place of the first label
const IGNORED = -100;

export function shiftRight(labels: number[][], start: number, pad: number): number[][] {
  const read = (id: number): number => (id === IGNORED ? pad : id);
  return labels.map((row) => row.map((id, i) => (i === 0 ? start : read(id))));
}
