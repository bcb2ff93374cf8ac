import assert from "node:assert/strict";
import fc from "fast-check";
import { fork, makeRng, tf, useEngine } from "../../../src/engine";
import { IGNORE } from "../../../src/data";
import { initPositional } from "../../../src/models";
import {
  accuracyByShots,
  BLANK,
  episodeAnswers,
  episodeBatch,
  ictBatch,
  ictExample,
  labelEpisode,
  labelTask,
  markToken,
  metaIclBatch,
  MOST_SHOTS,
  PERIOD,
  plainBatch,
  taskPairs,
  taskParts,
  topicOf,
  toyDocument,
  toyModel,
  toyText,
  toyVocabSize,
  warmUpRun,
  warmUps,
} from "../../../src/prompt";
import { disposeTraining } from "../../../src/train";
import { disposeTree, mapTensors, namedTensors } from "../../../src/tree";

const size = { batch: 5, length: toyModel.places };
const rowsOf = ({ data, shape }: { data: Int32Array; shape: readonly number[] }): number[][] =>
  Array.from({ length: shape[0]! }, (_, b) => [...data.slice(b * shape[1]!, (b + 1) * shape[1]!)]);
const share = (flags: readonly boolean[]) => flags.filter(Boolean).length / flags.length;

describe("a toy language", () => {
  it("a document has two topics, and a mark goes with each more often than not", () => {
    const documents = Array.from({ length: 60 }, (_, i) => toyDocument(fork(makeRng(1), i), 40));
    const most = (values: number[]): number => {
      const counts = new Map<number, number>();
      values.forEach((v) => counts.set(v, (counts.get(v) ?? 0) + 1));
      return [...counts].sort((a, b) => b[1] - a[1])[0]![0];
    };
    const kept: boolean[] = [];
    const topical: boolean[] = [];
    for (const sentences of documents) {
      const words = sentences.flatMap((sentence) => sentence.words.map(topicOf));
      const first = most(words);
      const second = most(words.filter((topic) => topic !== first));
      topical.push(...words.map((topic) => topic === first || topic === second));
      const own = sentences.filter((sentence) => sentence.words.every((word) => topicOf(word) === first));
      const mark = most(own.map((sentence) => sentence.mark));
      kept.push(...own.map((sentence) => sentence.mark === mark));
    }
    // 0.95 + 0.05 / 5, and 0.7 + 0.3 / 12
    assert.ok(Math.abs(share(topical) - 0.96) < 0.02, `${share(topical)}`);
    assert.ok(Math.abs(share(kept) - 0.725) < 0.05, `${share(kept)}`);
  });

  it("a text is sentences: words, a mark, a period; a batch predicts each next token", () => {
    const text = toyText(makeRng(2), 60);
    assert.equal(text.length, 60);
    const kind = (id: number) => (id < markToken(0) ? "w" : id < PERIOD ? "m" : id === PERIOD ? "." : "?");
    assert.match(text.map(kind).join(""), /^(w{1,3}m\.)+(w{0,3}|w{1,3}m)$/);
    const { inputs, labels } = plainBatch(makeRng(3), size);
    rowsOf(inputs).forEach((row, b) => assert.deepEqual(row.slice(1), rowsOf(labels)[b]!.slice(0, -1)));
    assert.equal(toyVocabSize, 10 * 6 + 12 + 2);
    assert.deepEqual([inputs.shape, labels.shape], [[5, 27], [5, 27]]); // prettier-ignore
  });
});

describe("MetaICL", () => {
  it("an episode: examples of the task's labels, each word once, the question's answer", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(MOST_SHOTS), fc.constantFrom(...taskParts), (seed, shots, part) => {
        const task = labelTask(makeRng(seed), part);
        const { prompt, answer, options } = labelEpisode(makeRng(seed + 1), task, shots);
        const words = prompt.filter((_, t) => t % 3 === 0);
        const labels = [...prompt.filter((_, t) => t % 3 === 1), answer];
        assert.equal(prompt.length, 3 * shots + 1);
        assert.equal(new Set(words).size, shots + 1);
        words.forEach((word, i) => assert.equal(labels[i], task.labels[task.topics.indexOf(topicOf(word))]));
        assert.ok(prompt.every((id, t) => t % 3 !== 2 || id === PERIOD));
        assert.deepEqual(options, task.labels);
      }),
      { numRuns: 60 },
    );
  });

  it("new pairs have no pair of the warm-up, new topics no topic and no label", () => {
    const [warm, pairs, topics] = taskParts.map(taskPairs);
    const names = (part: typeof warm) => part!.topics.map((pair) => pair.join(" "));
    assert.deepEqual([warm!.topics.length + pairs!.topics.length, topics!.topics.length], [21, 3]);
    assert.ok(pairs!.topics.length >= 5 && names(pairs).every((name) => !names(warm).includes(name)));
    assert.deepEqual([...new Set(warm!.topics.flat())].sort(), [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual([new Set(topics!.topics.flat()), topics!.marks], [new Set([7, 8, 9]), [8, 9, 10, 11]]);
    assert.deepEqual(warm!.marks, pairs!.marks);
    assert.ok(topics!.marks.every((mark) => !warm!.marks.includes(mark)));
    for (const part of taskParts) {
      const seen = Array.from({ length: 300 }, (_, i) => labelTask(fork(makeRng(1), i), part));
      const drawn = new Set(seen.map((task) => [...task.topics].sort().join(" ")));
      assert.deepEqual([...drawn].sort(), names(taskPairs(part)).sort());
      assert.ok(seen.every(({ labels: [a, b] }) => a !== b));
      assert.ok(seen.some(({ topics: [a, b] }) => a > b) && seen.some(({ topics: [a, b] }) => a < b));
    }
  });

  it("in a batch only the answer is a label", () => {
    const episode = { prompt: [3, 61, PERIOD, 4], answer: 61, options: [61, 62] };
    const { inputs, labels } = episodeBatch([episode], 6);
    assert.deepEqual(rowsOf(inputs), [[3, 61, PERIOD, 4, PERIOD, PERIOD]]);
    assert.deepEqual(rowsOf(labels), [[IGNORE, IGNORE, IGNORE, 61, IGNORE, IGNORE]]);
    const counted = rowsOf(metaIclBatch(makeRng(1), size).labels).map(
      (row) => row.filter((id) => id !== IGNORE).length,
    );
    assert.deepEqual(counted, [1, 1, 1, 1, 1]);
  });

  it("more shots than a task has words for are refused", () => {
    const task = labelTask(makeRng(1), "new topics");
    assert.throws(() => labelEpisode(makeRng(1), task, 9), /shots must be a whole number from 0 to 8, got 9/);
  });
});

describe("ICT", () => {
  it("both kinds by hand", () => {
    const sentence = { words: [11, 12, 13], mark: markToken(2) };
    assert.deepEqual(ictExample(makeRng(1), sentence, "last word"), { question: [11, 12, 13], answer: 62 });
    const { question, answer } = ictExample(makeRng(1), sentence, "masked word");
    assert.equal(question.filter((id) => id === BLANK).length, 1);
    assert.deepEqual(question.map((id) => (id === BLANK ? answer : id)), [11, 12, 13, 62]); // prettier-ignore
  });

  it("a row keeps to one kind, and its labels are the answers before periods", () => {
    const { inputs, labels } = ictBatch(makeRng(4), { ...size, batch: 20 });
    const kinds = rowsOf(inputs).map((row, b) => {
      const wanted = rowsOf(labels)[b]!;
      row.forEach((_, t) => {
        const next = row[t + 1];
        if (wanted[t] !== IGNORE && next !== undefined) assert.equal(wanted[t], next);
        if (t + 2 < row.length) assert.equal(wanted[t] !== IGNORE, row[t + 2] === PERIOD);
      });
      return row.includes(BLANK);
    });
    assert.ok(kinds.includes(true) && kinds.includes(false));
    rowsOf(labels).forEach((row, b) =>
      row.filter((id) => id !== IGNORE).forEach((id) => assert.equal(id >= markToken(0), !kinds[b])),
    );
  });
});

describe("warm-up of the toy's model", () => {
  let tensors = 0;
  before(async () => void (await useEngine({ engine: "cpu" })));
  beforeEach(() => void (tensors = tf.memory().numTensors));
  afterEach(() => assert.equal(tf.memory().numTensors, tensors, "tensors are left"));

  it("it trains from new weights or from given ones, which stay as they were", async () => {
    const from = initPositional(toyModel, makeRng(9));
    const name = "blocks.0.attn.q.weight";
    const before = [...namedTensors(from).get(name)!.dataSync()];
    assert.deepEqual(warmUps, ["plain", "ict", "metaicl"]);
    for (const kind of ["ict", "metaicl"] as const) {
      const { state, records } = warmUpRun({ kind, steps: 1, batch: 1, ...(kind === "ict" ? { from } : {}) });
      const losses = [];
      for await (const { loss } of records) losses.push(loss);
      assert.ok(losses.length === 1 && losses.every((loss) => loss > 0 && loss < 12), `${losses}`);
      if (kind === "ict") {
        const after = [...namedTensors(state.params).get(name)!.dataSync()];
        assert.ok(
          after.some((v, i) => v !== before[i]) && after.every((v, i) => Math.abs(v - before[i]!) < 0.1),
        );
      }
      disposeTraining(state);
    }
    assert.deepEqual([...namedTensors(from).get(name)!.dataSync()], before);
    disposeTree(from);
  });

  it("the likelier label is the answer, and accuracy counts the right ones", async () => {
    // The last norm is made constant, and the table of tokens says which token it likes: the larger the id, the more.
    const params = initPositional(toyModel, makeRng(1));
    const likes = mapTensors(params, (leaf, name) => {
      if (name === "norm.gain") return tf.zerosLike(leaf);
      if (name === "norm.bias") return tf.onesLike(leaf);
      if (name !== "tokens") return leaf.clone();
      const rows = Array.from({ length: toyVocabSize }, (_, id) => new Array<number>(64).fill(id / 1000));
      return tf.tensor2d(rows);
    }) as typeof params;
    const episodes = [[1, 61, 65], [2, 70, 62]].map(([word, a, b]) => ({ prompt: [word!], answer: a!, options: [a!, b!] })); // prettier-ignore
    assert.deepEqual(await episodeAnswers(likes, episodes), [65, 70]);
    const [none] = await accuracyByShots(likes, makeRng(3), { part: "new topics", shots: [1], count: 30 });
    // Labels are drawn at random, so liking the larger one is right half of the time.
    assert.ok(none!.low < 0.5 && none!.high > 0.5, JSON.stringify(none));
    disposeTree([params, likes]);
  });
});
