import { emit } from "../trace";
import type { Shape, Value } from "../trace";
import { constant } from "./constants";
import { t, typeOf } from "./types";

/** Operations of StableHLO that slide a window over a tensor: convolution and pooling. */

const list = (numbers: readonly number[]): string => numbers.join(", ");
const pairs = (low: readonly number[], high: readonly number[]): string =>
  low.map((n, i) => `[${n}, ${high[i]}]`).join(", ");

export interface Convolution {
  /** Which axis is what, e.g. "[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]". */
  readonly axes: string;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Steps between the elements of x and of the filter: zeros are thought between them. */
  readonly spreadX: readonly number[];
  readonly spreadFilter: readonly number[];
  /** Channels in groups, each with filters of its own. */
  readonly groups?: number;
  /** The batch in groups, each with filters of its own (for the gradient of grouped filters). */
  readonly batchGroups?: number;
}

export function convolution(x: Value, filter: Value, conv: Convolution): Value {
  const { shape, groups = 1, batchGroups = 1 } = conv;
  return emit(
    `stablehlo.convolution(${x.ref}, ${filter.ref}) dim_numbers = ${conv.axes}, window = ` +
      `{stride = [${list(conv.strides)}], pad = [${pairs(conv.low, conv.high)}], ` +
      `lhs_dilate = [${list(conv.spreadX)}], rhs_dilate = [${list(conv.spreadFilter)}]} ` +
      `{batch_group_count = ${batchGroups} : i64, feature_group_count = ${groups} : i64} : ` +
      `(${t(x)}, ${t(filter)}) -> ${typeOf(shape, x.type)}`,
    shape,
    x.type,
  );
}

/** A window over all axes of a tensor (1 where it does not slide). */
export interface Windows {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const attributes = ({ sizes, strides, low, high }: Windows): string =>
  `window_dimensions = array<i64: ${list(sizes)}>, window_strides = array<i64: ${list(strides)}>, ` +
  `padding = dense<[${pairs(low, high)}]> : tensor<${low.length}x2xi64>`;

/** Folds each window into one element, beginning with `init`, which is also what lies outside of x. */
export function reduceWindow(
  op: "add" | "multiply" | "maximum",
  x: Value,
  init: number,
  windows: Windows,
): Value {
  const { sizes, strides, low, high } = windows;
  const shape = x.shape.map((n, i) => Math.floor((n + low[i]! + high[i]! - sizes[i]!) / strides[i]!) + 1);
  const start = constant(init, [], x.type);
  const one = typeOf([], x.type);
  return emit(
    `"stablehlo.reduce_window"(${x.ref}, ${start.ref}) <{${attributes(windows)}}> ({\n` +
      `    ^bb0(%a: ${one}, %b: ${one}):\n` +
      `      %both = stablehlo.${op} %a, %b : ${one}\n` +
      `      stablehlo.return %both : ${one}\n    }) : ` +
      `(${t(x)}, ${one}) -> ${typeOf(shape, x.type)}`,
    shape,
    x.type,
  );
}

/** Adds each element of `source` to the place in its window where x is largest (the first of equals). */
export function scatterToLargest(x: Value, source: Value, windows: Windows): Value {
  const start = constant(0, [], x.type);
  const one = typeOf([], x.type);
  return emit(
    `"stablehlo.select_and_scatter"(${x.ref}, ${source.ref}, ${start.ref}) <{${attributes(windows)}}> ({\n` +
      `    ^bb0(%a: ${one}, %b: ${one}):\n` +
      `      %first = stablehlo.compare GE, %a, %b : (${one}, ${one}) -> tensor<i1>\n` +
      `      stablehlo.return %first : tensor<i1>\n    }, {\n` +
      `    ^bb0(%c: ${one}, %d: ${one}):\n` +
      `      %both = stablehlo.add %c, %d : ${one}\n` +
      `      stablehlo.return %both : ${one}\n    }) : ` +
      `(${t(x)}, ${t(source)}, ${one}) -> ${t(x)}`,
    x.shape,
    x.type,
  );
}
