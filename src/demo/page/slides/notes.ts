/** Speaker notes: a panel in the page, or a window of its own for the lecturer's screen. Both show the same. */
import { clock, type Timer } from "./timer";
import type { Slide } from "./deck";

export interface NotesView {
  readonly slide: Slide;
  readonly next?: Slide;
  /** "5 of 60" */
  readonly position: string;
  readonly timer: Timer;
  /** Minutes planned up to the end of this section, where the notes say so. */
  readonly planned: number;
  readonly total: number;
}

export interface Notes {
  togglePanel(): void;
  /** False where the browser lets no window open. */
  openWindow(): boolean;
  closeAll(): void;
  show(view: NotesView): void;
  readonly panelOpen: boolean;
}

export function makeNotes(panel: HTMLElement, onKey: (event: KeyboardEvent) => void): Notes {
  let other: Window | null = null;
  let shown: NotesView | undefined;
  const targets = (): HTMLElement[] => {
    const list = panel.hidden ? [] : [panel];
    if (other && !other.closed) list.push(other.document.querySelector("main")!);
    return list;
  };
  const fill = (): void => targets().forEach((target) => shown && fillNotes(target, shown));
  return {
    togglePanel() {
      panel.hidden = !panel.hidden;
      fill();
    },
    openWindow() {
      // about:blank belongs to this page, from disk as well: no message needs to pass between two pages.
      other = window.open("", "lab-demo-notes", "popup,width=900,height=700");
      if (!other) return false;
      prepare(other.document);
      other.document.addEventListener("keydown", onKey);
      fill();
      return true;
    },
    closeAll() {
      panel.hidden = true;
      other?.close();
    },
    show(view) {
      shown = view;
      fill();
    },
    get panelOpen() {
      return !panel.hidden;
    },
  };
}

function prepare(page: Document): void {
  page.documentElement.lang = "en";
  page.title = `Notes: ${document.title}`;
  for (const { dataset } of [document.documentElement]) Object.assign(page.documentElement.dataset, dataset);
  const sheets = Array.from(document.querySelectorAll<HTMLLinkElement>(`link[rel="stylesheet"]`)).map(
    ({ href }) => {
      const link = page.createElement("link");
      [link.rel, link.href] = ["stylesheet", href];
      return link;
    },
  );
  page.head.replaceChildren(...sheets);
  page.body.className = "presenter";
  page.body.replaceChildren(page.createElement("main"));
}

function fillNotes(target: HTMLElement, { slide, next, position, timer, planned, total }: NotesView): void {
  const { section, title } = slide;
  const note = section.querySelector<HTMLTemplateElement>("template.notes");
  const minutes = Number(section.dataset.minutes ?? 0);
  const key = `${title} ${position} ${next?.title}`;
  const times =
    `<p class="times"><strong class="elapsed">${clock(timer.elapsed)}</strong>` +
    `<span>${timer.running ? "running" : "paused"}</span>` +
    `<span class="${minutes > 0 && timer.of(section.id) > minutes * 60 ? "late" : ""}">this section ${clock(timer.of(section.id))}${minutes > 0 ? ` of ${minutes} min` : ""}</span>` +
    (total > 0 ? `<span>plan: ${planned} of ${total} min at its end</span>` : "") +
    `</p>`;
  // The clock ticks each second; what is read and scrolled stays as it is.
  if (target.dataset.key === key) {
    target.querySelector(".times")!.outerHTML = times;
    return;
  }
  target.dataset.key = key;
  target.innerHTML = `${times}<p class="now"><span>${position}</span> <strong></strong></p><div class="text" tabindex="0" role="group" aria-label="Notes"></div><p class="next"></p>`;
  target.querySelector(".now strong")!.textContent = title;
  const text = target.querySelector(".text")!;
  if (note) text.append(target.ownerDocument.importNode(note.content, true));
  else text.textContent = "This section has no notes.";
  target.querySelector(".next")!.textContent = next ? `Next: ${next.title}` : "The last slide.";
}
