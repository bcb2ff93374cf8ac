import * as hlo from "../hlo";
import type { Value } from "../trace";
import { rule } from "./registry";

/**
 * Einstein summation with any number of operands, repeated labels ("ii->i") and "...". Two operands at a time go
 * into one product; a label that no later operand and no result has is summed there.
 */

/** An operand and the labels of its axes. */
interface Term {
  readonly x: Value;
  readonly labels: readonly string[];
}

rule<Record<string, Value>, { equation: string }>("Einsum", (list, { equation }) => {
  const { terms, result } = parse(equation, Object.values(list));
  const [first, ...rest] = terms.map(diagonal) as [Term, ...Term[]];
  const product = rest.reduce((left, right, i) => {
    const later = new Set([...result, ...rest.slice(i + 1).flatMap(({ labels }) => labels)]);
    return multiply(left, right, later);
  }, first);
  const summed = sumOut(product, (label) => !result.includes(label));
  const order = result.map((label) => summed.labels.indexOf(label));
  const missing = order.indexOf(-1);
  if (missing >= 0) throw new Error(`einsum "${equation}": no operand has the label ${result[missing]}`);
  return hlo.transpose(summed.x, order);
});

/** Labels of each axis; the axes of "..." are labelled from the right: ".0" is the last one. */
function parse(equation: string, xs: readonly Value[]): { terms: Term[]; result: string[] } {
  const [left, right, ...more] = equation.replace(/\s/g, "").split("->");
  const parts = left!.split(",");
  if (right === undefined || more.length > 0)
    throw new Error(`einsum "${equation}": the equation needs one "->" before its result`);
  if (parts.length !== xs.length)
    throw new Error(`einsum "${equation}": the equation has ${parts.length} operands, the call ${xs.length}`);
  const sizes = new Map<string, number>();
  const raw = parts.map((part, i) => {
    const { shape } = xs[i]!;
    const free = shape.length - part.replace("...", "").length;
    const labels = labelsOf(part, free);
    if (labels.length !== shape.length)
      throw new RangeError(`einsum "${equation}": "${part}" does not fit [${shape.join(", ")}]`);
    labels.forEach((label, axis) => {
      const [known, n] = [sizes.get(label), shape[axis]!];
      const stretches = label.startsWith(".") && (known === 1 || n === 1);
      if (known !== undefined && known !== n && !stretches)
        throw new RangeError(`einsum "${equation}": the label ${label} has the sizes ${known} and ${n}`);
      if (known === undefined || known === 1) sizes.set(label, n);
    });
    return { x: xs[i]!, labels };
  });
  // An axis of 1 under "..." stretches to its partner: without it the product does the same.
  const terms = raw.map(({ x, labels }) => {
    const kept = labels.flatMap((label, axis) => (x.shape[axis] === sizes.get(label) ? [axis] : []));
    const shape = kept.map((axis) => x.shape[axis]!);
    return { x: hlo.reshape(x, shape), labels: kept.map((axis) => labels[axis]!) };
  });
  const free = [...sizes.keys()].filter((label) => label.startsWith(".")).length;
  return { terms, result: labelsOf(right, free) };
}

function labelsOf(part: string, free: number): string[] {
  const dots = Array.from({ length: Math.max(0, free) }, (_, i) => `.${free - 1 - i}`);
  return part.split("...").flatMap((letters, i) => [...(i > 0 ? dots : []), ...letters]);
}

/** Keeps the elements whose places on axes of one label are equal: "ii" becomes "i". */
function diagonal({ x, labels }: Term): Term {
  const again = labels.findIndex((label, axis) => labels.indexOf(label) < axis);
  if (again < 0) return { x, labels };
  const first = labels.indexOf(labels[again]!);
  const equal = hlo.compare("EQ", hlo.iota(x.shape, first), hlo.iota(x.shape, again));
  const only = hlo.select(equal, x, hlo.constant(0, x.shape, x.type));
  return diagonal({
    x: hlo.reduce("add", only, [again], 0),
    labels: labels.filter((_, axis) => axis !== again),
  });
}

function sumOut({ x, labels }: Term, unwanted: (label: string) => boolean): Term {
  const axes = labels.flatMap((label, axis) => (unwanted(label) ? [axis] : []));
  return { x: hlo.reduce("add", x, axes, 0), labels: labels.filter((label) => !unwanted(label)) };
}

function multiply(left: Term, right: Term, later: ReadonlySet<string>): Term {
  const a = sumOut(left, (label) => !later.has(label) && !right.labels.includes(label));
  const b = sumOut(right, (label) => !later.has(label) && !left.labels.includes(label));
  const shared = a.labels.filter((label) => b.labels.includes(label));
  const pairs = (labels: readonly string[]) =>
    labels.map((label) => [a.labels.indexOf(label), b.labels.indexOf(label)] as const);
  const batch = shared.filter((label) => later.has(label));
  const summed = shared.filter((label) => !later.has(label));
  const own = (term: Term): string[] => term.labels.filter((label) => !shared.includes(label));
  return {
    x: hlo.dot(a.x, b.x, { batch: pairs(batch), contract: pairs(summed) }),
    labels: [...batch, ...own(a), ...own(b)],
  };
}
