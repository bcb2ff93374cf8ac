import assert from "node:assert/strict";
import fc from "fast-check";
import { jit, tf } from "../../../src/engine";
import { assertSame, compiledSuite, numbers, sameGradients, sameValues } from "../../helpers/jitted";

const close = 1e-5;
const small = (max: number) => fc.integer({ min: 1, max });
type Pad = "same" | "valid";

/** An image [B, H, W, C] that is no smaller than the kernel. */
const convolutions = fc.record({
  batch: small(3),
  extra: fc.tuple(fc.nat(5), fc.nat(5)),
  kernel: fc.tuple(small(3), small(3)),
  channels: small(4),
  out: small(4),
  strides: fc.tuple(small(3), small(3)),
  pad: fc.constantFrom<Pad>("same", "valid"),
});

const images = (x?: tf.Tensor) => x as tf.Tensor4D;

compiledSuite("jit: convolutions", () => {
  it("conv2d: strides, padding, and both gradients", () => {
    fc.assert(
      fc.property(convolutions, ({ batch, extra, kernel, channels, out, strides, pad }) => {
        const inputs = () => [
          numbers([batch, kernel[0] + extra[0], kernel[1] + extra[1], channels]),
          numbers([...kernel, channels, out], 2),
        ];
        const op = (x?: tf.Tensor, w?: tf.Tensor) => tf.conv2d(images(x), images(w), strides, pad);
        sameValues("conv2d", op, inputs(), close);
        sameGradients("conv2d", op, inputs());
      }),
      { numRuns: 15 },
    );
  });

  it("depthwise: strides, padding, and both gradients", () => {
    fc.assert(
      fc.property(convolutions, ({ batch, extra, kernel, channels, out, strides, pad }) => {
        const inputs = () => [
          numbers([batch, kernel[0] + extra[0], kernel[0] + extra[1], channels]),
          numbers([kernel[0], kernel[0], channels, out], 2),
        ];
        // TensorFlow's depthwise kernels take square strides only.
        const op = (x?: tf.Tensor, w?: tf.Tensor) =>
          tf.depthwiseConv2d(images(x), images(w), strides[0], pad);
        sameValues("depthwise", op, inputs(), close);
        sameGradients("depthwise", op, inputs());
      }),
      { numRuns: 15 },
    );
  });

  it("dilated filters and padding in numbers", () => {
    const inputs = () => [numbers([2, 9, 8, 3]), numbers([3, 2, 3, 4], 2)];
    for (const pad of ["same", "valid"] as const)
      sameValues(
        "dilated",
        (x, w) => tf.conv2d(images(x), images(w), 1, pad, "NHWC", [2, 3]),
        inputs(),
        close,
      );
    const pads = [[0, 0], [2, 1], [0, 3], [0, 0]] as [[number, number], [number, number], [number, number], [number, number]]; // prettier-ignore
    sameValues("explicit", (x, w) => tf.conv2d(images(x), images(w), 2, pads), inputs(), close);
    // Eager TensorFlow takes no gradient of explicit padding; the same by tf.pad has one.
    const f = jit((x: tf.Tensor, w: tf.Tensor, dy: tf.Tensor) => {
      const grads = (op: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor) => tf.grads((a, b) => tf.sum(tf.mul(op(a!, b!), dy)))([x, w]); // prettier-ignore
      return [
        grads((a, b) => tf.conv2d(images(a), images(b), 2, pads)),
        grads((a, b) => tf.conv2d(tf.pad(images(a), pads), images(b), 2, "valid")),
      ] as const;
    });
    const [x, w] = inputs() as [tf.Tensor, tf.Tensor];
    const dy = numbers([2, 5, 5, 4], 3);
    const [got, wanted] = f(x, w, dy);
    got.forEach((each, i) => assertSame(each, wanted[i]!, close, "gradient of explicit padding"));
    tf.dispose([x, w, dy, got, wanted]);
    f.dispose();
  });

  it("conv1d, also causal by padding; conv2dTranspose; separable", () => {
    const series = () => [numbers([2, 11, 3]), numbers([4, 3, 5], 2)];
    for (const [stride, pad] of [
      [1, "same"],
      [2, "same"],
      [2, "valid"],
    ] as const) {
      const op = (x?: tf.Tensor, w?: tf.Tensor) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, stride, pad);
      sameValues("conv1d", op, series(), close);
      sameGradients("conv1d", op, series());
    }
    const causal = (x?: tf.Tensor, w?: tf.Tensor) =>
      tf.conv1d(tf.pad(x as tf.Tensor3D, [[0, 0], [3, 0], [0, 0]]), w as tf.Tensor3D, 1, "valid"); // prettier-ignore
    sameGradients("causal", causal, series());
    const up = (x?: tf.Tensor, w?: tf.Tensor) =>
      tf.conv2dTranspose(images(x), images(w), [2, 8, 10, 3], 2, "same");
    sameValues("conv2dTranspose", up, [numbers([2, 4, 5, 4]), numbers([3, 3, 3, 4], 2)], close);
    sameGradients("conv2dTranspose", up, [numbers([2, 4, 5, 4]), numbers([3, 3, 3, 4], 2)]);
    const separable = (x?: tf.Tensor, d?: tf.Tensor, p?: tf.Tensor) =>
      tf.separableConv2d(images(x), images(d), images(p), 1, "same");
    sameValues("separable", separable, [numbers([1, 6, 6, 3]), numbers([3, 3, 3, 2], 2), numbers([1, 1, 6, 4], 3)], close); // prettier-ignore
  });

  it("conv3d and its gradients", () => {
    for (const pad of ["same", "valid"] as const) {
      const op = (x?: tf.Tensor, w?: tf.Tensor) =>
        tf.conv3d(x as tf.Tensor5D, w as tf.Tensor5D, [1, 2, 2], pad);
      const inputs = () => [numbers([2, 4, 5, 6, 2]), numbers([2, 3, 2, 2, 3], 2)];
      sameValues("conv3d", op, inputs(), close);
      sameGradients("conv3d", op, inputs());
    }
  });

  it("fused with bias and activation", () => {
    for (const activation of ["linear", "relu", "elu", "sigmoid"] as const) {
      const inputs = () => [numbers([2, 5, 5, 3]), numbers([3, 3, 3, 4], 2), numbers([4], 3)];
      const op = (x?: tf.Tensor, w?: tf.Tensor, bias?: tf.Tensor) =>
        tf.fused.conv2d({
          x: images(x),
          filter: images(w),
          bias: bias!,
          strides: 1,
          pad: "same",
          activation,
        });
      sameValues("fused conv2d", op, inputs(), close);
      if (activation === "relu") sameGradients("fused conv2d", op, inputs());
    }
    const op = (x?: tf.Tensor, w?: tf.Tensor, bias?: tf.Tensor) =>
      tf.fused.depthwiseConv2d({ x: images(x), filter: images(w), bias: bias!, strides: 1, pad: "same", activation: "relu6" }); // prettier-ignore
    sameValues("fused depthwise", op, [numbers([2, 5, 5, 3]), numbers([3, 3, 3, 2], 2), numbers([6], 3)], close); // prettier-ignore
  });

  it("channels in front (eager TensorFlow has them on cards only)", () => {
    const f = jit((x: tf.Tensor4D, w: tf.Tensor4D) => {
      const front = (a: tf.Tensor) => tf.transpose(a, [0, 3, 1, 2]) as tf.Tensor4D;
      const loss = (op: (a: tf.Tensor4D, b: tf.Tensor4D) => tf.Tensor) => (a?: tf.Tensor, b?: tf.Tensor) =>
        tf.sum(tf.square(op(images(a), images(b))));
      return [
        [front(tf.conv2d(x, w, 2, "same")), ...tf.grads(loss((a, b) => tf.conv2d(a, b, 2, "same")))([x, w])],
        [
          tf.conv2d(front(x), w, 2, "same", "NCHW"),
          ...tf.grads(loss((a, b) => tf.conv2d(front(a), b, 2, "same", "NCHW")))([x, w]),
        ],
      ] as const;
    });
    const [x, w] = [images(numbers([2, 5, 6, 3])), images(numbers([3, 3, 3, 4], 2))];
    const [wanted, got] = f(x, w);
    assert.equal(got.length, 3);
    got.forEach((each, i) => assertSame(each, wanted[i]!, close, "NCHW"));
    tf.dispose([x, w, ...got, ...wanted]);
    f.dispose();
  });
});

compiledSuite("jit: pools", () => {
  it("maxPool and avgPool: strides, padding, gradients", () => {
    fc.assert(
      fc.property(convolutions, ({ batch, extra, kernel, channels, strides, pad }) => {
        const x = () => [numbers([batch, kernel[0] + extra[0], kernel[1] + extra[1], channels])];
        const max = (v?: tf.Tensor) => tf.maxPool(images(v), kernel, strides, pad);
        sameValues("maxPool", max, x());
        sameGradients("maxPool", max, x());
        const mean = (v?: tf.Tensor) => tf.avgPool(images(v), kernel, strides, pad);
        sameValues("avgPool", mean, x(), close);
        sameGradients("avgPool", mean, x());
      }),
      { numRuns: 12 },
    );
  });

  it("of three axes", () => {
    for (const pad of ["same", "valid"] as const) {
      for (const pool of [tf.maxPool3d, tf.avgPool3d]) {
        const op = (x?: tf.Tensor) => pool(x as tf.Tensor5D, [2, 3, 2], [1, 2, 2], pad);
        sameValues(pool.name, op, [numbers([2, 4, 5, 6, 2])], close);
        sameGradients(pool.name, op, [numbers([2, 4, 5, 6, 2])]);
      }
    }
  });

  it("of two equal largest elements the first gets the gradient, as eager", () => {
    const x = tf.tensor4d([1, 3, 3, 2, 3, 0, 3, 3], [1, 2, 4, 1]);
    sameGradients("ties", (v) => tf.maxPool(images(v), 2, 2, "valid"), [x]);
  });
});
