// expect: The row grew
const IGNORED = -100;

export function shiftRight(labels: number[][], start: number, pad: number): number[][] {
  const read = (id: number): number => (id === IGNORED ? pad : id);
  return labels.map((row) => [start, ...row].map(read));
}
