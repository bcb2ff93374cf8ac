/** Numbers as figures write them: rounded, with thousands set apart, the same in every locale. */

/** `value` with `digits` significant digits: enough for a picture, a fraction of the bytes. */
export function round(value: number, digits = 6): number {
  return Number.isFinite(value) ? Number(value.toPrecision(digits)) : value;
}

/** 1234567 -> "1,234,567"; 0.000123 -> "0.000123"; 1.5e-9 -> "1.5e-9"; 3.14159 -> "3.142". */
export function formatNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size < 1e-4 || size >= 1e15) return minus(trimExponent(value.toExponential(Math.min(digits - 1, 3))));
  const places = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  const [whole = "", part = ""] = value.toFixed(Math.min(places, 10)).split(".");
  const tail = part.replace(/0+$/, "");
  return minus(whole.replace(/\B(?=(\d{3})+$)/g, ",") + (tail ? `.${tail}` : ""));
}

/** A short form for axes: 1500 -> "1,500", 20000 -> "20k", 1.5e6 -> "1.5M". */
export function formatShort(value: number): string {
  const size = Math.abs(value);
  for (const [from, unit, sign] of units) if (size >= from) return formatNumber(value / unit, 4) + sign;
  return formatNumber(value, 4);
}
const units: readonly (readonly [from: number, unit: number, sign: string])[] = [
  [1e12, 1e12, "T"],
  [1e9, 1e9, "B"],
  [1e6, 1e6, "M"],
  [1e4, 1e3, "k"],
];

const minus = (text: string): string => text.replace(/^-/, "−");
const trimExponent = (text: string): string =>
  text
    .replace(/\.?0+e/, "e")
    .replace("e+", "e")
    .replace("e-", "e−");
