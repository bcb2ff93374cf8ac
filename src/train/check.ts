import type { Flat, tf } from "../engine";
import type { AdamWState } from "./adamw";

/** Errors of an update: each names the parameter, what was expected and what came, and the cure. */
export function checkUpdate(
  params: Flat<tf.Tensor>,
  grads: Flat<tf.Tensor>,
  groups: readonly (readonly number[])[],
  state: AdamWState,
): void {
  const missing = params.names.find((name, i) => grads.names[i] !== name) ?? grads.names[params.names.length];
  if (missing !== undefined)
    throw new RangeError(
      `adamW: parameters and gradients are not nested alike: they part at "${missing}". ` +
        "Cure: take the gradients with valueAndGradients(loss, params)",
    );
  params.leaves.forEach((param, i) => {
    const grad = grads.leaves[i] as tf.Tensor;
    const name = params.names[i];
    for (const [what, tensor] of [
      ["parameter", param],
      ["gradient of", grad],
    ] as const)
      // prettier-ignore
      if (tensor.dtype !== "float32")
        throw new TypeError(`adamW: ${what} "${name}" must be float32, got ${tensor.dtype}`);
    if (param.shape.length !== grad.shape.length || param.shape.some((n, axis) => grad.shape[axis] !== n))
      throw new RangeError(
        `adamW: the gradient of "${name}" must be [${param.shape.join(", ")}], got [${grad.shape.join(", ")}]`,
      );
  });
  const sizes = groups.map((group) =>
    group.reduce((sum, i) => sum + (params.leaves[i] as tf.Tensor).size, 0),
  );
  for (const [moment, buffers] of [
    ["m", state.m],
    ["v", state.v],
  ] as const) {
    // prettier-ignore
    if (buffers.length === sizes.length && buffers.every(({ size }, k) => size === sizes[k])) continue;
    const got = buffers.map(({ size }) => size).join(", ");
    throw new RangeError(
      `adamW: the state was made for other parameters: the buffers of ${moment} hold ${got || "nothing"}, ` +
        `these parameters need ${sizes.join(", ")}. Cure: initAdamW(params)`,
    );
  }
}
