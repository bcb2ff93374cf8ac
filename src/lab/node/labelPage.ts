/** The labelling page in a notebook: the learner compares answers, and a reward model learns from it. */
import { relative, resolve } from "node:path";
import type { Ranking } from "../../align";
import { html } from "../display";
import { escapeHtml } from "../figures/escape";
import { writeWhole } from "../../text/node/files";
import { keyOf, prepareItems, viewOf } from "../label/session";
import type { LabelItem } from "../label/session";
import { openLabelFile } from "./labelFile";
import { startLabelServer } from "./labelServer";
import type { LabelServer } from "./labelServer";

export interface LabelPageOptions {
  /** Prompts with their answers: two to compare, or up to nine to put in order. */
  readonly pairs: readonly LabelItem[];
  /** Where labels go, a line each (.jsonl). What is there already is not asked again. */
  readonly file: string;
  /** Of the places where answers stand; 1 without it. */
  readonly seed?: number;
  /** Height of the page in the notebook in pixels; 640 without it. */
  readonly height?: number;
}

export interface LabelPage {
  /** Undefined in a headless run, where nobody could label. */
  readonly url: string | undefined;
  readonly file: string;
  /** The labels in the file as it is now, also those of other prompts. @throws Error that names a line that is no label */
  labels(): Ranking[];
  close(): Promise<void>;
}

/** One page a file: a cell that is run again takes the place of the page before. */
const open = new Map<string, LabelServer>();

/**
 * Starts the labelling page and shows it in the cell. It is served by this process, on this machine alone, until it is
 * closed, the same file is opened again, or the process ends; it keeps no process alive. While a cell computes without a
 * pause the page waits for it.
 * @throws RangeError for items that cannot be labelled; Error where the file holds something else
 */
export async function labelPage({
  pairs,
  file,
  seed = 1,
  height = 640,
}: LabelPageOptions): Promise<LabelPage> {
  const path = resolve(file);
  const items = prepareItems(pairs, seed);
  const labels = openLabelFile(path);
  await open.get(path)?.close();
  open.delete(path);
  const { done, total } = viewOf(items, new Set(labels.labels().map(keyOf)));
  const shown = relative(process.cwd(), path) || path;
  const progress = `${done} of ${total} labelled, in ${shown}`;
  const base = { file: path, labels: () => labels.labels() };
  if (process.env["LAB_HEADLESS"] === "1") {
    const text = `The labelling page opens here when you run this cell yourself (${progress}).`;
    html(`<p>${escapeHtml(text)}</p>`, text);
    return { ...base, url: undefined, close: async () => undefined };
  }
  const server = await startLabelServer({ items, file: labels, fileName: shown });
  open.set(path, server);
  const waiting = `${shown.replace(/\.jsonl$/, "")}.items.jsonl`;
  writeWhole(waiting, items.map(({ prompt, answers }) => `${JSON.stringify({ prompt, answers })}\n`).join("")); // prettier-ignore
  const command = `npx lab label --pairs ${quoted(waiting)} --out ${quoted(shown)} --seed ${seed}`;
  html(
    frame(server.url, progress, command, height),
    `Label at ${server.url} (${progress}), or in a terminal: ${command}`,
  );
  return {
    ...base,
    url: server.url,
    async close() {
      if (open.get(path) === server) open.delete(path);
      await server.close();
    },
  };
}

const quoted = (path: string): string => (/^[\w./\\:-]+$/.test(path) ? path : `"${path}"`);

function frame(url: string, progress: string, command: string, height: number): string {
  const link = `<a href="${url}" target="_blank" rel="noopener noreferrer">Open it in a tab of its own</a>`;
  return (
    `<p><strong>Label answers</strong> (${escapeHtml(progress)}). ${link}. ` +
    `Where the frame stays empty, as in a notebook on another machine, label in a terminal there: ` +
    `<code>${escapeHtml(command)}</code></p>` +
    `<iframe src="${url}" title="Labelling page" style="width:100%;height:${height}px;border:1px solid #8c959f;border-radius:8px"></iframe>`
  );
}
