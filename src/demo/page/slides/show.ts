/** The slide show: where it is, and what the page shows of it. */
import { reachable } from "../reading";
import { chosen, choose } from "../scheme";
import { makeDeck, refit, reset, STAGE_HEIGHT, STAGE_WIDTH, type Slide } from "./deck";
import { actionOf } from "./keys";
import { makeNotes } from "./notes";
import { showOverview, walk } from "./overview";
import { makeStage } from "./stage";
import { onSwipe } from "./swipes";
import { clock, makeTimer, tabStore } from "./timer";

const root = document.documentElement;
const isOn = (): boolean => root.classList.contains("slides");

/** Makes the show; it begins with a key, a button, or an address that names a slide. */
export function startShow(): void {
  const stage = makeStage();
  const timer = makeTimer(tabStore(`lab-demo-timer ${location.pathname}`));
  const notes = makeNotes(stage.notes, onKey);
  let deck: Slide[] = [];
  let at = 0;
  /** How many steps are seen. */
  let step = 1;
  let reveal = true;
  let ticking: number | undefined;

  // On the way down: a figure's slider keeps its keys to itself, and Escape must lead out of it.
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-do]");
    if (button) act(button.dataset.do!);
  });
  // A change of height within a slide: an opened answer, a longer text.
  const fits = (): void => {
    if (isOn() && deck[at]) refit(deck[at]);
  };
  document.addEventListener("toggle", fits, true);
  document.addEventListener("live", fits); // a model of the page has answered
  let waiting = 0;
  window.addEventListener("resize", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(() => isOn() && rebuild(), 150);
  });
  window.addEventListener("hashchange", () => follow(location.hash));
  window.addEventListener("beforeprint", () => root.classList.add("printing"));
  window.addEventListener("afterprint", () => root.classList.remove("printing"));
  const begin = (): void => follow(location.hash);
  if (document.readyState === "complete") begin();
  else window.addEventListener("load", begin);
  onSwipe((direction) => isOn() && act(direction === "left" ? "forward" : "back"));

  /** #slide/heads/2 is the second slide of the section "heads"; #slide the first of all. */
  function follow(hash: string): void {
    const [, id, page] = /^#slide(?:\/([^/]+)(?:\/(\d+))?)?$/.exec(decodeURIComponent(hash)) ?? [];
    if (!/^#slide(\/|$)/.test(hash)) return;
    if (!isOn()) enter();
    const wanted = deck.findIndex((slide) => slide.section.id === id && slide.page === Number(page ?? 1) - 1);
    const first = deck.findIndex((slide) => slide.section.id === id);
    const target = wanted >= 0 ? wanted : Math.max(0, first);
    if (target !== at || !deck[at]?.section.classList.contains("on")) go(target);
  }

  function enter(): void {
    const seen = visibleSection();
    root.classList.add("slides");
    size();
    deck = makeDeck();
    reachable();
    at = Math.max(
      0,
      deck.findIndex(({ section }) => section === seen),
    );
    window.scrollTo(0, 0);
    timer.resume();
    ticking = window.setInterval(tick, 1000);
    go(at);
    // Fonts of formulas come late, and change heights.
    void document.fonts.ready.then(() => isOn() && rebuild());
  }

  function leave(): void {
    const { section } = deck[at] ?? {};
    clearInterval(ticking);
    notes.closeAll();
    stage.blank.hidden = true;
    if (document.fullscreenElement) void document.exitFullscreen();
    clear();
    reset();
    root.classList.remove("slides");
    document.dispatchEvent(new Event("lab-slides"));
    history.replaceState(null, "", section ? `#${section.id}` : location.pathname);
    section?.scrollIntoView();
    document.querySelector<HTMLElement>(`.bar [data-do="slides"]`)?.focus({ preventScroll: true });
  }

  /** After a change of size: the same first element, wherever it stands now. */
  function rebuild(): void {
    const anchor = deck[at]?.elements[0] ?? deck[at]?.section;
    size();
    clear();
    deck = makeDeck();
    reachable();
    const found = deck.findIndex(({ elements, section }) => elements[0] === anchor || elements.includes(anchor!) || section === anchor); // prettier-ignore
    const seen = step;
    go(Math.max(0, found));
    step = Math.min(seen, deck[at]!.steps.length);
    paint();
  }

  /** The stage keeps its height and takes the window's shape, within bounds; what is left stays at the sides. */
  function size(): void {
    const width = Math.min(
      STAGE_WIDTH.most,
      Math.max(STAGE_WIDTH.least, (STAGE_HEIGHT * innerWidth) / innerHeight),
    );
    const height = innerHeight - (notes.panelOpen ? stage.notes.offsetHeight : 0);
    const scale = Math.min(innerWidth / width, height / STAGE_HEIGHT);
    root.style.setProperty("--stage-width", `${width}px`);
    root.style.setProperty("--stage-scale", String(scale));
    root.style.setProperty("--stage-left", `${(innerWidth - width * scale) / 2}px`);
    root.style.setProperty("--stage-top", `${(height - STAGE_HEIGHT * scale) / 2}px`);
  }

  function clear(): void {
    document
      .querySelectorAll("main .on, main .later, main .cut")
      .forEach((one) => one.classList.remove("on", "later", "cut"));
  }

  function go(to: number, steps: "first" | "all" = "first"): void {
    if (!deck[to]) return;
    at = to;
    const slide = deck[at]!;
    step = steps === "all" || !reveal ? slide.steps.length : 1;
    clear();
    slide.section.classList.add("on");
    for (const element of slide.elements) {
      element.classList.add("on");
      if (element.matches("li")) element.closest(".list")!.classList.add("on", "cut");
    }
    slide.section.scrollTop = 0;
    const address = `#slide/${slide.section.id}${slide.page > 0 ? `/${slide.page + 1}` : ""}`;
    if (location.hash !== address) history.replaceState(null, "", address);
    stage.title.textContent = slide.title;
    stage.position.textContent = `${at + 1} / ${deck.length}`;
    stage.progress.style.transform = `scaleX(${(at + 1) / deck.length})`;
    stage.spoken.textContent = `Slide ${at + 1} of ${deck.length}: ${slide.title}`;
    stage.bar.querySelector<HTMLElement>(`[data-do="slide-code"]`)!.hidden = slide.code.length === 0;
    // What had the focus may be on a slide that is not seen any more.
    if (document.activeElement?.closest("main")) document.querySelector<HTMLElement>("main")!.focus({ preventScroll: true }); // prettier-ignore
    paint();
    refit(slide);
    document.dispatchEvent(new Event("lab-slides"));
    tick();
  }

  function paint(): void {
    deck[at]?.steps.forEach((element, i) => element.classList.toggle("later", i >= step));
  }

  function forward(): void {
    if (step < deck[at]!.steps.length) {
      step++;
      paint();
    } else go(at + 1);
  }

  function back(): void {
    if (step > 1 && reveal) {
      step--;
      paint();
    } else go(at - 1, "all");
  }

  function tick(): void {
    const slide = deck[at];
    if (!slide) return;
    timer.tick(slide.section.id);
    stage.time.textContent = `${clock(timer.elapsed)}${timer.running ? "" : " paused"}`;
    notes.show({
      slide,
      ...(deck[at + 1] && { next: deck[at + 1]! }),
      position: `${at + 1} / ${deck.length}`,
      timer,
      planned: slide.minutes,
      total: deck.at(-1)!.minutes,
    });
  }

  function showCode(): void {
    const { code } = deck[at]!;
    if (code.length === 0) return;
    const copies = code.map((block) => block.querySelector("pre")!.cloneNode(true));
    stage.code.querySelector("div")!.replaceChildren(...copies);
    stage.code.showModal();
  }

  function onKey(event: KeyboardEvent): void {
    const open = [stage.help, stage.overview, stage.code].find((dialog) => dialog.open);
    const action = actionOf(event, { on: isOn(), open: open?.className ?? "", notes: notes.panelOpen, blank: !stage.blank.hidden }); // prettier-ignore
    if (action === undefined) return;
    event.preventDefault();
    if (open && action === "close") open.close();
    else if (open) walk(open, action);
    else act(action);
  }

  function act(action: string): void {
    if (action === "theme")
      return choose(({ system: "light", light: "dark", dark: "system" } as const)[chosen()]);
    if (action === "help") return stage.help.showModal();
    if (action === "slides") return isOn() ? leave() : enter();
    if (!isOn()) return;
    const actions: Record<string, () => void> = {
      forward,
      back,
      next: () => go(at + 1),
      previous: () => go(at - 1),
      home: () => go(0),
      end: () => go(deck.length - 1, "all"),
      all: () => {
        step = deck[at]!.steps.length;
        paint();
      },
      reveal: () => {
        reveal = !reveal;
        stage.spoken.textContent = `Step reveal ${reveal ? "on" : "off"}`;
        step = reveal ? 1 : deck[at]!.steps.length;
        paint();
      },
      overview: () => showOverview(stage.overview, deck, at, go),
      "slide-code": showCode,
      notes: () => {
        notes.togglePanel();
        tick();
        size(); // the slide stays whole above the panel
      },
      window: () => {
        if (!notes.openWindow()) notes.togglePanel();
        tick();
      },
      pause: () => {
        tick();
        timer.toggle();
        tick();
      },
      zero: () => {
        timer.reset();
        tick();
      },
      blank: () => {
        stage.blank.hidden = !stage.blank.hidden;
        stage.spoken.textContent = stage.blank.hidden ? "The slide is seen again" : "Black screen";
      },
      full: () => {
        if (document.fullscreenElement) void document.exitFullscreen();
        else root.requestFullscreen().catch(() => undefined); // the browser may not let it
      },
      close: () => {
        if (!stage.blank.hidden) stage.blank.hidden = true;
        else if (notes.panelOpen) act("notes");
        else leave();
      },
    };
    actions[action]?.();
  }
}

/** The section at the window's top, where reading goes on as slides. */
function visibleSection(): HTMLElement | undefined {
  const sections = Array.from(document.querySelectorAll<HTMLElement>("main > .part"));
  return sections.find((section) => section.getBoundingClientRect().bottom > 120) ?? sections[0];
}
