import { tf } from "../../tf";

/** Where the windows of a convolution or a pool lie, axis by axis of the image. */
export interface Geometry {
  readonly input: readonly number[];
  readonly output: readonly number[];
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  /** Steps between the places that a window sees. */
  readonly dilations: readonly number[];
  /** Padding before and after. */
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly channelsLast: boolean;
}

type Quad = [number, number, number, number];
type Five = [number, number, number, number, number];
type Pad = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
type Rounding = "floor" | "round" | "ceil";

/** Attributes of tfjs' convolutions and pools, of 2 or 3 axes. */
export interface WindowAttrs {
  readonly strides: number | number[];
  readonly pad: Pad;
  readonly dimRoundingMode?: Rounding;
  readonly dataFormat?: string;
  readonly dilations?: number | number[];
}

const isLast = (dataFormat: string | undefined): boolean => !dataFormat?.startsWith("NC");

/** tfjs' own functions decide on sizes and on padding. */
export function convolutionGeometry(
  xShape: readonly number[],
  filterShape: readonly number[],
  attrs: WindowAttrs,
  depthwise = false,
): Geometry {
  const { strides, pad, dimRoundingMode, dataFormat, dilations } = attrs;
  const format = isLast(dataFormat) ? "channelsLast" : "channelsFirst";
  if (xShape.length === 4) {
    return flat(
      tf.backend_util.computeConv2DInfo(
        xShape as Quad,
        filterShape as Quad,
        strides as number,
        (dilations ?? 1) as number,
        pad,
        dimRoundingMode,
        depthwise,
        format,
      ),
    );
  }
  return deep(
    tf.backend_util.computeConv3DInfo(
      xShape as Five,
      filterShape as Five,
      strides as number,
      (dilations ?? 1) as number,
      pad as "same" | "valid",
      depthwise,
      format,
      dimRoundingMode,
    ),
  );
}

export function poolGeometry(
  xShape: readonly number[],
  filterSize: number | number[],
  attrs: WindowAttrs,
): Geometry {
  const { strides, pad, dimRoundingMode, dataFormat } = attrs;
  if (xShape.length === 4) {
    return flat(
      tf.backend_util.computePool2DInfo(
        xShape as Quad,
        filterSize as number,
        strides as number,
        1,
        pad,
        dimRoundingMode,
      ),
    );
  }
  return deep(
    tf.backend_util.computePool3DInfo(
      xShape as Five,
      filterSize as number,
      strides as number,
      1,
      pad as "same" | "valid",
      dimRoundingMode,
      (dataFormat ?? "NDHWC") as "NDHWC" | "NCDHW",
    ),
  );
}

const flat = (info: ReturnType<typeof tf.backend_util.computeConv2DInfo>): Geometry =>
  geometry({
    input: [info.inHeight, info.inWidth],
    output: [info.outHeight, info.outWidth],
    kernel: [info.filterHeight, info.filterWidth],
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    low: [info.padInfo.top, info.padInfo.left],
    channelsLast: info.dataFormat === "channelsLast",
  });

const deep = (info: ReturnType<typeof tf.backend_util.computeConv3DInfo>): Geometry =>
  geometry({
    input: [info.inDepth, info.inHeight, info.inWidth],
    output: [info.outDepth, info.outHeight, info.outWidth],
    kernel: [info.filterDepth, info.filterHeight, info.filterWidth],
    strides: [info.strideDepth, info.strideHeight, info.strideWidth],
    dilations: [info.dilationDepth, info.dilationHeight, info.dilationWidth],
    low: [info.padInfo.front, info.padInfo.top, info.padInfo.left],
    channelsLast: info.dataFormat === "channelsLast",
  });

/** The padding after the image is what the last window needs. */
function geometry(known: Omit<Geometry, "high">): Geometry {
  const { input, output, kernel, strides, dilations, low } = known;
  const high = input.map((n, i) => {
    const end = (output[i]! - 1) * strides[i]! + (kernel[i]! - 1) * dilations[i]! + 1;
    return Math.max(0, end - n - low[i]!);
  });
  return { ...known, high };
}
