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
  const deck = sections.flatMap(slidesOf);
  document.documentElement.classList.remove("measuring");
  return deck;
}

export const reset = (): void =>
  document.querySelectorAll<HTMLElement>(".fitted, .tall").forEach((element) => {
    element.classList.remove("fitted", "tall");
    element.style.removeProperty("zoom");
  });

function slidesOf(section: HTMLElement): Slide[] {
  const heading = section.querySelector<HTMLElement>("h1, h2")!;
  const room = roomOf(section, heading);
  const pieces = measure(section, room);
  const pages = pieces.length > 0 ? cut(pieces, room, GAP) : [[]];
  return pages.map((page, i) => ({
    section,
    page: i,
    pages: pages.length,
    title: heading.textContent!.trim(),
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
    if (items.length > 1 && heightOf(block) > room * 0.45)
      items.forEach((element, i) =>
        pieces.push({ element, height: heightOf(element), code: i === 0 ? code : [] }),
      );
    else {
      fit(block, room);
      pieces.push({
        element: block,
        height: heightOf(block),
        code,
        begins: block.matches("h3"),
        leads: block.matches("h3, h4") || /:\s*$/.test(block.textContent!.slice(-3)),
      });
    }
    code = [];
  }
  const last = pieces.pop();
  if (last) pieces.push({ ...last, code: [...last.code, ...code] });
  return pieces;
}

/** As it is seen, its zoom included. While measuring, the stage itself is not scaled. */
const heightOf = (element: HTMLElement): number => element.getBoundingClientRect().height;

/** Between the heading and the bar below. */
function roomOf(section: HTMLElement, heading: HTMLElement): number {
  const { paddingBottom } = getComputedStyle(section);
  const under = heading.getBoundingClientRect().bottom - section.getBoundingClientRect().top;
  return STAGE_HEIGHT - under - GAP - parseFloat(paddingBottom);
}

/** What is taller than a slide is made smaller, down to a half; what is then still taller scrolls. */
function fit(block: HTMLElement, room: number): void {
  for (let zoom = 0.95; heightOf(block) > room && zoom >= 0.5; zoom -= 0.05) zoomTo(block, zoom);
  if (heightOf(block) > room) block.classList.add("tall");
}

function zoomTo(block: HTMLElement, zoom: number): void {
  block.style.setProperty("zoom", zoom.toFixed(2));
  block.classList.add("fitted");
}

/** An opened answer or a longer text makes a slide taller: its largest block gives way until all is seen again. */
export function refit({ section, elements }: Slide): void {
  const [largest] = [...elements].sort((a, b) => heightOf(b) - heightOf(a));
  if (!largest) return;
  for (
    let zoom = Number(largest.style.getPropertyValue("zoom") || 1) - 0.05;
    section.scrollHeight > section.clientHeight + 1 && zoom >= 0.5;
    zoom -= 0.05
  )
    zoomTo(largest, zoom);
}

function stepsOf(element: HTMLElement): HTMLElement[] {
  const items = element.matches(".list")
    ? Array.from(element.querySelectorAll<HTMLElement>(":scope > * > li"))
    : [];
  return items.length > 0 ? items : [element];
}
