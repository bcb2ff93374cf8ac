import { tf } from "../../engine";

/**
 * How far each key stands from each query: key's position - query's position, negative for what came before.
 *
 * @param queries int32 [T], or [B, T] where sequences differ
 * @param keys int32 [S] or [B, S]
 * @returns int32 [1, 1, T, S] or [B, 1, T, S]: it broadcasts over heads
 * @throws RangeError for other ranks, and where the two batches differ
 */
export function distances(name: string, queries: tf.Tensor, keys: tf.Tensor): tf.Tensor {
  const rows = sequences(name, "queries", queries); // [B, T]
  const columns = sequences(name, "keys", keys); // [B, S]
  const [batch, time] = rows.shape as [number, number];
  const [others, places] = columns.shape as [number, number];
  if (batch !== others && batch !== 1 && others !== 1)
    throw new RangeError(`${name}: ${batch} sequences of queries and ${others} of keys`);
  return columns.reshape([others, 1, 1, places]).sub(rows.reshape([batch, 1, time, 1])); // [B, 1, T, S]
}

function sequences(name: string, what: string, positions: tf.Tensor): tf.Tensor {
  const { rank, dtype, shape } = positions;
  if (dtype !== "int32" || rank < 1 || rank > 2)
    throw new RangeError(
      `${name}: positions of ${what} must be int32 [T] or [B, T], got ${dtype} [${shape.join(", ")}]`,
    );
  return rank === 1 ? positions.expandDims(0) : positions;
}
