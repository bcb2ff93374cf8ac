/** What a recipe learns from and is judged with, for Node. */
import { fork, makeRng, type Rng } from "../../engine";
import {
  arithmeticProblems,
  game24Lines,
  lineBatch,
  lineBatches,
  lineRows,
  type LmBatch,
  type QuestionLine,
  randomBatch,
  shotRows,
  splitStream,
  storyAnswer,
  storyProblems,
  type StoryStyle,
  tokenStream,
  workedAnswer,
} from "../../data";
import { loadText } from "../../data/node";
import { byteModel, type TokenizerModel, tokenizerOf, trainBpe, trainChar } from "../../text";
import type { CausalRecipe } from "../recipe";

export interface RecipeData {
  readonly tokenizer: TokenizerModel;
  /** A batch to learn from. */
  readonly draw: (rng: Rng) => LmBatch;
  /** The batches that judge. */
  readonly batches: readonly LmBatch[];
}

export const recipeData = (recipe: CausalRecipe): RecipeData =>
  recipe.objective === "causal" ? textData(recipe) : problemData(recipe);

type Of<O extends CausalRecipe["objective"]> = Extract<CausalRecipe, { readonly objective: O }>;

/** Pieces from anywhere in a text. The tokenizer has seen the whole text, as nanoGPT's has. */
function textData({ data, batch, context: length, evaluation }: Of<"causal">): RecipeData {
  const text = loadText(data.text);
  const { kind } = data.tokenizer;
  const tokenizer: TokenizerModel =
    data.tokenizer.kind === "bpe"
      ? trainBpe(text, { vocabSize: data.tokenizer.vocabSize })
      : kind === "char"
        ? trainChar(text)
        : byteModel();
  const { train, validation } = splitStream(tokenStream(tokenizerOf(tokenizer), text), 1 - data.validation);
  const rng = makeRng(evaluation.seed);
  return {
    tokenizer,
    draw: (from) => randomBatch(train, { batch, length }, from),
    batches: Array.from({ length: evaluation.batches }, () =>
      randomBatch(validation, { batch, length }, rng),
    ),
  };
}

/** Made problems, a line each. The tokenizer has seen those to learn from: characters, the end of a line among them. */
function problemData({ data, batch, context: length, evaluation }: Of<"answers">): RecipeData {
  // Of stories a row has several lines, all in one style.
  const shots = data.problems === "stories" ? data.shots : 0;
  const train = linesOf(data, "train", data.count, fork(makeRng(data.seed), "train"));
  const test = linesOf(data, "test", evaluation.batches * batch * (1 + shots), makeRng(evaluation.seed));
  const tokenizer = trainChar(train.map(({ question, answer }) => `${question}${answer}\n`));
  const rowsOf = (part: typeof train) =>
    shots === 0
      ? lineRows(tokenizerOf(tokenizer), part, length)
      : shotRows(tokenizerOf(tokenizer), grouped(part, 1 + shots), length);
  const rows = rowsOf(train);
  return {
    tokenizer,
    draw: (from) => lineBatch(rows, { batch, length }, from),
    batches: lineBatches(rowsOf(test), { batch, length }),
  };
}

function linesOf(
  data: Of<"answers">["data"],
  part: "train" | "test",
  count: number,
  rng: Rng,
): QuestionLine[] {
  if (data.problems === "game24") return game24Lines({ count, part }, rng);
  if (data.problems === "stories") {
    const { styles, steps, shots } = data;
    return storyProblems({ count, steps, part }, rng).map((problem, i) => ({
      question: problem.question,
      answer: storyAnswer(problem, styles[Math.floor(i / (1 + shots)) % styles.length] as StoryStyle),
    }));
  }
  const { form, kinds, digits } = data;
  return arithmeticProblems({ count, digits, kinds, part }, rng).map((problem) => ({
    question: problem.question,
    answer: workedAnswer(problem, form),
  }));
}

const grouped = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
