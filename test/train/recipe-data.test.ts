import assert from "node:assert/strict";
import { makeRng } from "../../src/engine";
import { IGNORE, isHeldOut, isHeldOutStory } from "../../src/data";
import { tokenizerOf } from "../../src/text";
import { type CausalRecipe, parseRecipe } from "../../src/train";
import { loadRecipe } from "../../src/train/node";
import { recipeData } from "../../src/train/node/recipe-data";

/** Lines of a batch, and what of them is judged. */
function read(recipe: CausalRecipe, { inputs, labels }: ReturnType<ReturnType<typeof recipeData>["draw"]>) {
  const { decode } = tokenizerOf(recipeData(recipe).tokenizer);
  const [batch, length] = inputs.shape as [number, number];
  return Array.from({ length: batch }, (_, b) => {
    const row = (from: Int32Array): number[] => [...from.subarray(b * length, (b + 1) * length)];
    const judged = row(labels.data).filter((id) => id !== IGNORE);
    return { line: decode(row(inputs.data)), judged: decode(judged) };
  });
}

describe("the data of a recipe", function () {
  this.timeout(300_000);

  it("problems: lines begin where a row begins, only answers are judged, and what judges is held out", async () => {
    const { recipe: shipped } = await loadRecipe("arithmetic-direct");
    const recipe = { ...shipped, data: { ...shipped.data, count: 500 } } as CausalRecipe;
    const { draw, batches } = recipeData(recipe);
    assert.equal(batches.length, recipe.evaluation.batches);
    for (const [part, all] of [
      [false, [draw(makeRng(1)), draw(makeRng(2))]],
      [true, batches],
    ] as const)
      // prettier-ignore
      for (const { line, judged } of all.flatMap((batch) => read(recipe, batch))) {
        const [, a, b, answer] = /^(\d+)\+(\d+)=(\d+)/.exec(line) as string[];
        assert.equal(Number(a) + Number(b), Number(answer));
        assert.equal(judged, `${answer}\n`);
        assert.equal(isHeldOut(Number(a), Number(b)), part, line);
      }
  });

  it("game24: both roles, in lines that fit", async () => {
    const { recipe: shipped } = await loadRecipe("game24");
    const recipe = { ...shipped, data: { ...shipped.data, count: 200 }, evaluation: { ...shipped.evaluation, batches: 1 } } as CausalRecipe; // prettier-ignore
    const { draw, batches } = recipeData(recipe);
    const lines = [draw(makeRng(1)), ...batches].flatMap((batch) => read(recipe, batch));
    const judged = lines.map((each) => each.judged);
    assert.ok(judged.includes("y\n") && judged.includes("n\n"));
    assert.ok(judged.every((text) => /^([yn]|[-\d/]+ [-+*/] [-\d/]+=[-\d/]+)\n$/.test(text)));
  });

  it("stories: rows of several lines in one style, each answer judged, what judges is held out", async () => {
    const { recipe: shipped } = await loadRecipe("stories-shots");
    const recipe = { ...shipped, data: { ...shipped.data, count: 400 }, evaluation: { ...shipped.evaluation, batches: 1 } } as CausalRecipe; // prettier-ignore
    const { draw, batches } = recipeData(recipe);
    const styles = new Set<string>();
    for (const [part, batch] of [
      [false, draw(makeRng(1))],
      ...batches.map((each) => [true, each] as const),
    ] as const)
      // prettier-ignore
      for (const { judged, line } of read(recipe, batch)) {
        const answers = judged.split("\n").filter((each) => each !== "");
        const asked = [...line.matchAll(/has (\d+) \w+, (.*?)\. How many/g)];
        assert.ok(answers.length >= 2 && answers.length <= 3 && answers.length === asked.length, line);
        const found = answers.map((each) => (each.startsWith("#") ? "direct" : /^\d+,/.test(each) ? "words" : "equations")); // prettier-ignore
        assert.equal(new Set(found).size, 1, judged);
        styles.add(found[0] as string);
        for (const [, start, events] of asked) {
          const changes = (events as string).split(", ").map((event) => Number(event.split(" ")[1]) * (/^(buys|finds|gets)/.test(event) ? 1 : -1)); // prettier-ignore
          assert.equal(isHeldOutStory(Number(start), changes), part);
        }
      }
    assert.deepEqual([...styles].sort(), ["direct", "equations", "words"]);
  });

  it("the two recipes differ in their form and their context only", async () => {
    const [direct, scratchpad] = await Promise.all(
      ["arithmetic-direct", "arithmetic-scratchpad"].map(async (name) => (await loadRecipe(name)).recipe),
    );
    const same = ({ data, ...rest }: CausalRecipe): object => ({ ...rest, data: { ...data, form: "" }, about: "", context: 0 }); // prettier-ignore
    assert.deepEqual(same(direct as CausalRecipe), same(scratchpad as CausalRecipe));
  });

  it("a line that does not fit the context is named, and so is a form that does not exist", async () => {
    const recipe = (await loadRecipe("arithmetic-scratchpad")).recipe as CausalRecipe;
    assert.throws(() => recipeData({ ...recipe, context: 20 }), /lineRows: line \d+ \(".+"\) needs \d+ places, a row has 20/); // prettier-ignore
    const wrong = { ...recipe, data: { ...recipe.data, form: "thoughts" } };
    assert.throws(() => parseRecipe(JSON.stringify(wrong), "x.json"), /at data\.form/);
    const mixed = { ...recipe, objective: "causal" };
    assert.throws(() => parseRecipe(JSON.stringify(mixed), "x.json"), /at data\.text/);
  });
});
