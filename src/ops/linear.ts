import { tf } from "../engine";
import { expectRank, expectSize, expectType, rowsOf } from "./check";
import { isPacked, packedProduct, weightShape } from "./packed";
import type { Weight } from "./packed";

/**
 * A dense layer, y = x W + b, over the last axis.
 *
 * The leading axes are folded into one before the product: tfjs' gradient of a product whose operands differ in rank
 * throws (tfjs issue 8548), and one large product is also faster than many small ones.
 *
 * @param x float32 [..., I]
 * @param weight float32 [I, O] (input first, as in x W; PyTorch stores its transpose), or packed
 * @param bias float32 [O], if any
 * @returns float32 [..., O]
 * @throws RangeError where sizes do not meet, TypeError for another type
 */
export function linear(x: tf.Tensor, weight: Weight, bias?: tf.Tensor): tf.Tensor {
  expectType("linear", "x", x, "float32");
  expectRank("linear", "x", x, 1);
  if (!isPacked(weight)) {
    expectType("linear", "weight", weight, "float32");
    expectRank("linear", "weight", weight, 2, 2);
  }
  const [inputs, outputs] = weightShape(weight);
  expectSize("linear", "x", x, -1, inputs, "rows of weight");
  if (bias) {
    expectType("linear", "bias", bias, "float32");
    expectRank("linear", "bias", bias, 1, 1);
    expectSize("linear", "bias", bias, 0, outputs, "columns of weight");
  }
  return tf.tidy(() => {
    const rows = x.reshape([rowsOf(x), inputs]); // [N, I]
    const product = isPacked(weight) ? packedProduct(rows, weight) : tf.matMul(rows, weight); // [N, O]
    const sum = bias ? product.add(bias) : product; // [N, O]
    return sum.reshape([...x.shape.slice(0, -1), outputs]); // [..., O]
  });
}

/**
 * Scores against each row of a table, x table^T: the head of a model whose head is its table of tokens. The table is not
 * transposed, which in memory would cost more than the product.
 *
 * @param x float32 [..., C]
 * @param table float32 [V, C], or the packed weight of its transpose, [C, V]
 * @returns float32 [..., V]
 * @throws as `linear`
 */
export function tiedHead(x: tf.Tensor, table: Weight): tf.Tensor {
  return isPacked(table) ? linear(x, table) : tf.tidy(() => linear(x, table.transpose()));
}
