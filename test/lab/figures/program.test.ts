import assert from "node:assert/strict";
import { explainLine } from "../../../src/lab/figures/stablehlo";

/** Lines as the compiler of src/engine/jit writes them. */
const lines: readonly (readonly [code: string, words: string])[] = [
  ["%0 = stablehlo.constant dense<0xFF800000> : tensor<f32>", "the number −∞"],
  ["%0 = stablehlo.constant dense<0.5> : tensor<2x3xf32>", "the number 0.5, [2, 3]"],
  ["%0 = stablehlo.constant dense<[1.0, 2.0]> : tensor<2xf32>", "numbers that are fixed, [2]"],
  [
    "%1 = stablehlo.reduce(%arg0 init: %0) applies stablehlo.add across dimensions = [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<f32>",
    "the sum of %arg0 along axis 0, 1: [2, 3] becomes []",
  ],
  ["%2 = stablehlo.add %0, %1 : tensor<2xf32>", "%0 + %1, element by element, [2]"],
  ["%3 = stablehlo.tanh %2 : tensor<f32>", "tanh of %2, element by element, []"],
  [
    "%5 = stablehlo.dot_general %arg0, %arg1, contracting_dims = [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>",
    "matrix product of %arg0 and %arg1: [2, 3] and [3, 4] become [2, 4]",
  ],
  [
    "%3 = stablehlo.compare NE, %a, %a : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>",
    "is %a ≠ itself? True for NaN only, [2]",
  ],
  [
    "%3 = stablehlo.compare GT, %a, %b : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>",
    "is %a > %b? True or false for each element, [2]",
  ],
  [
    "%8 = stablehlo.select %6, %7, %2 : tensor<2xi1>, tensor<2xf32>",
    "where %6 is true %7, elsewhere %2, [2]",
  ],
  ["%9 = stablehlo.wonder %8 : tensor<2xf32>", "the operation wonder, [2]"],
  ["%9 = stablehlo.constructor %8 : tensor<2xf32>", "the operation constructor, [2]"],
];

describe("lines of a program in words", () => {
  for (const [code, words] of lines) it(words, () => assert.equal(explainLine(code), words));
});
