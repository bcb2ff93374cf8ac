import { tf } from "../../../engine";
import { escapeHtml, visible } from "../../../lab/figures/escape";
import { cacheActivations, headScores } from "../../../lens";
import type { HeadScores } from "../../../lens";
import { bert } from "../../../models";
import { numberOf, textOf } from "../fields";
import { openMiniLM } from "../minilm";
import type { OpenMiniLM } from "../minilm";
import { checkCharacters, openModel } from "../models";
import { percent } from "../parts";
import { headsSvg, mapSvg } from "./attentionMap";
import type { Files, Widget } from "../widget";

/** Tokens of a map that can be read from the back row. */
const MOST = 40;

/** All of a run that is shown: the audience changes layers and heads without the model. */
interface Seen {
  readonly key: string;
  readonly tokens: readonly string[];
  /** [layers][heads][T][T] */
  readonly patterns: number[][][][];
  readonly scores: readonly HeadScores[];
}

const kinds = {
  previous: "the token before",
  first: "the first token",
  duplicate: "earlier copies of the token",
  induction: "what followed earlier copies",
} as const;

/** Chapter 04: where each head of a real model looks. */
export const attentionWidget: Widget = {
  id: "live-attention",
  chapter: "04",
  title: "Where do the heads look?",
  intro:
    "Every layer and head of a model that reads the audience's text: the lab's Shakespeare model (characters, looks back only) or MiniLM (word pieces, looks both ways; loads 30 MB). The squares show all heads at once.",
  after: "10 · Inside a real model: the attention maps of SmolLM2",
  fields: [
    { kind: "line", name: "text", label: "Text", value: "To be, or not to be: that is" },
    {
      kind: "choice",
      name: "model",
      label: "Model",
      value: "shakespeare",
      options: [
        ["shakespeare", "Shakespeare: characters"],
        ["minilm", "MiniLM: word pieces"],
      ],
    },
    {
      kind: "choice",
      name: "score",
      label: "Squares: attention to",
      value: "previous",
      options: Object.entries(kinds),
    },
    { kind: "slider", name: "layer", label: "layer", value: "4", min: 1, max: 6, step: 1 },
    { kind: "slider", name: "head", label: "head", value: "1", min: 1, max: 12, step: 1 },
    { kind: "slider", name: "token", label: "looks from token", value: "17", min: 1, max: MOST, step: 1 },
  ],
  models: ["shakespeare-char"],
  async open(files: Files) {
    const shakespeare = await openModel(files, "shakespeare-char");
    let miniLM: OpenMiniLM | undefined;
    let seen: Seen | undefined;

    async function look(name: string, text: string): Promise<Seen> {
      const key = `${name} ${text}`;
      if (seen?.key === key) return seen;
      const read = name === "minilm" ? await readMiniLM(text) : readShakespeare(text);
      return (seen = { key, ...(await patternsOf(read)) });
    }

    function readShakespeare(text: string): Reading {
      const { model, tokenizer } = shakespeare;
      checkCharacters(tokenizer, text);
      const ids = tokenizer.encode(text);
      return {
        ids,
        tokens: ids.map(tokenizer.token),
        run: (given, ctx) => model.logits(model.params, given, ctx),
      };
    }

    async function readMiniLM(text: string): Promise<Reading> {
      const { params, config, tokenizer } = (miniLM ??= await openMiniLM(files));
      const [cls, sep] = ["[CLS]", "[SEP]"].map((special) => tokenizer.special[special] as number) as [
        number,
        number,
      ];
      const ids = [cls, ...tokenizer.encode(text), sep];
      return { ids, tokens: ids.map(tokenizer.token), run: (given, ctx) => bert(params, config, given, ctx) };
    }

    return {
      async answer(input) {
        const score = (input["score"] ?? "previous") as keyof typeof kinds;
        const { tokens, patterns, scores } = await look(
          input["model"] ?? "shakespeare",
          textOf(input, "text", 200),
        );
        const layer = Math.min(numberOf(input, "layer"), patterns.length) - 1;
        const heads = patterns[layer] as number[][][];
        const head = Math.min(numberOf(input, "head"), heads.length) - 1;
        const pattern = heads[head] as number[][];
        const from = Math.min(numberOf(input, "token"), tokens.length) - 1;
        const row = pattern[from] as number[];
        const best = row.indexOf(Math.max(...row));
        const name = (i: number): string => `“${visible(tokens[i] as string)}” (${i + 1})`;
        const grid = patterns.map((each, l) =>
          each.map((_, h) => scores[l * each.length + h]?.[score] as number),
        );
        const said =
          `Layer ${layer + 1}, head ${head + 1} of ${heads.length}: token ${name(from)} looks most at ${name(best)}, ` +
          `${percent(row[best] as number)}.`;
        return {
          html:
            `<p class="live-look">${lookHtml(tokens, row, from)}</p>` +
            `<div class="live-pair live-maps"><div>${mapSvg(pattern, tokens, { from, title: said })}</div>` +
            `<div>${headsSvg(grid, { layer, head, title: `Attention to ${kinds[score]}, by layer and head` })}` +
            `<p class="live-soft">A row is a layer, a column a head. Attention to ${kinds[score]}: this head ` +
            `${percent((grid[layer] as number[])[head] as number)}, the strongest ${percent(Math.max(...grid.flat()))}.</p></div></div>`,
          say: said,
          numbers: [...row, ...grid.flat()],
        };
      },
      dispose() {
        shakespeare.dispose();
        miniLM?.dispose();
      },
    };
  },
};

/** A text that is about to be read, and what reads it. */
interface Reading {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  run(ids: tf.Tensor, ctx: Parameters<Parameters<typeof cacheActivations>[0]>[0]): tf.Tensor;
}

/** @throws RangeError for a text of too many tokens, with a sentence for the audience */
async function patternsOf({ ids, tokens, run }: Reading): Promise<Omit<Seen, "key">> {
  if (ids.length > MOST)
    throw new RangeError(
      `The text is ${ids.length} tokens; maps of at most ${MOST} can be read. Shorten it.`,
    );
  const given = tf.tensor2d([...ids], [1, ids.length], "int32");
  const { result, activations } = cacheActivations((ctx) => run(given, ctx), /attn\.pattern$/);
  try {
    const scores = await headScores(activations, given);
    const patterns: number[][][][] = [];
    for (const pattern of Object.values(activations)) {
      const [heads] = (await pattern.array()) as number[][][][]; // [1, H, T, T]
      patterns.push(heads as number[][][]);
    }
    return { tokens, patterns, scores };
  } finally {
    tf.dispose([given, result, activations]);
  }
}

/** The text with each token as dark as it is looked at. */
const lookHtml = (tokens: readonly string[], row: readonly number[], from: number): string =>
  tokens
    .map((token, i) => {
      const share = (0.85 * (row[i] as number)).toFixed(3);
      return `<span${i === from ? ` class="live-here"` : ""} style="--share:${share}">${escapeHtml(visible(token))}</span>`;
    })
    .join("<wbr>");
