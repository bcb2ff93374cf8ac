// expect: -100 is no token
export function shiftRight(labels: number[][], start: number, pad: number): number[][] {
  return labels.map((row) =>
    (row.length === 0 ? [] : [start, ...row.slice(0, -1)]).map((id) => (id === pad ? pad : id)),
  );
}
