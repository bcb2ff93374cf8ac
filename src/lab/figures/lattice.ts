import type { Figure } from "../figure";
import { plain, shorten, visible } from "./escape";
import { formatNumber } from "./numbers";
import { font, px, svgDocument, svgText } from "./svg";
import { light } from "./theme";
import { columns, monoWidth } from "./width";

/** All ways to cut a text into pieces of a Unigram vocabulary (Kudo 2018, section 3.2), and the best one. */
export interface Lattice {
  readonly text: string;
  readonly arcs: readonly LatticeArc[];
  /** Indexes into `arcs` of the best path, from the start of the text to its end. */
  readonly path: readonly number[];
}

/** A piece of the vocabulary that stands in the text at [start, end), UTF-16 offsets, with its log-probability. */
export interface LatticeArc {
  readonly piece: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
}

const maxChars = 24;
const bar = 40;
const gap = 8;

/**
 * The lattice of a word: nodes are the places between its characters, each bar is a piece from node to node
 * with its log-probability, and the Viterbi path is the filled row. At most 24 characters are drawn.
 */
export function latticeFigure(lattice: Lattice, options: { readonly title?: string } = {}): Figure {
  const title = options.title ?? `Ways to cut “${shorten(visible(lattice.text), 30)}”, and the best`;
  const chars = Array.from(lattice.text).slice(0, maxChars);
  const cut = Array.from(lattice.text).length > maxChars;
  const offsets = chars.reduce((list, char) => [...list, (list[list.length - 1] ?? 0) + char.length], [0]);
  const node = new Map(offsets.map((offset, i) => [offset, i]));
  const best = new Set(lattice.path);
  const inside = lattice.arcs
    .map((arc, i) => ({ ...arc, best: best.has(i), from: node.get(arc.start), to: node.get(arc.end) }))
    .flatMap((arc) =>
      arc.from === undefined || arc.to === undefined ? [] : [{ ...arc, from: arc.from, to: arc.to }],
    );
  const rows = pack(inside.filter((arc) => !arc.best));
  const total = lattice.path.reduce((sum, i) => sum + (lattice.arcs[i]?.score ?? 0), 0);
  const notes = [
    `best path: ${lattice.path.map((i) => visible(lattice.arcs[i]?.piece ?? "")).join(" + ")} = ${logProbability(total)}`,
    ...(cut
      ? [`first ${maxChars} of ${formatNumber(Array.from(lattice.text).length, 9)} characters shown`]
      : []),
  ];
  const others = inside
    .filter((arc) => !arc.best)
    .map((arc) => `  ${visible(arc.piece)} (${logProbability(arc.score)})`);
  const text = [plain(title), ...notes, `${others.length} other pieces fit:`, ...others].join("\n");

  const cell = Math.max(46, Math.min(78, Math.floor(880 / Math.max(1, chars.length))));
  const left = 34;
  const top = 96;
  const toX = (i: number): number => left + i * cell;
  const bottom = top + 34 + (rows.length + 1) * (bar + gap);
  const parts = [svgText(20, 34, title, { size: font.title, bold: true })];
  offsets.forEach((_, i) =>
    parts.push(
      `<line x1="${toX(i)}" y1="${top + 12}" x2="${toX(i)}" y2="${bottom}" class="tl-grid" stroke="${light.grid}"/>`,
      `<circle cx="${toX(i)}" cy="${top + 12}" r="6" class="tl-soft" fill="${light.soft}"/>`,
    ),
  );
  chars.forEach((char, i) =>
    parts.push(
      svgText(toX(i + 0.5), top - 4, visible(char), { size: 24, anchor: "middle", bold: true, mono: true }),
    ),
  );
  for (const arc of inside.filter((one) => one.best)) parts.push(drawArc(arc, top + 34, toX));
  rows.forEach((row, r) => {
    for (const arc of row) parts.push(drawArc(arc, top + 34 + (r + 1) * (bar + gap), toX));
  });
  notes.forEach((note, i) => parts.push(svgText(20, bottom + 26 + i * 20, note, { size: font.label })));
  const noteWidth = notes.reduce(
    (w, note) => Math.max(w, monoWidth(note, font.label)),
    monoWidth(title, font.title),
  );
  const width = Math.max(toX(chars.length) + left, noteWidth + 30, 420);
  return {
    text,
    svg: svgDocument({
      width,
      height: bottom + 20 + notes.length * 20,
      title,
      desc: text,
      body: parts.join(""),
    }),
  };
}

const logProbability = (score: number): string => score.toFixed(2).replace("-", "−");

interface PlacedArc extends LatticeArc {
  readonly from: number;
  readonly to: number;
  readonly best: boolean;
}

/** Longer pieces first, each into the first row where it has room. */
function pack(arcs: readonly PlacedArc[]): PlacedArc[][] {
  const rows: PlacedArc[][] = [];
  for (const arc of [...arcs].sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from)) {
    const free = rows.find((row) => row.every((other) => other.to <= arc.from || arc.to <= other.from));
    if (free) free.push(arc);
    else rows.push([arc]);
  }
  return rows;
}

function drawArc(arc: PlacedArc, y: number, toX: (i: number) => number): string {
  const x = toX(arc.from) + 3;
  const width = toX(arc.to) - toX(arc.from) - 6;
  const label = visible(arc.piece);
  const size = Math.min(16, Math.max(9, (width - 4) / (0.62 * Math.max(1, columns(label)))));
  const look = arc.best
    ? `class="tl-glow tl-accent" fill="${light.glow}" stroke="${light.accent}" stroke-width="3"`
    : `class="tl-tint tl-axis" fill="${light.tint}" stroke="${light.line}" stroke-width="1"`;
  return (
    `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${bar}" rx="8" ${look}/>` +
    svgText(x + width / 2, y + 18, label, { size, anchor: "middle", mono: true, bold: arc.best }) +
    svgText(x + width / 2, y + 34, logProbability(arc.score), {
      size: 12,
      anchor: "middle",
      tone: arc.best ? "ink" : "soft",
    })
  );
}
