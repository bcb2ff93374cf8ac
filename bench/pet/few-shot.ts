/** PET against a head on the same rows, steps and rates: 0 to 100 labels, a model a pattern, their ensemble, distillation. */
import { decided, softLabels } from "../../src/prompt";
import type { FewShotTaskName } from "../../src/data/node";
import { disposeTree } from "../../src/tree";
import type { Results, Run } from "./results";
import { openSetting, scoresOf, SEEDS, SIZES, trained } from "./setting";
import type { Reading, Setting } from "./setting";

/** Steps on soft labels, which are many rows. */
const DISTIL = 40;

export async function fewShot(task: FewShotTaskName, results: Results): Promise<void> {
  const setting = await openSetting(task);
  const clozes = setting.patterns().map((pattern) => setting.cloze(pattern));
  const heads = (["cls", "mean"] as const).map((pool) => setting.plain(pool));
  if (!results.has({ task, labels: 0 })) await zeroShot(setting, clozes, results);
  for (const labels of SIZES)
    for (const seed of SEEDS) {
      if (results.outOfTime()) return;
      if (results.has({ task, labels, seed })) continue;
      const { labelled, targets, unlabelled } = setting.draw(labels, seed);
      const about = { task, labels, seed };
      const runs: Run[] = [];
      for (const head of heads) {
        const [scores] = await trained(head, labelled, targets, seed);
        runs.push({
          method: head.name === "cls" ? "head" : "head, mean",
          ...about,
          ...setting.judged(scores!),
        });
      }
      const [test, rest, weights]: [number[][][], number[][][], number[]] = [[], [], []];
      for (const cloze of clozes) {
        const states = cloze.states(unlabelled);
        const [scores, others] = await trained(cloze, labelled, targets, seed, [states]);
        disposeTree(states);
        runs.push({ method: "PET", ...about, pattern: cloze.name, ...setting.judged(scores!) });
        test.push(scores!);
        rest.push(others!);
        weights.push(await accuracyBefore(setting, cloze, labelled));
      }
      const mixed = softLabels(test);
      runs.push({ method: "PET ensemble", ...about, ...setting.judged(mixed) });
      if (weights.some((weight) => weight > 0))
        runs.push({ method: "PET ensemble, weighted", ...about, ...setting.judged(softLabels(test, { weights })), weights }); // prettier-ignore
      if (labels === 10) {
        const [distilled] = await trained(heads[1]!, unlabelled, softLabels(rest), seed, [], DISTIL);
        runs.push({ method: "PET distilled", ...about, ...setting.judged(distilled!) });
      }
      results.add(...runs);
    }
}

/** The patterns without any training, their ensemble, and a classifier that learned from it. */
async function zeroShot(setting: Setting, clozes: readonly Reading[], results: Results): Promise<void> {
  const about = { task: setting.data.name, labels: 0, seed: SEEDS[0]! };
  const { unlabelled } = setting.draw(0, about.seed);
  const [test, rest]: [number[][][], number[][][]] = [[], []];
  const runs: Run[] = [];
  for (const cloze of clozes) {
    const states = cloze.states(unlabelled);
    const tuned = cloze.tuner.untuned();
    const [scores, others] = await scoresOf(cloze.tuner, tuned, [cloze.test, states]);
    disposeTree([tuned, states]);
    runs.push({ method: "PET", ...about, pattern: cloze.name, ...setting.judged(scores!) });
    test.push(scores!);
    rest.push(others!);
  }
  runs.push({ method: "PET ensemble", ...about, ...setting.judged(softLabels(test)) });
  const head = setting.plain("mean");
  const [distilled] = await trained(head, unlabelled, softLabels(rest), about.seed, [], DISTIL);
  runs.push({ method: "PET distilled", ...about, ...setting.judged(distilled!) });
  results.add(...runs);
}

/** A pattern's weight: its accuracy on the labelled rows before it is trained on them (section 3.3). */
async function accuracyBefore(
  { data }: Setting,
  { tuner, states }: Reading,
  rows: Parameters<Reading["states"]>[0],
): Promise<number> {
  const [own, tuned] = [states(rows), tuner.untuned()];
  const guessed = decided(await tuner.logits(tuned, own), data.labels);
  disposeTree([own, tuned]);
  return guessed.filter((label, i) => label === rows[i]!.label).length / rows.length;
}
