import { arithmeticProblem, answerOf, gradeChain, gradeStory, storyProblem } from "../../../data";
import { generate } from "../../../generate";
import { escapeHtml } from "../../../lab/figures/escape";
import { PAUSE_FIELD, pauseOf, textOf } from "../fields";
import { openModel } from "../models";
import type { OpenModel } from "../models";
import { verdictHtml, writtenHtml } from "../parts";
import type { Answer, Run, Widget } from "../widget";

/** One problem for two models that differ in what they write before the answer. */
interface Task {
  readonly question: string;
  readonly answer: number;
  /** What the models never learned. */
  readonly note?: string;
  /** The answer in what a model wrote, and what is to be said of its steps. */
  read(text: string, paper: boolean): { readonly answer: number | undefined; readonly steps: string };
}

/** "345+678": up to four digits each, as the models have learned. */
function sumTask(text: string): Task {
  const found = /^\s*(\d{1,4})\s*\+\s*(\d{1,4})\s*=?\s*$/.exec(text);
  if (!found) throw new RangeError("Type a sum of two numbers of one to four digits, such as 345+678.");
  const problem = arithmeticProblem("sum", Number(found[1]), Number(found[2]));
  const same = (found[1] as string).length === (found[2] as string).length;
  return {
    question: problem.question,
    answer: problem.answer,
    ...(same ? {} : { note: "Both learned from numbers of equal length only." }),
    read(written, paper) {
      if (!paper) return { answer: answerOf(written, "direct"), steps: "no steps" };
      const { steps, right } = gradeChain(problem, written, "scratchpad");
      const wrong = steps.find((step) => !step.right);
      const said = right ? `${steps.length} steps, all right` : `wrong step: ${wrong?.written ?? "missing"}, should be ${wrong?.wanted ?? "none"}`; // prettier-ignore
      return { answer: answerOf(written, "scratchpad"), steps: said };
    },
  };
}

/** "12+4-9": someone has 12 things, gets 4, loses 9. */
function storyTask(text: string): Task {
  const found = /^\s*(\d{1,2})((?:\s*[+-]\s*\d)+)\s*$/.exec(text);
  if (!found)
    throw new RangeError("Type a first number and one to four changes of one digit, such as 12+4-9.");
  const changes = (found[2] as string)
    .replace(/\s/g, "")
    .match(/[+-]\d/g)!
    .map(Number);
  const problem = storyProblem(Number(found[1]), changes);
  return {
    question: problem.question,
    answer: problem.answer,
    read(written, paper) {
      const { answer, rightChain } = gradeStory(problem, written);
      return { answer, steps: paper ? (rightChain ? "all steps right" : "a wrong step") : "no steps" };
    },
  };
}

const pairs = {
  sum: { task: sumTask, head: "arithmetic-direct", paper: "arithmetic-scratchpad" },
  story: { task: storyTask, head: "stories-direct", paper: "stories-chain" },
} as const;

/** What one of the two wrote, so far. */
interface Side {
  text: string;
  /** ln of the probability of each token. */
  readonly logProbs: number[];
  done: boolean;
}

/** Chapter 09: the same sum in the head and on paper, token by token. */
export const thoughtWidget: Widget = {
  id: "live-thought",
  chapter: "09",
  title: "In the head, or on paper?",
  intro:
    "Two models of the same size and training: one learned to write the answer at once, the other to write its steps first. Both answer the audience's own problem, token by token; the truth is computed beside them.",
  after: "2 · In the head, and on paper",
  fields: [
    {
      kind: "choice",
      name: "kind",
      label: "Problem",
      value: "sum",
      options: [
        ["sum", "a sum: 345+678"],
        ["story", "a story of gains and losses: 12+4-9"],
      ],
    },
    { kind: "line", name: "problem", label: "Numbers", value: "345+678" },
    PAUSE_FIELD,
    { kind: "button", name: "write", label: "Solve it again" },
    { kind: "button", name: "stop", label: "Stop" },
  ],
  models: ["arithmetic-direct", "arithmetic-scratchpad", "stories-direct", "stories-chain"],
  async open(files) {
    const models = new Map<string, OpenModel>();
    for (const { head, paper } of Object.values(pairs))
      for (const name of [head, paper]) models.set(name, await openModel(files, name));

    async function write(
      name: string,
      question: string,
      side: Side,
      shown: () => void,
      { stopped }: Run,
      pause: () => Promise<void>,
    ) {
      const { decoder, tokenizer } = models.get(name) as OpenModel;
      const ids = tokenizer.encode(question);
      const steps = generate(decoder, ids, {
        maxNewTokens: decoder.context - ids.length,
        stop: { strings: ["\n"] },
        tokenizer,
        logProbs: true,
        interrupt: stopped,
      });
      for await (const { text, logProbs } of steps) {
        side.text += text[0] ?? "";
        side.logProbs.push(logProbs[0] as number);
        shown();
        await pause();
      }
      side.done = !stopped();
    }

    return {
      async answer(input, run) {
        const { task: taskOf, head, paper } = pairs[input["kind"] === "story" ? "story" : "sum"];
        const task = taskOf(textOf(input, "problem", 40));
        const sides: [Side, Side] = [
          { text: "", logProbs: [], done: false },
          { text: "", logProbs: [], done: false },
        ];
        const shown = (): Answer => answerHtml(task, sides);
        const pause = pauseOf(input, run.action);
        await write(head, task.question, sides[0], () => run.show(shown()), run, pause);
        await write(paper, task.question, sides[1], () => run.show(shown()), run, pause);
        return shown();
      },
      dispose: () => models.forEach((model) => model.dispose()),
    };
  },
};

function answerHtml(task: Task, sides: readonly [Side, Side]): Answer {
  const cards = sides.map(({ text, logProbs, done }, i) => {
    const title = i === 0 ? "In the head" : "On paper";
    const { answer, steps } = task.read(text, i === 1);
    const sure = Math.exp(logProbs.reduce((sum, each) => sum + each, 0));
    const said = `${answer ?? "no answer that can be read"}; ${steps}; probability of this text ${(100 * sure).toFixed(0)}\u00a0%`;
    const verdict = done ? verdictHtml(answer === task.answer, said) : `<p class="live-soft">…</p>`;
    return `<div class="live-card"><p class="live-name">${title}</p>${writtenHtml(task.question, text)}${verdict}</div>`;
  });
  const outcome = sides.map(({ text, done }, i) => {
    if (!done) return "not done";
    const { answer } = task.read(text, i === 1);
    return `${answer ?? "nothing"} (${answer === task.answer ? "right" : "wrong"})`;
  });
  return {
    html:
      `<p class="live-text">${escapeHtml(task.question)}<strong>${task.answer}</strong> <span class="live-soft">is the truth, computed</span></p>` +
      `<div class="live-pair">${cards.join("")}</div>`,
    say: `The truth is ${task.answer}. In the head: ${outcome[0]}. On paper: ${outcome[1]}.${task.note ? ` ${task.note}` : ""}`,
    numbers: sides.flatMap(({ logProbs }) => logProbs),
  };
}
