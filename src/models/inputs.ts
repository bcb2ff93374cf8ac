/** What models are given beside parameters is checked here, so that errors name the axis, what was expected and what came. */
import { tf } from "../engine";
import type { Context } from "../nn";
import { expectSize, expectType } from "../ops/check";

/**
 * Ids must be int32 [B, T].
 * @param context most tokens at once, where positions end
 * @throws RangeError, TypeError
 */
export function checkIds(model: string, ids: tf.Tensor, context = Infinity, name = "ids"): void {
  if (ids.rank !== 2) throw new RangeError(`${model}: ${name} must be [B, T], got [${ids.shape.join(", ")}]`);
  expectType(model, name, ids, "int32");
  const time = ids.shape[1] as number;
  if (time > context)
    throw new RangeError(`${model}: ${time} tokens are more than the context of ${context}`);
}

/** Something [B, T] with a number for each id: segments, masks. */
export function checkLikeIds(
  model: string,
  name: string,
  tensor: tf.Tensor,
  ids: tf.Tensor,
  dtype: "int32" | "bool",
  nameOfIds = "ids",
): void {
  if (tensor.rank !== 2)
    throw new RangeError(`${model}: ${name} must be [B, T], got [${tensor.shape.join(", ")}]`);
  expectType(model, name, tensor, dtype);
  for (const axis of [0, 1])
    expectSize(model, name, tensor, axis, ids.shape[axis] as number, `axis ${axis} of ${nameOfIds}`);
}

/**
 * The mask of padding as attention takes it.
 * @param mask bool [B, T], true for tokens and false for padding
 * @returns for attention's input: `{ mask }` bool [B, 1, 1, T], or nothing where all are tokens
 */
export function paddingOf(
  model: string,
  name: string,
  mask: tf.Tensor | undefined,
  ids: tf.Tensor,
  nameOfIds = "ids",
): { readonly mask?: tf.Tensor } {
  if (!mask) return {};
  checkLikeIds(model, name, mask, ids, "bool", nameOfIds);
  const [batch, time] = ids.shape as [number, number];
  return { mask: mask.reshape([batch, 1, 1, time]) };
}

/**
 * What a decoder reads when it is to say `labels`: a start token, then the labels but the last (teacher forcing).
 *
 * @param labels int32 [B, T]; -100, which counts for nothing in `crossEntropy`, becomes padding
 * @param start the token that begins; T5's is its padding, BART's its end token
 * @param pad the token that fills
 * @returns int32 [B, T]
 */
export function shiftRight(labels: tf.Tensor, start: number, pad: number): tf.Tensor {
  checkIds("shiftRight", labels, Infinity, "labels");
  const [batch, time] = labels.shape as [number, number];
  return tf.tidy(() => {
    const known = labels.slice([0, 0], [batch, time - 1]); // [B, T - 1]
    const padding = tf.fill(known.shape, pad, "int32");
    const seen = tf.where(tf.equal(known, tf.scalar(-100, "int32")), padding, known);
    return tf.concat([tf.fill([batch, 1], start, "int32"), seen], 1); // [B, T]
  });
}

/** The context of an encoder: it reads its text whole, and keeps nothing for later. */
export function withoutCache(ctx: Context): Context {
  const rest: { -readonly [Field in keyof Context]: Context[Field] } = { ...ctx };
  delete rest.cache;
  return rest;
}
