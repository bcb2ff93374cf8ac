import { bertFrame, classify, fit, manual, maskedScorer, maskLogProbs, pattern } from "../../../prompt";
import { textOf } from "../fields";
import { openMiniLM } from "../minilm";
import { barsHtml, percent, writtenHtml } from "../parts";
import type { Widget } from "../widget";

/** Tokens that are read at once: what keeps an answer quick. */
const ROOM = 64;
/** A text at a time, without padding to a batch. */
const ONE = { batch: 1 } as const;
/** Words of the vocabulary that are shown. */
const WORDS = 8;

/** Chapter 10: a pattern turns a text into a gap, and the words for the gap are the labels. */
export const petWidget: Widget = {
  id: "live-pet",
  chapter: "10",
  title: "A pattern and its label words",
  intro:
    "MiniLM with its masked-LM head (22.7 million parameters, here in 8 bits) fills the gap of a pattern. Change the text, the pattern and the words that stand for the labels. Nothing is trained: this is what the words alone bring. It loads 30 MB from beside the page.",
  after: "3 · A pattern and a verbalizer",
  fields: [
    { kind: "text", name: "text", label: "Text", value: "The food was cold and the waiter was rude." },
    { kind: "line", name: "pattern", label: "Pattern", value: "{text} It was {mask}." },
    { kind: "line", name: "words", label: "Label words", value: "terrible, great" },
  ],
  models: ["minilm-wordpiece", "minilm-packed"],
  heavy: true,
  async open(files) {
    const model = await openMiniLM(files);
    const { tokenizer, dispose } = model;
    const frame = bertFrame(tokenizer);
    return {
      async answer(input) {
        const text = textOf(input, "text", 400);
        const source = textOf(input, "pattern", 200);
        if (!source.includes("{text}") || !source.includes("{mask}"))
          throw new RangeError("The pattern needs {text}, where the text goes, and {mask}, the gap.");
        const labels = textOf(input, "words", 120)
          .split(",")
          .map((word) => word.trim())
          .filter((word) => word !== "");
        if (labels.length < 2)
          throw new RangeError("At least two label words are needed, with a comma between.");
        const words = manual(Object.fromEntries(labels.map((word) => [word, word])));
        // What does not fit is cut from the text, never from the pattern.
        const cloze = pattern<{ text: string }>(source.replace("{text}", "{text:shorten}"), words);
        const scorer = maskedScorer({ ...model, config: { ...model.config, context: ROOM } }, ONE);
        try {
          const [found] = await classify(scorer, cloze, tokenizer, [{ text }], labels, frame);
          const { label, probabilities, cuts } = found!;
          const { ids } = fit(cloze.parts({ text }), tokenizer, ROOM, frame);
          const [logProbs] = (await maskLogProbs(model, [ids], ONE)) as [Float32Array];
          const best = Array.from(logProbs.keys())
            .sort((a, b) => (logProbs[b] as number) - (logProbs[a] as number))
            .slice(0, WORDS);
          const bars = labels.map((name, i) => ({ name, share: probabilities[i] as number }));
          const words = best.map((id) => ({
            name: tokenizer.token(id),
            share: Math.exp(logProbs[id] as number),
          }));
          const cut = cuts.reduce((sum, { tokens }) => sum + tokens, 0);
          const at = labels.indexOf(label);
          return {
            html:
              writtenHtml(tokenizer.decode(ids)) +
              `<div class="live-pair"><div>${barsHtml("label", bars)}</div><div>${barsHtml("any word", words)}</div></div>`,
            say:
              `“${label}” with ${percent(probabilities[at] as number)} among the label words.` +
              (cut > 0 ? ` The last ${cut} tokens of the text did not fit.` : ""),
            numbers: [...probabilities, ...words.map(({ share }) => share)],
          };
        } finally {
          scorer.dispose();
        }
      },
      dispose,
    };
  },
};
