import type { GradedSubmission, Isolation, State } from "../class";
import type { ClassParts } from "./classPage";
import { escapeHtml, escapeLine, plural, scrolling, stateChip, STATES } from "./page";

/** What somebody who doubts a grade asks: states, problems, what held while the code ran, and what was taken from where. */
export function classFacts({ final }: ClassParts): string {
  const all = final.learners.map(({ submission }) => submission);
  return [
    statesHtml(final.learners.map(({ state }) => state)),
    problemsHtml(final),
    isolationHtml(all),
    fixedHtml(all),
  ].join("\n");
}

function statesHtml(states: readonly State[]): string {
  const rows = (Object.keys(STATES) as State[]).flatMap((state) => {
    const count = states.filter((one) => one === state).length;
    return count === 0 ? [] : [`<li>${count} ${stateChip(state)}</li>`];
  });
  return `<h3>States of the submissions</h3><ul class="toc">${rows.join("")}</ul>`;
}

function problemsHtml({ learners }: ClassParts["final"]): string {
  const odd = learners.filter(({ problems }) => problems.length > 0);
  if (odd.length === 0) return "";
  const rows = odd.map(
    ({ learner, problems }) =>
      `<tr><th scope="row">${escapeLine(learner)}</th><td>${problems.map(escapeHtml).join("<br>")}</td></tr>`,
  );
  return `<h3>What is odd about submissions</h3>${scrolling("Odd submissions", `<table><thead><tr><th scope="col">Learner</th><th scope="col">What</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`)}`;
}

const THINGS: Readonly<Record<keyof Isolation["blocked"], string>> = {
  read: "reading other files",
  write: "writing files",
  network: "the network",
  processes: "starting processes",
  environment: "the environment's variables",
  memory: "taking all memory",
};

/** Learners whose facts are the same are one row. */
function grouped<T>(
  results: readonly GradedSubmission[],
  of: (result: GradedSubmission) => T,
): { value: T; learners: string[] }[] {
  const groups = new Map<string, { value: T; learners: string[] }>();
  for (const result of results) {
    const value = of(result);
    const key = JSON.stringify(value);
    const group = groups.get(key) ?? { value, learners: [] };
    groups.set(key, group);
    group.learners.push(result.learner);
  }
  return [...groups.values()].sort((a, b) => b.learners.length - a.learners.length);
}

const whoText = (learners: readonly string[], all: number): string =>
  learners.length === all
    ? `all ${all}`
    : learners.length > 8
      ? `${learners.length} of ${all}`
      : learners.map(escapeLine).join(", ");

function isolationHtml(all: readonly GradedSubmission[]): string {
  const rows = grouped(all, ({ isolation }) => isolation).map(({ value: { by, blocked }, learners }) => {
    const things = Object.entries(blocked) as [keyof typeof THINGS, boolean][];
    const held = things.filter(([, stopped]) => stopped).map(([thing]) => THINGS[thing]);
    const open = things.filter(([, stopped]) => !stopped).map(([thing]) => THINGS[thing]);
    const not =
      open.length === 0
        ? ""
        : `<br><span class="state bad"><span class="sign">!</span></span> <strong>Did not hold:</strong> ${open.join(", ")}`;
    return `<tr><th scope="row">${escapeLine(by)}</th><td>${held.length === 0 ? "Nothing was stopped." : `Stopped: ${held.join(", ")}`}${not}</td><td>${whoText(learners, all.length)}</td></tr>`;
  });
  return `<h3>Isolation that held</h3><p class="soft">Measured: a probe inside tried each of these.</p>${scrolling("Isolation", `<table><thead><tr><th scope="col">By</th><th scope="col">What</th><th scope="col">Submissions</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`)}`;
}

function fixedHtml(all: readonly GradedSubmission[]): string {
  const groups = grouped(all, ({ fixed }) => Object.entries(fixed).sort(([a], [b]) => (a < b ? -1 : 1)));
  const tables = groups.map(({ value: files, learners }) => {
    if (files.length === 0)
      return `<p>${whoText(learners, all.length)}: no file was taken from the lab, only the learner's own were read.</p>`;
    const rows = files.map(
      ([file, hash]) =>
        `<tr><th scope="row"><code>${escapeLine(file)}</code></th><td class="hash">${escapeLine(hash)}</td></tr>`,
    );
    return `<details><summary>${plural(files.length, "file")}, submissions: ${whoText(learners, all.length)}</summary>${scrolling("Fixed files", `<table><thead><tr><th scope="col">File</th><th scope="col">SHA-256</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`)}</details>`;
  });
  return `<h3>Files taken from the lab and not from the submission</h3>${tables.join("\n")}`;
}
