/** PET against a head on the same rows, steps and rates: 0 to 100 labels, a model a pattern, their ensemble, distillation. */
import { decided, softLabels } from "../../src/prompt";
import type { FewShotTaskName } from "../../src/data/node";
import { disposeTree } from "../../src/tree";
import type { Results, Run } from "./results";
import { openSetting, scoresOf, SEEDS, SIZES, trained, tunedOn } from "./setting";
import type { Reading, Setting } from "./setting";

/** Steps on soft labels, which are many rows. */
const DISTIL = 40;

export async function fewShot(task: FewShotTaskName, results: Results): Promise<void> {
  const setting = await openSetting(task);
  const clozes = setting.patterns().map((pattern) => setting.cloze(pattern));
  const heads = (["cls", "mean"] as const).map((pool) => setting.plain(pool));
  const rest = clozes.map((cloze) => cloze.states(setting.unlabelled));
  const plain = heads[1]!.states(setting.unlabelled);
  /** A classifier that learned from what the patterns say of the unlabelled texts. */
  const distilled = async (scores: readonly number[][][], seed: number) => {
    const result = await tunedOn(heads[1]!, plain, softLabels(scores), { seed, steps: DISTIL });
    return { method: "PET distilled", loss: result.loss, ...setting.judged(result.scores[0]!) };
  };

  if (!results.has({ task, labels: 0 })) {
    const about = { task, labels: 0, seed: SEEDS[0]! };
    const [test, others]: [number[][][], number[][][]] = [[], []];
    const runs: Run[] = [];
    for (const [p, cloze] of clozes.entries()) {
      const tuned = cloze.tuner.untuned();
      const [own, more] = await scoresOf(cloze.tuner, tuned, [cloze.test, rest[p]!]);
      disposeTree(tuned);
      runs.push({ method: "PET", ...about, pattern: cloze.name, ...setting.judged(own!) });
      test.push(own!);
      others.push(more!);
    }
    runs.push({ method: "PET ensemble", ...about, ...setting.judged(softLabels(test)) });
    runs.push({ ...about, ...(await distilled(others, about.seed)) });
    results.add(...runs);
  }
  for (const labels of SIZES)
    for (const seed of SEEDS) {
      if (results.outOfTime()) return;
      if (results.has({ task, labels, seed })) continue;
      const { labelled, targets } = setting.draw(labels, seed);
      const about = { task, labels, seed };
      const runs: Run[] = [];
      for (const head of heads) {
        const { scores, loss } = await trained(head, labelled, targets, seed);
        runs.push({ method: head.name === "cls" ? "head" : "head, mean", ...about, loss, ...setting.judged(scores[0]!) }); // prettier-ignore
      }
      const [test, others, weights]: [number[][][], number[][][], number[]] = [[], [], []];
      for (const [p, cloze] of clozes.entries()) {
        const asked = labels === SIZES[0] ? [rest[p]!] : [];
        const { scores, loss } = await trained(cloze, labelled, targets, seed, asked);
        runs.push({ method: "PET", ...about, pattern: cloze.name, loss, ...setting.judged(scores[0]!) });
        test.push(scores[0]!);
        others.push(...scores.slice(1));
        weights.push(await accuracyBefore(setting, cloze, labelled));
      }
      runs.push({ method: "PET ensemble", ...about, ...setting.judged(softLabels(test)) });
      if (weights.some((weight) => weight > 0))
        runs.push({ method: "PET ensemble, weighted", ...about, ...setting.judged(softLabels(test, { weights })), weights }); // prettier-ignore
      if (others.length > 0) runs.push({ ...about, ...(await distilled(others, seed)) });
      results.add(...runs);
    }
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
