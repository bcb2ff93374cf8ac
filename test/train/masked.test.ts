import assert from "node:assert/strict";
import { tf } from "../../src/engine";
import {
  bertFrame,
  classify,
  fit,
  manual,
  maskedScorer,
  maskLogProbs,
  pattern,
  template,
  render,
} from "../../src/prompt";
import { parseRecipe } from "../../src/train";
import { loadMasked, loadRecipe } from "../../src/train/node";
import type { LoadedMasked } from "../../src/train/node";
import { realModel } from "../helpers/real-model";

describe("a masked model on MiniLM", function () {
  this.timeout(300_000);
  let model: LoadedMasked;
  let tensors: number;

  before(async function () {
    model = await realModel(this, async (load) => {
      const base = await load("minilm-l6-v2");
      base.dispose();
      tensors = tf.memory().numTensors;
      return loadMasked("minilm-mlm");
    });
  });

  it("knows words of its domain: what it puts into a bank's question and into a review", async () => {
    const { tokenizer } = model;
    const texts = ["I want to {mask} my new card.", "The food was {mask}, and the service was terrible."];
    const prompts = texts.map(
      (text) => fit(render(template(text), {}), tokenizer, 32, bertFrame(tokenizer)).ids,
    );
    const rows = await maskLogProbs(model, prompts);
    const place = (row: Float32Array, word: string): number => {
      const own = row[tokenizer.encode(word)[0]!]!;
      return row.filter((lnQ) => lnQ > own).length;
    };
    assert.ok(place(rows[0]!, "activate") < 50, `activate: ${place(rows[0]!, "activate")}`);
    assert.ok(place(rows[1]!, "bad") < 50, `bad: ${place(rows[1]!, "bad")}`);
  });

  it("classifies by a pattern, and is freed whole", async () => {
    const { tokenizer } = model;
    const review = pattern<{ text: string }>("{text:shorten} It was {mask}.", manual({ negative: "terrible", positive: "great" })); // prettier-ignore
    const scorer = maskedScorer(model);
    const found = await classify(scorer, review, tokenizer, [{ text: "Great food, I loved it." }, { text: "Awful, a waste of money." }], ["negative", "positive"], bertFrame(tokenizer)); // prettier-ignore
    assert.equal(found.length, 2);
    assert.ok(found[0]!.probabilities[1]! > found[1]!.probabilities[1]!);
    scorer.dispose();
    model.dispose();
    assert.equal(tf.memory().numTensors, tensors);
  });

  it("a folder without a model, and wrong fields of its recipe, are named", async () => {
    await assert.rejects(loadMasked("none"), /none: it holds no trained model \(no model\.json\)\. Cure: lab train minilm-mlm/); // prettier-ignore
    const { recipe } = await loadRecipe("minilm-mlm");
    const wrong: [object, RegExp][] = [
      [{ model: { ...recipe.model, base: "bert-base" } }, /at model\.base/],
      [{ model: { ...recipe.model, free: -1 } }, /at model\.free/],
      [{ data: { ...recipe.data, texts: ["gsm8k"] } }, /at data\.texts/],
    ];
    for (const [change, message] of wrong)
      assert.throws(() => parseRecipe(JSON.stringify({ ...recipe, ...change }), "x.json"), message);
  });
});
