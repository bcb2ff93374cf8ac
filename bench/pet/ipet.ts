/** iPET: generations of models that label for each other, from 10 labels and from none. */
import { fork, makeRng } from "../../src/engine";
import { generationSizes, growSet, oneHot, softLabels, teachers } from "../../src/prompt";
import type { FewShotTaskName } from "../../src/data/node";
import { disposeTree } from "../../src/tree";
import type { Results, Run } from "./results";
import { openSetting, scoresOf, SEEDS, trained, tunedOn } from "./setting";

const GENERATIONS = 2;
/** The paper multiplies by 5; there are 300 unlabelled texts here. */
const FACTOR = 3;
/** Half of the other patterns label: one of two. */
const SHARE = 0.5;

export async function ipet(task: FewShotTaskName, results: Results): Promise<void> {
  const setting = await openSetting(task);
  const { labels: names } = setting.data;
  const clozes = setting.patterns().map((pattern) => setting.cloze(pattern));
  const head = setting.plain("mean");
  const { unlabelled } = setting;
  const rest = clozes.map((cloze) => cloze.states(unlabelled));
  const plain = head.states(unlabelled);
  for (const labels of [10, 0])
    for (const seed of SEEDS) {
      if (results.outOfTime()) return;
      if (results.has({ task, labels, seed })) continue;
      const { labelled, targets } = setting.draw(labels, seed);
      const about = { task, labels, seed };
      const runs: Run[] = [];
      /** [patterns]: scores of the test rows, and of the unlabelled ones. */
      let now: number[][][][] = [];
      for (const [p, cloze] of clozes.entries()) {
        if (labels > 0) now.push((await trained(cloze, labelled, targets, seed, [rest[p]!])).scores);
        else {
          const tuned = cloze.tuner.untuned();
          now.push(await scoresOf(cloze.tuner, tuned, [cloze.test, rest[p]!]));
          disposeTree(tuned);
        }
      }
      const told = (method: string, generation: number, size: number, scores: number[][]): void =>
        void runs.push({ method, ...about, generation, size, ...setting.judged(scores) });
      told("iPET", 0, labels, softLabels(now.map(([test]) => test!)));
      for (const [g, size] of generationSizes(Math.max(labels, 10), FACTOR, GENERATIONS).entries()) {
        const before = now;
        now = [];
        for (const [p, cloze] of clozes.entries()) {
          const rng = fork(makeRng(seed), `generation ${g} pattern ${p}`);
          const chosen = teachers(p, clozes.length, SHARE, rng);
          const scores = softLabels(chosen.map((teacher) => before[teacher]![1]!), { temperature: 1 }).map((row) => row.map(Math.log)); // prettier-ignore
          const grown = growSet(scores, Math.round((size - labels) / names.length), rng);
          const rows = [...labelled, ...grown.map(({ index }) => unlabelled[index]!)];
          const all = [...targets, ...grown.map(({ label }) => oneHot(names, names[label]!))];
          now.push((await trained(cloze, rows, all, seed, [rest[p]!])).scores);
        }
        told("iPET", g + 1, size, softLabels(now.map(([test]) => test!)));
      }
      const soft = softLabels(now.map(([, others]) => others!));
      const { scores } = await tunedOn(head, plain, soft, { seed, steps: 40 });
      told("iPET distilled", GENERATIONS, unlabelled.length, scores[0]!);
      results.add(...runs);
    }
}
