/** All slides in one grid. */
import type { Slide } from "./deck";

/** Fills the dialog, opens it, and closes it when a slide is chosen. */
export function showOverview(
  dialog: HTMLDialogElement,
  deck: readonly Slide[],
  at: number,
  choose: (slide: number) => void,
): void {
  const list = dialog.querySelector("ol")!;
  list.replaceChildren(
    ...deck.map((slide, i) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.innerHTML = `<b></b><strong></strong><span></span>`;
      button.querySelector("b")!.textContent = String(i + 1);
      button.querySelector("strong")!.textContent = slide.title;
      button.querySelector("span")!.textContent = textOf(slide);
      if (i === at) button.setAttribute("aria-current", "true");
      button.addEventListener("click", () => {
        dialog.close();
        choose(i);
      });
      item.append(button);
      return item;
    }),
  );
  dialog.showModal();
  list.querySelectorAll("button")[at]?.focus();
}

/** Arrow keys move in the overview as in a grid. */
export function walk(dialog: HTMLDialogElement, action: string): void {
  const buttons = Array.from(dialog.querySelectorAll<HTMLElement>("ol button"));
  const now = buttons.indexOf(document.activeElement as HTMLElement);
  const first = buttons[0]?.offsetTop;
  const columns = Math.max(1, buttons.filter((button) => button.offsetTop === first).length);
  const moves: Record<string, number> = { right: 1, left: -1, down: columns, up: -columns };
  const target = action === "home" ? 0 : action === "end" ? buttons.length - 1 : now + (moves[action] ?? 0);
  buttons[Math.min(buttons.length - 1, Math.max(0, target))]?.focus();
}

/** A slide's beginning in a few words. */
const textOf = ({ elements }: Slide): string => elements.map(wordsOf).filter(Boolean).join(" · ").replace(/\s+/g, " ").slice(0, 90); // prettier-ignore

function wordsOf(element: HTMLElement): string {
  if (element.matches(".plot")) return element.getAttribute("aria-label") ?? "";
  if (element.matches(".figure")) return element.querySelector(".tl-question, .tl-title")?.textContent ?? "";
  if (element.matches(".measured"))
    return `measured: ${element.querySelector("tbody th")?.textContent ?? ""}`;
  const copy = element.cloneNode(true) as HTMLElement;
  copy.querySelectorAll(".katex-mathml, script").forEach((part) => part.remove()); // said twice
  return copy.textContent ?? "";
}
