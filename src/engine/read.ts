import { tracing } from "./jit/trace";
import { tf } from "./tf";

interface OnHost {
  readonly tensorMap?: { get(id: object): { readonly values?: unknown } | undefined };
}

/**
 * The values of a tensor, if they can be had at once; undefined where they lie on a graphics card that answers only
 * later (WebGPU), and in a function that is being compiled. For checks of small tensors, such as ids: `await tensor.data()` works everywhere.
 */
export function valuesNow(tensor: {
  readonly dataId: object;
  dataSync(): ArrayLike<number>;
}): ArrayLike<number> | undefined {
  if (tracing()) return undefined;
  if (tf.getBackend() === "webgpu") {
    const entry = (tf.backend() as unknown as OnHost).tensorMap?.get(tensor.dataId);
    if (entry?.values === undefined || entry.values === null) return undefined;
  }
  return tensor.dataSync();
}
