/**
 * Is it the training that spoils what a pattern knew? At 10 labels: PET as it is, with its auxiliary loss (alpha 1e-4, section
 * 3.1), and stopped after a quarter of the steps.
 */
import { textRows } from "../../src/data";
import type { FewShotTaskName } from "../../src/data/node";
import { bertFrame, petSettings, tuner, wordReadout } from "../../src/prompt";
import type { Tuner } from "../../src/prompt";
import { disposeTree } from "../../src/tree";
import type { Results } from "./results";
import { openSetting, SEEDS, tunedOn } from "./setting";
import type { Reading } from "./setting";

const LABELS = 10;

export async function variants(task: FewShotTaskName, results: Results): Promise<void> {
  const setting = await openSetting(task);
  const { model, data } = setting;
  const { tokenizer } = model;
  const { before, after } = bertFrame(tokenizer);
  const rows = textRows(tokenizer, setting.unlabelled.map(({ text }) => text), { length: 24, before, after }); // prettier-ignore
  const special = [...before, ...after, tokenizer.special["[PAD]"]!];
  const mlm = { alpha: 1e-4, rows, batch: 8, length: 24, most: 4, special };
  const steps = petSettings.steps(LABELS);
  for (const pattern of setting.patterns()) {
    if (results.outOfTime()) return;
    const plain = setting.cloze(pattern);
    const words = data.labels.map((label) => pattern.verbalize(label).map((word) => tokenizer.encode(` ${word}`)[0]!)); // prettier-ignore
    const beside: Reading = { ...plain, tuner: tuner(model, wordReadout(model, words), petSettings.from, mlm) as Tuner<unknown> }; // prettier-ignore
    for (const seed of SEEDS) {
      const about = { task, labels: LABELS, seed, pattern: pattern.name };
      if (results.outOfTime() || results.has(about)) continue;
      const { labelled, targets } = setting.draw(LABELS, seed);
      const states = plain.states(labelled);
      for (const [method, reading, count] of [
        ["PET, a quarter of the steps", plain, Math.round(steps / 4)],
        ["PET with L_MLM", beside, steps],
      ] as const) {
        const { scores, loss } = await tunedOn(reading, states, targets, { seed, steps: count });
        results.add({ method, ...about, loss, ...setting.judged(scores[0]!) });
      }
      disposeTree(states);
    }
    beside.tuner.dispose();
    plain.tuner.dispose();
    disposeTree(plain.test);
  }
}
