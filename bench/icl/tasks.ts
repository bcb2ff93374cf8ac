/**
 * The three tasks of chapter 08: which rows are shown, which are asked, and how a prompt is written. Rows are given by
 * their place in the data set, so results name them without copying any text.
 */
import type { LabelledText } from "../../src/data";
import { loadBanking, loadSentiment, loadSms } from "../../src/data/node";
import { fork, makeRng, shuffle } from "../../src/engine";
import { filled, fixed, manual, render, template } from "../../src/prompt";
import type { Part, Pattern, Verbalizer } from "../../src/prompt";
import type { Tokenizer } from "../../src/text";

/** How an example is written: a line of instruction before all (or none), the example, what stands between two. */
export interface Form {
  readonly instruction: string;
  readonly body: string;
  readonly separator: string;
  readonly words: Readonly<Record<string, string>>;
}

export interface Task {
  readonly name: string;
  readonly rows: readonly LabelledText[];
  /** Places in `rows`: examples that may be shown, and those that are asked. None is both. */
  readonly pool: readonly number[];
  readonly test: readonly number[];
  readonly labels: readonly string[];
  readonly form: Form;
}

const sentimentWords = { negative: "negative", positive: "positive" };
const blankLine = "\n\n";

/** Ways to write the same question of sentiment; the first is that of all other experiments. */
export const forms: Readonly<Record<string, Form>> = {
  review: {
    instruction: "",
    body: "Review: {text}\nSentiment: {mask}",
    separator: blankLine,
    words: sentimentWords,
  },
  arrow: { instruction: "", body: "{text} => {mask}", separator: "\n", words: sentimentWords },
  cloze: {
    instruction: "",
    body: "{text} It was {mask}",
    separator: "\n",
    words: { negative: "terrible", positive: "great" },
  },
  instruction: {
    instruction: "Decide whether each review is positive or negative.\n\n",
    body: "Review: {text}\nSentiment: {mask}",
    separator: blankLine,
    words: sentimentWords,
  },
  chat: {
    instruction: "",
    body:
      "{special:<|im_start|>}user\nIs this review positive or negative? {text}{special:<|im_end|>}\n" +
      "{special:<|im_start|>}assistant\n{mask}",
    separator: "",
    words: { negative: "Negative", positive: "Positive" },
  },
};

const banking = {
  lost_or_stolen_card: "lost",
  exchange_rate: "exchange",
  change_pin: "PIN",
  card_arrival: "delivery",
  request_refund: "refund",
};

/** As many rows of each label as of any other, in random order; texts that `fits` lets pass. */
function balanced(
  rows: readonly LabelledText[],
  labels: readonly string[],
  each: number,
  fits: (text: string) => boolean,
): number[][] {
  const rng = fork(makeRng(8), "rows");
  return labels.map((label) =>
    shuffle(
      fork(rng, label),
      rows.map((_, i) => i).filter((i) => rows[i]!.label === label && fits(rows[i]!.text)),
    ).slice(0, each),
  );
}

/** The tasks; texts of more than 24 tokens are left out, so that one call reads a question and 16 shots fit. */
export function makeTasks(tokenizer: Tokenizer): Record<"sentiment" | "sms" | "banking", Task> {
  const fits = (text: string): boolean => tokenizer.encode(text).length <= 24;
  const make = (
    name: string,
    rows: readonly LabelledText[],
    labels: readonly string[],
    sizes: { test: number; pool: number },
    form: Form,
  ): Task => {
    const each = (all: number): number => all / labels.length;
    const drawn = balanced(rows, labels, each(sizes.test + sizes.pool), fits);
    const mixed = (places: readonly number[], what: string): number[] =>
      shuffle(fork(makeRng(8), `${name} ${what}`), places);
    return {
      name,
      rows,
      labels,
      form,
      test: mixed(
        drawn.flatMap((places) => places.slice(0, each(sizes.test))),
        "test",
      ),
      pool: mixed(
        drawn.flatMap((places) => places.slice(each(sizes.test))),
        "pool",
      ),
    };
  };
  const { train, test } = loadBanking();
  return {
    sentiment: make(
      "sentiment",
      loadSentiment(),
      ["negative", "positive"],
      { test: 60, pool: 200 },
      forms.review!,
    ),
    sms: make(
      "sms",
      loadSms(),
      ["ham", "spam"],
      { test: 40, pool: 200 },
      {
        instruction: "",
        body: "Message: {text}\nType: {mask}",
        separator: blankLine,
        words: { ham: "normal", spam: "spam" },
      },
    ),
    banking: make(
      "banking",
      [...train, ...test],
      Object.keys(banking),
      { test: 50, pool: 250 },
      {
        instruction: "",
        body: "Question: {text}\nTopic: {mask}",
        separator: blankLine,
        words: banking,
      },
    ),
  };
}

/** What is asked: a text, after demonstrations that are parts already. */
export interface Asked {
  readonly shots: readonly Part[];
  readonly text: string;
}

/** The pattern of a form: instruction, demonstrations, the example. */
export function patternOf(form: Form): Pattern<Asked> & { readonly verbalizer: Verbalizer } {
  const verbalizer = manual(form.words);
  const body = template(form.body);
  const instruction = form.instruction === "" ? [] : [fixed(form.instruction)];
  return {
    verbalizer,
    parts: ({ shots, text }) => [...instruction, ...shots, ...render(body, { text })],
    verbalize: (label) => verbalizer.words[label]!,
  };
}

/** Demonstrations as parts; one without a label ends where its answer would stand. */
export function shotsOf(form: Form, examples: readonly { text: string; label?: string }[]): Part[] {
  const body = template(form.body);
  return examples.flatMap(({ text, label }): Part[] => {
    const parts = render(body, { text });
    const shown =
      label === undefined
        ? [fixed(text)] // Min et al. 2022, "demonstrations without labels": the inputs alone
        : filled(parts, form.words[label]!);
    const end = form.separator === "" ? [{ special: "<|im_end|>" }, fixed("\n")] : [fixed(form.separator)];
    return [...shown, ...end];
  });
}
