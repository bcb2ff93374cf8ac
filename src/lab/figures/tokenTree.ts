import type { Figure } from "../figure";
import { plain, shorten, visible } from "./escape";
import { flipbook, type Frame } from "./flipbook";
import { formatNumber } from "./numbers";
import { font, px, svgDocument, svgText } from "./svg";
import { light } from "./theme";

/** A guessed token in a tree: its parent comes right before it in the text. */
export interface TreeToken {
  readonly token: string;
  /** The parent's place in the list, before this one's own; -1 for a token that follows the text itself. */
  readonly parent: number;
  /** What the model itself gives it, and what it had to reach. */
  readonly probability?: number;
  readonly threshold?: number;
  readonly accepted: boolean;
}

/** One pass of the model over a tree of guesses. */
export interface TreeRound {
  /** The text so far. */
  readonly read: string;
  readonly nodes: readonly TreeToken[];
  /** The nodes of the path that was taken, from the text on. */
  readonly path: readonly number[];
}

const most = { nodes: 64, rounds: 12 };
const [width, pitch, top, margin] = [760, 30, 104, 20];
type Stage = "guess" | "check" | "take";
const stages: readonly Stage[] = ["guess", "check", "take"];

/**
 * A tree of guesses (Cai et al. 2024, "Medusa", section 2.1), round by round: guessed, checked by one pass of the
 * model, and its longest path that holds taken into the text. Three pages a round.
 *
 * @throws RangeError for a node whose parent does not come before it, a path that is none, more than 64 nodes or 12 rounds
 */
export function tokenTreeFigure(
  rounds: readonly TreeRound[],
  options: { readonly title?: string } = {},
): Figure {
  const title = options.title ?? "A tree of guesses, round by round";
  checkRounds(rounds, title);
  const rows = Math.max(1, ...rounds.map(({ nodes }) => leavesOf(nodes).length));
  const depth = Math.max(
    1,
    ...rounds.map(({ nodes }) => Math.max(0, ...nodes.map((_, i) => depthOf(nodes, i)))),
  );
  const frames = rounds.flatMap((round, r) =>
    stages.map((stage): Frame => {
      const say = `Round ${r + 1}: ${sayStage(round, stage)}`;
      return { say, figure: page(round, stage, { rows, depth, title: `Round ${r + 1}`, say }) };
    }),
  );
  return flipbook(frames, { title, what: "Page", pace: 2200 });
}

function checkRounds(rounds: readonly TreeRound[], title: string): void {
  const fault = (r: number, what: string): RangeError =>
    new RangeError(`Token tree "${title}", round ${r + 1}: ${what}.`);
  if (rounds.length > most.rounds) throw fault(most.rounds, `at most ${most.rounds} rounds are drawn`);
  rounds.forEach(({ nodes, path }, r) => {
    if (nodes.length > most.nodes) throw fault(r, `${nodes.length} nodes, at most ${most.nodes} are drawn`);
    const odd = nodes.findIndex(({ parent }, i) => !Number.isInteger(parent) || parent < -1 || parent >= i);
    if (odd >= 0) throw fault(r, `the parent of node ${odd} must come before it, got ${nodes[odd]!.parent}`);
    path.forEach((node, i) => {
      if (nodes[node]?.parent !== (path[i - 1] ?? -1))
        throw fault(r, `[${path.join(", ")}] is no path of the tree`);
    });
  });
}

const leavesOf = (nodes: readonly TreeToken[]): number[] =>
  nodes.map((_, i) => i).filter((i) => nodes.every(({ parent }) => parent !== i));

/** 1 for a node without a parent. */
export const depthOf = (nodes: readonly { readonly parent: number }[], i: number): number => {
  const { parent } = nodes[i]!;
  return parent < 0 ? 1 : 1 + depthOf(nodes, parent);
};

function sayStage({ nodes, path }: TreeRound, stage: Stage): string {
  const count = (n: number): string => `${n} ${n === 1 ? "token" : "tokens"}`;
  if (stage === "guess") return `${count(nodes.length)} guessed; one pass of the model reads them all.`;
  const held = nodes.filter(({ accepted }) => accepted).length;
  if (stage === "check")
    return `the model's own probability beside each: ${held} of ${nodes.length} hold (✓).`;
  const text = path.map((i) => visible(nodes[i]!.token)).join(" ");
  return path.length === 0
    ? "no path holds."
    : `the longest path that holds is taken: ${count(path.length)}, ${text}`;
}

interface PageSize {
  readonly rows: number;
  readonly depth: number;
  readonly title: string;
  readonly say: string;
}

function page({ read, nodes, path }: TreeRound, stage: Stage, size: PageSize): Figure {
  const column = Math.min(190, (width - 2 * margin) / size.depth);
  const box = { width: column - 26, height: 24 };
  const places = placesOf(nodes);
  const x = (i: number): number => margin + (depthOf(nodes, i) - 1) * column;
  const y = (i: number): number => top + places[i]! * pitch;
  const onPath = new Set(stage === "take" ? path : []);
  const edges = nodes.map(({ parent }, i) => {
    if (parent < 0) return "";
    const [x1, y1] = [x(parent) + box.width, y(parent) + box.height / 2];
    const [x2, y2] = [x(i), y(i) + box.height / 2];
    const taken = onPath.has(i) && onPath.has(parent);
    const paint = taken
      ? `class="tl-accent" stroke="${light.accent}" stroke-width="3"`
      : `class="tl-axis" stroke="${light.line}"`;
    const bend = (x1 + x2) / 2;
    return `<path d="M${px(x1)} ${px(y1)}C${px(bend)} ${px(y1)} ${px(bend)} ${px(y2)} ${px(x2)} ${px(y2)}" fill="none" ${paint}/>`;
  });
  const boxes = nodes.map((node, i) => nodeBox(node, x(i), y(i), box, stage, onPath.has(i)));
  const taken = path.map((i) => nodes[i]!.token).join("");
  const before = tail(visible(read), stage === "take" ? 62 - Math.min(30, taken.length) : 62);
  const body =
    svgText(margin, 30, size.title, { size: font.label, bold: true }) +
    svgText(margin, 56, `text: ${before}${stage === "take" ? ` + ${shorten(visible(taken), 30)}` : ""}`, {
      size: font.tick,
      mono: true,
    }) +
    svgText(margin, 84, captions[stage], { size: 13, tone: "soft" }) +
    edges.join("") +
    boxes.join("");
  const lines = nodes.map(
    (node, i) =>
      `${"  ".repeat(depthOf(nodes, i))}${visible(node.token)}${stage === "guess" ? "" : ` ${sign(node)}${numbers(node)}`}`,
  );
  const text = [plain(size.say), ...lines].join("\n");
  return {
    text,
    svg: svgDocument({ width, height: top + size.rows * pitch + 8, title: size.title, desc: text, body }),
  };
}

const captions: Readonly<Record<Stage, string>> = {
  guess: "guessed: a token's parent stands left of it",
  check: "checked: probability that the model gives, / what it must reach",
  take: "taken: the longest path of tokens that hold",
};

const sign = ({ accepted }: TreeToken): string => (accepted ? "✓" : "✗");
const numbers = ({ probability, threshold }: TreeToken): string =>
  (probability === undefined ? "" : ` ${formatNumber(probability, 2)}`) +
  (threshold === undefined ? "" : ` / ${formatNumber(threshold, 2)}`);

function nodeBox(
  node: TreeToken,
  x: number,
  y: number,
  box: { readonly width: number; readonly height: number },
  stage: Stage,
  onPath: boolean,
): string {
  const checked = stage !== "guess";
  const ground = onPath
    ? `class="tl-glow tl-accent" fill="${light.glow}" stroke="${light.accent}" stroke-width="2.5"`
    : `class="tl-tint tl-axis" fill="${light.tint}" stroke="${light.line}"` +
      (checked && !node.accepted ? ` stroke-dasharray="3 3"` : "");
  const faded = checked && !node.accepted;
  const face = shorten(visible(node.token), checked ? 9 : 16);
  return (
    `<rect x="${px(x)}" y="${px(y)}" width="${px(box.width)}" height="${box.height}" rx="5" ${ground}/>` +
    svgText(x + 7, y + 17, checked ? `${sign(node)} ${face}` : face, {
      size: font.tick,
      mono: true,
      bold: onPath,
      tone: faded ? "soft" : "ink",
    }) +
    (checked
      ? svgText(x + box.width - 6, y + 17, numbers(node).trim(), {
          size: 12,
          anchor: "end",
          tone: faded ? "soft" : "ink",
        })
      : "")
  );
}

/** Rows from above: leaves in order, a parent in the middle of its children. */
export function placesOf(nodes: readonly { readonly parent: number }[]): number[] {
  const places: number[] = [];
  let next = 0;
  const place = (i: number): number => {
    const own = nodes.flatMap(({ parent }, k) => (parent === i ? [place(k)] : []));
    const at = own.length === 0 ? next++ : (own[0]! + own[own.length - 1]!) / 2;
    return i < 0 ? at : (places[i] = at);
  };
  place(-1);
  return places;
}

/** The last `max` characters. */
const tail = (text: string, max: number): string => {
  const all = Array.from(text);
  return all.length <= max ? text : `…${all.slice(1 - max).join("")}`;
};
