/** A chapter of the site: its notebook cut at the headings, with the lecturer's notes and the widgets in their places. */
import { escapeHtml } from "../lab/browser";
import { codeHtml } from "./code";
import { markdownElements, markdownHtml, plainTitle, slug, type Element } from "./markdown";
import type { Notebook } from "./notebook";
import type { Note } from "./notes";
import { figureHtml, gathered, outputsHtml, type Gathered } from "./outputs";

/** A section: a heading of level 1 or 2 and what stands below it. */
export interface Part {
  /** Its address in the page. */
  readonly id: string;
  readonly level: 1 | 2;
  readonly title: string;
  /** The heading's inner HTML. */
  readonly heading: string;
  /** HTML of its elements, each of class "block". */
  readonly blocks: readonly string[];
  readonly note?: Note;
}

export interface Chapter extends Gathered {
  /** "04" */
  readonly id: string;
  /** "04-multi-head-attention" */
  readonly topic: string;
  /** "Multi-head attention" */
  readonly title: string;
  /** The first paragraph, HTML. */
  readonly summary: string;
  readonly parts: readonly Part[];
  readonly plots: number;
  /** Sum of the sections' planned minutes; 0 without notes. */
  readonly minutes: number;
}

/** A widget of the chapter, with its first result. */
export interface LiveSection {
  readonly id: string;
  readonly title: string;
  /** Markdown. */
  readonly intro: string;
  readonly after?: string;
  /** HTML. */
  readonly cached: string;
}

export interface ChapterSources {
  readonly topic: string;
  readonly notebook: Notebook;
  readonly notes?: ReadonlyMap<string, Note>;
  readonly live?: readonly LiveSection[];
}

/** @throws Error for a notebook without a title, a note or a widget of a heading that the chapter does not have */
export function chapterOf({ topic, notebook, notes, live = [] }: ChapterSources): Chapter {
  const into = gathered();
  const taken = new Set<string>();
  const parts: (Part & { blocks: string[] })[] = [];
  const headings: string[] = [];
  let summary = "";

  for (const cell of notebook.cells) {
    if (cell.cell_type === "raw") continue;
    if (cell.cell_type === "code") {
      const blocks = [codeHtml(cell.source), ...outputsHtml(cell.outputs, into)];
      lastPart().blocks.push(...(isWork(cell.source) ? blocks.map((html) => html.replace("block", "block exercise")) : blocks)); // prettier-ignore
      continue;
    }
    for (const element of markdownElements(cell.source)) {
      if (element.level !== undefined) headings.push(element.title!);
      if (element.level === 1 || element.level === 2)
        parts.push(partOf(element, slug(element.title!, taken)));
      else lastPart().blocks.push(elementHtml(element, taken));
      if (summary === "" && element.html.startsWith("<p>")) summary = element.html.slice(3, -5);
    }
  }
  if (parts[0]?.level !== 1)
    throw new Error(`${topic}: the notebook does not begin with a title. Cure: a first cell "# NN · Title".`);
  const noted = withNotes(parts, headings, notes, topic);
  return {
    id: topic.slice(0, 2),
    topic,
    title: parts[0].title.replace(/^\d\d · /, ""),
    summary,
    parts: withLive(noted, live, taken, into, topic),
    plots: parts.flatMap(({ blocks }) => blocks).filter((html) => /^<div class="block out figure/.test(html))
      .length,
    minutes: noted.reduce((sum, { note }) => sum + (note?.minutes ?? 0), 0),
    ...into,
  };

  function lastPart(): Part & { blocks: string[] } {
    const last = parts.at(-1);
    if (!last)
      throw new Error(
        `${topic}: the notebook does not begin with a title. Cure: a first cell "# NN · Title".`,
      );
    return last;
  }
}

/** A check's report, and that the engine is ready, tell the learner something, and an audience nothing. */
const isWork = (source: string): boolean => /\bawait (check|useEngine)\(/.test(source);

const partOf = ({ level, title, html }: Element, id: string): Part & { blocks: string[] } => ({
  id,
  level: level === 1 ? 1 : 2,
  title: title!,
  heading: html,
  blocks: [],
});

function elementHtml({ level, title, html, list }: Element, taken: Set<string>): string {
  if (level !== undefined) return `<h${level} class="block" id="${slug(title!, taken)}">${html}</h${level}>`;
  // How to work with a notebook, and what to write in it, is for who reads on, not for an audience.
  const kind = /^<p><strong>(How it works|Time:|Exercises? \d|Check everything)/.test(html) ? " reading" : "";
  return `<div class="block prose${list ? " list" : ""}${kind}">${html}</div>`;
}

/** The notes of a smaller heading belong to the section in which it stands. */
function withNotes(
  parts: readonly Part[],
  headings: readonly string[],
  notes: ReadonlyMap<string, Note> | undefined,
  topic: string,
): Part[] {
  if (!notes) return [...parts];
  const known = new Set(headings);
  for (const heading of notes.keys())
    if (!known.has(heading))
      throw new Error(
        `Notes of ${topic}: "${heading}" is no heading of the chapter. Cure: copy the heading as it stands there.`,
      );
  let section = -1;
  const bySection = parts.map((): [string, Note][] => []);
  for (const heading of headings) {
    if (parts[section + 1]?.title === heading) section++;
    const note = notes.get(heading);
    if (note) bySection[section]!.push([heading, note]);
  }
  return parts.map((part, i) => {
    const own = bySection[i]!;
    if (own.length === 0) return part;
    const html = own
      .map(([heading, note]) => (heading === part.title ? "" : `<h3>${escapeHtml(heading)}</h3>`) + note.html)
      .join("");
    const timed = own.flatMap(([, { minutes }]) => minutes ?? []);
    const note = { html, ...(timed.length > 0 && { minutes: timed.reduce((a, b) => a + b, 0) }) };
    return { ...part, note };
  });
}

/** Each widget becomes a section of its own after the one that it names. */
function withLive(
  parts: readonly Part[],
  live: readonly LiveSection[],
  taken: Set<string>,
  into: Gathered,
  topic: string,
): Part[] {
  const all = [...parts];
  for (const widget of live) {
    const at =
      widget.after === undefined
        ? all.length - 1
        : all.findIndex(({ title }) => title === plainTitle(widget.after!));
    if (at < 0)
      throw new Error(
        `Widget ${widget.id}: "${widget.after}" is no heading of ${topic}. Cure: copy the heading as it stands there.`,
      );
    const id = slug(widget.title, taken);
    const html =
      `<section class="block live" data-live="${escapeHtml(widget.id)}" aria-labelledby="${id}-title">` +
      `<div class="live-intro">${markdownHtml(widget.intro)}</div>${figureHtml(widget.cached, into)}</section>`;
    all.splice(at + 1, 0, {
      id,
      level: 2,
      title: widget.title,
      heading: `Live: ${escapeHtml(widget.title)}`,
      blocks: [html],
    });
  }
  return all;
}
