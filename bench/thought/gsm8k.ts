/**
 * SmolLM2-135M on easy word problems of GSM8K, asked in five ways, and a vote on a few. Calls are kept, so it can be
 * stopped and started again.
 *
 *   npx tsx bench/thought/gsm8k.ts [ITEMS]      writes datasets/thought-runs/gsm8k.json
 */
import { loadModel } from "../../src/checkpoints";
import { loadGsm8k } from "../../src/data/node";
import type { WordProblem } from "../../src/data";
import { makeRng, tf } from "../../src/engine";
import { accuracyInterval, answerNumber, autoCot, fewShotPrompt, selfConsistency, votesCurve, writeOne, zeroShotAnswer, zeroShotThought } from "../../src/prompt"; // prettier-ignore
import type { Exemplar } from "../../src/prompt";
import { minutesSince, writeResult } from "./runs";
import { openSmol } from "./smol";

const wordsOf = (text: string): number => text.trim().split(/\s+/).length;
const answer = { maxNewTokens: 10, stop: ["\n"] };
const chain = { maxNewTokens: 64, stop: ["\nQ:", "\n\n"] };
/** Those of the short training problems that are shown: two steps, and no mistake in them. */
const shown = [37, 48, 57, 31];
const voted = 6; // items with a vote
const votes = 8;

const exemplarOf = ({ question, steps, answer: gold }: WordProblem): Exemplar => ({
  question,
  chain: steps.map((step) => (/[.!]$/.test(step) ? step : `${step}.`)).join(" "),
  answer: gold,
});

/** Sentence vectors by MiniLM: the mean over tokens. */
async function vectorsOf(texts: readonly string[]): Promise<number[][]> {
  const model = await loadModel("minilm-l6-v2");
  const tokenizer = model.tokenizer!;
  const vectors: number[][] = [];
  for (const text of texts) {
    const ids = [tokenizer.special["[CLS]"]!, ...tokenizer.encode(text), tokenizer.special["[SEP]"]!];
    const mean = tf.tidy(() =>
      model
        .run(tf.tensor2d([ids], undefined, "int32"))
        .mean(1)
        .squeeze([0]),
    );
    vectors.push((await mean.array()) as number[]);
    mean.dispose();
  }
  model.dispose();
  return vectors;
}

async function main(count: number): Promise<void> {
  const started = performance.now();
  const { train, test } = loadGsm8k();
  const items = test
    .map((problem, index) => ({ ...problem, index }))
    .filter(({ question, steps }) => steps.length === 2 && wordsOf(question) <= 28)
    .slice(0, count);
  const exemplars = shown.map((i) => exemplarOf(train[i] as WordProblem));
  const pool = train.filter(({ question }) => wordsOf(question) <= 40).map(({ question }) => question);
  const smol = await openSmol();
  const vectors = await vectorsOf(pool);
  const { write } = smol;
  const rows: Record<string, unknown>[] = [];

  /** Also what is there so far, should it be stopped. */
  let more: Record<string, unknown> = {};
  const save = (further: Record<string, unknown> = {}): void => {
    more = { ...more, ...further };
    writeResult("gsm8k", {
      about: `${items.length} problems of test-short.jsonl of two steps and at most 28 words; index counts its lines from 0. "Q: ...\\nA:" without a chat template, greedy, at most ${chain.maxNewTokens} tokens. votes: few-shot thought, ${votes} samples at temperature 0.7.`,
      command: `npx tsx bench/thought/gsm8k.ts ${count}`,
      ...smol.about,
      minutes: minutesSince(started),
      shown,
      rows,
      ...more,
    });
  };
  const measure = async (
    method: string,
    solve: (question: string) => Promise<{ text: string; found: number | string | undefined }>,
  ): Promise<void> => {
    const answers = [];
    for (const { question, answer: gold, index } of items) {
      const { text, found } = await solve(question);
      answers.push({ index, gold, found: found ?? null, right: found === gold, text });
    }
    const right = answers.filter((each) => each.right).length;
    const { low, high } = accuracyInterval(right, items.length);
    rows.push({ method, right, problems: items.length, low, high, answers });
    save();
    console.log(method, right, "of", items.length, `${minutesSince(started)} min,`, smol.counts());
  };
  const shots = async (prompt: string, how: typeof chain) => {
    const text = await writeOne(write, prompt, how);
    return { text, found: answerNumber(text) };
  };

  await measure("zero-shot", async (question) => {
    const { answerText: text, answer: found } = await zeroShotAnswer(write, question, { answer });
    return { text, found };
  });
  await measure("few-shot", (question) => shots(fewShotPrompt(exemplars, question, "standard"), answer));
  await measure("few-shot thought", (question) => shots(fewShotPrompt(exemplars, question, "chain"), chain));
  await measure("zero-shot thought", async (question) => {
    const { reasoning: text, answer: found } = await zeroShotThought(write, question, { reason: chain, answer }); // prettier-ignore
    return { text, found };
  });
  const auto = await autoCot({ questions: pool, vectors, clusters: 4, write, rng: makeRng(1), maxWords: 40, tries: 4, reason: chain, answer }); // prettier-ignore
  const demonstrations = auto.exemplars.map((each) => {
    const gold = train.find(({ question }) => question === each.question)?.answer;
    return { ...each, gold, right: each.answer === gold };
  });
  console.log(demonstrations);
  save({
    clusters: auto.clusters.map(({ members, tries }) => ({ size: members.length, tries })),
    demonstrations,
  });
  if (auto.exemplars.length > 0)
    await measure("auto thought", (question) =>
      shots(fewShotPrompt(auto.exemplars, question, "chain"), chain),
    );

  const sampled = [];
  for (const { question, answer: gold, index } of items.slice(0, voted)) {
    const prompt = fewShotPrompt(exemplars, question, "chain");
    const { answers, votes: result } = await selfConsistency(write, prompt, { count: votes, answerOf: (text) => answerNumber(text), write: { ...chain, temperature: 0.7 } }); // prettier-ignore
    sampled.push({ index, gold, answers: answers.map((each) => each ?? null), vote: result.answer ?? null });
  }
  const curve = votesCurve(sampled.map(({ gold, answers }) => ({ gold, answers: answers.map((each) => each ?? undefined) })), { sizes: [1, 2, 4, 8], rng: makeRng(1) }); // prettier-ignore
  console.log(curve, smol.counts());
  save({ votes: sampled, curve });
  smol.close();
}

void main(Number(process.argv[2] ?? 24));
