/** The experiments of chapter 08 as a list of runs: which demonstrations, in which form, with which labels. */
import { fork, makeRng } from "../../src/engine";
import { candidateOrders, corruptLabels, randomDemonstrations, relabel } from "../../src/prompt";
import { forms } from "./tasks";
import type { Form, Task } from "./tasks";

/** A demonstration: a place among the task's rows, and the label that is shown, if any. */
export interface Shot {
  readonly row: number;
  readonly label?: string;
}

/** One prompt, asked of all test items (or of the first few). */
export interface Run {
  readonly experiment: string;
  readonly task: string;
  readonly variant: string;
  readonly seed: number;
  readonly shots: readonly Shot[];
  readonly form: Form;
  readonly items: number;
}

/** Questions of a run, by experiment; fewer are the first of more. Where differences are large, few are enough. */
export const items = {
  shots: 40,
  intents: 30,
  labels: 30,
  order: 24,
  form: 24,
  information: 40,
  selection: 30,
};

const seeds = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Demonstrations of a seed: fewer are the first of more. */
export function draw(task: Task, count: number, seed: number): Required<Shot>[] {
  const pool = task.pool.map((row) => ({ row, label: task.rows[row]!.label }));
  // Of five intents a draw without a plan would often miss one: there each label comes in turn.
  const options = task.labels.length > 2 ? { labelOf: ({ label }: Required<Shot>) => label } : {};
  return randomDemonstrations(pool, count, fork(makeRng(seed), task.name), options);
}

/** Shots from none to many, some seeds each; without any a single run. */
function shotsRuns(task: Task, counts: readonly number[], seedCount: number): Run[] {
  return counts.flatMap((count) =>
    (count === 0 ? [0] : seeds(seedCount)).map((seed) => ({
      experiment: "shots",
      task: task.name,
      variant: String(count),
      seed,
      shots: count === 0 ? [] : draw(task, count, seed),
      form: task.form,
      items: task.labels.length > 2 ? items.intents : items.shots,
    })),
  );
}

/** Eight demonstrations whose labels are drawn at random, all wrong, or left out; the right ones are among `shots`. */
function labelRuns(task: Task, variants: readonly ("random" | "wrong" | "none")[], seedCount: number): Run[] {
  return variants.flatMap((variant) =>
    seeds(seedCount).map((seed) => {
      const gold = draw(task, 8, seed);
      const rng = fork(makeRng(seed), "labels");
      const shots = variant === "wrong" ? corruptLabels(gold, 1, task.labels, rng) : relabel(gold, variant, task.labels, rng); // prettier-ignore
      return {
        experiment: "labels",
        task: task.name,
        variant,
        seed,
        shots,
        form: task.form,
        items: items.labels,
      };
    }),
  );
}

/** Orders of four demonstrations, two of each label: 8 of the 24. */
function orderRuns(task: Task, seed: number): Run[] {
  const pool = task.pool.map((row) => ({ row, label: task.rows[row]!.label }));
  const four = randomDemonstrations(pool, 4, fork(makeRng(seed), "orders"), {
    labelOf: ({ label }) => label,
  });
  return candidateOrders(4, makeRng(seed), 8).map((order) => ({
    experiment: "order",
    task: task.name,
    variant: order.join(""),
    seed,
    shots: order.map((place) => four[place]!),
    form: task.form,
    items: items.order,
  }));
}

/** Other ways to write the same prompt, without and with four demonstrations. */
function formRuns(task: Task, seedCount: number): Run[] {
  return Object.entries(forms).flatMap(([variant, form]) =>
    seeds(seedCount + 1).map((seed) => ({
      experiment: "form",
      task: task.name,
      variant,
      seed: seed - 1, // 0: without demonstrations
      shots: seed === 1 ? [] : draw(task, 4, seed - 1),
      form,
      items: items.form,
    })),
  );
}

/** Sets of four to choose from by mutual information: those of `shots`, and as many more. */
function informationRuns(task: Task, seedNumbers: readonly number[]): Run[] {
  return seedNumbers.map((seed) => ({
    experiment: "information",
    task: task.name,
    variant: "4",
    seed,
    shots: draw(task, 4, seed),
    form: task.form,
    items: items.information,
  }));
}

/** The most telling first; what `run.ts` does between, for each item its own demonstrations, is in selection.ts. */
export function plan({ sentiment, sms, banking }: Record<"sentiment" | "sms" | "banking", Task>): {
  readonly first: Run[];
  readonly later: Run[];
} {
  return {
    first: [
      ...shotsRuns(sentiment, [0, 1, 2, 4, 8], 3),
      ...labelRuns(sentiment, ["random", "wrong"], 3),
      ...orderRuns(sentiment, 1),
      ...shotsRuns(banking, [0, 1, 5], 2),
    ],
    later: [
      ...formRuns(sentiment, 1),
      ...shotsRuns(sentiment, [16], 3),
      ...shotsRuns(banking, [10], 2),
      ...informationRuns(sentiment, [4, 5, 6, 7]),
      ...labelRuns(sentiment, ["none"], 3),
      ...shotsRuns(sms, [0, 1, 4, 8], 2),
    ],
  };
}
