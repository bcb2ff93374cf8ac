/** Which key does what. A key that a control in the page needs stays with it. */
export interface KeyContext {
  /** Slides are shown. */
  readonly on: boolean;
  /** Class of the open dialog, or "". */
  readonly open: string;
  readonly notes: boolean;
  readonly blank: boolean;
}

const letters: Readonly<Record<string, string>> = {
  o: "overview",
  a: "all",
  r: "reveal",
  c: "slide-code",
  n: "notes",
  w: "window",
  p: "pause",
  "0": "zero",
  b: "blank",
  ".": "blank",
  f: "full",
};

const moves: Readonly<Record<string, string>> = {
  ArrowRight: "forward",
  ArrowDown: "forward",
  " ": "forward",
  ArrowLeft: "back",
  ArrowUp: "back",
  Home: "home",
  End: "end",
};

/** The action of a key; undefined where it is not for the slides. */
export function actionOf(event: KeyboardEvent, { on, open }: KeyContext): string | undefined {
  const { key, shiftKey, ctrlKey, altKey, metaKey, defaultPrevented } = event;
  if (ctrlKey || altKey || metaKey || defaultPrevented) return undefined;
  const target = event.target as Element;
  if (open !== "") return inDialog(key, open);
  if (
    target.closest?.(
      "input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]",
    )
  )
    return undefined;
  const lower = key.toLowerCase();
  if (lower === "s") return "slides";
  if (key === "?") return "help";
  if (lower === "t") return "theme";
  if (!on) return undefined;
  if (key === "Escape") return leaveControl(target) ? undefined : "close";
  // Clickers send these, whatever has the focus.
  if (key === "PageDown") return "forward";
  if (key === "PageUp") return "back";
  if (letters[lower] && !shiftKey) return letters[lower];
  if (usesArrows(target) && key !== " ") return undefined;
  if (key === " ")
    return target.closest?.("button, summary, input, a") ? undefined : shiftKey ? "back" : "forward";
  if (shiftKey && key === "ArrowRight") return "next";
  if (shiftKey && key === "ArrowLeft") return "previous";
  return moves[key];
}

const grid: Readonly<Record<string, string>> = {
  ArrowRight: "right",
  ArrowLeft: "left",
  ArrowDown: "down",
  ArrowUp: "up",
  Home: "home",
  End: "end",
};

function inDialog(key: string, open: string): string | undefined {
  if (key === "Escape") return "close";
  const own = /overview/.test(open) ? "o" : /help/.test(open) ? "?" : "c";
  if (key.toLowerCase() === own) return "close";
  return own === "o" ? grid[key] : undefined;
}

/** Sliders, cells of figures, and what scrolls. */
const usesArrows = (target: Element): boolean =>
  target.closest?.("input, .tl [tabindex], .wide, pre, .notes-panel .text, .tall") != null;

/** Escape gives the arrow keys back to the slides. */
function leaveControl(target: Element): boolean {
  if (!target.closest?.("main :is(input, button, summary, a, [tabindex])")) return false;
  document.querySelector<HTMLElement>("main")!.focus({ preventScroll: true });
  return true;
}
