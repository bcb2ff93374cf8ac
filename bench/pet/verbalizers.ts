/** The same patterns with good words, unrelated and reversed ones (after Gao et al. 2021, table 2). */
import { manual, verbalizerTable } from "../../src/prompt";
import { disposeTree } from "../../src/tree";
import type { Results } from "./results";
import { openSetting, SEEDS, trained } from "./setting";

/** The pattern that is trained; all of them are asked without training. */
const TRAINED = "all in all";

export async function verbalizers(results: Results): Promise<void> {
  const task = "sentiment";
  const setting = await openSetting(task);
  for (const { name } of setting.patterns()) {
    const find = (each: { readonly name: string }): boolean => each.name === name;
    const { test } = setting.cloze(setting.patterns().find(find)!);
    for (const { kind, words } of verbalizerTable) {
      const about = { task, kind, words, pattern: name };
      const seeds = name === TRAINED ? SEEDS : [];
      const cloze = setting.cloze(setting.patterns(manual(words)).find(find)!, test);
      if (!results.outOfTime() && !results.has({ ...about, labels: 0 })) {
        const tuned = cloze.tuner.untuned();
        const scores = await cloze.tuner.logits(tuned, test);
        disposeTree(tuned);
        results.add({ method: "PET", ...about, labels: 0, seed: SEEDS[0]!, ...setting.judged(scores) });
      }
      for (const seed of seeds) {
        if (results.outOfTime() || results.has({ ...about, labels: 10, seed })) continue;
        const { labelled, targets } = setting.draw(10, seed);
        const { scores, loss } = await trained(cloze, labelled, targets, seed);
        results.add({ method: "PET", ...about, labels: 10, seed, loss, ...setting.judged(scores[0]!) });
      }
      cloze.tuner.dispose();
    }
    disposeTree(test);
  }
}
