import assert from "node:assert/strict";
import { tf } from "../../../src/engine";
import { ruleNames } from "../../../src/engine/jit/rules/registry";
import { compiledSuite } from "../../helpers/jitted";

/** Kernels without a rule, by the reason why. A new one must come into this list, or get its rule. */
const without: Readonly<Record<string, readonly string[]>> = {
  "complex numbers are no type of a compiled program": [
    "Complex",
    "ComplexAbs",
    "FFT",
    "IFFT",
    "Imag",
    "Real",
  ],
  "strings are no type of a compiled program": ["StaticRegexReplace"],
  "the shape of the result, or of what is done with it, depends on values": [
    "BroadcastArgs",
    "NonMaxSuppressionV3",
    "NonMaxSuppressionV4",
    "NonMaxSuppressionV5",
    "Unique",
  ],
  "images: no chapter scales, crops or dilates one": [
    "CropAndResize",
    "Dilation2D",
    "Dilation2DBackpropFilter",
    "Dilation2DBackpropInput",
    "LRN",
    "LRNGrad",
    "ResizeBilinear",
    "ResizeBilinearGrad",
    "ResizeNearestNeighbor",
    "ResizeNearestNeighborGrad",
  ],
};

/** Native TensorFlow has none of these: tfjs makes them of other kernels, or they fail without jit as well. */
const notNative: readonly string[] = [
  "BitwiseAnd",
  "DenseBincount",
  "Draw",
  "FromPixels",
  "LogSoftmax",
  "LogicalXor",
  "LowerBound",
  "MatrixBandPart",
  "MaxPoolWithArgmax",
  "Pool",
  "RaggedGather",
  "RaggedRange",
  "RaggedTensorToTensor",
  "RotateWithOffset",
  "SearchSorted",
  "SparseFillEmptyRows",
  "SparseReshape",
  "SparseSegmentMean",
  "SparseSegmentSum",
  "StringNGrams",
  "StringSplit",
  "StringToHashBucketFast",
  "Transform",
  "UpperBound",
];

compiledSuite("jit: rules", () => {
  it("there is one for each kernel of tfjs, or a reason why not", () => {
    // tfjs exports the names of its kernels, beside versions, as strings.
    const names = Object.values(tf as unknown as Record<string, unknown>).filter(
      (value): value is string => typeof value === "string" && /^_?[A-Z]/.test(value),
    );
    const native = tf.getKernelsForBackend("tensorflow").map(({ kernelName }) => kernelName);
    const all = [...new Set([...names, ...native])];
    assert.ok(all.length > 150 && all.includes("_FusedMatMul"));
    const missing = all.filter((name) => !ruleNames().includes(name)).sort();
    assert.deepEqual(missing, [...Object.values(without).flat(), ...notNative].sort());
    assert.deepEqual(
      notNative.filter((name) => native.includes(name)),
      [],
    );
  });
});
