/**
 * One look for every figure. Hues are those of Okabe and Ito (2008, "Color Universal Design"), each at a
 * lightness that gives it a contrast of at least 3:1 with its ground (WCAG 2.2, 1.4.11) and keeps the first
 * four further apart, for every kind of colour vision, than the original set. Colour never stands alone: lines differ in dash, states in sign, tokens in borders.
 */
export interface Palette {
  /** The figure's ground. */
  readonly paper: string;
  /** A ground slightly set off: code, alternate rows. */
  readonly tint: string;
  readonly ink: string;
  /** Secondary text; still 4.5:1 on paper. */
  readonly soft: string;
  readonly line: string;
  readonly grid: string;
  readonly good: string;
  readonly half: string;
  readonly bad: string;
  /** What is in hand now: a chosen path, the current pair, a focus ring. */
  readonly accent: string;
  /** A ground in the accent's hue on which ink is readable. */
  readonly glow: string;
  /** Data series, in order of use. */
  readonly series: readonly string[];
}

export const light: Palette = {
  paper: "#ffffff",
  tint: "#f4f6f8",
  ink: "#1b1f24",
  soft: "#57606a",
  line: "#8c959f",
  grid: "#e4e8ec",
  good: "#00704f",
  half: "#8a5a00",
  bad: "#b8400a",
  accent: "#0069a8",
  glow: "#cfe8f9",
  series: ["#005f9e", "#c24e00", "#0aa279", "#6f2c5c", "#8f6a00", "#4b5563"],
};

export const dark: Palette = {
  paper: "#16191d",
  tint: "#20252b",
  ink: "#eceff2",
  soft: "#a9b4bf",
  line: "#6b7682",
  grid: "#2c333a",
  good: "#3fd0a4",
  half: "#f0b93a",
  bad: "#ff9a66",
  accent: "#6cc3f2",
  glow: "#174664",
  series: ["#56a8e0", "#f08338", "#a3e8d0", "#b0689a", "#f0d442", "#c3cad2"],
};

/** Line dashes in the order of `series`: the second sign by which lines of few points differ. */
export const dashes: readonly string[] = ["", "9 5", "2.5 4", "12 4 2.5 4", "5 3", "16 6"];

/** Plotly's names for the marks that `svgMark` draws, in the order of `series`. */
export const plotlySymbols: readonly string[] = ["circle", "square", "triangle-up", "diamond"];

/** Plotly's names for the same dashes. */
export const plotlyDashes: readonly string[] = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];

/**
 * Grounds of neighbouring tokens: the undiluted Okabe-Ito hues, half transparent, so that the page's own ink
 * stays readable on them on a light and on a dark page, with or without our style sheet.
 */
export const tokenGrounds: readonly string[] = [
  "rgba(86,180,233,0.38)",
  "rgba(230,159,0,0.38)",
  "rgba(0,158,115,0.36)",
  "rgba(204,121,167,0.40)",
  "rgba(240,228,66,0.40)",
];

export const sans = `system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif`;
export const mono = `ui-monospace,"SF Mono",Menlo,Consolas,"Noto Sans Mono","DejaVu Sans Mono",monospace`;

/** The sequential scale "cividis" (Nuñez, Anderton, Renslow 2018): even for all kinds of colour vision. */
export const sequential: readonly string[] = [
  "#00224e",
  "#123570",
  "#3b496c",
  "#575d6d",
  "#707173",
  "#8a8678",
  "#a59c74",
  "#c3b369",
  "#e1cc55",
  "#fee838",
];

/** Blue over grey-white to vermillion, for values around zero. */
export const diverging: readonly string[] = [
  "#00487a",
  "#0072b2",
  "#56a5d6",
  "#a9d0ea",
  "#f4f4f2",
  "#f6c6a4",
  "#e98f52",
  "#d55e00",
  "#8f3c00",
];

/** The colour at `t` in [0, 1] on a scale of evenly spaced stops, mixed in sRGB. */
export function scaleColor(stops: readonly string[], t: number): string {
  const at = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(at));
  const a = channels(stops[i] ?? "#000000");
  const b = channels(stops[i + 1] ?? "#000000");
  return `#${a.map((v, k) => hex2(v + (at - i) * ((b[k] ?? 0) - v))).join("")}`;
}

/** Relative luminance of an sRGB colour "#rrggbb" (WCAG 2.2). */
export function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = channels(color).map((v) => {
    const c = v / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Contrast of two colours, 1 to 21 (WCAG 2.2). */
export function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const channels = (color: string): number[] => [1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16));
const hex2 = (value: number): string => Math.round(value).toString(16).padStart(2, "0");
