/** The page's own script, one for the index and all chapters. */
import { startPlots } from "./plots";
import { startReading } from "./reading";
import { chosen, choose, type Choice } from "./scheme";
import { startShow } from "./slides/show";

const names: Readonly<Record<Choice, string>> = { light: "light", dark: "dark", system: "as the system" };

function labelTheme(): void {
  document.querySelectorAll(`[data-do="theme"]`).forEach((button) => {
    button.setAttribute("aria-label", `Theme: ${names[chosen()]}`);
    button.setAttribute("title", `Theme: ${names[chosen()]} (t)`);
  });
}
labelTheme();
document.addEventListener("lab-theme", labelTheme);

if (document.body.dataset.chapter !== undefined) {
  startPlots();
  startReading();
  startShow();
} else {
  const next = { system: "light", light: "dark", dark: "system" } as const;
  const turn = (): void => choose(next[chosen()]);
  document.querySelector(`[data-do="theme"]`)!.addEventListener("click", turn);
  document.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
    if (key === "t" && !ctrlKey && !metaKey && !altKey) turn();
  });
}
