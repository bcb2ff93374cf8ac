import * as hlo from "../hlo";
import { convolution } from "../hlo";
import type { Value } from "../trace";
import { finished } from "./fused";
import type { FusedAttrs, FusedInputs } from "./fused";
import { convolutionGeometry } from "./geometry";
import type { Geometry, WindowAttrs } from "./geometry";
import { rule } from "./registry";

/**
 * Convolutions and their gradients, in 2 and 3 axes (tf.conv1d is a conv2d of height 1). Filters are [k..., in, out];
 * depthwise ones [k..., channels, multiple], where output channel c * multiple + m sees input channel c only.
 *
 * The gradients are convolutions too: that of the input slides the turned filter over dy spread by the strides, that
 * of the filter slides dy over the input, with batch and channels in exchanged parts.
 */

const spaces = (g: Geometry): string[] => g.input.map((_, i) => String(i));
const ones = (g: Geometry): number[] => g.input.map(() => 1);

/** The axes of an image whose first and last roles are `batch` and `feature`. */
const image = (g: Geometry, batch = "b", feature = "f"): string =>
  `[${(g.channelsLast ? [batch, ...spaces(g), feature] : [batch, feature, ...spaces(g)]).join(", ")}]`;
const kernel = (g: Geometry, from: string, to: string): string => `[${[...spaces(g), from, to].join(", ")}]`;

const imageShape = (g: Geometry, batch: number, sizes: readonly number[], channels: number): number[] =>
  g.channelsLast ? [batch, ...sizes, channels] : [batch, channels, ...sizes];

function convolve(x: Value, filter: Value, g: Geometry, groups: number): Value {
  return convolution(x, filter, {
    axes: `${image(g)}x${kernel(g, "i", "o")}->${image(g)}`,
    shape: imageShape(g, x.shape[0]!, g.output, filter.shape[filter.shape.length - 1]!),
    strides: g.strides,
    low: g.low,
    high: g.high,
    spreadX: ones(g),
    spreadFilter: g.dilations,
    groups,
  });
}

/** @param filter [k..., in of a group, out] as in the forward pass, with the axes of channels named by `axes` */
function inputGradient(
  dy: Value,
  filter: Value,
  g: Geometry,
  axes: string,
  channels: number,
  groups = 1,
): Value {
  const reach = g.kernel.map((k, i) => (k - 1) * g.dilations[i]!);
  const low = reach.map((n, i) => n - g.low[i]!);
  const high = g.input.map((n, i) => n - (g.output[i]! - 1) * g.strides[i]! - 1 - low[i]! + reach[i]!);
  const turned = hlo.reverse(
    filter,
    g.input.map((_, i) => i),
  );
  return convolution(dy, turned, {
    axes: `${image(g)}x${axes}->${image(g)}`,
    shape: imageShape(g, dy.shape[0]!, g.input, channels),
    strides: ones(g),
    low,
    high,
    spreadX: g.strides,
    spreadFilter: g.dilations,
    groups,
  });
}

/** The batch is summed over, so it plays the part of the channels; the channels that of the batch. */
function filterGradient(x: Value, dy: Value, g: Geometry, shape: readonly number[], batchGroups = 1): Value {
  const high = g.input.map(
    (n, i) => (g.kernel[i]! - 1) * g.dilations[i]! + (g.output[i]! - 1) * g.strides[i]! + 1 - n - g.low[i]!,
  );
  return convolution(x, dy, {
    axes: `${image(g, "f", "b")}x${image(g, "i", "o")}->${kernel(g, "b", "f")}`,
    shape,
    strides: g.dilations,
    low: g.low,
    high,
    spreadX: ones(g),
    spreadFilter: g.strides,
    batchGroups,
  });
}

interface ConvInputs {
  readonly x: Value;
  readonly filter: Value;
}

const conv = ({ x, filter }: ConvInputs, attrs: WindowAttrs): Value =>
  convolve(x, filter, convolutionGeometry(x.shape, filter.shape, attrs), 1);

function depthwise({ x, filter }: ConvInputs, attrs: WindowAttrs): Value {
  const g = convolutionGeometry(x.shape, filter.shape, attrs, true);
  const [channels, multiple] = filter.shape.slice(-2) as [number, number];
  const grouped = hlo.reshape(filter, [...g.kernel, 1, channels * multiple]);
  return convolve(x, grouped, g, channels);
}

for (const kernelName of ["Conv2D", "Conv3D"]) rule<ConvInputs, WindowAttrs>(kernelName, conv);
rule<ConvInputs, WindowAttrs>("DepthwiseConv2dNative", depthwise);

type InputAttrs = WindowAttrs & { readonly inputShape: number[] };
type FilterAttrs = WindowAttrs & { readonly filterShape: number[] };

for (const kernelName of ["Conv2DBackpropInput", "Conv3DBackpropInputV2"]) {
  rule<{ dy: Value; filter: Value }, InputAttrs>(kernelName, ({ dy, filter }, attrs) => {
    const g = convolutionGeometry(attrs.inputShape, filter.shape, attrs);
    return inputGradient(dy, filter, g, kernel(g, "o", "i"), filter.shape[filter.shape.length - 2]!);
  });
}

for (const kernelName of ["Conv2DBackpropFilter", "Conv3DBackpropFilterV2"]) {
  rule<{ x: Value; dy: Value }, FilterAttrs>(kernelName, ({ x, dy }, attrs) =>
    filterGradient(x, dy, convolutionGeometry(x.shape, attrs.filterShape, attrs), attrs.filterShape),
  );
}

rule<{ dy: Value; filter: Value }, InputAttrs>(
  "DepthwiseConv2dNativeBackpropInput",
  ({ dy, filter }, attrs) => {
    const g = convolutionGeometry(attrs.inputShape, filter.shape, attrs, true);
    const [channels] = filter.shape.slice(-2) as [number, number];
    return inputGradient(dy, filter, g, kernel(g, "o", "i"), channels, channels);
  },
);

rule<{ x: Value; dy: Value }, FilterAttrs>("DepthwiseConv2dNativeBackpropFilter", ({ x, dy }, attrs) => {
  const { filterShape } = attrs;
  const g = convolutionGeometry(x.shape, filterShape, attrs, true);
  const [channels, multiple] = filterShape.slice(-2) as [number, number];
  const grouped = filterGradient(x, dy, g, [...g.kernel, 1, channels * multiple], channels);
  return hlo.reshape(grouped, filterShape);
});

const fused = { FusedConv2D: conv, FusedDepthwiseConv2D: depthwise };

for (const [kernelName, forward] of Object.entries(fused)) {
  rule<ConvInputs & FusedInputs, WindowAttrs & FusedAttrs>(kernelName, (x, attrs) => {
    const { bias } = x;
    const inFront = attrs.dataFormat === "NCHW" && bias?.shape.length === 1;
    const shaped = inFront ? { ...x, bias: hlo.reshape(bias, [...bias.shape, 1, 1]) } : x;
    return finished(forward(x, attrs), shaped, attrs);
  });
}
