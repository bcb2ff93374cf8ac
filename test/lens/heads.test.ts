import assert from "node:assert/strict";
import { assertNoLeaks, makeRng, tf } from "../../src/engine";
import * as lens from "../../src/lens";
import { eachEngine } from "../helpers/engines";

/** A text of one head whose every row looks at one place. */
const looking = (...at: number[]): tf.Tensor =>
  tf.oneHot(tf.tensor1d(at, "int32"), at.length).cast("float32").reshape([1, 1, at.length, at.length]);

const close = (got: ArrayLike<number>, wanted: readonly number[], what: string): void => {
  assert.equal(got.length, wanted.length, what);
  wanted.forEach((value, i) =>
    assert.ok(Math.abs(got[i]! - value) < 1e-5, `${what}[${i}]: ${got[i]}, expected ${value}`),
  );
};

eachEngine("head scores", () => {
  it("by hand: the text A B C A B", async () => {
    // Place 3 is A again: its copy is at 0, and B followed at 1. Place 4 is B again: copy at 1, C followed at 2.
    const ids = tf.tensor2d([[7, 8, 9, 7, 8]], undefined, "int32");
    const heads: [
      what: string,
      pattern: tf.Tensor,
      previous: number,
      duplicate: number,
      induction: number,
    ][] = [
      ["previous", looking(0, 0, 1, 2, 3), 1, 0, 0],
      ["itself", looking(0, 1, 2, 3, 4), 0, 0, 0],
      ["copies", looking(0, 0, 0, 0, 1), 1 / 4, 1, 0],
      ["induction", looking(0, 0, 0, 1, 2), 1 / 4, 0, 1],
      ["half of it", looking(0, 0, 0, 0, 2), 1 / 4, 1 / 2, 1 / 2],
    ];
    for (const [what, pattern, ...wanted] of heads) {
      const all = assertNoLeaks(() =>
        tf.tidy(() =>
          tf.concat([
            lens.previousTokenScore(pattern),
            lens.duplicateTokenScore(pattern, ids),
            lens.inductionScore(pattern, ids),
          ]),
        ),
      );
      close(await all.data(), wanted, what);
      tf.dispose([all, pattern]);
    }
    ids.dispose();
  });

  it("entropy in bits, distance in places, and what goes to the first place", async () => {
    const time = 4;
    const even = tf.fill([1, 1, time, time], 1 / time);
    const sharp = looking(0, 0, 0, 0);
    const both = tf.concat([even, sharp], 1); // [1, 2, T, T]
    const scores = assertNoLeaks(() => [
      lens.attentionEntropy(both),
      lens.attentionDistance(both),
      lens.firstTokenScore(both),
    ]);
    const [entropy, distance, first] = await Promise.all(scores.map((score) => score.data()));
    close(entropy!, [2, 0], "entropy");
    close(distance!, [(1.5 + 1 + 1 + 1.5) / 4, 1.5], "distance");
    close(first!, [1 / 4, 1], "first");
    tf.dispose([even, sharp, both, ...scores]);
  });

  it("texts count by their rows, a token never counts as its own copy, and no repeat is no score", async () => {
    const none = tf.tensor2d([[1, 2, 3]], undefined, "int32");
    const twins = tf.tensor2d([[5, 5, 5]], undefined, "int32");
    const pattern = looking(0, 1, 2);
    const scores = [
      lens.inductionScore(pattern, none),
      lens.duplicateTokenScore(pattern, none),
      lens.inductionScore(pattern, twins),
      lens.duplicateTokenScore(pattern, twins),
    ];
    for (const score of scores) close(await score.data(), [0], "score");
    tf.dispose([none, twins, pattern, ...scores]);
  });

  it("a table of all heads; what is no square pattern is refused", async () => {
    const ids = tf.tensor2d([[7, 8, 9, 7, 8]], undefined, "int32");
    const pattern = tf.concat([looking(0, 0, 1, 2, 3), looking(0, 0, 0, 1, 2)], 1);
    const before = tf.memory().numTensors;
    const scores = await lens.headScores({ embed: ids, "blocks.6.attn.pattern": pattern }, ids);
    assert.equal(tf.memory().numTensors, before);
    assert.deepEqual(
      scores.map(({ attention, head }) => [attention, head]),
      [
        ["blocks.6.attn", 0],
        ["blocks.6.attn", 1],
      ],
    );
    close([scores[0]!.previous, scores[1]!.induction, scores[1]!.entropy], [1, 1, 0], "scores");
    await assert.rejects(lens.headScores({ embed: ids }, ids), /no activation that ends in \.pattern/);
    const flat = pattern.slice([0, 0, 0, 0], [1, 2, 4, 5]);
    assert.throws(
      () => tf.tidy(() => lens.previousTokenScore(flat)),
      /must be \[B, H, T, T\], got \[1, 2, 4, 5\]/,
    );
    tf.dispose([ids, pattern, flat]);
  });
});

describe("repeated random tokens", () => {
  it("come twice, in the same order, all different, without those that are banned", async () => {
    const options = { batch: 3, length: 6, vocabSize: 9, first: 1, without: [0] };
    const ids = assertNoLeaks(() => lens.repeatedTokens(makeRng(2), options));
    const again = lens.repeatedTokens(makeRng(2), options);
    const rows = (await ids.array()) as number[][];
    assert.deepEqual(rows, await again.array());
    assert.deepEqual(ids.shape, [3, 13]);
    for (const [first, ...rest] of rows) {
      assert.equal(first, 1);
      assert.deepEqual(rest.slice(0, 6), rest.slice(6));
      assert.equal(new Set(rest).size, 6);
      assert.ok(rest.every((id) => id > 1 && id < 9));
    }
    assert.notDeepEqual(rows[0], rows[1]);
    assert.throws(
      () => lens.repeatedTokens(makeRng(2), { ...options, length: 8 }),
      /8 different tokens are more than there are/,
    );
    tf.dispose([ids, again]);
  });
});
