import { makeRng } from "../../../engine";
import {
  entropy,
  generate,
  openReader,
  softmax,
  temperature,
  topK,
  topP,
  applyProcessors,
} from "../../../generate";
import type { Processor } from "../../../generate";
import { numberOf, PAUSE_FIELD, pauseOf, textOf } from "../fields";
import { checkCharacters, openModel } from "../models";
import { barsHtml, percent, writtenHtml } from "../parts";
import type { Answer, Input, Widget } from "../widget";

/** Bars that are drawn, and characters that are written at once. */
const [BARS, WRITTEN] = [12, 80];

/** The sliders as processors, in the order in which they act. */
function knobs(input: Input): Processor[] {
  const k = numberOf(input, "k");
  return [
    temperature(numberOf(input, "temperature")),
    ...(k > 0 ? [topK(k)] : []),
    topP(numberOf(input, "p")),
  ];
}

/** Chapter 07: what comes next, how the sliders change it, and where it leads. */
export const nextWidget: Widget = {
  id: "live-next",
  chapter: "07",
  title: "What comes next?",
  intro:
    "The character model of this lab (2.7 million parameters, trained on Shakespeare) reads the text and says what comes next. Temperature, top-k and top-p change its distribution; “Write on” draws from it.",
  after: "3 · Temperature, top-k, top-p, min-p: where to cut",
  fields: [
    { kind: "text", name: "text", label: "Text", value: "ROMEO:\nWhat light is th" },
    { kind: "slider", name: "temperature", label: "temperature", value: "0.8", min: 0.1, max: 2, step: 0.1 },
    { kind: "slider", name: "k", label: "top-k (0: all)", value: "0", min: 0, max: 20, step: 1 },
    { kind: "slider", name: "p", label: "top-p", value: "0.9", min: 0.05, max: 1, step: 0.05 },
    { kind: "slider", name: "seed", label: "seed", value: "1", min: 1, max: 50, step: 1 },
    PAUSE_FIELD,
    { kind: "button", name: "write", label: "Write on" },
    { kind: "button", name: "stop", label: "Stop" },
  ],
  models: ["shakespeare-char"],
  async open(files) {
    const { decoder, tokenizer, dispose } = await openModel(files, "shakespeare-char");
    // The sliders need the scores of the text again and again.
    let known: { readonly text: string; readonly logits: Float32Array } | undefined;

    async function logitsOf(text: string): Promise<Float32Array> {
      if (known?.text === text) return known.logits;
      const ids = tokenizer.encode(text);
      const reader = openReader(decoder, { size: ids.length });
      try {
        const [[logits]] = (await reader.read([ids])) as [[Float32Array]];
        known = { text, logits };
        return logits;
      } finally {
        reader.dispose();
      }
    }

    function shown(
      text: string,
      more: string,
      logits: Float32Array,
      processors: readonly Processor[],
    ): Answer {
      const before = softmax(logits);
      const after = softmax(applyProcessors(processors, logits, []));
      const ids = Array.from(before.keys()).sort((a, b) => (before[b] as number) - (before[a] as number));
      const bars = ids.slice(0, BARS).map((id) => {
        const cut = after[id] === 0;
        return { name: tokenizer.token(id), share: (cut ? before[id] : after[id]) as number, cut };
      });
      const kept = after.filter((p) => p > 0).length;
      const best = ids[0] as number;
      return {
        html: writtenHtml(text, more) + barsHtml("next", bars),
        say:
          `Likeliest: “${tokenizer.token(best)}” with ${percent(after[best] as number)}. ` +
          `${kept} of ${decoder.vocabSize} characters can come, entropy ${entropy(after).toFixed(2)} nats.`,
        numbers: [...after],
      };
    }

    return {
      async answer(input, { action, show, stopped }) {
        const text = textOf(input, "text", decoder.context - WRITTEN / 2);
        checkCharacters(tokenizer, text);
        const processors = knobs(input);
        if (action !== "write") return shown(text, "", await logitsOf(text), processors);
        let scores = new Float32Array();
        const keep: Processor = (logits) => (scores = logits.slice());
        const ids = tokenizer.encode(text);
        const pause = pauseOf(input, action);
        let more = "";
        let answer: Answer | undefined;
        const steps = generate(decoder, ids, {
          maxNewTokens: Math.min(WRITTEN, decoder.context - ids.length),
          processors: [keep, ...processors],
          rng: makeRng(numberOf(input, "seed")),
          tokenizer,
          interrupt: stopped,
        });
        for await (const step of steps) {
          more += step.text[0] ?? "";
          // The bars are those from which the newest character came.
          show((answer = shown(text, more, scores, processors)));
          await pause();
        }
        if (!answer) return shown(text, "", await logitsOf(text), processors);
        return { ...answer, say: `Written: “${more}”`, numbers: tokenizer.encode(more) };
      },
      dispose,
    };
  },
};
