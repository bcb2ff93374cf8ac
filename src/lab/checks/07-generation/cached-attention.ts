import type { Exercise } from "../../exercise";
import { randomTensor } from "../04-multi-head-attention/matrices";
import { brief, same } from "../compare";
import type { Learner } from "../learner";
import { PlainTensor, tensor } from "../plain";
import type { Random } from "../random";
import type { Toolkit, Wrong } from "../toolkit";
import { cachedStep, placesOf, uncached, type CachedStep, type StepArgs, type Variant } from "./cache";

const mistake = (message: string, variant: Variant): Wrong<StepArgs> => ({
  message,
  answer: (...args) => cachedStep(args, variant),
});

const wrong: readonly Wrong<StepArgs>[] = [
  mistake(
    "There is no mask: the new tokens look at all S places, also at those that are not filled yet, where an earlier text has " +
      "left its keys. New token i sees places 0 ... length + i.",
    { sight: () => true },
  ),
  mistake(
    "New tokens see the new ones after them. Places that are not filled are hidden, but among the new tokens the mask must be " +
      "causal too: token i sees places 0 ... length + i.",
    { sight: (_, j, length, time) => j < length + time },
  ),
  mistake(
    "The causal mask lacks the offset: new token i stands at place length + i, not at place i, and sees all that was there before.",
    { sight: (i, j) => j <= i },
  ),
  mistake(
    "New tokens do not see themselves. Token i sees places 0 ... length + i, and length + i is its own.",
    {
      sight: (i, j, length) => j < length + i,
    },
  ),
  mistake(
    "New tokens see only what was there before, not each other and not themselves: up to place length + i.",
    {
      sight: (_, j, length) => j < length,
    },
  ),
  mistake("The mask hides one place too few: token i sees places 0 ... length + i, so j <= length + i.", {
    sight: (i, j, length) => j <= length + i + 1,
  }),
  mistake(
    "Hidden places have the score 0, and exp(0) = 1 is not nothing. They need -Infinity: tf.where(mask, scores, -Infinity).",
    { hidden: 0 },
  ),
  mistake("The scores are not scaled. Divide them by Math.sqrt(D), with D the length of a query.", {
    scale: () => 1,
  }),
  mistake("The scores were divided by D, and not by its root.", { scale: (headDim) => 1 / headDim }),
  mistake(
    "The new keys and values were written to the front of the cache, over the oldest ones. They go to place `length`.",
    {
      place: () => 0,
    },
  ),
  mistake(
    "The new keys and values were written to the end of the cache. They go to place `length`, right after what is filled.",
    {
      place: (_, time, size) => size - time,
    },
  ),
  mistake(
    "They were written one place too early, over the last token that was there. The first free place is `length`.",
    {
      place: (length) => length - 1,
    },
  ),
  mistake("They were written one place too late. Places count from 0, so the first free one is `length`.", {
    place: (length) => length + 1,
  }),
  mistake("The new keys and values are not in the cache: write them first, then look at the cache.", {
    writes: "none",
  }),
  mistake("The new keys were written, the new values were not.", { writes: "keys" }),
  mistake(
    "The cache came back shorter: what is behind the new tokens was cut off. Its shape must stay [H, S, D], or every step would " +
      "have to be compiled anew.",
    { after: "gone" },
  ),
  mistake("The places after the new tokens became 0. Leave them as they are: the mask hides them.", {
    after: "zeros",
  }),
  mistake("The new ones were put behind the whole cache, which grew. They go INTO it, at place `length`.", {
    after: "all kept before the new ones",
  }),
];

const expected = (...args: StepArgs): CachedStep => cachedStep(args);
const tolerance = 1e-4;

/** Which of the three parts is not right. */
function explain(value: unknown, ...args: StepArgs): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof PlainTensor) return "This is a tensor alone: give { out, keys, values }.";
  const right = expected(...args);
  const given = value as Partial<Record<keyof CachedStep, unknown>>;
  const names = ["out", "keys", "values"] as const;
  const bad = names.filter((name) => !same(given[name], right[name], tolerance));
  if (bad.length === 3 || bad.length === 0) return undefined;
  const good = names.filter((name) => !bad.includes(name));
  return `${good.join(" and ")} ${good.length > 1 ? "are" : "is"} right, ${bad.join(" and ")} ${bad.length > 1 ? "are" : "is"} not.`;
}

/** One head, one new token, two of four places filled: the others hold leftovers. Then with D = 4, so that the scale counts. */
const hand: readonly StepArgs[] = [
  [
    tensor([[[2]]]),
    tensor([[[1]]]),
    tensor([[[30]]]),
    tensor([[[0], [0.5], [4], [7]]]),
    tensor([[[10], [20], [99], [99]]]),
    2,
  ],
  [
    tensor([[[2, 0, 0, 0]]]),
    tensor([[[1, 0, 0, 0]]]),
    tensor([[[0, 1, 0, 0]]]),
    tensor([[[0, 0, 0, 0], [9, 9, 9, 9], [9, 9, 9, 9]]]),
    tensor([[[1, 0, 0, 0], [7, 7, 7, 7], [7, 7, 7, 7]]]),
    1,
  ],
]; // prettier-ignore

function randomArgs(
  random: Random,
  length: number,
  time: number,
  spare: number,
  heads = random.int(1, 3),
): StepArgs {
  const headDim = heads === 1 ? 2 : random.int(2, 4);
  const fresh = (): PlainTensor => randomTensor(random, [heads, time, headDim]);
  const cache = (): PlainTensor => randomTensor(random, [heads, length + time + spare, headDim]);
  return [fresh(), fresh(), fresh(), cache(), cache(), length];
}

/** Reads a text in pieces, each step with the cache of the one before, and compares with attention without a cache. */
async function inPieces(learner: Learner, t: Toolkit, pieces: readonly number[]): Promise<void> {
  const total = pieces.reduce((sum, piece) => sum + piece, 0);
  const some = (places: number): PlainTensor => randomTensor(t.random, [2, places, 3]);
  const [q, k, v] = [some(total), some(total), some(total)];
  const whole = uncached(q, k, v);
  const empty = some(total + 2);
  let cache: Pick<CachedStep, "keys" | "values"> = { keys: empty, values: some(total + 2) };
  let start = 0;
  for (const piece of pieces) {
    const end = start + piece;
    const fresh = [q, k, v].map((x) => placesOf(x, start, end));
    const { value } = await learner.run([...fresh, cache.keys, cache.values, start]);
    const { out, keys, values } = (
      typeof value === "object" && value !== null ? value : {}
    ) as Partial<CachedStep>;
    const said =
      `A text of ${total} tokens was read in pieces of ${pieces.join(", ")}, each time with the cache that came back. ` +
      `With length ${start}, `;
    if (!same(out, placesOf(whole, start, end), tolerance))
      t.fail(
        `${said}out was\n${brief(out)}\nand attention without a cache is\n${brief(placesOf(whole, start, end))}`,
      );
    for (const [name, part] of Object.entries({ keys, values }))
      if (!(part instanceof PlainTensor) || !same(part.shape, empty.shape))
        t.fail(
          `${said}${name} must come back as [${empty.shape.join(", ")}], the whole cache, and it was ${brief(part)}`,
        );
    cache = { keys: keys!, values: values! };
    start = end;
  }
}

export const cachedAttention: Exercise = {
  id: "cached-attention",
  fn: "cachedAttention",
  title: "Attention with a cache",
  difficulty: 4,
  importance: 5,
  minutes: 30,
  hints: [
    "Draw the cache as S boxes: which are filled, which are new, which are not in use? Then for each new token: which boxes may it " +
      "look at? That is a row of the mask [T, S].",
    [
      "inside tf.tidy:",
      "  if length + T > S: throw a RangeError",
      "  all keys = places before length of the old ones, then k, then places from length + T on      [H, S, D]",
      "  all values in the same way",
      "  scores = q times all keys transposed, divided by the root of D                                [H, T, S]",
      "  mask[i][j] = j <= length + i;  where it is false the score is -Infinity",
      "  out = softmax(scores) times all values",
      "  give { out, keys: all keys, values: all values }",
    ].join("\n"),
    "tf.concat([a, b, c], 1) joins along the places. keys.slice([0, 0, 0], [heads, length, headDim]) are the first `length`; a slice " +
      'of 0 places is allowed. tf.range(length, length + time, 1, "int32").expandDims(1) is a column of places.',
  ],
  errors: [
    {
      see: /possibly .?undefined|is not assignable to parameter of type 'number'/,
      help: "TypeScript does not know that q has three axes: const [heads, time, headDim] = q.shape as [number, number, number].",
    },
    {
      see: /begin.*size|slice.*(out|bounds)|Error in slice/,
      help: "slice takes where it begins and HOW MANY, not where it ends.",
    },
    {
      see: /inner shapes|Error in matMul/,
      help: "q K^T needs K transposed: tf.matMul(q, keys, false, true).",
    },
    {
      see: /left \d+ tensors? behind/,
      help: "return tf.tidy(() => ({ out, keys, values })) keeps these three and frees the rest.",
    },
    {
      see: /disposed|took its input away/,
      help: "The old cache is the caller's: build a new one, dispose nothing that you were given.",
    },
    {
      see: /must throw a RangeError/,
      help: "Compare length + T with S before anything is written: if (length + time > size) throw new RangeError(...).",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: one head, one new token",
      points: 3,
      run: (learner, t) =>
        t.cases<StepArgs>(learner, {
          args: hand,
          expected,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "prompt",
      title: "a prompt, with nothing before it",
      points: 3,
      run: (learner, t) =>
        t.cases<StepArgs>(learner, {
          args: Array.from({ length: 12 }, (_, i) =>
            i === 0 ? randomArgs(t.random, 0, 2, 1, 1) : randomArgs(t.random, 0, t.random.int(2, 4), i % 3),
          ),
          expected,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "random",
      title: "25 random cases: some tokens more",
      points: 4,
      run: (learner, t) =>
        t.cases<StepArgs>(learner, {
          args: Array.from({ length: 25 }, (_, i) =>
            i === 0
              ? randomArgs(t.random, 1, 2, 1, 1)
              : randomArgs(t.random, t.random.int(1, 4), t.random.int(1, 3), i % 4),
          ),
          expected,
          wrong,
          explain,
          tolerance,
        }),
    },
    {
      id: "pieces",
      title: "read in pieces is as read at once",
      points: 3,
      async run(learner, t) {
        await inPieces(learner, t, [1, 1, 1, 1]);
        await inPieces(learner, t, [3, 1, 2]);
      },
    },
    {
      id: "full",
      title: "refuses more tokens than there is room for",
      points: 1,
      async run(learner, t) {
        await t.refuses(learner, randomArgs(t.random, 2, 2, -1, 1), /RangeError/, "a RangeError");
        const args = [randomArgs(t.random, 2, 1, 0, 1), randomArgs(t.random, 0, 1, 0)];
        await t.cases<StepArgs>(learner, { args, expected, wrong, explain, tolerance });
      },
    },
    {
      id: "input",
      title: "leaves its input alone",
      points: 1,
      run: (learner, t) =>
        t.unchanged<StepArgs>(learner, [hand[0]!, randomArgs(t.random, 1, 2, 1, 1)], expected, tolerance),
    },
    {
      id: "memory",
      title: "leaves no tensors behind",
      points: 1,
      run: (learner, t) =>
        t.noLeaks<StepArgs>(learner, {
          args: hand,
          expected,
          wrong,
          explain,
          tolerance,
        }),
    },
  ],
};
