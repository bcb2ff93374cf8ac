import { alignText } from "../../lab/figures/width";
import { shown, type ClassResult, type FinalResult } from "../class";
import { visible, type Paint } from "../terminal";
import { percentOf } from "./grades";
import { median } from "./classPage";
import { NOT_HANDED_IN, plural, STATES } from "./page";

const COLOURS = { good: 32, half: 33, bad: 31, idle: 90 } as const;

/** Names longer than this are cut, so that a table stays one. */
const NAME = 32;
/** Labs that fit beside each other in a terminal; more are summed. */
const MOST_LABS = 6;

/** A class as a table for the terminal: learner, labs, what being late cost, points, state; then one line of summary. */
export function classTable({ plan, learners, missing }: ClassResult, paint: Paint): string {
  const r = (value: number): string => String(shown(value, plan.decimals));
  const labs = plan.labs.length > 1 && plan.labs.length <= MOST_LABS ? plan.labs : [];
  const heading = ["learner", ...labs.map(({ id }) => `lab ${id}`), "late", "points", "%"];
  const rows = learners.map((result) => [
    nameOf(result.learner),
    ...(labs.length > 0 ? result.labs.map(({ points }) => r(points)) : []),
    result.late > 0 ? `-${r(result.late)}` : "",
    `${r(result.points)} / ${r(result.max)}`,
    String(Math.floor(percentOf(result.points, result.max))),
  ]);
  const [head = "", ...lines] = alignText(
    [heading, ...rows],
    heading.map((_, i) => i > 0),
  ).split("\n");
  const full = lines.map((line, i) => {
    const { state, waiting } = learners[i]!;
    const { sign, word, tone } = STATES[state];
    const waits =
      waiting.length > 0 && state !== "manual" ? `, ${plural(waiting.length, "mark")} to come` : "";
    return `  ${line}  ${paint(`${sign} ${word}${waits}`, COLOURS[tone])}`;
  });
  const absent =
    missing.length === 0 ? [] : [`  ${missing.length} ${NOT_HANDED_IN}: ${missing.map(nameOf).join(", ")}`];
  const summary = [`  ${summaryLine(learners, plan.passMark)}`, ...absent];
  return [paint(`  ${head}  state`, 1), ...full, "", ...summary].join("\n");
}

function nameOf(name: string): string {
  const plain = visible(name).replace(/\s/g, " ");
  const letters = Array.from(plain);
  return letters.length > NAME ? `${letters.slice(0, NAME - 1).join("")}…` : plain;
}

/** "40 submissions, median 71 %, mean 64.2 %; 31 passed; 3 marks to come; 2 were stopped or could not be run". */
export function summaryLine(learners: readonly FinalResult[], passMark?: number): string {
  const percents = learners.map(({ points, max }) => percentOf(points, max)).sort((a, b) => a - b);
  const mean = percents.reduce((sum, one) => sum + one, 0) / (percents.length || 1);
  const passed = learners.filter((result) => result.passed === true).length;
  const waiting = learners.reduce((sum, result) => sum + result.waiting.length, 0);
  const odd = learners.filter(({ state }) => STATES[state].tone === "bad" && state !== "fail").length;
  return [
    `${plural(learners.length, "submission")}, median ${shown(median(percents), 1)} %, mean ${shown(mean, 1)} %`,
    ...(passMark === undefined ? [] : [`${passed} passed`]),
    ...(waiting === 0 ? [] : [`${plural(waiting, "mark")} to come`]),
    ...(odd === 0 ? [] : [`${odd} stopped or not to be run`]),
  ].join("; ");
}
