/** What slides add to the page: the bar below, notes, help, overview, the blank screen. Made once, at the first use. */
export interface Stage {
  readonly bar: HTMLElement;
  readonly title: HTMLElement;
  readonly position: HTMLElement;
  readonly time: HTMLElement;
  readonly progress: HTMLElement;
  readonly notes: HTMLElement;
  readonly blank: HTMLElement;
  readonly help: HTMLDialogElement;
  readonly overview: HTMLDialogElement;
  readonly code: HTMLDialogElement;
  /** Says each slide to screen readers. */
  readonly spoken: HTMLElement;
}

/** The keys, as help tells them. */
export const KEYS: readonly (readonly [string, string])[] = [
  ["→ ↓ Space PageDown", "next step"],
  ["← ↑ PageUp", "step back"],
  ["Shift + → / ←", "next / previous slide, without steps"],
  ["Home / End", "first / last slide"],
  ["s", "slides on and off"],
  ["o", "overview"],
  ["a", "all steps of this slide at once"],
  ["r", "step reveal on and off"],
  ["c", "code of this slide"],
  ["n", "notes in a panel"],
  ["w", "notes in a window of their own"],
  ["p", "pause the timer"],
  ["0", "timer back to zero"],
  ["b", "black screen"],
  ["f", "full screen"],
  ["t", "light, dark, as the system"],
  ["?", "these keys"],
  ["Tab, then arrows", "into a figure and its sliders; Escape leaves it"],
  ["Escape", "closes what is open, then the slides"],
];

export function makeStage(): Stage {
  const ui = document.createElement("div");
  ui.className = "stage-ui";
  ui.innerHTML = `
<div class="blank" hidden></div>
<aside class="notes-panel" aria-label="Speaker notes" hidden></aside>
<div class="slide-bar" role="toolbar" aria-label="Slides">
<div class="progress" aria-hidden="true"><span></span></div>
<button type="button" data-do="back" aria-label="Step back">←</button>
<button type="button" data-do="forward" aria-label="Next step">→</button>
<span class="position"></span><span class="title"></span>
<button type="button" data-do="slide-code" hidden>code <kbd>c</kbd></button>
<button type="button" data-do="notes">notes <kbd>n</kbd></button>
<button type="button" data-do="overview">overview <kbd>o</kbd></button>
<button type="button" data-do="help">keys <kbd>?</kbd></button>
<button type="button" data-do="slides" aria-label="Leave the slides">×</button>
<span class="time"></span></div>
<p class="spoken" role="status"></p>
<dialog class="sheet help" aria-label="Keys"><h2>Keys</h2><dl>${KEYS.map(([keys, what]) => `<div><dt>${keys}</dt><dd>${what}</dd></div>`).join("")}</dl><form method="dialog"><button>Close</button></form></dialog>
<dialog class="sheet overview" aria-label="Overview"><h2>Overview</h2><ol></ol></dialog>
<dialog class="sheet code" aria-label="Code of this slide"><h2>Code of this slide</h2><div></div><form method="dialog"><button>Close</button></form></dialog>`;
  document.body.append(ui);
  const one = <T extends HTMLElement>(selector: string): T => ui.querySelector<T>(selector)!;
  return {
    bar: one(".slide-bar"),
    title: one(".slide-bar .title"),
    position: one(".position"),
    time: one(".time"),
    progress: one(".progress span"),
    notes: one(".notes-panel"),
    blank: one(".blank"),
    help: one("dialog.help"),
    overview: one("dialog.overview"),
    code: one("dialog.code"),
    spoken: one(".spoken"),
  };
}
