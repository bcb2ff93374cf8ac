import { tf } from "../../../engine";
import type { Answer, Input, Session, Widget } from "../widget";
import { pageFiles } from "./data";
import { startEngine } from "./engine";

/** What a widget's section tells whoever listens: each whole answer, as it is shown. */
export interface LiveDetail {
  readonly engine: string;
  readonly ms: number;
  readonly answer: Answer;
  /** Tensors that live on, of all widgets of the page. */
  readonly tensors: number;
}

/** Waits this long after a letter, so that a model does not run for each. */
const PAUSE = 160;

/** Brings a section to life: its button, its fields, its answers. */
export function mount(section: HTMLElement, widget: Widget): { start(): Promise<void> } {
  const find = <E extends HTMLElement>(selector: string): E => {
    const found = section.querySelector<E>(selector);
    if (!found)
      throw new Error(`The widget ${widget.id} has no ${selector}. Cure: build the site again (lab demo).`);
    return found;
  };
  const form = find<HTMLFormElement>(".live-form");
  const button = find<HTMLButtonElement>(".live-start");
  const [state, say, out] = [find(".live-state"), find(".live-say"), find(".live-out")];
  const stop = form.querySelector<HTMLButtonElement>('[data-action="stop"]');
  let starting: Promise<void> | undefined;
  let session: Session | undefined;
  let engine = "";
  // What is wanted next, if anything; an answer that is being computed ends when something newer is wanted.
  let wanted: string | undefined;
  let busy = false;

  function show({ html, say: said }: Answer): void {
    out.innerHTML = html;
    out.querySelectorAll("script").forEach(revive);
    say.textContent = said;
    say.classList.remove("live-wrong");
  }

  function fail(error: unknown): void {
    say.textContent = error instanceof Error ? error.message : String(error);
    say.classList.add("live-wrong");
  }

  async function answer(): Promise<void> {
    if (busy) return;
    busy = true;
    while (wanted !== undefined && session) {
      const action = wanted;
      wanted = undefined;
      section.setAttribute("aria-busy", "true");
      if (stop) stop.disabled = action === "";
      const began = performance.now();
      // Not every token of a text that is being written is to be said.
      if (action !== "") say.setAttribute("aria-live", "off");
      try {
        const done = await session.answer(inputOf(form), {
          action,
          show,
          stopped: () => wanted !== undefined,
        });
        const ms = performance.now() - began;
        say.setAttribute("aria-live", "polite");
        show(done);
        state.textContent = `Computed in this page: ${engine}, ${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms.`;
        const detail: LiveDetail = { engine, ms, answer: done, tensors: tf.memory().numTensors };
        section.dispatchEvent(new CustomEvent("live", { detail, bubbles: true }));
      } catch (error) {
        say.setAttribute("aria-live", "polite");
        fail(error);
      }
      if (wanted === "stop") wanted = undefined;
    }
    if (stop) stop.disabled = true;
    section.removeAttribute("aria-busy");
    busy = false;
  }

  function ask(action: string): void {
    if (action === "stop" && !busy) return;
    wanted = action;
    void answer();
  }

  async function begin(): Promise<void> {
    button.disabled = true;
    const began = performance.now();
    try {
      state.textContent = "Starting the engine …";
      ({ engine } = await startEngine());
      state.textContent = "Loading the model …";
      session = await widget.open(pageFiles);
    } catch (error) {
      button.disabled = false;
      state.textContent = "";
      fail(error);
      throw error;
    }
    const focused = document.activeElement === button;
    form.hidden = false;
    button.hidden = true;
    if (focused) form.querySelector<HTMLElement>("textarea,input,select")?.focus();
    section.dataset["liveStart"] = String(Math.round(performance.now() - began));
    ask("");
  }

  const start = (): Promise<void> => (starting ??= begin().catch((error: unknown) => {
    starting = undefined;
    console.error(error);
  })); // prettier-ignore

  let pause: ReturnType<typeof setTimeout> | undefined;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", ({ target }) => {
    const slider = target instanceof HTMLInputElement && target.type === "range" ? target : undefined;
    const output = slider?.parentElement?.querySelector("output");
    if (slider && output) output.textContent = slider.value;
    clearTimeout(pause);
    pause = setTimeout(() => ask(""), slider || target instanceof HTMLSelectElement ? 0 : PAUSE);
  });
  form.addEventListener("click", ({ target }) => {
    const action = target instanceof HTMLElement ? target.dataset["action"] : undefined;
    if (action !== undefined) ask(action);
  });
  button.addEventListener("click", () => void start());
  button.hidden = false;
  return { start };
}

/** A script that came as HTML does not run; figures have some. As a blob it also runs where a page allows none in its text. */
function revive(script: HTMLScriptElement): void {
  const live = document.createElement("script");
  live.src = URL.createObjectURL(new Blob([script.textContent ?? ""], { type: "text/javascript" }));
  live.onload = () => URL.revokeObjectURL(live.src);
  script.replaceWith(live);
}

/** What the fields say. */
function inputOf(form: HTMLFormElement): Input {
  const input: Record<string, string> = {};
  new FormData(form).forEach((value, name) => {
    if (typeof value === "string") input[name] = value;
  });
  return input;
}
