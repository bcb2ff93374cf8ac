import type { EncodeOptions, Piece, Tokenizer } from "../../text/tokenizer";
import type { Figure } from "../figure";
import { escapeHtml, plain, visible } from "./escape";
import { htmlFigure } from "./html";
import { formatNumber } from "./numbers";
import { tokenGrounds } from "./theme";
import { tokenScript } from "./tokensScript";

/** One tokenizer's view of a text: what a row of the figure shows. */
export interface TokenRow {
  readonly name: string;
  readonly text: string;
  readonly pieces: readonly Piece[];
  /** Special tokens by name, as `Tokenizer.special`: these are drawn with a frame. */
  readonly special?: Readonly<Record<string, number>>;
  readonly vocabSize?: number;
}

export interface TokenFigureOptions {
  readonly title?: string;
  /** Most tokens drawn in each row (default 2,000); a note says how many there are. */
  readonly maxTokens?: number;
}

/** Encodes `text` and gathers what `tokenFigure` needs. */
export function tokenRow(
  name: string,
  tokenizer: Tokenizer,
  text: string,
  options?: EncodeOptions,
): TokenRow {
  const pieces = tokenizer.pieces(text, options);
  return { name, text, pieces, special: tokenizer.special, vocabSize: tokenizer.vocabSize };
}

/**
 * Text coloured by token, one row a tokenizer, so that schemes can be compared. Blanks are visible (· → ↵),
 * a token that is part of a character shows its bytes, a special token has a frame. Pointing at a token, or
 * moving with the arrow keys, tells its id and place and marks the same characters in the other rows.
 * Colours only part neighbours: they mean nothing.
 */
export function tokenFigure(rows: TokenRow | readonly TokenRow[], options: TokenFigureOptions = {}): Figure {
  const all: readonly TokenRow[] = "pieces" in rows ? [rows] : rows;
  const max = options.maxTokens ?? 2000;
  const title = options.title ?? "Tokens";
  const body =
    all.map((row) => rowHtml(row, max)).join("") +
    `<p class="tl-tools" hidden="hidden"><button type="button" class="tl-show-ids" aria-pressed="false">Show ids</button></p>` +
    `<p class="tl-detail tl-soft" aria-live="polite">Hold the pointer over a token to see its id.</p>`;
  const sameText = all.every((row) => row.text === all[0]?.text);
  const data = {
    linked: sameText && all.length > 1,
    places: all.map((row) => row.pieces.slice(0, max).flatMap((piece) => [piece.start, piece.end])),
  };
  return {
    html: htmlFigure({ kind: "tokens", title, body, css, script: tokenScript, data }),
    text: [plain(title), ...all.map((row) => rowText(row, Math.min(max, 200)))].join("\n"),
  };
}

/** What stands on a token's chip. */
function face(row: TokenRow, piece: Piece): string {
  if (isSpecial(row, piece) || piece.start >= piece.end) return visible(piece.token);
  const slice = row.text.slice(piece.start, piece.end);
  // A token with raw bytes is not the text it covers: part of a character, or a broken one.
  return bytes.test(piece.token) && !bytes.test(slice) ? visible(piece.token) : visible(slice);
}
const bytes = /<0x[0-9A-F]{2}>/;

const isSpecial = (row: TokenRow, piece: Piece): boolean =>
  row.special !== undefined &&
  Object.hasOwn(row.special, piece.token) &&
  row.special[piece.token] === piece.id;

function rowHtml(row: TokenRow, max: number): string {
  const chips = row.pieces.slice(0, max).map((piece, i) => {
    const slice = row.text.slice(piece.start, piece.end);
    const shown = face(row, piece);
    // What is seen must be part of what is said of it: a normalised token ("naive") is not its text.
    const says = visible(piece.token).toLowerCase().includes(visible(slice).toLowerCase());
    const covers = says ? "" : `, for the text “${visible(slice)}”`;
    const tip = escapeHtml(`id ${piece.id}: token “${visible(piece.token)}”${covers}`);
    const style = isSpecial(row, piece)
      ? `class="tl-special" style="border:2px solid;border-radius:4px;font-weight:bold"`
      : `style="background-color:${tokenGrounds[i % tokenGrounds.length]}"`;
    const lineEnd = slice.includes("\n") ? "<br>" : "<wbr>";
    return `<span ${style} title="${tip}">${escapeHtml(shown)}</span>${lineEnd}`;
  });
  const cut = cutNote(row, max);
  return (
    `<div class="tl-row"><p><strong>${escapeHtml(row.name)}</strong> <span class="tl-soft">${escapeHtml(counts(row))}</span></p>` +
    `<div class="tl-line" style="line-height:1.9;font-family:monospace;font-size:110%">${chips.join("") || "no tokens"}</div>` +
    (cut ? `<p class="tl-soft">${cut}</p>` : "") +
    `</div>`
  );
}

/** "12 tokens · 4.25 characters per token · vocabulary 50,257" */
function counts({ text, pieces, vocabSize }: TokenRow): string {
  const characters = Array.from(text).length;
  return [
    `${formatNumber(pieces.length, 9)} ${pieces.length === 1 ? "token" : "tokens"}`,
    ...(pieces.length > 0 ? [`${perToken(characters / pieces.length)} per token`] : []),
    ...(vocabSize === undefined ? [] : [`vocabulary ${formatNumber(vocabSize, 9)}`]),
  ].join(" · ");
}

const perToken = (n: number): string => `${formatNumber(n, 3)} ${n === 1 ? "character" : "characters"}`;

const cutNote = (row: TokenRow, max: number): string =>
  row.pieces.length > max
    ? `first ${formatNumber(max, 9)} tokens of ${formatNumber(row.pieces.length, 9)} shown`
    : "";

function rowText(row: TokenRow, max: number): string {
  const shown = row.pieces.slice(0, max);
  const cut = cutNote(row, max);
  return [
    `${plain(row.name)}: ${counts(row)}`,
    `  ${shown.map((piece) => face(row, piece)).join(" | ")}`,
    `  ids ${shown.map((piece) => piece.id).join(" ")}`,
    ...(cut ? [`  ${cut}`] : []),
  ].join("\n");
}

const css = `
.tl-tokens .tl-row{margin:0 0 .7em}
.tl-tokens .tl-line{font:1.15em/1.75 var(--tl-mono)!important;max-height:26em;overflow-y:auto;padding:2px}
.tl-tokens .tl-line span{display:inline-block;box-sizing:border-box;max-width:100%;min-width:.7em;padding:0 2px;margin:0 1px 2px 0;border-radius:4px;overflow-wrap:anywhere;text-align:center;vertical-align:top;border:2px solid transparent;line-height:1.45;cursor:default}
.tl-tokens .tl-line .tl-special{border:2px solid var(--tl-ink)!important;background:var(--tl-tint)}
.tl-tokens .tl-line span.tl-same{border-color:var(--tl-accent)!important}
.tl-tokens .tl-line span.tl-here{border-color:var(--tl-ink)!important;background-color:var(--tl-glow)!important}
.tl-tokens .tl-line small{display:block;font-size:.68em;line-height:1.2;color:var(--tl-soft)}
.tl-tokens .tl-line.tl-with-ids span{min-width:2em}
.tl-tokens .tl-detail{min-height:1.6em;margin-bottom:0;overflow-wrap:anywhere}
`;
