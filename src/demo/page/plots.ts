/** Plots are drawn when they come near; until then, and on paper, the picture of the notebook stands for them. */
import { dark, light, type Palette } from "../../lab/browser";
import { isDark } from "./scheme";

interface PlotlyGlobal {
  react(target: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
}
interface Figure {
  readonly data: unknown;
  readonly layout: Readonly<Record<string, unknown>>;
  readonly config?: unknown;
}
declare global {
  interface Window {
    Plotly?: PlotlyGlobal;
  }
}

let loading: Promise<PlotlyGlobal> | undefined;

/** Plotly is large, and loaded with the first plot that is seen. */
function plotly(): Promise<PlotlyGlobal> {
  return (loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = "../assets/plotly.js";
    script.onload = () =>
      window.Plotly ? resolve(window.Plotly) : reject(new Error("assets/plotly.js is not Plotly"));
    script.onerror = () => reject(new Error("assets/plotly.js is missing. Cure: lab demo --build"));
    document.head.append(script);
  }));
}

/** How much larger a plot is drawn: on slides it must be read from the back row. */
const scaleNow = (): number => (document.documentElement.classList.contains("slides") ? 1.4 : 1);

export async function draw(block: HTMLElement): Promise<void> {
  const scale = scaleNow();
  const library = await plotly();
  const figure = JSON.parse(block.querySelector("script")!.textContent!) as Figure;
  let target = block.querySelector<HTMLElement>(".live-plot");
  if (!target) {
    target = document.createElement("div");
    target.className = "live-plot";
    block.append(target);
  }
  const coloured = isDark() ? (recoloured(figure, colourMap(light, dark)) as Figure) : figure;
  const layout = fitted(scaled(coloured.layout, scale) as Figure["layout"], scale);
  const data = scaled(coloured.data, scale);
  block.classList.add("drawn");
  const state = `${isDark() ? "dark" : "light"} ${scale} ${target.clientWidth} ${target.clientHeight}`;
  if (block.dataset.drawn === state) return;
  block.dataset.drawn = state;
  await library.react(target, data, layout, { responsive: true, displaylogo: false, displayModeBar: false });
}

/** Without its title, which the page sets above it and breaks into lines; as large as its place. */
function fitted(layout: Figure["layout"], scale: number): object {
  const margin = layout.margin as Readonly<Record<string, number>> | undefined;
  const top = Math.max(18, (margin?.t ?? 80) - 46 * scale);
  return { ...layout, title: undefined, margin: { ...margin, t: top }, height: undefined, autosize: true };
}

/** Draws what is near, again after a change of theme or size, and everything that is asked for. */
export function startPlots(): void {
  const blocks = Array.from(document.querySelectorAll<HTMLElement>(".plot"));
  const near = new Set<HTMLElement>();
  const watch = new IntersectionObserver(
    (entries) =>
      entries.forEach(({ isIntersecting, target }) => {
        const block = target as HTMLElement;
        if (!isIntersecting) near.delete(block);
        else {
          near.add(block);
          attempt(block);
        }
      }),
    { rootMargin: "500px 0px" },
  );
  blocks.forEach((block) => watch.observe(block));
  const again = (): void => near.forEach((block) => attempt(block));
  document.addEventListener("lab-theme", again);
  document.addEventListener("lab-slides", again);
}

function attempt(block: HTMLElement): void {
  draw(block).catch((error: Error) => {
    block.classList.remove("drawn"); // the picture stays
    console.error(error.message);
  });
}

/** Colours of one palette by those of the other. */
function colourMap(from: Palette, to: Palette): Map<string, string> {
  const pairs = (["paper", "tint", "ink", "soft", "line", "grid", "good", "half", "bad", "accent", "glow"] as const).map((key) => [from[key], to[key]] as const); // prettier-ignore
  return new Map([...pairs, ...from.series.map((color, i) => [color, to.series[i]!] as const)]);
}

function recoloured(value: unknown, map: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return map.get(value.toLowerCase()) ?? value;
  return mapped(value, (item) => recoloured(item, map));
}

const sizes = new Set(["size", "width", "l", "r", "t", "b", "thickness", "ticklen"]);

/** Type, lines, marks and margins times `scale`; never data. */
function scaled(value: unknown, scale: number, key = ""): unknown {
  if (typeof value === "number") return sizes.has(key) ? value * scale : value;
  if (["x", "y", "z", "text", "domain", "range", "tickvals"].includes(key)) return value;
  return mapped(value, (item, name) => scaled(item, scale, name || key));
}

function mapped(value: unknown, change: (item: unknown, key: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => change(item, ""));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item, key)]));
}
