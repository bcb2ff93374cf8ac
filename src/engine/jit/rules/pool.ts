import * as hlo from "../hlo";
import { reduceWindow, scatterToLargest } from "../hlo";
import type { Windows } from "../hlo";
import type { Shape, Value } from "../trace";
import { poolGeometry } from "./geometry";
import type { Geometry, WindowAttrs } from "./geometry";
import { rule } from "./registry";

/** Pools of 2 and 3 axes and their gradients. */

type PoolAttrs = WindowAttrs & { readonly filterSize: number | number[] };

const geometryOf = (x: Value, attrs: PoolAttrs): Geometry => poolGeometry(x.shape, attrs.filterSize, attrs);

/** Numbers for the axes of the image, and `other` for batch and channels. */
const over = (g: Geometry, sizes: readonly number[], other: number): number[] =>
  g.channelsLast ? [other, ...sizes, other] : [other, other, ...sizes];

const windowsOf = (g: Geometry): Windows => ({
  sizes: over(g, g.kernel, 1),
  strides: over(g, g.strides, 1),
  low: over(g, g.low, 0),
  high: over(g, g.high, 0),
});

/** How many elements of the image each window sees, in the shape of the result: padding does not count. */
function counts(shape: Shape, g: Geometry): Value {
  const first = g.channelsLast ? 1 : 2;
  return g.output
    .map((n, i) => {
      const seen = Array.from({ length: n }, (_, place) => {
        const from = place * g.strides[i]! - g.low[i]!;
        return Math.min(from + g.kernel[i]!, g.input[i]!) - Math.max(from, 0);
      });
      return hlo.broadcastInDim(hlo.constants(seen, [n], "f32"), shape, [first + i]);
    })
    .reduce((product, axis) => hlo.binary("multiply", product, axis));
}

for (const kernel of ["MaxPool", "MaxPool3D"]) {
  rule<{ x: Value }, PoolAttrs>(kernel, ({ x }, attrs) => {
    const least = x.type === "i32" ? -(2 ** 31) : -Infinity;
    return reduceWindow("maximum", x, least, windowsOf(geometryOf(x, attrs)));
  });
}

for (const kernel of ["MaxPoolGrad", "MaxPool3DGrad"]) {
  rule<{ dy: Value; input: Value }, PoolAttrs>(kernel, ({ dy, input: x }, attrs) =>
    scatterToLargest(x, dy, windowsOf(geometryOf(x, attrs))),
  );
}

for (const kernel of ["AvgPool", "AvgPool3D"]) {
  rule<{ x: Value }, PoolAttrs>(kernel, ({ x }, attrs) => {
    const g = geometryOf(x, attrs);
    const sum = reduceWindow("add", x, 0, windowsOf(g));
    return hlo.binary("divide", sum, counts(sum.shape, g));
  });
}

for (const kernel of ["AvgPoolGrad", "AvgPool3DGrad"]) {
  rule<{ dy: Value; input: Value }, PoolAttrs>(kernel, ({ dy, input: x }, attrs) => {
    const g = geometryOf(x, attrs);
    const share = hlo.binary("divide", dy, counts(dy.shape, g));
    // dy spread by the strides; each element of x then adds up the windows that saw it.
    const low = g.kernel.map((k, i) => k - 1 - g.low[i]!);
    const high = g.input.map(
      (n, i) => n - (g.output[i]! - 1) * g.strides[i]! - 1 - low[i]! + g.kernel[i]! - 1,
    );
    const gaps = g.strides.map((stride) => stride - 1);
    const spread = hlo.pad(
      share,
      hlo.constant(0, [], x.type),
      over(g, low, 0),
      over(g, high, 0),
      over(g, gaps, 0),
    );
    const none = x.shape.map(() => 0);
    return reduceWindow("add", spread, 0, {
      sizes: over(g, g.kernel, 1),
      strides: x.shape.map(() => 1),
      low: none,
      high: none,
    });
  });
}
