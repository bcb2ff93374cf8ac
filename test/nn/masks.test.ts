import assert from "node:assert/strict";
import { assertNoLeaks, jit, makeRng, tf } from "../../src/engine";
import * as nn from "../../src/nn";
import { eachEngine } from "../helpers/engines";
import { compiledSuite } from "../helpers/jitted";

/** A mask of one text as a picture: `x` where looking is allowed. */
async function grid(mask: tf.Tensor, text = 0): Promise<string[]> {
  assert.equal(mask.dtype, "bool");
  const [rows, columns] = mask.shape.slice(-2) as [number, number];
  const values = await mask.data();
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => (values[(text * rows + i) * columns + j] ? "x" : ".")).join(""),
  );
}

/** The grid, or grids by text, of a mask that is made without leaving a tensor. */
async function drawn(make: () => tf.Tensor, shape: number[]): Promise<string[][]> {
  const mask = assertNoLeaks(make);
  assert.deepEqual(mask.shape, shape);
  const texts = mask.size / (shape.at(-1)! * shape.at(-2)!);
  const grids = await Promise.all(Array.from({ length: texts }, (_, i) => grid(mask, i)));
  mask.dispose();
  return grids;
}

const int32 = (...values: number[]): tf.Tensor => tf.tensor1d(values, "int32");
const causal4 = ["x...", "xx..", "xxx.", "xxxx"];

eachEngine("masks", () => {
  const inputs: tf.Tensor[] = [];
  const given = (tensor: tf.Tensor): tf.Tensor => (inputs.push(tensor), tensor);
  afterEach(() => tf.dispose(inputs.splice(0)));

  it("causal: rows are the last of the places, or where the offset says", async () => {
    assert.deepEqual(await drawn(() => nn.causalMask(4), [4, 4]), [causal4]);
    assert.deepEqual(await drawn(() => nn.causalMask(2, 5), [2, 5]), [["xxxx.", "xxxxx"]]);
    assert.deepEqual(await drawn(() => nn.causalMask(2, 5, 1), [2, 5]), [["xx...", "xxx.."]]);
    const one = given(tf.scalar(2, "int32"));
    assert.deepEqual(await drawn(() => nn.causalMask(2, 5, one), [2, 5]), [["xxx..", "xxxx."]]);
    const offsets = given(int32(0, 3));
    assert.deepEqual(await drawn(() => nn.causalMask(2, 5, offsets), [2, 1, 2, 5]), [
      ["x....", "xx..."],
      ["xxxx.", "xxxxx"],
    ]);
  });

  it("padding: by length, and by id wherever it stands", async () => {
    const lengths = given(int32(2, 4, 0));
    assert.deepEqual(await drawn(() => nn.paddingMask(lengths, 4), [3, 1, 1, 4]), [
      ["xx.."],
      ["xxxx"],
      ["...."],
    ]);
    const ids = given(tf.tensor2d([0, 5, 7, 0, 5, 5, 5, 5], [2, 4], "int32"));
    assert.deepEqual(await drawn(() => nn.paddingMaskOfIds(ids, 0), [2, 1, 1, 4]), [[".xx."], ["xxxx"]]);
  });

  it("prefix: seen by all, and the rest from left to right", async () => {
    const prefix = given(int32(0, 1, 3, 4));
    assert.deepEqual(await drawn(() => nn.prefixLmMask(prefix, 4), [4, 1, 4, 4]), [
      causal4,
      causal4,
      ["xxx.", "xxx.", "xxx.", "xxxx"],
      ["xxxx", "xxxx", "xxxx", "xxxx"],
    ]);
  });

  it("blank infilling: figure 2d of GLM (x1 x2 [M] x4 [M] | [S] x5 x6 [S] x3), and padding", async () => {
    const partA = given(int32(5));
    const a = "xxxxx";
    assert.deepEqual(await drawn(() => nn.blankInfillingMask(partA, 10), [1, 1, 10, 10]), [
      [
        ...new Array<string>(5).fill(`${a}.....`),
        `${a}x....`,
        `${a}xx...`,
        `${a}xxx..`,
        `${a}xxxx.`,
        `${a}xxxxx`,
      ],
    ]);
    const short = given(int32(1));
    const lengths = given(int32(3));
    assert.deepEqual(await drawn(() => nn.blankInfillingMask(short, 4, lengths), [1, 1, 4, 4]), [
      ["x...", "xx..", "xxx.", "xxx."],
    ]);
  });

  it("local: a band behind, or on both sides", async () => {
    assert.deepEqual(await drawn(() => nn.localMask(5, 2), [5, 5]), [
      ["x....", "xx...", ".xx..", "..xx.", "...xx"],
    ]);
    assert.deepEqual(await drawn(() => nn.localMask(4, 2, { causal: false }), [4, 4]), [
      ["xx..", "xxx.", ".xxx", "..xx"],
    ]);
    assert.deepEqual(await drawn(() => nn.localMask(4, 9), [4, 4]), [causal4]);
  });

  it("strided and fixed: the two patterns of Child 2019", async () => {
    assert.deepEqual(await drawn(() => nn.strideMask(7, 3), [7, 7]), [
      ["x......", ".x.....", "..x....", "x..x...", ".x..x..", "..x..x.", "x..x..x"],
    ]);
    assert.deepEqual(await drawn(() => nn.stridedMask(7, 2), [7, 7]), [
      ["x......", "xx.....", "xxx....", ".xxx...", "x.xxx..", ".x.xxx.", "x.x.xxx"],
    ]);
    assert.deepEqual(await drawn(() => nn.fixedMask(7, 3), [7, 7]), [
      ["x......", "xx.....", "xxx....", "..xx...", "..xxx..", "..xxxx.", "..x..xx"],
    ]);
    assert.deepEqual(await drawn(() => nn.fixedMask(4, 3, 2), [4, 4]), [["x...", "xx..", "xxx.", ".xxx"]]);
  });

  it("alternating: even layers see all, odd ones a band", async () => {
    assert.deepEqual(await drawn(() => nn.alternatingMask(0, 4, 2), [4, 4]), [causal4]);
    assert.deepEqual(await drawn(() => nn.alternatingMask(3, 4, 2), [4, 4]), [
      ["x...", "xx..", ".xx.", "..xx"],
    ]);
  });

  it("block sparse: neighbours and global blocks, and as many random ones as said", async () => {
    const sizes = { block: 2, neighbours: 0, global: 1, random: 0 };
    assert.deepEqual(await drawn(() => nn.blockSparseMask(6, sizes, makeRng(1)), [6, 6]), [
      ["xxxxxx", "xxxxxx", "xxxx..", "xxxx..", "xx..xx", "xx..xx"],
    ]);
    const random = async (seed: number): Promise<string[]> =>
      (await drawn(() => nn.blockSparseMask(40, { ...sizes, random: 2 }, makeRng(seed)), [40, 40]))[0]!;
    const rows = await random(5);
    rows.slice(2).forEach((row, i) => assert.equal(row.split("x").length - 1, 8, `row ${i + 2}: ${row}`));
    assert.deepEqual(rows, await random(5));
    assert.notDeepEqual(rows, await random(6));
  });

  it("both and either: broadcast, and leave their arguments", async () => {
    const lengths = given(int32(4, 2));
    const padding = given(nn.paddingMask(lengths, 4));
    const causal = given(nn.causalMask(4));
    assert.deepEqual(await drawn(() => nn.both(causal, padding), [2, 1, 4, 4]), [
      causal4,
      ["x...", "xx..", "xx..", "xx.."],
    ]);
    assert.deepEqual(await drawn(() => nn.either(causal, padding), [2, 1, 4, 4]), [
      new Array<string>(4).fill("xxxx"),
      ["xx..", "xx..", "xxx.", "xxxx"],
    ]);
    assert.deepEqual(await drawn(() => nn.both(causal), [4, 4]), [causal4]);
    assert.deepEqual(await grid(causal), causal4);
  });

  it("sizes that make no sense are named", () => {
    const wrong = given(tf.tensor2d([1], [1, 1], "int32"));
    assert.throws(() => nn.causalMask(0, 1), /time must be a whole number from 1 up, got 0/);
    assert.throws(() => nn.causalMask(2, 1.5), /places must be a whole number from 1 up, got 1.5/);
    assert.throws(() => nn.localMask(4, 0), /window must be a whole number from 1 up, got 0/);
    assert.throws(() => nn.fixedMask(4, 2, 3), /3 columns are more than a block of 2/);
    assert.throws(() => nn.paddingMask(wrong, 4), /lengths must be int32 \[B\], got int32 \[1, 1\]/);
    assert.throws(() => nn.blockSparseMask(5, { block: 2 }, makeRng(1)), /5 places are no whole number/);
    assert.throws(() => nn.paddingMaskOfIds(given(int32(1)), 0), /ids must be \[B, S\], got \[1\]/);
  });
});

compiledSuite("masks in jit", () => {
  it("lengths are tensors: one program for all of them", async () => {
    const make = jit((partA: tf.Tensor, lengths: tf.Tensor) =>
      nn.both(nn.blankInfillingMask(partA, 4, lengths), nn.localMask(4, 2, { causal: false })),
    );
    const inputs = [int32(1, 3), int32(3, 4), int32(2, 4), int32(4, 4)] as const;
    const [first, second] = [make(inputs[0], inputs[1]), make(inputs[2], inputs[3])];
    assert.equal(make.cacheInfo().size, 1);
    assert.deepEqual(await grid(first, 0), ["x...", "xx..", ".xx.", "..x."]);
    assert.deepEqual(await grid(first, 1), ["xx..", "xxx.", ".xx.", "..xx"]);
    assert.deepEqual(await grid(second, 0), ["xx..", "xx..", ".xx.", "..xx"]);
    assert.deepEqual(await grid(second, 1), ["xx..", "xxx.", ".xxx", "..xx"]);
    make.dispose();
    tf.dispose([...inputs, first, second]);
  });
});
