/**
 * Lines of StableHLO in plain words, for learners who read a compiled program for the first time. Only the common
 * operations are known; of others the name is said. Source: https://openxla.org/stablehlo/spec
 */

/** What an operation does to each element, or to each pair of elements. */
const elementwise: Readonly<Record<string, (a: string, b: string) => string>> = {
  add: (a, b) => `${a} + ${b}`,
  subtract: (a, b) => `${a} − ${b}`,
  multiply: (a, b) => `${a} × ${b}`,
  divide: (a, b) => `${a} ÷ ${b}`,
  maximum: (a, b) => `the larger of ${a} and ${b}`,
  minimum: (a, b) => `the smaller of ${a} and ${b}`,
  power: (a, b) => `${a} to the power of ${b}`,
  exponential: (a) => `e to the power of ${a}`,
  log: (a) => `the logarithm of ${a}`,
  tanh: (a) => `tanh of ${a}`,
  logistic: (a) => `the sigmoid of ${a}`,
  negate: (a) => `−${a}`,
  sqrt: (a) => `the root of ${a}`,
  rsqrt: (a) => `1 ÷ the root of ${a}`,
  abs: (a) => `${a} without its sign`,
  sign: (a) => `the sign of ${a}`,
  and: (a, b) => `${a} and ${b}`,
  or: (a, b) => `${a} or ${b}`,
  not: (a) => `not ${a}`,
  is_finite: (a) => `is ${a} finite?`,
};

const reductions: Readonly<Record<string, string>> = {
  add: "the sum",
  maximum: "the largest",
  minimum: "the smallest",
  multiply: "the product",
  or: "whether any is true",
  and: "whether all are true",
};

const numbers: Readonly<Record<string, string>> = {
  "0xFF800000": "−∞",
  "0x7F800000": "∞",
  "0x7FC00000": "NaN (not a number)",
};

const comparisons: Readonly<Record<string, string>> = {
  EQ: "=",
  NE: "≠",
  LT: "<",
  LE: "≤",
  GT: ">",
  GE: "≥",
};

/** What the line does, in words. */
export function explainLine(code: string): string {
  if (code.startsWith("module")) return "the module: one program and its name";
  const types = [...code.matchAll(/tensor<([^<>]*)>/g)].map((match) => shapeOf(match[1]!));
  const [first = "", last = ""] = [types[0], types.at(-1)];
  if (code.startsWith("func.func"))
    return `what goes in and what comes out, with shapes; the result is ${last}`;
  if (code.startsWith("return") || code.startsWith("func.return")) return "the result of the program";
  const name = /stablehlo\.(\w+)/.exec(code)?.[1] ?? "";
  const [a = "", b = "", c = ""] = (code.replace(/^%[^=]*= /, "").match(/%[\w#]+/g) ?? []).slice(0, 3);
  const each = Object.hasOwn(elementwise, name) ? elementwise[name] : undefined;
  if (each !== undefined) return `${each(a, b)}, element by element, ${last}`;
  switch (name) {
    case "constant": {
      const value = /dense<([^>]*)>/.exec(code)?.[1] ?? "";
      return value.startsWith("[")
        ? `numbers that are fixed, ${last}`
        : `the number ${numbers[value] ?? value}${last === "[]" ? "" : `, ${last}`}`;
    }
    case "reduce": {
      const by = /applies stablehlo\.(\w+)/.exec(code)?.[1] ?? "";
      const axes = /dimensions = \[([\d, ]*)\]/.exec(code)?.[1] ?? "";
      return `${reductions[by] ?? by} of ${a} along axis ${axes}: ${first} becomes ${last}`;
    }
    case "reshape":
      return `the same numbers in another shape: ${first} becomes ${last}`;
    case "broadcast_in_dim":
      return `${a} repeated: ${first} becomes ${last}`;
    case "transpose":
      return `axes in another order: ${first} becomes ${last}`;
    case "dot_general":
      return `matrix product of ${a} and ${b}: ${first} and ${types[1] ?? ""} become ${last}`;
    case "compare": {
      const sign = comparisons[/stablehlo\.compare\s+(\w+)/.exec(code)?.[1] ?? ""] ?? "?";
      return a === b && sign === "≠"
        ? `is ${a} ≠ itself? True for NaN only, ${last}`
        : `is ${a} ${sign} ${b}? True or false for each element, ${last}`;
    }
    case "select":
      return `where ${a} is true ${b}, elsewhere ${c}, ${last}`;
    case "convert":
      return `the same numbers in another type, ${last}`;
    default:
      return `the operation ${name}, ${last}`;
  }
}

/** "2x3xf32" -> "[2, 3]"; a single number has the empty shape []. */
function shapeOf(type: string): string {
  return `[${type.split("x").slice(0, -1).join(", ")}]`;
}
