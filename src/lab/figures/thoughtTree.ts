import type { Figure } from "../figure";
import { plain, shorten } from "./escape";
import { flipbook, type Frame } from "./flipbook";
import { formatNumber } from "./numbers";
import { font, px, svgDocument, svgText } from "./svg";
import { light } from "./theme";
import { depthOf, placesOf } from "./tokenTree";

/** A state of a search: what is left to do, and what became of it. */
export interface ThoughtBox {
  /** The state, such as the numbers that are left; and the move that led to it. */
  readonly label: string;
  readonly move?: string;
  /** The parent's place in the list, before this one's own; -1 for the root, which is the first. */
  readonly parent: number;
  /** The verifier's. */
  readonly score?: number;
  /** Whether the search went on with it. */
  readonly kept: boolean;
  readonly solved?: boolean;
}

const most = 64;
const [width, pitch, top, margin] = [800, 26, 84, 16];
type Stage = "propose" | "judge" | "solve";

/**
 * A breadth-first search over thoughts (Yao et al. 2023, algorithm 1), depth by depth: what is proposed, what the
 * verifier says and the search keeps, and at the end the way to the solution.
 * @param nodes the root first, at most 64; parents before their children
 * @throws RangeError for a node whose parent does not come before it, a second root, or too many nodes
 */
export function thoughtTreeFigure(
  nodes: readonly ThoughtBox[],
  options: { readonly title?: string } = {},
): Figure {
  const title = options.title ?? "A search over thoughts, step by step";
  checkNodes(nodes, title);
  const depths = nodes.map((_, i) => depthOf(nodes, i) - 1);
  const deepest = Math.max(0, ...depths);
  const solved = nodes.findIndex((node) => node.solved);
  const frame = (depth: number, stage: Stage): Frame => {
    const say = sayStage(nodes, depths, depth, stage);
    return { say, figure: page(nodes, { depths, deepest, depth, stage, solved, title, say }) };
  };
  const frames: Frame[] = [];
  for (let depth = 1; depth <= deepest; depth++) frames.push(frame(depth, "propose"), frame(depth, "judge"));
  frames.push(frame(deepest, "solve"));
  return flipbook(frames, { title, what: "Page", pace: 2400 });
}

function checkNodes(nodes: readonly ThoughtBox[], title: string): void {
  if (nodes.length > most)
    throw new RangeError(`Thought tree "${title}": ${nodes.length} nodes, at most ${most} are drawn.`);
  nodes.forEach(({ parent }, i) => {
    if (i === 0 ? parent !== -1 : !(Number.isInteger(parent) && parent >= 0 && parent < i))
      throw new RangeError(
        `Thought tree "${title}": the parent of node ${i} must be ${i === 0 ? "-1" : "a node before it"}, got ${parent}.`,
      );
  });
}

function sayStage(
  nodes: readonly ThoughtBox[],
  depths: readonly number[],
  depth: number,
  stage: Stage,
): string {
  if (stage === "solve") {
    const way = wayTo(
      nodes,
      nodes.findIndex((node) => node.solved),
    ).slice(1);
    const moves = way.map((i) => plain(nodes[i]!.move ?? nodes[i]!.label)).join(", then ");
    return way.length === 0 ? "No state is a solution." : `Solved: ${moves}.`;
  }
  const own = nodes.filter((_, i) => depths[i] === depth);
  const count = `${own.length} ${own.length === 1 ? "state" : "states"}`;
  if (stage === "propose") return `Depth ${depth}: the proposer gives ${count}.`;
  const kept = own.filter((node) => node.kept).length;
  const won = own.filter((node) => node.solved).length;
  const end = won > 0 ? `${won} solved` : `${kept} kept`;
  return `Depth ${depth}: the verifier scores ${count}; ${end}.`;
}

/** From the root down; empty for -1. */
const wayTo = (nodes: readonly ThoughtBox[], i: number): number[] =>
  i < 0 ? [] : [...wayTo(nodes, nodes[i]!.parent), i];

interface PageOptions {
  readonly depths: readonly number[];
  readonly deepest: number;
  readonly depth: number;
  readonly stage: Stage;
  readonly solved: number;
  readonly title: string;
  readonly say: string;
}

function page(nodes: readonly ThoughtBox[], options: PageOptions): Figure {
  const { depths, deepest, depth, stage, title, say } = options;
  const places = placesOf(nodes);
  const rows = Math.max(1, ...places.map((place) => place + 1));
  const column = (width - 2 * margin) / (deepest + 1);
  const box = { width: Math.min(column - 24, 190), height: 21 };
  const at = (i: number) => ({ x: margin + depths[i]! * column, y: top + places[i]! * pitch });
  const way = new Set(stage === "solve" ? wayTo(nodes, options.solved) : []);
  const seen = (i: number): boolean => depths[i]! <= depth;
  const judged = (i: number): boolean => depths[i]! < depth || stage !== "propose";
  const edges = nodes.map(({ parent }, i) => {
    if (parent < 0 || !seen(i)) return "";
    const [from, to] = [at(parent), at(i)];
    const [x1, y1, x2, y2] = [from.x + box.width, from.y + box.height / 2, to.x, to.y + box.height / 2];
    const paint = way.has(i)
      ? `class="tl-accent" stroke="${light.accent}" stroke-width="3"`
      : `class="tl-axis" stroke="${light.line}"`;
    const bend = (x1 + x2) / 2;
    return `<path d="M${px(x1)} ${px(y1)}C${px(bend)} ${px(y1)} ${px(bend)} ${px(y2)} ${px(x2)} ${px(y2)}" fill="none" ${paint}/>`;
  });
  const boxes = nodes.map((node, i) => (seen(i) ? nodeBox(node, at(i), box, judged(i), way.has(i)) : ""));
  const body =
    svgText(margin, 28, title, { size: font.label, bold: true }) +
    svgText(margin, 54, captions[stage], { size: 13, tone: "soft" }) +
    edges.join("") +
    boxes.join("");
  const lines = nodes.flatMap(
    (node, i) =>
    seen(i) ? [`${"  ".repeat(depths[i]!)}${plain(node.label)}${judged(i) ? ` ${sign(node)}${scoreOf(node)}` : ""}`] : [], // prettier-ignore
  );
  const text = [plain(say), ...lines].join("\n");
  return { text, svg: svgDocument({ width, height: top + rows * pitch + 8, title, desc: text, body }) };
}

const captions: Readonly<Record<Stage, string>> = {
  propose: "proposed: numbers that are left after a move",
  judge: "judged: the score beside each; ✓ kept, ✗ cut off, ★ solved",
  solve: "the way to the solution, where one was found",
};

const sign = ({ kept, solved }: ThoughtBox): string => (solved ? "★" : kept ? "✓" : "✗");
const scoreOf = ({ score }: ThoughtBox): string => (score === undefined ? "" : ` ${formatNumber(score, 2)}`);

function nodeBox(
  node: ThoughtBox,
  { x, y }: { readonly x: number; readonly y: number },
  box: { readonly width: number; readonly height: number },
  judged: boolean,
  onWay: boolean,
): string {
  const lost = judged && !node.kept && !node.solved;
  const ground =
    onWay || (judged && node.solved)
      ? `class="tl-glow tl-accent" fill="${light.glow}" stroke="${light.accent}" stroke-width="2.5"`
      : `class="tl-tint tl-axis" fill="${light.tint}" stroke="${light.line}"${lost ? ` stroke-dasharray="3 3"` : ""}`;
  const tone = lost ? "soft" : "ink";
  const face = shorten(plain(node.label), judged ? 12 : 16);
  const number = judged ? scoreOf(node).trim() : "";
  return (
    `<rect x="${px(x)}" y="${px(y)}" width="${px(box.width)}" height="${box.height}" rx="5" ${ground}/>` +
    svgText(x + 7, y + 15, judged ? `${sign(node)} ${face}` : face, {
      size: 13,
      mono: true,
      bold: onWay,
      tone,
    }) +
    (number === "" ? "" : svgText(x + box.width - 6, y + 15, number, { size: 12, anchor: "end", tone }))
  );
}
