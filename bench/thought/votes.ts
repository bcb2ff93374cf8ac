/**
 * Self-consistency: the vote of sampled chains against their number, on held-out sums of the middle model with a
 * scratchpad (npx tsx bench/thought/sums.ts train scratchpad-64) and on the longest word problems of stories-chain.
 *
 *   npx tsx bench/thought/votes.ts      writes datasets/thought-runs/votes.json
 */
import { join } from "node:path";
import { answerOf, arithmeticProblems, gradeStory, storyProblems } from "../../src/data";
import { makeRng, useEngine } from "../../src/engine";
import { trainedDecoder } from "../../src/generate";
import { decoderWriter, votesCurve } from "../../src/prompt";
import { loadTrained } from "../../src/train/node";
import { minutesSince, work, writeResult } from "./runs";

const samples = 40; // the paper's
const sizes = [1, 2, 3, 5, 10, 20, 40];
const temperature = 0.7;

interface Task {
  readonly name: string;
  readonly place: string;
  readonly problems: readonly { readonly question: string; readonly gold: number }[];
  readonly answerOf: (text: string) => number | undefined;
}
const sums = arithmeticProblems({ count: 100, digits: [4], part: "test" }, makeRng(11));
const stories = storyProblems({ count: 100, steps: [4], part: "test" }, makeRng(11));
const tasks: readonly Task[] = [
  {
    name: "sums",
    place: join(work, "sums-scratchpad-64"),
    problems: sums.map(({ question, answer }) => ({ question, gold: answer })),
    answerOf: (text) => answerOf(text, "scratchpad"),
  },
  {
    name: "stories",
    place: "stories-chain",
    problems: stories.map(({ question, answer }) => ({ question, gold: answer })),
    answerOf: (text) => gradeStory(stories[0]!, text).answer,
  },
];

async function main(): Promise<void> {
  const { engine, device } = await useEngine({});
  const started = performance.now();
  const rows = [];
  for (const { name, place, problems, answerOf } of tasks) {
    const saved = await loadTrained(place);
    const { writeEach } = decoderWriter({ decoder: trainedDecoder(saved), tokenizer: saved.tokenizer, rng: makeRng(1), batch: 200 }); // prettier-ignore
    const greedy = await writeEach(
      problems.map(({ question }) => question),
      { stop: ["\n"] },
    );
    const right = greedy.filter((text, i) => answerOf(text) === problems[i]?.gold).length;
    const prompts = problems.flatMap(({ question }) => Array<string>(samples).fill(question));
    const texts = await writeEach(prompts, { temperature, stop: ["\n"] });
    const items = problems.map(({ gold }, i) => ({
      gold,
      answers: texts.slice(i * samples, (i + 1) * samples).map(answerOf),
    }));
    const curve = votesCurve(items, { sizes, rng: makeRng(2) });
    rows.push({ task: name, temperature, problems: problems.length, greedy: right / problems.length, curve });
    console.log(name, right, curve.map(({ samples: n, accuracy }) => `${n}: ${accuracy.toFixed(3)}`).join(" "), minutesSince(started)); // prettier-ignore
  }
  writeResult("votes", {
    about: `Accuracy of the vote of so many chains out of ${samples}, 50 resamples; greedy is one chain without a draw. sums: 4 digits, width 64; stories: 4 steps.`,
    command: "npx tsx bench/thought/votes.ts",
    seed: 1,
    engine,
    device,
    minutes: minutesSince(started),
    rows,
  });
}

void main();
