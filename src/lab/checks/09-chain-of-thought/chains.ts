/** A sum with its scratchpad: "12+9=2+9+0=11 1+0+1=2#21". */
export function written(a: number, b: number): string {
  const steps: string[] = [];
  let carry = 0;
  for (let place = 1; place === 1 || place <= Math.max(a, b); place *= 10) {
    const [x, y] = [Math.floor(a / place) % 10, Math.floor(b / place) % 10];
    const total = x + y + carry;
    steps.push(`${x}+${y}+${carry}=${total}`);
    carry = total > 9 ? 1 : 0;
  }
  return `${a}+${b}=${steps.join(" ")}#${a + b}`;
}
