// expect: filled up on the right
// Puts the zeros on the wrong side.
export function scratchpad(a: number, b: number): string {
  const places = Math.max(String(a).length, String(b).length);
  const [left, right] = [a, b].map((n) => [...String(n).padEnd(places, "0")].reverse().map(Number));
  let carry = 0;
  const steps = left.map((x, i) => {
    const total = x + right[i] + carry;
    const step = `${x}+${right[i]}+${carry}=${total}`;
    carry = Math.floor(total / 10);
    return step;
  });
  return `${steps.join(" ")}#${a + b}`;
}
