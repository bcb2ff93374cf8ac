/** Light or dark: the reader's choice where there is one, kept where the browser keeps things, else the system's. */
export type Choice = "light" | "dark" | "system";

const KEY = "lab-demo-theme";
const root = document.documentElement;
const system = window.matchMedia("(prefers-color-scheme: dark)");

export function chosen(): Choice {
  const value = root.dataset.choice;
  return value === "light" || value === "dark" ? value : "system";
}

export const isDark = (): boolean => root.dataset.theme === "dark";

/** Figures look for JupyterLab's attribute on the body or above; where both are said, none follows the system alone. */
function apply(): void {
  const choice = chosen();
  const theme = choice === "system" ? (system.matches ? "dark" : "light") : choice;
  root.dataset.theme = theme;
  root.dataset.jpThemeLight = String(theme === "light");
  if (document.body) document.body.dataset.jpThemeLight = String(theme === "light");
  document.dispatchEvent(new Event("lab-theme"));
}

/** Before anything is drawn. */
export function startScheme(): void {
  try {
    root.dataset.choice = localStorage.getItem(KEY) ?? "system";
  } catch {
    root.dataset.choice = "system"; // no storage here
  }
  apply();
  document.addEventListener("DOMContentLoaded", apply);
  system.addEventListener("change", apply);
}

export function choose(choice: Choice): void {
  root.dataset.choice = choice;
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // It holds for this page then.
  }
  apply();
}
