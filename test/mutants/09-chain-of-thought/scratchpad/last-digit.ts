// expect: total is written without its tens
// Writes the digit of the sum only.
export function scratchpad(a: number, b: number): string {
  const steps: string[] = [];
  let [left, right, carry] = [a, b, 0];
  do {
    const [x, y] = [left % 10, right % 10];
    const total = x + y + carry;
    steps.push(`${x}+${y}+${carry}=${total % 10}`);
    [left, right, carry] = [Math.floor(left / 10), Math.floor(right / 10), Math.floor(total / 10)];
  } while (left > 0 || right > 0);
  return `${steps.join(" ")}#${a + b}`;
}
