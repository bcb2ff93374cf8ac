import { escapeHtml } from "../../lab/figures/escape";
import { fieldsHtml } from "./fields";
import { liveStyle } from "./style";
import type { Answer, Widget } from "./widget";

/**
 * A widget's inside: its fields, which wait for the model, and the answer that was computed when the page was built. It
 * can be read without script.
 */
export function frameHtml({ fields }: Widget, answer: Answer, made: string): string {
  return (
    `<style>${liveStyle}</style>` +
    `<form class="live-form" hidden="hidden">${fieldsHtml(fields)}</form>` +
    `<p class="live-bar"><button type="button" class="live-start" hidden="hidden">Run the model here</button>` +
    `<span class="live-state">${escapeHtml(made)}</span></p>` +
    `<p class="live-say" role="status" aria-live="polite">${escapeHtml(answer.say)}</p>` +
    `<div class="live-out">${answer.html}</div>`
  );
}
