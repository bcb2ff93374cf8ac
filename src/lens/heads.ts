import { tf } from "../engine";

/**
 * What a head does, read off its pattern. All scores are numbers by head, [H], means over texts and places.
 *
 * Source: Olsson 2022, "In-context learning and induction heads"; Elhage 2021, "A mathematical framework for transformer
 * circuits".
 */

/** How much place i takes from place i - 1. */
export function previousTokenScore(pattern: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [rows, columns] = places(pattern);
    return attentionTo(pattern, tf.equal(columns, rows.sub(tf.scalar(1, "int32"))));
  });
}

/**
 * How much a token takes from earlier copies of itself, at places where there are some.
 * @param ids int32 [B, T]
 */
export function duplicateTokenScore(pattern: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [rows, columns] = places(pattern);
    const same = equalIds(ids, ids);
    return attentionTo(pattern, tf.logicalAnd(same, tf.less(columns, rows)));
  });
}

/**
 * Prefix matching (Olsson 2022): how much a token takes from what followed earlier copies of it. "A B ... A": the head
 * looks at B, and may write it down as the next token.
 * @param ids int32 [B, T]
 */
export function inductionScore(pattern: tf.Tensor, ids: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [rows, columns] = places(pattern);
    const [batch, time] = ids.shape as [number, number];
    const before = tf.concat([tf.fill([batch, 1], -1, "int32"), ids.slice([0, 0], [batch, time - 1])], 1); // [B, T]
    return attentionTo(pattern, tf.logicalAnd(equalIds(ids, before), tf.less(columns, rows)));
  });
}

/** How much all places but the first take from the first one: where heads put attention that they do not need. */
export function firstTokenScore(pattern: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [rows, columns] = places(pattern);
    const zero = tf.scalar(0, "int32");
    return attentionTo(pattern, tf.logicalAnd(tf.equal(columns, zero), tf.greater(rows, zero)));
  });
}

/** Mean entropy of the rows, in bits: 0 where each looks at one place, log2(n) where it looks at n alike. */
export function attentionEntropy(pattern: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const logs = tf.log(pattern.add(1e-30)).div(-Math.LN2); // of 0, a number that 0 takes away again
    return byHead(tf.sum(pattern.mul(logs), -1));
  });
}

/** Mean distance |i - j| of what is looked at, in places. */
export function attentionDistance(pattern: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [rows, columns] = places(pattern);
    return byHead(tf.sum(pattern.mul(tf.abs(rows.sub(columns)).cast("float32")), -1));
  });
}

export interface HeadScores {
  /** The attention's name, "blocks.3.attn". */
  readonly attention: string;
  readonly head: number;
  readonly previous: number;
  readonly duplicate: number;
  readonly induction: number;
  readonly first: number;
  /** Bits. */
  readonly entropy: number;
  /** Places. */
  readonly distance: number;
}

/**
 * All scores of all heads of a run.
 * @param activations with patterns among them, [B, H, T, T] each; others are passed over
 * @param ids int32 [B, T]: what the run read
 * @throws Error where there is no pattern
 */
export async function headScores(
  activations: Readonly<Record<string, tf.Tensor>>,
  ids: tf.Tensor,
): Promise<HeadScores[]> {
  const patterns = Object.entries(activations).filter(([name]) => name.endsWith(".pattern"));
  if (patterns.length === 0) throw new Error("headScores: there is no activation that ends in .pattern");
  const found: HeadScores[] = [];
  for (const [name, pattern] of patterns) {
    const scores = tf.tidy(() =>
      tf.stack([
        previousTokenScore(pattern),
        duplicateTokenScore(pattern, ids),
        inductionScore(pattern, ids),
        firstTokenScore(pattern),
        attentionEntropy(pattern),
        attentionDistance(pattern),
      ]),
    ) as tf.Tensor2D; // [6, H]
    const rows = await scores.array();
    scores.dispose();
    for (let head = 0; head < (pattern.shape[1] as number); head++) {
      const [previous, duplicate, induction, first, entropy, distance] = rows.map((row) => row[head]) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const attention = name.slice(0, -".pattern".length);
      found.push({ attention, head, previous, duplicate, induction, first, entropy, distance });
    }
  }
  return found;
}

/** Numbers of the places that look, [T, 1], and that are looked at, [T]. */
function places(pattern: tf.Tensor): [rows: tf.Tensor, columns: tf.Tensor] {
  const [, , time, seen] = pattern.shape;
  if (pattern.rank !== 4 || time !== seen || time === undefined)
    throw new RangeError(`A pattern must be [B, H, T, T], got [${pattern.shape.join(", ")}]`);
  const columns = tf.range(0, time, 1, "int32");
  return [columns.expandDims(1), columns];
}

/** bool [B, 1, T, T]: whether a's token i is b's token j. */
const equalIds = (a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
  tf.equal(a.expandDims(1).expandDims(3), b.expandDims(1).expandDims(1));

/** What goes to the targets, bool [T, T] or [B, 1, T, T], on average over the rows that have one; 0 where none has. */
function attentionTo(pattern: tf.Tensor, targets: tf.Tensor): tf.Tensor {
  const [batch, , time] = pattern.shape as [number, number, number, number];
  const wanted = targets.cast("float32").add(tf.zeros([batch, 1, time, time])); // [B, 1, T, T]
  const rows = tf.sum(tf.max(wanted, -1)); // how many have a target
  return tf.divNoNan(tf.sum(pattern.mul(wanted), [0, 2, 3]), rows); // [H]
}

/** [B, H, T] to [H]. */
const byHead = (numbers: tf.Tensor): tf.Tensor => tf.mean(numbers, [0, 2]);
