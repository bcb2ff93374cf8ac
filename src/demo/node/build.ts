/** Builds the site into a folder, and only what has changed since it was built there. */
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import {
  cardOf,
  chapterDocument,
  chapterOf,
  chapterScript,
  indexDocument,
  parseNotebook,
  parseNotes,
} from "..";
import type { Card, LiveSection } from "..";
import { buildLive, liveWidgets } from "../live";
import { buildAssets } from "./assets";
import { writeWhole } from "../../text/node/files";
import { filesUnder, hashOf, hashOfFiles } from "./files";
import { readManifest, writeManifest } from "./manifest";

export interface DemoOptions {
  /** Of the project. */
  readonly root: string;
  /** The site's folder. */
  readonly out: string;
  /** "04-multi-head-attention": the chapters to build; those that the site has already stay. */
  readonly topics: readonly string[];
  readonly onProgress?: (line: string) => void;
}

export interface Built {
  readonly index: string;
  /** Pages that were made anew. */
  readonly made: readonly string[];
  readonly chapters: readonly Card[];
}

/** @throws Error where a folder that is not such a site is in the way, or a source is not as it should be */
export async function buildDemo({
  root,
  out,
  topics,
  onProgress = () => undefined,
}: DemoOptions): Promise<Built> {
  claim(out);
  const old = readManifest(out);
  const code = codeHash(root);
  const made: string[] = [];
  if (old.assets !== code || !existsSync(path.join(out, "assets", "page.js"))) {
    onProgress("assets: style, scripts, Plotly, fonts");
    await buildAssets(root, out);
    made.push("assets");
  }
  const pages = { ...old.pages };
  const cards = new Map(Object.entries(old.cards));
  const needsLive = liveWidgets.some(({ chapter }) => topics.some((topic) => topic.startsWith(chapter)));
  if (needsLive && (old.live !== code || !existsSync(path.join(out, "assets", "live.js")))) {
    await buildLive(root, out, (line) => onProgress(`live models: ${line}`));
    made.push("live models");
  }
  // The neighbours' names are in each page: all cards first, then the pages.
  const sources = topics.map((topic) => ({ topic, ...read(root, topic) }));
  for (const { topic, notebook, notes } of sources) {
    const widgets = liveWidgets.filter(({ chapter }) => topic.startsWith(chapter));
    const known = hashOf([code, notebook, notes ?? ""]);
    const order = [...new Set([...cards.keys(), ...topics])].sort();
    const near = [-1, 1].map((step) => order[order.indexOf(topic) + step]);
    const key = hashOf([known, ...near.map((name) => name ?? "")]);
    const file = path.join(out, "chapters", `${topic}.html`);
    if (pages[topic] === key && existsSync(file)) {
      onProgress(`${topic}: up to date`);
      continue;
    }
    const started = performance.now();
    const live: LiveSection[] = [];
    for (const { id, title, intro, after, cached } of widgets)
      live.push({ id, title, intro, ...(after !== undefined && { after }), cached: await cached(root) });
    const chapter = chapterOf({
      topic,
      notebook: parseNotebook(notebook, `notebooks/${topic}.ipynb`),
      ...(notes !== undefined && { notes: parseNotes(notes, `notebooks/notes/${topic}.md`) }),
      live,
    });
    cards.set(topic, cardOf(chapter));
    const [before, after] = near.map((name) => (name === undefined ? undefined : nearCard(name)));
    writeWhole(file, chapterDocument(chapter, { ...(before && { before }), ...(after && { after }) }));
    writeWhole(path.join(out, "chapters", `${topic}.js`), chapterScript(chapter));
    pages[topic] = key;
    made.push(topic);
    onProgress(
      `${topic}: ${Math.round(statSync(file).size / 1024)} KB, ${Math.round(performance.now() - started)} ms`,
    );
  }
  const chapters = [...cards.values()].sort((a, b) => (a.topic < b.topic ? -1 : 1));
  const index = path.join(out, "index.html");
  writeWhole(index, indexDocument(chapters));
  writeManifest(out, {
    assets: code,
    live: needsLive ? code : old.live,
    pages,
    cards: Object.fromEntries(cards),
  });
  return { index, made, chapters };

  /** A neighbour that is built later in this run is known by its notebook's title. */
  function nearCard(topic: string): Card | undefined {
    const card = cards.get(topic);
    if (card) return card;
    const source = sources.find((one) => one.topic === topic);
    if (!source) return undefined;
    const notebook = parseNotebook(source.notebook, `notebooks/${topic}.ipynb`);
    return cardOf(chapterOf({ topic, notebook: { ...notebook, cells: notebook.cells.slice(0, 1) } }));
  }
}

function read(root: string, topic: string): { notebook: string; notes?: string } {
  const notes = path.join(root, "notebooks", "notes", `${topic}.md`);
  return {
    notebook: readFileSync(path.join(root, "notebooks", `${topic}.ipynb`), "utf8"),
    ...(existsSync(notes) && { notes: readFileSync(notes, "utf8") }),
  };
}

/** What makes the pages, and computes in them: where this changes, all are made anew. */
const codeHash = (root: string): string =>
  hashOfFiles([...filesUnder(path.join(root, "src")), path.join(root, "package-lock.json")]);

/** A folder with something else in it stays untouched. */
function claim(out: string): void {
  const stat = statSync(out, { throwIfNoEntry: false });
  if (stat && !stat.isDirectory()) throw new Error(`${out} is a file. Cure: another folder for --out.`);
  const others = filesUnder(out);
  if (others.length > 0 && !existsSync(path.join(out, ".lab-demo.json")))
    throw new Error(`${out} has files that lab demo did not write. Cure: an empty or new folder for --out.`);
  for (const file of others.filter((name) => /\/\.[^/]+\.\d+$/.test(name))) rmSync(file, { force: true });
}
