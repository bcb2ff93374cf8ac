// expect: from the LEFT
// Goes through the digits as they are written.
export function scratchpad(a: number, b: number): string {
  const places = Math.max(String(a).length, String(b).length);
  const [left, right] = [String(a).padStart(places, "0"), String(b).padStart(places, "0")];
  let carry = 0;
  const steps = [...left].map((digit, i) => {
    const total = Number(digit) + Number(right[i]) + carry;
    const step = `${digit}+${right[i]}+${carry}=${total}`;
    carry = Math.floor(total / 10);
    return step;
  });
  return `${steps.join(" ")}#${a + b}`;
}
