/** The chapter as slides: which elements stand on each, found by measuring them on the stage. */
import { cut, type Piece } from "./cut";

/** The stage in its own pixels; the page scales it to the window. */
export const STAGE_HEIGHT = 768;
export const STAGE_WIDTH = { least: 1024, most: 1500 } as const;
const GAP = 20;

export interface Slide {
  readonly section: HTMLElement;
  /** Counted from 0 within its section. */
  readonly page: number;
  readonly pages: number;
  readonly title: string;
  /** Planned from the beginning to the end of its section. */
  readonly minutes: number;
  /** What is on it, in order; list items by themselves where their list was cut. */
  readonly elements: readonly HTMLElement[];
  /** What is revealed one after another. */
  readonly steps: readonly HTMLElement[];
  /** Its cells' code, shown on a key. */
  readonly code: readonly HTMLElement[];
}

interface Measured extends Piece {
  readonly element: HTMLElement;
  readonly code: readonly HTMLElement[];
}

/** Of the page in slides mode, its stage sized. */
export function makeDeck(): Slide[] {
  const sections = Array.from(document.querySelectorAll<HTMLElement>("main > .part"));
  document.documentElement.classList.add("measuring");
  reset();
  let minutes = 0;
  const deck = sections.flatMap((section) =>
    slidesOf(section, (minutes += Number(section.dataset.minutes ?? 0))),
  );
  document.documentElement.classList.remove("measuring");
  return deck;
}

export const reset = (): void =>
  document.querySelectorAll<HTMLElement>(".fitted, .tall").forEach((element) => {
    element.style.removeProperty("zoom");
    element.style.removeProperty("--slide-height");
    element.style.removeProperty("max-height");
    if (element.matches(".tall")) element.removeAttribute("tabindex");
    element.classList.remove("fitted", "tall");
  });

function slidesOf(section: HTMLElement, minutes: number): Slide[] {
  const heading = section.querySelector<HTMLElement>("h1, h2")!;
  const room = roomOf(section, heading);
  const pieces = measure(section, room);
  const pages = pieces.length > 0 ? cut(pieces, room, GAP) : [[]];
  return pages.map((page, i) => ({
    section,
    page: i,
    pages: pages.length,
    title: heading.textContent!.trim(),
    minutes,
    elements: page.map(({ element }) => element),
    steps: page.flatMap(({ element }) => stepsOf(element)),
    code: page.flatMap(({ code }) => code),
  }));
}

function measure(section: HTMLElement, room: number): Measured[] {
  const pieces: Measured[] = [];
  let code: HTMLElement[] = [];
  const blocks = Array.from(section.querySelectorAll<HTMLElement>(":scope > .block"));
  for (const block of blocks) {
    if (block.matches(".code")) {
      if (!block.matches(".exercise")) code.push(block);
      continue;
    }
    if (heightOf(block) === 0) continue; // not for slides
    const items = block.matches(".list")
      ? Array.from(block.querySelectorAll<HTMLElement>(":scope > * > li"))
      : [];
    if (items.length > 1 && heightOf(block) > room)
      items.forEach((element, i) =>
        pieces.push({ element, height: heightOf(element), code: i === 0 ? code : [] }),
      );
    else {
      fit(block, room);
      pieces.push({
        element: block,
        height: heightOf(block),
        ...(block.matches(".figure") && { least: leastOf(block) }),
        code,
        begins: block.matches("h3"),
        leads: block.matches("h3, h4") || /:\s*$/.test(block.textContent!.slice(-3)) || isLabel(block),
      });
    }
    code = [];
  }
  const last = pieces.pop();
  if (last) pieces.push({ ...last, code: [...last.code, ...code] });
  return pieces;
}

/** A line in bold, such as "After this chapter you can". */
const isLabel = (block: HTMLElement): boolean =>
  block.firstElementChild?.tagName === "P" &&
  block.textContent!.trim() === block.querySelector("strong")?.textContent;

/** As it is seen, its zoom included. While measuring, the stage itself is not scaled. */
const heightOf = (element: HTMLElement): number => element.getBoundingClientRect().height;

/** Between the heading and the bar below. */
function roomOf(section: HTMLElement, heading: HTMLElement): number {
  const { paddingBottom } = getComputedStyle(section);
  const under = heading.getBoundingClientRect().bottom - section.getBoundingClientRect().top;
  return STAGE_HEIGHT - under - GAP - parseFloat(paddingBottom);
}

/** What is taller than a slide is made smaller, as far as it can be read; what is then still taller scrolls. */
function fit(block: HTMLElement, room: number): void {
  if (block.matches(".plot") && heightOf(block) > room)
    plotHeight(block, plotOf(block).offsetHeight - (heightOf(block) - room));
  for (let zoom = 0.95; heightOf(block) > room && zoom >= LEAST_ZOOM; zoom -= 0.05) zoomTo(block, zoom);
  if (heightOf(block) <= room) return;
  zoomTo(block, SCROLLED_ZOOM);
  block.classList.add("tall");
  block.style.maxHeight = `${Math.floor(room / SCROLLED_ZOOM)}px`;
  block.tabIndex = 0;
}
const LEAST_ZOOM = 0.6;
const SCROLLED_ZOOM = 0.75;

function plotHeight(block: HTMLElement, height: number): void {
  block.style.setProperty("--slide-height", `${Math.floor(height)}px`);
  block.classList.add("fitted");
}

function zoomTo(block: HTMLElement, zoom: number): void {
  block.style.setProperty("zoom", zoom.toFixed(2));
  block.classList.add("fitted");
}

/** A plot is drawn anew at any height; what is made of text stays readable. */
function leastOf(block: HTMLElement): number {
  if (!block.matches(".plot")) return block.matches(".fitted") ? heightOf(block) : heightOf(block) * 0.78;
  return heightOf(block) - Math.max(0, plotOf(block).offsetHeight - LEAST_PLOT);
}
const LEAST_PLOT = 380;
const plotOf = (block: HTMLElement): HTMLElement =>
  block.querySelector<HTMLElement>(block.matches(".drawn") ? ".live-plot" : ".picture img")!;

/**
 * Where a slide is taller than its room, its tallest figure (else its tallest block) gives way: what `cut` counted on,
 * and what an opened answer needs.
 */
export function refit({ section, elements }: Slide): void {
  const byHeight = [...elements].sort((a, b) => heightOf(b) - heightOf(a));
  const block = byHeight.find((element) => element.matches(".figure")) ?? byHeight[0];
  if (!block) return;
  const over = (): boolean => section.scrollHeight > section.clientHeight + 1;
  if (block.matches(".plot")) {
    for (let height = plotOf(block).offsetHeight; over() && height > LEAST_PLOT; height -= 10)
      plotHeight(block, height);
  }
  for (
    let zoom = Number(block.style.getPropertyValue("zoom") || 1) - 0.05;
    over() && zoom >= 0.5;
    zoom -= 0.05
  )
    zoomTo(block, zoom);
}

function stepsOf(element: HTMLElement): HTMLElement[] {
  const items = element.matches(".list")
    ? Array.from(element.querySelectorAll<HTMLElement>(":scope > * > li"))
    : [];
  return items.length > 0 ? items : [element];
}
