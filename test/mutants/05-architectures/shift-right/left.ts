// expect: shifted to the LEFT
const IGNORED = -100;

export function shiftRight(labels: number[][], start: number, pad: number): number[][] {
  const read = (id: number): number => (id === IGNORED ? pad : id);
  return labels.map((row) => [...row.slice(1), start].map(read));
}
