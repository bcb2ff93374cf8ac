/** Formulas of whole numbers, read and worked out exactly: what the checks of the game of 24 compare with. */

type Operator = "+" | "-" | "*" | "/";

/** A number, or a row of formulas that operators of one rank join. */
export type Tree = number | { readonly first: Tree; readonly rest: readonly (readonly [Operator, Tree])[] };

const ranks: readonly (readonly Operator[])[] = [
  ["+", "-"],
  ["*", "/"],
];
const noRanks = [ranks.flat()];

/**
 * The formula of a text, by recursive descent; undefined where the text is none, to its end.
 * @param flat all operators have the same rank
 */
export function read(text: string, flat = false): Tree | undefined {
  const tokens = text.match(/\d+|\S/g) ?? [];
  const order = flat ? noRanks : ranks;
  let at = 0;
  const row = (rank: number): Tree | undefined => {
    const operators = order[rank];
    if (operators === undefined) return single();
    const first = row(rank + 1);
    const rest: (readonly [Operator, Tree])[] = [];
    while (operators.includes(tokens[at] as Operator)) {
      const operator = tokens[at++] as Operator;
      const next = row(rank + 1);
      if (next === undefined) return undefined;
      rest.push([operator, next]);
    }
    return first === undefined || rest.length === 0 ? first : { first, rest };
  };
  const single = (): Tree | undefined => {
    const token = tokens[at++] ?? "";
    if (/^\d+$/.test(token)) return Number(token);
    const inner = token === "(" ? row(0) : undefined;
    return inner !== undefined && tokens[at++] === ")" ? inner : undefined;
  };
  const tree = row(0);
  return at < tokens.length ? undefined : tree;
}

/** All numbers of a formula, from the left. */
export const numbersOf = (tree: Tree): number[] =>
  typeof tree === "number" ? [tree] : [tree.first, ...tree.rest.map(([, each]) => each)].flatMap(numbersOf);

/** Works out a formula with numbers of some kind. */
function work<N>(
  tree: Tree,
  made: (n: number) => N,
  apply: (a: N, operator: Operator, b: N) => N,
  fromRight = false,
): N {
  if (typeof tree === "number") return made(tree);
  const value = (each: Tree): N => work(each, made, apply, fromRight);
  if (!fromRight) return tree.rest.reduce((sum, [operator, each]) => apply(sum, operator, value(each)), value(tree.first)); // prettier-ignore
  const [[operator, second], ...others] = tree.rest as [readonly [Operator, Tree], ...(readonly [Operator, Tree])[]]; // prettier-ignore
  const right: Tree = others.length === 0 ? second : { first: second, rest: others };
  return apply(value(tree.first), operator, value(right));
}

/** In floating point. */
export const compute = (tree: Tree): number =>
  work(
    tree,
    (n) => n,
    (a, operator, b) =>
      operator === "+" ? a + b : operator === "-" ? a - b : operator === "*" ? a * b : a / b,
  );

/** Exact; undefined where it was divided by 0. */
type Fraction = readonly [n: bigint, d: bigint] | undefined;

function apply(a: Fraction, operator: Operator, b: Fraction): Fraction {
  if (!a || !b) return undefined;
  const [[an, ad], [bn, bd]] = [a, b];
  if (operator === "+") return [an * bd + bn * ad, ad * bd];
  if (operator === "-") return [an * bd - bn * ad, ad * bd];
  if (operator === "*") return [an * bn, ad * bd];
  return bn === 0n ? undefined : [an * bd, ad * bn];
}

export type Value24 = "24" | "division by 0" | "other";

/** @param fromRight 30 - 4 - 2 as 30 - (4 - 2) */
export function value24(tree: Tree, fromRight = false): Value24 {
  const value = work<Fraction>(tree, (n) => [BigInt(n), 1n], apply, fromRight);
  if (value === undefined) return "division by 0";
  return value[0] === 24n * value[1] ? "24" : "other";
}
