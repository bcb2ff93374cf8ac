import type { GradedSubmission } from "../class/model";
import { visible } from "../terminal";

/** What is printed of a class at the end: a line a learner. */
export function classTable(results: readonly GradedSubmission[]): string {
  const width = Math.min(40, Math.max(7, ...results.map(({ learner }) => learner.length)));
  const labs = results[0]?.labs.map(({ id }) => id) ?? [];
  const head = `${"learner".padEnd(width)}  ${labs.map((id) => id.padStart(4)).join("")}     points   state`;
  const lines = results.map(({ learner, labs: graded, score, max, state, problems }) => {
    const each = graded.map((lab) => String(lab.score).padStart(4)).join("");
    const odd = problems.length === 0 ? "" : `   (${problems.length} problems)`;
    const points = `${score} / ${max}`.padStart(11);
    return `${visible(learner).slice(0, width).padEnd(width)}  ${each}${points}   ${state}${odd}`;
  });
  return [head, ...lines].join("\n");
}
