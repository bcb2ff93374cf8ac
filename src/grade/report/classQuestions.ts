import { shown, type State } from "../class";
import type { ClassParts } from "./classPage";
import { bar, escapeLine, scrolling, stateChip, STATES } from "./page";

/** Each exercise of the class, and below it every learner's points in it. */
export function classQuestions({ final, findings, files }: ClassParts): string {
  const titles = new Map(final.plan.labs.flatMap((lab) => lab.questions.map(({ id, title }) => [id, title])));
  const order = [...titles.keys()];
  const inOrder = [...findings.questions].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
  const rows = inOrder.map(
    ({ id, states, mean }) =>
      `<tr><th scope="row">${escapeLine(titles.get(id) ?? id)}<br><span class="soft mono">${escapeLine(id)}</span></th><td class="num">${shown(100 * mean, 1)} %</td>` +
      `<td class="barcell">${bar(mean)}</td><td>${statesHtml(states)}</td></tr>`,
  );
  const table = `<table><caption>What the checks gave, before weights, marks by hand and deadlines.</caption><thead><tr><th scope="col">Exercise</th><th scope="col" class="num">Mean</th><th scope="col" class="barcell"><span class="told">Mean</span></th><th scope="col">States</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
  const grids = final.plan.labs.map((lab) => {
    const heading = lab.questions.map(
      ({ title, max }) =>
        `<th scope="col" class="num">${escapeLine(title)}<br><span class="soft">${shown(max, final.plan.decimals)}</span></th>`,
    );
    const body = final.learners.map(({ learner, labs }) => {
      const questions = labs.find(({ id }) => id === lab.id)?.questions ?? [];
      const cells = questions.map(({ state, points, by }) => {
        const { sign, tone, word } = STATES[state];
        const value = by === "nobody" ? "" : String(shown(points, final.plan.decimals));
        return `<td class="num ${tone}"><span class="sign" aria-hidden="true">${sign}</span><span class="told">${word}</span> ${value}</td>`;
      });
      return `<tr><th scope="row"><a href="learners/${encodeURIComponent(files.get(learner)!)}.html">${escapeLine(learner)}</a></th>${cells.join("")}</tr>`;
    });
    const grid = scrolling(
      `Points in lab ${lab.id}`,
      `<table class="grid"><thead><tr><th scope="col">Learner</th>${heading.join("")}</tr></thead><tbody>${body.join("\n")}</tbody></table>`,
    );
    return `<details><summary>Every learner's points in lab ${escapeLine(lab.id)}: ${escapeLine(lab.title)}</summary>${grid}</details>`;
  });
  return scrolling("Exercises", table) + grids.join("\n");
}

function statesHtml(states: Readonly<Partial<Record<State, number>>>): string {
  const present = (Object.keys(STATES) as State[]).filter((state) => (states[state] ?? 0) > 0);
  return present
    .map((state) => `<span class="state">${states[state]} ${stateChip(state)}</span>`)
    .join(" · ");
}
