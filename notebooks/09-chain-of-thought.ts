// ---
// jupyter:
//   jupytext:
//     text_representation:
//       extension: .ts
//       format_name: percent
//       format_version: '1.3'
//   kernelspec:
//     display_name: Lab (TypeScript)
//     language: typescript
//     name: lab
// ---

// %% [markdown]
// # 09 · Chain of thought
//
// Ask a person for 345 + 678, and she takes paper. Ask a language model, and it must say the first digit of the answer
// *now*: between two tokens it cannot think longer about one than about another. What it can do is write. This chapter is about
// models that write before they answer. First on a task that we control to the last digit, with models that the lab has
// trained: there we can take a chain of thought apart and see which part of it helps. Then the prompts of the papers, on
// SmolLM2, honestly. Then what is built on chains: votes, and search.
//
// **After this chapter you can**
// - say why a chain helps, when it does, and test it: equations, dots, chains that come too late, chains that are wrong;
// - write prompts that think aloud, zero-shot and few-shot, and read an answer out of what comes back;
// - choose the examples of such a prompt by clusters (Auto-CoT);
// - let many chains vote, and say what a vote can and cannot repair;
// - search over thoughts with a proposer and a verifier, and judge a solution without believing anybody;
// - put knowledge or hints before a question, and measure whether that helped.
//
// **Time:** about 4 hours, 3 of them for the exercises. In a hurry? Sections 2, 3 and 7 are the core.
//
// **How it works.** Run a cell with Shift+Enter. You write your answers in the file `labs/09-chain-of-thought.ts`, beside this
// notebook. Save it, run the check cell again: it always takes your newest code. `npx lab reset 09` in a terminal brings
// the empty exercises back and keeps a copy of yours.

// %%
import { readFileSync } from "fs";
import { loadModel } from "transformer-lab/checkpoints";
import * as data from "transformer-lab/data";
import { loadGsm8k } from "transformer-lab/data/node";
import { pca } from "transformer-lab/embeddings";
import { integer, makeRng, tf, uniform, useEngine } from "transformer-lab/engine";
import * as gen from "transformer-lab/generate";
import * as lab from "transformer-lab/lab";
import { barPlot, check, linePlot, measured, quiz, scatterPlot, show, table } from "transformer-lab/lab";
import * as prompt from "transformer-lab/prompt";
import { loadTrained } from "transformer-lab/train/node";

/** Results of an experiment that is too long for a notebook; bench/thought repeats it. */
const readRuns = <T>(name: string): T => JSON.parse(readFileSync(`datasets/thought-runs/${name}.json`, "utf8")) as T;
await useEngine();
console.log(`ready, on ${tf.getBackend()}`);

// %% [markdown]
// ## 1 · Predict first
//
// Choose before you open an answer. Each of the three comes back in the chapter, with a measurement.

// %%
show(
  quiz({
    question:
      "Two models of 400,000 parameters learn sums, equally long. One writes `1023` after `345+678=`, the other first writes how each digit is added. How many new sums of three digits does each get right?",
    choices: [
      { text: "Both about half", why: "They are nowhere near each other." },
      {
        text: "The first more: it has only four characters to get right",
        why: "A long answer has more places for a slip. But each of its places is easy, and the short answer's are not.",
      },
      {
        text: "The first none, the second all",
        correct: true,
        why: "0 and 200 of 200. The short answer must come out of the whole question at once, carries and all. The scratchpad makes of it many steps that each look at two digits and a carry.",
      },
      {
        text: "Both nearly all",
        why: "With ten times the steps perhaps. With 1,200 steps the direct model has not learned to carry.",
      },
    ],
  }),
);
show(
  quiz({
    question: "Perhaps a chain helps only because the model gets more steps to compute in. How do you test that?",
    choices: [
      {
        text: "Put as many dots in place of the chain: the steps without the words",
        correct: true,
        why: "Wei et al. 2022 did just that, and the gain was gone. Section 3 does it here, by training a model on dots.",
      },
      {
        text: "Use a model with more layers",
        why: "That changes more than the number of steps, and says nothing of the chain.",
      },
      {
        text: "Put the chain after the answer",
        why: "A good test of another question: does writing it teach the model something? Section 3 has it, too.",
      },
      {
        text: "Shorten the chain",
        why: "Then both the steps and the words become fewer: you could not tell which of them mattered.",
      },
    ],
  }),
);
show(
  quiz({
    question:
      "You draw 40 chains for one question and let their answers vote. Each chain alone is right in 4 of 10 cases. How often is the vote right?",
    choices: [
      {
        text: "4 of 10: the mean does not change",
        why: "A vote is no mean. What counts is whether the right answer comes more often than each wrong one.",
      },
      {
        text: "It depends on the wrong answers: nearly always, if they differ from each other",
        correct: true,
        why: "40 % for the right answer win easily against 60 % that are spread over many wrong ones. They lose against 60 % that all make the same mistake.",
      },
      {
        text: "Never: a majority needs more than half",
        why: "The most frequent answer wins, not the majority of all.",
      },
      {
        text: "Always, with 40 chains",
        why: "Not where the same mistake is the likeliest chain: more chains make the vote surer of it.",
      },
    ],
  }),
);

// %% [markdown]
// ## 2 · In the head, and on paper
//
// Two models, as alike as two models can be: a GPT of 2 layers and width 128 that reads single characters, 406,016
// parameters, trained for 1,200 steps on the same sums of one to four digits (`npx lab train arithmetic-direct`, and
// `arithmetic-scratchpad`; 5 to 7 minutes each). A tenth of all pairs of numbers was kept from both. They differ only in what
// follows the `=`:
//
//     direct       345+678=1023
//     scratchpad   345+678=5+8+0=13 4+7+1=12 3+6+1=10#1023
//
// The scratchpad (Nye et al. 2021) adds as people do on paper: from the right, two digits and the carry, `5+8+0=13`; the 1 of 13
// is the carry of the next step. **Type another sum** in this cell.

// %%
async function openSums(form: "direct" | "scratchpad") {
  const saved = await loadTrained(`arithmetic-${form}`);
  const decoder = gen.trainedDecoder(saved);
  const { tokenizer } = saved;
  const writer = prompt.decoderWriter({
    decoder: decoder,
    tokenizer: tokenizer,
    rng: makeRng(1),
    batch: 100,
    stop: { strings: ["\n"] },
  });
  return { form: form, decoder: decoder, tokenizer: tokenizer, write: writer.write, writeEach: writer.writeEach };
}
type Sums = Awaited<ReturnType<typeof openSums>>;
const direct = await openSums("direct");
const onPaper = await openSums("scratchpad");

/** How likely each character of an answer is to the model, when all before it are right. */
async function beliefs(model: Sums, question: string, answer: string): Promise<number[]> {
  const ids = model.tokenizer.encode(question + answer);
  const reader = gen.openReader(model.decoder);
  const [scores] = await reader.read([ids.slice(0, -1)], true);
  reader.dispose();
  return ids.slice(question.length).map((id, i) => gen.softmax(scores[question.length - 1 + i])[id]);
}

// %%
const [a, b] = [345, 678];

const sum = data.arithmeticProblem("sum", a, b);
for (const model of [direct, onPaper]) {
  const [text] = await model.write(sum.question);
  console.log(`${model.form.padEnd(10)} writes  ${sum.question}${text}`);
  const right = data.workedAnswer(sum, model.form);
  const values = await beliefs(model, sum.question, right);
  show(
    barPlot(
      [...right].map((character, i) => `${i + 1}: ${character === " " ? "space" : character}`),
      { name: "probability", values: values },
      { title: `${model.form}: how likely each RIGHT character is to it`, value: "probability" },
    ),
  );
}

// %% [markdown]
// The direct model is not silly. It is nearly sure of the *first* digits: it sees how large the sum will be, as you do at a
// glance. The *last* ones it guesses, about one in ten. What belongs together nobody has told it: a line of its training text is
// one hint for each digit of the sum, and each hint mixes all digits of the question with all carries. On paper every
// character is nearly certain. Each step says which two digits it is about, and its carry stands *there, in the text*. The
// chain is the model's memory, and it cuts the problem into steps that two layers can learn.
//
// One sum is an anecdote. Here are 60 of each length that neither model has seen, asked now, and beside them the 200 of each
// that were recorded when the models were made:

// %%
const sizes = [2, 3, 4];
const newSums = sizes.flatMap((digits) =>
  data.arithmeticProblems({ count: 60, digits: [digits], part: "test" }, makeRng(11)),
);
const onNew = {
  direct: (await prompt.arithmeticScores(direct.writeEach, newSums, "direct")).scores,
  scratchpad: (await prompt.arithmeticScores(onPaper.writeEach, newSums, "scratchpad")).scores,
};
const shareOf = (right: number, all: number): number => right / all;
/** The share with the ends of its interval (Wilson, 95 %), as a line of a plot. */
function shares(
  name: string,
  x: readonly number[],
  counts: readonly { readonly right: number; readonly problems: number }[],
) {
  const ends = counts.map(({ right, problems }) => prompt.accuracyInterval(right, problems));
  return {
    name: name,
    x: x,
    y: counts.map(({ right, problems }) => shareOf(right, problems)),
    low: ends.map(({ low }) => low),
    high: ends.map(({ high }) => high),
  };
}
show(
  linePlot([shares("direct", sizes, onNew.direct), shares("scratchpad", sizes, onNew.scratchpad)], {
    title: "Sums that nobody trained on: the longer, the larger the gain",
    x: "digits of each number",
    y: "share right",
    zero: true,
  }),
);
measured("scratchpad, 4 digits", shareOf(onNew.scratchpad[2].right, 60), {
  band: [0.95, 1],
  reference: 1,
  source: "200 of 200 recorded",
});
measured("direct, 4 digits", shareOf(onNew.direct[2].right, 60), {
  band: [0, 0.05],
  reference: 0,
  source: "0 of 200 recorded",
});
measured("direct, 2 digits", shareOf(onNew.direct[0].right, 60), {
  band: [0.03, 0.3],
  reference: 0.13,
  source: "26 of 200 recorded",
});
measured("answers that are what the written steps lead to", shareOf(onNew.scratchpad[2].followed, 60), {
  band: [0.95, 1],
});

// %% [markdown]
// **Exercise 1:** write the scratchpad of a sum yourself: this is the text that the model learned from.

// %%
import { scratchpad } from "./labs/09-chain-of-thought";
await check("09/scratchpad", scratchpad);

// %% [markdown]
// ### Size
//
// Wei et al. 2022 found that chains help *large* models: those below some 10 billion parameters wrote fluent chains that were
// wrong, and did worse than without. PaLM with 540 billion went from 17.9 to 56.9 % of GSM8K's problems. Their models were
// *prompted*; ours are *trained* on the chain, so it need not be so here. The lab has trained both forms at three sizes, the same steps
// on the same sums (`bench/thought/sums.ts`, recorded in `datasets/thought-runs/sums.json`):

// %%
interface SumsRow {
  readonly form: data.ChainForm;
  readonly dModel: number;
  readonly parameters: number;
  readonly byDigits: readonly {
    readonly digits: number;
    readonly problems: number;
    readonly right: number;
    readonly rightChains: number;
    readonly followed: number;
  }[];
  readonly mistakes: readonly string[];
}
const sumsRows = readRuns<{ rows: SumsRow[] }>("sums").rows;
const bySize = (form: data.ChainForm) =>
  sumsRows.filter((row) => row.form === form && row.dModel !== undefined).sort((x, y) => x.dModel - y.dModel);
show(
  linePlot(
    (["direct", "scratchpad"] as const).flatMap((form) =>
      [2, 3].map((digits) =>
        shares(
          `${form}, ${digits} digits`,
          bySize(form).map((row) => row.parameters),
          bySize(form).map((row) => row.byDigits.find((each) => each.digits === digits)!),
        ),
      ),
    ),
    {
      title: "The chain and the size of the model, 200 sums each",
      x: "parameters",
      y: "share right",
      log: "x",
      zero: true,
    },
  ),
);
const rightOf = (form: data.ChainForm, dModel: number, digits: number): number => {
  const { right, problems } = sumsRows
    .find((row) => row.form === form && row.dModel === dModel)!
    .byDigits.find((each) => each.digits === digits)!;
  return right / problems;
};
show(
  table(
    [32, 64, 128].map((dModel) => ({
      width: dModel,
      parameters: sumsRows.find((row) => row.dModel === dModel)!.parameters,
      "direct: 2 digits": rightOf("direct", dModel, 2),
      "3 digits": rightOf("direct", dModel, 3),
      "4 digits": rightOf("direct", dModel, 4),
      "scratchpad: 2 digits": rightOf("scratchpad", dModel, 2),
      "3 digits ": rightOf("scratchpad", dModel, 3),
      "4 digits ": rightOf("scratchpad", dModel, 4),
    })),
    { title: "Share right of 200 held-out sums" },
  ),
);

// %%
measured("width 32, 2 digits: scratchpad over direct", rightOf("scratchpad", 32, 2) / rightOf("direct", 32, 2), {
  band: [0.3, 1],
});
measured("width 64, 3 digits: scratchpad minus direct", rightOf("scratchpad", 64, 3) - rightOf("direct", 64, 3), {
  band: [0.5, 1],
});
measured(
  "width 64: answers that are what the steps lead to",
  sumsRows.find((row) => row.form === "scratchpad" && row.dModel === 64)!.byDigits[2].followed / 200,
  { band: [0.95, 1] },
);

// %% [markdown]
// A chain needs a model that can do its steps. The smallest cannot, and a chain of wrong steps is *worse* than a guess: 12
// sums of two digits instead of 21. The middle one does most steps right, so a longer sum, with more steps, fails more often. The
// largest does them all. That is the shape that Wei et al. saw in prompted models; only the scale is another. And where the
// middle one errs, it errs in a *step*: its answer is what its steps lead to, 200 of 200 times.
//
// Be careful with the direct models: more parameters do not make them better here (113 sums of two digits at width 64, 26
// at 128). None of them has learned to add in 1,200 steps, and how far each came is one draw, for there is one seed of each. And
// equal steps are not equal text: a line with a scratchpad has seven times as many characters to learn from, and to pay for.

// %% [markdown]
// ## 3 · What of the chain helps? Take it apart
//
// A chain does three things at once: it says something, it gives the model more steps to compute in, and it is text to learn
// from. Wei et al. took these apart with three ablations, and later work added a fourth.
// Each of them is a model of its own here, of width 64, trained like the others:
//
// | form | what follows `345+678=` | what is left of the chain |
// |---|---|---|
// | equation | `345+678#1023` | the task once more, no steps |
// | dots | `..........................#1023` | as many steps to compute in, without a word |
// | after | `#1023 5+8+0=13 4+7+1=12 3+6+1=10` | all that can be learned from it, too late to be used |
// | wrong | `5+8+0=13 4+7+0=11 3+6+1=10#1023` | a chain with one wrong carry; the answer is right |
//
// **Exercise 2:** make the first three of a worked line.

// %%
import { ablate } from "./labs/09-chain-of-thought";
await check("09/ablate", ablate);

// %%
const forms: readonly data.ChainForm[] = ["direct", "equation", "dots", "after", "wrong", "scratchpad"];
const counts64 = (digits: number) =>
  forms.map((form) =>
    sumsRows.find((row) => row.form === form && row.dModel === 64)!.byDigits.find((each) => each.digits === digits)!,
  );
show(
  barPlot(
    forms,
    sizes.map((digits) => ({
      name: `${digits} digits`,
      values: counts64(digits).map(({ right, problems }) => right / problems),
    })),
    { title: "What of the chain helps: six forms, width 64", value: "share right of 200" },
  ),
);
const row64 = (form: data.ChainForm) => sumsRows.find((row) => row.form === form && row.dModel === 64)!;
for (const form of ["dots", "after", "wrong"] as const)
  console.log(`${form}, two mistakes:\n${row64(form).mistakes.join("\n")}\n`);

// %%
show(
  table(
    [
      { form: "direct", "here: 3 digits": rightOf("direct", 64, 3), "Wei et al. 2022: GSM8K (%)": 6.5 },
      { form: "equation", "here: 3 digits": rightOf("equation", 64, 3), "Wei et al. 2022: GSM8K (%)": 5.4 },
      { form: "dots", "here: 3 digits": rightOf("dots", 64, 3), "Wei et al. 2022: GSM8K (%)": 6.4 },
      {
        form: "chain after the answer",
        "here: 3 digits": rightOf("after", 64, 3),
        "Wei et al. 2022: GSM8K (%)": 6.1,
      },
      { form: "chain", "here: 3 digits": rightOf("scratchpad", 64, 3), "Wei et al. 2022: GSM8K (%)": 14.3 },
    ],
    { title: "The same ablations: trained here, prompted there (LaMDA 137B)" },
  ),
);

// %%
measured("dots over no chain, 2 digits", rightOf("dots", 64, 2) / rightOf("direct", 64, 2), { band: [0, 1] });
measured("chain after the answer over no chain, 2 digits", rightOf("after", 64, 2) / rightOf("direct", 64, 2), {
  band: [0, 1],
});
measured("after: chains that lead to the answer given, 3 digits", row64("after").byDigits[1].followed / 200, {
  band: [0.9, 1],
});
measured("after: chains that are right, 3 digits", row64("after").byDigits[1].rightChains / 200, { band: [0, 0.1] });
measured(
  "of the chain's gain, what wrong chains keep, 3 digits",
  (rightOf("wrong", 64, 3) - rightOf("direct", 64, 3)) / (rightOf("scratchpad", 64, 3) - rightOf("direct", 64, 3)),
  { band: [0.05, 0.5], reference: 0.8, source: "Wang et al. 2023, prompted: 80 to 90 %" },
);

// %% [markdown]
// The equation, the dots and the late chain give nothing, as in the paper; here they even cost something. Time to compute was not
// what was missing. Look at two of them closely:
//
// - **After.** `4131+5436=#9734 1+6+0=4 ...`: first a guess, then a chain that *fits the guess*. 194 of 200 chains lead to the answer that was
//   given, and 2 are right. 1 + 6 + 0 is not 4, but 4 is the last digit of what it had said. Such a chain explains nothing. It is an excuse, and it
//   looks like a reason: think of it when a model explains what it has already answered.
// - **Wrong.** Trained on chains with one wrong carry and a right answer, the model gets 33 sums of three digits, against 148 with
//   right chains and 7 without. Wang et al. found that wrong chains *in a prompt* keep 80 to 90 % of the gain: a large model
//   can add, and the examples only tell it to write steps. Here the chain is where it *learns* to add; what is wrong there is learned.

// %% [markdown]
// ## 4 · Word problems, and examples in a prompt
//
// Now with words: `Ann has 12 pens, buys 4, loses 9. How many?` A problem has one to four steps, each of them easy; how hard it
// is, is the number of steps. All numbers stay between 0 and 20. Two models of one size (a LLaMA of 2 layers of width 64, 1,000 steps)
// were trained on them, `stories-direct` with answers alone and `stories-chain` with a chain: `12+4=16 16-9=7#7`. (A GPT, which
// counts places from the beginning, did not learn this in the time: the same words stand at other places each time. Chapter 03.)

// %%
interface StoryRow {
  readonly study: "trained" | "styles" | "count" | "examples" | "mixed";
  readonly model: string;
  readonly style?: string;
  readonly styles?: readonly string[];
  readonly shots?: number;
  readonly set?: number;
  readonly order?: string;
  readonly problems: number;
  readonly right: number;
  readonly bySteps: readonly {
    readonly steps: number;
    readonly problems: number;
    readonly right: number;
    readonly rightChains: number;
    readonly styles: Readonly<Record<string, number>>;
  }[];
  readonly mistakes: readonly string[];
}
const storyRows = readRuns<{ rows: StoryRow[] }>("stories").rows;
const stepsOf = (row: StoryRow) => row.bySteps.map(({ steps }) => steps);
show(
  linePlot(
    storyRows
      .filter(({ study }) => study === "trained")
      .map((row) => shares(`trained on ${row.style}`, stepsOf(row), row.bySteps)),
    { title: "Word problems with a chain and without", x: "steps", y: "share right", zero: true },
  ),
);
const trainedRight = (model: string, steps: number): number => {
  const { right, problems } = storyRows
    .find((row) => row.study === "trained" && row.model === model)!
    .bySteps.find((each) => each.steps === steps)!;
  return right / problems;
};
const gains = [1, 2, 3, 4].map(
  (steps) => trainedRight("stories-chain", steps) - trainedRight("stories-direct", steps),
);

// %%
measured("chain minus direct, 1 step", gains[0], { band: [-0.5, 1] });
measured("chain minus direct, 4 steps", gains[3], { band: [0, 1] });
const chainRow = storyRows.find(({ model }) => model === "stories-chain")!;
console.log(`two mistakes of stories-chain:\n${chainRow.mistakes.join("\n")}`);

// %% [markdown]
// Without a chain the model guesses, whatever the number of steps: about one in eight, no more than a good guess at a number from 0 to 20
// gets. With a chain it solves all problems of one step, and half of those with four. So the gain is large everywhere and does *not* grow with
// difficulty here (90 points at one step, 41 at four), against our sums and the papers: the guess cannot fall lower, and each step of
// the chain is one more chance to slip. Look at the slips: `buys 1` became `-1`. It adds well, and misreads.

// %% [markdown]
// ### The prompt decides
//
// So far the form was trained in. Large models learn it *from the prompt*: show some solved problems with a chain, and the model
// answers with one (few-shot chain of thought, Wei et al. 2022). Our third model can do that, on its small world: `stories-shots`
// was trained on rows of solved problems in which all answers of a row were written in one style, but each row in another. So it
// has learned to look at the examples. **Edit** the examples or the question: each line is a solved problem.

// %%
const savedStories = await loadTrained("stories-shots");
const storyWriter = prompt.decoderWriter({
  decoder: gen.trainedDecoder(savedStories),
  tokenizer: savedStories.tokenizer,
  rng: makeRng(1),
  batch: 40,
  stop: { strings: ["\n"] },
});
const askedStory = "Eva has 11 nuts, finds 7, sells 5, gets 4. How many? ";
const beginnings = {
  "answers alone": "Max has 12 eggs, buys 3, drops 4. How many? #11\nBen has 15 pens, loses 6. How many? #9\n",
  equations:
    "Max has 12 eggs, buys 3, drops 4. How many? 12+3=15 15-4=11#11\nBen has 15 pens, loses 6. How many? 15-6=9#9\n",
  words:
    "Max has 12 eggs, buys 3, drops 4. How many? 12, up 3: 15, down 4: 11#11\nBen has 15 pens, loses 6. How many? 15, down 6: 9#9\n",
};
const followed = await storyWriter.writeEach(Object.values(beginnings).map((shots) => shots + askedStory));
show(
  table(
    Object.keys(beginnings).map((examples, i) => ({ "examples with": examples, "it writes": followed[i] })),
    { title: askedStory },
  ),
);
measured(
  "styles followed, of three",
  followed.filter((text, i) =>
    i === 0 ? text.startsWith("#") : i === 1 ? /^\d+[+-]/.test(text) : /^\d+, (up|down)/.test(text),
  ).length,
  { band: [3, 3], reference: 3 },
);

// %% [markdown]
// All three answers have the style of their examples. The answer alone is a guess, the two chains are right: one model, one question,
// and *the prompt decides whether it thinks*. How robust is that? People who write examples differ (*annotators*), take other
// problems, put them in another order, show more or fewer, and make mistakes. Wei et al. tried all of this: their three annotators
// reached 14.3, 15.5 and 17.6 % on GSM8K, against 6.5 % without chains. The gain varies with who writes, and is always there. Here,
// recorded by `bench/thought/stories.ts`; *wrong* examples have chains whose numbers do not add up:

// %%
const hardShare = (row: StoryRow): number => {
  const hard = row.bySteps.filter(({ steps }) => steps >= 3);
  return (
    hard.reduce((total, { right }) => total + right, 0) / hard.reduce((total, { problems }) => total + problems, 0)
  );
};
const ofStudy = (study: StoryRow["study"]) => storyRows.filter((row) => row.study === study);
show(
  linePlot(
    ofStudy("styles").map((row) => shares(`examples: ${row.style}`, stepsOf(row), row.bySteps)),
    { title: "One model, four kinds of examples", x: "steps of the problem", y: "share right", zero: true },
  ),
);
const otherSets = (["equations", "words"] as const).map((style) => ({
  style: style,
  values: ofStudy("examples")
    .filter((row) => row.style === style)
    .map(hardShare),
}));
show(
  table(
    [
      ...ofStudy("count").map((row) => ({
        study: "how many examples",
        prompt: row.style === "none" ? "no example" : `${row.shots} × ${row.style}`,
        "right, 3 and 4 steps": hardShare(row),
      })),
      ...otherSets.flatMap(({ style, values }) => [
        {
          study: "other examples, both orders",
          prompt: `${style}: worst of ${values.length}`,
          "right, 3 and 4 steps": Math.min(...values),
        },
        {
          study: "other examples, both orders",
          prompt: `${style}: best of ${values.length}`,
          "right, 3 and 4 steps": Math.max(...values),
        },
      ]),
      ...ofStudy("mixed").map((row) => ({
        study: "two annotators in one prompt",
        prompt: row.styles!.join(", then "),
        "right, 3 and 4 steps": hardShare(row),
      })),
    ],
    { title: "How much the prompt matters: share right of problems with 3 and 4 steps" },
  ),
);
const styleShare = (style: string): number => hardShare(ofStudy("styles").find((row) => row.style === style)!);
measured("examples with equations minus answers alone", styleShare("equations") - styleShare("direct"), {
  band: [0.5, 1],
});
measured(
  "of the chain's gain, what wrong examples keep",
  (styleShare("wrong") - styleShare("direct")) / (styleShare("equations") - styleShare("direct")),
  { band: [0.8, 1.2], reference: 0.8, source: "Wang et al. 2023: 80 to 90 %" },
);
measured(
  "best less worst of other examples, equations",
  Math.max(...otherSets[0].values) - Math.min(...otherSets[0].values),
  { band: [0, 0.2] },
);

// %% [markdown]
// - **Annotator.** Words or equations, it hardly makes a difference; an answer alone costs everything. This is the largest effect in the
//   chapter, and no number of the model has changed.
// - **Wrong examples keep the whole gain.** In section 3 wrong chains were what the model *learned* from, and ruined it; here
//   it can add already, and the examples only say in which form to answer. That is what Wang et al. 2023 found in large models,
//   80 to 90 % of the gain, and it is why both results can be true at once.
// - **Exemplars, order, count.** Other problems, the other order, one example or two: within some points. Even without an example it
//   writes a chain here, since two of the three styles that it has learned are chains.
// - **Two annotators in one prompt.** It mostly follows the *last* one. After an answer alone and then equations it wavers: more than half
//   of its answers come without a chain.
//
// A prompt cannot add what is missing, though. `stories-shots` was trained for 3,000 steps; a version of it with 900 took over each style
// just as well, and nine of ten answers were wrong. And large models keep a difference that ours cannot show: with PaLM of 540
// billion, 17.9 became 56.9 % on GSM8K, whose problems take two to eight steps, 79.2 became 93.3 % on the easier MAWPS, and on
// its part with a single step 94.1 % stayed 94.1 %. Where a model is right at once, a chain adds nothing.

// %% [markdown]
// **Exercise 3:** the prompt itself, for a model of words: demonstrations that think aloud, as many as fit.

// %%
import { chainPrompt } from "./labs/09-chain-of-thought";
await check("09/chain-prompt", chainPrompt);

// %% [markdown]
// ## 5 · SmolLM2 thinks aloud
//
// Now a model that was not made for sums: SmolLM2 with 135 million parameters, a thousandth of LaMDA. The problems are easy ones of
// GSM8K: two steps, at most 28 words. **Zero-shot** chain of thought needs no example at all (Kojima et al. 2022): after the question
// stands *Let's think step by step.*; the model writes; a second call reads the answer off: *Therefore, the answer is*. **Edit the
// question** and look at what it thinks.

// %%
const smol = await loadModel("smollm2-135m-instruct", { weights: "file" });
const smolWriter = prompt.sharedWriter({
  decoder: gen.decoderOf(smol),
  tokenizer: smol.tokenizer!,
  rng: makeRng(1),
  size: 704, // as in bench/thought, so that greedy texts are the same ones
  stop: { ids: Object.values(smol.tokenizer!.special) },
});
const thinking = { maxNewTokens: 64, stop: ["\nQ:", "\n\n"] };
const shortAnswer = { maxNewTokens: 10, stop: ["\n"] };

// %%
const gsm8k = loadGsm8k();
/** Four worked problems of the training set, as demonstrations. */
const shown = [37, 48, 57, 31];
const exemplars = shown.map((i) => {
  const { question: text, steps, answer } = gsm8k.train[i];
  return {
    question: text,
    chain: steps.map((step) => (/[.!]$/.test(step) ? step : `${step}.`)).join(" "),
    answer: answer,
  };
});

// %%
const question = "Tom has 5 apples. He buys 3 bags with 4 apples each. How many apples does he have now?";

const plain = await prompt.zeroShotAnswer(smolWriter.write, question, { answer: shortAnswer });
const thought = await prompt.zeroShotThought(smolWriter.write, question, { reason: thinking, answer: shortAnswer });
console.log(`AT ONCE       ${plain.answerPrompt}${plain.answerText}\n`);
console.log(`STEP BY STEP  ${thought.reasonPrompt}${thought.reasoning}\n${prompt.THEREFORE}${thought.answerText}`);

// %% [markdown]
// **Few-shot**: four worked problems of GSM8K's training set stand before the same question. The model takes over their form,
// which is what a prompt can teach; whether its numbers are right is another matter.

// %%
const fewShot = prompt.fewShotPrompt(exemplars, question, "chain");
const [fewShotText] = await smolWriter.write(fewShot, thinking);
console.log(`${fewShot}${fewShotText}\n\nread out of it: ${prompt.answerNumber(fewShotText)}`);
measured("it took over the form: steps, and The answer is", Number(/=.*The answer is \d+\./s.test(fewShotText)), {
  band: [1, 1],
});

// %% [markdown]
// **Exercise 4:** read the answer out of a chain. It decides what counts as right: read *papers* with this in mind.

// %%
import { chainAnswer } from "./labs/09-chain-of-thought";
await check("09/chain-answer", chainAnswer);

// %% [markdown]
// Tom has 17 apples. After four examples the model writes `5*4 = 20`, `20/5 = 3` and *The answer is 3.*: every piece of the form is
// there, and nothing holds. One question is an anecdote, though. Here are 24 problems asked in five ways, recorded by
// `bench/thought/gsm8k.ts` with all texts; one of them is written again, to compare:

// %%
interface GsmAnswer {
  readonly index: number;
  readonly gold: number;
  readonly found: number | string | null;
  readonly right: boolean;
  readonly text: string;
}
interface GsmRuns {
  readonly rows: readonly {
    readonly method: string;
    readonly right: number;
    readonly problems: number;
    readonly low: number;
    readonly high: number;
    readonly answers: readonly GsmAnswer[];
  }[];
  readonly clusters: readonly {
    readonly size: number;
    readonly tries: readonly { readonly index: number; readonly refused?: string; readonly chain?: string }[];
  }[];
  readonly demonstrations: readonly { readonly question: string; readonly right: boolean }[];
  readonly votes: readonly {
    readonly gold: number;
    readonly answers: readonly (number | string | null)[];
    readonly vote: number | string | null;
  }[];
}
const gsmRuns = readRuns<GsmRuns>("gsm8k");
const again = gsmRuns.rows.find(({ method }) => method === "few-shot thought")!.answers[0];
const [againText] = await smolWriter.write(
  prompt.fewShotPrompt(exemplars, gsm8k.test[again.index].question, "chain"),
  thinking,
);
console.log(`${gsm8k.test[again.index].question} (${again.gold})\n${againText}`);
measured("answer written now, over the one recorded", prompt.answerNumber(againText)! / Number(again.found), {
  band: [1, 1],
  reference: 1,
});
show(
  barPlot(
    gsmRuns.rows.map(({ method }) => method),
    {
      name: "right",
      values: gsmRuns.rows.map(({ right, problems }) => right / problems),
      low: gsmRuns.rows.map(({ low }) => low),
      high: gsmRuns.rows.map(({ high }) => high),
    },
    {
      title: `SmolLM2-135M on ${gsmRuns.rows[0].problems} easy problems of GSM8K (95 % intervals)`,
      value: "share right",
    },
  ),
);
show(
  table(
    gsmRuns.rows.map(({ method, answers }) => ({
      method: method,
      right: `${answers.filter(({ right }) => right).length} of ${answers.length}`,
      "no answer found": answers.filter(({ found }) => found === null).length,
      "one of its wrong texts":
        answers
          .find(({ right }) => !right)
          ?.text.replace(/\s+/g, " ")
          .trim()
          .slice(0, 110) ?? "",
    })),
    { title: "What it writes" },
  ),
);
measured("right with a chain, of all ways and problems", gsmRuns.rows.filter(({ method }) => method.includes("thought")).reduce((total, { right }) => total + right, 0), { band: [0, 6] }); // prettier-ignore

// %% [markdown]
// Nothing, in any way of asking: 3 right of 120 answers, and no way differs from another. An interval from 0 to 14 % says only
// that it is far from being able to. And the two answers of the plain few-shot prompt were lucky: it gives a number of the right size
// at once, while each chain has several places to go wrong. Kojima et al. 2022 report for the large InstructGPT on GSM8K: 10.4 %
// zero-shot, 40.7 % step by step, 48.7 % with eight worked examples; and Wei et al. saw what we see for all models below some 10
// billion: *fluent but illogical chains*. A prompt can ask for steps, but it cannot put arithmetic into a model that has none. The models
// of sections 2 to 4 are hundreds of times smaller than this one, and right: they have learned the steps.

// %% [markdown]
// ## 6 · Auto-CoT: who writes the examples?
//
// Examples with chains must be written, and it matters by whom. Auto-CoT (Zhang et al. 2022) lets the model write them: take
// questions, let it think step by step about some, and show these. The model's chains are often wrong, and *alike questions go
// wrong alike*: examples that are nearest to the question at hand would all make its mistake. So the questions are put into
// clusters (k-means on sentence embeddings), and each cluster gives one, its most typical, if that passes simple rules: a short
// question, a chain of at most five lines, an answer that the chain mentions.
//
// **Exercise 5:** this choice: one round of k-means, and the question that each cluster shows.

// %%
import { chooseShots } from "./labs/09-chain-of-thought";
await check("09/choose-shots", chooseShots);

// %%
const miniLM = await loadModel("minilm-l6-v2");
const wordsIn = (text: string): number => text.trim().split(/\s+/).length;
const pool = gsm8k.train.map(({ question: text }) => text).filter((text) => wordsIn(text) <= 40);
const vectors: number[][] = [];
for (const text of pool) {
  const { special, encode } = miniLM.tokenizer!;
  const ids = [special["[CLS]"], ...encode(text), special["[SEP]"]];
  const vector = tf.tidy(() =>
    miniLM
      .run(tf.tensor2d([ids], undefined, "int32"))
      .mean(1)
      .squeeze([0]),
  ); // [384]
  vectors.push((await vector.array()) as number[]);
  vector.dispose();
}
miniLM.dispose();
const clusters = prompt.kMeans(vectors, { clusters: 4, rng: makeRng(1) });
const flat = pca(vectors.flat(), vectors[0].length, 2);
/** Of each cluster the question that is nearest to its centre. */
const typical = clusters.centres.map((centre, c) => {
  const far = (i: number): number => vectors[i].reduce((total, value, d) => total + (value - centre[d]) ** 2, 0);
  return [...pool.keys()].filter((i) => clusters.assigned[i] === c).sort((i, j) => far(i) - far(j))[0];
});
const pointsOf = (name: string, places: readonly number[]) => ({
  name: name,
  x: places.map((i) => flat.points[2 * i]),
  y: places.map((i) => flat.points[2 * i + 1]),
  labels: places.map((i) => pool[i].slice(0, 24)),
});
show(
  scatterPlot(
    [
      ...clusters.centres.map((_, c) =>
        pointsOf(
          `cluster ${c + 1}`,
          [...pool.keys()].filter((i) => clusters.assigned[i] === c),
        ),
      ),
      pointsOf("most typical", typical),
    ],
    {
      title: `${pool.length} questions in 4 clusters, and the most typical of each`,
      x: "first direction",
      y: "second direction",
    },
  ),
);
show(
  table(
    typical.map((i, c) => ({
      cluster: c + 1,
      questions: clusters.assigned.filter((each) => each === c).length,
      "most typical": pool[i],
    })),
    { title: "What the clusters are about" },
  ),
);
show(
  table(
    gsmRuns.clusters.map(({ tries }, c) => {
      const passed = tries.find(({ refused }) => refused === undefined);
      const given = gsmRuns.demonstrations.find(({ question: text }) => passed && text === pool[passed.index]);
      return {
        cluster: c + 1,
        "question shown": passed ? pool[passed.index] : "none passed",
        "chain that SmolLM2 wrote": passed?.chain?.slice(0, 120) ?? "",
        "its answer is": given ? (given.right ? "right" : "wrong") : "",
      };
    }),
    { title: "Auto-CoT's demonstrations, as recorded" },
  ),
);
measured("share of the spread in the two directions of the plot", flat.explained[0] + flat.explained[1], {
  band: [0.1, 0.25],
});
measured("clusters that are not empty", new Set(clusters.assigned).size, { band: [4, 4] });
// %% [markdown]
// Two directions hold a seventh of the spread, so clusters that overlap here are apart in the 384 that k-means saw. One of the clusters
// is a single odd question: it is unlike all others, and gets a place in the prompt as large as that of 29. That is what the method
// wants: *different* examples, not typical ones of the whole. With InstructGPT it was as good as examples by
// hand: 47.9 and 46.9 % on GSM8K. It needs a model whose chains are often right. All four of SmolLM2's are wrong, and the simple rules
// let them pass, for a rule about length does not add; with them before the question 0 of 24 problems are solved (section 5, *auto thought*).

// %% [markdown]
// ## 7 · Self-consistency: let many chains vote
//
// A greedy chain is one walk; a slip anywhere spoils it. **Self-consistency** (Wang et al. 2022) draws many chains at a
// temperature and takes the answer that most of them reach. The idea: there are many ways to be wrong, each with its own answer, but
// the right ways meet in one. The chain is a *latent variable* that the vote sums over:
// $p(a \mid q) = \sum_{c} p(a \mid c, q)\, p(c \mid q)$.
//
// **Exercise 6:** the vote.

// %%
import { majorityVote } from "./labs/09-chain-of-thought";
await check("09/majority-vote", majorityVote);

// %% [markdown]
// Our scratchpad model makes no mistakes, so we make it tired: at temperature 1.9 three of four of its chains go wrong. Here are
// 20 chains for each of 24 sums of four digits. First one sum, then the vote against the number of chains. **Change the
// temperature**: at 1.3, at 2.2?

// %%
const tiredness = 1.9;

const chainsEach = 20;
const votedSums = data.arithmeticProblems({ count: 24, digits: [4], part: "test" }, makeRng(11));
const tiredTexts = await onPaper.writeEach(
  votedSums.flatMap(({ question: text }) => Array<string>(chainsEach).fill(text)),
  { temperature: tiredness },
);
const tired = votedSums.map(({ answer }, i) => ({
  gold: answer,
  answers: tiredTexts.slice(i * chainsEach, (i + 1) * chainsEach).map((text) => data.answerOf(text, "scratchpad")),
}));
const { tally, silent, share } = prompt.vote(tired[0].answers);
show(
  barPlot(
    [...tally.map(({ answer }) => `${answer}${answer === tired[0].gold ? " (right)" : ""}`), "no answer"],
    { name: "chains", values: [...tally.map(({ count }) => count), silent] },
    { title: `${votedSums[0].question} 20 chains, their answers`, value: "chains", maxBars: 16 },
  ),
);
console.log(
  `three of its chains:\n${tiredTexts.slice(0, 3).join("\n")}\nthe winner's share of the votes: ${share.toFixed(2)}`,
);
const voteSizes = [1, 2, 3, 5, 7, 10, 15, 20];
const votesCurve = prompt.votesCurve(tired, { sizes: voteSizes, rng: makeRng(1) });
show(
  linePlot(
    [
      { name: "the vote is right", x: voteSizes, y: votesCurve.map(({ accuracy }) => accuracy) },
      { name: "any of the chains is right", x: voteSizes, y: votesCurve.map(({ anyRight }) => anyRight) },
    ],
    { title: `Sums at temperature ${tiredness}: chains that vote`, x: "chains", y: "share right", zero: true },
  ),
);
measured("one chain", votesCurve[0].accuracy, { band: [0.15, 0.45] });
measured("the vote of 20", votesCurve[votesCurve.length - 1].accuracy, { band: [0.85, 1] });
measured("two chains over one", votesCurve[1].accuracy / votesCurve[0].accuracy, {
  band: [0.95, 1.5],
  reference: 1,
  source: "where two differ, the first one wins",
});

// %% [markdown]
// Three of four chains are wrong, and the vote of 20 is nearly always right: the wrong ones agree on nothing. That is the best
// case, for our model is not weak but tired, and its slips are noise. Where a model makes *the same* mistake again and again,
// the vote makes it surer of the mistake. (Two chains are hardly better than one: where they differ the first wins, so
// the second helps only where the first has no answer.)

// %% [markdown]
// The recorded curves below are of models that are *not* tired but weak: their mistakes are their own, and come again.

// %%
interface VotesRow {
  readonly task: string;
  readonly temperature: number;
  readonly greedy: number;
  readonly curve: readonly { readonly samples: number; readonly accuracy: number; readonly anyRight: number }[];
}
const votesRows = readRuns<{ rows: VotesRow[] }>("votes").rows;
show(
  linePlot(
    [
      ...votesRows.map(({ task, temperature, curve }) => ({
        name: `${task} (temperature ${temperature})`,
        x: curve.map(({ samples }) => samples),
        y: curve.map(({ accuracy }) => accuracy),
      })),
    ],
    { title: "Votes of weak models", x: "chains", y: "share right", log: "x", zero: true },
  ),
);
show(
  table(
    votesRows.map(({ task, temperature, greedy, curve }) => ({
      task: task,
      temperature: temperature,
      "greedy, one chain": greedy,
      "one drawn": curve[0].accuracy,
      "vote of 40": curve[curve.length - 1].accuracy,
      "any of 40 is right": curve[curve.length - 1].anyRight,
    })),
    { title: "sums: width 64, four digits; stories: four steps" },
  ),
);

// %%
for (const { task, greedy, curve } of votesRows) {
  const voted = curve[curve.length - 1].accuracy;
  measured(`${task}: vote of 40 minus one chain`, voted - curve[0].accuracy, { band: [0.1, 0.4] });
  measured(`${task}: vote of 40 minus the greedy chain`, voted - greedy, {
    band: [-0.1, 0.1],
    reference: 0.179,
    source: "Wang et al. 2022: PaLM 540B, GSM8K",
  });
}

// %% [markdown]
// A drawn chain of the middle model is right in 32 % of the sums, the vote of 40 in 59 %. But its *greedy* chain is right in 61 %, and costs
// a fortieth; with the word problems it is 40, 56 and 54 %. So here a vote wins back what drawing had cost, and hardly more, though
// in over 90 % of the problems at least one of the 40 chains is right: the right answer is there and loses, because these
// models make the same mistake again. Wang et al. gained 18 points *over greedy* with PaLM.
//
// And SmolLM2 on GSM8K, the third case: eight chains for each of six problems, and not one of the 48 is right (`gsm8k.json`). There is
// nothing to vote for. A vote *finds* a right answer among many; it does not make one.

// %% [markdown]
// ## 8 · Tree of thoughts: search instead of luck
//
// A vote throws whole chains away and begins again. **Tree of thoughts** (Yao et al. 2023) keeps a good beginning: a *proposer* says
// what may come next, a *verifier* says how good that looks, and a search goes on with the best. Their task is the game of 24:
// make 24 out of four numbers, each used once, by + − × ÷. A move takes two numbers and puts one back: three moves, and a wrong first
// one cannot be repaired. GPT-4 with a chain of thought solved 4 % of their hands; the tree, 74 %.
//
// Both roles were given to one small model (`npx lab train game24`, 341,000 parameters): `4 9 10 13:` goes on with a move, `4 4 10?`
// with `y` or `n`, and the probability of `y` is the verifier's score. First the proposer alone. **Deal other numbers:**

// %%
const saved24 = await loadTrained("game24");
const decoder24 = gen.trainedDecoder(saved24);
const tokenizer24 = saved24.tokenizer;
const writer24 = prompt.decoderWriter({ decoder: decoder24, tokenizer: tokenizer24, rng: makeRng(24), batch: 100 });
const scorer24 = prompt.causalScorer(decoder24, { widths: [1, 8] });
const [yes, no] = ["y", "n"].map((word) => tokenizer24.encode(word));
async function sureOf(questions: readonly string[]): Promise<number[]> {
  const scores = await scorer24.score(
    questions.map((text) => ({ prompt: tokenizer24.encode(text), answers: [yes, no] })),
  );
  return scores.map(([y, n]) => Math.exp(y) / (Math.exp(y) + Math.exp(n)));
}
const trained24 = prompt.trainedGame24({ write: writer24.write, judge: sureOf });

// %%
const hand = [4, 9, 10, 13];

const lines24 = await writer24.write(data.game24Proposal(data.game24(hand)), {
  count: 8,
  temperature: 1,
  maxNewTokens: 24,
  stop: ["\n"],
});
show(
  table(
    lines24.map((line) => {
      const alone = prompt.readMoves(data.game24(hand), line);
      const helped = prompt.readMoves(data.game24(hand), line, { calculator: true });
      return {
        "it proposes": line,
        "as it stands": alone.refused[0]?.why ?? "a move",
        "with a calculator": helped.refused[0]?.why ?? helped.states[0].moves[0],
        "numbers left": helped.states[0] ? data.game24Key(helped.states[0]) : "",
      };
    }),
    { title: `The proposer on ${hand.join(", ")}` },
  ),
);

// %% [markdown]
// It has the form of a move, and seldom its arithmetic. But a model need not calculate: let it *choose* the numbers and the operation,
// and a calculator work out the result (Gao et al. 2022 do so with whole programs). That is what `trainedGame24` does. Here
// is a search with the model in both roles. Turn the pages:

// %%
const task24 = trained24;
// %%
const searched = await prompt.breadthFirst(data.game24(hand), task24, { beam: 3, depth: 3 });
/** What can be drawn: repeated states not, and of those that were cut off at most five a depth, the best ones. */
const drawn = searched.nodes.filter((node) => {
  if (node.fate === "repeated") return false;
  if (node.fate !== "beam" && node.fate !== "unvisited") return true;
  const better = searched.nodes.filter(
    (each) =>
      each.depth === node.depth &&
      each.fate === node.fate &&
      (each.score! > node.score! || (each.score === node.score && each.id < node.id)),
  );
  return better.length < 5;
});
show(
  lab.thoughtTreeFigure(
    drawn.map(({ parent, state, score, fate }) => ({
      label: data.game24Key(state),
      move: state.moves[state.moves.length - 1],
      parent: parent === undefined ? -1 : drawn.findIndex(({ id }) => id === parent),
      score: score,
      kept: fate === "kept",
      solved: fate === "solved",
    })),
    { title: `Can ${hand.join(", ")} make 24? (Of what was cut off, the best five of a depth)` },
  ),
);
console.log(
  searched.path ? searched.nodes[searched.path[searched.path.length - 1]].state.moves.join(", ") : "not solved",
);
console.log(`${searched.proposals} states gone on with, ${searched.judged} judged`);

// %% [markdown]
// **Exercise 7:** one step of that search. **Exercise 8:** a judge that believes nobody. Models claim solutions that use a number
// twice, and a program that runs what a model wrote does whatever the model says.

// %%
import { treeStep } from "./labs/09-chain-of-thought";
await check("09/tree-step", treeStep);

// %%
import { judge24 } from "./labs/09-chain-of-thought";
await check("09/judge24", judge24);

// %% [markdown]
// What is a verifier worth? First alone: is it right about states of held-out hands?

// %%
const judged24 = data
  .game24Lines({ count: 1000, part: "test" }, makeRng(3))
  .filter(({ question: text }) => text.endsWith("?"));
const sure24 = await sureOf(judged24.map(({ question: text }) => text));
const verdicts24 = [4, 3, 2].map((left) => {
  const own = judged24.flatMap(({ question: text, answer }, i) =>
    text.split(" ").length === left ? [{ win: answer === "y", says: sure24[i] > 0.5 }] : [],
  );
  return {
    left: left,
    states: own.length,
    wins: own.filter(({ win }) => win).length,
    right: own.filter(({ win, says }) => win === says).length,
  };
});
show(
  table(
    verdicts24.map(({ left, states, wins, right }) => ({
      "numbers left": left,
      "states judged": states,
      "can be won": `${((100 * wins) / states).toFixed(0)} %`,
      "verdicts that are right": `${((100 * right) / states).toFixed(0)} %`,
    })),
    { title: "The verifier alone" },
  ),
);
measured("verdicts that are right, two numbers left", verdicts24[2].right / verdicts24[2].states, {
  band: [0.7, 0.95],
});
measured("verdicts that are right, three numbers left", verdicts24[1].right / verdicts24[1].states, {
  band: [0.5, 0.75],
});

// %% [markdown]
// Where four numbers are left it would be right more often if it always said yes. Now let a program propose *all* moves, and compare three verifiers on 40 held-out hands that can
// be won: one that throws dice, the model, and one that is exact.

// %%
const dealt = new Map<string, data.Game24State>();
for (const rng = makeRng(6); dealt.size < 40;) {
  const numbers = Array.from({ length: 4 }, () => 1 + integer(rng, 13));
  const state = data.game24(numbers);
  if (data.isHeldOutHand(numbers) && data.canWin(state)) dealt.set(data.game24Key(state), state);
}
const dice = makeRng(8);
const verifiers: Record<string, typeof task24.judge> = {
  dice: (states) => states.map(() => uniform(dice)),
  "the model": trained24.judge,
  exact: prompt.exactGame24().judge,
};
const beams = [1, 3, 5, 10];
const solvedWith: Record<string, number[]> = {};
for (const [name, judge] of Object.entries(verifiers)) {
  solvedWith[name] = [];
  for (const beam of beams) {
    let solved = 0;
    for (const state of dealt.values())
      if (
        (await prompt.breadthFirst(state, { ...prompt.exactGame24(), judge: judge }, { beam: beam, depth: 3 })).path
      )
        solved++;
    solvedWith[name].push(solved);
  }
}
show(
  linePlot(
    Object.entries(solvedWith).map(([name, counts]) =>
      shares(
        `verifier: ${name}`,
        beams,
        counts.map((right) => ({ right: right, problems: dealt.size })),
      ),
    ),
    {
      title: "All moves proposed, three verifiers: share of 40 hands solved",
      x: "beam: states kept at each depth",
      y: "share solved",
      zero: true,
    },
  ),
);
measured("solved with the exact verifier, beam 1", solvedWith.exact[0] / dealt.size, { band: [1, 1], reference: 1 });
measured("solved by the model, beam 5", solvedWith["the model"][2] / dealt.size, {
  band: [0.65, 1],
  reference: 0.86,
  source: "86 of 100 recorded; Yao et al. 2023, GPT-4 in both roles: 0.74",
});
measured("the model minus dice, beam 3", (solvedWith["the model"][1] - solvedWith.dice[1]) / dealt.size, {
  band: [0.4, 0.9],
});

// %% [markdown]
// Alone the model is a poor judge: with three numbers left it is right in 6 of 10 cases. But a search does not ask it for a verdict.
// It asks it to *rank*, three times, and a beam forgives a choice that was not the best. So a weak verifier goes a long way: from 1 in 10
// with dice to 8 in 10 at beam 5. And width alone does not: ten states kept at random solve 2 of 10.

// %% [markdown]
// And the small model in both roles? Recorded (`bench/thought/game24.ts`): games drawn from the proposer without a look back, as
// many as you like, against trees; and trees in which one of the roles is exact.

// %%
interface Row24 {
  readonly method: string;
  readonly samples?: number;
  readonly beam?: number;
  readonly draws: number;
  readonly judged?: number;
  readonly solved: number;
  readonly low: number;
  readonly high: number;
}
const runs24 = readRuns<{ hands: number; rows: Row24[] }>("game24");
const name24 = ({ method, samples, beam }: Row24): string =>
  method === "exact"
    ? "exact search"
    : samples !== undefined
      ? `${method}, best of ${samples}`
      : `${method}, beam ${beam}`;
show(
  barPlot(
    runs24.rows.map(name24),
    {
      name: "solved",
      values: runs24.rows.map(({ solved }) => solved / runs24.hands),
      low: runs24.rows.map(({ low }) => low),
      high: runs24.rows.map(({ high }) => high),
    },
    {
      title: `The game of 24: share of ${runs24.hands} held-out hands solved (95 % intervals)`,
      value: "share solved",
    },
  ),
);
show(
  table(
    runs24.rows.map((row) => ({
      method: name24(row),
      "moves drawn a hand": row.draws,
      "states judged": row.judged,
      solved: `${row.solved} of ${runs24.hands}`,
    })),
    { title: "What it costs" },
  ),
);
const solvedBy24 = (method: string, n: number): number => {
  const row = runs24.rows.find((each) => each.method === method && (each.samples ?? each.beam) === n)!;
  return row.solved / runs24.hands;
};

// %%
measured("tree, all moves by a program, beam 5", solvedBy24("tree, exact proposer", 5), {
  band: [0.7, 1],
  reference: 0.74,
  source: "Yao et al. 2023: GPT-4, beam 5",
});
measured("tree, the model in both roles, beam 5", solvedBy24("tree", 5), {
  band: [0, 1],
  reference: 0.74,
  source: "Yao et al. 2023: GPT-4, beam 5",
});
measured("best of 100 games", solvedBy24("games", 100), {
  band: [0, 1],
  reference: 0.49,
  source: "Yao et al. 2023: best of 100 chains",
});

// %% [markdown]
// Two things to learn from these bars. *The calculator* is worth more than any search: without it 41 of 100 hands after 100 games, with it 84;
// the tree goes from 15 to 58. And *the tree does not beat luck here*: 24, 55 and 83 moves drawn give it 34, 52 and 58 hands, while games
// without a look back solve 44 with 30 moves and 65 with 90. That is not the verifier's fault, for an exact one gets 58, too. Eight drawn moves of
// a state often hold no good one, and then no verdict helps; games drawn anew try others. With all moves proposed the same verifier
// solves 86. So ask *which* role is the weak one before you improve the other. (Best of 100 needs somebody who knows which of
// the games is right. Here that is a program: your `judge24`.)

// %% [markdown]
// ## 9 · What else may stand before an answer
//
// **Generated knowledge** (Liu et al. 2022): the model first writes a few statements about the question; it is asked once with each,
// and the most confident answer wins. Here **you** write the statements; the model answers each time. **Directional stimulus** (Li et al. 2023): a small model, here a rule, picks keywords of this
// very text, and the large one is asked to use them. **Edit both**:

// %%
const commonSense = "How many legs does an ant have?";
const answers = [" eight", " four", " six"];
const statements = [
  "",
  "Ants live in the ground.",
  "Ants are insects, and insects have six legs.",
  "A spider has eight legs.",
];

const asker = gen.openReader(gen.decoderOf(smol), { size: 704, widths: [1, 8, 64] }); // the writer's size: no other program
const informed: { said: string; probabilities: number[] }[] = [];
for (const said of statements) {
  asker.rewind(0);
  const [[logits]] = await asker.read([
    smol.tokenizer!.encode(`${said === "" ? "" : `${said}\n`}Question: ${commonSense}\nAnswer:`),
  ]);
  const all = answers.map((answer) => gen.softmax(logits)[smol.tokenizer!.encode(answer)[0]]);
  const total = all.reduce((sumSoFar, each) => sumSoFar + each, 0);
  informed.push({ said: said, probabilities: all.map((each) => each / total) });
}
asker.dispose();
const surest = informed.reduce((best, each) =>
  Math.max(...each.probabilities) > Math.max(...best.probabilities) ? each : best,
);
show(
  table(
    informed.map(({ said, probabilities }) => ({
      "what was put before the question": said || "(nothing)",
      ...Object.fromEntries(answers.map((answer, i) => [answer.trim(), probabilities[i]])),
      wins: said === surest.said ? "the surest" : "",
    })),
    { title: commonSense },
  ),
);
measured("six, with the knowledge that it needs", informed[2].probabilities[2], { band: [0.34, 1] });

// %%
const article =
  "The city of Bergen will build a new tram line in spring. The line has twelve stops and costs 90 million euros. Mayor Hansen hopes that fewer people will drive to work.";
const keywords = ["Bergen", "90 million", "Hansen"];

const guided = await prompt.directionalStimulus({
  input: article,
  instruction: "Summarize the article in one sentence",
  hint: () => keywords,
  write: smolWriter.write,
  options: { maxNewTokens: 40, stop: ["\n\n"] },
});
console.log(`${guided.prompt}\n-> ${guided.text.trim()}\n\nwithout keywords -> ${guided.plain.text.trim()}`);
const mentions = (text: string): number => keywords.filter((word) => text.includes(word)).length;
show(
  table([
    { prompt: "with keywords", "keywords mentioned": `${mentions(guided.text)} of ${keywords.length}` },
    { prompt: "without", "keywords mentioned": `${mentions(guided.plain.text)} of ${keywords.length}` },
  ]),
);
smolWriter.dispose();
smol.dispose();

// %% [markdown]
// The model leans to *six* by itself, and the very statement that says so makes it less sure, as useless ones do: it hardly uses
// what it reads. The winner is the statement that makes the model surest, not the one that is right or even about the question. That is the
// method's weakness. More questions, with statements that the model itself wrote, and more articles, recorded (`bench/thought/hints.ts`):

// %%
interface Hints {
  readonly right: { readonly without: number; readonly with: number; readonly of: number };
  readonly knowledge: readonly {
    readonly question: string;
    readonly gold: string;
    readonly without: string;
    readonly answer: string;
    readonly knowledge: string;
  }[];
  readonly stimulus: readonly {
    readonly hints: readonly string[];
    readonly text: string;
    readonly followed: number;
    readonly plainText: string;
    readonly plainFollowed: number;
  }[];
}
const hintRuns = readRuns<Hints>("hints");
const marked = (said: string, gold: string): string => `${said === gold ? "✓" : "✗"} ${said}`;
show(
  table(
    hintRuns.knowledge.map(({ question: text, gold, without, answer, knowledge }) => ({
      question: text,
      right: gold,
      "asked at once": marked(without, gold),
      "with knowledge": marked(answer, gold),
      "the statement that won": knowledge === "" ? "(none: the question alone was surest)" : knowledge,
    })),
    { title: "Generated knowledge" },
  ),
);
const oneLine = (text: string): string => text.trim().replace(/\s+/g, " ").slice(0, 150);
show(
  table(
    hintRuns.stimulus.map(({ hints: words, text, followed: said, plainText, plainFollowed }) => ({
      keywords: words.join(", "),
      "with them": oneLine(text),
      "mentioned, with": said,
      without: oneLine(plainText),
      "mentioned, without": plainFollowed,
    })),
    { title: "Directional stimulus: a summary with keywords and without" },
  ),
);
measured("questions right, with knowledge less without", hintRuns.right.with - hintRuns.right.without, {
  band: [-3, 3],
  reference: 1,
  source: "Liu et al. 2022: 8 points of 100 would be one of 12",
});

// %% [markdown]
// Five of twelve right without knowledge, five with it. Look at the statements: *An ant has six legs*, *A tricycle has three wheels*
// are true and win where the model was right anyway; *A violin has ten strings* is an invention, and its answer is another number still.
// Where it needed to know something (days of a week, months of a year) the question alone was surest, and nothing changed. A
// source that knows no more than the one who asks cannot help: Liu et al. took GPT-3 to write, 20 statements a question, and gained
// 8 points on NumerSense (64 to 72 %).
//
// The keywords are mentioned more often when they are asked for, in three of six articles, and in two of these the summary *is* the
// list of keywords. Following an instruction and summarizing are two things, and a small model can do one at a time. Li et al.
// *train* the small model that gives the hints, with the quality of the large one's text as reward; with a fixed rule, as here, only
// the second half of the idea is left.

// %% [markdown]
// ## 10 · Beside the papers
//
// | | papers | why it differs here |
// |---|---|---|
// | a scratchpad for sums | Nye et al. 2021: what a model cannot add at once it adds step by step | it does not: 0 and 200 of 200 |
// | chains and size | PaLM 540B on GSM8K: 17.9 to 56.9 %; no gain below some 10 billion | the same shape, at 26 to 406 thousand: ours are trained on the chain, theirs prompted |
// | gain and difficulty | single-step problems: none; GSM8K: three times as many right | sums: the same; word problems: not, for one step is already a guess without a chain |
// | ablations | LaMDA 137B: equation 5.4, dots 6.4, after 6.1, none 6.5, chain 14.3 % | section 3 |
// | wrong chains | in a prompt they keep 80 to 90 % of the gain | in a prompt all of it, in training a fifth |
// | step by step, zero-shot | GSM8K, InstructGPT: 10.4 to 40.7 % | 0 and 1 of 24: SmolLM2 has a thousandth of its parameters |
// | Auto-CoT | GSM8K: 47.9 %, by hand 46.9 % | 0 and 0 of 24: its own chains are wrong, and are shown |
// | self-consistency | PaLM 540B on GSM8K: 56.5 to 74.4 % with 40 chains | nearly all where mistakes are noise; nothing over greedy where they are the model's own |
// | tree of thoughts | game of 24, GPT-4: chain 4 %, best of 100 chains 49 %, tree 74 % | section 8: a small model in both roles 58, best of 100 games 84; all moves by a program, its verifier alone 86 |
// | generated knowledge | NumerSense: 64.1 to 72.5 % | 5 and 5 of 12: the model that writes knows no more than the one that answers |
//
// **Take away**
// - A chain is memory and small steps: what a model writes it can look up, and each step is a problem that it can do.
// - It must stand before the answer, and say something. Time alone (dots) is not enough.
// - Where one look is enough, a chain adds nothing; where a model without it can only guess, it adds most. But each step can slip.
// - A prompt can give a model the form of a chain. The steps themselves it must know how to do.
// - A vote repairs mistakes that differ, not the one that all chains make.
// - Search needs a proposer that knows the rules, and a verifier; a wide beam forgives a weak one. A checker that is exact, where there is one, is worth more than any model.
// - Measure answers with a reader that you have tested: what counts as an answer decides what counts as right.
//
// **At full scale** models are trained to think before they answer, not only asked to: with chains that people wrote, with their own
// chains that led to a right answer (STaR, Zelikman et al. 2022), and with reinforcement learning on tasks whose answers can be
// checked by a program, as `judge24` checks yours. Their chains run to thousands of tokens, with second thoughts and trials in them: the
// search has moved into the text. What stays is this chapter's bargain: more tokens for more certainty. And this chapter's
// caution: a chain is what the model wrote before its answer. It need not be why it gave it (Turpin et al. 2023).
//
// **Check everything at once** in a terminal: `npx lab grade --lab 09`.
//
// **Read on:** Nye et al. 2021 (scratchpads) · Wei et al. 2022 (chain of thought) · Kojima et al. 2022 (zero-shot) · Wang et al.
// 2022 (self-consistency) · Gao et al. 2022 (PAL) · Zhang et al. 2022 (Auto-CoT) · Wang et al. 2023 (wrong chains) · Yao et al. 2023 (tree of thoughts) · Liu et
// al. 2022 (generated knowledge) · Li et al. 2023 (directional stimulus) · Turpin et al. 2023 (unfaithful chains).
