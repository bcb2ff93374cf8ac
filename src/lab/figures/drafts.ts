import type { Figure } from "../figure";
import { escapeHtml, plain, visible } from "./escape";
import { htmlFigure } from "./html";
import { formatNumber } from "./numbers";
import { playerControls, playerCss, playerScript, type PlayerData } from "./player";

/** One round of speculative decoding: what was drafted, how much of it held, and the target's own token after it. */
export interface DraftRound {
  readonly drafted: readonly string[];
  /** How many of them, from the first on, were accepted. */
  readonly accepted: number;
  /** A correction where one was refused, a bonus where none was. */
  readonly next: string;
}

export interface DraftOptions {
  readonly title?: string;
  readonly prompt?: string;
}

/** Most rounds drawn. */
const maxRounds = 200;

/**
 * Speculative decoding (Leviathan et al. 2023) as the text that it leaves behind: accepted drafts underlined on green,
 * refused ones struck through, and the target's own token in a frame, round by round. Without script all rounds stand there.
 *
 * @throws RangeError where more tokens were accepted than drafted
 */
export function draftFigure(rounds: readonly DraftRound[], options: DraftOptions = {}): Figure {
  const title = options.title ?? "Drafted, checked, written";
  rounds.forEach(({ drafted, accepted }, r) => {
    if (!Number.isInteger(accepted) || accepted < 0 || accepted > drafted.length)
      throw new RangeError(`Drafts "${title}", round ${r + 1}: ${accepted} of ${drafted.length} accepted.`);
  });
  const shown = rounds.slice(0, maxRounds);
  const drafted = rounds.reduce((sum, round) => sum + round.drafted.length, 0);
  const accepted = rounds.reduce((sum, round) => sum + round.accepted, 0);
  const all =
    `${formatNumber(rounds.length, 9)} ${rounds.length === 1 ? "round" : "rounds"}, ${formatNumber(accepted + rounds.length, 9)} tokens: ` +
    `${formatNumber(accepted, 9)} of ${formatNumber(drafted, 9)} drafted ones accepted, one a round from the target itself.` +
    (rounds.length > shown.length ? ` The first ${maxRounds} rounds are shown.` : "");
  const say = shown.map((round, r) => sayRound(round, r));
  const body =
    playerControls(shown.length, "Round") +
    `<div class="tl-strip" style="font-family:monospace;line-height:2">` +
    (options.prompt === undefined
      ? ""
      : `<span class="tl-prompt">${escapeHtml(visible(options.prompt))}</span> `) +
    shown.map(roundHtml).join("<wbr>") +
    `</div><p class="tl-key">` +
    `<span style="${styles.held}">accepted draft</span> <span style="${styles.refused}">refused draft</span> ` +
    `<span style="${styles.own}">the target's own token</span></p>` +
    `<p class="tl-soft">${escapeHtml(all)}</p>`;
  const data: PlayerData = { say, from: Math.max(0, shown.length - 1), pace: 1200 };
  return {
    html: htmlFigure({ kind: "drafts", title, body, css: playerCss + css, script: playerScript, data }),
    text: [plain(title), ...say, all].join("\n"),
  };
}

const styles = {
  held: "background-color:rgba(0,158,115,0.36);text-decoration:underline;padding:1px 2px",
  refused: "text-decoration:line-through;padding:1px 2px",
  own: "border:2px solid;border-radius:4px;padding:0 2px;font-weight:bold",
} as const;

function roundHtml({ drafted, accepted, next }: DraftRound): string {
  const chip = (kind: keyof typeof styles, token: string): string =>
    `<span class="tl-${kind}" style="${styles[kind]}">${escapeHtml(visible(token))}</span>`;
  const chips = drafted.map((token, i) => chip(i < accepted ? "held" : "refused", token));
  return `<span class="tl-step">${[...chips, chip("own", next)].join("")}</span>`;
}

function sayRound({ drafted, accepted, next }: DraftRound, r: number): string {
  const tokens = (list: readonly string[]): string =>
    list.length === 0 ? "nothing" : list.map(visible).join(" ");
  const refused = drafted.slice(accepted);
  return (
    `Round ${r + 1}: accepted ${tokens(drafted.slice(0, accepted))}; ` +
    (refused.length > 0
      ? `refused ${tokens(refused)}; corrected to ${visible(next)}`
      : `bonus ${visible(next)}`)
  );
}

const css = `
.tl-drafts .tl-strip{font:1.08em/2.1 var(--tl-mono)!important;overflow-wrap:anywhere;max-height:30em;overflow-y:auto;padding:2px}
.tl-drafts .tl-step{border-bottom:3px solid transparent;padding:2px 0 4px;margin-right:3px}
.tl-drafts .tl-step.tl-now{border-bottom-color:var(--tl-accent)}
.tl-drafts .tl-refused{color:var(--tl-soft)}
.tl-drafts .tl-own{border-color:var(--tl-line)!important}
.tl-drafts .tl-prompt{color:var(--tl-soft)}
.tl-drafts .tl-key span{margin-right:.8em;font-size:.9em}
`;
