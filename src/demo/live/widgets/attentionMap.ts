/** Attention as squares, in the colours of the page. */
import { escapeHtml, shorten, visible } from "../../../lab/figures/escape";

/** Side of the whole map, without its labels, and of a head's square. */
const [SIDE, SQUARE] = [480, 34];

export interface MapOptions {
  /** The row that is looked from. */
  readonly from: number;
  readonly title: string;
}

/** A head's pattern [T][T]: rows look, columns are looked at. */
export function mapSvg(
  pattern: readonly (readonly number[])[],
  tokens: readonly string[],
  { from, title }: MapOptions,
): string {
  const cell = Math.min(40, SIDE / tokens.length);
  const size = Math.min(20, cell * 0.9);
  const names = tokens.map((token) => shorten(visible(token), 10));
  // A monospaced character is 0.6 of its height wide.
  const room = Math.ceil(Math.max(...names.map(({ length }) => length)) * 0.62 * size) + 8;
  const end = (room + cell * tokens.length + 2).toFixed(1);
  const at = (i: number): string => (room + i * cell).toFixed(1);
  const middle = (i: number): string => (room + (i + 0.5) * cell).toFixed(1);
  const parts = names.map((name, i) => {
    const bold = i === from ? ` font-weight="700"` : "";
    return (
      `<text x="${room - 5}" y="${(room + (i + 0.5) * cell + size / 3).toFixed(1)}" text-anchor="end"${bold}>${escapeHtml(name)}</text>` +
      `<text transform="translate(${(room + (i + 0.5) * cell + size / 3).toFixed(1)} ${room - 5}) rotate(-90)">${escapeHtml(name)}</text>`
    );
  });
  pattern.forEach((row, r) =>
    row.forEach((share, c) => {
      if (share >= 0.005)
        parts.push(
          `<rect class="live-cell" x="${at(c)}" y="${at(r)}" width="${cell.toFixed(1)}" height="${cell.toFixed(1)}" fill-opacity="${share.toFixed(3)}"/>`,
        );
    }),
  );
  const width = (cell * tokens.length).toFixed(1);
  parts.push(`<rect class="live-edge" x="${room}" y="${room}" width="${width}" height="${width}"/>`);
  parts.push(
    `<rect class="live-frame" x="${room}" y="${at(from)}" width="${width}" height="${cell.toFixed(1)}"/>`,
  );
  parts.push(`<line class="live-edge" x1="${middle(0)}" y1="${middle(0)}" x2="${middle(tokens.length - 1)}" y2="${middle(tokens.length - 1)}"/>`); // prettier-ignore
  return svg(end, end, size, title, parts);
}

export interface HeadsOptions {
  readonly layer: number;
  readonly head: number;
  readonly title: string;
}

/** All heads as squares, by a score: [layers][heads]. The highest one has the page's full colour. */
export function headsSvg(grid: readonly (readonly number[])[], { layer, head, title }: HeadsOptions): string {
  const room = 30;
  const columns = Math.max(...grid.map(({ length }) => length));
  const most = Math.max(...grid.flat(), 1e-9);
  const parts: string[] = [];
  grid.forEach((row, l) => {
    const y = room + l * SQUARE;
    parts.push(`<text x="${room - 6}" y="${y + SQUARE / 2 + 6}" text-anchor="end">${l + 1}</text>`);
    row.forEach((score, h) => {
      const box = `x="${room + h * SQUARE + 2}" y="${y + 2}" width="${SQUARE - 4}" height="${SQUARE - 4}"`;
      parts.push(`<rect class="live-cell" ${box} fill-opacity="${(score / most).toFixed(3)}"/>`);
      parts.push(`<rect class="${l === layer && h === head ? "live-frame" : "live-edge"}" ${box}/>`);
    });
  });
  for (let h = 0; h < columns; h++)
    parts.push(`<text x="${room + (h + 0.5) * SQUARE}" y="${room - 8}" text-anchor="middle">${h + 1}</text>`);
  return svg(String(room + columns * SQUARE + 2), String(room + grid.length * SQUARE + 2), 16, title, parts);
}

const svg = (width: string, height: string, size: number, title: string, parts: readonly string[]): string =>
  `<svg class="live-map" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-size="${size.toFixed(1)}" role="img" ` +
  `aria-label="${escapeHtml(title)}">${parts.join("")}</svg>`;
